"""The pipeline: what happens to a call, in this order. The list STEPS is the documentation; each step is a function below it.

A step raises Refused to end the call; whatever was written is then rolled back. `Dispatcher.answer` is the one place where errors become
replies.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clock import Moment
from gateway.config import Settings
from gateway.contract.model import Contract, Operation, Service
from gateway.domain.application_id import application_number
from gateway.errors import Broken, GatewayError, Refused
from gateway.log import logger
from gateway.operations import agreement, move, repeats
from gateway.operations.access import (
    SIDES,
    NoSuchClaim,
    OutOfTurn,
    check_lock,
    check_permission,
    check_side,
    check_visible,
    no_such_claim,
    scope,
)
from gateway.operations.call import BRIEF, EXAMINATIONS, FINDERS, HANDLERS, Call
from gateway.operations.entrance import authenticate, check_agreement, check_generation
from gateway.operations.payloads import read_payload
from gateway.operations.search import claim_info
from gateway.operations.throttle import check_open, throttle_caller
from gateway.store import StoreUnavailable, account_rules, claims, collided, listing, sandbox
from gateway.store.claims import Claim
from gateway.store.engine import Session, Store
from gateway.store.trouble import trouble

CHAPTERS = (
    "allocation",
    "attachments",
    "claims",
    "court",
    "damages",
    "directory",
    "exits",
    "interim",
    "liability",
    "notices",
    "printables",
    "search",
    "session",
    "stage2",
)
LISTING = ("notices", "search")  # what they list depends on all claims of the caller
for _chapter in CHAPTERS:
    importlib.import_module(f"gateway.operations.{_chapter}")


class Stale(Refused):
    """The activityEngineGuid is not the claim's current one."""


class NotYetAvailable(Refused):
    """An operation whose behaviour is still to be built; the coverage ledger lists them."""


def fix_the_moment(call: Call) -> None:
    """One instant for the whole call; in a sandbox, as far ahead as somebody has moved the clock."""
    if call.settings.sandbox:
        call.moment = Moment.now(sandbox.offset(call.connection))


def check_served(call: Call) -> None:
    """What is still to be built says so."""
    if call.operation.awaits:
        raise NotYetAvailable(f"{call.operation.name} is not yet available in this gateway; it comes with {call.operation.awaits}.")


def load_claim(call: Call) -> None:
    """The claim, its row locked when the operation changes it; where there is an examination first, by that step."""
    claim_id = _claim_id(call)
    if not call.named:
        return
    if call.operation.changes and call.operation.name not in EXAMINATIONS:
        call.session.write()
    known = claim_id or 0  # no claim has the number 0
    brief = call.operation.name in BRIEF
    call.claim = claims.load_brief(call.connection, known) if brief else claims.load(call.connection, known, lock=call.session.is_writing)
    if call.claim is None:
        raise no_such_claim(call)


def _claim_id(call: Call) -> int | None:
    """The id of the claim that the call names by one of its arguments, and in `named` the words for it; None if it names none that can be."""
    argument = next((name for name in ("claimData", "attachment", "applicationId", *FINDERS) if name in call.arguments), None)
    if argument is None:
        return None
    if argument in FINDERS:
        finder = FINDERS[argument]
        given = call.text(argument)
        if not given:
            raise NoSuchClaim(f"{argument} must be given; {finder.told_by} tells it.")
        call.named = f"{finder.what} of that id"
        return finder.claim_of(call.connection, given)
    text = call.arguments[argument] if argument == "applicationId" else (call.arguments[argument] or {}).get("applicationId")
    claim_id = application_number(text)
    call.named = f"claim {claim_id:016d}"
    return claim_id


def apply_deadlines(call: Call) -> None:
    """Limits that have passed move the claim first, warnings that are due are posted, and that is kept even if the call itself is then refused."""
    if call.claim is not None:
        while move.is_due(call.held, call.moment):
            _expire(call, call.held.id)
            call.claim = claims.load(call.connection, call.held.id, lock=True)
            check_visible(call)  # some see only claims just received
    elif call.operation.chapter in LISTING:
        _expire_all(call)


