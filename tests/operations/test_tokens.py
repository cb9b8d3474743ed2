"""Access and refresh tokens: what they are bound to, when they end, and that a refresh token works once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from gateway import clock
from gateway.config import Settings
from gateway.errors import Refused
from gateway.store import account_rules, credentials, tokens
from gateway.store import identities as identity_accounts
from gateway.store.credentials import Caller
from gateway.store.engine import Store
from gateway.store.tables import identities, organisations, users
from gateway.store.tables import tokens as tokens_table
from gateway.store.tokens import BadToken, TokenPair

PASSWORD = "Sandbox-Key-2026!"
BAD_ACCESS = r"^The access token is not valid or has expired\.$"
BAD_REFRESH = r"^The refresh token is not valid or has expired\.$"
YEARS_AGO = datetime(2001, 1, 1, tzinfo=UTC)
BOUND = ("comp1-a2a", "comp1-handler", "SH0001")
GARBAGE = ["", None, "x", "x" * 1_000_000, "\0", "\ud800", "é" * 43, "' OR 1=1 --", "\n"]


def log_in(store: Store, identity: str = BOUND[0], as_user: str = BOUND[1], client: str = BOUND[2]) -> Caller:
    with store.session() as session:
        return credentials.log_in(session, "rta", identity, PASSWORD, as_user, client)


def issue(store: Store, caller: Caller | None = None) -> TokenPair:
    caller = caller or log_in(store)
    with store.writing() as connection:
        return tokens.issue(connection, caller)


def use(store: Store, token: str | None) -> Caller:
    with store.reading() as connection:
        return tokens.by_access_token(connection, "rta", token)


def refresh(store: Store, token: str | None, bound: tuple[str | None, str | None, str] = BOUND) -> TokenPair:
    with store.session() as session:
        pair = tokens.refresh(session, "rta", *bound, token)
        session.commit()
        return pair


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tokens_table)) or 0


def change(store: Store, table: Any, id: str, **values: Any) -> None:
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.id == id).values(**values))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the real time to so many seconds after a fixed one."""
    start = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def set_(seconds: float) -> None:
        monkeypatch.setattr(clock, "wall", lambda: start + timedelta(seconds=seconds))

    set_(0)
    return set_


def test_a_token_stands_for_the_caller(seeded_store: Store) -> None:
    caller = log_in(seeded_store)
    pair = issue(seeded_store, caller)
    assert use(seeded_store, pair.access) == caller
    assert (pair.access_expires_in, pair.refresh_expires_in) == (3600, 86400)
    assert len(pair.access) == len(pair.refresh) == 43
    assert pair.access != pair.refresh


def test_only_the_digest_is_kept(seeded_store: Store) -> None:
    pair = issue(seeded_store)
    with seeded_store.reading() as connection:
        rows = connection.execute(select(tokens_table)).all()
    assert {row.digest for row in rows} == {hashlib.sha256(token.encode()).digest() for token in (pair.access, pair.refresh)}
    assert not any(token in repr(rows) for token in (pair.access, pair.refresh))


def test_lives_come_from_the_settings(seeded_store: Store, at: Callable[[float], None]) -> None:
    account_rules.configure(Settings(access_token_seconds=400, refresh_token_seconds=1000))
    pair = issue(seeded_store)
    assert (pair.access_expires_in, pair.refresh_expires_in) == (400, 1000)
    at(399.9)
    assert use(seeded_store, pair.access)
    at(400)
    with pytest.raises(BadToken, match=BAD_ACCESS):
        use(seeded_store, pair.access)
    at(999.9)
    assert refresh(seeded_store, pair.refresh)


def test_an_expired_refresh_token(seeded_store: Store, at: Callable[[float], None]) -> None:
    pair = issue(seeded_store)
    at(86400)
    with pytest.raises(BadToken, match=BAD_REFRESH):
        refresh(seeded_store, pair.refresh)


@pytest.mark.parametrize("token", GARBAGE, ids=range(len(GARBAGE)))
def test_what_is_no_token(seeded_store: Store, token: str | None) -> None:
    with pytest.raises(BadToken, match=BAD_ACCESS):
        use(seeded_store, token)
    with pytest.raises(BadToken, match=BAD_REFRESH):
        refresh(seeded_store, token)


