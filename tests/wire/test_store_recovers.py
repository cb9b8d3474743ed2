"""A full disk, a database that is down, calls that stand in each other's way: code Error while it lasts, nothing half done, and the same process
goes on when it is over."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attached import attach, attached
from client import Reply, document
from sqlalchemy import event
from story import Story
from structlog.testing import capture_logs
from world import COMP1, CR1, START, CurrentStore, World, in_order

import gateway.clock
from bench.crash_servers import Postgres
from gateway.config import Settings
from gateway.store import calendars, sandbox
from gateway.store.demo import seed
from gateway.store.engine import Store
from gateway.store.upgrade import upgrade
from gateway.wsgi import Gateway

on_postgresql = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
FORM = document("rta", "addClaim", "adult-driver.xml")


def _is_an_error(reply: Reply, *words: str) -> None:
    """In-band, with a reference, and with nothing of the inside."""
    assert reply.code == "Error", reply
    assert reply.trace == reply.answer.headers["x-request-id"]
    assert not any(reply.payload.values())
    for word in words:
        assert word in (reply.message or "")
    for word in ("full", "disk", "sqlite", "psycopg", "deadlock", "INSERT", "Traceback"):
        assert word not in (reply.message or "")


@contextmanager
def _no_room(store: Store) -> Iterator[None]:
    """No page more than the file has: what SQLite says then is what it says of a full disk."""

    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}")

    store.engine.dispose()
    event.listen(store.engine, "connect", limit)
    yield
    event.remove(store.engine, "connect", limit)
    for number in range(20):  # each connection has the limit for itself, that of the writers too
        with store.session() as session:
            if number % 2:
                session.write()
            session.connection.exec_driver_sql("PRAGMA max_page_count=1073741823")


def test_a_full_disk(world: World) -> None:
    """Reading goes on; what cannot be kept is answered with an Error, the steps too; with room again everything goes on."""
    claim = Story(world, "rta").begins()
    client = world.client(CR1, "rta-token")
    before = world.snapshot(claim.number)
    with _no_room(world.store), capture_logs() as lines:
        replies = [client.call("addClaim", claimXML=FORM) for _ in range(8)]
        _is_an_error(replies[-1], "try again")
        kept = [reply.claim["applicationId"] for reply in replies if reply.code == "Ok"]
        _is_an_error(attach(client, claim.number, b"%PDF-1.7\n" + b"x" * 100_000))
        assert attached(client, claim.number) == []
        listed = [row["applicationId"] for row in client.call("getClaimsList").ok().payload["claimsList"]]
        assert sorted(listed) == sorted([claim.number, *kept])
        in_order(world.store)
    assert {line["problem"] for line in lines if line["log_level"] == "error"} == {"the disk is full"}
    assert world.snapshot(claim.number) == before
    attach(client, claim.number).ok()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    client.call("addClaim", claimXML=FORM).ok()
    in_order(world.store)


@on_postgresql
def test_a_full_disk_of_the_server(world: World) -> None:
    """PostgreSQL reports it by SQLSTATE 53100 (disk_full), here in the last statement but the notices."""
    claim = Story(world, "rta").begins()
    client = world.client(CR1, "rta-token")
    before = world.snapshot(claim.number)
    with world.store.writing() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql("CREATE TRIGGER no_room BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_room()")
    try:
        for _ in range(3):
            _is_an_error(client.call("addClaim", claimXML=FORM), "try again")
            _is_an_error(claim.client(COMP1).call("acceptClaim", claimData=claim.data), "try again")
        assert world.snapshot(claim.number) == before
        assert len(client.call("getClaimsList").ok().payload["claimsList"]) == 1
    finally:
        with world.store.writing() as connection:
            connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    client.call("addClaim", claimXML=FORM).ok()
    in_order(world.store)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[World, Any]]:
    """A world on a PostgreSQL server of its own, which may be killed."""
    monkeypatch.setattr(gateway.clock, "wall", lambda: START)
    folder = Path(tempfile.mkdtemp(prefix="gateway-alone-"))  # not pytest's, see the conftest
    server = Postgres(folder / "data")
    store = Store(server.url)
    upgrade(store)
    with store.writing() as connection:
        calendars.seed(connection)
        seed(connection, gateway.clock.Moment(START))
        sandbox.mark(connection)
    current = CurrentStore()
    current.store = store
    yield World(Gateway(Settings(sandbox=True), current), store), server
    store.engine.dispose()
    server.close()
    shutil.rmtree(folder)


def test_a_database_that_is_down_for_a_while(alone: tuple[World, Any]) -> None:
    """Every call is answered meanwhile, and soon; afterwards the same process works on, and everything that was answered Ok is there."""
    world, server = alone
    claim = Story(world, "rta").begins()
    client = world.client(CR1, "rta-token")
    with ThreadPoolExecutor(4) as pool:  # so that several lines are open
        list(pool.map(lambda _: client.call("getClaimsList").ok(), range(20)))
    before = world.snapshot(claim.number)
    server.stop()
    for _ in range(3):
        _is_an_error(client.call("addClaim", claimXML=FORM), "cannot be reached")
        _is_an_error(client.call("getClaimsList"), "cannot be reached")
        _is_an_error(claim.client(COMP1).call("acceptClaim", claimData=claim.data), "cannot be reached")
    ready = world.door.send("GET", "/health/ready")
    assert (ready.status, ready.body) == (503, b"store: cannot be reached\n")
    server.start()
    assert b"store" not in world.door.send("GET", "/health/ready").body  # but the clock that stands still
    assert world.snapshot(claim.number) == before
    with ThreadPoolExecutor(4) as pool:
        assert {client.call("getClaimsList").code for _ in pool.map(str, range(8))} == {"Ok"}
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    client.call("addClaim", claimXML=FORM).ok()
    in_order(world.store)


def _driver_url(world: World) -> str:
    return world.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _until_somebody_waits(admin: psycopg.Connection[Any], pid: int) -> None:
    for _ in range(1000):
        if admin.execute("SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", (pid,)).fetchone():
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@on_postgresql
def test_a_call_that_is_undone_for_another_is_run_again(world: World) -> None:
    """Somebody has the organisation's row and wants the claim's; the call has the claim's, and waits for the organisation's. PostgreSQL ends the
    one that waited first, which is the call, and it then goes through."""
    claim = Story(world, "rta").begins()
    client = world.client(COMP1, "rta-token")
    replies: list[Reply] = []
    with psycopg.connect(_driver_url(world)) as somebody, psycopg.connect(_driver_url(world), autocommit=True) as admin:
        somebody.execute("SELECT 1 FROM organisations FOR UPDATE")
        call = threading.Thread(target=lambda: replies.append(client.call("acceptClaim", claimData=claim.data)))
        call.start()
        _until_somebody_waits(admin, somebody.info.backend_pid)
        somebody.execute("SELECT 1 FROM claims WHERE id = %s FOR UPDATE", (int(claim.number),))
        assert not replies
        somebody.commit()
        call.join(timeout=30)
    (reply,) = replies
    reply.ok()
    assert [(event.row, event.guid) for event in world.history(claim.number)] == [("T1", claim.guid), ("T3", reply.claim["activityEngineGuid"])]
    in_order(world.store)


@on_postgresql
def test_a_claim_that_somebody_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on, writing gives up after a while and says to try again."""
    claim = Story(world, "rta").begins()
    monkeypatch.setattr("gateway.store.engine._POSTGRESQL_SESSION", "SET lock_timeout = '50ms'")
    world.store.engine.dispose()
    with psycopg.connect(_driver_url(world)) as somebody:
        somebody.execute("SELECT 1 FROM claims FOR UPDATE")
        claim.read_by_both_sides()
        _is_an_error(claim.client(COMP1).call("acceptClaim", claimData=claim.data), "try again")
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")


@on_postgresql
def test_a_line_waits_for_a_lock_and_in_a_transaction_only_so_long(world: World) -> None:
    """Twenty seconds as on SQLite; and a server that stands still in the middle of a call keeps its claim for two minutes, not for ever."""
    with world.store.reading() as connection:
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("lock_timeout", "idle_in_transaction_session_timeout")]
    assert found == ["20s", "2min"]
