"""`gateway user` (portal notes 2.1-2.4, 2.6, 3.3, 3.4). The users of the sandbox do not expire, so those of these tests are added."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from administrator import REAL, Administrator, was
from claim_rows import add_claim

from gateway import clock
from gateway.domain import accounts
from gateway.store import users
from gateway.store.engine import Store

JANE = ("user", "add", "JSmith", "COMP001", "--name", "Jane", "--surname", "Smith", "--profile", "COMP Claim Handler")


@pytest.fixture
def admin(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(seeded_store, monkeypatch)


def _lapse(admin: Administrator, id: str, reason: str) -> None:
    with admin.store.writing() as connection:
        users.lapse(connection, id, reason)


def test_adding(admin: Administrator) -> None:
    assert admin.does(*JANE) == "User jsmith of COMP001 is added: COMP Claim Handler; good until 2028-11-22.\n"
    added = {"profiles": ["COMP Claim Handler"], "branch": "001", "expires_on": "2028-11-22"}
    assert admin.last() == ("ops", "user.add", "jsmith", "COMP001", added)
    shown = admin.json("user", "show", "JSMITH")
    assert (shown["branch_id"], shown["enabled"], shown["active"], shown["used_on"], shown["claims"]) == ("001", True, True, "2026-11-22", 0)
    more = ("--second-name", "Q", "--email", "jo@x.example", "--phone", "0161 496 0000", "--branch", "002", "--until", "2027-06-14")
    made = admin.json("user", "add", "jo", "comp001", "--name", "Jo", "--surname", "Fern", "--profile", "comp administrator", *more)
    assert {name: made[name] for name in ("second_name", "email", "phone", "branch_id", "expires_on", "profiles")} == {
        "second_name": "Q",
        "email": "jo@x.example",
        "phone": "0161 496 0000",
        "branch_id": "002",
        "expires_on": "2027-06-14",
        "profiles": ["COMP Administrator"],
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--profile", "COMP Claim Handlr"), "'COMP Claim Handlr' is no profile of this side; did you mean COMP Claim Handler"),
        (("--profile", "CR RTA Claim Handler"), "'CR RTA Claim Handler' is no profile of this side; did you mean COMP RTA Claim Handler"),
        (("--profile", "boss"), "'boss' is no profile of this side; there are: COMP Administrator, COMP RTA Claim Handler, "),
        (("--branch", "009"), "COMP001 has no branch 009."),
        (("--email", "HOLLOWAY@x.example"), "The e-mail address is that of user comp1-branch2 already; it must be unique within the organisation."),
        (("--until", "14/06/2027"), "'14/06/2027' is no date. Write 2027-06-14."),
        (("--until", "2127-06-14"), "2127-06-14 is out of reach: the years 2010 to 2099 are allowed."),
        (("--phone", "0" * 51), "The telephone number must have at most 50 printable characters."),
        (("--name", " "), "A user needs a user ID that is no e-mail address, a name and a surname."),
    ],
)
def test_what_cannot_be_added(admin: Administrator, words: tuple[str, ...], message: str) -> None:
    admin.does("user", "edit", "comp1-branch2", "--email", "holloway@x.example")
    assert admin.refused(*JANE, *words).startswith(message)


@pytest.mark.parametrize(
    ("id", "organisation", "message"),
    [
        ("CR1-Handler", "COMP001", "The user ID cr1-handler is in use already; it must be unique in the whole portal."),
        ("Gateway", "COMP001", "gateway is what history calls the gateway itself; a user needs another user ID."),
        ("jane@x.example", "COMP001", "A user needs a user ID that is no e-mail address, a name and a surname."),
        ("jsmith", "COMP009", "There is no organisation COMP009."),
    ],
)
def test_ids(admin: Administrator, id: str, organisation: str, message: str) -> None:
    assert admin.refused("user", "add", id, organisation, *JANE[4:]) == message


def test_editing(admin: Administrator) -> None:
    """An e-mail address that another organisation's user has is free; the own one as well."""
    admin.does("user", "edit", "cr1-handler", "--email", "a@x.example")
    admin.does("user", "edit", "comp1-handler", "--email", "a@x.example")
    assert admin.does("user", "edit", "Comp1-Handler", "--email", "a@x.example", "--branch", "002", "--surname", " Larkfield-Fern ") == (
        "User comp1-handler is changed.\n"
    )
    changed = {"branch_id": was("001", "002"), "surname": was("Larkfield", "Larkfield-Fern")}
    assert admin.last() == ("ops", "user.edit", "comp1-handler", "COMP001", changed)
    assert admin.refused("user", "edit", "comp1-leader", "--email", "A@x.example").startswith("The e-mail address is that of user comp1-handler")
    assert admin.refused("user", "edit", "comp1-leader", "--name", "") == "A user needs a name and a surname."
    assert admin.refused("user", "edit", "comp1-leader", "--branch", "003") == "COMP001 has no branch 003."
    assert admin.refused("user", "edit", "nobody", "--name", "X") == "There is no user nobody."
    assert admin.does("user", "edit", "comp1-leader") == "It is so already. Nothing was changed.\n"