def test_the_two_kinds_are_not_exchanged(seeded_store: Store) -> None:
    pair = issue(seeded_store)
    with pytest.raises(BadToken, match=BAD_ACCESS):
        use(seeded_store, pair.refresh)
    with pytest.raises(BadToken, match=BAD_REFRESH):
        refresh(seeded_store, pair.access)
    assert use(seeded_store, pair.access)
    assert refresh(seeded_store, pair.refresh)


@pytest.mark.parametrize(
    ("table", "id", "values", "told"),
    [
        (identities, "comp1-a2a", {"enabled": False}, "This A2A account is disabled"),
        (identities, "comp1-a2a", {"password_version": 2}, BAD_REFRESH),
        (identities, "comp1-a2a", {"locked_at": YEARS_AGO}, "is locked"),
        (identities, "comp1-a2a", {"suspended": True}, "is suspended"),
        (identities, "comp1-a2a", {"valid_from": date(2999, 1, 1)}, "cannot be used before 1 January 2999"),
        (identities, "comp1-a2a", {"valid_until": date(2001, 1, 1)}, "1 January 2001 was its last day"),
        (users, "comp1-handler", {"enabled": False}, "is disabled"),
        (users, "comp1-handler", {"active": False}, "is not active"),
        (users, "comp1-handler", {"expires_on": date(2001, 1, 1)}, "has expired"),
        (users, "comp1-handler", {"organisation_id": "COMP002"}, "is no user of this organisation"),
        (organisations, "COMP001", {"enabled": False}, "The organisation of this A2A account is disabled"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_ends_both_tokens_at_once(seeded_store: Store, table: Any, id: str, values: dict[str, Any], told: str) -> None:
    """An access token is simply no good any more; who holds a good refresh token is told why it does not help."""
    pair, other = issue(seeded_store), issue(seeded_store, log_in(seeded_store, "cr1-a2a", "cr1-handler"))
    change(seeded_store, table, id, **values)
    with pytest.raises(BadToken, match=BAD_ACCESS):
        use(seeded_store, pair.access)
    with pytest.raises(Refused, match=told):
        refresh(seeded_store, pair.refresh)
    assert use(seeded_store, other.access)


def test_a_password_changed_between_login_and_issue_ends_what_is_issued(seeded_store: Store) -> None:
    caller = log_in(seeded_store)
    with seeded_store.writing() as connection:
        identity_accounts.set_password(connection, "comp1-a2a", "Another-Key-2027!")
    pair = issue(seeded_store, caller)
    with pytest.raises(BadToken):
        use(seeded_store, pair.access)
    with pytest.raises(BadToken):
        refresh(seeded_store, pair.refresh)


def test_refreshing(seeded_store: Store) -> None:
    first = issue(seeded_store)
    second = refresh(seeded_store, first.refresh, ("COMP1-a2a", "Comp1-Handler", "SH0001"))  # ids in whatever case
    assert len({first.access, first.refresh, second.access, second.refresh}) == 4
    assert use(seeded_store, second.access) == use(seeded_store, first.access) == log_in(seeded_store)  # the old access token lives on
    with pytest.raises(BadToken, match=BAD_REFRESH):
        refresh(seeded_store, first.refresh)
    assert refresh(seeded_store, second.refresh)


@pytest.mark.parametrize(
    "bound",
    [
        ("comp2-a2a", "comp1-handler", "SH0001"),
        ("comp1-a2a", "comp1-leader", "SH0001"),
        ("comp1-a2a", "comp1-handler", "SH0002"),
        ("comp1-a2a", "comp1-handler", "sh0001"),
        ("comp1-a2a", "comp1-handler", ""),
        ("comp1-a2a", "comp1-handler", "\0"),
        ("comp1-a2a", "comp1-handler", "x" * 1000),
        ("", "comp1-handler", "SH0001"),
        (None, None, ""),
    ],
    ids=str,
)
def test_a_refresh_token_is_bound(seeded_store: Store, bound: tuple[str | None, str | None, str]) -> None:
    pair = issue(seeded_store)
    with pytest.raises(BadToken, match=BAD_REFRESH):
        refresh(seeded_store, pair.refresh, bound)
    assert refresh(seeded_store, pair.refresh)  # and not used up by that


def test_no_client_id_is_a_client_id(seeded_store: Store) -> None:
    pair = issue(seeded_store, log_in(seeded_store, client=""))
    assert refresh(seeded_store, pair.refresh, ("comp1-a2a", "comp1-handler", ""))


@pytest.mark.parametrize("client", ["x" * 51, "a\0", "a\nb"])
def test_a_client_id_that_cannot_be_kept(seeded_store: Store, client: str) -> None:
    with pytest.raises(BadToken, match="clientID is not right"):
        issue(seeded_store, log_in(seeded_store, client=client))


def test_a_roll_back_takes_the_use_back(seeded_store: Store) -> None:
    pair = issue(seeded_store)

    class Failed(Exception):
        pass

    def fail_after() -> None:
        with seeded_store.session() as session:
            tokens.refresh(session, "rta", *BOUND, pair.refresh)
            raise Failed

    with pytest.raises(Failed):
        fail_after()
    assert refresh(seeded_store, pair.refresh)


def test_of_racing_refreshes_exactly_one_wins(seeded_store: Store) -> None:
    for _ in range(5):
        pair = issue(seeded_store)
        before, barrier = count(seeded_store), threading.Barrier(4)
        won: list[TokenPair] = []
        lost: list[BadToken] = []
        other: list[Exception] = []

        def race(token: str = pair.refresh, barrier: Any = barrier, won: Any = won, lost: Any = lost, other: Any = other) -> None:
            barrier.wait()
            try:
                won.append(refresh(seeded_store, token))
            except BadToken as refusal:
                lost.append(refusal)
            except Exception as failure:
                other.append(failure)

        threads = [threading.Thread(target=race) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(won), len(lost), other) == (1, 3, [])
        assert count(seeded_store) == before + 1  # one used up, two made
        assert use(seeded_store, won[0].access)


def test_expired_tokens_are_purged_a_bounded_number_at_a_time(seeded_store: Store, at: Callable[[float], None]) -> None:
    caller = log_in(seeded_store)
    for _ in range(60):
        issue(seeded_store, caller)
    at(3600)  # 60 access tokens have expired
    issue(seeded_store, caller)
    assert count(seeded_store) == 60 + 2
    at(86400)  # and all of the first 60 refresh tokens
    with seeded_store.writing() as connection:
        assert tokens.purge_expired(connection) == 61
        assert tokens.purge_expired(connection) == 0
    assert count(seeded_store) == 1
    for _ in range(60):
        issue(seeded_store, caller)
    at(10 * 86400)
    with seeded_store.writing() as connection:
        assert [tokens.purge_expired(connection) for _ in range(3)] == [100, 21, 0]


def test_issuing_and_purging_at_the_same_time(seeded_store: Store, at: Callable[[float], None]) -> None:
    caller = log_in(seeded_store)
    for _ in range(100):
        issue(seeded_store, caller)
    at(100 * 86400)
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(10):
                issue(seeded_store, caller)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(seeded_store) == 80


def test_tokens_keep_the_real_time(seeded_store: Store) -> None:
    """A sandbox forty days ahead logs nobody out."""
    from gateway.store import sandbox

    pair = issue(seeded_store)
    with seeded_store.writing() as connection:
        sandbox.set_offset(connection, timedelta(days=40), "advance 40d")
    assert use(seeded_store, pair.access)


def test_one_select(seeded_store: Store, statements: list[str]) -> None:
    pair = issue(seeded_store)
    statements.clear()
    use(seeded_store, pair.access)
    assert [statement.split()[0] for statement in statements] == ["SELECT"]


def test_a_removed_token(seeded_store: Store) -> None:
    pair = issue(seeded_store)
    with seeded_store.writing() as connection:
        connection.execute(delete(tokens_table))
    with pytest.raises(BadToken, match=BAD_ACCESS):
        use(seeded_store, pair.access)
