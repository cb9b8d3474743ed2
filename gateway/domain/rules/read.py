"""Reading a claim document the way the schemas mean it, and saying what is wrong with it.

The rules run on documents that the schema has accepted, so a value is either absent or of its type; what cannot be read counts as absent.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from gateway.errors import Finding
from gateway.xml.node import Node

_DATE = re.compile(r"(\d{4,})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?")


def day(node: Node, path: str) -> date | None:
    """The xs:date at `path`; its time zone, which the schema allows, says nothing here. A year above 9999 is as late as a day can be."""
    text = node.get(path)
    return None if text is None else _day(text)


@lru_cache(4096)
def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, number = (int(part) for part in match.groups())
    try:
        return date(year, month, number) if year <= date.max.year else date.max
    except ValueError:
        return None


def flag(node: Node, path: str) -> bool | None:
    """The yes/no flag (C00) at `path`: an integer to the schema, so 01 is yes as well."""
    number = whole(node, path)
    return None if number is None else number == 1


def whole(node: Node, path: str) -> int | None:
    """The whole number at `path`."""
    try:
        return int(node.get(path) or "")
    except ValueError:
        return None


def finding(node: Node, path: str, code: str, message: str) -> Finding:
    """What is wrong at `path` of `node`; the path need not be there."""
    return Finding(code, node.at(path), message, node.line_of(path))


def british(value: date) -> str:
    """A day as people here write it."""
    return f"{value.day} {value:%B %Y}"
