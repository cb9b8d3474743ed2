"""Opening a SOAP 1.1 envelope: which operation is called, and the element that holds its arguments.

Liberal where old programs differ (any order of attributes, any prefixes, headers nobody must understand), strict where SOAP says so: one
body child, no DTD, no header that must be understood, no SOAP 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from gateway.errors import NotOurMessage
from gateway.xml.parser import Limits, NotXml, parse

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
_ENVELOPE = f"{{{SOAP11}}}Envelope"
_HEADER = f"{{{SOAP11}}}Header"
_BODY = f"{{{SOAP11}}}Body"
_MUST_UNDERSTAND = f"{{{SOAP11}}}mustUnderstand"
_ACTOR = f"{{{SOAP11}}}actor"
_NEXT = "http://schemas.xmlsoap.org/soap/actor/next"


@dataclass(frozen=True, slots=True)
class Request:
    """An opened envelope. `operation` is the body element's local name."""

    operation: str
    namespace: str
    element: etree._Element


def open_envelope(data: bytes, limits: Limits, charset: str | None = None) -> Request:
    """Open a request. Raises NotOurMessage with the fault that answers it."""
    if not data.strip():
        raise NotOurMessage("The request is empty; a SOAP 1.1 envelope is expected.")
    try:
        root = parse(data, limits, charset)
    except NotXml as problem:
        where = f" (line {problem.line}, column {problem.column})" if problem.line else ""
        raise NotOurMessage(f"{problem}{where}", status=415 if problem.encoding else 500) from None
    body = _body(root)
    children = [child for child in body if isinstance(child.tag, str)]
    if len(children) != 1:
        found = "is empty" if not children else f"has {len(children)} children"
        raise NotOurMessage(f"The SOAP Body {found}; exactly one operation element is expected.")
    name = etree.QName(children[0])
    return Request(name.localname, name.namespace or "", children[0])


def _body(root: etree._Element) -> etree._Element:
    if root.tag != _ENVELOPE:
        if root.tag == f"{{{SOAP12}}}Envelope":
            raise NotOurMessage("This is a SOAP 1.2 envelope; SOAP 1.1 is spoken here.", "VersionMismatch")
        if etree.QName(root).localname == "Envelope":
            raise NotOurMessage(f"The Envelope is not in the SOAP 1.1 namespace {SOAP11}.", "VersionMismatch")
        raise NotOurMessage("The document is no SOAP envelope.")
    body = None
    for child in root:
        if child.tag == _HEADER:
            _check_header(child)
        elif child.tag == _BODY:
            if body is not None:
                raise NotOurMessage("The envelope has two Body elements.")
            body = child
    if body is None:
        raise NotOurMessage("The envelope has no Body.")
    return body


def _check_header(header: etree._Element) -> None:
    for block in header:
        if not isinstance(block.tag, str) or block.get(_MUST_UNDERSTAND, "0").strip() not in ("1", "true"):
            continue
        if block.get(_ACTOR, _NEXT) in ("", _NEXT):
            name = etree.QName(block)
            raise NotOurMessage(f"The header {{{name.namespace or ''}}}{name.localname} must be understood, and is not.", "MustUnderstand")
