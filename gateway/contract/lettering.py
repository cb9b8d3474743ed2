"""How wide a text is drawn, and where it may be broken.

The reader's fonts are not known here, so widths are those of DejaVu Sans, one of the widest sans-serif fonts in common use: a text that
fits by them fits in Arial or Helvetica too.
"""

from __future__ import annotations

import re

# Hundredths of the font size, DejaVu Sans; what is not listed counts as wide as a small letter n.
_GROUPS = {
    30: "ijlI'|",
    35: " .,:;!/-",
    42: "ftrJ()[]",
    56: "csz*",
    62: "aekvxyoEFLPTYZ",
    70: "ABCKRSVX",
    79: "DGHNOQU",
    99: "mwMW→…—",
}
_WIDTHS = {character: hundredths / 100 for hundredths, characters in _GROUPS.items() for character in characters}
_USUAL, _BOLD, _MONOSPACED = 0.64, 1.13, 0.61

# Within a word a break is possible before a capital that follows something else and after a hyphen.
_PIECES = re.compile(r"\(?[A-Z]*[^A-Z-]*-?")


def width(text: str, size: float, style: str = "") -> float:
    """The width of one line; `style` is "", "bold" or "mono"."""
    if style == "mono":
        return len(text) * size * _MONOSPACED
    return sum(_WIDTHS.get(character, _USUAL) for character in text) * size * (_BOLD if style == "bold" else 1)


def wrapped(text: str, size: float, limit: float, style: str = "") -> tuple[str, ...]:
    """The text in lines no wider than `limit`, unless a piece is. A word is broken only where a line of its own would be too short for it."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        whole = width(word, size, style) <= limit
        gap = " "
        for piece in (word,) if whole else filter(None, _PIECES.findall(word)):
            if line and width(line + gap + piece, size, style) > limit:
                lines.append(line)
                line = piece
            else:
                line += (gap if line else "") + piece
            gap = ""
    return (*lines, line)
