"""Logging in: getToken and refreshToken, and userAuth in each call of the older generation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from client import PASSWORD, Client, Reply
from world import COMP1, CR1, CR2, START, Party, World, on_both_databases

import gateway.clock

BAD_LOGIN = "User name or password is not right."
BAD_TOKEN = "The access token is not valid or has expired."
BAD_REFRESH = "The refresh token is not valid or has expired."

both_processes = pytest.mark.parametrize("process", ["rta", "elpl"])


@pytest.fixture
def tokens(world: World) -> Client:
    return world.nobody("rta-token")


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Put the real clock so many seconds after START."""
    return lambda seconds: monkeypatch.setattr(gateway.clock, "wall", lambda: START + timedelta(seconds=seconds))


def log_in(client: Client, party: Party = CR1, **other: Any) -> Reply:
    return client.call("getToken", **{"userID": party.identity, "userAsID": party.user, "password": PASSWORD, **other})


def renew(client: Client, token: str | None, party: Party = CR1, **other: Any) -> Reply:
    return client.call("refreshToken", **{"userID": party.identity, "userAsID": party.user, "refreshToken": token, **other})


def use(client: Client, token: str) -> Reply:
    return client.call("getBranchesList", accessToken=token)


@on_both_databases
@both_processes
def test_a_token_opens_the_door_for_an_hour(world: World, process: str, wait: Callable[[int], None]) -> None:
    """Lives are integer texts in seconds: an hour and a day."""
    client = world.nobody(f"{process}-token")
    pair = log_in(client).ok().payload
    assert (pair["accessTokenExpiresIn"], pair["refreshTokenExpiresIn"]) == ("3600", "86400")
    assert pair["accessToken"] != pair["refreshToken"]
    assert len(pair["accessToken"]) >= 32
    use(client, pair["accessToken"]).ok()
    wait(3599)
    use(client, pair["accessToken"]).ok()
    wait(3600)
    use(client, pair["accessToken"]).refused(BAD_TOKEN)
    wait(86399)
    fresh = renew(client, pair["refreshToken"]).ok().payload
    use(client, fresh["accessToken"]).ok()


def test_a_refresh_token_lives_for_a_day(tokens: Client, wait: Callable[[int], None]) -> None:
    pair = log_in(tokens).ok().payload
    wait(86400)
    renew(tokens, pair["refreshToken"]).refused(BAD_REFRESH)


@on_both_databases
def test_a_refresh_ends_the_old_refresh_token(tokens: Client) -> None:
    old = log_in(tokens).ok().payload
    new = renew(tokens, old["refreshToken"]).ok().payload
    assert (new["accessTokenExpiresIn"], new["refreshTokenExpiresIn"]) == ("3600", "86400")
    assert not {old["accessToken"], old["refreshToken"]} & {new["accessToken"], new["refreshToken"]}
    use(tokens, new["accessToken"]).ok()
    renew(tokens, old["refreshToken"]).refused(BAD_REFRESH)
    renew(tokens, new["refreshToken"]).ok()


def test_a_second_login_leaves_the_first_alone(tokens: Client) -> None:
    first, second = log_in(tokens).ok().payload, log_in(tokens).ok().payload
    use(tokens, first["accessToken"]).ok()
    use(tokens, second["accessToken"]).ok()


def test_one_login_serves_both_processes(world: World) -> None:
    """The two services have one directory."""
    token = log_in(world.nobody("rta-token")).ok().payload["accessToken"]
    use(world.nobody("elpl-token"), token).ok()


def test_moving_the_process_clock_ends_no_session(world: World, tokens: Client) -> None:
    pair = log_in(tokens).ok().payload
    world.advance(timedelta(days=400))
    use(tokens, pair["accessToken"]).ok()
    renew(tokens, pair["refreshToken"]).ok()


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "sandbox-key-2026!"},
        {"password": f"{PASSWORD} "},
        {"password": ""},
        {"password": PASSWORD * 100},
        {"password": "pässwörd \U0001f511"},
        {"userID": "nobody-a2a"},
        {"userID": ""},
        {"userID": "cr2-a2a\n--"},
        {"userID": "x" * 5000},
        {"userID": "nobody-a2a", "userAsID": "nobody"},
        {"password": "guessed", "userAsID": "nobody"},
    ],
    ids=str,
)
def test_a_wrong_login_is_told_nothing_more(world: World, tokens: Client, wrong: dict[str, str]) -> None:
    """Unknown account and wrong password give the same text, whatever else was wrong, in both generations."""
    reply = log_in(tokens, **wrong).refused()
    assert reply.message == BAD_LOGIN
    assert reply.details is None
    as_sent = {"userID": CR1.identity, "userAsID": CR1.user, "password": PASSWORD, **wrong}
    auth = {"username": as_sent["userID"], "asUser": as_sent["userAsID"], "password": as_sent["password"]}
    assert world.nobody("rta-userauth").call("getBranchesList", userAuth=auth).refused().message == BAD_LOGIN


@pytest.mark.parametrize(
    ("user", "says"), [("nobody", "is no user of this organisation"), ("cr2-handler", "is no user of this organisation"), ("", "is missing")]
)
def test_the_user_must_be_one_of_the_organisation(world: World, tokens: Client, user: str, says: str) -> None:
    """Who has the password is told; but a user of another organisation looks like one that does not exist."""
    told = log_in(tokens, userAsID=user).refused("(asUser, userAsID)", says)
    auth = {"username": CR1.identity, "password": PASSWORD, "asUser": user}
    assert world.nobody("rta-userauth").call("getBranchesList", userAuth=auth).refused().message == told.message


