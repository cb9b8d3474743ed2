"""The calendars in the store."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import insert

from gateway.domain.calendar import BusinessCalendar
from gateway.store import calendars
from gateway.store.engine import Store
from gateway.store.tables import calendars as table


def test_seeded_once(store: Store) -> None:
    with store.writing() as connection:
        assert calendars.seed(connection)
        assert not calendars.seed(connection)
    with store.reading() as connection:
        assert calendars.current(connection).version == 1


def test_several_servers_seed_at_the_same_time(store: Store) -> None:
    done: list[bool] = []

    def seed() -> None:
        with store.writing() as connection:
            done.append(calendars.seed(connection))

    threads = [threading.Thread(target=seed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]


def test_what_was_seeded(seeded_store: Store) -> None:
    """Against the list of the government's own page for 2026 and 2027, and the two that moved or came in addition in 2020 and 2022."""
    with seeded_store.reading() as connection:
        calendar = calendars.current(connection)
    weekdays = {str(day) for day in calendar.holidays if day.weekday() < 5}
    assert sorted(day for day in weekdays if day[:4] in ("2026", "2027")) == [
        *("2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28"),
        *("2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28"),
    ]
    assert {"2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19"} <= weekdays
    assert "2020-05-04" not in weekdays
    assert {day.year for day in calendar.holidays} == set(range(2010, 2041))


def test_the_newest_is_current_and_the_others_stay(seeded_store: Store) -> None:
    with seeded_store.reading() as connection:
        old = calendars.current(connection)
    with seeded_store.writing() as connection:
        connection.execute(insert(table).values(version=2, holidays=["2027-01-04"]))
    with seeded_store.reading() as connection:
        new = calendars.current(connection)
        assert new == BusinessCalendar(2, frozenset([date(2027, 1, 4)]))
        assert calendars.load(connection, 1) == old


def test_read_once(seeded_store: Store, statements: list[str]) -> None:
    with seeded_store.reading() as connection:
        calendars.current(connection)
        statements.clear()
        calendars.current(connection)
        calendars.load(connection, 1)
    assert [statement.count("max(") for statement in statements] == [1]


def test_none(store: Store) -> None:
    with store.reading() as connection:
        with pytest.raises(calendars.NoCalendar, match="gateway db seed"):
            calendars.current(connection)
        with pytest.raises(calendars.NoCalendar, match="version 7"):
            calendars.load(connection, 7)
