"""A claim as one side may see it: what the getClaim document is built from."""

from __future__ import annotations

from datetime import date
from typing import cast

from gateway.clock import LONDON
from gateway.operations.call import Call
from gateway.store import Connection, claims, directory
from gateway.xml.get_claim import ClaimView, Party
from gateway.xml.get_claim_view import CompensatorType, Viewer


def claim_view(call: Call) -> ClaimView:
    """The view of the call's claim for the side that calls."""
    claim = call.held
    shown = {row: call.contract.variants[row].shown for row in claim.deadlines}
    dates = {row: date.fromisoformat(day) for row, day in claim.deadlines.items()}
    state = claim.state
    return ClaimView(
        process=claim.process,
        release=claim.release,
        viewer=cast("Viewer", call.caller.side),
        application_id=claim.application_id,
        claimant_representative=_party(call.connection, claim.cr_organisation, None),
        compensator=_party(call.connection, claim.cm_organisation, claim.cm_branch),
        compensator_type=cast("CompensatorType", claim.compensator_type),
        insurer_claim_reference_number=claim.cm_reference,
        sent_on=claim.sent_at.astimezone(LONDON).date(),
        documents=claims.latest_documents(call.connection, claim.id),
        accepting_branch_id=claim.cm_branch if claim.dispatched_at else None,
        article75=state.get("article75"),
        rejection_reason_code=state.get("rejection", {}).get("code"),
        child_at_stage1_response=state.get("child-at-stage-1-response"),
        responded_on=_date(state.get("responded-on")),
        ended_on=claim.updated_at.astimezone(LONDON).date() if claim.ended else None,
        deadlines={shown[row]: day for row, day in dates.items()},
        running=(shown[claim.running], dates[claim.running]) if claim.running else None,
    )


def _party(connection: Connection, organisation_id: str, branch_id: str | None) -> Party:
    found = directory.organisation(connection, organisation_id)
    assert found is not None, "a claim refers to an organisation that is not there"
    branch = directory.branch_by_path(connection, f"{found.path}/{branch_id}") if branch_id else None
    return Party(found.id, found.path, found.name, branch_id, branch.name if branch else None, found.address)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
