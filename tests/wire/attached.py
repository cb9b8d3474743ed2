"""Attachments as programs add and read them."""

from __future__ import annotations

import uuid
from typing import Any

from client import Client, Reply
from file_samples import PDF
from sqlalchemy import insert, update
from story import Story
from world import START, Party, World

from gateway.store.tables import attachments, claims

SERVICES = ["rta-token", "rta-userauth", "elpl-token", "elpl-userauth"]
SIDES = {True: "compensator", False: "claimant-representative"}


def given(number: str, body: bytes | None = PDF, name: str | None = "sketch.pdf", **values: Any) -> dict[str, Any]:
    """The element `attachment` of a request; other values by the last word of their names (Desc, Title, Guid)."""
    more = {f"dataAttachment{word}": value for word, value in values.items()}
    return {"applicationId": number, "dataAttachmentFileName": name, "dataAttachmentFileZip": body, **more}


def attach(client: Client, number: str, body: bytes | None = PDF, name: str | None = "sketch.pdf", **values: Any) -> Reply:
    return client.call("addAttachment", attachment=given(number, body, name, **values))


def attached(client: Client, number: str) -> list[dict[str, Any]]:
    """The list of a claim's attachments."""
    found: list[dict[str, Any]] = client.call("getAttachmentsList", applicationId=number).ok().payload["attachemntsList"]
    return found


def read(client: Client, guid: str) -> dict[str, Any]:
    """One attachment with its bytes."""
    found: dict[str, Any] = client.call("getAttachment", attachmentGuid=guid).ok().payload["attachment"]
    return found


def fill(world: World, claim: Story, party: Party, *sizes: int) -> None:
    """Put attachments of these sizes on a claim as if the party had added them, but without their bytes."""
    with world.store.writing() as connection:
        before = len(world_attachments(connection, claim.number))
        rows = [
            {
                "claim_id": int(claim.number),
                "number": number,
                "guid": str(uuid.uuid4()),
                "side": SIDES[party.is_compensator],
                "organisation_id": party.organisation,
                "user_id": party.user,
                "file_name": "a.pdf",
                "title": "a.pdf",
                "description": "",
                "size": size,
                "at": START,
            }
            for number, size in enumerate(sizes, before + 1)
        ]
        connection.execute(insert(attachments), rows)
        connection.execute(update(claims).where(claims.c.id == int(claim.number)).values(attachments_count=before + len(rows)))


def world_attachments(connection: Any, number: str) -> list[Any]:
    """The rows of a claim's attachments."""
    return list(connection.execute(attachments.select().where(attachments.c.claim_id == int(number))))
