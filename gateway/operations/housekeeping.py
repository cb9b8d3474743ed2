"""The gateway acknowledges the end of a process for a side that does not (portal notes 11.1), by the same rows and handlers as the side itself."""

from __future__ import annotations

from gateway.clock import Moment
from gateway.config import Settings
from gateway.contract.model import Contract
from gateway.contract.retention import Rule
from gateway.operations import damages, interim, move, stage2
from gateway.operations.call import HANDLERS, Call
from gateway.store.claims import Claim
from gateway.store.credentials import Caller
from gateway.store.directory import Organisation
from gateway.store.engine import Session

WHO = "gateway"
DECIDED_IN = (damages, interim, stage2)  # imported for the handlers of those acknowledgements that leave something to decide


def acknowledgement(session: Session, contract: Contract, claim: Claim, rule: Rule, moment: Moment) -> tuple[Call, str | None] | None:
    """The call by which the gateway acknowledges, and its outcome; None where that would not end the process. Writes nothing."""
    operation = contract.operations[rule.operations[claim.phase]]
    service = next(service for service in contract.services.values() if service.process == claim.process)
    call = Call(service, operation, {}, contract, Settings(), moment, session)
    call.claim = claim
    call.caller = _nobody(claim)
    if not call.open_moves:
        return None
    handler = HANDLERS.get(operation.name)
    outcome = handler(call) if handler else None
    row = contract.move(claim.process, claim.release, claim.phase, operation.name, outcome, claim.acts)
    return (call, outcome) if row.to in contract.phases and contract.phases[row.to].end else None


def acknowledge(session: Session, contract: Contract, claim: Claim, rule: Rule, moment: Moment) -> bool:
    """Acknowledge, in the open writing transaction; whether there was an end to acknowledge."""
    found = acknowledgement(session, contract, claim, rule, moment)
    if found is not None:
        move.move(*found)
    return found is not None


def _nobody(claim: Claim) -> Caller:
    """The gateway in the place of the side whose turn it is: history shows no organisation, and WHO as the user."""
    kind = "CR" if claim.acts == "claimant-representative" else "COMP"
    nobody = Organisation(id="", path="", name="", kind=kind, compensator_type=None, rta=True, elpl=True)
    return Caller(identity_id="", user_id=WHO, user_branch="", client_id="", organisation=nobody)
