"""User name and password in each call: who gets in, what the others are told, and how often the slow hash is computed."""

from __future__ import annotations

import logging
import runpy
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import update

from gateway import clock
from gateway.config import Settings
from gateway.domain.password_cache import PasswordCache
from gateway.store import account_rules, credentials, logins, passwords, tokens
from gateway.store import identities as identity_accounts
from gateway.store.admission import BadLogin, BadUser, Disabled, Locked
from gateway.store.credentials import Caller
from gateway.store.directory import Organisation
from gateway.store.engine import Store
from gateway.store.tables import identities, organisations, users

PASSWORD = "Sandbox-Key-2026!"
WRONG = "User name or password is not right."


def log_in(store: Store, identity: Any = "comp1-a2a", password: Any = PASSWORD, as_user: Any = "comp1-handler") -> Caller:
    with store.session() as session:
        return credentials.by_password(session, "rta", identity, password, as_user)


def change(store: Store, table: Any, id: str, **values: Any) -> None:
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.id == id).values(**values))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """What the slow hash was computed for: the kept hash, None for nobody's."""
    calls: list[str | None] = []
    real = passwords.verify

    def verify(kept: str | None, password: str) -> bool:
        calls.append(kept)
        return real(kept, password)

    monkeypatch.setattr(passwords, "verify", verify)
    return calls


def test_the_caller(seeded_store: Store) -> None:
    caller = log_in(seeded_store, "Comp1-A2A", PASSWORD, "COMP1-branch2")
    assert (caller.identity_id, caller.user_id, caller.user_branch, caller.client_id) == ("comp1-a2a", "comp1-branch2", "002", "")
    assert caller.profiles == ("COMP Branch Claim Handler",)
    assert caller.organisation == Organisation("COMP001", "/COMP001", "Thistledown Insurance plc", "COMP", "I", rta=True, elpl=True)
    assert caller.side == "compensator"
    assert log_in(seeded_store, "cr1-a2a", as_user="cr1-handler").side == "claimant-representative"


def test_unknown_identity_and_wrong_password_are_one_answer_and_one_effort(seeded_store: Store, hashed: list[str | None]) -> None:
    account_rules.configure(Settings(login_tries=100))
    for identity, password in [
        ("comp1-a2a", "wrong"),
        ("comp1-a2a", PASSWORD.lower()),
        ("comp1-a2a", PASSWORD + " "),
        ("comp1-a2a", ""),
        ("comp1-a2a", None),
        ("nobody", PASSWORD),
        ("comp1-handler", PASSWORD),  # a user is no identity
        ("", PASSWORD),
        (None, None),
        ("x" * 100_000, PASSWORD),
        ("comp1-a2a\0", PASSWORD),
        ("comp1-a2a", "\0\ud800"),
        ("comp1-a2a", PASSWORD + "x" * 100_000),
        ("%", PASSWORD),
    ]:
        hashed.clear()
        with pytest.raises(BadLogin) as refusal:
            log_in(seeded_store, identity, password)
        assert refusal.value.message == WRONG
        assert refusal.value.code == "Failure"
        assert len(hashed) == 1


def test_the_dummy_hash_is_no_way_in(seeded_store: Store) -> None:
    with pytest.raises(BadLogin):
        log_in(seeded_store, "nobody", "of nobody")
    assert not passwords.verify(None, "of nobody")


def test_an_account_that_stays_locked_says_of_no_password_that_it_is_right(seeded_store: Store) -> None:
    """Also when the series that locked it was forgotten, after thirty days: else the first guess of a new one would tell."""
    for _ in range(5):
        with pytest.raises(BadLogin):
            log_in(seeded_store, password="wrong")
    with seeded_store.writing() as connection:
        assert logins.purge(connection, clock.wall() + timedelta(days=31)) == 1
    told = set()
    for password in (PASSWORD, "wrong", PASSWORD, "wrong", PASSWORD):
        with pytest.raises(BadLogin) as refused:
            log_in(seeded_store, password=password)
        told.add(refused.value.message)
    assert len(told) == 1
    with pytest.raises(Locked):
        log_in(seeded_store)


def test_a_long_password_is_wrong_even_if_its_start_is_right(seeded_store: Store) -> None:
    long = "x" * passwords.LONGEST
    with seeded_store.writing() as connection:
        identity_accounts.set_password(connection, "comp1-a2a", long)
    assert log_in(seeded_store, password=long)
    with pytest.raises(BadLogin):
        log_in(seeded_store, password=long + "y")


def test_a_hash_that_cannot_be_read_is_a_wrong_password(seeded_store: Store) -> None:
    change(seeded_store, identities, "comp1-a2a", password_hash="garbage")
    with pytest.raises(BadLogin):
        log_in(seeded_store)


def test_a_disabled_identity_is_told_only_to_who_has_the_password(seeded_store: Store) -> None:
    log_in(seeded_store)  # remembered
    with seeded_store.writing() as connection:
        identity_accounts.set_enabled(connection, "COMP1-a2a", False)
    with pytest.raises(Disabled, match="This A2A account is disabled"):
        log_in(seeded_store)
    with pytest.raises(BadLogin):
        log_in(seeded_store, password="wrong")
    with seeded_store.writing() as connection:
        identity_accounts.set_enabled(connection, "comp1-a2a", True)
    assert log_in(seeded_store)


def test_a_disabled_organisation(seeded_store: Store) -> None:
    change(seeded_store, organisations, "COMP001", enabled=False)
    with pytest.raises(Disabled, match="organisation of this A2A account is disabled"):
        log_in(seeded_store)


