"""Programs that ask too much: they are told which limit, and when to come back; everybody else is served."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from client import PASSWORD, Client, Reply
from world import COMP1, CR1, CR2, START, World, on_both_databases

import gateway.clock
from gateway import log
from gateway.config import Settings
from gateway.operations.call import HANDLERS
from gateway.store import throttle
from gateway.store.throttle import Own

pytestmark = on_both_databases
both_generations = pytest.mark.parametrize("generation", ["token", "userauth"])
STOPPED = "All calls of this A2A account are stopped: it polls in a loop. Whoever runs this gateway can let it in again."


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Put the real clock so many seconds after START, 10:00:00 in London."""
    return lambda seconds: monkeypatch.setattr(gateway.clock, "wall", lambda: START + timedelta(seconds=seconds))


@pytest.fixture
def under(world: World, make_gateway: Any) -> Callable[..., World]:
    """The gateway under other settings, over the same store."""
    return lambda **settings: World(make_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL", **settings)), world.store)


def set_limits(world: World, **limits: Any) -> None:
    with world.store.writing() as connection:
        throttle.keep(connection, Own(CR1.identity, **limits))


def log_in(world: World, identity: str = CR1.identity, password: str = PASSWORD) -> Reply:
    return world.nobody("rta-token").call("getToken", userID=identity, userAsID=CR1.user, password=password)


def rest_of_the_minute(client: Client, operation: str = "getSystemProcessVersion") -> int:
    """How many calls are served until one is refused."""
    for number in range(1000):
        if client.call(operation).code != "Ok":
            return number
    raise AssertionError("no limit")


# calls in a minute


@both_generations
def test_so_many_calls_a_minute(under: Callable[..., World], after: Callable[[float], None], generation: str) -> None:
    world = under(calls_per_minute=5)
    client = world.client(CR1, f"rta-{generation}")
    logged_in = generation == "token"  # getToken is a call, too
    after(17.2)
    assert rest_of_the_minute(client) == 5 - logged_in
    told = "This A2A account has made the 5 calls a minute that it may; come back in 43 seconds, at 10:01:00."
    for operation in ("getSystemProcessVersion", "getClaimsList", "getBranchesList"):
        assert client.call(operation).refused().message == told
    after(59.999)
    assert client.call("getClaimsList").refused().message.endswith("come back in 1 second, at 10:01:00.")
    after(60)
    client.call("getClaimsList").ok()


def test_both_generations_and_processes_count_together(under: Callable[..., World]) -> None:
    world = under(calls_per_minute=4)
    for service in ("rta-userauth", "elpl-userauth", "rta-token"):
        world.client(CR1, service).call("getSystemProcessVersion").ok()  # with a getToken for the last
    assert world.client(CR1, "rta-userauth").call("getClaimsList").refused("4 calls a minute")
    world.client(CR2, "rta-userauth").call("getClaimsList").ok()


def test_logging_in_counts(under: Callable[..., World], after: Callable[[float], None]) -> None:
    """And renewing, and a new password; the refused ones leave everything as it was."""
    world = under(calls_per_minute=2)
    pair = log_in(world).ok().payload
    nobody, who = world.nobody("rta-token"), {"userID": CR1.identity, "userAsID": CR1.user}
    pair = nobody.call("refreshToken", refreshToken=pair["refreshToken"], **who).ok().payload
    log_in(world).refused("2 calls a minute")
    nobody.call("refreshToken", refreshToken=pair["refreshToken"], **who).refused("2 calls a minute")
    change = {"userID": CR1.identity, "oldPassword": PASSWORD, "newPassword": "Entirely-Other-77!"}
    nobody.call("changePassword", **change).refused("2 calls a minute")
    after(60)
    nobody.call("refreshToken", refreshToken=pair["refreshToken"], **who).ok()
    log_in(world).ok()
    nobody.call("changePassword", **change).refused("2 calls a minute")
    after(120)
    log_in(world).ok()


def test_wrong_passwords_do_not_use_up_anybodys_calls(under: Callable[..., World]) -> None:
    world = under(calls_per_minute=2)
    for _ in range(3):
        assert log_in(world, password="guessed").refused().message == "User name or password is not right."
    log_in(world).ok()


def test_refused_calls_count_too(under: Callable[..., World]) -> None:
    """A program in a loop is stopped whether its calls succeed or not."""
    client = under(calls_per_minute=3).client(CR1, "rta-userauth")
    for _ in range(3):
        client.call("getClaimsStatus", applicationId="0000000000004711").refused("no claim")
    client.call("getClaimsStatus", applicationId="0000000000004711").refused("3 calls a minute")


def test_one_call_a_minute(under: Callable[..., World]) -> None:
    client = under(calls_per_minute=1).client(CR1, "rta-userauth")
    client.call("getClaimsList").ok()
    client.call("getClaimsList").refused("has made the 1 call a minute that it may")


def test_an_account_with_a_limit_of_its_own(under: Callable[..., World], after: Callable[[float], None]) -> None:
    world = under(calls_per_minute=3)
    client = world.client(CR1, "rta-userauth")
    set_limits(world, calls_per_minute=7)
    assert rest_of_the_minute(client) == 7
    assert rest_of_the_minute(world.client(CR2, "rta-userauth")) == 3
    set_limits(world, calls_per_minute=0)
    after(1)  # a change counts after a second
    for _ in range(10):
        client.call("getSystemProcessVersion").ok()


def test_without_a_limit_nothing_is_written(world: World, statements: list[str]) -> None:
    client = world.client(CR1, "rta-token")
    client.call("getSystemProcessVersion").ok()
    statements.clear()
    client.call("getSystemProcessVersion").ok()
    assert not [statement for statement in statements if not statement.startswith("SELECT")]
    assert not [statement for statement in statements if "call_counts" in statement or "identity_limits" in statement or "maintenance" in statement]


# calls at the same time


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """getHospitalsList tells that it has begun, and answers when it is let."""
    begun, let = Event(), Event()
    handler = HANDLERS["getHospitalsList"]

    def wait(call: Any) -> Any:
        begun.set()
        assert let.wait(timeout=20)
        return handler(call)

    monkeypatch.setitem(HANDLERS, "getHospitalsList", wait)
    return begun, let


def test_calls_at_the_same_time(under: Callable[..., World], slow: tuple[Event, Event]) -> None:
    world = under(concurrent_calls=1)
    client, begun, let = world.client(CR1, "rta-token"), *slow
    replies: list[Reply] = []
    thread = Thread(target=lambda: replies.append(client.call("getHospitalsList", hospitalName="x")))
    thread.start()
    assert begun.wait(timeout=20)
    told = "This A2A account has 1 call under way, the most it may have at the same time; come back in 1 second, at 10:00:01."
    assert client.call("getSystemProcessVersion").refused().message == told
    assert world.client(CR1, "elpl-userauth").call("getClaimsList").refused("at the same time")
    world.client(CR2, "rta-token").call("getSystemProcessVersion").ok()
    let.set()
    thread.join()
    replies[0].ok()
    for _ in range(3):
        client.call("getSystemProcessVersion").ok()
        client.call("getClaimsStatus", applicationId="0000000000004711").refused("no claim")  # a refusal gives its slot back, too


def test_an_account_with_more_at_the_same_time(under: Callable[..., World], slow: tuple[Event, Event]) -> None:
    world = under(concurrent_calls=1)
    set_limits(world, concurrent_calls=2)
    client, begun, let = world.client(CR1, "rta-token"), *slow
    thread = Thread(target=lambda: client.call("getHospitalsList", hospitalName="x"))
    thread.start()
    assert begun.wait(timeout=20)
    client.call("getSystemProcessVersion").ok()
    let.set()
    thread.join()


# the same list again


def test_the_same_list_again(under: Callable[..., World], after: Callable[[float], None]) -> None:
    world = under(poll_seconds=60)
    client = world.client(CR1, "rta-token")
    client.call("getClaimsList").ok()
    after(12.5)
    told = "getClaimsList may be asked once every 60 seconds for the same user with the same arguments; come back in 48 seconds, at 10:01:00."
    assert client.call("getClaimsList").refused().message == told
    assert world.client(CR1, "rta-userauth").call("getClaimsList").refused().message == told
    after(60)
    client.call("getClaimsList").ok()
    client.call("getClaimsList").refused("come back in 60 seconds, at 10:02:00.")


def test_another_question(under: Callable[..., World]) -> None:
    """Another list, other arguments, the other process, another user, another organisation; and what is no list as often as one likes."""
    world = under(poll_seconds=60)
    client = world.client(CR1, "rta-token")
    client.call("getHospitalsList", hospitalName="royal").ok()
    client.call("getHospitalsList", hospitalName="royal").refused("once every 60 seconds")
    client.call("getHospitalsList", hospitalName="general").ok()
    client.call("getHospitalsList", hospitalName="royal", postCode="LS").ok()
    client.call("getNotificationsList", A2ANotification=True).ok()
    client.call("getNotificationsList", A2ANotification=False).ok()
    client.call("getNotificationsList", A2ANotification=True).refused("once every")
    client.call("getClaimsList").ok()
    for other in (world.client(CR1, "elpl-token"), world.client(CR2, "rta-token"), world.client(COMP1, "rta-token")):
        other.call("getClaimsList").ok()
    Client(world.door, "rta-token").as_(CR1.identity, "cr1-admin").call("getBranchesList").ok()
    for _ in range(3):
        client.call("getSystemProcessVersion").ok()


def test_every_second(under: Callable[..., World]) -> None:
    client = under(poll_seconds=1).client(CR1, "rta-token")
    client.call("getClaimsList").ok()
    client.call("getClaimsList").refused("once every second", "come back in 1 second, at 10:00:01.")


def test_an_account_that_may_poll(under: Callable[..., World]) -> None:
    world = under(poll_seconds=60)
    set_limits(world, poll_seconds=0)
    client = world.client(CR1, "rta-token")
    for _ in range(3):
        client.call("getClaimsList").ok()


# the kill switch


@both_generations
def test_the_kill_switch(world: World, after: Callable[[float], None], generation: str) -> None:
    """Every call, at both services, within a second; nothing else of the account changes."""
    client = world.client(CR1, f"rta-{generation}")
    client.call("getClaimsList").ok()
    set_limits(world, stopped=True, stopped_for="it polls in a loop")
    after(1)
    for service in (f"rta-{generation}", f"elpl-{generation}"):
        caller = world.client(CR1, service) if generation == "userauth" else Client(world.door, service, client.credentials)
        for operation in ("getClaimsList", "getBranchesList", "getSystemProcessVersion"):
            assert caller.call(operation).refused().message == STOPPED
        assert caller.call("acceptClaim", claimData={"activityEngineGuid": "x", "applicationId": "1"}).refused().message == STOPPED
    world.client(CR2, f"rta-{generation}").call("getClaimsList").ok()
    set_limits(world)
    after(2)
    client.call("getClaimsList").ok()


def test_the_kill_switch_and_logging_in(world: World, after: Callable[[float], None]) -> None:
    """Only who has the password is told; a refresh token is not used up, and the password stays."""
    pair, who = log_in(world).ok().payload, {"userID": CR1.identity, "userAsID": CR1.user}
    set_limits(world, stopped=True)
    after(1)
    nobody = world.nobody("rta-token")
    told = "All calls of this A2A account are stopped. Whoever runs this gateway can let it in again."
    assert log_in(world).refused().message == told
    assert log_in(world, password="guessed").refused().message == "User name or password is not right."
    assert nobody.call("refreshToken", refreshToken=pair["refreshToken"], **who).refused().message == told
    change = {"userID": CR1.identity, "oldPassword": PASSWORD, "newPassword": "Entirely-Other-77!"}
    assert nobody.call("changePassword", **change).refused().message == told
    set_limits(world)
    after(2)
    nobody.call("refreshToken", refreshToken=pair["refreshToken"], **who).ok()
    log_in(world).ok()


def test_a_stopped_account_uses_nothing_up(under: Callable[..., World], after: Callable[[float], None]) -> None:
    world = under(calls_per_minute=2)
    client = world.client(CR1, "rta-userauth")
    set_limits(world, stopped=True)
    for _ in range(5):
        client.call("getClaimsList").refused("are stopped")
    set_limits(world)
    after(1)
    assert rest_of_the_minute(client) == 2


# the log


def test_refusals_are_in_the_log(under: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    import structlog

    client = under(calls_per_minute=1).client(CR1, "rta-userauth")
    before, text = structlog.get_config(), io.StringIO()
    monkeypatch.setattr("sys.stderr", text)
    log.configure(Settings())
    try:
        client.call("getClaimsList").ok()
        client.call("getClaimsList").refused()
    finally:
        structlog.configure(**before)
    line = json.loads(text.getvalue().splitlines()[-1])
    expected = {"level": "info", "operation": "getClaimsList", "code": "Failure", "refusal": "TooMany", "organisation": "CR00001", "user": CR1.user}
    assert line.items() >= expected.items()
