"""The same addClaim again: the first claim, not a second one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from client import Client, Reply, document
from colleagues import CR_LEADER as LEADER
from sqlalchemy import func, select
from transferring import transferred
from world import COMP1, CR1, CR2, START, World, at_once, on_both_databases

import gateway.clock
from gateway.config import Settings
from gateway.store.tables import claims, repeats, users

FORM = document("rta", "addClaim", "adult-driver.xml")


@pytest.fixture
def settings() -> Settings:
    return Settings(sandbox=True, sqlite_synchronous="NORMAL", repeat_seconds=600)


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Put the real clock so many seconds after START."""
    return lambda seconds: monkeypatch.setattr(gateway.clock, "wall", lambda: START + timedelta(seconds=seconds))


def send(client: Client, form: str = FORM) -> dict[str, str]:
    return client.call("addClaim", claimXML=form).ok().claim


def count(world: World, table: Any = claims) -> int:
    with world.store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


@on_both_databases
def test_the_first_claim_is_told_again(world: World, after: Callable[[float], None]) -> None:
    client = world.client(CR1, "rta-token")
    first = send(client)
    for seconds in (0, 1, 599.9):
        after(seconds)
        assert send(client) == first
    assert count(world) == 1
    assert [event.row for event in world.history(first["applicationId"])] == ["T1"]
    after(600)
    second = send(client)
    assert second["applicationId"] != first["applicationId"]
    assert send(client) == second


@on_both_databases
def test_as_the_claim_stands_now(world: World) -> None:
    client = world.client(CR1, "rta-token")
    first = send(client)
    data = {name: first[name] for name in ("applicationId", "activityEngineGuid")}
    accepted = world.client(COMP1, "rta-token").call("acceptClaim", claimData=data).ok().claim
    assert send(client) == accepted
    assert accepted["phaseCacheId"] == "Article75Decision"


def test_a_limit_that_has_passed_is_told(world: World) -> None:
    """The process clock was moved on sixteen business days within ten real minutes."""
    client = world.client(CR1, "rta-token")
    first = send(client)
    world.set_clock("2026-12-15T00:00:00")
    again = send(client)
    assert (again["applicationId"], again["phaseCacheId"]) == (first["applicationId"], "LiabilityDecisionTimeout")
    assert again["activityEngineGuid"] != first["activityEngineGuid"]


def test_through_the_other_generation(world: World) -> None:
    """It is the same account and user, who may try the other service when one does not answer."""
    assert send(world.client(CR1, "rta-token")) == send(world.client(CR1, "rta-userauth"))


@on_both_databases
def test_another_sender(world: World) -> None:
    """Another user of the same account, or another account, means another claim."""
    with world.store.writing() as connection:
        row = dict(connection.execute(select(users).where(users.c.id == CR1.user)).one()._mapping)
        connection.execute(users.insert().values({**row, "id": "cr1-second", "email": ""}))
    numbers = [
        send(client)["applicationId"]
        for client in (
            world.client(CR1, "rta-token"),
            Client(world.door, "rta-token").as_(CR1.identity, "cr1-second"),
            world.client(CR2, "rta-token"),
        )
    ]
    assert len(set(numbers)) == 3


def test_another_document(world: World) -> None:
    """One blank more is another document: only what was sent again unchanged is taken for a repetition."""
    client = world.client(CR1, "rta-token")
    first = send(client)
    assert send(client, FORM + "\n")["applicationId"] != first["applicationId"]
    assert send(client) == first


@on_both_databases
def test_the_same_at_once(world: World) -> None:
    """Four times at the same moment: one claim, and all are told of it."""
    client = world.client(CR1, "rta-token")
    for number in range(4):
        form = FORM + "\n" * number
        replies = at_once(*[lambda form=form: client.call("addClaim", claimXML=form).ok()] * 4)
        assert len({tuple(reply.claim.items()) for reply in replies}) == 1
        assert count(world) == number + 1
        with world.store.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(repeats)) == number + 1


