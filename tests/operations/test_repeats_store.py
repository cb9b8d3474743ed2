"""What is kept of an addClaim for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.store import repeats
from gateway.store.engine import Store
from gateway.store.repeats import digest
from gateway.store.tables import repeats as table

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=10)
OF = digest("cr1-a2a", "cr1-handler", "rta", "<a/>")


def keep(store: Store, claim: int, at: datetime = NOW, instead_of: int | None = None) -> bool:
    with store.writing() as connection:
        return repeats.keep(connection, OF, claim, at, at - timedelta(minutes=10), instead_of)


def found(store: Store, since: datetime = SINCE) -> int | None:
    with store.reading() as connection:
        return repeats.claim_of(connection, OF, since)


def test_the_first_stays(seeded_store: Store) -> None:
    assert found(seeded_store) is None
    assert keep(seeded_store, 1)
    assert not keep(seeded_store, 2)
    assert found(seeded_store) == 1


def test_until_its_time_is_over(seeded_store: Store) -> None:
    keep(seeded_store, 1)
    assert not keep(seeded_store, 2, NOW + timedelta(minutes=10) - timedelta(microseconds=1))
    assert found(seeded_store, NOW - timedelta(microseconds=1)) == 1
    assert found(seeded_store, NOW) is None
    assert keep(seeded_store, 2, NOW + timedelta(minutes=10))
    assert found(seeded_store) == 2


def test_one_that_does_not_count_any_more(seeded_store: Store) -> None:
    keep(seeded_store, 1)
    assert not keep(seeded_store, 2, instead_of=7)
    assert keep(seeded_store, 2, instead_of=1)
    assert found(seeded_store) == 2


@pytest.mark.parametrize(
    "other",
    [
        *(("cr2-a2a", "cr1-handler", "rta", "<a/>"), ("cr1-a2a", "cr1-admin", "rta", "<a/>"), ("cr1-a2a", "cr1-handler", "elpl", "<a/>")),
        *(("cr1-a2a", "cr1-handler", "rta", "<a />"), ("cr1-a2ac", "r1-handler", "rta", "<a/>"), ("cr1-a2a", "cr1-handler", "rta<a/>", "")),
    ],
)
def test_what_is_not_the_same(other: tuple[str, str, str, str]) -> None:
    assert digest(*other) != OF
    assert len(OF) == 32


def test_nothing_of_the_content_is_kept(seeded_store: Store) -> None:
    keep(seeded_store, 1)
    with seeded_store.reading() as connection:
        (row,) = connection.execute(select(table)).all()
    assert (set(row._mapping), bytes(row.digest), row.claim_id, row.at) == ({"digest", "claim_id", "at"}, OF, 1, NOW)


def test_forgotten_after_a_day(seeded_store: Store) -> None:
    """As long as the setting may be at most."""
    keep(seeded_store, 1)
    with seeded_store.writing() as connection:
        assert repeats.purge(connection, NOW + timedelta(days=1) - timedelta(seconds=1)) == 0
        assert repeats.purge(connection, NOW + timedelta(days=1)) == 1
    assert found(seeded_store) is None
