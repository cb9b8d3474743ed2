"""Printable documents. The event that makes them says which there are and keeps what they show; the bodies are kept from when they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, tuple_

from gateway.store.dialect import insert_missing
from gateway.store.prepared import Prepared
from gateway.store.tables import branches, events, organisations, printables

_PENDING_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Step:
    """An event that made documents; `frozen` as operations/printing.py made it."""

    claim_id: int
    number: int
    at: datetime
    guid: str
    frozen: Mapping[str, Any]

    @property
    def place(self) -> Place:
        """Where it stands in the order of time."""
        return self.at, self.claim_id, self.number


Place = tuple[datetime, int, int]
START: Place = (datetime.min.replace(tzinfo=UTC), 0, 0)
_step = select(*(events.c[name] for name in Step.__slots__)).where(events.c.frozen.is_not(None))
_steps = Prepared(_step.where(events.c.claim_id == bindparam("claim")).order_by(events.c.number))
_one_step = Prepared(_step.where(events.c.claim_id == bindparam("claim"), events.c.number == bindparam("number")))
_compensators = organisations.alias()
_names = Prepared(
    select(
        organisations.c.path,
        organisations.c.name,
        _compensators.c.path.label("cm_path"),
        _compensators.c.name.label("cm_name"),
        branches.c.name.label("branch_name"),
    )
    .join_from(organisations, _compensators, _compensators.c.id == bindparam("compensator"))
    .outerjoin(branches, and_(branches.c.organisation_id == _compensators.c.id, branches.c.id == bindparam("branch")))
    .where(organisations.c.id == bindparam("representative"))
)
_body = Prepared(
    select(printables.c.body).where(
        printables.c.claim_id == bindparam("claim"), printables.c.number == bindparam("number"), printables.c.kind == bindparam("kind")
    )
)
_AFTER = tuple_(
    *(bindparam(name, type_=column.type) for name, column in (("at", events.c.at), ("claim", events.c.claim_id), ("number", events.c.number)))
)
# events of whose documents none is made yet
UNPRINTED = and_(
    events.c.frozen.is_not(None),
    ~select(printables.c.kind).where(printables.c.claim_id == events.c.claim_id, printables.c.number == events.c.number).exists(),
)
_unmade = (
    _step.where(events.c.at >= bindparam("since"))
    .where(tuple_(events.c.at, events.c.claim_id, events.c.number) > _AFTER)
    .where(UNPRINTED)
    .order_by(events.c.at, events.c.claim_id, events.c.number)
    .limit(_PENDING_AT_ONCE)
)


def steps(connection: Connection, claim_id: int) -> list[Step]:
    """All events of a claim that made documents, oldest first."""
    return [Step(*row) for row in _steps.all(connection, {"claim": claim_id})]


def step(connection: Connection, claim_id: int, number: int) -> Step | None:
    """The event of that number, if it made documents."""
    row = _one_step.first(connection, {"claim": claim_id, "number": number})
    return None if row is None else Step(*row)


def names(connection: Connection, representative: str, compensator: str, branch: str) -> Any:
    """What the two organisations of a claim are called now: path, name, cm_path, cm_name, branch_name (None if there is no such branch)."""
    return _names.first(connection, {"representative": representative, "compensator": compensator, "branch": branch})


def body(connection: Connection, claim_id: int, number: int, kind: str) -> bytes | None:
    """The PDF, if it has been made."""
    found = _body.scalar(connection, {"claim": claim_id, "number": number, "kind": kind})
    return None if found is None else bytes(found)


def keep(connection: Connection, claim_id: int, number: int, kind: str, made: bytes, at: datetime) -> tuple[bytes, bool]:
    """Keep a PDF unless one has been kept meanwhile; the one that is kept, and whether it is this one."""
    values = {"claim_id": claim_id, "number": number, "kind": kind, "body": made, "made_at": at}
    won = insert_missing(connection, printables, values)
    kept = made if won else body(connection, claim_id, number, kind)
    assert kept is not None, "it is there, or it was put there"
    return kept, won


def unmade(connection: Connection, since: datetime, after: Place) -> Sequence[Step]:
    """Events from `since` on of whose documents none is made yet, in the order of time: a bounded number of those behind the place `after`."""
    at, claim, number = after
    found = connection.execute(_unmade, {"since": since, "at": at, "claim": claim, "number": number})
    return [Step(*row) for row in found]
