"""Documents as PDF: what a reader sees, what a reading machine finds, and that the bytes depend on the document alone."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader

from gateway.documents.model import Block, Document, Fields, Section, Table, Text
from gateway.documents.print import to_pdf

ROOT = Path(__file__).parents[2]
DOCUMENT = Document(
    title="Claim Notification Form",
    form="RTA1",
    application_id="0000000000000042",
    created_on=date(2026, 11, 3),
    parties=(("Claimant", "Zoë Siân O'Łódź-Müller"), ("Compensator", "Thistledown Insurance plc")),
    references=(("Representative's reference", "QF/2026/04417"), ("Compensator's reference", "TI/26/118342")),
    sections=(
        Section("Claimant's details", (Fields((("Date of birth", "14/03/1985"), ("Address", "8 Larkfield Terrace\nLeeds"))),)),
        Section("Accident details", (Text("Description", "First line.\nSecond line."),)),
        Section(
            "Losses",
            (
                Table(
                    ("Loss", "Claimed"),
                    tuple((f"Head {number}", f"£{number}.00") for number in range(1, 121)),
                    total=(("Total", "£7,260.00"),),
                    right=frozenset({1}),
                    label="All heads",
                ),
            ),
            (Section("Comments", (Text("", "None of them."),)),),
        ),
    ),
)


def read(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(to_pdf(document)))


def text_of(document: Document) -> str:
    """All text with single blanks, and without the places where a long word may break."""
    pages = " ".join(page.extract_text() for page in read(document).pages)
    return re.sub(r"\s+", " ", pages.replace("\u200b", ""))


def places(page: PageObject) -> list[tuple[str, float, float]]:
    """The pieces of text, with how far they are from the left and the lower edge, in points."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, outer: list[float], inner: list[float], _font: object, _size: float) -> None:
        if text.strip():
            x, y = (inner[4] * outer[at] + inner[5] * outer[2 + at] + outer[4 + at] for at in (0, 1))
            found.append((text.strip(), x, y))

    page.extract_text(visitor_text=visit)
    return found


def with_text(text: str) -> Document:
    return replace(DOCUMENT, sections=(Section("Text", (Text("It says", text),)),))


def test_what_stands_on_each_page() -> None:
    reader = read(DOCUMENT)
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, 1):
        text = re.sub(r"\s+", " ", page.extract_text())
        for words in (
            "Claim Notification Form (RTA1)",
            "Claim 0000000000000042",
            "Representative's reference QF/2026/04417",
            "Compensator's reference TI/26/118342",
            "Created on 03/11/2026",
            f"Page {number} of {len(reader.pages)}",
        ):
            assert words in text, (number, words)


def test_everything_is_there_and_in_its_order() -> None:
    text = text_of(DOCUMENT)
    words = [
        *("Form RTA1", "Claimant", "Zoë Siân O'Łódź-Müller", "Thistledown Insurance plc"),
        *("Claimant's details", "Date of birth", "14/03/1985", "Address", "8 Larkfield Terrace", "Leeds"),
        *("Accident details", "Description", "First line.", "Second line."),
        *("Losses", "All heads", "Loss", "Claimed", "Head 1", "£1.00", "Head 120", "£120.00", "Total", "£7,260.00", "Comments", "None of them."),
    ]
    place = text.index("Created on 03/11/2026")  # under the title; the header of the first page stands before
    for one in words[1:]:
        place = text.index(one, place)


def test_line_breaks_are_kept() -> None:
    page = read(with_text("First line.\r\nSecond line.\n\nThird.")).pages[0].extract_text()
    assert re.search(r"First line\.\s*\n\s*Second line\.\s*\n\s*Third\.", page)


def test_the_header_of_a_table_stands_on_each_of_its_pages() -> None:
    pages = [page.extract_text() for page in read(DOCUMENT).pages]
    with_rows = [page for page in pages if re.search(r"Head \d", page)]
    assert len(with_rows) > 1
    assert all(re.search(r"Loss\s+Claimed", page) for page in with_rows)


@pytest.mark.parametrize("before", range(26, 46))
def test_a_short_section_stays_on_one_page(before: int) -> None:
    filled = Section("Before", (Fields(tuple((f"Row {number}", "is there") for number in range(before))),))
    signed = Section("Statement of truth", (Text("Statement", "It is true."), Fields((("Signed by", "A"), ("Name", "B"), ("Date sent", "C")))))
    pages = [page.extract_text() for page in read(replace(DOCUMENT, sections=(filled, signed))).pages]
    (page,) = [page for page in pages if "Statement of truth" in page]
    for words in ("It is true.", "Signed by", "Name", "Date sent"):
        assert words in page


@pytest.mark.parametrize(
    "block",
    [
        Fields((("Label", "W" * 2000), ("Other label", "W\n" * 150 + "the end"))),
        Text("Label", "W" * 8000 + " the end"),
        Table(("Head", "Comments"), (("Car hire", "W" * 3000 + " the end"),)),
    ],
    ids=lambda block: type(block).__name__,
)
def test_what_is_longer_than_a_page_goes_on_on_the_next(block: Block) -> None:
    """Nothing that is kept together may leave the page: all stands between the header and the footer."""
    reader = read(replace(DOCUMENT, sections=(Section("Long", (block,)),)))
    assert len(reader.pages) > 1
    assert "the end" in re.sub(r"\s+", " ", reader.pages[-1].extract_text())
    for page in reader.pages:
        assert min(y for _, _, y in places(page)) > 25, "text below the footer"


