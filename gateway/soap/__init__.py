"""SOAP over HTTP with Spyne. Nobody else imports spyne."""

from gateway.soap import compat as compat  # before any module of this package gets to import Spyne
