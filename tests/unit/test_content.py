"""What a file is by its bytes."""

import zipfile

import pytest
from file_samples import (
    BARE_JPG,
    CAMERA_JPG,
    DOC,
    EXE,
    MACRO_MAIN,
    MOTOROLA_TIF,
    OF_EACH_TYPE,
    OLD_GIF,
    PDF,
    PNG,
    RTF,
    SHEET_MAIN,
    TXT,
    WINDOWS_TXT,
    WORD_MAIN,
    bmp,
    office,
    ole,
    zipped,
)

from gateway.content import kind


@pytest.mark.parametrize("name", OF_EACH_TYPE)
def test_each_type(name):
    assert kind(OF_EACH_TYPE[name]) == name


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7", "pdf"),
        (CAMERA_JPG, "jpg"),
        (BARE_JPG, "jpg"),
        (OLD_GIF, "gif"),
        (MOTOROLA_TIF, "tif"),
        (ole("Book"), "xls"),
        (office(WORD_MAIN, compression=zipfile.ZIP_STORED), "docx"),
        (office(WORD_MAIN, part="word/document2.xml"), "docx"),
        (ole("WordDocument", sector=4096), "doc"),
        (ole("WordDocument", spare=7), "doc"),
        (ole("1Table", "CompObj", "Data", "Pictures", "WordDocument"), "doc"),  # in the second sector of the directory
        (ole("Workbook", embedded=("WordDocument",)), "xls"),
        (ole("WordDocument", embedded=("Workbook",)), "doc"),
        (WINDOWS_TXT, "txt"),
        (b"x", "txt"),
        (b"\xef\xbb\xbfwith a mark", "txt"),
        ("fünf £ – „“ 法 😀".encode(), "txt"),
        (("a" * 65_535 + "Á" * 70_000).encode(), "txt"),  # C3 81, no Windows-1252, and one of them on the seam of two pieces
        (b"one\ttwo\r\nthree\x0cfour", "txt"),
        (b"BM was here, as the picture of the garden shows.", "txt"),
        (b"< 5 miles per hour", "txt"),
        (b"<john@example.org> wrote:", "txt"),
        (b"#1 of two letters", "txt"),
    ],
)
def test_variants(data, expected):
    assert kind(data) == expected


@pytest.mark.parametrize("size", [12, 40, 52, 56, 64, 108, 124])
def test_bitmaps_with_each_header_there_is(size):
    assert kind(bmp(size)) == "bmp"


NOTHING_ALLOWED = {
    "a program": EXE,
    "a program of Linux": b"\x7fELF\x02\x01\x01" + bytes(9),
    "a program of macOS": b"\xcf\xfa\xed\xfe\x07\x00\x00\x01",
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "a script behind a mark": b"\xef\xbb\xbf#!/usr/bin/env python3\n",
    "a page": b"<!DOCTYPE html><html><body>Hello</body></html>",
    "a page in capitals": b"\r\n <HTML>\n<BODY>",
    "a page that begins anywhere": b"<script>alert(1)</script>",
    "a page with a comment first": b"<!-- hello --><p>",
    "markup": b'<?xml version="1.0"?><svg/>',
    "a picture that runs": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
    "a page of a server": b'<%@ page language="java" %>',
    "a shortcut": b"L\x00\x00\x00\x01\x14\x02\x00",
    "a plain archive": zipped(a="hello"),
    "an archive with a document's part": zipped(**{"word/document.xml": "<x/>"}),
    "a document that may hold macros": office(MACRO_MAIN),
    "a presentation": office("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", "ppt/presentation.xml"),
    "a program with a document behind it": EXE + office(WORD_MAIN),
    "a broken archive": office(WORD_MAIN)[:60],
    "an archive cut short": office(SHEET_MAIN)[:-30],
    "an installer": ole("SummaryInformation", "!_StringData"),
    "a message with a letter in it": ole("__properties_version1.0", embedded=("WordDocument",)),
    "an encrypted document": ole("EncryptionInfo", "EncryptedPackage"),
    "a compound file of nothing": ole(),
    "a compound file cut short": DOC[:600],
    "a compound file of its head": DOC[:20],
    "a bitmap cut short": bmp()[:20],
    "a bitmap that begins outside": bmp()[:10] + b"\xff\xff\x00\x00" + bmp()[14:],
    "a PNG with a line break changed": PNG.replace(b"\r\n", b"\n"),
    "Postscript with a control character": b"%!PS-Adobe-3.0\x04",
    "a film": b"\x00\x00\x00\x18ftypmp42",
    "a telephone's picture": b"\x00\x00\x00\x18ftypheic",
    "text in UTF-16": "\ufeffDear Sirs".encode("utf-16-le"),
    "bytes of neither charset": b"one \x81 two",
    "half of a character": b"one \xc3 \x81",
    "a zero byte": b"\x00",
    "escapes": b"\x1b[31mred",
    "a form that has spaces before it": b" " + PDF,
}


@pytest.mark.parametrize("data", NOTHING_ALLOWED.values(), ids=NOTHING_ALLOWED)
def test_what_is_none_of_them(data):
    assert kind(data) is None


def test_a_directory_that_runs_in_circles_ends():
    looped = bytearray(ole("Something"))
    looped[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")  # the directory's only sector is followed by itself
    assert kind(bytes(looped)) is None


def test_entries_that_point_at_each_other_end():
    looped = bytearray(ole("Something"))
    looped[1024 + 128 + 68 : 1024 + 128 + 72] = (1).to_bytes(4, "little")  # its left neighbour is itself
    assert kind(bytes(looped)) is None


def test_an_archive_that_grows_is_read_up_to_a_bound():
    """A megabyte of a part is looked at, whatever it unpacks to."""
    types = " " * 2**20 + f'ContentType="{WORD_MAIN}"'
    assert kind(zipped(**{"[Content_Types].xml": types})) is None
    assert kind(zipped(**{"[Content_Types].xml": types[-len(WORD_MAIN) - 15 :]})) == "docx"


def test_signatures_are_looked_for_at_the_beginning_alone():
    assert kind(RTF[1:] + b"\x00%PDF-1.7") is None
    assert kind(TXT + b"%%EOF") == "txt"