def test_columns_of_short_answers_leave_the_room_to_the_comments() -> None:
    header = ("No.", "Side", "Interest rate", "Evidence attached", "Gross amount agreed", "Agreed earlier", "Comments")
    table = Table(header, (("1", "Claimed", "2%", "Yes", "No", "Yes", "A comment of some length. " * 20),))
    page = read(replace(DOCUMENT, sections=(Section("Losses", (table,)),))).pages[0]
    (left,) = [x for text, x, _ in places(page) if text == "Comments"]
    assert left < 595 / 2 + 30  # half of the width, more or less


def test_it_is_tagged_and_says_what_it_is() -> None:
    reader = read(DOCUMENT)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert {"/H1", "/H2", "/Table", "/TH", "/TR", "/TD"} <= tags(root["/StructTreeRoot"])
    assert reader.metadata.title == "Claim Notification Form (RTA1), claim 0000000000000042"
    assert reader.metadata.creation_date.date() == date(2026, 11, 3)
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert [one.title for one in flat(reader.outline)] == ["Claimant's details", "Accident details", "Losses", "Comments"]


def test_paper_and_fonts() -> None:
    reader = read(DOCUMENT)
    for page in reader.pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]  # A4 in points
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys(), "a font that is not within the file"


@pytest.mark.parametrize("word", ["Łódź", "Siân", "Πα\u03cdλος", "Иванов", "č", "ﬁnal"])
def test_names_with_accents_and_other_alphabets(word: str) -> None:
    assert word.replace("ﬁ", "fi") in text_of(with_text(f"before {word} after")).replace("ﬁ", "fi")


def test_characters_without_a_letter_form_are_told_by_number() -> None:
    said = text_of(with_text('中文 and 👍 and "quotes" and \\u{4e2d}'))
    assert '[U+4E2D][U+6587] and [U+1F44D] and "quotes" and \\u{4e2d}' in said


def test_many_different_ones() -> None:
    """However many there are, the document is set twice at most: none of the fonts has the one or the other."""
    text = "".join(chr(0x4E00 + number) for number in range(400))
    assert "[U+4E00]" in text_of(with_text(text))
    assert "[U+4F8F]" in text_of(with_text(text))


def test_what_controls_is_dropped() -> None:
    assert "It says onetwothree four" in text_of(with_text("one\u202etwo\x00three\tfour\ud800"))


def test_nothing_in_a_text_is_markup() -> None:
    text = '#panic("x") *bold* _it_ $x^2$ [a](b) \\ <label> @name = // /* `raw` #import "@preview/x:1.0.0" {{x}} &amp;'
    assert text in text_of(with_text(text))
    everywhere = Document("*T*", "#F", "$1$", date(2026, 1, 1), (("#a", "_b_"),), (("@c", "[d]"),), (Section("= e", (Table(("#f",), (("$g$",),)),)),))
    for one in ("*T*", "#F", "$1$", "#a", "_b_", "@c", "[d]", "= e", "#f", "$g$"):
        assert one in text_of(everywhere)


def test_a_word_wider_than_the_page_stays_on_it() -> None:
    word = "a" * 400
    table = Section("Table", (Table(("One", "Two", "Three"), ((word, word, "x"),)), Fields(((word, word),))))
    document = replace(DOCUMENT, sections=(Section("Text", (Text("It says", word),)), table), references=(("Reference", word),))
    edges: list[float] = []
    for page in read(document).pages:
        page.extract_text(visitor_text=lambda text, _cm, tm, _font, size: edges.append(tm[4] + len(text) * size * 0.62) if text.strip() else None)
    assert max(edges) < 595
    assert text_of(document).replace(" ", "").count("a" * 400) >= 1


def test_what_is_empty() -> None:
    empty = Document("Title", "", "0000000000000001", date(2026, 1, 1), sections=(Section("Nothing"), Section("", (Fields(()), Text("", "")))))
    text = text_of(empty)
    assert "()" not in text
    assert "Title" in text
    assert "Nothing" in text
    nothing = Section("", (Table(("",), ()), Fields((("", ""),))), (Section("Deep", (), (Section("Deeper", (), (Section("Deepest"),)),)),))
    assert "Deep Deeper Deepest" in text_of(replace(empty, sections=(nothing,)))


def test_a_row_of_another_length_than_the_header() -> None:
    with pytest.raises(AssertionError, match="shorter or longer"):
        Table(("One", "Two"), (("1",),))


def test_the_same_document_gives_the_same_bytes_elsewhere_and_later() -> None:
    """In another process, with another clock zone, language and home."""
    script = "import sys; from test_print import DOCUMENT; from gateway.documents.print import to_pdf; sys.stdout.buffer.write(to_pdf(DOCUMENT))"
    environment = {**os.environ, "TZ": "Asia/Tokyo", "LANG": "ja_JP.UTF-8", "SOURCE_DATE_EPOCH": "86400", "HOME": "/nonexistent"}
    environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'unit'}"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=environment, cwd="/").stdout
    assert other == to_pdf(DOCUMENT) == to_pdf(replace(DOCUMENT))


def tags(node: object) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            found.add(str(one.get("/S")))
            waiting.extend([one["/K"]] if "/K" in one else [])
    return found


def flat(outline: list) -> list:
    return [one for entry in outline for one in (flat(entry) if isinstance(entry, list) else [entry])]