def check_guid(call: Call) -> None:
    """Of two callers who saw the same state, the second is told that there is a new one."""
    if call.claim is None or "claimData" not in call.arguments:
        return
    given = ((call.arguments["claimData"] or {}).get("activityEngineGuid") or "").strip()
    if not given:
        raise Stale("claimData/activityEngineGuid must be given; getClaimsStatus tells the current one.")
    if given.lower() != call.claim.guid:
        raise Stale(f"activityEngineGuid is not the current one: claim {call.claim.application_id} has changed since and is in phase {_phase(call)}.")


def check_turn(call: Call) -> None:
    """The phase must offer the operation, under the claim's own release; what is no step of the process is possible until the claim has ended."""
    claim = call.claim
    if claim is None or not call.operation.changes:
        return
    if not call.operation.moves:
        if claim.ended:
            raise OutOfTurn(f"{call.operation.name} is not possible: claim {claim.application_id} has ended, in phase {_phase(call)}.")
        return
    if call.operation.actor == "holder" and call.caller.side != claim.acts and call.open_moves:
        raise OutOfTurn(f"{call.operation.name} is not possible: in phase {_phase(call)} it is the turn of {SIDES[claim.acts or 'either']}.")
    if not call.open_moves:
        offered = [f"{name} ({SIDES[actor]})" for actor, name in call.contract.open_in(claim.process, claim.release, claim.phase, claim.acts)]
        possible = f"possible there: {', '.join(offered)}" if offered else "nothing can be done there"
        raise OutOfTurn(f"{call.operation.name} is not possible: claim {claim.application_id} is in phase {_phase(call)}; {possible}.")


def examine(call: Call) -> None:
    """What may take long is looked at while nothing is locked. Then the claim is locked, and whether the call may change it is asked again."""
    look = EXAMINATIONS.get(call.operation.name)
    if look is None:
        return
    call.session.rollback()
    look(call)
    call.session.write()
    for step in ABOUT_THE_CLAIM:
        step(call)


def handle(call: Call) -> Mapping[str, Any]:
    """The handler decides; the table knows where that leads; a pure arrow needs no handler."""
    if call.first is not None:
        return _first(call, call.first)
    handler = HANDLERS.get(call.operation.name)
    if not call.operation.moves:
        assert handler is not None, f"{call.operation.name} has no handler"
        reply: Mapping[str, Any] = handler(call)
        if not call.operation.step:
            return reply
        move.touch(call)
        return {"claimInfo": claim_info(call.contract, call.held)}
    moves_a_claim = call.claim is not None  # load_claim locked it; addClaim opens one instead
    outcome = handler(call) if handler else None
    if moves_a_claim:
        move.move(call, outcome)
    return {"claimInfo": claim_info(call.contract, call.held)}


