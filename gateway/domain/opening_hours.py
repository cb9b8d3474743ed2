"""When the service is open: by the clock in London, and not on bank holidays (portal notes 6.7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from gateway.clock import LONDON
from gateway.domain.calendar import BusinessCalendar
from gateway.week import MINUTES, Week

Window = tuple[datetime, datetime]
"""From and until, UTC; until is not in it."""

_DAY = timedelta(days=1)
_FAR = 366
"""Days; who has no hours within a year has none."""


def reopens(at: datetime, week: Week | None, calendar: BusinessCalendar | None, closed: Collection[Window]) -> datetime | None:
    """The first instant (UTC) from `at` on that is within the hours of the week and in none of the windows: `at` itself, if it is open then.

    None if there is none within a year. Without a week it is open always, and the calendar is not needed.
    """
    end = at + _FAR * _DAY
    while at <= end:
        later = max((until for start, until in closed if start <= at < until), default=at)
        opening = later if week is None else _opening(later, week, calendar)
        if opening is None:
            return None
        if opening == at:
            return at
        at = opening
    return None


def _opening(at: datetime, week: Week, calendar: BusinessCalendar | None) -> datetime | None:
    """The first instant from `at` on that is within the hours."""
    holidays = calendar.holidays if calendar is not None else frozenset()
    today = at.astimezone(LONDON).date()
    for number in range(_FAR):
        day = today + number * _DAY
        for start, until in () if day in holidays else week.days[day.weekday()]:
            if at < _instant(day, until):
                return max(at, _instant(day, start))
    return None


def _instant(day: date, minutes: int) -> datetime:
    """A time of the day in London, in UTC. Of an hour that comes twice the first is meant; one that is left out counts from before the change."""
    if minutes == MINUTES:
        day, minutes = day + _DAY, 0
    return datetime.combine(day, time(*divmod(minutes, 60)), LONDON).astimezone(UTC)
