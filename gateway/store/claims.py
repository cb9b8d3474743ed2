"""Claims, their documents and their history. The phase of a claim is written by operations/move.py alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from gateway.store.prepared import Prepared
from gateway.store.tables import claims, documents, events


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the claims table; the fields are its columns."""

    id: int
    process: str
    claim_type: str
    release: str
    version_major: int
    version_minor: int
    calendar: int
    cr_organisation: str
    cm_organisation: str
    cm_branch: str
    compensator_type: str
    cr_reference: str | None
    cm_reference: str | None
    phase: str
    ended: bool
    guid: str
    event_number: int
    birth_date: date
    accident_date: date | None
    acts: str | None
    created_at: datetime
    sent_at: datetime
    updated_at: datetime
    dispatched_at: datetime | None
    deadlines: Mapping[str, str]
    running: str | None
    due_at: datetime | None
    next_at: datetime | None
    state: Mapping[str, Any]
    current_user: str | None
    lock_user: str | None
    gone_at: datetime | None
    attachments_count: int
    documents_count: int
    cr_user: str | None = None
    cm_user: str | None = None
    lock_side: str | None = None
    lock_until: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def application_id(self) -> str:
        """The sixteen digits the wire shows."""
        return f"{self.id:016d}"

    def is_gone(self, moment: datetime) -> bool:
        """Whether the claim is there for nobody any more at that time."""
        return self.gone_at is not None and self.gone_at <= moment

    def organisation_of(self, side: str) -> str:
        """The organisation that has the claim on a side."""
        return self.cr_organisation if side == "claimant-representative" else self.cm_organisation

    def allocated_to(self, side: str) -> str | None:
        """The user of a side whom the claim is allocated to."""
        return self.cr_user if side == "claimant-representative" else self.cm_user

    def locked_by(self, moment: datetime) -> str | None:
        """The user whose lock holds at that time."""
        return self.lock_user if self.lock_until is not None and self.lock_until > moment else None


# Whoever guesses at claims must not learn from the time it takes which exist: where there is none, the newest is read, and not shown.
_there = select(claims.c.id).where(claims.c.id == bindparam("id")).scalar_subquery()
_newest = select(func.max(claims.c.id)).scalar_subquery()
_by_id = select(claims).where(claims.c.id == func.coalesce(_there, _newest))
_load = Prepared(_by_id)
# What says where a claim stands, who sees it, and whether its clock has something to do.
_BRIEF = (
    *("id", "process", "phase", "guid", "next_at", "gone_at", "deleted_at"),
    *("cr_organisation", "cm_organisation", "cm_branch", "cr_user", "cm_user"),
)
_load_brief = Prepared(_by_id.with_only_columns(*(claims.c[name] for name in _BRIEF), maintain_column_froms=True))
_load_locked = Prepared(_by_id.with_for_update())
_add = Prepared(insert(claims).returning(claims.c.id), into=claims, made=("id",))
_add_event = Prepared(insert(events), into=events)
_add_document = Prepared(insert(documents), into=documents)
_latest_documents = Prepared(
    select(documents.c.operation, documents.c.body).where(documents.c.claim_id == bindparam("claim")).order_by(documents.c.number)
)
_latest_document = Prepared(
    select(documents.c.body)
    .where(documents.c.claim_id == bindparam("claim"), documents.c.operation == bindparam("operation"))
    .order_by(documents.c.number.desc())
    .limit(1)
)
_sent_documents = Prepared(
    select(documents.c.number, documents.c.operation, documents.c.body, events.c.at)
    .join(events, (events.c.claim_id == documents.c.claim_id) & (events.c.number == documents.c.number))
    .where(documents.c.claim_id == bindparam("claim"))
    .order_by(documents.c.number)
)
_history = Prepared(select(events).where(events.c.claim_id == bindparam("claim")).order_by(events.c.number))


def load_brief(connection: Connection, claim_id: int) -> Claim | None:
    """The claim with the columns of _BRIEF alone, in a third of the time. It has no other attribute: who asks for one has a defect."""
    row = _load_brief.first(connection, {"id": claim_id})
    if row is None or row.id != claim_id:
        return None
    claim = object.__new__(Claim)
    for keep, value in zip(_KEEP_BRIEF, row, strict=True):
        keep(claim, value)
    return claim


_KEEP_BRIEF = [getattr(Claim, name).__set__ for name in _BRIEF]  # a claim does not change, but this one has yet to become what it is


def load(connection: Connection, claim_id: int, *, lock: bool = False) -> Claim | None:
    """The claim, its row locked on request (PostgreSQL; on SQLite the write transaction itself is the lock)."""
    row = (_load_locked if lock else _load).first(connection, {"id": claim_id})
    claim = None if row is None else Claim(*row)
    return claim if claim is not None and claim.id == claim_id else None


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """Insert a claim; gives its id."""
    return int(_add.scalar(connection, values))


def change(connection: Connection, claim: Claim, values: Mapping[str, Any]) -> bool:
    """Update the claim if its guid is still what `claim` says; False when somebody was faster."""
    renewed = {f"new_{name}": value for name, value in values.items()}
    return _change(tuple(values)).run(connection, {"claim": claim.id, "seen": claim.guid, **renewed}) == 1


@cache
def _change(columns: tuple[str, ...]) -> Prepared:
    statement = update(claims).where(claims.c.id == bindparam("claim"), claims.c.guid == bindparam("seen"))
    return Prepared(statement.values({name: bindparam(f"new_{name}", type_=claims.c[name].type) for name in columns}))


def add_event(connection: Connection, values: Mapping[str, Any]) -> None:
    """Append to the history."""
    _add_event.unasked(connection, values)


def add_document(connection: Connection, claim_id: int, number: int, operation: str, body: bytes) -> None:
    """Keep a claim document as it was sent, under the number of its event."""
    _add_document.unasked(connection, {"claim_id": claim_id, "number": number, "operation": operation, "body": body})


def latest_documents(connection: Connection, claim_id: int) -> dict[str, bytes]:
    """Operation to the newest document it brought."""
    return dict(_latest_documents.all(connection, {"claim": claim_id}))


def latest_document(connection: Connection, claim_id: int, operation: str) -> bytes | None:
    """The newest document that an operation brought, as sent."""
    body: bytes | None = _latest_document.scalar(connection, {"claim": claim_id, "operation": operation})
    return body


def sent_documents(connection: Connection, claim_id: int) -> Sequence[Any]:
    """All documents of a claim, oldest first: number, operation, body as sent, and when (`at`)."""
    return _sent_documents.all(connection, {"claim": claim_id})


def history(connection: Connection, claim_id: int) -> Sequence[Any]:
    """All events of a claim, oldest first."""
    return _history.all(connection, {"claim": claim_id})
