"""Interim settlement packs. What happened to each pack is kept in `state["interims"]`, the newest last."""

from __future__ import annotations

from datetime import date
from typing import Any

from gateway.domain import money, packs
from gateway.domain.age import is_child
from gateway.domain.rules.read import british
from gateway.errors import Refused
from gateway.operations import timing
from gateway.operations.call import Call, operation
from gateway.store import claims
from gateway.xml.payload import parse_stored

LOW, HIGH = "K6", "K7"


class AdultsOnly(Refused):
    """An interim payment is for claimants who were adults when the claim was sent (T31)."""


class NothingToExtend(Refused):
    """The limit of an interim pack is extended once, and only above £1,000 (K7)."""


class TooEarly(Refused):
    """The limit for the payment has not passed (T49)."""


@operation("setInterimPaymentNeeded")
def set_interim_payment_needed(call: Call) -> str:
    """T30-T32: an interim settlement pack is to follow, or the stage 2 one."""
    if not call.arguments["isInterimPaymentNeeded"]:
        return "not-needed"
    if is_child(call.held.birth_date, timing.local_day(call.held.sent_at)):
        raise AdultsOnly("An interim payment cannot be asked for: the claimant was under 18 when the claim was sent.")
    return "needed"


@operation("addInterimSPFRequest")
def add_interim_spf_request(call: Call) -> None:
    """T33: the low clock runs for £1,000, the high one above. Both dates are kept and shown, as those of the liability decision are (S)."""
    requested = packs.interim_request(call.process, call.payload).requested
    row, other = (HIGH, LOW) if money.payment_more_requested(requested) else (LOW, HIGH)
    timing.start(call, other, call.moment.today)
    due = timing.start(call, row, call.moment.today)
    pack = {"deadline": row, "due": due.isoformat(), "extended": False, "sent-on": call.moment.today.isoformat()}
    call.remember("interims", [*_packs(call), pack])


@operation("addInterimSPFResponse")
def add_interim_spf_response(call: Call) -> str:
    """T34, T35: agreed in full or in part (C13)."""
    answer = packs.interim_response(call.process, call.payload)
    agreed = money.interim_agreed(money.losses_offered(answer.heads), answer.cru_deductions)
    asked = claims.latest_document(call.connection, call.held.id, "addInterimSPFRequest")
    assert asked is not None, "an answer without a request"
    in_full = money.interim_fully_agreed(agreed, packs.interim_request(call.process, parse_stored(asked)).requested)
    _note(call, **{"answered-on": call.moment.today.isoformat()})
    return "in-full" if in_full else "in-part"


@operation("rejectInterimSettlementPack")
def reject_interim_settlement_pack(call: Call) -> None:
    """T36: the pack as a whole is refused, with a comment."""
    comment = call.text("rejectionComment")
    if not comment:
        raise Refused("rejectionComment must be given.")
    timing.check_shown(call, "ApplicationData/InterimPackRejected/@InterimPackRejectionComment", comment, "rejectionComment")
    _note(call, rejected=comment, **{"answered-on": call.moment.today.isoformat()})


@operation("extendInterimPaymentDecisionTimeout")
def extend_interim_payment_decision_timeout(call: Call) -> None:
    """T38: once, above £1,000: 30 business days from the sending of the pack."""
    pack = _packs(call)[-1]
    if pack["deadline"] != HIGH:
        raise NothingToExtend("The limit for an interim payment of £1,000 cannot be extended.")
    if pack["extended"]:
        raise NothingToExtend("The limit of this interim settlement pack has been extended before; that is possible once.")
    days = call.contract.variants[HIGH].extended_days
    assert days is not None
    due = timing.calendar(call).deadline(date.fromisoformat(pack["sent-on"]), days)
    timing.set_deadline(call, HIGH, due)
    _note(call, extended=True, due=due.isoformat())


@operation("acceptPartialInterimPayment")
def accept_partial_interim_payment(call: Call) -> str:
    """T43, T44: PaymentDecision AC or NAC."""
    accepted = call.arguments["isPartialInterimPaymentAccepted"]
    _note(call, decision="AC" if accepted else "NAC")
    return "accepted" if accepted else "not-accepted"


@operation("acknowledgePartialPaymentDecision")
def acknowledge_partial_payment_decision(call: Call) -> str:
    """T45, T46: what the claimant representative had decided."""
    return "accepted" if _packs(call)[-1].get("decision") == "AC" else "not-accepted"


@operation("setStage21Payment")
def set_stage21_payment(call: Call) -> str:
    """T47-T50: the payment has come, or it has not although its limit has passed (the date of the decision's clock, K8)."""
    if call.arguments["isStage21Paid"]:
        _note(call, paid=True, **{"paid-on": call.moment.today.isoformat()})
        return "paid"
    due = date.fromisoformat(_packs(call)[-1]["due"])
    if call.moment.today < due:
        raise TooEarly(f"isStage21Paid cannot be false yet: the limit for the payment runs out on {british(due)}.")
    _note(call, paid=False)
    return "not-paid"


def _packs(call: Call) -> list[dict[str, Any]]:
    return list(call.recall("interims") or [])


def _note(call: Call, **facts: Any) -> None:
    *before, newest = _packs(call)
    call.remember("interims", [*before, {**newest, **facts}])
