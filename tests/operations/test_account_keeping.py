"""What whoever runs the gateway does with users, A2A accounts and software houses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway import clock
from gateway.domain.passwords import broken
from gateway.store import identities, passwords, software_houses, users
from gateway.store import tables as t
from gateway.store.engine import Store
from gateway.store.identities import BadIdentity
from gateway.store.software_houses import BadSoftwareHouse, SoftwareHouse
from gateway.store.users import BadUserData

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = date(2026, 11, 23)
WHO: dict[str, Any] = {"name": "Ann", "surname": "Ames", "profiles": ["CR Administrator"]}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "wall", lambda: NOW)


def run(store: Store, function: Any, *arguments: Any, **named: Any) -> Any:
    with store.writing() as connection:
        return function(connection, *arguments, **named)


def change(store: Store, table: Any, id: str, **values: Any) -> None:
    with store.writing() as connection:
        assert connection.execute(update(table).where(table.c.id == id).values(**values)).rowcount == 1


# users


def test_a_new_user(seeded_store: Store) -> None:
    made = run(seeded_store, users.add, "New-One", "CR00001", **WHO, email="ann@example.org", phone="01632 960001")
    assert (made.id, made.organisation_id, made.branch_id, made.profiles) == ("new-one", "CR00001", "001", ("CR Administrator",))
    assert (made.enabled, made.active, made.disabled_for, made.created_at) == (True, True, "", NOW)
    assert (made.expires_on, made.used_on) == (date(2028, 11, 23), TODAY)  # two years (portal notes 2.1)
    assert run(seeded_store, users.by_id, "NEW-ONE") == made
    assert made in run(seeded_store, users.all_of_them, "CR00001")
    assert len(run(seeded_store, users.all_of_them)) == 21


@pytest.mark.parametrize(
    ("id", "organisation", "other", "message"),
    [
        ("COMP1-handler", "CR00001", {}, "The user ID comp1-handler is in use already; it must be unique in the whole portal."),
        ("ann@example.org", "CR00001", {}, "A user needs a user ID that is no e-mail address"),
        ("", "CR00001", {}, "A user needs a user ID"),
        ("x" * 51, "CR00001", {}, "The user ID must have at most 50 printable characters."),
        ("a\nb", "CR00001", {}, "The user ID must have at most 50 printable characters."),
        ("new", "CR99999", {}, "There is no organisation CR99999."),
        ("new", "CR00001", {"branch_id": "002"}, "CR00001 has no branch 002."),
        ("new", "CR00001", {"profiles": ["COMP Claim Handler"]}, "'COMP Claim Handler' is no profile of this side"),
        ("new", "CR00001", {"profiles": []}, "A user needs at least one profile."),
        ("new", "CR00001", {"surname": ""}, "A user needs"),
        ("new", "CR00001", {"email": "TAKEN@example.org"}, "The e-mail address is that of user cr1-admin already"),
    ],
)
def test_a_user_that_cannot_be(seeded_store: Store, id: str, organisation: str, other: dict[str, Any], message: str) -> None:
    change(seeded_store, t.users, "cr1-admin", email="taken@Example.org")
    with pytest.raises(BadUserData, match=message.replace("(", r"\(")):
        run(seeded_store, users.add, id, organisation, **{**WHO, **other})
    assert len(run(seeded_store, users.all_of_them)) == 20


def test_the_same_address_in_another_organisation(seeded_store: Store) -> None:
    change(seeded_store, t.users, "cr1-admin", email="shared@example.org")
    run(seeded_store, users.add, "new", "CR00002", **WHO, email="shared@example.org")


def test_profiles_are_exchanged(seeded_store: Store) -> None:
    run(seeded_store, users.set_profiles, "CR1-handler", ["CR RTA Team Leader", "CR Administrator"])
    assert run(seeded_store, users.by_id, "cr1-handler").profiles == ("CR RTA Team Leader", "CR Administrator")
    with pytest.raises(BadUserData, match="is no profile of this side"):
        run(seeded_store, users.set_profiles, "cr1-handler", ["Admin"])


def test_disabling_and_enabling(seeded_store: Store) -> None:
    change(seeded_store, t.users, "cr1-handler", used_on=date(2026, 1, 1))
    run(seeded_store, users.disable, "CR1-handler")
    off = run(seeded_store, users.by_id, "cr1-handler")
    assert (off.enabled, off.active, off.disabled_for) == (False, False, "administrator")
    run(seeded_store, users.lapse, "cr1-handler", "idle")  # comes too late to change the reason
    assert run(seeded_store, users.by_id, "cr1-handler").disabled_for == "administrator"
    run(seeded_store, users.enable, "CR1-handler")
    on = run(seeded_store, users.by_id, "cr1-handler")
    assert (on.enabled, on.active, on.disabled_for, on.used_on) == (True, True, "", TODAY)  # idle days begin anew


def test_whose_idle_days_do_not_count_stays_so(seeded_store: Store) -> None:
    run(seeded_store, users.disable, "cr1-handler")
    run(seeded_store, users.enable, "cr1-handler")
    run(seeded_store, users.touch, "cr1-handler", TODAY)
    assert run(seeded_store, users.by_id, "cr1-handler").used_on is None


def test_extending(seeded_store: Store) -> None:
    change(seeded_store, t.users, "cr1-handler", expires_on=date(2026, 11, 22), enabled=False, disabled_for="expired", used_on=date(2026, 1, 1))
    with pytest.raises(BadUserData, match=r"User cr1-handler expired on 22 November 2026; the expiry date must be put off first\."):
        run(seeded_store, users.enable, "cr1-handler")
    with pytest.raises(BadUserData, match="22 November 2026 has passed"):
        run(seeded_store, users.extend, "cr1-handler", date(2026, 11, 22))
    assert run(seeded_store, users.extend, "cr1-handler", TODAY) == TODAY
    again = run(seeded_store, users.by_id, "cr1-handler")
    assert (again.enabled, again.disabled_for, again.expires_on, again.used_on) == (True, "", TODAY, TODAY)
    assert run(seeded_store, users.extend, "cr1-handler") == date(2028, 11, 23)


def test_extending_enables_only_who_expired(seeded_store: Store) -> None:
    run(seeded_store, users.disable, "cr1-handler")
    run(seeded_store, users.extend, "cr1-handler")
    assert not run(seeded_store, users.by_id, "cr1-handler").enabled


@pytest.mark.parametrize("function", [users.disable, users.enable, users.extend, users.by_id])
def test_no_such_user(seeded_store: Store, function: Any) -> None:
    with pytest.raises(BadUserData, match=r"There is no user nobody\."):
        run(seeded_store, function, "nobody")


def test_warning_of_expiry_once_a_day(seeded_store: Store) -> None:
    for id, day in (("cr1-admin", date(2026, 12, 7)), ("cr1-handler", date(2026, 12, 8)), ("cr2-admin", TODAY), ("comp1-admin", date(2026, 11, 22))):
        change(seeded_store, t.users, id, expires_on=day)
    change(seeded_store, t.users, "cr1-leader", expires_on=TODAY, enabled=False)
    assert [user.id for user in run(seeded_store, users.warn, TODAY)] == ["cr1-admin", "cr2-admin"]
    assert run(seeded_store, users.warn, TODAY) == []
    assert [user.id for user in run(seeded_store, users.warn, date(2026, 11, 24))] == ["cr1-admin", "cr1-handler"]
    shown = {user.id for user in run(seeded_store, users.all_of_them) if user.is_about_to_expire(TODAY)}
    assert shown == {"cr1-admin", "cr2-admin"}


# A2A accounts


def test_a_new_account(seeded_store: Store) -> None:
    run(seeded_store, software_houses.add, "SH0001", "Millrace Software Ltd")
    dates = {"valid_from": TODAY, "valid_until": date(2027, 11, 23)}
    password = run(seeded_store, identities.add, "CR1-Pilot", "CR00001", processes=["elpl"], software_house="SH0001", **dates)
    assert broken(password, ("cr1-pilot", "CR00001", "Quillfeather Injury Law LLP"), "") == []
    made = run(seeded_store, identities.by_id, "cr1-PILOT")
    assert (made.id, made.organisation_id, made.rta, made.elpl, made.software_house) == ("cr1-pilot", "CR00001", False, True, "SH0001")
    assert (made.valid_from, made.valid_until, made.password_on, made.created_at) == (TODAY, date(2027, 11, 23), TODAY, NOW)
    assert [one.id for one in run(seeded_store, identities.all_of_them, "CR00001")] == ["cr1-a2a", "cr1-pilot"]
    assert len(run(seeded_store, identities.all_of_them)) == 7


@pytest.mark.parametrize(
    ("name", "other", "message"),
    [
        ("CR2-a2a", {}, "There is an A2A account cr2-a2a already."),
        ("", {}, "The name of an A2A account must have 1 to 50 printable characters."),
        ("x" * 51, {}, "The name of an A2A account must have 1 to 50 printable characters."),
        ("new", {"organisation_id": "CR99999"}, "There is no organisation CR99999."),
        ("new", {"processes": []}, "An A2A account is for the services of rta or elpl, or both."),
        ("new", {"processes": ["oic"]}, "An A2A account is for the services of rta or elpl, or both."),
        ("new", {"software_house": "SH0001"}, "There is no software house SH0001."),
        (
            "new",
            {"valid_from": date(2026, 12, 2), "valid_until": date(2026, 12, 1)},
            "The last day, 1 December 2026, is before the first, 2 December 2026.",
        ),
    ],
)
def test_an_account_that_cannot_be(seeded_store: Store, name: str, other: dict[str, Any], message: str) -> None:
    with pytest.raises(BadIdentity, match=message):
        run(seeded_store, identities.add, name, **{"organisation_id": "CR00001", **other})
    assert len(run(seeded_store, identities.all_of_them)) == 6


def test_what_is_done_with_an_account(seeded_store: Store) -> None:
    run(seeded_store, identities.suspend, "CR1-a2a", "shared.")
    run(seeded_store, identities.set_dates, "cr1-a2a", None, TODAY)
    run(seeded_store, identities.set_processes, "cr1-a2a", ["rta"])
    run(seeded_store, identities.set_enabled, "cr1-a2a", False)
    change(seeded_store, t.identities, "cr1-a2a", locked_at=NOW)
    found = run(seeded_store, identities.by_id, "cr1-a2a")
    assert (found.suspended, found.suspended_for, found.valid_until, found.elpl, found.enabled) == (True, "shared", TODAY, False, False)
    run(seeded_store, identities.unsuspend, "cr1-a2a")
    run(seeded_store, identities.release, "cr1-a2a")
    run(seeded_store, identities.set_dates, "cr1-a2a", None, None)
    found = run(seeded_store, identities.by_id, "cr1-a2a")
    assert (found.suspended, found.suspended_for, found.valid_until, found.locked_at) == (False, "", None, None)


def test_a_reset_password_goes_into_the_history(seeded_store: Store) -> None:
    first = run(seeded_store, identities.reset_password, "CR1-a2a")
    second = run(seeded_store, identities.reset_password, "cr1-a2a")
    with seeded_store.reading() as connection:
        row = connection.execute(select(t.identities).where(t.identities.c.id == "cr1-a2a")).one()
        older = identities.previous_passwords(connection, "cr1-a2a", 5)
    assert (row.password_version, row.password_on) == (3, TODAY)
    assert passwords.verify(row.password_hash, second)
    assert [passwords.verify(kept, text) for kept, text in zip(older, (first, "Sandbox-Key-2026!"), strict=True)] == [True, True]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (identities.by_id, ()),
        (identities.set_enabled, (False,)),
        (identities.suspend, ("",)),
        (identities.unsuspend, ()),
        (identities.set_dates, (None, None)),
        (identities.set_processes, (["rta"],)),
        (identities.set_software_house, (None,)),
        (identities.release, ()),
        (identities.reset_password, ()),
        (identities.set_password, ("x",)),
    ],
)
def test_no_such_account(seeded_store: Store, function: Any, arguments: tuple[Any, ...]) -> None:
    for name in ("nobody", "", "x\0"):
        with pytest.raises(BadIdentity, match="There is no A2A account"):
            run(seeded_store, function, name, *arguments)


@pytest.mark.parametrize("reason", ["x" * 201, "two\nlines"])
def test_a_reason_that_cannot_be_told(seeded_store: Store, reason: str) -> None:
    with pytest.raises(BadIdentity, match="The reason must have at most 200 printable characters"):
        run(seeded_store, identities.suspend, "cr1-a2a", reason)


# software houses


def test_software_houses(seeded_store: Store) -> None:
    run(seeded_store, software_houses.add, "SH0002", "Tallow & Wick Systems")
    run(seeded_store, software_houses.add, "SH0001", "Millrace Software Ltd")
    run(seeded_store, software_houses.set_enabled, "SH0002", False)
    houses = run(seeded_store, software_houses.all_of_them)
    assert houses == [SoftwareHouse("SH0001", "Millrace Software Ltd", True), SoftwareHouse("SH0002", "Tallow & Wick Systems", False)]
    assert run(seeded_store, software_houses.by_id, "sh0001") is None
    with pytest.raises(BadSoftwareHouse, match="There is a software house SH0001 already"):
        run(seeded_store, software_houses.add, "SH0001", "Another")
    with pytest.raises(BadSoftwareHouse, match="There is no software house SH0009"):
        run(seeded_store, software_houses.set_enabled, "SH0009", True)


@pytest.mark.parametrize(("id", "name"), [("SH1", "A"), ("sh0001", "A"), ("SH00001", "A"), ("SH000١", "A"), ("SH0001", " "), ("SH0001", "A" * 101)])
def test_a_software_house_that_cannot_be(seeded_store: Store, id: str, name: str) -> None:
    with pytest.raises(BadSoftwareHouse):
        run(seeded_store, software_houses.add, id, name)
