"""Small files of many types, made by hand from their specifications."""

from __future__ import annotations

import io
import struct
import zipfile

PDF = b"%PDF-1.7\n" + bytes(range(256)) + b"\r\n\n\r%%EOF\n"
RTF = rb"{\rtf1\ansi Dear Sirs}"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
CAMERA_JPG = b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00\xff\xd9"
BARE_JPG = b"\xff\xd8\xff\xdb\x00\x43\x00" + bytes(64) + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
OLD_GIF = b"GIF87a\x01\x00\x01\x00\x00\x00\x00;"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
INTEL_TIF = b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"
MOTOROLA_TIF = b"MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"
TXT = "Dear Sirs,\r\n\tthe sum is £1,250.\r\n".encode()
WINDOWS_TXT = "Dear Sirs,\r\n\tthe sum is “£1,250”.\r\n".encode("cp1252")

WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(64) + b"PE\x00\x00"


def bmp(header: int = 40) -> bytes:
    """One white pixel, the second part of its header of that size."""
    pixels = 14 + header
    return struct.pack("<2sIHHI", b"BM", pixels + 4, 0, 0, pixels) + struct.pack("<I", header) + bytes(header - 4) + b"\xff\xff\xff\x00"


def office(main: str, part: str = "word/document.xml", compression: int = zipfile.ZIP_DEFLATED, types: str = "[Content_Types].xml") -> bytes:
    """An Office Open XML file whose main part is of that type."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr(types, f'<Types><Override PartName="/{part}" ContentType="{main}"/></Types>')
        archive.writestr(part, "<x/>")
    return file.getvalue()


def zipped(**members: str) -> bytes:
    """A plain ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file.getvalue()


def ole(*streams: str, embedded: tuple[str, ...] = (), sector: int = 512, spare: int = 0) -> bytes:
    """A compound file with these streams in its root, and others in a storage named Embedded; `spare` empty sectors come before its directory.

    Sector 0 is the allocation table; the directory follows the spare sectors.
    """
    names = [*streams, *(["Embedded"] if embedded else [])]
    entries = [("Root Entry", 5, _NONE, 1 if names else _NONE)]
    for number, name in enumerate(names, 1):
        child = len(names) + 1 if embedded and name == "Embedded" else _NONE
        entries.append((name, 1 if child != _NONE else 2, number + 1 if number < len(names) else _NONE, child))
    first = len(entries)
    for number, name in enumerate(embedded, first):
        entries.append((name, 2, number + 1 if number < first + len(embedded) - 1 else _NONE, _NONE))
    directory = b"".join(_entry(*one) for one in entries)
    count = -(-len(directory) // sector)
    directory = directory.ljust(count * sector, b"\x00")
    start = 1 + spare
    table = [0xFFFFFFFD, *[_FREE] * spare, *range(start + 1, start + count), 0xFFFFFFFE]
    fat = struct.pack(f"<{sector // 4}I", *table, *[_FREE] * (sector // 4 - len(table)))
    shift = {512: 9, 4096: 12}[sector]
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6xIII", 62, 3, 0xFFFE, shift, 6, 0, 1, start)
    header += struct.pack("<IIIIII", 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    return header.ljust(sector, b"\x00") + fat + bytes(sector * spare) + directory


_NONE = _FREE = 0xFFFFFFFF


def _entry(name: str, kind: int, right: int, child: int) -> bytes:
    raw = name.encode("utf-16-le")
    return raw.ljust(64, b"\x00") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, _NONE, right, child) + bytes(48)


DOC, XLS = ole("WordDocument", "1Table"), ole("Workbook")
DOCX, XLSX = office(WORD_MAIN), office(SHEET_MAIN, "xl/workbook.xml")
OF_EACH_TYPE = {
    "pdf": PDF,
    "doc": DOC,
    "docx": DOCX,
    "rtf": RTF,
    "txt": TXT,
    "xls": XLS,
    "xlsx": XLSX,
    "jpg": JPG,
    "gif": GIF,
    "tif": INTEL_TIF,
    "png": PNG,
    "bmp": bmp(),
}
