"""A2A passwords: too many wrong ones, changing them, and their ninety days (portal notes 4.6-4.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from client import PASSWORD, Client, Reply
from sqlalchemy import func, select, update
from world import COMP1, CR1, World, at_once, on_both_databases

import gateway.clock
from gateway.config import Settings
from gateway.store import account_rules, identities
from gateway.store import tables as t

BAD_LOGIN = "User name or password is not right."
LOCKED = (
    "User name or password is not right, or too many wrong passwords were given in a row; the account is then locked, and whoever runs this gateway "
    "can release it."
)
NEW = "Larch-Row-12-Quill"

both_generations = pytest.mark.parametrize("generation", ["token", "userauth"])
both_processes = pytest.mark.parametrize("process", ["rta", "elpl"])


def enter(world: World, generation: str = "token", password: str = PASSWORD, identity: str = CR1.identity) -> Reply:
    client = world.nobody(f"rta-{generation}")
    if generation == "token":
        return client.call("getToken", userID=identity, password=password, userAsID=CR1.user)
    return client.call("getBranchesList", userAuth={"username": identity, "password": password, "asUser": CR1.user})


def guess(world: World, generation: str = "token", times: int = 1, identity: str = CR1.identity) -> None:
    for _ in range(times):
        reply = enter(world, generation, "guessed", identity)
        assert reply.refused().message == BAD_LOGIN
        assert reply.details is None


def exchange(world: World, new: str = NEW, old: str = PASSWORD, identity: str = CR1.identity, process: str = "rta") -> Reply:
    return world.nobody(f"{process}-token").call("changePassword", userID=identity, oldPassword=old, newPassword=new)


def told(reply: Reply) -> list[str]:
    """What the details say of a new password."""
    assert reply.refused().message == "The new password breaks rules for passwords; the old one stays."
    return [line.removeprefix("Password: newPassword: ") for line in (reply.details or "").splitlines()]


def counted(world: World) -> list[int]:
    with world.store.reading() as connection:
        return sorted(connection.scalars(select(t.login_failures.c.count)))


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Put the real clock at noon of a day."""
    return lambda day: monkeypatch.setattr(gateway.clock, "wall", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


# wrong ones


@on_both_databases
@both_generations
def test_five_wrong_passwords_lock(world: World, generation: str) -> None:
    """Then one text answers every password: whoever goes on guessing is not told when a guess is right."""
    client = world.client(CR1, f"rta-{generation}")
    client.call("getBranchesList").ok()
    guess(world, generation, 4)
    enter(world, generation).ok()  # ends the series
    guess(world, generation, 4)
    enter(world, generation).ok()
    guess(world, generation, 5)
    assert enter(world, generation).refused().message == LOCKED
    assert enter(world, generation, "guessed").refused().message == LOCKED
    ended = "The access token is not valid or has expired." if generation == "token" else LOCKED
    assert client.call("getBranchesList").refused().message == ended  # at once, whatever this process remembers of the password
    enter(world, generation, identity="cr2-a2a").refused("is no user of this organisation")  # another account is not concerned


@on_both_databases
def test_a_lock_is_released(world: World) -> None:
    guess(world, times=5)
    assert enter(world).refused().message == LOCKED
    assert enter(world, password="guessed").refused().message == LOCKED
    with world.store.writing() as connection:
        identities.release(connection, "CR1-a2a")
    guess(world, times=4)
    enter(world).ok()
    guess(world, times=4)
    enter(world).ok()


@both_generations
def test_generations_and_services_count_together(world: World, generation: str) -> None:
    guess(world, "token", 2)
    guess(world, "userauth", 2)
    assert exchange(world, old="guessed", process="elpl").refused().message == BAD_LOGIN
    assert enter(world, generation).refused().message == LOCKED


@on_both_databases
def test_two_at_the_same_time_count_two(world: World) -> None:
    replies = at_once(*[lambda: enter(world, password="guessed")] * 2)
    assert {reply.message for reply in replies} == {BAD_LOGIN}
    assert counted(world) == [2]


@on_both_databases
def test_many_at_the_same_time_count_all(world: World) -> None:
    """A refusal counts although the call itself leaves nothing behind."""
    at_once(*[lambda: enter(world, password="guessed")] * 2, *[lambda: enter(world, "userauth", password="guessed")] * 2)
    assert counted(world) == [4]
    guess(world)
    assert enter(world).refused().message == LOCKED


@on_both_databases
def test_a_name_nobody_has_is_counted_in_the_same_way(world: World, statements: list[str]) -> None:
    def sent(identity: str) -> list[str]:
        statements.clear()
        guess(world, times=5, identity=identity)
        assert enter(world, password="guessed", identity=identity).refused().message == LOCKED
        return list(statements)

    guess(world, identity="somebody-a2a")  # some things are asked for but now and then
    unknown = sent("nobody-a2a")
    assert sent(CR1.identity) == unknown
    assert counted(world) == [1, 5, 5]


def test_users_have_no_password_here(world: World) -> None:
    """asUser is no account: guessing passwords for it locks nobody (portal notes 2.5, 4.1)."""
    guess(world, times=5, identity=CR1.user)
    enter(world).ok()


def test_the_number_is_a_setting(world: World) -> None:
    account_rules.configure(Settings(login_tries=2))
    guess(world, times=2)
    assert enter(world).refused().message == LOCKED


# changing


@on_both_databases
@both_processes
def test_a_password_is_changed(world: World, process: str, on: Callable[[date], None]) -> None:
    """The reply tells the last day of the new one. The old one and its tokens are good for nothing any more."""
    pair = enter(world).ok().payload
    old = world.client(CR1, "elpl-userauth")
    old.call("getBranchesList").ok()
    reply = exchange(world, process=process, identity="CR1-A2A").ok()
    assert reply.payload == {"value": "2027-02-21"}  # 90 days after 23 November 2026
    assert enter(world).refused().message == BAD_LOGIN
    assert old.call("getBranchesList").refused().message == BAD_LOGIN
    use = world.nobody("rta-token")
    use.call("getBranchesList", accessToken=pair["accessToken"]).refused("access token is not valid")
    use.call("refreshToken", userID=CR1.identity, userAsID=CR1.user, refreshToken=pair["refreshToken"]).refused("refresh token is not valid")
    for generation in ("token", "userauth"):
        enter(world, generation, NEW).ok()


@on_both_databases
def test_ninety_days(world: World, on: Callable[[date], None]) -> None:
    """The old generation knows no expiry (portal notes 4.1); in the new one an expired password is good for changePassword alone."""
    exchange(world).ok()
    on(date(2027, 2, 21))
    pair = enter(world, password=NEW).ok().payload
    on(date(2027, 2, 22))
    expired = "The password of this A2A account has expired; 21 February 2027 was its last day. "
    expired += "Call changePassword with it as oldPassword, then getToken."
    assert enter(world, password=NEW).refused().message == expired
    renewing = {"userID": CR1.identity, "userAsID": CR1.user}
    account_rules.in_force().refresh_seconds = 10 * 86400
    on(date(2027, 2, 21))
    pair = enter(world, password=NEW).ok().payload
    on(date(2027, 2, 22))
    assert world.nobody("rta-token").call("refreshToken", **renewing, refreshToken=pair["refreshToken"]).refused().message == expired
    assert enter(world, password="guessed").refused().message == BAD_LOGIN
    enter(world, "userauth", NEW).ok()
    assert exchange(world, "Another-Key-2028!", NEW).ok().payload == {"value": "2027-05-23"}  # 90 days after 22 February 2027
    enter(world, password="Another-Key-2028!").ok()


def test_a_wrong_old_password_counts(world: World) -> None:
    for _ in range(5):
        assert exchange(world, old="guessed").refused().message == BAD_LOGIN
    assert exchange(world).refused().message == LOCKED
    assert enter(world).refused().message == LOCKED


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"enabled": False}, "This A2A account is disabled."),
        ({"suspended": True, "suspended_for": "shared"}, "This A2A account is suspended: shared."),
        ({"valid_until": date(2026, 11, 22)}, "This A2A account cannot be used any more; 22 November 2026 was its last day."),
        ({"rta": False}, "This A2A account is not for the RTA services."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_who_may_not_use_the_account_may_not_change_its_password(world: World, values: dict[str, Any], says: str) -> None:
    with world.store.writing() as connection:
        connection.execute(update(t.identities).where(t.identities.c.id == CR1.identity).values(**values))
    assert exchange(world).refused().message == says
    assert exchange(world, old="guessed").refused().message == BAD_LOGIN


def test_all_rules_that_are_broken_are_told(world: World) -> None:
    assert told(exchange(world, "pwd")) == [
        "at least 12 characters are needed",
        "one of |!\"£$€%&/=?^'*+@°#,;:.-_() is needed",
        "a digit is needed",
        "an upper case letter is needed",
        "the word password and its abbreviations (pswd, pwd) are not allowed in it",
    ]
    enter(world).ok()


@pytest.mark.parametrize("new", ["Cr1-A2A-is-mine-1", "2026-CR00001-2026-x", "My Quillfeather Injury Law LLP 1!", "MY-CR1-a2a-KEY-77"])
def test_names_are_not_allowed_in_it(world: World, new: str) -> None:
    assert told(exchange(world, new)) == ["the name of the organisation, its id and the user ID are not allowed in it"]


def test_nothing_of_a_password_is_told(world: World) -> None:
    reply = exchange(world, "Zebra-Secret-Zebra", old=PASSWORD).refused()
    assert "zebra" not in f"{reply.message} {reply.details}".lower()


@on_both_databases
def test_not_one_of_the_last_five(world: World) -> None:
    """The one it had counts among them; after five changes the first is good again."""
    again = ["it is one of the last 5 passwords of this account"]
    keys = [PASSWORD, *(f"Key-Number-{number}-of-Six" for number in range(1, 6))]
    for old, new in pairwise(keys):
        assert told(exchange(world, old, old)) == again
        exchange(world, new, old).ok()
        if new != keys[-1]:
            assert told(exchange(world, PASSWORD, new)) == again
    exchange(world, PASSWORD, keys[-1]).ok()
    enter(world).ok()
    with world.store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(t.password_history)) == 4


