"""When two texts are the same to somebody who searches a directory (portal notes 7: the portal's own rules are U, these are our choice)."""

from __future__ import annotations

import unicodedata

_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'"})  # what word processors make of one


def folded(text: str) -> str:
    """The text without what a search passes over: case, how many blanks, the shape of apostrophes, accents typed apart from their letter."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split()).casefold()


def squeezed(text: str) -> str:
    """A postcode without blanks and in capitals."""
    return "".join(text.split()).upper()
