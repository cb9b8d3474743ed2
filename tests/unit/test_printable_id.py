"""Ids of printable documents: there and back, one like any other guid, and none that another document has."""

import uuid

import pytest

from gateway.domain.printable_id import place, printable_id

GUID = "0b6e7a52-9f4c-4d0a-9d0e-5a1b2c3d4e5f"


@pytest.mark.parametrize(("claim", "number"), [(1, 1), (9_999_999_999_999_999, 1_048_575), (123_456, 42), (0, 0)])
def test_there_and_back(claim: int, number: int) -> None:
    made = printable_id(claim, number, GUID, "cnf")
    assert (uuid.UUID(made).version, uuid.UUID(made).variant) == (8, uuid.RFC_4122)
    assert made == str(uuid.UUID(made))
    assert place(made) == place(made.upper()) == (claim, number)


def test_it_does_not_show_what_it_holds() -> None:
    made = [printable_id(1, number, GUID.replace("0b", f"0{number}"), kind) for number in (1, 2) for kind in ("cnf", "court-pack")]
    assert len({text[:8] for text in made}) == len(made)


def test_whoever_knows_another_guid_makes_another_id() -> None:
    assert printable_id(1, 1, GUID, "cnf") != printable_id(1, 1, GUID.replace("0b", "0c"), "cnf")


@pytest.mark.parametrize("text", ["", "cnf", "0000000000000001", GUID, "é" * 36, "\0", "x" * 10_000])
def test_what_is_no_such_id(text: str) -> None:
    assert place(text) is None
