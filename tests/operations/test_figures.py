"""What monitoring is told of the store, on both databases."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update

from gateway import clock
from gateway.seeing import gauges, health
from gateway.seeing.gauges import Gauges, look
from gateway.store import figures, sandbox, tables
from gateway.store.engine import Store

sys.path.insert(0, str(Path(__file__).parents[1]))
from claim_rows import add_claim

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "wall", lambda: NOW)


def _event(claim_id: int, number: int, at: datetime) -> dict[str, object]:
    return {"claim_id": claim_id, "number": number, "at": at, "row": "T1", "operation": "addClaim", "to_phase": "ClaimSubmitted", "guid": "g"}


def test_nothing_in_it(seeded_store: Store) -> None:
    found = look(seeded_store)
    assert found.figures == figures.Figures({}, 0, None, 0, None)
    assert found.lag_seconds == 0


def test_open_claims_by_process_and_phase(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        for phase, process, ended in [("A", "rta", False)] * 3 + [("B", "rta", False), ("A", "elpl", False), ("C", "rta", True)]:
            add_claim(connection, phase, process=process, ended=ended)
        found = figures.figures(connection, NOW)
    assert found.open_claims == {("rta", "A"): 3, ("rta", "B"): 1, ("elpl", "A"): 1}


def test_due_deadlines_go_by_the_process_clock(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        for minutes in (-30, -10, 0, 10):
            claim = add_claim(connection)
            connection.execute(update(tables.claims).where(tables.claims.c.id == claim.id).values(next_at=NOW + timedelta(minutes=minutes)))
        add_claim(connection, running=None)
    found = look(seeded_store)
    assert found.figures is not None
    assert (found.figures.due, found.lag_seconds) == (3, 1800)
    with seeded_store.writing() as connection:
        sandbox.set_offset(connection, timedelta(minutes=10), "a test")
    found = look(seeded_store)
    assert found.figures is not None
    assert (found.figures.due, found.lag_seconds) == (4, 2400)


def test_documents_that_wait_to_be_printed(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the last day, made by a step, and none of them printed."""
    with seeded_store.writing() as connection:
        claim = add_claim(connection)
        for number, (hours, frozen) in enumerate([(1, {"x": 1}), (2, {"x": 1}), (3, None), (23, {"x": 1}), (25, {"x": 1})], 10):
            connection.execute(insert(tables.events).values({**_event(claim.id, number, NOW - timedelta(hours=hours)), "frozen": frozen}))
        connection.execute(insert(tables.printables).values(claim_id=claim.id, number=11, kind="cnf", body=b"%PDF", made_at=NOW))
        assert figures.figures(connection, NOW).documents_waiting == 2


def test_the_queries_use_the_indexes_made_for_them(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))  # the table is empty, and then nothing else is faster
        plans = []
        for statement in (figures._open, figures._due):
            compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": False})
            explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
            sql = str(compiled).replace("?", "'2026-11-23'").replace("%(moment)s::TIMESTAMP WITH TIME ZONE", "now()")
            plans.append(str(connection.execute(text(explain + sql)).all()))
    assert "ix_claims_open" in plans[0]
    assert "ix_claims_next_at" in plans[1]


def test_the_last_run_of_the_jobs(seeded_store: Store) -> None:
    runs = [figures.Run(NOW, 120, 0), figures.Run(NOW + timedelta(minutes=1), 80, 1)]
    for run in runs:
        with seeded_store.writing() as connection:
            figures.note_run(connection, run)
        with seeded_store.reading() as connection:
            assert figures.last_run(connection) == run


def test_the_store_is_asked_once_in_a_while(seeded_store: Store, monkeypatch: pytest.MonkeyPatch, statements: list[str]) -> None:
    at = [100.0]
    monkeypatch.setattr(gauges.time, "monotonic", lambda: at[0])
    kept = Gauges(seeded_store, 15)
    first = kept.now()
    statements.clear()
    at[0] = 114.9
    assert kept.now() is first
    assert statements == []
    at[0] = 115.0
    assert kept.now() is not first
    assert statements


def test_ready(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if not seeded_store.is_sqlite:
        monkeypatch.setattr(figures, "server_time", lambda _: NOW)
    assert health.problems(seeded_store) == []


def test_not_ready_without_tables(bare_store: Store) -> None:
    assert health.problems(bare_store) == ["store: its tables are at revision none, this program needs 0001; run gateway db upgrade"]


def test_not_ready_with_tables_of_another_version(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert health.problems(seeded_store) == ["store: its tables are at revision 0000, this program needs 0001; run gateway db upgrade"]


@pytest.mark.parametrize(("apart", "problems"), [(30, []), (31, ["clock: 31 seconds away from that of the database server"])])
def test_not_ready_when_the_clocks_disagree(seeded_store: Store, monkeypatch: pytest.MonkeyPatch, apart: int, problems: list[str]) -> None:
    monkeypatch.setattr(figures, "server_time", lambda _: NOW - timedelta(seconds=apart))
    assert health.problems(seeded_store) == problems


def test_the_clock_of_the_database_server(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with seeded_store.reading() as connection:
        found = figures.server_time(connection)
    assert (found is None) == seeded_store.is_sqlite
    assert found is None or abs(found - datetime.now(UTC)) < timedelta(minutes=1)


def test_not_ready_when_the_clock_went_back(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "server_time", lambda _: None)
    with seeded_store.writing() as connection:
        figures.note_run(connection, figures.Run(NOW + timedelta(minutes=1), 80, 0))
    assert health.problems(seeded_store) == ["clock: it is behind what jobs have already written"]
    monkeypatch.setattr(clock, "wall", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert "clock: 1970-01-01 00:00 UTC cannot be right" in health.problems(seeded_store)
