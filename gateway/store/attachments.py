"""Files that the sides add to a claim. They are never changed, and leave with the claim alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from gateway.store.claims import Claim
from gateway.store.prepared import Prepared
from gateway.store.tables import attachment_bodies, attachments, claims, organisations


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file without its bytes; `owner` is the name of the organisation that added it."""

    claim_id: int
    number: int
    guid: str
    file_name: str
    title: str
    description: str
    at: datetime
    owner: str


_add = Prepared(insert(attachments), into=attachments)
_add_body = Prepared(insert(attachment_bodies), into=attachment_bodies)
_count = Prepared(claims.update().where(claims.c.id == bindparam("claim")).values(attachments_count=bindparam("count")))
_known = select(*(attachments.c[name] for name in Attachment.__slots__ if name != "owner"), organisations.c.name).join(
    organisations, organisations.c.id == attachments.c.organisation_id
)
_list = Prepared(_known.where(attachments.c.claim_id == bindparam("claim")).order_by(attachments.c.number))
_by_guid = Prepared(_known.where(attachments.c.guid == bindparam("one")))
_body = Prepared(
    select(attachment_bodies.c.body).where(attachment_bodies.c.claim_id == bindparam("claim"), attachment_bodies.c.number == bindparam("number"))
)
_taken = Prepared(
    select(attachments.c.side, func.count(), func.sum(attachments.c.size))
    .where(attachments.c.claim_id == bindparam("claim"))
    .group_by(attachments.c.side)
)


def add(
    connection: Connection,
    claim: Claim,
    *,
    side: str,
    organisation: str,
    user: str,
    file_name: str,
    title: str,
    description: str,
    body: bytes,
    at: datetime,
) -> str:
    """Keep a file with the claim, whose row must be locked, and count it there; gives its guid."""
    guid = str(uuid.uuid4())
    number = claim.attachments_count + 1
    values = {
        "claim_id": claim.id,
        "number": number,
        "guid": guid,
        "side": side,
        "organisation_id": organisation,
        "user_id": user,
        "file_name": file_name,
        "title": title,
        "description": description,
        "size": len(body),
        "at": at,
    }
    _add.run(connection, values)
    _add_body.run(connection, {"claim_id": claim.id, "number": number, "body": body})
    _count.run(connection, {"claim": claim.id, "count": number})
    return guid


def list_of(connection: Connection, claim_id: int) -> list[Attachment]:
    """The files of a claim, in the order in which they were added."""
    return [Attachment(*row) for row in _list.all(connection, {"claim": claim_id})]


def find(connection: Connection, guid: str) -> Attachment | None:
    """The file of that guid, whatever claim it belongs to."""
    row = _by_guid.first(connection, {"one": guid.lower()})
    return None if row is None else Attachment(*row)


def claim_of(connection: Connection, guid: str) -> int | None:
    """The id of the claim that holds the file of that guid; None if there is none."""
    found = find(connection, guid)
    return None if found is None else found.claim_id


def body(connection: Connection, attachment: Attachment) -> bytes:
    """The bytes as they were sent."""
    found: bytes = _body.scalar(connection, {"claim": attachment.claim_id, "number": attachment.number})
    return found


def taken(connection: Connection, claim_id: int) -> dict[str, tuple[int, int]]:
    """Side to the number of files it has added to a claim, and their bytes; a side without any is not in it."""
    return {side: (int(files), int(size)) for side, files, size in _taken.all(connection, {"claim": claim_id})}
