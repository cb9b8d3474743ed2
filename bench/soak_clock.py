"""The compressed clock of the soak, and when limits run out by it, counted here by hand: the gateway's calendar is what is being checked.

The process clock goes on in three steps a day: to midnight, to the afternoon, and to one minute before the next midnight. Each step is
committed to the store of the gateway; a call that begins after that must see the new time.
"""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta

from gateway.clock import LONDON, start_of_day, wall
from gateway.store import sandbox
from gateway.store.engine import Store

FIRST_DAY = date(2026, 11, 23)  # a Monday; the fixtures take the day before for "today"
ONE_DAY = timedelta(days=1)
# bank holidays of England and Wales that a run may reach (gov.uk), by hand
HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31)}
MIDNIGHT, AFTERNOON, EVE = time(0, 0, 1), time(14, 0), time(23, 59)  # an offset is kept in whole seconds
_EVE_SECONDS = 20.0
_SATURDAY = 5


def business_day(day: date, number: int) -> date:
    """The day that is so many business days after `day`, or before it if `number` is negative."""
    step = ONE_DAY if number > 0 else -ONE_DAY
    left = abs(number)
    while left:
        day += step
        left -= day.weekday() < _SATURDAY and day not in HOLIDAYS
    return day


def due(day: date, days: int) -> date:
    """The day at whose beginning a limit of so many business days, begun on `day`, has run out: the one after the last that is allowed (process notes 4.1)."""
    return business_day(day, days) + ONE_DAY


def steps(days: int, seconds: float) -> list[tuple[float, datetime]]:
    """The steps of a run of so many days and seconds: when each is due, in seconds from the beginning, and to what time in London."""
    length = seconds / days
    eve = length - min(0.3 * length, _EVE_SECONDS)  # real time goes on, and must not carry the clock over midnight
    found = []
    for number in range(days):
        day = FIRST_DAY + number * ONE_DAY
        for at, hour in ((0.0, MIDNIGHT), (0.4 * length, AFTERNOON), (eve, EVE)):
            found.append((number * length + at, datetime.combine(day, hour, LONDON)))
    return found


class Clock:
    """The process clock of a store. `day`: the date it has for certain; `coming`: the one it may have already."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.day = self.coming = FIRST_DAY
        self.at = datetime.combine(FIRST_DAY, MIDNIGHT, LONDON)

    def move(self, to: datetime) -> None:
        """Set it; when this returns, the gateway has it."""
        with self._lock:
            self.coming = to.date()
            with self._store.writing() as connection:
                sandbox.set_offset(connection, to - wall(), "soak")
            self.day, self.at = to.date(), to


def instants(earliest: date, latest: date) -> set[datetime]:
    """The beginnings of these days and those between them."""
    return {start_of_day(earliest + number * ONE_DAY) for number in range((latest - earliest).days + 1)}
