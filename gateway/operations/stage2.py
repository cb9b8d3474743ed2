"""The stage 2 settlement pack: the first answer, offers to and fro, agreement or not."""

from __future__ import annotations

from datetime import date

from gateway.domain import packs
from gateway.domain.age import is_child
from gateway.errors import Refused
from gateway.operations import timing
from gateway.operations.call import Call, operation

FIRST_ANSWER, NEGOTIATION = "K9", "K10"
CHILD_AT_REQUEST, CHILD_AT_AGREEMENT = "child-at-stage-2-request", "child-at-stage-2-agreement"
SENT_ON = "settlement-sent-on"


class NoMoreOffers(Refused):
    """Inside the further five days only yes or no is left (T72)."""


@operation("addStage2SPFRequest")
def add_stage2_spf_request(call: Call) -> None:
    """T60: the compensator has 15 business days for its first answer (K9)."""
    timing.start(call, FIRST_ANSWER, call.moment.today)
    call.remember(SENT_ON, call.moment.today.isoformat())
    call.remember(CHILD_AT_REQUEST, is_child(call.held.birth_date, call.moment.today))


@operation("addStage2SPFResponse")
def add_stage2_spf_response(call: Call) -> str:
    """T61-T63. A counter offer makes it 35 business days in all, from the sending of the pack (K10)."""
    decision = packs.settlement_response(call.process, call.payload).decision
    if decision == "C":
        agree(call)
        return "confirmed"
    if decision == "R":
        return "repudiated"
    sent = date.fromisoformat(call.recall(SENT_ON))
    due = timing.calendar(call).deadline(sent, call.contract.variants[NEGOTIATION].days)
    # an extension agreed for the first answer may reach further than the 35 days
    timing.set_deadline(call, NEGOTIATION, max(due, timing.current(call)), instead_of=FIRST_ANSWER)
    return "counter-offer"


@operation("extendStage2SPFDecisionTimeout")
def extend_stage2_spf_decision_timeout(call: Call) -> None:
    """T64."""
    timing.extend(call)


@operation("extendStage2SPFCounterOfferTimeout")
def extend_stage2_spf_counter_offer_timeout(call: Call) -> None:
    """T79."""
    timing.extend(call)


@operation("acknowledgeStage2SPFConfirmation")
def acknowledge_stage2_spf_confirmation(call: Call) -> str:
    """T67-T69: a child's settlement needs the court's approval."""
    return child_or_adult(call, CHILD_AT_AGREEMENT)


@operation("setStage2SPFCounterOfferNeeded")
def set_stage2_spf_counter_offer_needed(call: Call) -> str:
    """T71-T73."""
    if not call.arguments["isStage2SPFCounterOfferNeeded"]:
        return "not-needed"
    if timing.in_further_period(call):
        raise NoMoreOffers("No more offers can be made in the further consideration period; isStage2SPFCounterOfferNeeded must be false.")
    return "needed"


@operation("addStage2SPFCounterOfferByCR")
def add_stage2_spf_counter_offer_by_cr(call: Call) -> str:
    """T74, T75: in the last five days the compensator gets five more, for a yes or no."""
    if timing.in_the_last_days(call):
        timing.further(call)
        return "in-the-last-days"
    return "in-time"


@operation("addStage2SPFCounterOfferByCM")
def add_stage2_spf_counter_offer_by_cm(call: Call) -> str:
    """T76-T78; in the further period it is read as yes or no (T83, T84)."""
    accepted = packs.settlement_response(call.process, call.payload, call.operation.name).decision == "ACO"
    if timing.in_further_period(call):
        decide(call, agreed=accepted)
        return "agreed" if accepted else "not-agreed"
    if accepted:
        decide(call, agreed=True)
        return "accepted"
    if timing.in_the_last_days(call):
        timing.further(call)
        return "new-offer-in-the-last-days"
    return "new-offer"


@operation("setStage2SPFAgreementDecision")
def set_stage2_spf_agreement_decision(call: Call) -> str:
    """T80-T84: the claimant representative's decision, or the compensator's in the further period."""
    agreed = bool(call.arguments["isAgreed"])
    decide(call, agreed=agreed)
    return "agreed" if agreed else "not-agreed"


@operation("acknowledgeStage2SPFAgreed")
def acknowledge_stage2_spf_agreed(call: Call) -> str:
    """T85-T87."""
    return child_or_adult(call, CHILD_AT_AGREEMENT)


def decide(call: Call, *, agreed: bool) -> None:
    """Remember who decided what, and in the case of an agreement the claimant's age."""
    call.remember("agreement", {"by": call.caller.side, "agreed": agreed, "on": call.moment.today.isoformat()})
    if agreed:
        agree(call)


def agree(call: Call, flag: str = CHILD_AT_AGREEMENT) -> None:
    """Remember whether the claimant was a child at the agreement."""
    call.remember(flag, is_child(call.held.birth_date, call.moment.today))


def child_or_adult(call: Call, flag: str) -> str:
    """The outcome by the claimant's age at the agreement."""
    return "child" if call.recall(flag) else "adult"
