"""The service is closed, for maintenance or outside its hours: every call is told until when, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from client import FILES, PASSWORD, contract
from story import Story
from world import COMP1, CR1, START, World, on_both_databases

import gateway.clock
from gateway.config import Settings
from gateway.store import maintenance

BELOW = "The service is closed for maintenance until 23/11/2026 10:30."


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put the real clock at a time (UTC) in November 2026."""
    return lambda text: monkeypatch.setattr(gateway.clock, "wall", lambda: november(text))


def november(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def close(world: World, until: str, reason: str = "") -> None:
    with world.store.writing() as connection:
        maintenance.start(connection, november(until), reason, "ops")


def plan(world: World, start: str, end: str) -> None:
    with world.store.writing() as connection:
        maintenance.plan(connection, november(start), november(end), "", "ops")


def log_in(world: World, password: str = PASSWORD) -> Any:
    return world.nobody("rta-token").call("getToken", userID=CR1.identity, userAsID=CR1.user, password=password)


@on_both_databases
def test_every_call_is_told(world: World, at: Callable[[str], None]) -> None:
    """Of all four services, logging in included, and before anything is looked at; the WSDL stays, and so does what says that the server is alive."""
    claim = Story(world, "rta").begins()
    clients = [world.client(CR1, service) for service in FILES]
    close(world, "23 10:30")
    at("23 10:00:01")
    before = world.snapshot(claim.number)
    for client in clients:
        for operation in ("getClaimsList", "getSystemProcessVersion"):
            assert client.call(operation).refused().message == BELOW
        assert client.call("exitProcess", claimData=claim.data).refused().message == BELOW
    assert log_in(world).refused().message == BELOW
    assert log_in(world, "guessed").refused().message == BELOW
    assert world.snapshot(claim.number) == before
    assert world.door.send("GET", f"{contract('rta-token').path}?wsdl").status == 200
    assert world.door.send("GET", "/health/live").status == 200
    at("23 10:29:59.999999")
    assert clients[0].call("getClaimsList").refused().message == BELOW
    at("23 10:30")
    clients[0].call("getClaimsList").ok()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")


def test_with_a_reason(world: World, at: Callable[[str], None]) -> None:
    close(world, "23 10:30", "a new platform")
    at("23 10:01")
    assert log_in(world).refused().message == f"{BELOW} Reason: a new platform."


@on_both_databases
def test_an_announced_window(world: World, at: Callable[[str], None]) -> None:
    client = world.client(CR1, "rta-token")
    plan(world, "23 10:20", "23 10:30")
    for time in ("23 10:00:05", "23 10:19:59"):
        at(time)
        client.call("getClaimsList").ok()
    at("23 10:20")
    assert client.call("getClaimsList").refused().message == BELOW
    at("23 10:30")
    client.call("getClaimsList").ok()


def test_a_window_that_is_ended_before(world: World, at: Callable[[str], None]) -> None:
    client = world.client(CR1, "rta-token")
    close(world, "23 10:30")
    at("23 10:05")
    client.call("getClaimsList").refused("until 23/11/2026 10:30")
    with world.store.writing() as connection:
        maintenance.end(connection, None, "ops")
    at("23 10:05:01")
    client.call("getClaimsList").ok()


def test_one_window_after_another(world: World, at: Callable[[str], None]) -> None:
    plan(world, "23 10:30", "23 12:00")
    close(world, "23 10:30")
    at("23 10:05")
    assert log_in(world).refused().message == f"{BELOW} It opens again on 23/11/2026 12:00."


def test_time_limits_run_on(world: World, at: Callable[[str], None]) -> None:
    """The process clock is moved past the limit while the service is closed; when it opens the claim has run out."""
    claim = Story(world, "rta").begins()
    close(world, "23 10:30")
    at("23 10:00:01")
    world.set_clock("2026-12-15T00:00:00")
    claim.client(COMP1).call("acceptClaim", claimData=claim.data).refused("closed")
    at("23 10:30")
    assert claim.status(CR1)["phaseCacheId"] == "LiabilityDecisionTimeout"


def test_by_the_real_time(world: World) -> None:
    """A sandbox whose process clock was moved is not closed by it."""
    plan(world, "24 10:30", "24 11:30")
    client = world.client(CR1, "rta-token")
    world.advance(timedelta(days=1, hours=1))
    client.call("getClaimsList").ok()


@pytest.fixture
def with_hours(world: World, make_gateway: Any) -> World:
    """The hours of the portal (portal notes 6.7)."""
    hours = "mon-fri 07:00-19:00, sat 08:00-14:00"
    return World(make_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL", opening_hours=hours)), world.store)


def test_outside_the_hours(with_hours: World, at: Callable[[str], None]) -> None:
    assert START.weekday() == 0
    client = with_hours.client(CR1, "rta-userauth")
    client.call("getClaimsList").ok()
    for time, opens in (("23 19:00", "24/11/2026 07:00"), ("28 14:00", "30/11/2026 07:00"), ("28 07:59:59", "28/11/2026 08:00")):
        at(time)
        assert client.call("getClaimsList").refused().message == f"The service is closed at this time. It opens again on {opens}."
    at("28 08:00")
    client.call("getClaimsList").ok()


def test_bank_holidays(with_hours: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Christmas Day 2026 is a Friday, Saturday's holiday is taken on Monday 28 December; hours are told for Saturday."""
    client = with_hours.client(CR1, "rta-userauth")
    for day, opens in ((25, "29/12/2026 07:00"), (28, "29/12/2026 07:00")):
        monkeypatch.setattr(gateway.clock, "wall", lambda day=day: datetime(2026, 12, day, 12, tzinfo=UTC))
        assert client.call("getClaimsList").refused().message.endswith(f"It opens again on {opens}.")


def test_maintenance_beyond_the_hours(with_hours: World, at: Callable[[str], None]) -> None:
    close(with_hours, "23 20:00")
    at("23 18:00")
    told = "The service is closed for maintenance until 23/11/2026 20:00. It opens again on 24/11/2026 07:00."
    assert log_in(with_hours).refused().message == told
