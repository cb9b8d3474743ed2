"""What a file is by its bytes, whatever it is called.

puremagic knows signatures, which say what a file claims to be. Where one is too short to believe (BMP), or stands for many things (ZIP, OLE),
a closer look decides; text has no signature at all. Nothing here copies a file or unpacks more of it than the bounds below.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping

import puremagic

_CHUNK = 64 * 1024
_MOST_CONTENT_TYPES = 1024 * 1024  # bytes of a part that has some 2,000
_MOST_ENTRIES = 4096  # of an OLE directory; an Office document has some ten

# Tabs, line breaks and form feeds are text; all else below the blank is not.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_IN_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# A program that opens such a text runs it, or shows what it says to show: a script by its first line, and what browsers take for HTML
# whatever its type (WHATWG MIME Sniffing 7.1), and markup like it.
_RUN_BY_ITS_READER = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:#!|<\?|<%|<!--|<(?:!doctype|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg)[\s>/])",
    re.IGNORECASE,
)


def kind(data: bytes) -> str | None:
    """What the bytes are: bmp, doc, docx, gif, jpg, pdf, png, rtf, tif, txt, xls or xlsx; None if they are something else."""
    for name in dict.fromkeys(_claimed(data)):
        found = _CLOSER[name](data)
        if found is not None:
            return found
    return "txt" if _is_text(data) else None


def _claimed(data: bytes) -> Iterator[str]:
    """The looks to take, by the signatures at the beginning of a file."""
    try:
        matches = puremagic.magic_string(data)
    except puremagic.PureError:
        return
    for match in matches:
        look = _LOOK_AT.get(match.extension)
        if look is not None and match.offset == 0 and data.startswith(match.byte_match):
            yield look


def _pdf(data: bytes) -> str | None:
    return "pdf" if data.startswith(b"%PDF-") else None


def _bmp(data: bytes) -> str | None:
    """The header must fit together: the size of its second part is one of those there are, and the pixels begin behind it, inside the file."""
    if len(data) < 26:
        return None
    pixels, size = struct.unpack_from("<II", data, 10)
    return "bmp" if size in (12, 40, 52, 56, 64, 108, 124) and 14 + size <= pixels <= len(data) else None


def _zip(data: bytes) -> str | None:
    """An Office document says in [Content_Types].xml what its main part is; one that may hold macros says something else there."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("[Content_Types].xml") as part:
            types = part.read(_MOST_CONTENT_TYPES)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, OSError, struct.error):
        return None
    for name, main in _MAIN_PARTS.items():
        if main in types:
            return name
    return None


_MAIN_PARTS = {
    "docx": b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"',
    "xlsx": b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"',
}


def _ole(data: bytes) -> str | None:
    """The streams at the top say which program made it. What is embedded further down does not count, nor does an encrypted docx."""
    try:
        names = set(_top_of_ole(data))
    except (struct.error, IndexError):
        return None
    if "WordDocument" in names:
        return "doc"
    return "xls" if names & {"Workbook", "Book"} else None


def _top_of_ole(data: bytes) -> Iterator[str]:
    """The names of what the root of a compound file holds ([MS-CFB] 2.6). Raises struct.error or IndexError where it ends too early."""
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return
    size = 1 << shift
    allocation = struct.unpack_from("<109I", data, 76)
    entries: list[tuple[str, int, int, int]] = []
    sector = struct.unpack_from("<I", data, 48)[0]
    while sector < 0xFFFFFFFA and len(entries) < _MOST_ENTRIES:
        for at in range((sector + 1) * size, (sector + 2) * size, 128):
            raw, length = struct.unpack_from("<64sH", data, at)
            left, right, child = struct.unpack_from("<III", data, at + 68)
            entries.append((raw[: max(length - 2, 0)].decode("utf-16-le", "replace"), left, right, child))
        table, place = divmod(sector, size // 4)
        sector = struct.unpack_from("<I", data, (allocation[table] + 1) * size + place * 4)[0]
    seen: set[int] = set()
    waiting = [entries[0][3]] if entries else []
    while waiting:
        number = waiting.pop()
        if number < len(entries) and number not in seen:
            seen.add(number)
            name, left, right, _ = entries[number]
            waiting += [left, right]
            yield name


def _is_text(data: bytes) -> bool:
    """UTF-8 or Windows-1252, to be read and not to be run."""
    if _CONTROL.search(data) or _RUN_BY_ITS_READER.match(data):
        return False
    return not _NOT_IN_WINDOWS_1252.search(data) or _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()  # in pieces: the text of four megabytes can take sixteen
    try:
        for at in range(0, len(data), _CHUNK):
            decoder.decode(data[at : at + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _as(name: str) -> Callable[[bytes], str]:
    return lambda _: name  # the signature is long enough


_CLOSER: Mapping[str, Callable[[bytes], str | None]] = {
    "pdf": _pdf,
    "bmp": _bmp,
    "zip": _zip,
    "ole": _ole,
    **{name: _as(name) for name in ("gif", "jpg", "png", "rtf", "tif")},
}
_LOOK_AT = {
    ".pdf": "pdf",
    ".rtf": "rtf",
    ".jpg": "jpg",
    ".gif": "gif",
    ".png": "png",
    ".tif": "tif",
    ".tiff": "tif",
    ".bmp": "bmp",
    ".docx": "zip",
    ".doc": "ole",
}
