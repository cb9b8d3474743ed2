"""Figures about the store as a whole, for monitoring: each by an index made for it, none reads a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update

from gateway.store.dialect import insert_missing
from gateway.store.prepared import Prepared
from gateway.store.printables import UNPRINTED
from gateway.store.tables import claims, events, job_runs

_ROW = 1
MOST_WAITING = 1000  # counted no further: by then somebody has to look
_JUST_MADE = timedelta(days=1)

_open = select(claims.c.process, claims.c.phase, func.count()).where(~claims.c.ended).group_by(claims.c.process, claims.c.phase)
_due = select(func.count(), func.min(claims.c.next_at)).where(claims.c.next_at.is_not(None), claims.c.next_at <= bindparam("moment"))
_waiting = select(func.count()).select_from(
    select(events.c.claim_id).where(UNPRINTED, events.c.at >= bindparam("since")).limit(MOST_WAITING).subquery(),
)
_last_run = Prepared(select(job_runs.c.ended_at, job_runs.c.milliseconds, job_runs.c.failed).where(job_runs.c.id == _ROW))
_server_time = select(func.clock_timestamp())


@dataclass(frozen=True, slots=True)
class Run:
    """When all jobs last ran, by the wall clock; how long they took, and how many went wrong."""

    ended_at: datetime
    milliseconds: int
    failed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`open_claims` by process and phase; how many claims the clock should have moved or warned of by now, and since when the first of them;
    steps of the last day whose documents are not printed yet (counted to MOST_WAITING).
    """

    open_claims: Mapping[tuple[str, str], int]
    due: int
    due_since: datetime | None
    documents_waiting: int
    last_run: Run | None


def figures(connection: Connection, moment: datetime) -> Figures:
    """The figures at `moment` of the process clock."""
    due, since = connection.execute(_due, {"moment": moment}).one()
    return Figures(
        {(process, phase): count for process, phase, count in connection.execute(_open)},
        due,
        since,
        connection.scalar(_waiting, {"since": moment - _JUST_MADE}) or 0,
        last_run(connection),
    )


def last_run(connection: Connection) -> Run | None:
    """When the jobs last ran; None if they never did."""
    row = _last_run.first(connection)
    return None if row is None else Run(*row)


def note_run(connection: Connection, run: Run) -> None:
    """Put down that the jobs ran."""
    values = {"ended_at": run.ended_at, "milliseconds": run.milliseconds, "failed": run.failed}
    if not insert_missing(connection, job_runs, {"id": _ROW, **values}):
        connection.execute(update(job_runs).where(job_runs.c.id == _ROW).values(values))


def server_time(connection: Connection) -> datetime | None:
    """The time by the clock of the database server; None for SQLite, which has none of its own."""
    if connection.dialect.name == "sqlite":
        return None
    found: datetime = connection.execute(_server_time).scalar_one()
    return found.astimezone(UTC)
