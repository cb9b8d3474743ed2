"""Attachments in the store: apart from their bytes, in order, and gone with their claim."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from claim_rows import SENT, add_claim
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.store import attachments, claims, due
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.store.tables import attachment_bodies
from gateway.store.tables import attachments as table

CR, COMP = "claimant-representative", "compensator"


@pytest.fixture
def claim(seeded_store: Store) -> Claim:
    with seeded_store.writing() as connection:
        return add_claim(connection)


def add(store: Store, claim: Claim, **values: Any) -> str:
    given = {
        "side": CR,
        "organisation": "CR00001",
        "user": "cr1-handler",
        "file_name": "a.pdf",
        "title": "A",
        "description": "",
        "body": b"%PDF-1.7",
        "at": SENT,
        **values,
    }
    with store.writing() as connection:
        held = claims.load(connection, claim.id, lock=True)
        assert held is not None
        return attachments.add(connection, held, **given)


def test_as_it_was_added(seeded_store: Store, claim: Claim) -> None:
    body = bytes(range(256)) * 3
    guid = add(seeded_store, claim, side=COMP, organisation="COMP001", file_name="ä.pdf", title="Ä", description="one\r\ntwo", body=body)
    with seeded_store.reading() as connection:
        found = attachments.find(connection, guid)
        assert found is not None
        assert (found.claim_id, found.number, found.guid, found.at) == (claim.id, 1, guid, SENT)
        assert (found.file_name, found.title, found.description) == ("ä.pdf", "Ä", "one\r\ntwo")
        assert found.owner == "Thistledown Insurance plc"
        assert attachments.body(connection, found) == body
        assert type(attachments.body(connection, found)) is bytes
        assert attachments.list_of(connection, claim.id) == [found]
        assert attachments.claim_of(connection, guid) == attachments.claim_of(connection, guid.upper()) == claim.id
    assert len(guid) == 36


def test_the_claim_counts_them_and_is_otherwise_as_it_was(seeded_store: Store, claim: Claim) -> None:
    for _ in range(3):
        add(seeded_store, claim)
    with seeded_store.reading() as connection:
        after = claims.load(connection, claim.id)
    assert after is not None
    changed = {name for name in Claim.__slots__ if getattr(after, name) != getattr(claim, name)}
    assert changed == {"attachments_count"}
    assert after.attachments_count == 3


def test_in_the_order_in_which_they_were_added(seeded_store: Store, claim: Claim) -> None:
    """Even when somebody moved the clock back."""
    guids = [add(seeded_store, claim, at=SENT - timedelta(days=number)) for number in range(12)]
    with seeded_store.reading() as connection:
        assert [one.guid for one in attachments.list_of(connection, claim.id)] == guids


def test_what_each_side_has_taken(seeded_store: Store, claim: Claim) -> None:
    with seeded_store.reading() as connection:
        assert attachments.taken(connection, claim.id) == {}
    add(seeded_store, claim, body=b"12345")
    add(seeded_store, claim, body=b"1")
    add(seeded_store, claim, body=b"123", side=COMP, organisation="COMP001")
    with seeded_store.writing() as connection:
        other = add_claim(connection)
    add(seeded_store, other, body=b"1234567")
    with seeded_store.reading() as connection:
        assert attachments.taken(connection, claim.id) == {CR: (2, 6), COMP: (1, 3)}


@pytest.mark.parametrize("guid", ["", "none", "0" * 36, "é" * 100, "'; DROP TABLE attachments; --"])
def test_a_guid_nobody_has(seeded_store: Store, claim: Claim, guid: str) -> None:
    add(seeded_store, claim)
    with seeded_store.reading() as connection:
        assert attachments.find(connection, guid) is None
        assert attachments.claim_of(connection, guid) is None


def test_a_list_does_not_touch_the_bytes(seeded_store: Store, claim: Claim, statements: list[str]) -> None:
    add(seeded_store, claim)
    statements.clear()
    with seeded_store.reading() as connection:
        attachments.list_of(connection, claim.id)
        attachments.taken(connection, claim.id)
    assert len(statements) == 2
    assert not any("attachment_bodies" in statement for statement in statements)


def test_bytes_belong_to_an_attachment(seeded_store: Store, claim: Claim) -> None:
    with pytest.raises(IntegrityError), seeded_store.writing() as connection:
        connection.execute(insert(attachment_bodies).values(claim_id=claim.id, number=1, body=b"x"))


def test_they_leave_with_their_claim_alone(seeded_store: Store, claim: Claim) -> None:
    with seeded_store.writing() as connection:
        other = add_claim(connection)
    for one in (claim, other, claim):
        add(seeded_store, one)
    with seeded_store.writing() as connection:
        due.delete_claim(connection, claim.id)
    with seeded_store.reading() as connection:
        for each in (table, attachment_bodies):
            assert connection.scalar(select(func.count()).select_from(each)) == 1
        assert len(attachments.list_of(connection, other.id)) == 1
