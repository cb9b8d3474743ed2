"""The hours of a week as a setting tells them: `mon-fri 07:00-19:00, sat 08:00-14:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from gateway.setting import BadSetting

ALWAYS = "always"
MINUTES = 24 * 60
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"({'|'.join(_DAYS)})"
_TIME = r"(\d\d):(\d\d)"
_PART = re.compile(rf"{_DAY}(?:-{_DAY})? +{_TIME}-{_TIME}", re.IGNORECASE)
_ALLOWED = f"{ALWAYS}, or days with hours, like mon-fri 07:00-19:00, sat 08:00-14:00"

Span = tuple[int, int]
"""From and until, in minutes of the day by the clock on the wall; until is not in it."""


@dataclass(frozen=True, slots=True)
class Week:
    """Spans by day, Monday first; those of a day in their order, apart from each other."""

    days: tuple[tuple[Span, ...], ...]


@lru_cache(16)
def parse(variable: str, text: str) -> Week | None:
    """The week that a setting tells; None: always. Raises BadSetting, which names `variable`."""
    if text.strip().lower() == ALWAYS:
        return None
    days: list[list[Span]] = [[] for _ in _DAYS]
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if not found:
            raise BadSetting(f"{variable} has {part.strip()!r}; allowed: {_ALLOWED}")
        first, last = (_DAYS.index((name or found[1]).lower()) for name in (found[1], found[2]))
        start, end = (_minutes(found[group], found[group + 1]) for group in (3, 5))
        if last < first or start is None or end is None or end <= start:
            raise BadSetting(f"{variable} has {part.strip()!r}; days and hours must go forward, from 00:00 to 24:00 at most")
        for day in range(first, last + 1):
            days[day].append((start, end))
    for spans in days:
        spans.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            raise BadSetting(f"{variable} tells hours of one day twice; each may be told once")
    return Week(tuple(map(tuple, days)))


def _minutes(hours: str, minutes: str) -> int | None:
    """Minutes of the day; None if there is no such time. 24:00 is its end."""
    at = int(hours) * 60 + int(minutes)
    return at if int(minutes) < 60 and at <= MINUTES else None
