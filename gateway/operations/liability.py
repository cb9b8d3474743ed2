"""Article 75 and the liability decision."""

from __future__ import annotations

from gateway.domain import deadlines
from gateway.domain.age import is_child
from gateway.errors import Refused
from gateway.operations.call import Call, operation

_DECISION = "LiabilityCausation/@LiabilityDecision"


@operation("applyArticle75")
def apply_article_75(call: Call) -> str:
    """T13, T14: under Article 75 the longer limit runs, counted like the other from the sending of the CNF."""
    applied = bool(call.arguments["isArticle75"])
    call.remember("article75", applied)
    if applied:
        call.changes["running"] = deadlines.after_article_75(call.contract, call.process)
    return "applied" if applied else "not-applied"


@operation("sendLiabilityDecision")
def send_liability_decision(call: Call) -> str:
    """T15-T18: what the response says, and whether the claimant is a child today."""
    child = is_child(call.held.birth_date, call.moment.today)
    call.remember("child-at-stage-1-response", child)
    call.remember("responded-on", call.moment.today.isoformat())
    decision = call.payload.get(_DECISION)
    if decision == "A":
        return "admitted-child" if child else "admitted"
    return "admitted-with-negligence" if decision == "AN" else "denied"


@operation("setStage1Payment")
def set_stage1_payment(call: Call) -> str:
    """T22-T24: only claims older than R3 are asked for stage 1 costs here; the table offers it to no other."""
    if call.arguments["isStage1Paid"]:
        return "paid"
    raise Refused("The limit for the stage 1 payment has not passed.")
