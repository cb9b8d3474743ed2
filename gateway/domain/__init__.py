"""Rules without SQL, SOAP or XML. Imports no third-party package."""
