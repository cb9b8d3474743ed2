"""The one door for XML that comes from outside.

Nothing here resolves an entity, reads a DTD or opens a file or socket; size, markup and depth are bounded before libxml2 builds a tree, so
the memory a request can cost is bounded by the settings `max_request_bytes` and `max_elements`.
"""

from __future__ import annotations

import codecs
import re
import threading
from dataclasses import dataclass

from lxml import etree

_PROLOG_DOCTYPE = re.compile(rb"\A(?:\s|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE", re.DOTALL)
_DECLARATION = re.compile(rb"\A\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._\-]+)[\"']")
_TEXT_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
_UTF8_NAMES = {"utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968"}
_local = threading.local()


class NotXml(ValueError):
    """Bytes that are no acceptable XML. `line` and `column` count from 1 where they are known; `encoding` marks a charset problem."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None, *, encoding: bool = False) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.encoding = encoding


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document: bytes, elements (counted by their tags, opening and closing), and attributes in all."""

    max_bytes: int = 8 * 1024 * 1024
    max_elements: int = 100_000
    max_attributes: int = 100_000


# The largest claim document has some 300 elements and 1,000 attributes. libxml2's validator takes time with the square of the mistakes.
CLAIM_DOCUMENT = Limits(max_elements=5_000, max_attributes=20_000)
# What is kept was let in under the limits of its day; tightening them must not make old claims unreadable.
STORED = Limits(max_bytes=256 * 1024 * 1024, max_elements=10_000_000, max_attributes=10_000_000)


def parse(data: bytes, limits: Limits, charset: str | None = None) -> etree._Element:
    """Parse UTF-8 or UTF-16 bytes. `charset` is what the transport said and wins over the XML declaration. Raises NotXml."""
    if len(data) > limits.max_bytes:
        raise NotXml(f"The document is larger than the {limits.max_bytes} bytes allowed.")
    return _parse_utf8(_to_utf8(data, charset), limits)


def parse_text(text: str, limits: Limits) -> etree._Element:
    """Parse a document that came as text (a claim inside an envelope): a BOM or an encoding in its declaration means nothing any more."""
    text = text.lstrip("\ufeff \t\r\n")
    declaration = _TEXT_DECLARATION.match(text)
    if declaration:
        # the line breaks of the declaration stay, so that line numbers are those of the sender
        text = "\n" * declaration.group().count("\n") + text[declaration.end() :]
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise NotXml("The document holds half of a surrogate pair.", encoding=True) from None
    if len(data) > limits.max_bytes:
        raise NotXml(f"The document is larger than the {limits.max_bytes} bytes allowed.")
    return _parse_utf8(data, limits)


def _to_utf8(data: bytes, charset: str | None) -> bytes:
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
        charset = charset or "utf-8"
    name = charset
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif name is None:
        if data[:2] == b"\x00<":
            name = "utf-16-be"
        elif data[:2] == b"<\x00":
            name = "utf-16-le"
        else:
            declared = _DECLARATION.match(data[:200])
            name = declared.group(1).decode() if declared else "utf-8"
            if name.lower().startswith("utf-16"):
                name = "utf-8"  # a declaration that was copied along; the bytes before it were plainly not UTF-16
    name = name.strip().strip("\"'").lower()
    if name in _UTF8_NAMES:
        return data
    if name not in ("utf-16", "utf-16le", "utf-16be", "utf-16-le", "utf-16-be"):
        raise NotXml(f"The encoding {name[:40]!r} is not supported; send UTF-8 or UTF-16.", encoding=True)
    if name == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
    try:
        return data.decode(name).lstrip("\ufeff").encode()
    except UnicodeError:
        raise NotXml(f"The bytes are not valid {name.upper()}.", encoding=True) from None


def _parse_utf8(data: bytes, limits: Limits) -> etree._Element:
    if _more_than(limits.max_elements * 2, data, b"<"):
        raise NotXml(f"The document holds more than {limits.max_elements} elements.")
    if _more_than(limits.max_attributes, data, b'="', b"='"):
        raise NotXml(f"The document holds more than {limits.max_attributes} attributes.")
    if b"<!DOCTYPE" in data and _PROLOG_DOCTYPE.match(data):
        raise NotXml("A document type declaration (DTD) is not allowed.")
    try:
        root: etree._Element = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise NotXml(_in_words(error), line or None, column or None) from None
    except ValueError as error:  # e.g. a NUL byte
        raise NotXml(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXml("A document type declaration (DTD) is not allowed.")
    return root


def _more_than(most: int, data: bytes, *marks: bytes) -> bool:
    return len(data) > most and sum(data.count(mark) for mark in marks) > most  # nothing is in there more often than there are bytes


def _parser() -> etree.XMLParser:
    parser: etree.XMLParser | None = getattr(_local, "parser", None)
    if parser is None:
        # encoding is fixed because _to_utf8 has settled it; a stale declaration inside must not be obeyed
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            huge_tree=False,
            remove_pis=True,
            remove_comments=True,
            collect_ids=False,
        )
        _local.parser = parser
    return parser


def _in_words(error: etree.XMLSyntaxError) -> str:
    text = (error.msg or "not well-formed").split(", line ")[0]
    if "Excessive depth" in text:
        return "The elements are nested too deeply."
    return f"Not well-formed XML: {text.strip().rstrip('.')}."
