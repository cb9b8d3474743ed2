"""From the text of an argument to a claim document that its schema accepts."""

from __future__ import annotations

from gateway.errors import Finding, Refused
from gateway.xml.explain import explain
from gateway.xml.node import Node
from gateway.xml.parser import STORED, Limits, NotXml, parse_text
from gateway.xml.schemas import Schema


def read_document(text: str | None, schema: Schema, limits: Limits, argument: str = "claimXML") -> Node:
    """The document in `text`, valid against `schema`. `argument` is the name its sender knows it by. Raises Refused with findings."""
    if not text or not text.strip("\ufeff \t\r\n"):
        raise Refused(f"{argument} is empty.")
    try:
        root = parse_text(text, limits)
    except NotXml as error:
        raise Refused(f"{argument} is not XML.", [Finding("NotXml", "/", _in_words(error, text), error.line)]) from None
    if not schema.is_valid(root):
        findings = explain(root, schema)
        count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        raise Refused(f"{argument} is not valid against {schema.name}: {count}.", findings)
    return Node(root)


def parse_stored(body: bytes) -> Node:
    """A document that was accepted before, as it is kept."""
    return Node(parse_text(body.decode(), STORED))


def _in_words(error: NotXml, text: str) -> str:
    if text.lstrip("\ufeff \t\r\n").startswith(("&lt;", "&#60;", "&#x3c;", "&#x3C;")):
        return "The document is escaped twice: it begins with an escaped &lt; instead of a tag. Escape it once, or send it in a CDATA section."
    return str(error)
