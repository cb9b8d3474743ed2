"""Files that the sides add to a claim: each sees those of the other at once, nobody removes one (portal notes 8)."""

from __future__ import annotations

from typing import Any

from gateway import content, scanner
from gateway.domain import attachments as rules
from gateway.operations import notify
from gateway.operations.call import EXAMINATIONS, FINDERS, Call, Finder, operation
from gateway.operations.files import file_entry
from gateway.store import attachments
from gateway.store.attachments import Attachment


@operation("addAttachment")
def add_attachment(call: Call) -> dict[str, Any]:
    """Keep the file; that is no step of the process, so the claim's guid stays good."""
    claim, side = call.held, call.caller.side
    file = rules.described(call.arguments["attachment"])
    taken = attachments.taken(call.connection, claim.id)
    rules.check_room(side, claim.release, taken, len(file.body))
    guid = attachments.add(
        call.connection,
        claim,
        side=side,
        organisation=call.caller.organisation.id,
        user=call.caller.user_id,
        file_name=file.name,
        title=file.title,
        description=file.description,
        body=file.body,
        at=call.moment.utc,
    )
    notify.event(call.connection, claim, "attachment-added", call.moment.utc, side)
    return {"value": guid}


@operation("getAttachmentsList")
def get_attachments_list(call: Call) -> dict[str, Any]:
    """What was added by both sides, oldest first, without the bytes."""
    found = attachments.list_of(call.connection, call.held.id)
    return {"attachemntsList": [_entry(call, one, None) for one in found]}


@operation("getAttachment")
def get_attachment(call: Call) -> dict[str, Any]:
    """One file with its bytes."""
    found = attachments.find(call.connection, call.text("attachmentGuid"))
    assert found is not None, "its claim was found by it"
    return {"attachment": _entry(call, found, attachments.body(call.connection, found))}


def _entry(call: Call, one: Attachment, body: bytes | None) -> dict[str, Any]:
    return file_entry(
        application_id=call.held.application_id,
        guid=one.guid,
        title=one.title,
        file_name=one.file_name,
        description=one.description,
        at=one.at,
        owner=one.owner,
        body=body,
    )


def _examine(call: Call) -> None:
    """What takes its time and needs no lock: the look at the content, and the virus scanner."""
    file = rules.described(call.arguments["attachment"])
    rules.check_type(content.kind(file.body), file.name)
    scanner.scan(file.body, call.settings.clamd_address, call.settings.clamd_seconds)


EXAMINATIONS["addAttachment"] = _examine
FINDERS["attachmentGuid"] = Finder("attachment", "getAttachmentsList", attachments.claim_of)