def test_profiles(admin: Administrator) -> None:
    assert admin.does("user", "profiles", "comp1-handler", "comp claim dispatcher", "COMP Administrator", "COMP Administrator") == (
        "User comp1-handler now has: COMP Claim Dispatcher, COMP Administrator.\n"
    )
    assert admin.last() == (
        *("ops", "user.profiles", "comp1-handler", "COMP001"),
        {"profiles": was(["COMP Claim Handler"], ["COMP Claim Dispatcher", "COMP Administrator"])},
    )
    assert admin.refused("user", "profiles", "comp1-handler", "CR Administrator").startswith("'CR Administrator' is no profile of this side; did")


def test_disabling_and_enabling(admin: Administrator) -> None:
    """By an administrator both flags (portal notes 3.3)."""
    admin.does(*JANE)
    assert admin.does("user", "disable", "jsmith") == "User jsmith is disabled.\n"
    off = {"enabled": was(True, False), "active": was(True, False), "disabled_for": was("", "administrator")}
    assert admin.last() == ("ops", "user.disable", "jsmith", "COMP001", off)
    assert admin.does("user", "disable", "jsmith") == "It is so already. Nothing was changed.\n"
    assert admin.does("user", "enable", "jsmith") == "User jsmith is enabled.\n"
    on = {"enabled": was(False, True), "active": was(False, True), "disabled_for": was("administrator", "")}
    assert admin.last() == ("ops", "user.enable", "jsmith", "COMP001", on)
    before = admin.everything()
    assert admin.does("user", "enable", "jsmith") == "It is so already. Nothing was changed.\n"
    assert admin.everything() == before


def test_claims_are_reallocated_before(admin: Administrator) -> None:
    with admin.store.writing() as connection:
        for values in ({"cm_user": "comp1-handler"}, {"cm_user": "comp1-handler", "ended": True}, {"cm_user": "comp1-leader"}):
            add_claim(connection, **values)
    assert admin.json("user", "show", "comp1-handler")["claims"] == 1
    assert admin.json("user", "show", "comp1-handler")["state"] == "enabled"
    assert admin.refused("user", "disable", "comp1-handler") == (
        "1 open claim is still allocated to user comp1-handler. Let a team leader allocate them to others first (allocateUser), or say --force. "
        "Nothing was changed."
    )
    assert admin.does("user", "disable", "comp1-handler", "--force") == "User comp1-handler is disabled.\n"
    with admin.store.writing() as connection:
        for _ in range(2):
            add_claim(connection, cr_user="cr1-handler")
    assert admin.refused("user", "disable", "cr1-handler").startswith("2 open claims are still allocated to user cr1-handler.")


def test_which_claims_are_in_progress(admin: Administrator) -> None:
    """One that was rejected is, until it is gone sixty days later; one that was deleted for good is not."""
    gone_at = REAL + timedelta(days=1)
    with admin.store.writing() as connection:
        rejected = {"phase": "ClaimRejectedToCR", "running": None, "acts": "claimant-representative", "cr_user": "cr1-handler"}
        add_claim(connection, gone_at=gone_at, **rejected)
        add_claim(connection, gone_at=REAL, **rejected)
        add_claim(connection, cr_user="cr1-handler", gone_at=gone_at, deleted_at=REAL)
    assert admin.json("user", "show", "cr1-handler")["claims"] == 1
    assert admin.refused("user", "disable", "cr1-handler").startswith("1 open claim is still allocated")


def test_whose_branch_or_profiles_change_may_lose_sight_of_claims(admin: Administrator) -> None:
    with admin.store.writing() as connection:
        add_claim(connection, cm_user="comp1-branch2", cm_branch="002")
    told = "1 open claim is still allocated to user comp1-branch2, who may not see all that any more; a team leader can allocate anew (allocateUser)."
    assert admin.does("user", "edit", "comp1-branch2", "--branch", "001").splitlines()[1:] == [told]
    assert admin.does("user", "profiles", "comp1-branch2", "COMP Claim Dispatcher").splitlines()[1:] == [told]
    assert admin.does("user", "edit", "comp1-branch2", "--phone", "0161 496 0000").splitlines()[1:] == []


