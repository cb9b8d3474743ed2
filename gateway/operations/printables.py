"""The documents that the portal itself makes of a claim at its steps, as PDF (portal notes 8.6)."""

from __future__ import annotations

from typing import Any

from gateway.contract.printables import Kind
from gateway.domain.printable_id import place, printable_id
from gateway.operations import printing
from gateway.operations.access import no_such_claim
from gateway.operations.call import FINDERS, Call, Finder, operation
from gateway.operations.files import file_entry
from gateway.store import Connection, claims, printables
from gateway.store.printables import Step

_ID = "printableDocumentId"


def _claim_of(_connection: Connection, given: str) -> int | None:
    found = place(given)
    return found[0] if found else None


FINDERS[_ID] = Finder("printable document", "getPrintableDocumentsList", _claim_of)


@operation("getPrintableDocumentsList")
def get_printable_documents_list(call: Call) -> dict[str, Any]:
    """Every document that was made of the claim, oldest first, without the bytes; both sides see all."""
    found = printables.steps(call.connection, call.held.id)
    return {"attachemntsList": [_entry(call, step, kind, None) for step in found for kind in printing.kinds_of(step)]}


@operation("getPrintableDocument")
def get_printable_document(call: Call) -> dict[str, Any]:
    """One document with its bytes, which are made when it is first asked for and are the same ever after."""
    step, kind = _named(call)
    claim = call.held
    body = printables.body(call.connection, claim.id, step.number, kind.key)
    if body is None:
        made = printing.make(call.connection, call.contract, claim, step, kind)
        call.session.write()  # only now: printing takes its time
        if claims.load(call.connection, claim.id, lock=True) is None:
            raise no_such_claim(call)  # deleted meanwhile
        body, _ = printables.keep(call.connection, claim.id, step.number, kind.key, made, call.moment.utc)
    return {"attachment": _entry(call, step, kind, body)}


def _named(call: Call) -> tuple[Step, Kind]:
    given = call.text(_ID).lower()
    found = place(given)
    step = printables.step(call.connection, *found) if found else None
    if step is not None:
        for kind in printing.kinds_of(step):
            if _id(step, kind) == given:
                return step, kind
    raise no_such_claim(call)


def _id(step: Step, kind: Kind) -> str:
    return printable_id(step.claim_id, step.number, step.guid, kind.key)


def _entry(call: Call, step: Step, kind: Kind, body: bytes | None) -> dict[str, Any]:
    claim = call.held
    return file_entry(
        application_id=claim.application_id,
        guid=_id(step, kind),
        title=printing.title(claim, kind),
        file_name=printing.file_name(claim, step, kind),
        description="",
        at=step.at,
        owner=step.frozen["owner"],
        body=body,
    )
