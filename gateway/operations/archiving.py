"""Makes of a claim that has ended what the archive keeps of it."""

from __future__ import annotations

from gateway.clock import Moment, start_of_day
from gateway.contract.model import SIDES, Contract
from gateway.contract.retention import Rule
from gateway.domain.retention import months_later
from gateway.operations import printing
from gateway.operations.view import seen_from
from gateway.store import Connection, attachments, printables
from gateway.store.archive import Archived, Printed
from gateway.store.claims import Claim
from gateway.xml import get_claim as document

_KEPT = ("id", "process", "claim_type", "phase", "cr_organisation", "cm_organisation", "cr_reference", "cm_reference")


def archived(connection: Connection, contract: Contract, claim: Claim, rule: Rule, moment: Moment) -> tuple[Archived, list[Printed]]:
    """The claim as the archive keeps it from `moment` on, with its printed documents. Writes nothing; printing may take a while."""
    assert rule.kept_months is not None, f"{rule.key} archives nothing"
    representative, compensator = (document.build(seen_from(connection, contract, claim, side)) for side in SIDES)
    kept = Archived(
        **{name: getattr(claim, name) for name in _KEPT},
        archived_at=moment.utc,
        expires_at=start_of_day(months_later(moment.today, rule.kept_months)),
        cr_document=representative,
        cm_document=compensator,
        attachments=[
            {"file_name": one.file_name, "title": one.title, "description": one.description, "at": one.at.isoformat(), "owner": one.owner}
            for one in attachments.list_of(connection, claim.id)
        ],
    )
    return kept, _printed(connection, contract, claim)


def _printed(connection: Connection, contract: Contract, claim: Claim) -> list[Printed]:
    found: list[Printed] = []
    for step in printables.steps(connection, claim.id):
        for kind in printing.kinds_of(step):
            body = printables.body(connection, claim.id, step.number, kind.key) or printing.make(connection, contract, claim, step, kind)
            found.append(Printed(len(found) + 1, printing.file_name(claim, step, kind), printing.title(claim, kind), step.at, body))
    return found
