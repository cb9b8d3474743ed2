"""Whether the store is a sandbox, and how far its process clock is ahead of the real time. One row: no row, no sandbox."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select, update

from gateway.store.dialect import insert_missing
from gateway.store.prepared import Prepared
from gateway.store.tables import sandbox

_ROW = 1
_ASKED = select(sandbox.c.offset_seconds).where(sandbox.c.id == _ROW)
_OFFSET = Prepared(_ASKED)
_OFFSET_LOCKED = Prepared(_ASKED.with_for_update())
_SET = update(sandbox).where(sandbox.c.id == _ROW)


def offset(connection: Connection, *, lock: bool = False) -> timedelta:
    """How far the process clock is ahead; zero where the store is no sandbox. `lock` makes others that move the clock wait for this transaction."""
    return timedelta(seconds=(_OFFSET_LOCKED if lock else _OFFSET).scalar(connection) or 0)


def is_marked(connection: Connection) -> bool:
    """Whether the store is a sandbox."""
    return _OFFSET.scalar(connection) is not None


def mark(connection: Connection) -> None:
    """Make the store a sandbox, so that its clock may be moved from another shell. A clock that was moved before stays moved."""
    insert_missing(connection, sandbox, {"id": _ROW, "offset_seconds": 0, "note": ""})


def set_offset(connection: Connection, offset: timedelta, note: str) -> None:
    """Move the process clock to `offset` ahead of the real time (whole seconds; negative is behind). The store is a sandbox from then on."""
    mark(connection)
    connection.execute(_SET.values(offset_seconds=round(offset.total_seconds()), note=note))
