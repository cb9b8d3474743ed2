"""`gateway org`: registering organisations and looking after them (portal notes 1.1, 1.2, 1.7, 1.8)."""

from __future__ import annotations

import logging
import threading

import pytest
from administrator import NEWTOWN, OAK, Administrator, was

from gateway.store import organisations, passwords
from gateway.store.engine import Store
from gateway.store.tables import identities

ADDRESS = {"street1": "1 High Street", "city": "Newtown", "postCode": "ZZ99 1AA", "addressType": "F"}


@pytest.fixture
def admin(store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(store, monkeypatch)


def test_a_compensator(admin: Administrator) -> None:
    told = admin.does(*NEWTOWN, "--claims", "rta", "--admin-email", "ann@newtown.example")
    assert told == "COMP001 Newtown Mutual is registered, with branch 001 and administrator newtown-admin.\n"
    shown = admin.json("org", "show", "comp001")
    assert {name: shown[name] for name in ("id", "path", "name", "kind", "compensator_type", "rta", "elpl", "enabled", "address")} == {
        "id": "COMP001",
        "path": "/COMP001",
        "name": "Newtown Mutual",
        "kind": "COMP",
        "compensator_type": "I",
        "rta": True,
        "elpl": False,
        "enabled": True,
        "address": ADDRESS,
    }
    assert (shown["branches"], shown["users"], shown["identities"]) == (["001"], ["newtown-admin"], [])
    branch = admin.json("branch", "show", "COMP001", "001")
    assert (branch["path"], branch["kind"], branch["name"], branch["address"]) == ("/COMP001/001", "central", "Central point", ADDRESS)
    user = admin.json("user", "show", "NEWTOWN-ADMIN")
    assert (user["profiles"], user["branch_id"], user["expires_on"], user["email"]) == (
        ["COMP Administrator"],
        "001",
        "2028-11-22",
        "ann@newtown.example",
    )
    registered = {"name": "Newtown Mutual", "kind": "COMP", "type": "I", "claims": ["rta"]}
    added = {"profiles": ["COMP Administrator"], "branch": "001", "expires_on": "2028-11-22"}
    assert admin.log() == [
        ("ops", "org.register", "COMP001", "COMP001", registered),
        ("ops", "user.add", "newtown-admin", "COMP001", added),
    ]


def test_a_claimant_representative(admin: Administrator) -> None:
    made = admin.json(*OAK)
    assert (made["id"], made["compensator_type"], made["rta"], made["elpl"]) == ("CR00001", None, True, True)
    branch = admin.json("branch", "show", "CR00001", "001")
    assert (branch["path"], branch["kind"], branch["name"]) == ("/CR00001/001", "handling", "Head office")
    assert admin.json("user", "show", "oak-admin")["profiles"] == ["CR Administrator"]


def test_with_an_a2a_account_whose_password_is_shown_once(admin: Administrator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    admin.does("software-house", "add", "Casework")
    told = admin.does(*NEWTOWN, "--claims", "elpl", "--a2a", "Newtown-A2A", "--software-house", "sh0001")
    start = "A2A account newtown-a2a, password (shown this once): "
    (password,) = [line.removeprefix(start) for line in told.splitlines() if line.startswith(start)]
    with admin.store.reading() as connection:
        row = connection.execute(identities.select()).one()
    assert (row.id, row.organisation_id, row.rta, row.elpl, row.software_house) == ("newtown-a2a", "COMP001", False, True, "SH0001")
    assert passwords.verify(row.password_hash, password)
    assert admin.last() == ("ops", "identity.add", "newtown-a2a", "COMP001", {"services": ["elpl"], "software_house": "SH0001"})
    again = [
        admin.does(*words)
        for words in (["identity", "show", "newtown-a2a"], ["identity", "list", "--json"], ["audit", "--json"], ["org", "show", "COMP001"])
    ]
    assert not any(secret in text for text in (*again, caplog.text, repr(admin.everything()["audit"])) for secret in (password, "$argon2"))


def test_for_programs(admin: Administrator) -> None:
    made = admin.json(*NEWTOWN, "--a2a", "newtown-a2a")
    assert (made["administrator"], made["agreement"], made["identity"]["id"]) == ("newtown-admin", None, "newtown-a2a")
    with admin.store.reading() as connection:
        assert passwords.verify(connection.scalar(identities.select().with_only_columns(identities.c.password_hash)), made["identity"]["password"])


def test_the_agreement_is_accepted_on_wish(admin: Administrator) -> None:
    admin.does("agreement", "publish", "2026-1", "--title", "Agreement", "--due", "2026-12-31", "--file", "-", given="Be good.")
    assert admin.does(*NEWTOWN, "--accept-agreement").splitlines()[1:] == ["User agreement 2026-1 is accepted."]
    assert admin.last() == ("ops", "agreement.accept", "2026-1", "COMP001", {"user": "newtown-admin"})
    assert admin.does(*OAK).splitlines()[1:] == [
        "The user agreement must be accepted by 2026-12-31: gateway agreement accept --organisation CR00001 --by-user oak-admin"
    ]
    assert [one["missing"] for one in admin.json("agreement", "list")] == [["CR00001"]]


def _named(number: int, *more: str) -> tuple[str, ...]:
    """Another organisation like Newtown, with an administrator of its own."""
    return (*NEWTOWN, "--admin-id", f"admin-{number}", *more)


def test_ids(admin: Administrator) -> None:
    """The first that is free, whatever was chosen by hand; each kind has its own."""
    ids = [admin.json(*_named(number, *more))["id"] for number, more in enumerate(((), ("--id", "comp003"), (), (), ("--id", "COMP900")))]
    assert ids == ["COMP001", "COMP003", "COMP002", "COMP004", "COMP900"]
    assert admin.json(*OAK)["id"] == "CR00001"
    assert admin.refused(*_named(9, "--id", "COMP003")) == "There is an organisation COMP003 already."
    for id in ("COMP01", "COMP0001", "CR00002", "COMP00A", "COMP٠٠١"):
        assert admin.refused(*_named(9, "--id", id)).endswith("is no id of this kind; COMP and 3 digits are needed, as in COMP001.")


def test_there_is_one_mib(admin: Administrator) -> None:
    assert admin.json(*_named(1, "--type", "m"))["compensator_type"] == "M"
    assert admin.refused(*_named(2, "--type", "M")) == "There is only one MIB, and it is COMP001."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*OAK, "--type", "I"), "A claimant representative has no compensator's type."),
        ((*OAK[:3], "--kind", "COMP", *OAK[5:]), "A compensator needs a type: I (insurer), M (MIB), S (self-insured)."),
        ((*OAK[:5], *OAK[7:]), "An address is needed."),
        ((*OAK, "--address", "town=X"), "An address has no town; there are: addressType, city, country, county, district, houseName, houseNumber, postCode, street1, street2."),
        ((*OAK, "--address", "X"), "'X' is no part of an address. Write FIELD=TEXT, for example city=Northbridge."),
        ((*OAK, "--address", "addressType=X"), "The addressType is 'X'; allowed: A, F, P."),
        ((*OAK, "--address", f"city={'x' * 101}"), "The city of an address must have at most 100 printable characters."),
        ((*OAK[:2], " ", *OAK[3:]), "The name of an organisation must have 1 to 100 printable characters."),
        ((*OAK[:2], "x" * 101, *OAK[3:]), "The name of an organisation must have 1 to 100 printable characters."),
        ((*OAK, "--admin-id", "olga@oak.example"), "A user needs a user ID that is no e-mail address, a name and a surname."),
        ((*OAK, "--admin-id", "newtown-ADMIN"), "The user ID newtown-admin is in use already; it must be unique in the whole portal."),
        ((*OAK, "--a2a", "x" * 51), "The name of an A2A account must have 1 to 50 printable characters."),
        ((*OAK, "--a2a", "oak", "--software-house", "SH0009"), "There is no software house SH0009."),
    ],
)  # fmt: skip
def test_what_cannot_be_registered(admin: Administrator, words: tuple[str, ...], message: str) -> None:
    """And nothing is left of it: neither organisation, nor branch, nor user."""
    admin.does(*NEWTOWN)
    assert admin.refused(*words) == message


