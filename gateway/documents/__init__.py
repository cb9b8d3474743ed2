"""Printable documents: what stands in each (a module per kind), and how it looks (document.typ)."""
