"""What is forgotten after a day, by the real time; more than one transaction's worth of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from gateway import clock
from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs.forgetting import forget_polls, forget_repeats
from gateway.jobs.work import Done, Work
from gateway.store.engine import Store
from gateway.store.tables import polls, repeats

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "job", "what"),
    [(repeats, forget_repeats, "claims sent forgotten, for repeats"), (polls, forget_polls, "lists asked for forgotten")],
)
def test_after_a_day(seeded_store: Store, monkeypatch: pytest.MonkeyPatch, table, job, what) -> None:  # type: ignore[no-untyped-def]
    more = {"claim_id": 1} if table is repeats else {}
    with seeded_store.writing() as connection:
        rows = [{"digest": number.to_bytes(32, "big"), "at": NOW + timedelta(seconds=number == 0), **more} for number in range(1100)]
        connection.execute(insert(table), rows)
    work = Work(seeded_store, contract(), Moment(NOW + timedelta(days=1000)))
    for seconds, count in ((-1, 0), (0, 1099), (1, 1)):
        monkeypatch.setattr(clock, "wall", lambda seconds=seconds: NOW + timedelta(days=1, seconds=seconds))
        assert job(work) == (Done(what, count),)
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(table)) == 0