def test_as_user(seeded_store: Store) -> None:
    change(seeded_store, users, "comp1-leader", enabled=False)
    change(seeded_store, users, "comp1-admin", active=False)
    told = {}
    for as_user in ("", None, "nobody", "comp2-handler", "cr1-handler", "x" * 1000, "comp1-handler\0", "comp1-a2a", "comp1-leader", "comp1-admin"):
        with pytest.raises(BadUser) as refusal:
            log_in(seeded_store, as_user=as_user)
        told[as_user] = refusal.value.message
    assert "is missing" in told[""]
    assert told[None] == told[""]
    assert "is no user of this organisation" in told["nobody"]
    assert {told[one] for one in ("comp2-handler", "cr1-handler", "x" * 1000, "comp1-handler\0", "comp1-a2a")} == {told["nobody"]}
    assert "is disabled" in told["comp1-leader"]
    assert "is not active" in told["comp1-admin"]


def test_whether_a_user_exists_is_not_told_without_the_password(seeded_store: Store) -> None:
    change(seeded_store, users, "comp1-leader", enabled=False)
    for as_user in ("", "nobody", "comp1-leader", "comp1-handler"):
        with pytest.raises(BadLogin):
            log_in(seeded_store, password="wrong", as_user=as_user)


def test_a_right_password_is_remembered_and_a_wrong_one_is_not(seeded_store: Store, hashed: list[str | None]) -> None:
    log_in(seeded_store)
    log_in(seeded_store, "COMP1-A2A", as_user="comp1-leader")
    assert len(hashed) == 1
    log_in(seeded_store, "comp2-a2a", as_user="comp2-handler")  # the same password, but another's
    assert len(hashed) == 2
    for _ in range(2):
        with pytest.raises(BadLogin):
            log_in(seeded_store, password="wrong")
    assert len(hashed) == 4


def test_it_is_remembered_for_so_long_and_no_longer(seeded_store: Store, hashed: list[str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    account_rules.configure(Settings(credential_cache_seconds=300))
    start = clock.wall()
    for seconds, times in [(0, 1), (299, 1), (300, 2), (599, 2)]:
        monkeypatch.setattr(clock, "wall", lambda seconds=seconds: start + timedelta(seconds=seconds))
        log_in(seeded_store)
        assert len(hashed) == times


def test_remembering_can_be_switched_off(seeded_store: Store, hashed: list[str | None]) -> None:
    account_rules.configure(Settings(credential_cache_seconds=0))
    log_in(seeded_store)
    log_in(seeded_store)
    assert len(hashed) == 2


def test_a_changed_password_ends_the_old_one_at_once(seeded_store: Store) -> None:
    log_in(seeded_store)
    with seeded_store.writing() as connection:
        identity_accounts.set_password(connection, "COMP1-a2a", "Another-Key-2027!")
    with pytest.raises(BadLogin):
        log_in(seeded_store)
    assert log_in(seeded_store, password="Another-Key-2027!").password_version == 2
    with seeded_store.writing() as connection:
        identity_accounts.set_password(connection, "comp1-a2a", PASSWORD)
    with pytest.raises(BadLogin):
        log_in(seeded_store, password="Another-Key-2027!")
    assert log_in(seeded_store).password_version == 3


def test_one_select(seeded_store: Store, statements: list[str]) -> None:
    log_in(seeded_store)
    statements.clear()
    log_in(seeded_store)
    assert [statement.split()[0] for statement in statements] == ["SELECT"]


def test_no_secret_is_shown(seeded_store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caller = log_in(seeded_store)
    with seeded_store.writing() as connection:
        identity_accounts.set_password(connection, "comp1-a2a", "Another-Key-2027!")
        pair = tokens.issue(connection, caller)
    shown = f"{caller!r} {pair!r} {caplog.text}"
    assert not any(secret in shown for secret in (PASSWORD, "Another-Key-2027!", pair.access, pair.refresh, "$argon2"))


def test_the_parameters_are_the_librarys() -> None:
    as_shipped = runpy.run_path(passwords.__file__)["keep"]("x")
    assert as_shipped.startswith("$argon2id$")
    assert extract_parameters(as_shipped) == extract_parameters(PasswordHasher().hash("x"))


NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_cache_keys_do_not_run_together() -> None:
    cache = PasswordCache(60)
    parts = [
        ("ab", "c", 1, "d"),
        ("a", "bc", 1, "d"),
        ("ab", "c", 11, "d"),
        ("ab", "c", 1, "1d"),
        ("ab", "c1", 1, "d"),
        ("", "abc", 1, "d"),
        ("ab", "c", 2, "d"),
    ]
    assert len({cache.key(*one) for one in parts}) == len(parts)
    assert cache.key(*parts[0]) == cache.key(*parts[0])
    assert cache.key(*parts[0]) != PasswordCache(60).key(*parts[0])  # another process cannot tell either


def test_cache_is_bounded_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "wall", lambda: NOW)
    cache = PasswordCache(60, capacity=3)
    for key in (b"1", b"2", b"3", b"1", b"4"):
        cache.remember(key)
    assert len(cache) == 3
    assert [key for key in (b"1", b"2", b"3", b"4") if cache.holds(key)] == [b"1", b"3", b"4"]


def test_cache_between_threads() -> None:
    cache = PasswordCache(60, capacity=50)
    failures: list[Exception] = []

    def work(name: int) -> None:
        try:
            for n in range(2000):
                cache.remember(f"{name}-{n % 70}".encode())
                cache.holds(f"{name}-{(n + 1) % 70}".encode())
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(cache) == 50