ABOUT_THE_CLAIM: tuple[Callable[[Call], None], ...] = (
    load_claim,
    check_visible,
    apply_deadlines,
    check_lock,
    check_guid,
    check_turn,
)
STEPS: tuple[Callable[[Call], None], ...] = (
    fix_the_moment,
    check_open,
    check_generation,
    authenticate,
    throttle_caller,
    check_agreement,
    check_served,
    check_side,
    check_permission,
    *ABOUT_THE_CLAIM,
    repeats.recall,
    read_payload,
    examine,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply's body by the WSDL's element names, without its wrapper; and what the log may know."""

    values: Mapping[str, Any]
    log: Mapping[str, Any]


class Dispatcher:
    """Takes calls through the pipeline. One for each process; threads may share it."""

    def __init__(self, store: Store, settings: Settings, contract: Contract, around: Callable[[Callable[..., Any]], Any] | None = None) -> None:
        """`around`: put around every step and the handling, for those who trace calls."""
        self._traced = None if around is None else (tuple(around(step) for step in STEPS), around(handle))
        self.store = store
        self.settings = settings
        self.contract = contract
        agreement.check(contract, HANDLERS)
        account_rules.configure(settings)

    def answer(
        self, service: Service, name: str, read: Callable[[], Mapping[str, Any]], *, details: bool, reference: str, again: bool = True
    ) -> Answer:
        """Run one call. `read` gives the arguments or refuses; `details` says whether the reply type has that element; `reference` is the
        request's id, given to the caller when something is broken. A call that the database undid for the sake of another one is run
        `again`, once. Never raises.
        """
        operation = self.contract.operations[name]
        call: Call | None = None
        try:
            with self.store.session() as session:
                call = self._call(service, operation, read(), session)
                steps, last = self._traced or (STEPS, handle)
                for step in steps:
                    step(call)
                    if call.first is not None:
                        break
                values = last(call)
                if session.is_writing:
                    session.commit()
            return Answer({"code": "Ok", **values}, _log(call, "Ok"))
        except Refused as refusal:
            return Answer(_refusal(refusal, details), _log(call, "Failure", refusal=type(refusal).__name__))
        except GatewayError as broken:
            return Answer(_broken(broken.message, reference), _log(call, "Error", problem=type(broken).__name__))
        except StoreUnavailable as problem:
            if again and collided(problem):
                return self.answer(service, name, read, details=details, reference=reference, again=False)
            logger.exception("store unavailable", request=reference, problem=(why := trouble(problem)))
            return Answer(_broken("The store cannot be reached at the moment; try again later.", reference), _log(call, "Error", problem=why))
        except Exception:
            logger.exception("defect", operation=name, request=reference)
            return Answer(_broken("The gateway could not do this.", reference), _log(call, "Error"))

    def _call(self, service: Service, operation: Operation, arguments: Mapping[str, Any], session: Session) -> Call:
        return Call(service, operation, arguments, self.contract, self.settings, Moment.now(), session)


def _phase(call: Call) -> str:
    claim = call.held
    return f"{claim.phase} ({call.contract.phases[claim.phase].name})"


def _expire(call: Call, claim_id: int) -> None:
    call.session.write()
    claim = claims.load(call.connection, claim_id, lock=True)
    if claim is not None:
        move.expire(call.connection, call.contract, claim, call.moment)
    call.session.commit()


def _expire_all(call: Call) -> None:
    while due := listing.due_of(call.connection, scope(call), call.moment.utc):
        for claim_id in due:
            _expire(call, claim_id)


def _first(call: Call, claim: Claim) -> Mapping[str, Any]:
    """The answer to an addClaim that came before: the claim as it stands now, if its sender still sees it."""
    call.claim, call.named = claim, f"claim {claim.application_id} (made by the same addClaim a moment ago)"
    check_visible(call)
    apply_deadlines(call)
    return {"claimInfo": claim_info(call.contract, call.held)}


def _refusal(refusal: Refused, details: bool) -> dict[str, Any]:
    values = {"code": refusal.code, "message": refusal.message}
    if refusal.findings:
        lines = "\n".join(str(finding) for finding in refusal.findings)
        if details:
            values["details"] = lines
        else:
            values["message"] = f"{refusal.message}\n{lines}"  # the older generation has no element for them
    return values


def _broken(message: str, reference: str) -> dict[str, Any]:
    return {"code": Broken.code, "message": message, "trace": reference}


def _log(call: Call | None, code: str, **more: str) -> dict[str, Any]:
    known: dict[str, Any] = {"code": code, **more}
    if call is not None:
        caller = getattr(call, "caller", None)
        if caller is not None:
            known.update(organisation=caller.organisation.id, user=caller.user_id)
        if call.claim is not None:
            known.update(claim=call.claim.application_id, phase=call.claim.phase)
        if call.first is not None:
            known.update(repeated=True)
    return known
