"""When the service is open: the hours of the portal (portal notes 6.7), by hand, over bank holidays and both changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gateway.clock import LONDON
from gateway.domain.calendar import BusinessCalendar
from gateway.domain.opening_hours import reopens
from gateway.setting import BadSetting
from gateway.week import Week, parse

PORTAL = "mon-fri 07:00-19:00, sat 08:00-14:00"
CHRISTMAS = BusinessCalendar(1, frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}))


def week(text: str) -> Week:
    found = parse("X", text)
    assert found is not None
    return found


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def opens(at: str, hours: str = PORTAL, *closed: tuple[str, str]) -> str | None:
    """When it opens, by a clock in London."""
    windows = [(london(start), london(until)) for start, until in closed]
    found = reopens(london(at), week(hours), CHRISTMAS, windows)
    return None if found is None else found.astimezone(LONDON).replace(tzinfo=None).isoformat(" ", "minutes")


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-23 06:59", "2026-11-23 07:00"),  # a Monday
        ("2026-11-23 07:00", "2026-11-23 07:00"),
        ("2026-11-23 18:59", "2026-11-23 18:59"),
        ("2026-11-23 19:00", "2026-11-24 07:00"),  # the end is not in it
        ("2026-11-28 07:30", "2026-11-28 08:00"),  # Saturday
        ("2026-11-28 13:59", "2026-11-28 13:59"),
        ("2026-11-28 14:00", "2026-11-30 07:00"),  # over Sunday
        ("2026-12-24 19:00", "2026-12-26 08:00"),  # Christmas Day is a Friday; Saturday is no bank holiday, the substitute is Monday
        ("2026-12-26 15:00", "2026-12-29 07:00"),
        ("2026-12-25 10:00", "2026-12-26 08:00"),
        ("2027-01-01 10:00", "2027-01-02 08:00"),
    ],
)
def test_the_hours_of_the_portal(at: str, opening: str) -> None:
    assert opens(at) == opening


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2027-03-26T19:00:00+00:00", "2027-03-27T08:00:00+00:00"),  # Friday, winter time
        ("2027-03-27T14:00:00+00:00", "2027-03-29T06:00:00+00:00"),  # summer time begins on Sunday 28 March: 07:00 is 06:00 UTC
        ("2027-10-30T13:00:00+00:00", "2027-11-01T07:00:00+00:00"),  # and ends on Sunday 31 October
    ],
)
def test_over_the_change_of_the_clock(at: str, utc: str) -> None:
    assert reopens(datetime.fromisoformat(at), week(PORTAL), None, []) == datetime.fromisoformat(utc)


def test_hours_within_the_change() -> None:
    """01:30 on 28 March 2027 does not come; on 31 October it comes twice, and the first is meant."""
    night = week("sun 01:30-24:00")
    assert reopens(datetime(2027, 3, 28, 0, 0, tzinfo=UTC), night, None, []) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert reopens(datetime(2027, 10, 30, 23, 0, tzinfo=UTC), night, None, []) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_midnight_is_the_end_of_a_day() -> None:
    whole = "mon-sun 00:00-24:00"
    assert opens("2026-11-23 23:59", whole) == "2026-11-23 23:59"
    assert opens("2026-11-24 00:00", whole) == "2026-11-24 00:00"
    assert opens("2026-12-25 00:00", whole) == "2026-12-26 00:00"


def test_a_break_at_noon() -> None:
    assert opens("2026-11-23 12:00", "mon 09:00-12:00, mon 13:00-17:00") == "2026-11-23 13:00"


def test_windows_within_hours() -> None:
    """What counts is when calls are served again, whatever closed the service."""
    assert opens("2026-11-23 10:00", PORTAL, ("2026-11-23 09:00", "2026-11-23 11:00")) == "2026-11-23 11:00"
    assert opens("2026-11-23 10:00", PORTAL, ("2026-11-23 09:00", "2026-11-23 20:00")) == "2026-11-24 07:00"
    assert opens("2026-11-23 20:00", PORTAL, ("2026-11-24 06:00", "2026-11-24 09:30")) == "2026-11-24 09:30"
    assert opens("2026-11-23 10:00", PORTAL, ("2026-11-23 09:00", "2026-11-23 11:00"), ("2026-11-23 10:30", "2026-11-23 12:00")) == "2026-11-23 12:00"
    assert opens("2026-11-23 10:00", PORTAL, ("2026-11-23 11:00", "2026-11-23 12:00")) == "2026-11-23 10:00"


def test_windows_without_hours() -> None:
    at, until = london("2026-11-22 10:00"), london("2026-11-22 11:00")
    assert reopens(at, None, None, []) == at
    assert reopens(at, None, None, [(at, until)]) == until
    assert reopens(until, None, None, [(at, until)]) == until


def test_it_never_opens() -> None:
    assert reopens(london("2026-11-23 10:00"), Week(((),) * 7), None, []) is None


def test_always() -> None:
    assert parse("X", "always") is None
    assert parse("X", " Always ") is None


def test_days_and_minutes() -> None:
    nine_to_five = ((540, 1020),)
    assert week("Mon-Wed 09:00-17:00").days == (nine_to_five, nine_to_five, nine_to_five, (), (), (), ())
    assert week("sun 00:00-24:00").days == ((), (), (), (), (), (), ((0, 1440),))
    assert week("mon 13:00-14:00, mon 09:00-12:00").days[0] == ((540, 720), (780, 840))


@pytest.mark.parametrize(
    "text",
    [
        *("", "mon", "mon 9-17", "mon 09:00", "monday 09:00-17:00", "mon 09:00-09:00", "mon 17:00-09:00", "fri-mon 09:00-17:00"),
        *("mon 09:60-17:00", "mon 09:00-24:01", "mon 09:00-17:00, mon 16:00-18:00", "mon-fri 07:00-19:00,", "mon 09:00-17:00; tue 09:00-17:00"),
    ],
)
def test_what_are_no_hours(text: str) -> None:
    with pytest.raises(BadSetting, match=r"^GATEWAY_X "):
        parse("GATEWAY_X", text)
