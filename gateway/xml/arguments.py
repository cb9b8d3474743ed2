"""Reading the arguments of a call by the shape in the WSDL.

As the JAX-WS server the portal runs on: children are found by local name, in any order, qualified or not, and unknown ones are passed
over. Unlike it, a wrong value is never turned into a silent null: it is refused with the element's name.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from gateway.clock import LONDON
from gateway.errors import Finding, Refused
from gateway.xml.node import line_of
from gateway.xml.wsdl import Field, Message, Wsdl

XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUE = ("true", "1")
_FALSE = ("false", "0")
_XML_SPACE = b" \t\r\n"
_INT = re.compile(r"[+-]?\d{1,10}")


class BadArgument(Refused):
    """An element of the request holds something its type does not allow."""


def read_arguments(element: etree._Element, message: Message, wsdl: Wsdl) -> dict[str, Any]:
    """The arguments of a request: str, bool, int, datetime, bytes, or a dict for a complex type; None where absent, nil or empty.

    Raises BadArgument with one finding for each element that is wrong or missing.
    """
    findings: list[Finding] = []
    values = _read(element, message.fields, wsdl, f"/{message.element}", findings)
    if findings:
        raise BadArgument(f"{message.element}: {findings[0].at.rpartition('/')[2]} {findings[0].message}.", findings)
    return values


def _read(element: etree._Element, fields: tuple[Field, ...], wsdl: Wsdl, path: str, findings: list[Finding]) -> dict[str, Any]:
    children: dict[str, etree._Element] = {}
    for child in element:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in children and any(field.name == name for field in fields):
            findings.append(Finding("WrongValue", f"{path}/{name}", "stands more than once", line_of(child)))
        children[name] = child
    values: dict[str, Any] = {}
    for field in fields:
        at = f"{path}/{field.name}"
        found = children.get(field.name)
        if found is None or found.get(XSI_NIL, "").strip() in _TRUE:
            values[field.name] = None
            if field.required:
                findings.append(Finding("MustBeProvided", at, "must be given", line_of(element)))
        elif found.get("href") is not None and not len(found):
            findings.append(Finding("WrongValue", at, "is a reference (SOAP encoding); this service takes document/literal messages", line_of(found)))
        elif field.type in wsdl.types:
            values[field.name] = _read(found, wsdl.types[field.type], wsdl, at, findings)
        elif len(found):
            inner = etree.QName(found[0]).localname if isinstance(found[0].tag, str) else "markup"
            wanted = (
                "the bytes are expected, in base64"
                if field.type == "base64Binary"
                else "a text is expected (escape the document, or put it in CDATA)"
            )
            findings.append(Finding("WrongValue", at, f"holds the element {inner}; {wanted}", line_of(found)))
        else:
            try:
                read = _READERS.get(field.type) or _enumeration(wsdl, field.type)
                values[field.name] = read(_taken(found) if field.type == "base64Binary" else found.text or "")
            except ValueError as problem:
                findings.append(Finding("WrongValue", at, str(problem), line_of(found)))
            if field.required and field.type != "string" and values.get(field.name) is None and not (findings and findings[-1].at == at):
                # an empty text is a text: the schema takes it, and the operation says what it thinks of it
                findings.append(Finding("MustBeProvided", at, "is empty and must be given", line_of(found)))
    return values


def _taken(element: etree._Element) -> str:
    """The text of an element that may be a whole file, which the tree then does not hold any more."""
    text = element.text or ""
    element.text = None
    return text


def _string(text: str) -> str | None:
    return text or None


def _boolean(text: str) -> bool | None:
    word = text.strip()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    if not word:
        return None
    raise ValueError(f"is {_short(word)}; allowed: true, false, 1, 0")


def _int(text: str) -> int | None:
    word = text.strip()
    if not word:
        return None
    if not _INT.fullmatch(word):
        raise ValueError(f"is {_short(word)}; a whole number is expected")
    return int(word)


def _datetime(text: str) -> datetime | None:
    word = text.strip()
    if not word:
        return None
    try:
        # a date alone is taken as the start of that day, as .NET and PHP programs send it
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise ValueError(f"is {_short(word)}; a date and time such as 2026-11-30T00:00:00 is expected") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def _base64(text: str) -> bytes | None:
    if not text or text.isspace():
        return None
    try:
        data = text.encode("ascii")
        del text  # it may be a file of megabytes: no more than two of its shapes at a time
        data = data.translate(None, _XML_SPACE)
        if data.endswith(b"===") or len(data) % 4:
            raise ValueError("padding")  # some versions of Python let the superfluous pass
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not valid base64") from None


def _enumeration(wsdl: Wsdl, name: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        word = text.strip()
        if word and word not in wsdl.enums[name]:
            raise ValueError(f"is {_short(word)}; allowed: {', '.join(wsdl.enums[name])}")
        return word or None

    return read


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "…")


_READERS: Mapping[str, Callable[[str], Any]] = {
    "string": _string,
    "boolean": _boolean,
    "int": _int,
    "dateTime": _datetime,
    "base64Binary": _base64,
}
