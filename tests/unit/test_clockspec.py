"""Where people send the clock of a sandbox."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import LONDON, Moment
from gateway.domain.calendar import BusinessCalendar
from gateway.domain.clockspec import BadClockSpec, advanced, offset_for, parse_time, spoken_distance, spoken_time

CHRISTMAS = frozenset(map(date.fromisoformat, ["2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29"]))
CALENDAR = BusinessCalendar(1, CHRISTMAS)


def london(text: str) -> Moment:
    return Moment(datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC))


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        ("2026-11-22T09:30", "40d", "2027-01-01T09:30"),
        ("2026-11-22T09:30", "0d", "2026-11-22T09:30"),
        ("2026-11-22T09:30", " 40 D ", "2027-01-01T09:30"),
        ("2026-12-18T16:00", "15bd", "2027-01-13T16:00"),
        ("2026-12-19T16:00", "1BD", "2026-12-21T16:00"),  # from a Saturday
        ("2027-03-27T09:30", "1d", "2027-03-28T09:30"),  # summer time begins: 23 hours
        ("2027-10-30T09:30", "1d", "2027-10-31T09:30"),  # and ends: 25 hours
        ("2027-03-25T09:30", "1bd", "2027-03-30T09:30"),
        ("2027-03-27T09:30", "24h", "2027-03-28T10:30"),  # hours are exact
        ("2027-03-27T09:30", "1440m", "2027-03-28T10:30"),
        ("2026-11-22T09:30", "6h", "2026-11-22T15:30"),
        ("2026-11-22T09:30", "30m", "2026-11-22T10:00"),
        ("2027-03-27T01:30", "1d", "2027-03-28T02:30"),  # there is no 01:30 on that day
    ],
)
def test_steps(start: str, step: str, end: str) -> None:
    assert Moment(advanced(london(start), step, CALENDAR)).local == london(end).local


@pytest.mark.parametrize("step", ["", "40", "d", "-3d", "1.5d", "40x", "40dd", "1d6h", "99999999999d", "٤d", "40d\n40d"])
def test_what_is_no_step(step: str) -> None:
    with pytest.raises(BadClockSpec, match=r"is no step\. Write 40d"):
        advanced(london("2026-11-22T09:30"), step, CALENDAR)


@pytest.mark.parametrize("step", ["9999999d", "9999999bd", "9999999h", "30000d", "20000bd"])
def test_too_far(step: str) -> None:
    with pytest.raises(BadClockSpec, match="2010 to 2099"):
        advanced(london("2026-11-22T09:30"), step, CALENDAR)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-01-04T09:00", "2027-01-04T09:00"),
        ("2027-07-04T09:00", "2027-07-04T08:00"),
        ("2027-07-04 09:00:30", "2027-07-04T08:00:30"),
        (" 2027-07-04 ", "2027-07-03T23:00"),
        ("2027-07-04T09:00Z", "2027-07-04T09:00"),
        ("2027-07-04T09:00+02:00", "2027-07-04T07:00"),
        ("2027-03-28T01:30", "2027-03-28T01:30"),  # not on any clock in London: as if summer time began later
        ("2027-10-31T01:30", "2027-10-31T00:30"),  # twice on the clock: the first
    ],
)
def test_times(text: str, utc: str) -> None:
    assert parse_time(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "04/01/2027", "2027-02-30", "2027-01-04T25:00", "09:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadClockSpec, match=r"is no date and time\. Write 2027-01-04T09:00"):
        parse_time(text)


@pytest.mark.parametrize("text", ["2009-12-31T23:59", "2100-01-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_times_out_of_range(text: str) -> None:
    with pytest.raises(BadClockSpec, match="2010 to 2099"):
        parse_time(text)


@given(st.datetimes(datetime(2015, 1, 1), datetime(2090, 1, 1)), st.integers(-(10**8), 10**8))
def test_the_clock_never_falls_short_of_what_was_set(wall: datetime, microseconds: int) -> None:
    wall = wall.replace(tzinfo=UTC)
    goal = wall + timedelta(microseconds=microseconds)
    offset = offset_for(goal, wall)
    assert offset.microseconds == 0
    assert timedelta() <= wall + offset - goal < timedelta(seconds=1)


def test_spoken_time_is_londons() -> None:
    assert spoken_time(Moment(datetime(2027, 7, 4, 8, 5, tzinfo=UTC))) == "Sunday 4 July 2027, 09:05"


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("2026-11-22T09:30", "2026-11-22T09:30", "no time"),
        ("2026-11-22T09:30", "2027-01-01T09:30", "40 days"),
        ("2027-01-01T09:30", "2026-11-22T09:30", "40 days"),
        ("2026-11-22T09:30", "2026-11-23T10:31", "1 day, 1 hour and 1 minute"),
        ("2026-11-22T09:30", "2026-11-22T15:30", "6 hours"),
        ("2026-11-22T09:30", "2026-11-24T09:32", "2 days and 2 minutes"),
        ("2026-11-22T09:30:00", "2026-11-22T09:30:07", "7 seconds"),
        ("2026-11-22T09:30:00", "2026-11-22T09:31:07", "1 minute"),
        ("2027-03-27T09:30", "2027-03-28T09:30", "1 day"),  # 23 hours, but nobody would say so
    ],
)
def test_spoken_distance(a: str, b: str, words: str) -> None:
    assert spoken_distance(london(a), london(b)) == words
