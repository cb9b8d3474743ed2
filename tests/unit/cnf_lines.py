"""What a printable notification form says, as lines to compare: the headings above, the label, the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.documents.model import Document, Fields, Section, Table, Text

Line = tuple[str, str, str]


def lines(document: Document) -> list[Line]:
    """Every field and text of a document, in order; headings are joined with " > "."""
    return list(_lines(document.sections, ""))


def words(document: Document) -> list[str]:
    """Everything that is printed, headings and labels too."""
    heads = [document.title, document.form, document.application_id]
    pairs = [text for pair in (*document.parties, *document.references) for text in pair]
    return [*heads, *pairs, *(text for line in lines(document) for text in line)]


def _lines(sections: Iterable[Section], above: str) -> Iterator[Line]:
    for section in sections:
        title = f"{above} > {section.title}" if above else section.title
        for block in section.blocks:
            assert not isinstance(block, Table), "the notification forms have none"
            if isinstance(block, Fields):
                yield from ((title, label, value) for label, value in block.rows)
            elif isinstance(block, Text):
                yield title, block.label, block.text
        yield from _lines(section.sections, title)