def test_the_last_administrator(admin: Administrator) -> None:
    assert admin.does("user", "disable", "comp1-admin").splitlines() == [
        "User comp1-admin is disabled.",
        "COMP001 has no enabled administrator left.",
    ]


def test_the_last_day(admin: Administrator) -> None:
    admin.does(*JANE)
    assert admin.does("user", "expire", "jsmith") == "User jsmith is good until 2026-11-21 and no longer.\n"
    assert admin.last() == ("ops", "user.expire", "jsmith", "COMP001", {"expires_on": was("2028-11-22", "2026-11-21")})
    assert "State:     expired" in admin.lines("user", "show", "jsmith")
    assert admin.refused("user", "extend", "jsmith", "--until", "2026-11-21").startswith("21 November 2026 has passed")
    assert admin.does("user", "extend", "jsmith") == "User jsmith is good until 2028-11-22.\n"
    assert admin.last() == ("ops", "user.extend", "jsmith", "COMP001", {"expires_on": was("2026-11-21", "2028-11-22")})
    assert admin.does("user", "expire", "jsmith", "--on", "2027-06-14") == "User jsmith is good until 2027-06-14 and no longer.\n"


def test_who_had_expired_is_extended_and_enabled(admin: Administrator) -> None:
    admin.does(*JANE)
    admin.does("user", "expire", "jsmith")
    _lapse(admin, "jsmith", accounts.EXPIRED)
    assert admin.refused("user", "enable", "jsmith").startswith("User jsmith expired on 21 November 2026")
    admin.does("user", "extend", "jsmith", "--until", "2027-06-14")
    extended = {"expires_on": was("2026-11-21", "2027-06-14"), "enabled": was(False, True), "disabled_for": was("expired", "")}
    assert admin.last() == ("ops", "user.extend", "jsmith", "COMP001", extended)


def _listed(admin: Administrator, *words: str) -> list[str]:
    return [one["id"] for one in admin.json("user", "list", *words)]


def test_lists_by_state(admin: Administrator) -> None:
    """The portal's four filters (portal notes 3.3)."""
    everybody = ["comp1-admin", "comp1-branch2", "comp1-dispatcher", "comp1-handler", "comp1-leader"]
    _lapse(admin, "comp1-handler", accounts.IDLE)
    admin.does("user", "disable", "comp1-leader")
    assert _listed(admin, "COMP001") == _listed(admin, "COMP001", "--state", "all") == everybody
    assert _listed(admin, "COMP001", "--state", "enabled") == everybody[:3]
    assert _listed(admin, "COMP001", "--state", "disabled") == ["comp1-handler"]
    assert _listed(admin, "COMP001", "--state", "inactive") == ["comp1-leader"]
    assert len(_listed(admin)) == 20
    assert [line.split()[0] for line in admin.lines("user", "list", "COMP003")[1:]] == ["comp3-admin", "comp3-handler"]
    assert any("disabled (not used for 90 days)" in line for line in admin.lines("user", "list", "COMP001"))
    assert admin.lines("user", "list", "COMP001", "--expiring", "30") == ["There are no such users."]


@pytest.mark.parametrize(
    ("days_left", "expiring", "listed", "marked"),
    [(14, 14, True, True), (15, 14, False, False), (15, 15, True, False), (0, 0, True, True), (1, 30, True, True), (-1, 30, False, False)],
)
def test_whose_last_day_comes(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch, days_left: int, expiring: int, listed: bool, marked: bool
) -> None:
    """Marked from fourteen days before (portal notes 3.4)."""
    admin.does(*JANE, "--until", "2027-06-14")
    now = datetime(2027, 6, 14, 12, tzinfo=REAL.tzinfo) - timedelta(days=days_left)
    monkeypatch.setattr(clock, "wall", lambda: now)
    assert _listed(admin, "--expiring", str(expiring)) == (["jsmith"] if listed else [])
    (one,) = [one for one in admin.json("user", "list", "COMP001") if one["id"] == "jsmith"]
    assert one["about_to_expire"] is marked
    shown = f" (in {days_left} day{'' if days_left == 1 else 's'})" if marked else ""
    assert f"Last day:  2027-06-14{shown}" in admin.lines("user", "show", "jsmith")


def test_one(admin: Administrator) -> None:
    assert admin.lines("user", "show", "COMP1-branch2") == [
        "User:      comp1-branch2, Tamsin Holloway",
        "Of:        COMP001, branch 002",
        "Profiles:  COMP Branch Claim Handler",
        "State:     enabled",
        "Last day:  none",
        "Last used: does not count",
        "Claims:    0 open allocated",
    ]
    assert admin.refused("user", "show", "nobody") == "There is no user nobody."
