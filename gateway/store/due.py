"""Claims for which the clock has something to do when nobody calls, one at a time, so that any number of workers may share them.

On PostgreSQL a worker passes over what another one has locked; on SQLite writers take turns, and find what the one before has left.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, and_, bindparam, delete, or_, select

from gateway.store.claims import Claim
from gateway.store.tables import claims, metadata

Place = tuple[datetime, int]
START: Place = (datetime.min.replace(tzinfo=UTC), 0)

_due = (
    select(claims)
    .where(claims.c.next_at <= bindparam("moment"))
    .where(or_(claims.c.next_at > bindparam("at"), and_(claims.c.next_at == bindparam("at"), claims.c.id > bindparam("id"))))
    .order_by(claims.c.next_at, claims.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_gone = (
    select(claims.c.id)
    .where(claims.c.gone_at <= bindparam("moment"), claims.c.id > bindparam("after"))
    .order_by(claims.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
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
    row = connection.execute(_due, {"moment": moment, "at": after[0], "id": after[1]}).first()
    return None if row is None else Claim(*row)


def place(claim: Claim) -> Place:
    """Where a due claim stands in the order in which they are taken."""
    assert claim.next_at is not None, "the clock has nothing to do"
    return claim.next_at, claim.id


def take_gone(connection: Connection, moment: datetime, after: int) -> int | None:
    """The next claim that has been there for nobody since `moment` or before, its row locked; None if there is none left."""
    found: int | None = connection.scalar(_gone, {"moment": moment, "after": after})
    return found


def delete_claim(connection: Connection, claim_id: int) -> None:
    """Delete a claim and everything that refers to it."""
    for table, column in _parts:
        connection.execute(delete(table).where(column == claim_id))
    connection.execute(delete(claims).where(claims.c.id == claim_id))
