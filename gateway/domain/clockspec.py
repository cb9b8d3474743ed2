"""How people say where the process clock of a sandbox should go: `40d`, `15bd`, `6h`, `30m`, or a London date and time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from gateway.clock import LONDON, Moment
from gateway.domain.calendar import BusinessCalendar

FIRST_YEAR, LAST_YEAR = 2010, 2099

_STEP = re.compile(r"([0-9]{1,7})\s*(d|bd|h|m)", re.IGNORECASE)


class BadClockSpec(ValueError):
    """Not a step or a time the clock can go to; the text says what is allowed."""


def advanced(now: Moment, step: str, calendar: BusinessCalendar) -> datetime:
    """The instant (UTC) one `step` after `now`.

    Days (`d`) and business days (`bd`, counted like a time limit) keep the time of day in London, also over a change to or from summer time;
    hours (`h`) and minutes (`m`) are exact. Raises BadClockSpec.
    """
    match = _STEP.fullmatch(step.strip())
    if not match:
        raise BadClockSpec(f"{step!r} is no step. Write 40d (days), 15bd (business days), 6h (hours) or 30m (minutes).")
    count, unit = int(match[1]), match[2].lower()
    try:
        if unit == "h":
            return _within(now.utc + timedelta(hours=count))
        if unit == "m":
            return _within(now.utc + timedelta(minutes=count))
        if unit == "bd" and count > 366 * (LAST_YEAR - FIRST_YEAR):  # it is counted day by day
            raise OverflowError
        day = calendar.add_business_days(now.today, count) if unit == "bd" else now.today + timedelta(days=count)
        return _within(datetime.combine(day, now.local.time(), LONDON).astimezone(UTC))
    except OverflowError:
        raise _out_of_range() from None


def parse_time(text: str) -> datetime:
    """The instant (UTC) of an ISO date and time in London (`2027-01-04T09:00`, or with a blank), a date (00:00), or one that names its zone. Raises BadClockSpec."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadClockSpec(f"{text!r} is no date and time. Write 2027-01-04T09:00 (London time).") from None
    try:
        return _within((when if when.tzinfo else when.replace(tzinfo=LONDON)).astimezone(UTC))
    except OverflowError:
        raise _out_of_range() from None


def offset_for(instant: datetime, wall: datetime) -> timedelta:
    """How far the process clock must be ahead of `wall` to show `instant`, in whole seconds and never short of it: at 00:00 a limit has run out."""
    return timedelta(seconds=-((wall - instant) // timedelta(seconds=1)))


def _within(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.astimezone(LONDON).year <= LAST_YEAR:
        raise _out_of_range()
    return instant


def _out_of_range() -> BadClockSpec:
    return BadClockSpec(f"The clock can show the years {FIRST_YEAR} to {LAST_YEAR}.")


def spoken_time(moment: Moment) -> str:
    """The time in London: Monday 4 January 2027, 09:00."""
    local = moment.local
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def spoken_distance(a: Moment, b: Moment) -> str:
    """How far apart two clocks in London stand: "40 days and 2 hours". 40 days are 40 days, also when one of them has summer time."""
    seconds = abs(int((a.local.replace(tzinfo=None) - b.local.replace(tzinfo=None)).total_seconds()))
    parts = [(seconds // 86400, "day"), (seconds // 3600 % 24, "hour"), (seconds // 60 % 60, "minute")]
    if seconds < 60:
        parts = [(seconds, "second")]
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "no time"