def test_lists(admin: Administrator) -> None:
    assert admin.lines("org", "list") == ["There are no organisations. Run: gateway org register"]
    admin.does(*NEWTOWN, "--claims", "elpl")
    admin.does(*OAK)
    assert admin.lines("org", "list") == [
        "id       name            kind    claims      state",
        "COMP001  Newtown Mutual  COMP I  EL/PL       enabled",
        "CR00001  Oak & Partners  CR      RTA, EL/PL  enabled",
    ]
    assert [one["id"] for one in admin.json("org", "list", "--kind", "cr")] == ["CR00001"]
    assert admin.lines("org", "show", "comp001") == [
        "Organisation: COMP001 Newtown Mutual",
        "Kind:         compensator (insurer)",
        "Claims:       EL/PL",
        "Path:         /COMP001",
        "State:        enabled",
        "Address:      1 High Street, Newtown, ZZ99 1AA",
        "Branches:     001 Central point",
        "Users:        1, of whom 1 enabled",
        "A2A accounts: none",
        "Agreement:    none accepted",
    ]
    assert admin.refused("org", "show", "COMP002") == "There is no organisation COMP002."


def test_what_can_be_changed(admin: Administrator) -> None:
    admin.does(*NEWTOWN)
    assert admin.does("org", "disable", "comp001") == "COMP001 Newtown Mutual is disabled.\n"
    assert admin.last() == ("ops", "org.disable", "COMP001", "COMP001", {"enabled": was(True, False)})
    assert admin.does("org", "enable", "COMP001") == "COMP001 Newtown Mutual is enabled.\n"
    assert admin.last() == ("ops", "org.enable", "COMP001", "COMP001", {"enabled": was(False, True)})
    assert admin.does("org", "claim-types", "COMP001", "rta") == "COMP001 is now registered for RTA claims.\n"
    assert admin.last() == ("ops", "org.claim-types", "COMP001", "COMP001", {"elpl": was(True, False)})
    moved = admin.does("org", "address", "COMP001", "--address", "city=Oldtown", "--address", "street1=")
    assert moved == "The address of COMP001 is now: Oldtown, ZZ99 1AA\n"
    now = {"city": "Oldtown", "postCode": "ZZ99 1AA", "addressType": "F"}
    assert admin.last() == ("ops", "org.address", "COMP001", "COMP001", {"address": was(ADDRESS, now)})
    assert admin.json("branch", "show", "COMP001", "001")["address"] == ADDRESS  # has its own
    assert admin.refused("org", "claim-types", "COMP001", "oic").startswith("Usage: ")
    assert admin.refused("org", "disable", "COMP002") == "There is no organisation COMP002."


