"""The only writer of a claim's phase: event, notices, the deadline that runs and the new activityEngineGuid go with it, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from gateway.clock import Moment, start_of_day
from gateway.contract.model import OTHER, SELF, SIDES, Contract, Move
from gateway.contract.printables import Kind, printables
from gateway.contract.retention import retention
from gateway.domain.retention import vanishes_at
from gateway.errors import Refused
from gateway.operations import access, notify, printing
from gateway.operations.call import Call
from gateway.store import Connection, claims
from gateway.store.claims import Claim
from gateway.store.directory import Organisation

NO_ROW = ""
UNLOCKED: Mapping[str, None] = {"lock_user": None, "lock_side": None, "lock_until": None}


class Overtaken(Refused):
    """Another caller changed the claim between this call's look at it and its write."""


def open_claim(call: Call, outcome: str | None, values: Mapping[str, Any], compensator: Organisation) -> None:
    """Create the claim of the call; `values` are its columns but for those kept here, `compensator` is where it goes."""
    row = call.contract.move(call.process, values["release"], "", call.operation.name, outcome)
    printed = printables().of_row(call.process, row.row)
    created = dict(
        values,
        **_state(call.contract, row.to, values["deadlines"], values["running"], call.moment, values["birth_date"]),
        acts=_turn(call, row, None),
        event_number=1,
        created_at=call.moment.utc,
        updated_at=call.moment.utc,
        current_user=call.caller.user_id,
        attachments_count=0,
        documents_count=len(printed),
    )
    defaults = {"id": 0, "cm_reference": None, "dispatched_at": None, "lock_user": None, "next_at": None}
    claim = Claim(**{**defaults, **created})
    created["next_at"] = notify.next_at(call.connection, claim, call.moment.utc)
    call.session.write()  # only now, so that nobody has to wait while things are looked up
    call.claim = replace(claim, id=claims.add(call.connection, created), next_at=created["next_at"])
    organisation = call.caller.organisation
    parties = printing.party(organisation), printing.party(compensator, call.claim.cm_branch)
    _record(call, row.row, "", printing.freeze(call.claim, printed, organisation.name, *parties))
    notify.step(call.connection, call.claim, row.row, call.moment.utc, call.caller.side, call.detail)


def move(call: Call, outcome: str | None) -> None:
    """Take the claim of the call where the table says this outcome leads."""
    claim = call.held
    row = call.contract.move(claim.process, claim.release, claim.phase, call.operation.name, outcome, claim.acts)
    to = claim.phase if row.to == SELF else row.to
    deadlines = call.changes.get("deadlines", claim.deadlines)
    running = call.changes.get("running", claim.running)
    printed = printables().of_row(claim.process, row.row)
    values = dict(
        call.changes,
        **_state(call.contract, to, deadlines, running, call.moment, call.changes.get("birth_date", claim.birth_date)),
        acts=_turn(call, row, claim.acts),
        event_number=claim.event_number + 1,
        updated_at=call.moment.utc,
        current_user=call.caller.user_id,
        documents_count=claim.documents_count + len(printed),
    )
    values["next_at"] = notify.next_at(call.connection, _changed(claim, values), call.moment.utc)
    if claim.lock_user is not None and (values["ended"] or values["acts"] != claim.acts or "cm_organisation" in values):
        values.update(UNLOCKED)  # the lock kept colleagues out; whoever has the claim next must not find the door closed
    values.update(_let_go(call, claim, values))
    _change(call.connection, claim, values)
    call.claim = _changed(claim, values)
    _record(call, row.row, claim.phase, _frozen(call, call.claim, printed) if printed else None)
    notify.step(call.connection, call.claim, row.row, call.moment.utc, call.caller.side, call.detail)


def touch(call: Call) -> None:
    """Record a step that leaves phase, turn and limits as they are: the claim has a new guid and an event without a row."""
    claim = call.held
    values = _touched(claim, call.changes, call.moment.utc) | {"current_user": call.caller.user_id}
    values.update(_let_go(call, claim, values))
    _change(call.connection, claim, values)
    call.claim = _changed(claim, values)
    _record(call, NO_ROW, claim.phase)


def touch_by_hand(
    connection: Connection,
    claim: Claim,
    changes: Mapping[str, Any],
    at: datetime,
    what: str,
    detail: Mapping[str, Any],
    user: tuple[str, str] = ("", ""),
) -> Claim:
    """The same outside a call: `what` is the command of those who run the gateway, `user` the organisation and the user it is done for, if any.

    The claim's current user stays: callers see it, and those who run the gateway are none of theirs.
    """
    values = _touched(claim, changes, at)
    _change(connection, claim, values)
    event = _event(claim.id, values["event_number"], at, NO_ROW, claim.phase, claim.phase, values["guid"])
    organisation_id, user_id = user
    claims.add_event(connection, dict(event, operation=what, organisation_id=organisation_id, user_id=user_id, detail=detail))
    return _changed(claim, values)


