"""Two who administer at the same time: the second sees what the first did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from administrator import Administrator, was
from sqlalchemy import text

from gateway.store import audit, organisations, users
from gateway.store.dialect import take_turns
from gateway.store.engine import Store


@pytest.fixture
def admin(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(seeded_store, monkeypatch)


def _meanwhile(admin: Administrator, first: Callable[..., None], *words: str) -> str:
    """`first` begins, the command is typed, and when it has come as far as it can, `first` is done; what the command said."""
    said: list[str] = []
    typed = threading.Thread(target=lambda: said.append(admin.types(*words).output))
    with admin.store.writing() as connection:
        take_turns(connection)
        first(connection)
        typed.start()
        _until_it_waits(admin.store, typed)
    typed.join(timeout=60)
    return said[0]


def _until_it_waits(store: Store, typed: threading.Thread) -> None:
    """On SQLite it waits at its very first statement, so there is nothing to wait for."""
    for _ in range(600):
        if store.is_sqlite or not typed.is_alive():
            return
        with store.reading() as connection:
            if connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
        time.sleep(0.05)
    raise AssertionError("it neither waits nor ends")


def test_neither_change_is_lost_and_each_is_told_of_its_own(admin: Administrator) -> None:
    with admin.store.reading() as connection:
        before = organisations.by_id(connection, "COMP003").address

    def moves(connection: object) -> None:
        organisations.set_address(connection, "COMP003", {**before, "city": "Elsewhere"})  # type: ignore[arg-type]

    _meanwhile(admin, moves, "org", "address", "COMP003", "--address", "county=Anyshire")
    with admin.store.reading() as connection:
        after = organisations.by_id(connection, "COMP003").address
        (entry,) = audit.entries(connection, what="org.address")
    assert after == {**before, "city": "Elsewhere", "county": "Anyshire"}
    assert entry.detail == {"address": was({**before, "city": "Elsewhere"}, dict(after))}


def test_an_address_that_another_is_just_taking(admin: Administrator) -> None:
    """E-mail addresses are unique within the organisation (portal notes 2.1)."""
    said = _meanwhile(
        admin,
        lambda connection: users.edit(connection, "comp1-leader", email="a@x.example"),
        *("user", "edit", "comp1-handler", "--email", "A@x.example"),
    )
    assert said == "The e-mail address is that of user comp1-leader already; it must be unique within the organisation.\n"
