"""Reading XML: a hardened parser, the published schemas and WSDLs, findings in words."""
