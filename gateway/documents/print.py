"""Turns a Document into the bytes of a PDF: A4, tagged (PDF/UA-1), searchable, its fonts within it.

The look is in document.typ. The same Document always gives the same bytes, with whatever fonts a machine has and whatever its clock says.
"""

from __future__ import annotations

import ast
import ctypes
import itertools
import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import typst

from gateway.documents.model import Block, Document, Fields, Section, Table, Text
from gateway.errors import Broken

_LOOK = Path(__file__).with_name("document.typ")
_LONGEST_WORD = 24
_TOO_LONG = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_TIDIED_EVERY = 100
_printed = itertools.count(1)
_MAY_BREAK = "\u200b"
# Controls and halves of characters say nothing; turning the direction would let a text be read otherwise than it was written.
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_NOT_SHOWN = re.compile(r'the text `("(?:[^"\\]|\\.)*")` could not be displayed')


class NotPrinted(Broken):
    """The typesetter did not take a document. The message names neither the document nor anything in it."""


def to_pdf(document: Document) -> bytes:
    """The document as a PDF. A character that none of its fonts has is printed as its number, [U+4E2D]: nothing is lost without a trace."""
    data = json.dumps(_data(document), ensure_ascii=False)
    if next(_printed) % _TIDIED_EVERY == 0:
        _give_back_memory()
    while True:
        try:
            return _typeset(data)
        except typst.TypstError as error:
            strange = _strange(error.diagnostic)
            if not strange.intersection(data):
                raise NotPrinted("A printable document could not be made.") from None
            data = "".join(f"[U+{ord(one):04X}]" if one in strange else one for one in data)


def _typeset(data: str) -> bytes:
    pdf: bytes = typst.compile(
        _look(), font_paths=_fonts(), ignore_system_fonts=True, format="pdf", pdf_standards=["ua-1"], sys_inputs={"document": data}
    )
    return pdf


def _give_back_memory() -> None:
    """The C library keeps what the typesetter has freed, in pieces that it can seldom use again: hundreds of megabytes after some thousand
    documents, where sixty would do. Takes a few milliseconds.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl needs none
        if trim is not None:
            trim(0)


@cache
def _look() -> bytes:
    return _LOOK.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _strange(diagnostic: str) -> set[str]:
    """The characters that a font is missing for; all of them are told at once."""
    found = set()
    for quoted in _NOT_SHOWN.findall(diagnostic):
        found.update(ast.literal_eval(_ESCAPED.sub(lambda match: f"\\U{match[1]:0>8}", quoted)))
    return found


def _data(document: Document) -> dict[str, Any]:
    return {
        "title": _plain(document.title),
        "form": _plain(document.form),
        "number": _plain(document.application_id),
        "created": {"year": document.created_on.year, "month": document.created_on.month, "day": document.created_on.day},
        "created-on": f"{document.created_on:%d/%m/%Y}",
        "parties": _pairs(document.parties),
        "references": _pairs(document.references),
        "sections": [_section(one) for one in document.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": _plain(section.title),
        "new-page": section.new_page,
        "blocks": [_block(one) for one in section.blocks],
        "sections": [_section(one) for one in section.sections],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Fields):
        return {"kind": "fields", "rows": _pairs(block.rows)}
    if isinstance(block, Text):
        return {"kind": "text", "label": _plain(block.label), "text": _plain(block.text)}
    return _table(block)


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "label": _plain(table.label),
        "header": [_plain(cell) for cell in table.header],
        "rows": [[_plain(cell) for cell in row] for row in table.rows],
        "total": [[_plain(cell) for cell in row] for row in table.total],
        "right": sorted(table.right),
    }


def _pairs(rows: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [[_plain(name), _plain(value)] for name, value in rows]


def _plain(text: str) -> str:
    """The text with one kind of line break, and with words so long that they would leave the page allowed to break."""
    return _TOO_LONG.sub(_breakable, _UNSAFE.sub("", "\n".join(text.expandtabs(4).splitlines())))


def _breakable(match: re.Match[str]) -> str:
    word = match.group()
    return _MAY_BREAK.join(word[start : start + _LONGEST_WORD] for start in range(0, len(word), _LONGEST_WORD))
