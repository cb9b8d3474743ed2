"""When the database cannot be reached, or is held by somebody for too long: code Error, a reference, and nothing of the inside."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest
from client import PASSWORD, Reply
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from story import Story
from world import COMP1, CR1, World, on_both_databases

from gateway.store.engine import Store

SECRET = "host=db7.internal user=gateway password=hunter2"
STATEMENT = "SELECT secret_column FROM secret_table"

TROUBLES: dict[str, Callable[[], Exception]] = {
    "cannot connect": lambda: OperationalError(STATEMENT, {"id": SECRET}, sqlite3.OperationalError(SECRET)),
    "line is cut": lambda: InterfaceError(STATEMENT, {"id": SECRET}, sqlite3.InterfaceError(SECRET)),
    "pool is empty": lambda: PoolTimeout(SECRET),
    "raw driver error": lambda: sqlite3.OperationalError(SECRET),
    "a defect": lambda: ZeroDivisionError(SECRET),
}


@pytest.fixture(params=TROUBLES, ids=str)
def trouble(request: pytest.FixtureRequest) -> Callable[[], Exception]:
    return TROUBLES[request.param]


@pytest.fixture
def broken(world: World, trouble: Callable[[], Exception]) -> World:
    """A world whose parties have logged in before the database went away."""
    for service in ("rta-token", "rta-userauth"):
        world.client(CR1, service).call("getClaimsList").ok()
    world.use(Gone(trouble))
    return world


class Gone:
    """A store that cannot be reached."""

    def __init__(self, trouble: Callable[[], Exception]) -> None:
        self.trouble = trouble

    def __getattr__(self, name: str) -> Any:
        raise self.trouble()


def _says_nothing_of_the_inside(reply: Reply) -> None:
    assert reply.code == "Error"
    assert reply.message
    assert reply.details is None
    assert reply.trace == reply.answer.headers["x-request-id"]
    text = reply.answer.body.decode().replace(reply.trace, "")
    for word in ("hunter2", "db7", "secret", "SELECT", "sqlite", "sqlalchemy", "OperationalError", "Traceback", ".py", "ZeroDivision"):
        assert word not in text


@pytest.mark.parametrize("service", ["rta-token", "rta-userauth"])
@pytest.mark.parametrize("operation", ["getClaimsList", "getClaim", "addClaim", "getSystemProcessVersion"])
def test_every_call_is_answered_with_an_error(broken: World, service: str, operation: str) -> None:
    arguments = {"getClaim": {"applicationId": "1"}, "addClaim": {"claimXML": "<x/>"}}.get(operation, {})
    _says_nothing_of_the_inside(broken.client(CR1, service).call(operation, **arguments))


def test_so_is_a_login(broken: World) -> None:
    reply = broken.nobody("elpl-token").call("getToken", userID=CR1.identity, userAsID=CR1.user, password=PASSWORD)
    _says_nothing_of_the_inside(reply)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_database_that_was_restarted(world: World) -> None:
    """Every line to it is cut. Calls are answered with an Error until new ones are opened, which is soon."""
    client = world.client(CR1, "rta-token")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.call("getClaimsList").ok(), range(20)))
    url = world.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    replies = [client.call("getClaimsList") for _ in range(20)]
    for reply in replies:
        if reply.code != "Ok":
            _says_nothing_of_the_inside(reply)
    assert {reply.code for reply in replies[10:]} == {"Ok"}


def test_a_statement_that_fails_half_way_leaves_nothing_behind(world: World) -> None:
    """The event is the last that is written: if that fails, the claim has not moved either."""
    claim = Story(world, "rta").begins()
    before = world.snapshot(claim.number)
    with world.store.writing() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER no_more BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, '{SECRET}'); END",
        )
    _says_nothing_of_the_inside(claim.client(COMP1).call("acceptClaim", claimData=claim.data))
    with world.store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER no_more")
    assert world.snapshot(claim.number) == before
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")


def test_a_commit_that_fails_is_no_ok(world: World) -> None:
    """An answered Ok is on disk; where the commit itself failed there is no Ok, and no claim. A constraint that is checked last sees to it."""
    client = world.client(CR1, "rta-token")
    form = Story(world, "rta").document("addClaim", "adult-driver.xml")
    with world.store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE later (version INTEGER REFERENCES calendars (version) DEFERRABLE INITIALLY DEFERRED)")
        connection.exec_driver_sql("CREATE TRIGGER too_late AFTER INSERT ON events BEGIN INSERT INTO later VALUES (4711); END")
    for _ in range(3):
        _says_nothing_of_the_inside(client.call("addClaim", claimXML=form))
        assert client.call("getClaimsList").ok().payload["claimsList"] == []
    with world.store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER too_late")
    client.call("addClaim", claimXML=form).ok()


def test_a_database_that_somebody_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite is locked by another program: reading goes on, writing gives up after a while and says to try again."""
    claim = Story(world, "rta").begins()
    monkeypatch.setattr("gateway.store.engine.SQLITE_BUSY_MS", 50)
    patient, impatient = world.store, Store(str(world.store.engine.url), sqlite_synchronous="NORMAL")
    world.use(impatient)
    with closing(sqlite3.connect(world.store.engine.url.database, isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        claim.read_by_both_sides()
        reply = claim.client(COMP1).call("acceptClaim", claimData=claim.data)
        _says_nothing_of_the_inside(reply)
        assert "try again" in reply.message
        somebody.execute("ROLLBACK")
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    impatient.engine.dispose()
    world.use(patient)


@on_both_databases
def test_a_store_without_tables(world: World, bare_store: Store) -> None:
    """The gateway was started on a database that nobody had prepared."""
    seeded = world.store
    world.use(bare_store)
    reply = world.nobody("rta-token").call("getToken", userID=CR1.identity, userAsID=CR1.user, password=PASSWORD)
    _says_nothing_of_the_inside(reply)
    world.use(seeded)
