"""A claim as one side may see it: what the getClaim document is built from.

Read from claim.state, where nothing has to be there, beside what view_packs.py reads:

- `article75` (bool), `rejection` (`code`), `responded-on` (ISO date);
- `child-at-stage-1-response`, `child-at-stage-2-request`, `child-at-stage-2-agreement`, `child-at-additional-damages-agreement` (bool);
- `exit`: `by` (side), `code`, `comment`; `fraud`: `code`, `description`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from gateway.clock import LONDON
from gateway.operations import view_packs
from gateway.operations.call import Call
from gateway.store import Connection, claims, directory
from gateway.xml.get_claim import ClaimView, Party, Sent
from gateway.xml.get_claim_view import CompensatorType, Exit, Fraud, Viewer


def claim_view(call: Call) -> ClaimView:
    """The view of the call's claim for the side that calls."""
    claim = call.held
    state = claim.state
    # where two rows are shown in one place the one that runs is meant
    rows = sorted(claim.deadlines, key=lambda row: row == claim.running)
    dates = {call.contract.variants[row].shown: date.fromisoformat(claim.deadlines[row]) for row in rows}
    running = call.contract.variants[claim.running].shown if claim.running else None
    documents = tuple(
        Sent(row.operation, row.body, row.at.astimezone(LONDON).date(), row.number) for row in claims.sent_documents(call.connection, claim.id)
    )
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
        documents=documents,
        accepting_branch_id=claim.cm_branch if claim.dispatched_at else None,
        article75=state.get("article75"),
        rejection_reason_code=state.get("rejection", {}).get("code"),
        child_at_stage1_response=state.get("child-at-stage-1-response"),
        child_at_stage2_request=state.get("child-at-stage-2-request"),
        child_at_stage2_agreement=state.get("child-at-stage-2-agreement"),
        child_at_additional_damages_agreement=state.get("child-at-additional-damages-agreement"),
        responded_on=_date(state.get("responded-on")),
        ended_on=claim.updated_at.astimezone(LONDON).date() if claim.ended else None,
        deadlines=dates,
        running=(running, dates[running]) if running else None,
        packs=view_packs.read(claim.process, documents, state, claim.birth_date),
        exit=_exit(state.get("exit")),
        fraud=_fraud(state.get("fraud")),
    )


def _exit(kept: Mapping[str, Any] | None) -> Exit | None:
    return Exit(kept["by"], kept["code"], kept.get("comment") or None) if kept else None


def _fraud(kept: Mapping[str, Any] | None) -> Fraud | None:
    return Fraud(kept["code"], kept.get("description") or None) if kept else None


def _party(connection: Connection, organisation_id: str, branch_id: str | None) -> Party:
    found = directory.organisation(connection, organisation_id)
    assert found is not None, "a claim refers to an organisation that is not there"
    branch = directory.branch_by_path(connection, f"{found.path}/{branch_id}") if branch_id else None
    return Party(found.id, found.path, found.name, branch_id, branch.name if branch else None, found.address)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
