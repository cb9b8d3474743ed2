"""Forms declared as data: a form is a tuple of `Part`s, and says nothing of how a value is read or how a page looks.

A part holds rows, each with a label and the place of its value below the root of the claim document (`A/B` an element, `A/B/@C` an
attribute), and further parts. What was not said is left out, and a part without content with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from gateway.documents.content import ADDRESS, OTHER, TITLED, Source, under, written
from gateway.documents.model import Block, Fields, Section, Text
from gateway.xml.labels import Kind, Sort


class Row(Protocol):
    """A labelled value of a form."""

    @property
    def label(self) -> str:
        """What the printed form calls it."""
        ...

    @property
    def paths(self) -> tuple[str, ...]:
        """Every attribute it prints."""
        ...

    def read(self, source: Source) -> str | None:
        """What is printed, None for nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Value:
    """One attribute. `sort` says more than a schema that has only text there; `unit` follows a number; `long` sets it as a text of its own."""

    label: str
    path: str
    sort: Sort | None = None
    unit: str = ""
    long: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    def read(self, source: Source) -> str | None:
        raw = source.raw(self.path)
        value = source.value(self.path) if self.sort is None or raw is None else written(raw, Kind(self.sort))
        return f"{value}{self.unit}" if value else None


@dataclass(frozen=True, slots=True)
class Joined:
    """Several attributes in one value, with `by` between them."""

    label: str
    paths: tuple[str, ...]
    by: str = ", "

    def read(self, source: Source) -> str | None:
        return source.joined(self.paths, self.by)


@dataclass(frozen=True, slots=True)
class Person:
    """The name in the element at `path`, made of the attributes `names`."""

    label: str
    path: str
    names: tuple[str, ...] = TITLED

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(under(self.path, name) for name in self.names)

    def read(self, source: Source) -> str | None:
        return source.person(self.path, self.names)


@dataclass(frozen=True, slots=True)
class Address:
    """The postal address in the element at `path`."""

    label: str
    path: str

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(under(self.path, name) for name in ADDRESS)

    def read(self, source: Source) -> str | None:
        return source.address(self.path)


@dataclass(frozen=True, slots=True)
class Ticked:
    """The boxes ticked in the element at `path`: attributes with their labels. `details` is the attribute that says what "other" means."""

    label: str
    path: str
    boxes: tuple[tuple[str, str], ...]
    details: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        names = (*(name for name, _ in self.boxes), *((self.details,) if self.details else ()))
        return tuple(under(self.path, name) for name in names)

    def read(self, source: Source) -> str | None:
        ticked = [label for name, label in self.boxes if source.is_set(under(self.path, name))]
        details = source.value(under(self.path, self.details)) if self.details else None
        if details:
            ticked = [*(label for label in ticked if label != OTHER), f"{OTHER}: {details}"]
        return "; ".join(ticked) or None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form under its heading. With `each`, one part for every element at that path, numbered, its rows' paths below the element."""

    title: str
    rows: tuple[Row, ...] = ()
    parts: tuple[Part, ...] = ()
    each: str = ""

    def paths(self) -> Iterator[str]:
        """Every attribute it prints, from the root."""
        for path in (*(path for row in self.rows for path in row.paths), *(path for part in self.parts for path in part.paths())):
            yield f"{self.each}/{path}" if self.each else path


def sections(parts: Iterable[Part], source: Source) -> tuple[Section, ...]:
    """The parts that have anything to say."""
    return tuple(section for part in parts for section in _sections(part, source))


def _sections(part: Part, source: Source) -> Iterator[Section]:
    found = source.each(part.each) if part.each else [source]
    for number, one in enumerate(found, 1):
        section = Section(f"{part.title} {number}" if part.each else part.title, blocks(part.rows, one), sections(part.parts, one))
        if section.blocks or section.sections:
            yield section


def blocks(rows: Iterable[Row], source: Source) -> tuple[Block, ...]:
    """The rows that have a value: fields together, longer texts between them."""
    made: list[Block] = []
    for row in rows:
        value = row.read(source)
        if value is None:
            continue
        if isinstance(row, Value) and row.long:
            made.append(Text(row.label, value))
        elif made and isinstance(made[-1], Fields):
            made[-1] = Fields((*made[-1].rows, (row.label, value)))
        else:
            made.append(Fields(((row.label, value),)))
    return tuple(made)
