"""Printable documents in the store, on both databases: steps found by their place, one body for all, and what is left to be made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from claim_rows import SENT, add_claim
from inprocess import document, portal_over
from sqlalchemy import func, select

from gateway.store import claims, due, printables
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.store.printables import START, Step
from gateway.store.tables import events
from gateway.store.tables import printables as table

FROZEN = {"kinds": ["cnf"], "owner": "Łódź & Söhne"}


def add_step(connection: Any, claim: Claim, number: int, at: datetime = SENT, frozen: Any = FROZEN) -> None:
    event = {"claim_id": claim.id, "number": number, "at": at, "row": "T1", "operation": "addClaim", "to_phase": claim.phase, "guid": claim.guid}
    claims.add_event(connection, {**event, "frozen": frozen})


def places(found: Any) -> list[tuple[int, int]]:
    return [(step.claim_id, step.number) for step in found]


def test_steps_of_a_claim(seeded_store: Store) -> None:
    """Those that made documents, oldest first; of the others nothing is kept, not even an empty value."""
    with seeded_store.writing() as connection:
        claim, other = add_claim(connection), add_claim(connection)
        for number, frozen in ((1, FROZEN), (2, None), (3, FROZEN)):
            add_step(connection, claim, number, frozen=frozen)
        add_step(connection, other, 1)
        assert printables.steps(connection, claim.id) == [Step(claim.id, number, SENT, claim.guid, FROZEN) for number in (1, 3)]
        assert printables.step(connection, claim.id, 3) == Step(claim.id, 3, SENT, claim.guid, FROZEN)
        assert printables.step(connection, claim.id, 2) is None
        assert printables.step(connection, claim.id, 4) is None
        assert printables.step(connection, (1 << 54) - 1, (1 << 20) - 1) is None
        assert connection.scalar(select(func.count()).where(events.c.frozen.is_(None))) == 1


def test_the_first_body_is_kept(seeded_store: Store) -> None:
    made = bytes(range(256))
    with seeded_store.writing() as connection:
        claim = add_claim(connection)
        assert printables.body(connection, claim.id, 1, "cnf") is None
        assert printables.keep(connection, claim.id, 1, "cnf", made, SENT) == (made, True)
        assert printables.keep(connection, claim.id, 1, "cnf", b"another", SENT) == (made, False)
        assert printables.keep(connection, claim.id, 1, "court-pack", b"another", SENT) == (b"another", True)
        assert printables.keep(connection, claim.id, 2, "cnf", b"another", SENT) == (b"another", True)
    with seeded_store.reading() as connection:
        assert printables.body(connection, claim.id, 1, "cnf") == made


def test_what_is_left_to_be_made(seeded_store: Store) -> None:
    """In the order of time, from a time on, behind a place, and only where nothing is made yet."""
    with seeded_store.writing() as connection:
        one, two = add_claim(connection), add_claim(connection)
        hour = timedelta(hours=1)
        for claim, number, at in ((one, 1, SENT), (two, 1, SENT), (one, 2, SENT + 2 * hour), (two, 2, SENT + hour), (two, 3, SENT + hour)):
            add_step(connection, claim, number, at)
        add_step(connection, one, 3, frozen=None)
        everything = [(one.id, 1), (two.id, 1), (two.id, 2), (two.id, 3), (one.id, 2)]
        found = printables.unmade(connection, SENT, START)
        assert places(found) == everything
        assert places(printables.unmade(connection, SENT + hour, START)) == everything[2:]
        for number, step in enumerate(found, 1):
            assert places(printables.unmade(connection, SENT, step.place)) == everything[number:]
        printables.keep(connection, two.id, 2, "cnf", b"made", SENT)
        assert places(printables.unmade(connection, SENT, START)) == [place for place in everything if place != (two.id, 2)]


def test_a_bounded_number_at_once(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection)
        for number in range(1, 121):
            add_step(connection, claim, number)
        numbers: list[int] = []
        place = START
        while batch := printables.unmade(connection, SENT, place):
            assert len(batch) <= 50
            numbers += [step.number for step in batch]
            place = batch[-1].place
    assert numbers == list(range(1, 121))


def test_what_the_parties_are_called(seeded_store: Store) -> None:
    with seeded_store.reading() as connection:
        found = printables.names(connection, "CR00001", "COMP001", "001")
        assert found[:4] == ("/CR00001", "Quillfeather Injury Law LLP", "/COMP001", "Thistledown Insurance plc")
        assert found.branch_name
        assert printables.names(connection, "CR00001", "COMP001", "777").branch_name is None


def test_it_goes_with_its_claim(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection)
        printables.keep(connection, claim.id, 1, "cnf", b"made", SENT)
        due.delete_claim(connection, claim.id)
        assert connection.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(("process", "release", "form"), [("rta", "R7", "adult-driver.xml"), ("elpl", "R6", "el-adult.xml")])
def test_the_step_of_a_new_claim_asks_nothing_more(process: str, release: str, form: str, seeded_store: Store, statements: list[str]) -> None:
    """What is frozen is in hand: its event is the only statement that speaks of it."""
    with portal_over(seeded_store) as portal:
        for _ in range(2):  # what is read once and remembered, such as the calendar, is read by the first
            statements.clear()
            assert portal.call(process, release, "CR00001", "addClaim", claimXML=document(process, "addClaim", form)).claim
    assert [one for one in statements if "printables" in one] == []
    assert len([one for one in statements if "frozen" in one]) == 1
    assert len([one for one in statements if "organisations" in one]) == 2  # the caller's, and the compensator that the form names
