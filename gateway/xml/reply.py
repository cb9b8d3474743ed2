"""Writing replies as text, by a plan compiled from the WSDL: children unqualified, in published order, absent where None.

Text and not a tree because this is half of what a polling call costs. A key the WSDL does not know, or a required one left out, is a
defect and raises; so does a character XML cannot carry, except in free text, where it is dropped.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gateway.clock import LONDON
from gateway.errors import NotOurMessage
from gateway.xml.envelope import SOAP11
from gateway.xml.wsdl import Field, Message, Wsdl

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_HEAD = f'{_DECLARATION}<S:Envelope xmlns:S="{SOAP11}"><S:Body>'
_TAIL = "</S:Body></S:Envelope>"
_XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
_MARKUP = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}

Write = Callable[[Any], str]
Writer = Callable[[Mapping[str, Any]], bytes]


def escape(text: str) -> str:
    """Text content; what XML 1.0 cannot carry is dropped."""
    return _MARKUP.sub(lambda match: _ESCAPES.get(match.group(), ""), text) if _MARKUP.search(text) else text


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _int(value: int) -> str:
    return f"{value:d}"


def _datetime(value: datetime) -> str:
    return value.astimezone(LONDON).isoformat(timespec="milliseconds")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


_WRITERS: Mapping[str, Write] = {"string": escape, "boolean": _boolean, "int": _int, "dateTime": _datetime, "base64Binary": _base64}


def writer(wsdl: Wsdl, message: Message) -> Writer:
    """A function that writes the whole envelope of a response from nested dicts keyed by element names."""
    body = _children(wsdl, message.fields, message.element)
    head = f'{_HEAD}<ns2:{message.element} xmlns:ns2="{wsdl.namespace}">'
    tail = f"</ns2:{message.element}>{_TAIL}"

    def write(values: Mapping[str, Any]) -> bytes:
        return f"{head}{body(values)}{tail}".encode()

    return write


def _children(wsdl: Wsdl, fields: tuple[Field, ...], where: str) -> Write:
    plan = [(field.name, *_field(wsdl, field, f"{where}/{field.name}"), field.required) for field in fields]
    known = frozenset(field.name for field in fields)

    def write(values: Mapping[str, Any]) -> str:
        # a work list comes through here ten thousand times
        parts = []
        for name, opening, inner, closing, required in plan:
            value = values.get(name)
            if value is not None:
                parts.append(f"{opening}{inner(value)}{closing}")
            elif required:
                raise ValueError(f"{where}: {name} is required and missing")
        if not known.issuperset(values):
            raise ValueError(f"{where} does not know {', '.join(sorted(values.keys() - known))}")
        return "".join(parts)

    return write


def _field(wsdl: Wsdl, field: Field, where: str) -> tuple[str, Write, str]:
    """What stands before a value, how it is written, and what stands after it."""
    opening, closing = f"<{field.name}>", f"</{field.name}>"
    if field.type in wsdl.types:
        inner = _children(wsdl, wsdl.types[field.type], where)
    elif field.type in wsdl.enums:
        inner = _enumeration(wsdl.enums[field.type], where)
    else:
        inner = _WRITERS[field.type]
    if not field.many:
        return opening, inner, closing
    nil = f"<{field.name}{_XSI}"
    return "", lambda values: "".join([nil if value is None else f"{opening}{inner(value)}{closing}" for value in values]), ""


def _enumeration(allowed: tuple[str, ...], where: str) -> Write:
    def write(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"{where}: {value!r} is not in the published list")
        return value

    return write


def fault(problem: NotOurMessage) -> bytes:
    """A SOAP 1.1 Fault."""
    return (
        f"{_HEAD}<S:Fault><faultcode>S:{problem.faultcode}</faultcode><faultstring>{escape(problem.message)}</faultstring></S:Fault>{_TAIL}".encode()
    )
