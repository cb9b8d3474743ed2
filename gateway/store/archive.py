"""Claims that ended with a court pack, kept for those who may still have to read them (portal notes 11.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from gateway.store.tables import archived_claims, archived_documents

_PURGED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Archived:
    """A claim in the archive. `cr_document` and `cm_document` are getClaim as each side last saw it; `attachments` tells of files, without them."""

    id: int
    process: str
    claim_type: str
    phase: str
    cr_organisation: str
    cm_organisation: str
    cr_reference: str | None
    cm_reference: str | None
    archived_at: datetime
    expires_at: datetime
    cr_document: str
    cm_document: str
    attachments: Sequence[Mapping[str, Any]]

    @property
    def application_id(self) -> str:
        """The sixteen digits of the wire."""
        return f"{self.id:016d}"


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed document of a claim in the archive."""

    number: int
    file_name: str
    title: str
    at: datetime
    body: bytes


_columns = archived_claims.c
_SHORT = tuple(_columns[name] for name in Archived.__slots__ if name not in ("cr_document", "cm_document", "attachments"))


def add(connection: Connection, claim: Archived, documents: Sequence[Printed]) -> None:
    """Put a claim into the archive."""
    connection.execute(insert(archived_claims), [{name: getattr(claim, name) for name in Archived.__slots__}])
    if documents:
        rows = [{"claim_id": claim.id, **{name: getattr(one, name) for name in Printed.__slots__}} for one in documents]
        connection.execute(insert(archived_documents), rows)


def of_organisation(connection: Connection, organisation: str, moment: datetime) -> Sequence[Any]:
    """The claims that an organisation was a party of when they ended, without their documents, in the order of ids."""
    mine = or_(_columns.cr_organisation == organisation, _columns.cm_organisation == organisation)
    return connection.execute(select(*_SHORT).where(mine, _columns.expires_at > moment).order_by(_columns.id)).all()


def find(connection: Connection, claim_id: int, moment: datetime) -> Archived | None:
    """The claim of that number, if it is still kept."""
    row = connection.execute(select(archived_claims).where(_columns.id == claim_id, _columns.expires_at > moment)).first()
    return None if row is None else Archived(**row._mapping)


def documents_of(connection: Connection, claim_id: int) -> list[Printed]:
    """The printed documents of a claim, oldest first."""
    table = archived_documents
    found = select(*(table.c[name] for name in Printed.__slots__)).where(table.c.claim_id == claim_id).order_by(table.c.number)
    return [Printed(**row._mapping) for row in connection.execute(found)]


def expired(connection: Connection, moment: datetime) -> int:
    """How many claims are kept though their time is over."""
    return len(connection.execute(select(_columns.id).where(_columns.expires_at <= moment)).all())


def purge(connection: Connection, moment: datetime) -> int:
    """Delete claims whose time is over, a bounded number of them; how many. Workers that purge at the same time take different ones."""
    over = select(_columns.id).where(_columns.expires_at <= moment).limit(_PURGED_AT_ONCE).with_for_update(skip_locked=True)
    ids = list(connection.scalars(over))
    connection.execute(delete(archived_documents).where(archived_documents.c.claim_id.in_(ids)))
    connection.execute(delete(archived_claims).where(_columns.id.in_(ids)))
    return len(ids)