def _touched(claim: Claim, changes: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {**changes, "guid": str(uuid.uuid4()), "event_number": claim.event_number + 1, "updated_at": at}


def expire(connection: Connection, contract: Contract, claim: Claim, moment: Moment) -> Claim:
    """Do for the claim what its clock had to do by `moment`: post warnings, and where the limit has passed take it where the clock leads.

    Whether it has passed is decided by `moment` alone, so the state is right even if no job ever ran.
    """
    while is_due(claim, moment):
        claim = tick(connection, contract, claim)
    return claim


def is_due(claim: Claim, moment: Moment) -> bool:
    """Whether the clock has something to do for the claim."""
    return claim.next_at is not None and claim.next_at <= moment.utc


def tick(connection: Connection, contract: Contract, claim: Claim) -> Claim:
    """The one thing the clock does at the claim's `next_at`. What it writes bears that time, not the time at which somebody looked.

    A form notified so long ago that its limit had passed when it was sent runs out at the time of sending: history does not go back.
    """
    due = claim.next_at
    assert due is not None, "the clock has nothing to do"
    at = max(due, claim.updated_at)
    if due != claim.due_at:
        notify.warn(connection, claim)
        values: dict[str, Any] = {"next_at": notify.next_at(connection, claim, due)}
        _change(connection, claim, values)
        return _changed(claim, values)
    clock_name = contract.phases[claim.phase].clock
    assert clock_name is not None, f"{claim.phase} has a due date and no clock"
    assert claim.running is not None, f"{claim.phase} has a due date and nothing runs"
    clock = contract.clocks[clock_name]
    values = dict(
        _state(contract, clock.expires_to, claim.deadlines, None, Moment(at), claim.birth_date),
        acts=contract.phases[clock.expires_to].acts,
        event_number=claim.event_number + 1,
        updated_at=at,
        next_at=None,
        **(UNLOCKED if claim.lock_user is not None else {}),
    )
    _change(connection, claim, values)
    event = _event(claim.id, claim.event_number + 1, at, clock.row, claim.phase, clock.expires_to, values["guid"])
    claims.add_event(connection, dict(event, operation="", detail={"clock": claim.running}))
    expired = _changed(claim, values)
    notify.limit_reached(connection, expired, claim.running, at)
    return expired


def _let_go(call: Call, claim: Claim, values: Mapping[str, Any]) -> Mapping[str, None]:
    """The lock ends with a step after which its holder, who alone could take it, does not see the claim and so could not unlock it."""
    return UNLOCKED if claim.lock_user is not None and not access.is_shown(call, _changed(claim, values)) else {}


def _turn(call: Call, row: Move, before: str | None) -> str | None:
    """Whose turn it is after a row."""
    if row.to == SELF:
        return before
    acts = row.acts or call.contract.phases[row.to].acts
    if acts != OTHER:
        return acts
    return next(side for side in SIDES if side != call.caller.side)


def _state(contract: Contract, phase_id: str, deadlines: Mapping[str, str], running: str | None, moment: Moment, birth: date) -> dict[str, Any]:
    phase = contract.phases[phase_id]
    ticking = running if phase.clock is not None else None
    vanishes = retention().vanishing.get(phase_id)
    assert phase.clock == (contract.variants[ticking].clock if ticking else None), f"{phase_id} was entered without its clock"
    return {
        "phase": phase.id,
        "ended": phase.end,
        "guid": str(uuid.uuid4()),
        "running": ticking,
        "gone_at": vanishes_at(vanishes, moment.today, birth) if vanishes else None,
        "due_at": start_of_day(date.fromisoformat(deadlines[ticking])) if ticking else None,
    }


def _change(connection: Connection, claim: Claim, values: Mapping[str, Any]) -> None:
    if not claims.change(connection, claim, values):
        raise Overtaken(f"Claim {claim.application_id} was changed by another caller at this very moment; read it again.")


def _changed(claim: Claim, values: Mapping[str, Any]) -> Claim:
    return Claim(**{name: values.get(name, getattr(claim, name)) for name in Claim.__slots__})


def _event(claim_id: int, number: int, at: datetime, row: str, source: str, to: str, guid: str) -> dict[str, Any]:
    return {"claim_id": claim_id, "number": number, "at": at, "row": row, "from_phase": source, "to_phase": to, "guid": guid}


def _frozen(call: Call, claim: Claim, printed: tuple[Kind, ...]) -> dict[str, Any]:
    return printing.freeze(claim, printed, call.caller.organisation.name, *printing.parties(call.connection, claim))


def _record(call: Call, row: str, source: str, frozen: Mapping[str, Any] | None = None) -> None:
    """The event of the claim's last change, with the claim document that brought it."""
    claim = call.held
    event = _event(claim.id, claim.event_number, call.moment.utc, row, source, claim.phase, claim.guid)
    event.update(
        operation=call.operation.name,
        organisation_id=call.caller.organisation.id,
        user_id=call.caller.user_id,
        identity_id=call.caller.identity_id,
        detail=call.detail,
        frozen=frozen,
    )
    claims.add_event(call.connection, event)
    if call.body is not None:
        claims.add_document(call.connection, claim.id, claim.event_number, call.operation.name, call.body)
