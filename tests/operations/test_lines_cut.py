"""Lines to PostgreSQL that are cut in the middle of something: whoever was at it is told that the store cannot be reached, and the next is served."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import select

from gateway.store import StoreUnavailable
from gateway.store.claims import load
from gateway.store.engine import Session, Store
from gateway.store.tables import claims

pytestmark = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)

MORE_THAN_THE_POOL_HAS = 20


def cut(store: Store) -> None:
    """Every line to the database but one's own; they are gone when it returns."""
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")


def by_sqlalchemy(session: Session) -> None:
    session.connection.execute(select(claims.c.id)).all()


def by_the_driver(session: Session) -> None:
    load(session.connection, 1)


@pytest.mark.parametrize("ask", [by_sqlalchemy, by_the_driver])
@pytest.mark.parametrize("write", [False, True], ids=["reading", "writing"])
def test_in_a_session(store: Store, ask: Callable[[Session], None], write: bool) -> None:
    def broken() -> None:
        with store.session() as session:
            if write:
                session.write()
            ask(session)
            cut(store)
            ask(session)

    for _ in range(MORE_THAN_THE_POOL_HAS):
        with pytest.raises(StoreUnavailable):
            broken()
        with store.session() as session:
            ask(session)


@pytest.mark.parametrize("ask", [by_sqlalchemy, by_the_driver])
def test_in_a_transaction_apart(store: Store, ask: Callable[[Session], None]) -> None:
    def broken() -> None:
        with store.session() as session, session.apart():
            ask(session)
            cut(store)
            ask(session)

    for _ in range(MORE_THAN_THE_POOL_HAS):
        with pytest.raises(StoreUnavailable):
            broken()
        with store.session() as session:
            ask(session)


def test_while_nothing_is_done(store: Store) -> None:
    """Whoever comes next does not notice."""
    for _ in range(3):
        for ask in (by_sqlalchemy, by_the_driver):
            with store.session() as session:
                ask(session)
            cut(store)
            with store.session() as session:
                ask(session)


def test_what_is_released_at_the_end_cannot_be(store: Store) -> None:
    """The error of the call is the one that counts."""

    def broken() -> None:
        with store.session() as session:
            session.at_end(lambda connection: load(connection, 1))
            by_sqlalchemy(session)
            cut(store)
            by_sqlalchemy(session)

    with pytest.raises(StoreUnavailable, match="terminat"):
        broken()
    with store.session() as session:
        by_the_driver(session)
