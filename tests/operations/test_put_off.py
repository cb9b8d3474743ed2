"""Statements that go with the next one: fewer ways to PostgreSQL and back, and the same outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from gateway.store.engine import Session, Store
from gateway.store.prepared import Prepared
from gateway.store.tables import software_houses

IDS = Prepared(select(software_houses.c.id).order_by(software_houses.c.id))
ADD = Prepared(insert(software_houses), into=software_houses)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What goes to PostgreSQL in one go, first words alone."""
    found: list[list[str]] = []
    execute, pipeline = psycopg.Connection.execute, psycopg.Connection.pipeline
    open_ways: list[list[str]] = []

    def executing(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        word = str(query).split()[0]
        if open_ways:
            open_ways[0].append(word)
        else:
            found.append([word])
        return execute(self, query, *arguments, **named)

    @contextmanager
    def watched(self: Any) -> Iterator[Any]:
        open_ways.append([])
        with pipeline(self) as inner:
            try:
                yield inner
            finally:
                found.append(open_ways.pop())

    monkeypatch.setattr(psycopg.Connection, "execute", executing)
    monkeypatch.setattr(psycopg.Connection, "pipeline", watched)
    return found


def kept(store: Store) -> list[str]:
    with store.reading() as connection:
        return sorted(connection.scalars(select(software_houses.c.id)))


def put(session: Session, name: str, told: str | None = "-") -> None:
    ADD.unasked(session.connection, {"id": name, "name": told})


def test_all_of_a_transaction_goes_with_the_commit(store: Store, ways: list[list[str]]) -> None:
    with store.session() as session:
        session.write()
        put(session, "SH0001")
        put(session, "SH0002")
        ways.clear()
        session.commit()
    assert ways == ([] if store.is_sqlite else [["BEGIN", "INSERT", "INSERT", "COMMIT"]])
    assert kept(store) == ["SH0001", "SH0002"]


def test_who_asks_sees_what_was_put_off(store: Store, ways: list[list[str]]) -> None:
    with store.session() as session:
        session.write()
        put(session, "SH0001")
        ways.clear()
        assert [row.id for row in IDS.all(session.connection)] == ["SH0001"]
        assert ways == ([] if store.is_sqlite else [["BEGIN", "INSERT", "SELECT"]])
        put(session, "SH0002")
        assert session.connection.scalars(select(software_houses.c.id).order_by("id")).all() == ["SH0001", "SH0002"]  # by SQLAlchemy's way
    assert kept(store) == []


def test_nothing_is_sent_for_what_is_forgotten(store: Store, ways: list[list[str]]) -> None:
    with store.session() as session:
        session.write()
        put(session, "SH0001")
        session.rollback()
        session.write()
        put(session, "SH0002")
        session.commit()
        assert session.connection is not None  # begins a transaction in which nothing is done
        session.commit()
    assert kept(store) == ["SH0002"]
    assert [way for way in ways if "INSERT" in way] == ([] if store.is_sqlite else [["BEGIN", "INSERT", "COMMIT"]])
    assert [way for way in ways if "INSERT" not in way and "SELECT" not in way and "SET" not in way] == []


def test_an_error_comes_with_the_commit_and_nothing_is_kept(store: Store) -> None:
    def twice(session: Session) -> None:
        session.write()
        put(session, "SH0001")
        put(session, "SH0002")
        put(session, "SH0001")
        session.commit()

    with store.session() as session:
        with pytest.raises(IntegrityError):
            twice(session)
        session.rollback()
        assert IDS.all(session.connection) == []
    assert kept(store) == []
    with store.session() as session:  # the connection is good for the next call
        session.write()
        put(session, "SH0003")
        session.commit()
    assert kept(store) == ["SH0003"]


def test_an_error_comes_with_the_next_statement_at_the_latest(store: Store) -> None:
    def nameless(session: Session) -> Any:
        session.write()
        put(session, "SH0001")
        put(session, "SH0002", None)
        return IDS.all(session.connection)

    with store.session() as session, pytest.raises(IntegrityError):
        nameless(session)
    assert kept(store) == []
