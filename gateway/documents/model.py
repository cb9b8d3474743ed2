"""A printable document before it has a look: sections of labelled values, tables and texts. Nothing here knows of XML or PDF.

Values are what a person reads: labels of codes, dates as 22/11/2026, amounts as £1,234.50. What was not said is left out by those who build it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Fields:
    """Labelled values, one beside the other."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A longer text under its label; line breaks are kept."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header. `right` are the columns set to the right, amounts above all; `total` are rows set apart at the end."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[tuple[str, ...], ...] = ()
    right: frozenset[int] = frozenset()
    label: str = ""

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.header) for row in (*self.rows, *self.total)), "a row is shorter or longer than the header"


Block = Fields | Text | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form under its own heading; a section within a section has the smaller heading."""

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. `form` is the number of the form (RTA1); `references` and the claim's number stand on each page."""

    title: str
    form: str
    application_id: str
    created_on: date
    parties: tuple[tuple[str, str], ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = field(default=())