def test_ids_have_no_case_and_passwords_do(world: World, tokens: Client) -> None:
    pair = log_in(tokens, userID="CR1-A2A", userAsID="Cr1-Handler").ok().payload
    renew(tokens, pair["refreshToken"], userID="Cr1-a2A", userAsID="CR1-HANDLER").ok()
    auth = {"username": " CR1-a2a ", "password": PASSWORD, "asUser": " CR1-handler\n"}
    world.nobody("rta-userauth").call("getBranchesList", userAuth=auth).ok()
    log_in(tokens, password=PASSWORD.upper()).refused(BAD_LOGIN)


@pytest.mark.parametrize("token", ["", " ", "x", "null", "' OR 1=1 --", "A" * 43, "A" * 100_000, "\U0001f511", "<token/>", "a\nb"])
def test_what_is_no_token(tokens: Client, token: str) -> None:
    use(tokens, token).refused(BAD_TOKEN)
    renew(tokens, token).refused(BAD_REFRESH)


def test_the_two_kinds_of_token_are_not_exchanged(tokens: Client) -> None:
    pair = log_in(tokens).ok().payload
    use(tokens, pair["refreshToken"]).refused(BAD_TOKEN)
    renew(tokens, pair["accessToken"]).refused(BAD_REFRESH)
    use(tokens, pair["accessToken"]).ok()


@pytest.mark.parametrize(
    "other",
    [
        {"userID": "cr2-a2a"},
        {"userAsID": "cr1-leader"},
        {"userID": "cr2-a2a", "userAsID": "cr2-handler"},
        {"clientID": "SH0002"},
        {"clientID": None},
        {"clientID": "sh0001"},
        {"userID": ""},
    ],
    ids=str,
)
def test_a_refresh_token_is_bound_to_account_user_and_client(tokens: Client, other: dict[str, str | None]) -> None:
    """And a try by somebody else does not use it up."""
    pair = log_in(tokens, clientID="SH0001").ok().payload
    renew(tokens, pair["refreshToken"], **{"clientID": "SH0001", **other}).refused(BAD_REFRESH)
    renew(tokens, pair["refreshToken"], clientID="SH0001").ok()


def test_a_token_shows_the_claims_of_its_own_organisation(world: World, tokens: Client) -> None:
    """The token of another is good, and another's."""
    mine, other = log_in(tokens).ok().payload, log_in(tokens, CR2).ok().payload
    paths = []
    for pair in (mine, other):
        (branch,) = use(tokens, pair["accessToken"]).ok().payload["organisationInfosList"]
        paths.append(branch["organisationPath"])
    assert paths == ["/CR00001/001", "/CR00002/001"]


@on_both_databases
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE users SET enabled = false WHERE id = 'comp1-handler'", "disabled"),
        ("UPDATE users SET active = false WHERE id = 'comp1-handler'", "not active"),
        ("UPDATE identities SET enabled = false WHERE id = 'comp1-a2a'", "This A2A account is disabled."),
        ("UPDATE organisations SET enabled = false WHERE id = 'COMP001'", "The organisation of this A2A account is disabled."),
    ],
    ids=["user disabled", "user not active", "account disabled", "organisation disabled"],
)
def test_who_is_shut_out_is_out_at_once(world: World, tokens: Client, change: str, says: str) -> None:
    """New logins and refreshes are told why; access tokens are simply no good any more; userAuth is told in the next call."""
    pair = log_in(tokens, COMP1).ok().payload
    old = world.client(COMP1, "rta-userauth")
    old.call("getBranchesList").ok()
    with world.store.writing() as connection:
        connection.exec_driver_sql(change)
    log_in(tokens, COMP1).refused(says)
    use(tokens, pair["accessToken"]).refused(BAD_TOKEN)
    renew(tokens, pair["refreshToken"], COMP1).refused(says)
    old.call("getBranchesList").refused(says)


@pytest.mark.parametrize("missing", ["username", "password", "asUser"])
def test_user_auth_with_a_part_missing(world: World, missing: str) -> None:
    """All three are optional in the schema."""
    auth = {"username": CR1.identity, "password": PASSWORD, "asUser": CR1.user}
    del auth[missing]
    told = world.nobody("elpl-userauth").call("getClaimsList", userAuth=auth).refused()
    assert told.message == BAD_LOGIN if missing != "asUser" else "is missing" in told.message


def test_user_auth_left_out_says_what_it_holds(world: World) -> None:
    told = world.nobody("elpl-userauth").call("getClaimsList").refused("userAuth is missing")
    assert all(name in told.message for name in ("asUser", "password", "username"))


@pytest.mark.parametrize("client", ["SH0001", "", None, "x" * 50, "Häuser & Söhne <A2A>"])
def test_a_software_house_may_say_who_it_is(tokens: Client, client: str | None) -> None:
    pair = log_in(tokens, clientID=client).ok().payload
    renew(tokens, pair["refreshToken"], clientID=client).ok()


def test_a_client_id_that_cannot_be_kept(tokens: Client) -> None:
    log_in(tokens, clientID="x" * 51).refused("clientID")


@pytest.mark.parametrize("guess", ["", "x" * 3_000_000])
def test_passwords_no_one_has(tokens: Client, guess: str) -> None:
    log_in(tokens, password=guess).refused(BAD_LOGIN)
