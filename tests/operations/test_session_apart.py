"""A writing transaction apart from the call's own: kept when the call is refused, and the call goes on as before."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from gateway.store.engine import Session, Store
from gateway.store.tables import software_houses


def put(session: Session, id: str) -> None:
    with session.apart() as connection:
        connection.execute(insert(software_houses).values(id=id, name=id))


def kept(store: Store) -> list[str]:
    with store.reading() as connection:
        return sorted(connection.scalars(select(software_houses.c.id)))


def test_it_is_kept_whatever_becomes_of_the_call(store: Store) -> None:
    def refused() -> None:
        with store.session() as session:
            assert list(session.connection.scalars(select(software_houses.c.id))) == []
            put(session, "SH0001")
            assert not session.is_writing
            assert list(session.connection.scalars(select(software_houses.c.id))) == ["SH0001"]
            raise KeyError

    with pytest.raises(KeyError):
        refused()
    assert kept(store) == ["SH0001"]


def test_what_a_writing_call_had_done_is_forgotten(store: Store) -> None:
    with store.session() as session:
        session.write()
        session.connection.execute(insert(software_houses).values(id="SH0001", name="1"))
        put(session, "SH0002")
        assert session.is_writing
        session.connection.execute(insert(software_houses).values(id="SH0003", name="3"))
        session.commit()
    assert kept(store) == ["SH0002", "SH0003"]


def test_one_that_fails_leaves_nothing_and_lets_others_write(store: Store) -> None:
    def fails(session: Session) -> None:
        with session.apart() as connection:
            connection.execute(insert(software_houses).values(id="SH0001", name="1"))
            raise KeyError

    with store.session() as session:
        with pytest.raises(KeyError):
            fails(session)
        assert not session.is_writing
        put(session, "SH0002")
        with store.writing() as connection:
            connection.execute(insert(software_houses).values(id="SH0003", name="3"))
    assert kept(store) == ["SH0002", "SH0003"]