def test_at_midnight(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is sent a moment before, when the accident is not in the future; whatever the rules say of the document later, it was taken."""

    def refused(*_: Any) -> Any:
        raise AssertionError("the document was looked at again")

    client = world.client(CR1, "rta-token")
    first = send(client)
    monkeypatch.setattr("gateway.operations.payloads.read_document", refused)
    assert send(client) == first


def test_a_refused_one_is_not_remembered(world: World) -> None:
    client = world.client(CR1, "rta-token")
    wrong = document("rta", "addClaim", "wrong-order.xml", "invalid")
    for _ in range(2):
        client.call("addClaim", claimXML=wrong).refused()
    assert (count(world), count(world, repeats)) == (0, 0)


@on_both_databases
def test_one_that_its_sender_does_not_see_any_more(world: World) -> None:
    """It was passed to another representative, or to a colleague: nothing of it is told, and no second claim is made."""
    client = world.client(CR1, "rta-token")
    number = send(client)["applicationId"]
    leader = world.client(LEADER, "rta-token")
    data = {name: leader.call("getClaimsStatus", applicationId=number).ok().claim[name] for name in ("applicationId", "activityEngineGuid")}
    leader.call("allocateUser", claimData=data, targetUserID=LEADER.user).ok()
    client.call("addClaim", claimXML=FORM).refused(f"There is no claim {number} (made by the same addClaim a moment ago) that you can see.")
    transferred(world, "CR00001", "CR00002")
    client.call("addClaim", claimXML=FORM).refused("There is no claim", number)
    assert count(world) == 1


def test_one_that_has_ended(world: World) -> None:
    """Whoever sends its document again wants a new claim."""
    client = world.client(CR1, "rta-token")
    first = send(client)
    data = {name: first[name] for name in ("applicationId", "activityEngineGuid")}
    exited = client.call("exitProcess", claimData=data, exitReasonCode="5").ok().claim
    acknowledging = {name: exited[name] for name in ("applicationId", "activityEngineGuid")}
    world.client(COMP1, "rta-token").call("acknowledgeExitProcess", claimData=acknowledging).ok()
    second = send(client)
    assert second["applicationId"] != first["applicationId"]
    assert send(client) == second


@on_both_databases
def test_one_that_is_gone(world: World) -> None:
    """Deleted for good, or no more in the store."""
    client = world.client(CR1, "rta-token")
    first = send(client)
    with world.store.writing() as connection:
        connection.execute(claims.update().values(deleted_at=START, gone_at=datetime(2027, 1, 1, tzinfo=UTC)))
    second = send(client)
    assert second["applicationId"] != first["applicationId"]
    with world.store.writing() as connection:
        connection.execute(repeats.update().values(claim_id=4711))
    third = send(client)
    assert third["applicationId"] not in (first["applicationId"], second["applicationId"])
    assert send(client) == third


def test_a_sandbox_does_not_do_it(world: World, make_gateway: Any) -> None:
    """People send one fixture many times. Nothing is kept, either."""
    client = World(make_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL")), world.store).client(CR1, "rta-token")
    assert send(client)["applicationId"] != send(client)["applicationId"]
    assert count(world, repeats) == 0


def test_a_claim_is_one_row_more(world: World, make_gateway: Any, statements: list[str]) -> None:
    """What it costs: a look and a row."""

    def sent(world: World) -> list[str]:
        client = world.client(CR1, "rta-token")
        send(client, FORM + "\n")  # warms up
        statements.clear()
        send(client, FORM + "\n\n")
        return [" ".join(statement.split()[:3]) for statement in statements]

    without = sent(World(make_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL")), world.store))
    more = sent(world)
    for each in without:
        more.remove(each)
    assert more == ["SELECT repeats.claim_id FROM", "INSERT INTO repeats"]


def test_what_is_told_is_a_reply_like_the_first(world: World) -> None:
    client = world.client(CR1, "rta-token")
    replies: list[Reply] = [client.call("addClaim", claimXML=FORM) for _ in range(2)]
    assert replies[0].payload == replies[1].payload
    assert (replies[1].code, replies[1].message, replies[1].details) == ("Ok", None, None)
