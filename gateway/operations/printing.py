"""Printable documents, from the step that makes one to the bytes.

At the step nothing is printed: its event keeps what the documents show and could change later (`freeze`), and that is all the step costs. The
claim documents are only ever added to and bear the number of their event, so that those up to the step are found again at any time. Whoever
prints first (`body`) prints the same as anybody would at any other time, and what was printed once is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from gateway.clock import LONDON
from gateway.contract.model import Contract
from gateway.contract.printables import Kind, printables
from gateway.documents.kinds import MAKERS
from gateway.documents.print import to_pdf
from gateway.operations.view import sent, view_of
from gateway.store import Connection
from gateway.store import printables as store
from gateway.store.claims import Claim
from gateway.store.directory import Organisation
from gateway.store.printables import Step
from gateway.xml.get_claim_view import Party

_TIMES = ("sent_at", "dispatched_at", "updated_at")
_DAYS = ("birth_date", "accident_date")
# columns of a claim that are shown and can be others after a later step or a transfer
_FROZEN = (
    *_TIMES,
    *_DAYS,
    *("cr_organisation", "cm_organisation", "cm_branch", "compensator_type", "cr_reference", "cm_reference"),
    *("ended", "deadlines", "running", "state"),
)


def freeze(claim: Claim, kinds: Sequence[Kind], owner: str, representative: Party, compensator: Party) -> dict[str, Any]:
    """What the event keeps: `claim` is as it is after the step, `owner` the name of the organisation that took it. JSON."""
    columns = {name: getattr(claim, name) for name in _FROZEN}
    return {
        "kinds": [kind.key for kind in kinds],
        "owner": owner,
        "claimant-representative": {"path": representative.path, "name": representative.name},
        "compensator": {"path": compensator.path, "name": compensator.name, "branch_name": compensator.branch_name},
        "claim": {name: value.isoformat() if isinstance(value, date) else value for name, value in columns.items()},
    }


def parties(connection: Connection, claim: Claim) -> tuple[Party, Party]:
    """The two parties of a claim as they are called now, without their addresses."""
    found = store.names(connection, claim.cr_organisation, claim.cm_organisation, claim.cm_branch)
    return (
        Party(claim.cr_organisation, found.path, found.name),
        Party(claim.cm_organisation, found.cm_path, found.cm_name, claim.cm_branch, found.branch_name),
    )


def party(organisation: Organisation, branch: str | None = None) -> Party:
    """A party that is known already."""
    return Party(organisation.id, organisation.path, organisation.name, branch)


def kinds_of(step: Step) -> list[Kind]:
    """The documents that a step made, in their order."""
    return [printables().all[key] for key in step.frozen["kinds"]]


def title(claim: Claim, kind: Kind) -> str:
    """What a document is called: Claim Notification Form (RTA1)."""
    return f"{kind.title} ({kind.forms[claim.claim_type]})"


def file_name(claim: Claim, step: Step, kind: Kind) -> str:
    """The name of its file: RTA1-0000000000000001-1.pdf."""
    return f"{kind.forms[claim.claim_type]}-{claim.application_id}-{step.number}.pdf"


def make(connection: Connection, contract: Contract, claim: Claim, step: Step, kind: Kind) -> bytes:
    """The PDF of a document as it was at its step, whatever happened to the claim since. Takes tens of milliseconds and writes nothing."""
    then = _thawed(claim, step.frozen["claim"])
    documents = tuple(one for one in sent(connection, claim.id) if one.number <= step.number)
    representative = Party(then.cr_organisation, **step.frozen["claimant-representative"])
    compensator = Party(then.cm_organisation, branch_id=then.cm_branch, **step.frozen["compensator"])
    view = view_of(contract, then, "claimant-representative", representative, compensator, documents)
    return to_pdf(MAKERS[kind.key](view, kind.forms[claim.claim_type], step.at.astimezone(LONDON).date()))


def _thawed(claim: Claim, frozen: Mapping[str, Any]) -> Claim:
    read = {**frozen}
    read.update({name: datetime.fromisoformat(frozen[name]) for name in _TIMES if frozen[name]})
    read.update({name: date.fromisoformat(frozen[name]) for name in _DAYS if frozen[name]})
    return replace(claim, **read)
