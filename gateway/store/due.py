"""Claims for which the clock has something to do when nobody calls, one at a time, so that any number of workers may share them.

On PostgreSQL a worker passes over what another one has locked; on SQLite writers take turns, and find what the one before has left.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, or_, select

from gateway.store.claims import Claim
from gateway.store.tables import claims, events, metadata

PAGE = 1000
Place = tuple[datetime, int]
START: Place = (datetime.min.replace(tzinfo=UTC), 0)


def _next_by(column: Any) -> Select[Any]:
    """The claim that comes after a place in the order of a time, and whose time has come; read in the order of that column's index."""
    return (
        select(claims)
        .where(column >= bindparam("at"), column <= bindparam("moment"))
        .where(or_(column > bindparam("at"), claims.c.id > bindparam("id")))
        .order_by(column, claims.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


_due = _next_by(claims.c.next_at)
_gone = _next_by(claims.c.gone_at)
_parts = [
    (table, key.parent)
    for table in reversed(metadata.sorted_tables)  # what refers to others first
    for key in table.foreign_keys
    if key.column.table is claims
]


def take_due(connection: Connection, moment: datetime, after: Place) -> Claim | None:
    """The claim whose clock is due first by `moment`, its row locked; None if there is none left.

    `after` is the place of the one taken before: one that could not be dealt with is not met again in the same run, and stops nobody.
    """
    return _take(connection, _due, moment, after)


def take_gone(connection: Connection, moment: datetime, after: Place) -> Claim | None:
    """The same for a claim that is there for nobody any more at `moment`."""
    return _take(connection, _gone, moment, after)


@dataclass(frozen=True, slots=True)
class Resting:
    """A claim that may have been left alone for long: when anybody last changed anything, and when it came into its phase."""

    id: int
    phase: str
    birth_date: date
    updated_at: datetime
    arrived_at: datetime | None


_arrived = select(func.max(events.c.at)).where(events.c.claim_id == claims.c.id, events.c.row != "").scalar_subquery()
_resting = select(claims.c.id, claims.c.phase, claims.c.birth_date, claims.c.updated_at, _arrived).where(claims.c.deleted_at.is_(None))
_in_phases = (
    _resting.where(claims.c.id > bindparam("after"), claims.c.phase.in_(bindparam("phases", expanding=True))).order_by(claims.c.id).limit(PAGE)
)
_one = _resting.where(claims.c.id == bindparam("id"))


def in_phases(connection: Connection, phases: Collection[str], after: int) -> Sequence[Resting]:
    """The claims in those phases that come after a number, without those deleted for good; at most PAGE of them.

    Reads the claims once from the first to the last, in the order in which they lie there: for what is done once a day.
    """
    return [Resting(*row) for row in connection.execute(_in_phases, {"phases": sorted(phases), "after": after})]


def resting(connection: Connection, claim_id: int) -> Resting | None:
    """One of them."""
    row = connection.execute(_one, {"id": claim_id}).first()
    return None if row is None else Resting(*row)


def gone(connection: Connection, moment: datetime) -> tuple[int, int]:
    """How many claims are there for nobody any more: by their phase, and deleted for good."""
    found = connection.execute(select(claims.c.deleted_at).where(claims.c.gone_at <= moment)).all()
    deleted = sum(row.deleted_at is not None for row in found)
    return len(found) - deleted, deleted


def _take(connection: Connection, statement: Select[Any], moment: datetime, after: Place) -> Claim | None:
    row = connection.execute(statement, {"moment": moment, "at": after[0], "id": after[1]}).first()
    return None if row is None else Claim(*row)


def delete_claim(connection: Connection, claim_id: int) -> None:
    """Delete a claim and everything that refers to it."""
    for table, column in _parts:
        connection.execute(delete(table).where(column == claim_id))
    connection.execute(delete(claims).where(claims.c.id == claim_id))
