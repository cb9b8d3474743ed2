"""Business days and time limits, worked out by hand on the printed bank holidays of England and Wales."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import start_of_day
from gateway.domain.calendar import BusinessCalendar

HOLIDAYS = [
    *("2020-01-01", "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31", "2020-12-25", "2020-12-28"),
    *("2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28"),
    *("2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28"),
    "2028-01-03",
]
CALENDAR = BusinessCalendar(1, frozenset(map(date.fromisoformat, HOLIDAYS)))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "business"),
    [
        ("2026-11-20", True),  # a Friday
        ("2026-11-21", False),
        ("2026-11-22", False),
        ("2026-11-23", True),
        ("2026-12-24", True),
        ("2026-12-25", False),
        ("2026-12-26", False),
        ("2026-12-28", False),  # for Boxing Day, a Saturday
        ("2026-12-29", True),
        ("2027-03-26", False),  # Good Friday
        ("2027-12-25", False),
        ("2027-12-29", True),
    ],
)
def test_which_days_are_business_days(text: str, business: bool) -> None:
    assert CALENDAR.is_business_day(day(text)) is business


@pytest.mark.parametrize(
    ("start", "days", "last", "expires"),
    [
        pytest.param("2026-11-23", 1, "2026-11-24", "2026-11-25", id="the sending day is day 0"),
        pytest.param("2026-11-23", 5, "2026-11-30", "2026-12-01", id="over a weekend"),
        pytest.param("2026-11-19", 1, "2026-11-20", "2026-11-21", id="T may be a Saturday"),
        pytest.param("2026-11-20", 1, "2026-11-23", "2026-11-24", id="sent on a Friday"),
        pytest.param("2027-01-02", 1, "2027-01-04", "2027-01-05", id="sent on a Saturday"),
        pytest.param("2027-01-03", 1, "2027-01-04", "2027-01-05", id="sent on a Sunday, the same"),
        pytest.param("2026-12-25", 1, "2026-12-29", "2026-12-30", id="sent on Christmas Day"),
        pytest.param("2026-12-24", 1, "2026-12-29", "2026-12-30", id="sent on Christmas Eve, the same"),
        pytest.param("2026-12-18", 15, "2027-01-13", "2027-01-14", id="15 days over Christmas and New Year 2026"),
        pytest.param("2026-12-18", 30, "2027-02-03", "2027-02-04", id="30 days over Christmas and New Year 2026"),
        pytest.param("2027-03-24", 2, "2027-03-30", "2027-03-31", id="Easter 2027"),
        pytest.param("2027-03-19", 10, "2027-04-06", "2027-04-07", id="10 days over Easter 2027"),
        pytest.param("2027-04-30", 1, "2027-05-04", "2027-05-05", id="early May bank holiday"),
        pytest.param("2027-05-28", 1, "2027-06-01", "2027-06-02", id="spring bank holiday"),
        pytest.param("2027-08-27", 1, "2027-08-31", "2027-09-01", id="August bank holiday"),
        pytest.param("2020-05-01", 5, "2020-05-11", "2020-05-12", id="early May moved to Friday 8 May 2020"),
        pytest.param("2027-12-24", 1, "2027-12-29", "2027-12-30", id="Christmas on a Saturday: two substitute days"),
        pytest.param("2027-12-31", 1, "2028-01-04", "2028-01-05", id="New Year on a Saturday"),
        pytest.param("2026-11-02", 40, "2026-12-30", "2026-12-31", id="40 days (PL) to the end of 2026"),
    ],
)
def test_limits(start: str, days: int, last: str, expires: str) -> None:
    assert CALENDAR.add_business_days(day(start), days) == day(last)
    assert CALENDAR.deadline(day(start), days) == day(expires)


@pytest.mark.parametrize(
    ("expires", "fires"),
    [
        ("2026-11-25", "2026-11-25T00:00"),
        ("2027-03-28", "2027-03-28T00:00"),  # summer time begins an hour later
        ("2027-03-31", "2027-03-30T23:00"),
        ("2027-10-31", "2027-10-30T23:00"),  # winter time begins later that night
        ("2027-11-02", "2027-11-02T00:00"),
    ],
)
def test_a_limit_runs_out_at_midnight_in_london(expires: str, fires: str) -> None:
    assert start_of_day(day(expires)) == datetime.fromisoformat(fires).replace(tzinfo=UTC)


def test_a_limit_over_the_change_to_summer_time() -> None:
    assert start_of_day(CALENDAR.deadline(day("2027-03-24"), 2)) == datetime(2027, 3, 30, 23, tzinfo=UTC)


def test_backwards_for_warnings() -> None:
    assert CALENDAR.add_business_days(day("2027-01-14"), -5) == day("2027-01-07")
    assert CALENDAR.add_business_days(day("2026-12-30"), -3) == day("2026-12-23")


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        ("2026-11-23", "2026-11-23", 0),
        ("2026-11-23", "2026-11-24", 1),
        ("2026-11-20", "2026-11-23", 1),  # Friday; the weekend does not count
        ("2026-11-21", "2026-11-23", 0),
        ("2026-12-24", "2026-12-30", 2),  # 24 and 29
        ("2026-11-24", "2026-11-23", 0),  # too late
    ],
)
def test_days_left(a: str, b: str, days: int) -> None:
    assert CALENDAR.business_days_between(day(a), day(b)) == days


def test_extended_counts_from_the_last_day_and_not_from_the_day_after() -> None:
    expires = CALENDAR.deadline(day("2026-11-19"), 1)
    assert expires == day("2026-11-21")  # a Saturday
    assert CALENDAR.extended(expires, 5) == CALENDAR.deadline(day("2026-11-19"), 6) == day("2026-11-28")


days = st.dates(date(2019, 12, 1), date(2028, 6, 1))


@given(start=days, count=st.integers(1, 60))
def test_exactly_that_many_business_days_lie_between(start: date, count: int) -> None:
    last, expires = CALENDAR.add_business_days(start, count), CALENDAR.deadline(start, count)
    assert CALENDAR.is_business_day(last)
    assert expires == last + timedelta(days=1)
    assert CALENDAR.business_days_between(start + timedelta(days=1), expires) == count


@given(start=days, first=st.integers(1, 30), more=st.integers(1, 30))
def test_two_periods_are_one(start: date, first: int, more: int) -> None:
    assert CALENDAR.extended(CALENDAR.deadline(start, first), more) == CALENDAR.deadline(start, first + more)
