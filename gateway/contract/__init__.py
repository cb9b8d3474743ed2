"""The contract table: who may send which operation, when, and where the claim goes next. The WSDL and XSD files say the rest."""
