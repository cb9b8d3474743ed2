"""What stands in a printable document, for tests to read."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.documents.model import Block, Document, Fields, Section, Table, Text


def sections(document: Document) -> Iterator[Section]:
    """Every section, each before those in it."""

    def below(section: Section) -> Iterator[Section]:
        yield section
        for one in section.sections:
            yield from below(one)

    for section in document.sections:
        yield from below(section)


def section(document: Document, title: str) -> Section:
    """The section of that title; of the first that has it."""
    return next(one for one in sections(document) if one.title == title)


def titles(document: Document) -> list[str]:
    return [one.title for one in sections(document)]


def fields(section: Section) -> dict[str, str]:
    """The labelled values of a section, without those of the sections in it."""
    return {label: value for block in section.blocks if isinstance(block, Fields) for label, value in block.rows}


def texts(section: Section) -> dict[str, str]:
    return {block.label: block.text for block in section.blocks if isinstance(block, Text)}


def tables(section: Section) -> dict[str, Table]:
    """The tables of a section by their label, or else by the first word of their header."""
    return {block.label or block.header[0]: block for block in section.blocks if isinstance(block, Table)}


def words(section: Section) -> Iterator[str]:
    """Every label, value and cell of a section and of those in it."""
    yield section.title
    for block in section.blocks:
        yield from _words(block)
    for one in section.sections:
        yield from words(one)


def all_words(document: Document) -> Iterator[str]:
    """Every label, value and cell of a document."""
    yield from (document.title, document.form, *(word for pair in (*document.parties, *document.references) for word in pair))
    for one in document.sections:
        yield from words(one)


def _words(block: Block) -> Iterator[str]:
    if isinstance(block, Fields):
        yield from (word for row in block.rows for word in row)
    elif isinstance(block, Text):
        yield from (block.label, block.text)
    else:
        yield block.label
        yield from (cell for row in (block.header, *block.rows, *block.total) for cell in row)
