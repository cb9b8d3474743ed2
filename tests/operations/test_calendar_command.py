"""`gateway calendar`: looking at the bank holidays and changing them, which makes a new calendar and moves no date that runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from claim_rows import add_claim
from typer.testing import CliRunner, Result

from gateway import clock
from gateway.commands.calendar import app
from gateway.store import calendars, claims, sandbox
from gateway.store.calendars import NoSuchChange
from gateway.store.engine import Store

REAL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # a Sunday
IN_2027 = ["2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", *(f"2027-12-{day}" for day in (25, 26, 27, 28))]

Type = Callable[..., Result]


@pytest.fixture
def type_(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types `gateway calendar …`; the real time stands still."""
    monkeypatch.setattr(clock, "wall", lambda: REAL)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, words)


def versions(store: Store) -> int:
    with store.reading() as connection:
        return calendars.current(connection).version


def test_those_to_come(type_: Type) -> None:
    listed = type_("list")
    assert listed.exit_code == 0
    assert listed.stdout == (
        "Calendar 1, bank holidays of England and Wales to come:\n"
        "  2026-12-25  Friday 25 December 2026\n"
        "  2026-12-26  Saturday 26 December 2026, no working day anyway\n"
        "  2026-12-28  Monday 28 December 2026\n"
        "  2027-01-01  Friday 1 January 2027\n"
        "  2027-03-26  Friday 26 March 2027\n"
        "  2027-03-29  Monday 29 March 2027\n"
        "  2027-05-03  Monday 3 May 2027\n"
        "  2027-05-31  Monday 31 May 2027\n"
        "  2027-08-30  Monday 30 August 2027\n"
        "  2027-12-25  Saturday 25 December 2027, no working day anyway\n"
        "  2027-12-26  Sunday 26 December 2027, no working day anyway\n"
        "  2027-12-27  Monday 27 December 2027\n"
        "  2027-12-28  Tuesday 28 December 2027\n"
        "Later ones are known until 2040: gateway calendar list --year 2028\n"
    )


def test_those_of_a_year(type_: Type) -> None:
    listed = type_("list", "--year", "2027")
    assert listed.stdout.startswith("Calendar 1, bank holidays of England and Wales in 2027:\n  2027-01-01  Friday 1 January 2027\n")
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == IN_2027
    assert type_("list", "--year", "2041").stdout == "Calendar 1, bank holidays of England and Wales in 2041:\n  none\n"
    assert type_("list", "--year", "1999").exit_code == 2


def test_for_programs(type_: Type) -> None:
    assert json.loads(type_("list", "--year", "2027", "--format", "json").stdout) == {"version": 1, "holidays": IN_2027}
    coming = json.loads(type_("list", "--format", "json").stdout)["holidays"]
    assert (coming[0], coming[3:13], coming[-1][:4]) == ("2026-12-25", IN_2027, "2040")


