"""Claims for which the clock has something to do when nobody calls, one at a time, so that any number of workers may share them.

On PostgreSQL a worker passes over what another one has locked; on SQLite writers take turns, and find what the one before has left.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, or_, select

from gateway.store.claims import Claim
from gateway.store.tables import claims, metadata

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


def _take(connection: Connection, statement: Select[Any], moment: datetime, after: Place) -> Claim | None:
    row = connection.execute(statement, {"moment": moment, "at": after[0], "id": after[1]}).first()
    return None if row is None else Claim(*row)


def delete_claim(connection: Connection, claim_id: int) -> None:
    """Delete a claim and everything that refers to it."""
    for table, column in _parts:
        connection.execute(delete(table).where(column == claim_id))
    connection.execute(delete(claims).where(claims.c.id == claim_id))
