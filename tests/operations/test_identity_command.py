"""`gateway identity` and `gateway software-house` (portal notes 1.6, 3.6, 4.6-4.8)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from administrator import Administrator, was

from gateway import clock
from gateway.store import credentials, passwords
from gateway.store.admission import BadLogin
from gateway.store.engine import Store
from gateway.store.tables import identities

SHOWN_ONCE = "password (shown this once): "


@pytest.fixture
def admin(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(seeded_store, monkeypatch)


def _password(told: str) -> str:
    return told.rstrip("\n").partition(SHOWN_ONCE)[2]


def _is_password(admin: Administrator, id: str, password: str) -> bool:
    with admin.store.reading() as connection:
        return passwords.verify(
            connection.scalar(identities.select().with_only_columns(identities.c.password_hash).where(identities.c.id == id)), password
        )


def test_adding(admin: Administrator) -> None:
    admin.does("software-house", "add", "Casework")
    bounds = ("--from", "2027-01-04", "--until", "2027-12-31", "--services", "rta", "--software-house", "sh0001")
    told = admin.does("identity", "add", "Pilot-A2A", "comp001", *bounds)
    assert told.startswith("A2A account pilot-a2a of COMP001, password (shown this once): ")
    assert _is_password(admin, "pilot-a2a", _password(told))
    added = {"services": ["rta"], "software_house": "SH0001", "valid_from": "2027-01-04", "valid_until": "2027-12-31"}
    assert admin.last() == ("ops", "identity.add", "pilot-a2a", "COMP001", added)
    shown = admin.json("identity", "show", "PILOT-a2a")
    assert {name: shown[name] for name in ("rta", "elpl", "software_house", "valid_from", "valid_until", "password_on", "enabled")} == {
        "rta": True,
        "elpl": False,
        "software_house": "SH0001",
        "valid_from": "2027-01-04",
        "valid_until": "2027-12-31",
        "password_on": "2026-11-22",
        "enabled": True,
    }
    assert {name for name in shown if "password" in name} == {"password_on", "password_until"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("CR1-A2A", "CR00001"), "There is an A2A account cr1-a2a already."),
        (("Gateway", "CR00001"), "gateway is what the audit log calls the gateway itself; an A2A account needs another name."),
        (("x", "CR00009"), "There is no organisation CR00009."),
        (("x", "CR00001", "--software-house", "SH0009"), "There is no software house SH0009."),
        (("x", "CR00001", "--from", "2027-01-05", "--until", "2027-01-04"), "The last day, 4 January 2027, is before the first, 5 January 2027."),
        (("x", "CR00001", "--from", "soon"), "'soon' is no date. Write 2027-06-14."),
    ],
)
def test_what_cannot_be_added(admin: Administrator, words: tuple[str, ...], message: str) -> None:
    assert admin.refused("identity", "add", *words) == message


def test_a_new_password_is_shown_once_and_is_nowhere_else(admin: Administrator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    first = _password(admin.does("identity", "reset", "Comp1-A2A"))
    second = admin.json("identity", "reset", "comp1-a2a")
    assert (second["id"], second["organisation_id"]) == ("comp1-a2a", "COMP001")
    assert not _is_password(admin, "comp1-a2a", first)
    assert _is_password(admin, "comp1-a2a", second["password"])
    assert admin.log() == [("ops", "identity.reset", "comp1-a2a", "COMP001", {})] * 2
    told = [admin.does(*words) for words in (["audit"], ["audit", "--json"], ["identity", "show", "comp1-a2a", "--json"], ["identity", "list"])]
    secrets = (first, second["password"], "$argon2")
    assert not any(secret in text for text in (*told, caplog.text, repr(admin.everything()["audit"])) for secret in secrets)


@pytest.mark.parametrize(
    ("words", "sentence", "changed"),
    [
        (("disable",), "is disabled.", {"enabled": was(True, False)}),
        (("suspend",), "is suspended.", {"suspended": was(False, True)}),
        (("suspend", "--reason", "two share it."), "is suspended.", {"suspended": was(False, True), "suspended_for": was("", "two share it")}),
        (("dates", "--from", "2026-12-01"), "is good from 2026-12-01.", {"valid_from": was(None, "2026-12-01")}),
        (("dates", "--until", "2027-06-30"), "is good until 2027-06-30.", {"valid_until": was(None, "2027-06-30")}),
        (("edit", "--services", "elpl"), "is changed.", {"rta": was(True, False)}),
        (("edit", "--software-house", "SH0001"), "is changed.", {"software_house": was(None, "SH0001")}),
    ],
)  # fmt: skip
def test_changing_and_changing_back(admin: Administrator, words: tuple[str, ...], sentence: str, changed: dict[str, object]) -> None:
    admin.does("software-house", "add", "Casework")
    verb, *more = words
    assert admin.does("identity", verb, "Comp1-A2A", *more) == f"A2A account comp1-a2a {sentence}\n"
    assert admin.last() == ("ops", f"identity.{verb}", "comp1-a2a", "COMP001", changed)
    before = admin.everything()
    assert admin.does("identity", verb, "comp1-a2a", *more) == "It is so already. Nothing was changed.\n"
    assert admin.everything() == before
    back = {
        "disable": ("enable",),
        "suspend": ("unsuspend",),
        "dates": ("dates", "--from", "none", "--until", "none"),
        "edit": ("edit", "--services", "both", "--software-house", "none"),
    }[verb]
    admin.does("identity", back[0], "comp1-a2a", *back[1:])
    assert admin.last() == (
        *("ops", f"identity.{back[0]}", "comp1-a2a", "COMP001"),
        {name: was(one["to"], one["from"]) for name, one in changed.items()},  # type: ignore[index]
    )


def test_one_bound_leaves_the_other(admin: Administrator) -> None:
    admin.does("identity", "dates", "comp1-a2a", "--from", "2026-12-01", "--until", "2027-06-30")
    assert admin.does("identity", "dates", "comp1-a2a", "--from", "none") == "A2A account comp1-a2a is good until 2027-06-30.\n"
    assert admin.refused("identity", "dates", "comp1-a2a", "--from", "2027-07-01").startswith("The last day, 30 June 2027, is before the first")
    assert admin.does("identity", "dates", "comp1-a2a", "--until", "none") == "A2A account comp1-a2a is good on any day.\n"


def test_a_name_that_was_guessed_at_before_there_was_an_account(admin: Administrator) -> None:
    """Names of nobody are counted as well; that must not lock whoever is given the name later."""
    for _ in range(5):
        with admin.store.session() as session, pytest.raises(BadLogin):
            credentials.by_password(session, "rta", "pilot", "wrong", "comp1-handler")
    password = admin.json("identity", "add", "pilot", "COMP001")["password"]
    with admin.store.session() as session:
        assert credentials.by_password(session, "rta", "pilot", password, "comp1-handler").user_id == "comp1-handler"


def test_a_lock_is_released(admin: Administrator) -> None:
    for _ in range(5):
        with admin.store.session() as session, pytest.raises(BadLogin):
            credentials.by_password(session, "rta", "comp1-a2a", "wrong", "comp1-handler")
    assert "State:          locked" in admin.lines("identity", "show", "comp1-a2a")
    admin.does("identity", "suspend", "comp1-a2a")
    assert admin.does("identity", "release", "comp1-a2a") == "A2A account comp1-a2a is not locked any more.\n"
    assert admin.last() == ("ops", "identity.release", "comp1-a2a", "COMP001", {"locked_at": was("2026-11-22T09:30:00+00:00", None)})
    assert "State:          suspended" in admin.lines("identity", "show", "comp1-a2a")  # that is another matter


def test_lists(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    admin.json("identity", "add", "pilot", "COMP001", "--from", "2027-01-04", "--until", "2027-12-31", "--services", "elpl")
    admin.does("identity", "disable", "comp1-a2a")
    listed = admin.json("identity", "list", "comp001")
    assert [(one["id"], one["state"], one["password_until"]) for one in listed] == [
        ("comp1-a2a", "disabled", None),
        ("pilot", "not yet good", "2027-02-20"),
    ]
    assert admin.json("identity", "show", "pilot") == listed[1]
    assert len(admin.json("identity", "list")) == 7
    states = {}
    for day in (
        datetime(2026, 11, 22, tzinfo=UTC),
        datetime(2027, 1, 4, tzinfo=UTC),
        datetime(2027, 2, 21, tzinfo=UTC),
        datetime(2028, 1, 1, tzinfo=UTC),
    ):
        monkeypatch.setattr(clock, "wall", lambda day=day: day)
        states[day.date().isoformat()] = admin.lines("identity", "list", "COMP001")
    heading = "name       of       services    software house  state     "
    assert states["2027-01-04"] == [
        f"{heading}days",
        "comp1-a2a  COMP001  RTA, EL/PL                  disabled",
        "pilot      COMP001  EL/PL                       enabled   from 2027-01-04 until 2027-12-31",
    ]
    assert "not yet good" in states["2026-11-22"][2]
    assert "password expired" in states["2027-02-21"][2]  # set on 22 November, good for ninety days
    assert "over, password expired" in states["2028-01-01"][2]
    assert admin.lines("identity", "show", "cr1-a2a") == [
        "A2A account:    cr1-a2a",
        "Of:             CR00001",
        "Services:       RTA, EL/PL",
        "Software house: any",
        "State:          enabled",
        "Days:           not bounded",
        "Password:       does not expire",
    ]
    for verb in ("show", "enable", "reset", "release", "dates"):
        assert admin.refused("identity", verb, "nobody") == "There is no A2A account nobody."


def test_software_houses(admin: Administrator) -> None:
    assert admin.lines("software-house", "list") == ["There are no software houses. Run: gateway software-house add"]
    assert admin.does("software-house", "add", "Casework Ltd") == "SH0001 Casework Ltd is registered.\n"
    assert admin.last() == ("ops", "software-house.add", "SH0001", None, {"name": "Casework Ltd"})
    assert admin.json("software-house", "add", "Other", "--id", "sh0100") == {"id": "SH0100", "name": "Other", "enabled": True}
    assert admin.json("software-house", "add", "Third")["id"] == "SH0101"
    assert admin.refused("software-house", "add", "Again", "--id", "SH0001") == "There is a software house SH0001 already."
    assert admin.refused("software-house", "add", "Again", "--id", "SH1").startswith("'SH1' is no id of a software house")
    assert admin.does("software-house", "disable", "sh0001") == "SH0001 is disabled.\n"
    assert admin.last() == ("ops", "software-house.disable", "SH0001", None, {"enabled": was(True, False)})
    assert admin.does("software-house", "disable", "SH0001") == "It is so already. Nothing was changed.\n"
    assert admin.lines("software-house", "list")[:2] == ["id      name          state", "SH0001  Casework Ltd  disabled"]
    admin.does("software-house", "enable", "SH0001")
    assert [one["enabled"] for one in admin.json("software-house", "list")] == [True, True, True]
    assert admin.refused("software-house", "enable", "SH0009") == "There is no software house SH0009."
