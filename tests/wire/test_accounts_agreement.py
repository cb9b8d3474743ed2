"""The user agreement: who has not accepted in time is shut out, and let in again at once (portal notes 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from client import FILES, PASSWORD, Reply
from world import COMP1, CR1, Party, World, on_both_databases

import gateway.clock
from gateway.store import agreements
from gateway.store.agreements import BadAgreement, NotAnAdministrator

DUE = date(2026, 11, 29)
TOLD = (
    "Quillfeather Injury Law LLP has not accepted the User Agreement Release 6 (version R6), which was due by 29 November 2026. "
    "An administrator of the organisation must accept it; then access returns at once."
)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Put the real clock at noon of a day."""
    return lambda day: monkeypatch.setattr(gateway.clock, "wall", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def publish(world: World, version: str = "R6", due_on: date = DUE) -> None:
    with world.store.writing() as connection:
        agreements.publish(connection, version, f"User Agreement Release {version[1:]}", "You agree.", due_on)


def accept(world: World, user: str, version: str = "R6") -> bool:
    with world.store.writing() as connection:
        return agreements.accept(connection, version, user)


def log_in(world: World, party: Party = CR1) -> Reply:
    return world.nobody("rta-token").call("getToken", userID=party.identity, password=PASSWORD, userAsID=party.user)


@on_both_databases
def test_shut_out_and_let_in_again(world: World, on: Callable[[date], None]) -> None:
    """Every call of all users of the organisation, in both generations."""
    publish(world)
    programs = [world.client(CR1, service) for service in FILES if service.endswith("userauth")]
    on(DUE)
    programs += [world.client(CR1, service) for service in FILES if service.endswith("token")]
    for program in programs:
        program.call("getClaimsList").ok()
    on(DUE + timedelta(days=1))
    shut = [program.call(operation) for program in programs if program.generation == "userauth" for operation in ("getClaimsList", "getBranchesList")]
    assert {reply.refused().message for reply in shut} == {TOLD}
    assert log_in(world).refused().message == TOLD
    assert accept(world, "cr1-admin")
    for program in programs:
        if program.generation == "userauth":
            program.call("getClaimsList").ok()
    log_in(world).ok()


def test_a_token_that_lives_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issued before midnight of the last day; shut out after it, and good again without a new log-in."""
    publish(world)
    monkeypatch.setattr(gateway.clock, "wall", lambda: datetime(2026, 11, 29, 23, 45, tzinfo=UTC))
    pair = log_in(world).ok().payload
    monkeypatch.setattr(gateway.clock, "wall", lambda: datetime(2026, 11, 30, 0, 15, tzinfo=UTC))
    client = world.nobody("rta-token")
    renewing = {"userID": CR1.identity, "userAsID": CR1.user, "refreshToken": pair["refreshToken"]}
    assert client.call("getBranchesList", accessToken=pair["accessToken"]).refused().message == TOLD
    assert client.call("getClaim", accessToken=pair["accessToken"], applicationId="1").refused().message == TOLD
    assert client.call("refreshToken", **renewing).refused().message == TOLD
    accept(world, "cr1-admin")
    client.call("getBranchesList", accessToken=pair["accessToken"]).ok()
    client.call("refreshToken", **renewing).ok()


@on_both_databases
def test_others_go_on(world: World, on: Callable[[date], None]) -> None:
    publish(world)
    accept(world, "comp1-admin")
    on(DUE + timedelta(days=1))
    log_in(world, COMP1).ok()
    assert log_in(world).refused().message == TOLD


def test_before_it_is_due_nothing_happens(world: World, on: Callable[[date], None]) -> None:
    publish(world)
    on(DUE)
    log_in(world).ok()


def test_a_newer_text_does_for_an_older(world: World, on: Callable[[date], None]) -> None:
    """The newest that is due must have been accepted, or one after it."""
    publish(world)
    publish(world, "R7", date(2027, 6, 30))
    accept(world, "cr1-admin", "R7")
    on(DUE + timedelta(days=1))
    log_in(world).ok()
    on(date(2027, 7, 1))
    log_in(world).ok()
    assert log_in(world, COMP1).refused("Release 7 (version R7)", "30 June 2027").code == "Failure"
    accept(world, "comp1-admin", "R6")  # too old a text
    log_in(world, COMP1).refused("Release 7 (version R7)")


def test_only_an_administrator_can_accept(world: World) -> None:
    publish(world)
    for user in ("cr1-handler", "cr1-leader", "nobody", "cr1-a2a"):
        with pytest.raises(NotAnAdministrator, match=f"{user} is no enabled user with an administrator's profile"):
            accept(world, user)
    assert accept(world, "CR1-admin")
    assert not accept(world, "cr1-admin")  # again


def test_a_wrong_password_hears_nothing_of_it(world: World, on: Callable[[date], None]) -> None:
    publish(world)
    on(DUE + timedelta(days=1))
    wrong = world.nobody("rta-token").call("getToken", userID=CR1.identity, password="guessed", userAsID=CR1.user)
    assert wrong.refused().message == "User name or password is not right."


def test_a_password_can_be_changed_without(world: World, on: Callable[[date], None]) -> None:
    """changePassword is made for no user, and users are shut out."""
    publish(world)
    on(DUE + timedelta(days=1))
    changing = {"userID": CR1.identity, "oldPassword": PASSWORD, "newPassword": "Larch-Row-12-Quill"}
    world.nobody("rta-token").call("changePassword", **changing).ok()


def test_where_organisations_stand(world: World, on: Callable[[date], None]) -> None:
    publish(world)
    accept(world, "comp1-admin")
    on(DUE + timedelta(days=1))
    with world.store.reading() as connection:
        found = {one.organisation_id: (one.version, one.user_id, one.shut_out) for one in agreements.standings(connection)}
    assert found["COMP001"] == ("R6", "comp1-admin", False)
    assert found["CR00001"] == ("sandbox-1", "cr1-admin", True)


@pytest.mark.parametrize(
    ("version", "title", "text", "message"),
    [
        ("sandbox-1", "A", "A", "There is a user agreement sandbox-1 already."),
        ("", "A", "A", "The agreement's version is empty."),
        ("1", " ", "A", "The agreement's title is empty."),
        ("1", "A", "", "The agreement's text is empty."),
        ("1" * 51, "A", "A", "The agreement's version must have at most 50 characters."),
        ("1", "A" * 201, "A", "The agreement's title must have at most 200 characters."),
    ],
)
def test_a_text_that_cannot_be_published(world: World, version: str, title: str, text: str, message: str) -> None:
    with world.store.writing() as connection, pytest.raises(BadAgreement) as refusal:
        agreements.publish(connection, version, title, text, DUE)
    assert refusal.value.message == message


def test_a_due_day_that_has_passed(world: World) -> None:
    with world.store.writing() as connection, pytest.raises(BadAgreement, match="22 November 2026 has passed"):
        agreements.publish(connection, "R6", "A", "A", date(2026, 11, 22))


def test_there_is_no_such_agreement(world: World) -> None:
    with pytest.raises(BadAgreement, match="There is no user agreement R9"):
        accept(world, "cr1-admin", "R9")
