"""SOAP over HTTP with Spyne. Nobody else imports spyne."""