def test_what_is_to_come_depends_on_the_clock_of_a_sandbox(type_: Type, seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        sandbox.set_offset(connection, timedelta(days=365), "a test")
    assert type_("list").stdout.splitlines()[1] == "  2027-12-25  Saturday 25 December 2027, no working day anyway"


def test_adding(type_: Type, seeded_store: Store) -> None:
    """Thirty business days from Sunday 22 November pass Monday 4 January, fifteen do not."""
    added = type_("add", "2027-01-04")
    assert added.exit_code == 0
    assert added.stdout == (
        "Monday 4 January 2027 added.\n"
        "Calendar 2 is for claims created from now on; claims that are there keep theirs.\n"
        "A limit of 30 business days begun today runs out on Friday 8 January 2027, not on Thursday 7 January 2027.\n"
        "A limit of 35 business days begun today runs out on Friday 15 January 2027, not on Thursday 14 January 2027.\n"
        "A limit of 40 business days begun today runs out on Friday 22 January 2027, not on Thursday 21 January 2027.\n"
    )
    assert "2027-01-04  Monday 4 January 2027" in type_("list").stdout
    with seeded_store.reading() as connection:
        old, new = calendars.load(connection, 1), calendars.current(connection)
    assert new.holidays - old.holidays == {date(2027, 1, 4)}
    assert old.holidays < new.holidays


def test_removing(type_: Type, seeded_store: Store) -> None:
    removed = type_("remove", "2027-05-03")
    assert removed.stdout == "Monday 3 May 2027 removed.\nCalendar 2 is for claims created from now on; claims that are there keep theirs.\n"
    assert "2027-05-03" not in type_("list").stdout
    assert "2027-05-31" in type_("list").stdout


def test_several_make_one_change(type_: Type, seeded_store: Store) -> None:
    assert type_("remove", "2027-05-03", "2027-05-31", "2027-05-03").stdout.splitlines()[:2] == [
        "Monday 3 May 2027 removed.",
        "Monday 31 May 2027 removed.",
    ]
    assert versions(seeded_store) == 2
    type_("add", "2027-05-03", "2027-05-31")
    with seeded_store.reading() as connection:
        assert calendars.current(connection).holidays == calendars.load(connection, 1).holidays


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["add", "2027-05-03"], "2027-05-03 is a bank holiday already, in calendar 1. Nothing was changed."),
        (["add", "2027-06-12"], "2027-06-12 is a Saturday, which never counts. Nothing was changed."),
        (["add", "2027-06-14", "2027-05-03"], "2027-05-03 is a bank holiday already, in calendar 1. Nothing was changed."),
        (["remove", "2027-06-14"], "2027-06-14 is no bank holiday, in calendar 1. Nothing was changed."),
        (["add", "14/06/2027"], "'14/06/2027' is no date. Write 2027-06-14."),
        (["add", "2027-02-29"], "'2027-02-29' is no date. Write 2027-06-14."),
        (["add", "20270614"], "'20270614' is no date. Write 2027-06-14."),
        (["remove", "tomorrow"], "'tomorrow' is no date. Write 2027-06-14."),
        (["add", "2127-06-14"], "2127-06-14 is out of reach: the years 2010 to 2099 are allowed."),
    ],
)
def test_what_is_refused_changes_nothing(type_: Type, seeded_store: Store, words: list[str], message: str) -> None:
    refused = type_(*words)
    assert (refused.exit_code, refused.stdout, refused.stderr) == (2, "", message + "\n")
    assert versions(seeded_store) == 1


def test_without_a_date(type_: Type) -> None:
    assert type_("add").exit_code == type_("remove").exit_code == 2


def test_no_date_that_runs_is_moved(type_: Type, seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection)
    type_("add", "2026-12-10")
    with seeded_store.reading() as connection:
        assert claims.load(connection, claim.id) == claim
        assert claim.calendar == 1
        new = replace(claim, calendar=calendars.current(connection).version)
    assert new.calendar == 2


def test_two_change_it_at_the_same_time(seeded_store: Store) -> None:
    """None of the changes is lost."""
    days = [date(2027, 6, number) for number in (14, 15, 16, 17)]

    def add(day: date) -> None:
        with seeded_store.writing() as connection:
            calendars.add(connection, [day])

    threads = [threading.Thread(target=add, args=(day,)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with seeded_store.reading() as connection:
        newest = calendars.current(connection)
    assert newest.version == 5
    assert newest.holidays.issuperset(days)


def test_a_change_that_is_rolled_back_is_forgotten(seeded_store: Store) -> None:
    def twice() -> None:
        with seeded_store.writing() as connection:
            calendars.add(connection, [date(2027, 6, 14)])
            calendars.add(connection, [date(2027, 6, 14)])

    with pytest.raises(NoSuchChange):
        twice()
    with seeded_store.writing() as connection:
        calendars.add(connection, [date(2027, 6, 15)])
        assert date(2027, 6, 14) not in calendars.current(connection).holidays


def test_no_calendar(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
    for words in (["list"], ["add", "2027-06-14"]):
        refused = CliRunner().invoke(app, words)
        assert (refused.exit_code, refused.stderr) == (1, "The store has no business calendar. Run: gateway db seed\n")


def test_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "none"))
    refused = CliRunner().invoke(app, ["list"])
    assert (refused.exit_code, list(tmp_path.iterdir())) == (1, [])
