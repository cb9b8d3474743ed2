"""What may be attached to a claim. Sizes are bytes of the file, not of its base64. Sources: portal notes 8.3 and 8.4, process notes V19."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.contract.model import Span
from gateway.errors import Refused

MEGABYTE = 1024 * 1024  # S says MB; that it is this one and not a million: I, the more liberal
LARGEST_FILE = 4 * MEGABYTE  # S
LARGEST_TOGETHER = 20 * MEGABYTE  # S; of both sides together: I
MOST_FILES = {"claimant-representative": 40, "compensator": 10}  # S
COUNTED = Span(since="R6")  # S: until then the number was free
LONGEST_FILE_NAME = 255  # U: what file systems take
_NOT_ON_WINDOWS = '<>:"|?*'  # U: the programs of the other side save the file by its name
LONGEST_TITLE = 100  # U
LONGEST_DESCRIPTION = 500  # U

_WORD, _SHEET = ("doc", "docx", "rtf"), ("xls", "xlsx")
_IMAGE = ("jpg", "jpeg", "jpe", "jfif", "gif", "tif", "tiff", "png", "bmp")
# Content to the endings its name may have: those of what the same program opens (U). Word opens a letter.doc that is RTF, an image viewer
# any image; a letter.pdf that is a picture opens for nobody, and a notes.exe that is a text must not be offered to anybody.
ENDINGS: Mapping[str, tuple[str, ...]] = {  # types: I
    "pdf": ("pdf",),
    "txt": ("txt",),
    **dict.fromkeys(_WORD, _WORD),
    **dict.fromkeys(_SHEET, _SHEET),
    **dict.fromkeys(("jpg", "gif", "tif", "png", "bmp"), _IMAGE),
}


class BadDescription(Refused):
    """The name, the title or the description of a file cannot be taken."""


class NoContent(Refused):
    """A file without a byte, or no file at all."""


class FileTooLarge(Refused):
    """One file above its limit."""


class TypeNotAllowed(Refused):
    """The content is of none of the types, or the name says something else than the content."""


class NoRoom(Refused):
    """The files of the claim together would be above their limit."""


class TooManyFiles(Refused):
    """The side has added as many files as it may."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent, its texts trimmed."""

    name: str
    title: str
    description: str
    body: bytes


def described(given: Mapping[str, object]) -> File:
    """The file of a WSDL attachmentInput, its texts and its size checked; one without a title has its name for it. Raises Refused."""
    name = _text(given, "dataAttachmentFileName", LONGEST_FILE_NAME)
    if not name:
        raise BadDescription("dataAttachmentFileName must be given; it is the name of the file with its extension.")
    if "/" in name or "\\" in name:
        raise BadDescription("dataAttachmentFileName holds a path; it must be the name of the file alone.")
    odd = next((one for one in name if one in _NOT_ON_WINDOWS), None)
    if odd is not None:
        raise BadDescription(f"dataAttachmentFileName holds {odd}, which cannot be in the name of a file on Windows.")
    body = given["dataAttachmentFileZip"]
    if not isinstance(body, bytes) or not body:
        raise NoContent("dataAttachmentFileZip is empty; it must hold the bytes of the file in base64.")
    if len(body) > LARGEST_FILE:
        raise FileTooLarge(f"The file has {len(body):,} bytes; at most {LARGEST_FILE:,} (4 MB) are allowed.")
    title = _text(given, "dataAttachmentTitle", LONGEST_TITLE) or name
    return File(name, title, _text(given, "dataAttachmentDesc", LONGEST_DESCRIPTION, lines=True), body)


def check_type(kind: str | None, name: str) -> None:
    """The content must be of an allowed type and the name must not belie it. Raises TypeNotAllowed."""
    if kind is None:
        raise TypeNotAllowed(
            f"The content of the file is of no type that is allowed: {', '.join(ENDINGS)} (a txt in UTF-8 or Windows-1252). "
            "It goes by the content, not by the name."
        )
    _, dot, ending = name.rpartition(".")
    if not dot or ending.lower() not in ENDINGS[kind]:
        allowed = ", ".join(f".{one}" for one in ENDINGS[kind])
        raise TypeNotAllowed(f"The content of the file is {kind}; dataAttachmentFileName must then end in one of {allowed}.")


def check_room(side: str, release: str, taken: Mapping[str, tuple[int, int]], size: int) -> None:
    """The claim must have room for one more file of that size; `taken` is what it holds, side to number of files and their bytes.

    Raises TooManyFiles or NoRoom.
    """
    files, _ = taken.get(side, (0, 0))
    together = sum(held for _, held in taken.values())
    most = MOST_FILES[side]
    if release in COUNTED and files >= most:
        raise TooManyFiles(f"Your side has added {files} attachments to the claim; more than {most} are not allowed.")
    if together + size > LARGEST_TOGETHER:
        raise NoRoom(
            f"The attachments of the claim have {together:,} bytes already, and the file has {size:,}; "
            f"at most {LARGEST_TOGETHER:,} (20 MB) are allowed for a claim."
        )


def _text(given: Mapping[str, object], element: str, longest: int, *, lines: bool = False) -> str:
    """A text of the file, trimmed; `lines`: line breaks and tabs are allowed."""
    text = str(given[element] or "").strip()
    if len(text) > longest:
        raise BadDescription(f"{element} has {len(text)} characters; at most {longest} are allowed.")
    if any(_is_control(one) and not (lines and one in "\r\n\t") for one in text):
        raise BadDescription(f"{element} holds a control character.")
    return text


def _is_control(one: str) -> bool:
    return one < " " or "\x7f" <= one <= "\x9f" or one in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