def test_the_depth_is_a_setting(world: World) -> None:
    account_rules.configure(Settings(password_history=1))
    assert told(exchange(world, PASSWORD)) == ["it is the password of this account"]
    exchange(world).ok()
    exchange(world, PASSWORD, NEW).ok()


@on_both_databases
def test_of_two_changes_at_the_same_time_one_wins(world: World) -> None:
    for number in range(3):
        old = PASSWORD if number == 0 else winner  # noqa: F821  of the round before
        keys = [f"Racing-{number}-Key-{letter}" for letter in "ab"]
        replies = at_once(*[lambda key=key, old=old: exchange(world, key, old) for key in keys])
        assert sorted(reply.code for reply in replies) == ["Failure", "Ok"]
        (winner,) = [key for key, reply in zip(keys, replies, strict=True) if reply.code == "Ok"]
        enter(world, password=winner).ok()


def test_a_reset_password(world: World) -> None:
    """By whoever runs the gateway: made at random, told once; it ends a lock and all tokens."""
    client = world.client(COMP1, "rta-token")
    for _ in range(5):
        world.nobody("rta-token").call("getToken", userID=COMP1.identity, password="guessed", userAsID=COMP1.user).refused(BAD_LOGIN)
    with world.store.writing() as connection:
        password = identities.reset_password(connection, COMP1.identity)
    client.call("getBranchesList").refused("access token is not valid")
    fresh = Client(world.door, "rta-token").as_(COMP1.identity, COMP1.user, password)
    fresh.call("getBranchesList").ok()


def test_a_series_is_forgotten_after_a_month(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.store import logins

    guess(world, times=4)
    start = gateway.clock.wall()
    for days, left in ((29, [4]), (30, [])):
        with world.store.writing() as connection:
            logins.purge(connection, start + timedelta(days=days))
        assert counted(world) == left