@pytest.mark.parametrize("words", [("enable", "COMP001"), ("claim-types", "COMP001", "both"), ("address", "COMP001", "--address", "city=Newtown")])
def test_what_is_so_already_is_not_logged(admin: Administrator, words: tuple[str, ...]) -> None:
    admin.does(*NEWTOWN)
    before = admin.everything()
    assert admin.does("org", *words) == "It is so already. Nothing was changed.\n"
    assert admin.everything() == before


def test_who_it_was(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    """--by, else GATEWAY_ADMIN, else whoever is logged in."""
    admin.does(*NEWTOWN, "--by", "Jo Fern")
    admin.does("org", "disable", "COMP001")
    monkeypatch.delenv("GATEWAY_ADMIN")
    monkeypatch.setenv("LOGNAME", "jfern")
    admin.does("org", "enable", "COMP001")
    assert [(who, what) for who, what, *_ in admin.log()] == [
        ("Jo Fern", "org.register"),
        ("Jo Fern", "user.add"),
        ("ops", "org.disable"),
        ("jfern", "org.enable"),
    ]
    for who in ("x" * 101, "a\nb"):
        assert admin.refused("org", "disable", "COMP001", "--by", who) == "Who makes the change must be named with 1 to 100 printable characters."


def test_several_register_at_the_same_time(store: Store) -> None:
    """Each gets an id of its own."""
    made: list[str] = []

    def register(number: int) -> None:
        with store.writing() as connection:
            made.append(organisations.register(connection, f"Firm {number}", "CR", address={"city": "X"}).id)

    threads = [threading.Thread(target=register, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == ["CR00001", "CR00002", "CR00003", "CR00004"]
