"""The parties of the demo directory, and the world they meet in: one gateway, one store, one clock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from client import Client
from door import Door, InProcess

from gateway.contract.load import contract
from gateway.store import claims, invariants, sandbox

LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday; the fixtures take the day before for "today"

on_both_databases = pytest.mark.parametrize("databases", ["sqlite", "postgresql"], indirect=True)


@dataclass(frozen=True)
class Party:
    """A user of an organisation, and the A2A identity the organisation's program logs in with."""

    organisation: str
    identity: str
    user: str

    @property
    def is_compensator(self) -> bool:
        return self.organisation.startswith("COMP")


CR1 = Party("CR00001", "cr1-a2a", "cr1-handler")
CR2 = Party("CR00002", "cr2-a2a", "cr2-handler")
COMP1 = Party("COMP001", "comp1-a2a", "comp1-handler")
COMP2 = Party("COMP002", "comp2-a2a", "comp2-handler")
COMP3 = Party("COMP003", "comp3-a2a", "comp3-handler")
MIB = Party("COMP900", "mib-a2a", "mib-handler")
EVERYBODY = {party.organisation: party for party in (CR1, CR2, COMP1, COMP2, COMP3, MIB)}


class CurrentStore:
    """Stands for the store of the test that runs now."""

    store: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


class World:
    """One gateway with its store. `door` leads into it."""

    def __init__(self, app: Any, store: Any, door: Door | None = None) -> None:
        self.app, self.store = app, store
        self.door = door or InProcess(app)
        self._clients: dict[tuple[str, Party], Client] = {}

    def use(self, store: Any) -> None:
        """Put another store behind the gateway."""
        self.app.store.store = self.store = store

    def client(self, party: Party, service: str) -> Client:
        """The program of a party, logged in at one of the four services."""
        key = (service, party)
        if key not in self._clients:
            self._clients[key] = Client(self.door, service).as_(party.identity, party.user)
        return self._clients[key]

    def nobody(self, service: str) -> Client:
        """A program that has not logged in."""
        return Client(self.door, service)

    def set_clock(self, london: str) -> None:
        """Move the process clock to a time in London, to the second."""
        offset = datetime.fromisoformat(london).replace(tzinfo=LONDON) - START
        self.advance(offset)

    def advance(self, offset: timedelta) -> None:
        """Put the process clock that far ahead of START."""
        with self.store.writing() as connection:
            sandbox.set_offset(connection, offset, "a test")

    def history(self, number: str) -> list[Any]:
        """The events of a claim, oldest first."""
        with self.store.reading() as connection:
            return list(claims.history(connection, int(number)))

    def documents(self, number: str) -> dict[str, bytes]:
        """The newest document of each operation on a claim."""
        with self.store.reading() as connection:
            return claims.latest_documents(connection, int(number))

    def snapshot(self, number: str) -> tuple[Any, ...]:
        """Everything the store has of a claim: its row, its events, its documents."""
        with self.store.reading() as connection:
            return claims.load(connection, int(number)), claims.history(connection, int(number)), claims.latest_documents(connection, int(number))


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The results of the calls, all let go at the same moment."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(one, call) for call in calls]]


def in_order(store: Any) -> None:
    """Whatever holds for every store (`gateway db check`) holds for this one."""
    with store.reading() as connection:
        found = [invariants.ask(connection, rule) for rule in invariants.rules(connection, contract())]
    assert [one for one in found if one.count] == []
