"""The two clocks.

The *process* clock decides deadlines, ages and dates on documents; a sandbox can move it. The *wall* clock decides the life of tokens and
caches: a caller that trusts `accessTokenExpiresIn` must not be logged out because somebody moved a claim forty days on.
No other module asks the operating system for the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def wall() -> datetime:
    """Now, UTC, never moved."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant of the process clock, fixed for the length of a call so that all its parts agree."""

    utc: datetime

    @classmethod
    def now(cls, offset: timedelta = timedelta()) -> Moment:
        """The instant `offset` away from the wall clock."""
        return cls(wall() + offset)

    @property
    def local(self) -> datetime:
        """The same instant on a clock in London."""
        return self.utc.astimezone(LONDON)

    @property
    def today(self) -> date:
        """The date in London."""
        return self.local.date()


def start_of_day(day: date) -> datetime:
    """00:00 Europe/London of `day`, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def spoken(at: datetime) -> str:
    """An instant as the interface writes it in texts: 22/11/2026 09:30, by a clock in London."""
    return f"{at.astimezone(LONDON):%d/%m/%Y %H:%M}"
