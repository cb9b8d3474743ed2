"""A claim as one side may see it: what the getClaim document is built from.

Read from claim.state, where nothing has to be there, beside what view_packs.py reads:

- `article75` (bool), `accepting-branch` (of the compensator, when it accepted), `rejection` (`code`), `responded-on` (ISO date);
- `child-at-stage-1-response`, `child-at-stage-2-request`, `child-at-stage-2-agreement`, `child-at-additional-damages-agreement` (bool);
- `exit`: `by` (side), `code`, `comment`; `fraud`: `code`, `description`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from gateway.clock import LONDON
from gateway.contract.model import Contract
from gateway.operations import view_packs
from gateway.operations.call import Call
from gateway.store import Connection, claims, directory, transfers
from gateway.store.claims import Claim
from gateway.xml.get_claim import ClaimView, Party, Sent, User
from gateway.xml.get_claim_view import CompensatorType, Exit, Fraud, Transfer, Viewer


def claim_view(call: Call) -> ClaimView:
    """The view of the call's claim for the side that calls."""
    return seen_from(call.connection, call.contract, call.held, call.caller.side)


def seen_from(connection: Connection, contract: Contract, claim: Claim, side: str) -> ClaimView:
    """The view of a claim for one of its sides."""
    view = view_of(
        contract,
        claim,
        side,
        _party(connection, claim.cr_organisation, None),
        _party(connection, claim.cm_organisation, claim.cm_branch),
        sent(connection, claim.id),
    )
    moved = transfers.list_of(connection, claim.id)
    if moved:
        view = replace(view, transfers=tuple(Transfer(one.source, one.target, one.at.astimezone(LONDON).date()) for one in moved))
    if claim.cr_user is None and claim.cm_user is None:
        return view
    representative, compensator = (_user(connection, user) for user in (claim.cr_user, claim.cm_user))
    return replace(view, claimant_representative_user=representative, compensator_user=compensator)


def sent(connection: Connection, claim_id: int) -> tuple[Sent, ...]:
    """The documents of a claim, oldest first."""
    rows = claims.sent_documents(connection, claim_id)
    return tuple(Sent(row.operation, row.body, row.at.astimezone(LONDON).date(), row.number) for row in rows)


def view_of(contract: Contract, claim: Claim, viewer: str, representative: Party, compensator: Party, documents: tuple[Sent, ...]) -> ClaimView:
    """The view of a claim whose parties and documents are these."""
    state = claim.state
    # where two rows are shown in one place the one that runs is meant
    rows = sorted(claim.deadlines, key=lambda row: row == claim.running)
    dates = {contract.variants[row].shown: date.fromisoformat(claim.deadlines[row]) for row in rows}
    running = contract.variants[claim.running].shown if claim.running else None
    return ClaimView(
        process=claim.process,
        release=claim.release,
        viewer=cast("Viewer", viewer),
        application_id=claim.application_id,
        claimant_representative=representative,
        compensator=compensator,
        compensator_type=cast("CompensatorType", claim.compensator_type),
        insurer_claim_reference_number=claim.cm_reference,
        sent_on=claim.sent_at.astimezone(LONDON).date(),
        documents=documents,
        accepting_branch_id=state.get("accepting-branch"),
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


def _user(connection: Connection, user_id: str | None) -> User | None:
    found = directory.user(connection, user_id) if user_id is not None else None
    return None if found is None else User(found.id, found.name, found.surname)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
