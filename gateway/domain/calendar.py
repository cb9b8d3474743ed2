"""Business days and time limits, as the portal counts them (process notes 4.1, 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class BusinessCalendar:
    """The days that do not count. A claim keeps the version it was created under, so a version is never altered (portal notes 6.8)."""

    version: int
    holidays: frozenset[date]

    def is_business_day(self, day: date) -> bool:
        """Neither Saturday, Sunday nor a bank holiday of England and Wales."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    @lru_cache(4096)  # noqa: B019  calendars are few and live as long as the process; claims of one day have the same limits
    def add_business_days(self, start: date, n: int) -> date:
        """The nth business day after `start`; day 1 is the first one after it, whatever day `start` is. Negative n counts backwards, 0 is `start`."""
        step = _DAY if n > 0 else -_DAY
        day = start
        for _ in range(abs(n)):
            day += step
            while not self.is_business_day(day):
                day += step
        return day

    def business_days_between(self, a: date, b: date) -> int:
        """The business days from `a`, counted, to `b`, not counted; 0 if `b` is not after `a`.

        With `b` a stored date T this is how many days are left, today among them: T is the first day on which it is too late.
        """
        weeks, rest = divmod(max((b - a).days, 0), 7)  # by weeks, because a limit may be moved on by thousands of years
        weekdays = 5 * weeks + sum((a + timedelta(days=n)).weekday() < _SATURDAY for n in range(rest))
        return weekdays - sum(a <= day < b and day.weekday() < _SATURDAY for day in self.holidays)

    def deadline(self, start: date, days: int) -> date:
        """T: the day on which a limit of `days` business days, begun on `start`, runs out, at 00:00 in London (`clock.start_of_day`).

        It is the calendar day after the last day allowed, so it may be a Saturday or a holiday. For `n` more days after T see `extended`.
        """
        return self.add_business_days(start, days) + _DAY

    def extended(self, expires: date, days: int) -> date:
        """T moved on by `days` business days: the last day allowed moves, and T stays the day after it."""
        return self.deadline(expires - _DAY, days)
