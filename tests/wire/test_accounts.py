"""Who is let in: users who are idle, expired or disabled, accounts that are suspended, of another service or outside their dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from client import PASSWORD, Reply
from sqlalchemy import select, update
from world import CR1, World, on_both_databases

import gateway.clock
from gateway.config import Settings
from gateway.store import identities, software_houses, users
from gateway.store import tables as t

TODAY = date(2026, 11, 23)  # of START
USER = "The user for whom the call is made (asUser, userAsID) "
ENABLE = "an administrator of the organisation can enable it again."
BAD_TOKEN = "The access token is not valid or has expired."

both_generations = pytest.mark.parametrize("generation", ["token", "userauth"])


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Put the real clock at noon of a day."""
    return lambda day: monkeypatch.setattr(gateway.clock, "wall", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def change(world: World, table: Any, id: str, **values: Any) -> None:
    with world.store.writing() as connection:
        assert connection.execute(update(table).where(table.c.id == id).values(**values)).rowcount == 1


def kept(world: World, user: str = CR1.user) -> Any:
    with world.store.reading() as connection:
        return connection.execute(select(t.users).where(t.users.c.id == user)).one()


def run(world: World, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with world.store.writing() as connection:
        return function(connection, *arguments, **named)


def enter(world: World, generation: str, process: str = "rta", **other: Any) -> Reply:
    """The first call of a program: getToken, or one with userAuth."""
    given = {"userID": CR1.identity, "password": PASSWORD, "userAsID": CR1.user, **other}
    client = world.nobody(f"{process}-{generation}")
    if generation == "token":
        return client.call("getToken", **given)
    return client.call("getBranchesList", userAuth={"username": given["userID"], "password": given["password"], "asUser": given["userAsID"]})


def renew(world: World, token: str, **other: Any) -> Reply:
    return world.nobody("rta-token").call("refreshToken", **{"userID": CR1.identity, "userAsID": CR1.user, "refreshToken": token, **other})


# users: idle


@on_both_databases
@both_generations
def test_ninety_idle_days(world: World, generation: str, on: Callable[[date], None]) -> None:
    """Last used on 23 August: 21 November is the ninetieth day after it, and the last on which the user is let in (portal notes 3.3)."""
    change(world, t.users, CR1.user, used_on=date(2026, 8, 23))
    on(date(2026, 11, 22))
    told = f"{USER}is disabled: it had not been used for more than 90 days; {ENABLE}"
    assert enter(world, generation).refused().message == told
    assert (kept(world).enabled, kept(world).active, kept(world).disabled_for) == (False, True, "idle")
    assert enter(world, generation).refused().message == told  # it stays so, and so does what is said
    on(date(2026, 11, 21))
    assert enter(world, generation).refused().message == told
    run(world, users.enable, CR1.user)
    enter(world, generation).ok()


@both_generations
def test_the_ninetieth_idle_day(world: World, generation: str, on: Callable[[date], None]) -> None:
    change(world, t.users, CR1.user, used_on=date(2026, 8, 23))
    on(date(2026, 11, 21))
    enter(world, generation).ok()
    assert kept(world).used_on == date(2026, 11, 21)


@both_generations
def test_each_use_puts_idle_days_off(world: World, generation: str, on: Callable[[date], None]) -> None:
    change(world, t.users, CR1.user, used_on=TODAY)
    for days in (80, 160, 240):
        on(TODAY + timedelta(days=days))
        enter(world, generation).ok()


def test_a_refresh_is_a_use(world: World) -> None:
    pair = enter(world, "token").ok().payload
    change(world, t.users, CR1.user, used_on=date(2026, 11, 1))
    renew(world, pair["refreshToken"]).ok()
    assert kept(world).used_on == TODAY


@both_generations
def test_use_is_noted_once_a_day(world: World, generation: str, statements: list[str]) -> None:
    change(world, t.users, CR1.user, used_on=TODAY - timedelta(days=1))
    enter(world, generation).ok()
    statements.clear()
    for _ in range(3):
        enter(world, generation).ok()
    assert not [one for one in statements if one.startswith("UPDATE users")]


def test_a_sandbox_far_ahead_loses_no_account(world: World) -> None:
    """Accounts live by the real clock, whatever the process clock says."""
    change(world, t.users, CR1.user, used_on=TODAY, expires_on=TODAY)
    change(world, t.identities, CR1.identity, password_on=TODAY, valid_until=TODAY)
    world.advance(timedelta(days=1000))
    for generation in ("token", "userauth"):
        enter(world, generation).ok()


# users: expired


@on_both_databases
@both_generations
def test_an_expired_user(world: World, generation: str, on: Callable[[date], None]) -> None:
    change(world, t.users, CR1.user, expires_on=TODAY)
    enter(world, generation).ok()
    on(TODAY + timedelta(days=1))
    told = f"{USER}has expired, for no administrator extended it beyond 23 November 2026; an administrator of the organisation can do so now."
    assert enter(world, generation).refused().message == told
    assert (kept(world).enabled, kept(world).active, kept(world).disabled_for) == (False, True, "expired")
    assert enter(world, generation).refused().message == told
    assert run(world, users.extend, CR1.user) == date(2028, 11, 24)  # two years from the day on
    enter(world, generation).ok()


def test_a_token_ends_when_the_user_expires(world: World, on: Callable[[date], None], monkeypatch: pytest.MonkeyPatch) -> None:
    change(world, t.users, CR1.user, expires_on=TODAY)
    monkeypatch.setattr(gateway.clock, "wall", lambda: datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    client = world.client(CR1, "rta-token")
    client.call("getBranchesList").ok()
    monkeypatch.setattr(gateway.clock, "wall", lambda: datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    client.call("getBranchesList").refused(BAD_TOKEN)


@on_both_databases
def test_a_refresh_finds_out_too(world: World, on: Callable[[date], None]) -> None:
    """The refusal leaves the token and takes Enabled."""
    on(TODAY)
    pair = enter(world, "token").ok().payload
    change(world, t.users, CR1.user, expires_on=TODAY - timedelta(days=1))
    renew(world, pair["refreshToken"]).refused("has expired", "22 November 2026")
    assert (kept(world).enabled, kept(world).disabled_for) == (False, "expired")
    run(world, users.extend, CR1.user)
    renew(world, pair["refreshToken"]).ok()


# users: disabled


@both_generations
def test_disabled_by_an_administrator(world: World, generation: str) -> None:
    """Enabled and Active both go; enabling sets both again (portal notes 3.3)."""
    run(world, users.disable, CR1.user)
    assert (kept(world).enabled, kept(world).active, kept(world).disabled_for) == (False, False, "administrator")
    assert enter(world, generation).refused().message == f"{USER}is disabled; {ENABLE}"
    run(world, users.enable, CR1.user)
    assert (kept(world).enabled, kept(world).active, kept(world).disabled_for) == (True, True, "")
    enter(world, generation).ok()


def test_a_user_tells_nothing_to_who_lacks_the_password(world: World) -> None:
    change(world, t.users, CR1.user, used_on=date(2020, 1, 1), expires_on=date(2020, 1, 1))
    for generation in ("token", "userauth"):
        assert enter(world, generation, password="guessed").refused().message == "User name or password is not right."
    assert kept(world).enabled  # no log-in, no change


# accounts: dates, suspension, services


@on_both_databases
@both_generations
def test_the_dates_of_an_account(world: World, generation: str, on: Callable[[date], None]) -> None:
    run(world, identities.set_dates, CR1.identity, date(2026, 11, 24), date(2026, 11, 26))
    assert enter(world, generation).refused().message == "This A2A account cannot be used before 24 November 2026."
    for day in (24, 26):
        on(date(2026, 11, day))
        enter(world, generation).ok()
    on(date(2026, 11, 27))
    assert enter(world, generation).refused().message == "This A2A account cannot be used any more; 26 November 2026 was its last day."


@both_generations
def test_a_suspended_account(world: World, generation: str) -> None:
    client = world.client(CR1, f"rta-{generation}")
    client.call("getBranchesList").ok()
    run(world, identities.suspend, CR1.identity, "credentials shared with another firm.")
    told = "This A2A account is suspended: credentials shared with another firm."
    assert enter(world, generation).refused().message == told
    assert client.call("getBranchesList").refused().message == (BAD_TOKEN if generation == "token" else told)
    assert enter(world, generation, password="guessed").refused().message == "User name or password is not right."
    run(world, identities.unsuspend, CR1.identity)
    enter(world, generation).ok()
    client.call("getBranchesList").ok()


def test_suspended_without_a_reason(world: World) -> None:
    run(world, identities.suspend, CR1.identity, "")
    assert enter(world, "token").refused().message == "This A2A account is suspended."


@both_generations
@pytest.mark.parametrize(("allowed", "other", "name"), [("rta", "elpl", "EL/PL"), ("elpl", "rta", "RTA")])
def test_separate_connections(world: World, generation: str, allowed: str, other: str, name: str) -> None:
    """An account for one kind of claim (portal notes 3.6)."""
    run(world, identities.set_processes, CR1.identity, [allowed])
    enter(world, generation, process=allowed).ok()
    told = f"This A2A account is not for the {name} services."
    assert enter(world, generation, process=other).refused().message == told
    if generation == "token":
        token = enter(world, "token", process=allowed).ok().payload["accessToken"]
        assert world.nobody(f"{other}-token").call("getBranchesList", accessToken=token).refused().message == told


def test_several_accounts_of_one_organisation(world: World) -> None:
    """Each with a password of its own; what ends one leaves the other alone."""
    password = run(world, identities.add, "CR1-second", CR1.organisation)
    enter(world, "token", userID="cr1-second", password=password).ok()
    enter(world, "userauth", userID="CR1-SECOND", password=password).ok()
    assert enter(world, "token", password=password).refused().message == "User name or password is not right."
    run(world, identities.set_enabled, CR1.identity, False)
    assert enter(world, "token").refused().message == "This A2A account is disabled."
    enter(world, "token", userID="cr1-second", password=password).ok()


# software houses


@pytest.fixture
def registered_only(world: World, make_gateway: Any) -> World:
    """Only registered software houses are let in: SH0001, and SH0002 which is disabled."""
    with world.store.writing() as connection:
        software_houses.add(connection, "SH0001", "Millrace Software Ltd")
        software_houses.add(connection, "SH0002", "Tallow & Wick Systems")
        software_houses.set_enabled(connection, "SH0002", False)
    return World(make_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL", client_ids="registered")), world.store)


@pytest.fixture
def under_settings(registered_only: World) -> World:
    """The settings are the process's; the last gateway that was built decides."""
    from gateway.store import account_rules

    account_rules.configure(registered_only.app.settings)
    return registered_only


@on_both_databases
@pytest.mark.parametrize("client", ["SH0001", "", None, "CR00001"])
def test_a_registered_client(under_settings: World, client: str | None) -> None:
    """An own program leaves the clientID out or gives its organisation's id (portal notes 4.5)."""
    pair = enter(under_settings, "token", clientID=client).ok().payload
    renew(under_settings, pair["refreshToken"], clientID=client).ok()


@pytest.mark.parametrize(
    ("client", "told"),
    [
        ("SH0003", "clientID names no software house that is registered here."),
        ("sh0001", "clientID names no software house that is registered here."),
        ("CR00002", "clientID names no software house that is registered here."),
        ("SH0002", "Software house SH0002, which clientID names, is disabled."),
    ],
)
def test_a_client_that_is_not(under_settings: World, client: str, told: str) -> None:
    assert enter(under_settings, "token", clientID=client).refused().message == told
    assert enter(under_settings, "token", clientID=client, password="guessed").refused().message == "User name or password is not right."


def test_a_client_disabled_later_cannot_renew(under_settings: World) -> None:
    pair = enter(under_settings, "token", clientID="SH0001").ok().payload
    run(under_settings, software_houses.set_enabled, "SH0001", False)
    assert (
        renew(under_settings, pair["refreshToken"], clientID="SH0001").refused().message
        == "Software house SH0001, which clientID names, is disabled."
    )
    run(under_settings, software_houses.set_enabled, "SH0001", True)
    renew(under_settings, pair["refreshToken"], clientID="SH0001").ok()  # the refusal did not use it up


def test_an_account_of_one_software_house(under_settings: World) -> None:
    run(under_settings, identities.set_software_house, CR1.identity, "SH0001")
    enter(under_settings, "token", clientID="SH0001").ok()
    told = "This A2A account is for the program of software house SH0001; clientID must say so."
    assert enter(under_settings, "token").refused().message == told


def test_any_client_is_the_usual(world: World) -> None:
    enter(world, "token", clientID="SH9999").ok()


# the two generations


@pytest.mark.parametrize("process", ["rta", "elpl"])
@pytest.mark.parametrize("generation", ["token", "userauth"])
def test_a_generation_is_switched_off(world: World, make_gateway: Any, process: str, generation: str, on: Callable[[date], None]) -> None:
    """Good until the end of its last day in London; then every call says where to go, also with wrong credentials."""
    other = {"token": "userauth", "userauth": "token"}[generation]
    settings = Settings(sandbox=True, sqlite_synchronous="NORMAL", **{f"{generation}_until": date(2026, 11, 23)})
    closing = World(make_gateway(settings), world.store)
    enter(closing, generation, process).ok()
    client = closing.client(CR1, f"{process}-{generation}")
    on(date(2026, 11, 24))
    names = {
        ("rta", "token"): ("PIPWSTK", "/PIP.WSTK/PIPWSTK"),
        ("rta", "userauth"): ("PIPWS", "/PIP.WS/PIPWS"),
        ("elpl", "token"): ("ELPLWSTK", "/ELPL.WSTK/ELPLWSTK"),
        ("elpl", "userauth"): ("ELPLWS", "/ELPL.WS/ELPLWS"),
    }
    told = f"The service {names[process, generation][0]} was switched off; 23 November 2026 was its last day."
    told += " Use the service {} at {} instead.".format(*names[process, other])
    assert enter(closing, generation, process).refused().message == told
    assert enter(closing, generation, process, password="guessed").refused().message == told
    assert client.call("getClaimsList").refused().message == told
    enter(closing, other, process).ok()


def test_both_generations_are_switched_off(world: World, make_gateway: Any) -> None:
    settings = Settings(sandbox=True, sqlite_synchronous="NORMAL", userauth_until=date(2023, 2, 7), token_until=date(2026, 11, 22))
    closed = World(make_gateway(settings), world.store)
    told = "The service PIPWSTK was switched off; 22 November 2026 was its last day."
    assert enter(closed, "token").refused().message == told
    changing = closed.nobody("rta-token").call("changePassword", userID=CR1.identity, oldPassword=PASSWORD, newPassword="x")
    assert changing.refused().message == told


def test_a_moved_process_clock_switches_nothing_off(world: World, make_gateway: Any) -> None:
    settings = Settings(sandbox=True, sqlite_synchronous="NORMAL", userauth_until=date(2026, 11, 23))
    world = World(make_gateway(settings), world.store)
    world.advance(timedelta(days=40))
    enter(world, "userauth").ok()
