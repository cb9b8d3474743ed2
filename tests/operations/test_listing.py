"""Lists of claims in the store: whose, and what is due of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from claim_rows import SENT, add_claim
from sqlalchemy import Column, update
from sqlalchemy.sql import visitors

from gateway.store import listing
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.store.listing import Between, Criteria
from gateway.store.sight import EVERYTHING, Scope
from gateway.store.tables import claims

CR1, COMP1 = Scope("claimant-representative", "CR00001", "rta"), Scope("compensator", "COMP001", "rta")
IN_BRANCH = frozenset(("branch",))
LIMIT = datetime(2026, 12, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def put(store: Store, **values: object) -> Claim:
    with store.writing() as connection:
        return add_claim(connection, **values)


def ids(store: Store, scope: Scope, criteria: Criteria | None = None, most: int = 100) -> list[int]:
    with store.reading() as connection:
        rows = listing.work_list(connection, scope, SENT) if criteria is None else listing.search(connection, scope, criteria, SENT, most)
        return [row.id for row in rows]


def due(store: Store, scope: Scope, moment: datetime) -> list[int]:
    with store.reading() as connection:
        return listing.due_of(connection, scope, moment)


def test_a_branch_narrows_what_is_listed_and_found(seeded_store: Store) -> None:
    first, second = put(seeded_store), put(seeded_store, cm_branch="002")
    for branch, seen in (("001", [first.id]), ("002", [second.id]), ("003", [])):
        scope = Scope("compensator", "COMP001", "rta", IN_BRANCH, "comp1-branch2", branch)
        assert ids(seeded_store, scope) == seen
        assert sorted(ids(seeded_store, scope, Criteria())) == seen
        assert ids(seeded_store, scope, Criteria(branch=("COMP001", "002"))) == [number for number in seen if number == second.id]


def test_no_more_than_asked_for(seeded_store: Store) -> None:
    for _ in range(3):
        put(seeded_store)
    assert [len(ids(seeded_store, CR1, Criteria(), most)) for most in (2, 3, 4)] == [2, 3, 3]


def test_the_end_of_a_range_is_outside(seeded_store: Store) -> None:
    one = put(seeded_store)
    for between, seen in (
        (Between(SENT, SENT + SECOND), True),
        (Between(SENT - SECOND, SENT), False),
        (Between(SENT, None), True),
        (Between(None, SENT), False),
        (Between(SENT + SECOND, None), False),
    ):
        assert ids(seeded_store, CR1, Criteria(created=between)) == [one.id] * seen
        assert ids(seeded_store, CR1, Criteria(sent=between)) == [one.id] * seen
    assert ids(seeded_store, CR1, Criteria(dispatched=Between(SENT - SECOND, None))) == []  # it never was


def test_what_is_due_is_that_of_ones_own_side(seeded_store: Store) -> None:
    """By the time of the first warning, five business days before the limit of 15 December: 8 December. A branch does not narrow it."""
    mine, others = put(seeded_store), put(seeded_store, cm_organisation="COMP002")
    put(seeded_store, phase="LiabilityAdmitted", running=None)
    assert mine.next_at is not None
    at = mine.next_at
    assert at == datetime(2026, 12, 8, tzinfo=UTC)
    for scope, seen in (
        (CR1, [mine.id, others.id]),
        (COMP1, [mine.id]),
        (Scope("compensator", "COMP001", "rta", IN_BRANCH, "comp1-branch2", "009"), [mine.id]),
        (Scope("compensator", "COMP002", "rta"), [others.id]),
        (Scope("compensator", "COMP003", "rta"), []),
        (Scope("claimant-representative", "CR00001", "elpl"), []),
    ):
        assert due(seeded_store, scope, at - SECOND) == []
        assert sorted(due(seeded_store, scope, at)) == seen
        assert sorted(due(seeded_store, scope, LIMIT)) == seen


def test_what_is_due_comes_in_bounded_numbers(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        for _ in range(listing.DUE_BATCH + 1):
            add_claim(connection)
    first = due(seeded_store, CR1, LIMIT)
    assert len(set(first)) == listing.DUE_BATCH
    with seeded_store.writing() as connection:
        connection.execute(update(claims).where(claims.c.id.in_(first)).values(next_at=None))
    assert len(due(seeded_store, CR1, LIMIT)) == 1


def test_both_list_indexes_hold_all_that_is_listed() -> None:
    """What a line is made of and what it is found and sorted by is read from one index; a column left out would cost a page for each claim."""
    for side, name in ((CR1.side, "ix_claims_cr_list"), (COMP1.side, "ix_claims_cm_list")):
        held = next({column.name for column in index.columns} for index in claims.indexes if index.name == name)
        for sight in (EVERYTHING, IN_BRANCH):
            for statement in (listing._search(side, sight, tuple(listing._CONDITIONS)), listing._work_list(side, sight)):
                read = {part.name for part in visitors.iterate(statement._statement) if isinstance(part, Column) and part.table is claims}
                assert {"guid", "gone_at", "cm_branch" if sight is IN_BRANCH else "phase"} <= read
                assert read <= held
