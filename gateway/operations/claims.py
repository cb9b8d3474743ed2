"""Sending a claim, taking it on, passing it on and sending it back."""

from __future__ import annotations

from typing import Any

from gateway.contract.reasons import rejection_codes
from gateway.domain import cnf, deadlines
from gateway.domain.cnf import Cnf
from gateway.errors import Finding, Refused
from gateway.operations import move, repeats
from gateway.operations.call import Call, operation
from gateway.operations.payloads import refuse
from gateway.store import calendars, directory
from gateway.store.directory import MIB, Organisation
from gateway.store.directory_file import CENTRAL_POINT
from gateway.xml import get_claim, schemas

_OWN_REFERENCE = "ApplicationData/ApplicationIDs/@InsurerClaimReferenceNumber"


class UnknownCompensator(Refused):
    """The compensator named is not there, is disabled, or does not take claims of this kind (V27)."""


@operation("addClaim")
def add_claim(call: Call) -> None:
    """T1: the claim is created under the release in force now and goes to the compensator named in the CNF."""
    form = cnf.read(call.process, call.payload)
    compensator = _compensator(call, form)
    release = call.settings.release(call.process)
    version = schemas.release_named(call.process, release).versions(call.settings.numbering).stamp
    values = {
        "process": call.process,
        "claim_type": form.claim_type,
        "release": release,
        "version_major": version.major,
        "version_minor": version.minor,
        "cr_organisation": call.caller.organisation.id,
        "state": {},
    }
    move.open_claim(call, None, values | _sent(call, form, compensator, calendars.current(call.connection).version), compensator)
    repeats.note(call)


@operation("resendRejectedClaim")
def resend_rejected_claim(call: Call) -> None:
    """T10: the corrected CNF, perhaps to another compensator; dates and limits as if sent today, the calendar stays the claim's own."""
    form = cnf.read(call.process, call.payload)
    claim = call.held
    if form.claim_type != claim.claim_type:
        problem = Finding("WrongValue", call.payload.at(cnf.CLAIM_TYPE), f"is {form.claim_type}; the claim was sent as {claim.claim_type}")
        refuse(call, [problem])
    state = {key: value for key, value in claim.state.items() if key not in ("article75", "accepting-branch", "rejection")}
    call.changes.update(_sent(call, form, _compensator(call, form), claim.calendar), state=state, cm_reference=None, cm_user=None, dispatched_at=None)


@operation("acceptClaim")
def accept_claim(call: Call) -> str:
    """T3-T5: the compensator takes the claim on, with its own reference if it gives one."""
    reference = call.text("insurerClaimReferenceNumber")
    if reference and not get_claim.can_hold(call.process, call.held.release, _OWN_REFERENCE, reference):
        problem = Finding("FormatNotValid", "/acceptClaim/insurerClaimReferenceNumber", "up to 50 letters, digits, blanks and \\ / . - are allowed")
        raise Refused("insurerClaimReferenceNumber is not of the form of a reference.", [problem])
    call.changes.update(cm_reference=reference or call.held.cm_reference, dispatched_at=call.held.dispatched_at or call.moment.utc)
    call.remember("accepting-branch", call.held.cm_branch)
    return "accepted-by-mib" if call.process == "rta" and call.held.compensator_type == MIB else "accepted"


@operation("rejectClaimToCR")
def reject_claim_to_cr(call: Call) -> None:
    """T7, T8: back to the claimant representative; from R5 with one of the process's reason codes."""
    allowed = rejection_codes(call.process, call.held.release)
    if not allowed:
        return
    code = call.text("rejectionReasonCode")
    if code not in allowed:
        found = f"is {code[:10]!r}" if code else "must be given"
        raise Refused(f"rejectionReasonCode {found}; allowed: {', '.join(allowed)}.")
    call.remember("rejection", {"code": code, "on": call.moment.today.isoformat()})
    call.detail["code"] = code


@operation("reassignToAnotherCM")
def reassign_to_another_cm(call: Call) -> None:
    """T12: to another enabled compensator, at its central point; the limit runs on as it was."""
    path = call.text("organisationPath")
    organisation = directory.organisation_by_path(call.connection, path) if path else None
    if organisation is None or not _takes(organisation, call.process):
        raise UnknownCompensator("organisationPath names no enabled compensator for claims of this kind.")
    if organisation.id == call.held.cm_organisation:
        raise Refused("organisationPath is the compensator that holds the claim already.")
    call.detail["from"] = call.held.cm_organisation
    call.detail["to"] = organisation.id
    running = (
        deadlines.after_article_75(call.contract, call.process)
        if organisation.compensator_type == MIB and call.process == "rta"
        else call.held.running
    )
    call.changes.update(
        cm_organisation=organisation.id,
        cm_branch=CENTRAL_POINT,
        compensator_type=organisation.compensator_type,
        cm_reference=None,
        cm_user=None,
        dispatched_at=None,
        running=running,
    )


def _sent(call: Call, form: Cnf, compensator: Organisation, calendar_version: int) -> dict[str, Any]:
    calendar = calendars.load(call.connection, calendar_version)
    start = form.notification_date or call.moment.today
    dates = deadlines.at_sending(call.contract, call.process, form.claim_type, start, calendar)
    return {
        "calendar": calendar_version,
        "cm_organisation": compensator.id,
        "cm_branch": CENTRAL_POINT,
        "compensator_type": compensator.compensator_type,
        "cr_reference": form.reference,
        "birth_date": form.birth_date,
        "accident_date": form.accident_date,
        "sent_at": call.moment.utc,
        "deadlines": deadlines.to_text(dates),
        "running": deadlines.running_at_sending(call.contract, call.process, form.claim_type, compensator.compensator_type or ""),
    }


def _compensator(call: Call, form: Cnf) -> Organisation:
    if form.insurer_type == MIB and not form.insurer_id and not form.insurer_path:
        found = directory.mib(call.connection)
    elif form.insurer_path:
        found = directory.organisation_by_path(call.connection, form.insurer_path)
    else:
        found = directory.organisation(call.connection, form.insurer_id)
    if found is None or not _takes(found, call.process):
        refuse(call, [Finding("InsurerNotSelected", call.payload.at(cnf.INSURER_PATH), "names no enabled compensator for claims of this kind")])
    if form.insurer_id and form.insurer_id != found.id:
        refuse(call, [Finding("WrongValue", call.payload.at(cnf.INSURER_ID), "is another organisation than the one InsurerOrganizationPath names")])
    if form.insurer_type == MIB and found.compensator_type != MIB:
        refuse(call, [Finding("WrongValue", call.payload.at(cnf.INSURER_TYPE), "is M, and the organisation named is not the MIB")])
    return found


def _takes(organisation: Organisation, process: str) -> bool:
    return organisation.kind == "COMP" and organisation.enabled and organisation.works_in(process)
