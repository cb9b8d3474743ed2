"""Leaving the process, and fraud."""

from __future__ import annotations

from gateway.contract.reasons import exit_reasons, fraud_codes
from gateway.errors import Finding, Refused
from gateway.operations import timing
from gateway.operations.call import Call, operation

_EXIT = {"claimant-representative": "ApplicationData/ExitProcess/ExitCR", "compensator": "ApplicationData/ExitProcess/ExitCM"}


class BadReason(Refused):
    """The reason code is not one of the caller's, here and now, or lacks its comment."""


@operation("exitProcess")
def exit_process(call: Call) -> None:
    """T124: with one of the side's reasons; the other side acknowledges."""
    claim, side = call.held, call.caller.side
    code, comment = call.text("exitReasonCode"), call.text("exitComment")
    allowed = {reason.code: reason for reason in exit_reasons(claim.process, claim.release, side, claim.phase)}
    if code not in allowed:
        told = ", ".join(f"{reason.code} ({reason.text})" for reason in allowed.values())
        found = f"is {code[:10]!r}" if code else "must be given"
        raise BadReason(f"exitReasonCode {found}; allowed here: {told}.", [Finding("WrongValue", "/exitProcess/exitReasonCode", f"allowed: {told}")])
    if allowed[code].comment and not comment:
        raise BadReason(f"exitComment must be given with reason {code} ({allowed[code].text}).")
    timing.check_shown(call, f"{_EXIT[side]}/@ExitComment", comment, "exitComment")
    call.remember("exit", {"by": side, "code": code, "comment": comment, "on": call.moment.today.isoformat()})
    call.detail["code"] = code


@operation("stateFraud")
def state_fraud(call: Call) -> None:
    """T126: reason 0, explained."""
    code, description = call.text("reasonCode"), call.text("reasonDescription")
    allowed = fraud_codes(call.process, call.held.release)
    if code not in allowed:
        raise BadReason(f"reasonCode {f'is {code[:10]!r}' if code else 'must be given'}; allowed: {', '.join(allowed)}.")
    if not description:
        raise BadReason("reasonDescription must be given.")
    timing.check_shown(call, "ApplicationData/FraudStated/@FraudComment", description, "reasonDescription")
    call.remember("fraud", {"code": code, "description": description, "on": call.moment.today.isoformat()})
