"""`gateway branch`, with the rules of portal notes 1.8."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from administrator import REAL, Administrator, was
from claim_rows import add_claim

from gateway.store import branches
from gateway.store.engine import Store


@pytest.fixture
def admin(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(seeded_store, monkeypatch)


def test_adding(admin: Administrator) -> None:
    """At the address of the organisation unless another is given; the next number, a handling point."""
    assert admin.does("branch", "add", "comp001", "  Dell   End ") == "Branch 003 of COMP001, Dell End, is added as a handling point.\n"
    assert admin.last() == ("ops", "branch.add", "/COMP001/003", "COMP001", {"name": "Dell End", "kind": "handling"})
    made = admin.json("branch", "show", "COMP001", "003")
    assert (made["path"], made["kind"], made["enabled"], made["address"]["city"]) == ("/COMP001/003", "handling", True, "Westhaven")
    assert (made["users"], made["claims"]) == (0, 0)
    other = admin.json("branch", "add", "CR00001", "Second office", "--address", "city=Southbridge")
    assert (other["id"], other["kind"], other["address"]) == ("002", "handling", {"city": "Southbridge", "addressType": "F"})


def test_a_compensator_has_one_central_point(admin: Administrator) -> None:
    second = admin.refused("branch", "add", "COMP001", "Another", "--kind", "central")
    assert second == "COMP001 has its central point, branch 001, and can have no other; further branches are handling points."
    none = admin.refused("branch", "add", "CR00001", "Another", "--kind", "central")
    assert none == "CR00001 is a claimant representative, whose branches are all handling points."
    off = admin.refused("branch", "disable", "COMP001", "001")
    assert off == "Branch 001 is the central point of COMP001, into which claims arrive; it cannot be disabled."


@pytest.mark.parametrize("name", ["Ivo Larkfield", "larkfield  ivo", "IVO LARKFIELD"])
def test_a_branch_is_not_named_after_a_person(admin: Administrator, name: str) -> None:
    for words in (["add", "COMP001", name], ["edit", "COMP001", "002", "--name", name]):
        assert admin.refused("branch", *words).endswith("is the name of user comp1-handler.")
    admin.does("branch", "add", "COMP002", name)  # nobody there is called so


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["add", "COMP009", "X"], "There is no organisation COMP009."),
        (["add", "COMP001", " "], "The name of a branch must have 1 to 100 printable characters."),
        (["add", "COMP001", "x" * 101], "The name of a branch must have 1 to 100 printable characters."),
        (["add", "COMP001", "X", "--address", "town=X"], "An address has no town; there are: addressType, city, country, county, district, houseName, houseNumber, postCode, street1, street2."),
        (["show", "COMP001", "009"], "COMP001 has no branch 009."),
        (["edit", "COMP001", "2", "--name", "X"], "COMP001 has no branch 2."),
        (["disable", "COMP001", "009"], "COMP001 has no branch 009."),
    ],
)  # fmt: skip
def test_what_is_refused(admin: Administrator, words: list[str], message: str) -> None:
    assert admin.refused("branch", *words) == message


def test_changing(admin: Administrator) -> None:
    assert (
        admin.does("branch", "edit", "COMP001", "002", "--name", "Quay", "--address", "city=Ironford") == "Branch 002 of COMP001, Quay, is changed.\n"
    )
    who, what, subject, organisation, detail = admin.last()
    assert (who, what, subject, organisation) == ("ops", "branch.edit", "/COMP001/002", "COMP001")
    assert detail["name"] == was("Saltmouth claims centre", "Quay")
    assert (detail["address"]["from"]["city"], detail["address"]["to"]["city"]) == ("Saltmouth", "Ironford")
    assert detail["address"]["to"]["street1"] == "Ropewalk"
    assert admin.does("branch", "edit", "COMP001", "002") == "It is so already. Nothing was changed.\n"


def test_disabling_says_what_is_still_in_it(admin: Administrator) -> None:
    """comp1-branch2 is its user."""
    with admin.store.writing() as connection:
        add_claim(connection, cm_branch="002")
        add_claim(connection, cm_branch="002", gone_at=REAL + timedelta(days=1))
        add_claim(connection, cm_branch="002", gone_at=REAL)
        add_claim(connection, cm_branch="002", ended=True)
        add_claim(connection, cm_branch="001")
    assert admin.does("branch", "disable", "COMP001", "002") == (
        "Branch 002 of COMP001, Saltmouth claims centre, is disabled.\nIt still has 1 enabled user and 2 open claims.\n"
    )
    assert admin.last() == ("ops", "branch.disable", "/COMP001/002", "COMP001", {"enabled": was(True, False)})
    assert admin.does("branch", "enable", "COMP001", "002") == "Branch 002 of COMP001, Saltmouth claims centre, is enabled.\n"
    assert admin.last() == ("ops", "branch.enable", "/COMP001/002", "COMP001", {"enabled": was(False, True)})


def test_lists(admin: Administrator) -> None:
    admin.does("branch", "edit", "COMP001", "002", "--address", "houseName=", "--address", "county=")
    assert admin.lines("branch", "list", "COMP001") == [
        "id   name                     kind            state    address",
        "001  Central point            central point   enabled  Thistledown Court, 100 Kiln Road, Westhaven, Loamshire, ZZ99 3CC, England",
        "002  Saltmouth claims centre  handling point  enabled  7 Ropewalk, Saltmouth, ZZ99 3DD, England",
    ]
    assert [one["id"] for one in admin.json("branch", "list", "COMP001")] == ["001", "002"]
    assert admin.lines("branch", "show", "COMP001", "002") == [
        "Branch:       002 Saltmouth claims centre",
        "Organisation: COMP001",
        "Kind:         handling point",
        "Path:         /COMP001/002",
        "State:        enabled",
        "Address:      7 Ropewalk, Saltmouth, ZZ99 3DD, England",
        "Users:        1 enabled",
        "Claims:       0 open",
    ]


def test_several_are_added_at_the_same_time(seeded_store: Store) -> None:
    made: list[str] = []

    def add(number: int) -> None:
        with seeded_store.writing() as connection:
            made.append(branches.add(connection, "COMP003", f"Place {number}").id)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == ["002", "003", "004", "005"]
