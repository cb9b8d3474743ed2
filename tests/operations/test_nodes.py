"""Two nodes, each with a gateway and a store of its own, on one database: limits, the kill switch and maintenance hold on both.

On SQLite they stand for two workers of one server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from inprocess import PASSWORD, Answer, document

from gateway import clock
from gateway.config import Settings
from gateway.contract.load import contract
from gateway.dispatch import Dispatcher
from gateway.operations.call import HANDLERS
from gateway.store import maintenance, throttle
from gateway.store.engine import Store
from gateway.store.throttle import Own
from gateway.xml.wsdl import published

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SERVICE = contract().services["rta-userauth"]


@dataclass
class Node:
    """A gateway over a store of its own. Other settings make another gateway."""

    store: Store

    def call(self, operation: str, identity: str = "cr1-a2a", settings: Settings | None = None, **arguments: Any) -> Answer:
        user = identity.replace("a2a", "handler")
        given = {"userAuth": {"asUser": user, "password": PASSWORD, "username": identity}, **arguments}
        fields = {field.name: given.get(field.name) for field in published(SERVICE.wsdl).requests[operation].fields}
        dispatcher = Dispatcher(self.store, settings or Settings(sandbox=True), contract())
        return Answer(operation, dispatcher.answer(SERVICE, operation, lambda: fields, details=False, reference="a-test").values)


@pytest.fixture
def nodes(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Node, Node]]:
    monkeypatch.setattr(clock, "wall", lambda: NOW)
    other = Store(seeded_store.engine.url.render_as_string(hide_password=False), sqlite_synchronous="NORMAL")
    yield Node(seeded_store), Node(other)
    other.engine.dispose()


def only(**limits: int) -> Settings:
    return Settings(sandbox=True, **limits)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(clock, "wall", lambda: NOW + timedelta(seconds=seconds))


def test_calls_of_a_minute(nodes: tuple[Node, Node]) -> None:
    settings = only(calls_per_minute=6)
    codes = [nodes[number % 2].call("getSystemProcessVersion", settings=settings).code for number in range(10)]
    assert codes == ["Ok"] * 6 + ["Failure"] * 4
    for node in nodes:
        assert "6 calls a minute" in node.call("getClaimsList", settings=settings).message
        assert node.call("getClaimsList", "cr2-a2a", settings).code == "Ok"


def test_calls_at_the_same_time(nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    begun, let = Event(), Event()
    handler = HANDLERS["getHospitalsList"]

    def wait(call: Any) -> Any:
        begun.set()
        assert let.wait(timeout=20)
        return handler(call)

    monkeypatch.setitem(HANDLERS, "getHospitalsList", wait)
    settings = only(concurrent_calls=1)
    thread = Thread(target=lambda: nodes[0].call("getHospitalsList", settings=settings))
    thread.start()
    assert begun.wait(timeout=20)
    try:
        assert "has 1 call under way" in nodes[1].call("getClaimsList", settings=settings).message
        assert nodes[1].call("getClaimsList", "cr2-a2a", settings).code == "Ok"
    finally:
        let.set()
        thread.join()
    assert nodes[1].call("getClaimsList", settings=settings).code == "Ok"


def test_the_same_list_again(nodes: tuple[Node, Node]) -> None:
    settings = only(poll_seconds=60)
    assert nodes[0].call("getClaimsList", settings=settings).code == "Ok"
    assert "come back in 60 seconds, at 10:01:00." in nodes[1].call("getClaimsList", settings=settings).message


def test_the_kill_switch(nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    for node in nodes:
        assert node.call("getClaimsList").code == "Ok"
    with nodes[0].store.writing() as connection:
        throttle.keep(connection, Own("cr1-a2a", stopped=True))
    later(monkeypatch, 1)
    for node in nodes:
        assert "are stopped" in node.call("getClaimsList").message
        assert node.call("getClaimsList", "cr2-a2a").code == "Ok"


def test_maintenance(nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    for node in nodes:
        assert node.call("getClaimsList").code == "Ok"
    with nodes[0].store.writing() as connection:
        maintenance.start(connection, NOW + timedelta(hours=1), "", "ops")
    later(monkeypatch, 1)
    for node in nodes:
        assert "closed for maintenance until 23/11/2026 11:00." in node.call("getClaimsList").message
    with nodes[1].store.writing() as connection:
        maintenance.end(connection, None, "ops")
    later(monkeypatch, 2)
    for node in nodes:
        assert node.call("getClaimsList").code == "Ok"


def test_a_repeated_claim(nodes: tuple[Node, Node]) -> None:
    settings, form = only(repeat_seconds=600), document("rta", "addClaim", "adult-driver.xml")
    first, second = (node.call("addClaim", settings=settings, claimXML=form).claim for node in nodes)
    assert first == second
