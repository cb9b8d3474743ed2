"""Additional damages, RTA only."""

from __future__ import annotations

from gateway.domain import packs
from gateway.errors import Refused
from gateway.operations import stage2, timing
from gateway.operations.call import Call, operation

CLOCK = "K12"
CHILD_AT_AGREEMENT = "child-at-additional-damages-agreement"
TIMED_OUT = "timed-out"


@operation("setAdditionalDamagesExistence")
def set_additional_damages_existence(call: Call) -> str:
    """T100, T101."""
    exist = call.arguments["additionalDamagesExist"]
    if exist is None:
        raise Refused("additionalDamagesExist must be given.")
    return "exist" if exist else "none"


@operation("addS2SPFAdditionalDamagesRequest")
def add_s2spf_additional_damages_request(call: Call) -> None:
    """T102: the compensator has 15 business days (K12)."""
    timing.start(call, CLOCK, call.moment.today)


@operation("addS2SPFAdditionalDamagesResponse")
def add_s2spf_additional_damages_response(call: Call) -> str:
    """T103, T104."""
    if packs.settlement_response(call.process, call.payload, call.operation.name).decision != "A":
        return "counter-offer"
    _decide(call, agreed=True)
    return "agreed"


@operation("extendAdditionalDamagesDecisionTimeout")
def extend_additional_damages_decision_timeout(call: Call) -> None:
    """T105."""
    timing.extend(call)


@operation("acknowledgeAllDamagesAgreed")
def acknowledge_all_damages_agreed(call: Call) -> str:
    """T108, T109."""
    return stage2.child_or_adult(call, CHILD_AT_AGREEMENT)


@operation("setS2SPFAdditionalDamagesDecision")
def set_s2spf_additional_damages_decision(call: Call) -> str:
    """T110, T111."""
    agreed = call.arguments["isAgreed"]
    if agreed is None:
        raise Refused("isAgreed must be given.")
    _decide(call, agreed=agreed)
    return "agreed" if agreed else "not-agreed"


@operation("acknowledgeAdditionalDamagesAgreement")
def acknowledge_additional_damages_agreement(call: Call) -> str:
    """T112-T114: of the agreement by the compensator, of the timeout by the claimant representative."""
    if {move.outcome for move in call.open_moves} == {TIMED_OUT}:
        return TIMED_OUT
    return stage2.child_or_adult(call, CHILD_AT_AGREEMENT)


def _decide(call: Call, *, agreed: bool) -> None:
    call.remember("additional-damages-agreement", {"by": call.caller.side, "agreed": agreed, "on": call.moment.today.isoformat()})
    if agreed:
        stage2.agree(call, CHILD_AT_AGREEMENT)
