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
from gateway.errors import Broken, GatewayError, Refused
from gateway.log import logger
from gateway.operations import agreement, move
from gateway.operations.call import HANDLERS, Call
from gateway.operations.payloads import read_payload
from gateway.operations.search import claim_info
from gateway.store import StoreUnavailable, claims, credentials, sandbox
from gateway.store.engine import Session, Store

CHAPTERS = ("claims", "court", "damages", "directory", "exits", "interim", "liability", "notices", "search", "session", "stage2")
LISTING = ("notices", "search")  # what they list depends on all claims of the caller
for _chapter in CHAPTERS:
    importlib.import_module(f"gateway.operations.{_chapter}")


SIDES = {
    "claimant-representative": "the claimant representative",
    "compensator": "the compensator",
    "holder": "the side whose turn it is",
    "either": "either side",
}


class NoSuchClaim(Refused):
    """There is no such claim, or none the caller may see: one text for both."""


class Stale(Refused):
    """The activityEngineGuid is not the claim's current one."""


class OutOfTurn(Refused):
    """The claim is in a phase that does not offer the operation, or the operation belongs to the other side."""


class NotYetAvailable(Refused):
    """An operation whose behaviour is still to be built; the coverage ledger lists them."""


def fix_the_moment(call: Call) -> None:
    """One instant for the whole call; in a sandbox, as far ahead as somebody has moved the clock."""
    if call.settings.sandbox:
        call.moment = Moment.now(sandbox.offset(call.connection))


def authenticate(call: Call) -> None:
    """By the access token, or by userAuth; asUser decides what is seen, the A2A identity only opens the door."""
    if call.operation.actor == "anonymous":
        return
    if call.service.generation == "token":
        call.caller = credentials.by_access_token(call.connection, call.text("accessToken"))
        return
    given = call.arguments.get("userAuth")
    if given is None:
        raise Refused("userAuth is missing; it must hold asUser, password and username.")
    name, password, as_user = ((given[key] or "") for key in ("username", "password", "asUser"))
    call.caller = credentials.by_password(call.connection, name.strip(), password, as_user.strip())


def check_served(call: Call) -> None:
    """What is still to be built says so."""
    if call.operation.awaits:
        raise NotYetAvailable(f"{call.operation.name} is not yet available in this gateway; it comes with {call.operation.awaits}.")


def check_side(call: Call) -> None:
    """An operation belongs to one side, or to both; the organisation must be registered for this kind of claim."""
    actor = call.operation.actor
    if actor == "anonymous":
        return
    if not call.caller.organisation.works_in(call.process):
        raise Refused("Your organisation is not registered for claims of this kind.")
    if actor in ("claimant-representative", "compensator") and call.caller.side != actor:
        raise OutOfTurn(f"{call.operation.name} is for {SIDES[actor]}.")


def load_claim(call: Call) -> None:
    """The claim, its row locked when the operation changes it."""
    data = call.arguments.get("claimData")
    if "claimData" not in call.arguments and "applicationId" not in call.arguments:
        return
    text = (data or {}).get("applicationId") if "claimData" in call.arguments else call.arguments["applicationId"]
    claim_id = application_number(text)
    if call.operation.moves:
        call.session.write()
    call.claim = claims.load(call.connection, claim_id, lock=call.session.is_writing)
    if call.claim is None:
        raise _no_such_claim(claim_id)


def check_visible(call: Call) -> None:
    """A claim is seen by the organisation that sent it and by the compensator that holds it now. Unseen and unknown look alike."""
    claim = call.claim
    if claim is None:
        return
    holder = claim.cr_organisation if call.caller.side == "claimant-representative" else claim.cm_organisation
    gone = claim.gone_at is not None and claim.gone_at <= call.moment.utc
    if gone or claim.process != call.process or holder != call.caller.organisation.id:
        raise _no_such_claim(claim.id)


def apply_deadlines(call: Call) -> None:
    """Limits that have passed move the claim first, warnings that are due are posted, and that is kept even if the call itself is then refused."""
    if call.claim is not None:
        while move.is_due(call.claim, call.moment):
            _expire(call, call.claim.id)
            call.claim = claims.load(call.connection, call.claim.id, lock=True)
            assert call.claim is not None
    elif call.operation.chapter in LISTING:
        _expire_all(call)


def check_guid(call: Call) -> None:
    """Of two callers who saw the same state, the second is told that there is a new one."""
    if call.claim is None or not call.operation.moves:
        return
    given = ((call.arguments["claimData"] or {}).get("activityEngineGuid") or "").strip()
    if not given:
        raise Stale("claimData/activityEngineGuid must be given; getClaimsStatus tells the current one.")
    if given.lower() != call.claim.guid:
        raise Stale(f"activityEngineGuid is not the current one: claim {call.claim.application_id} has changed since and is in phase {_phase(call)}.")


def check_turn(call: Call) -> None:
    """The phase must offer the operation, under the claim's own release."""
    claim = call.claim
    if claim is None or not call.operation.moves:
        return
    if call.operation.actor == "holder" and call.caller.side != claim.acts and call.open_moves:
        raise OutOfTurn(f"{call.operation.name} is not possible: in phase {_phase(call)} it is the turn of {SIDES[claim.acts or 'either']}.")
    if not call.open_moves:
        offered = [f"{name} ({SIDES[actor]})" for actor, name in call.contract.open_in(claim.process, claim.release, claim.phase, claim.acts)]
        possible = f"possible there: {', '.join(offered)}" if offered else "nothing can be done there"
        raise OutOfTurn(f"{call.operation.name} is not possible: claim {claim.application_id} is in phase {_phase(call)}; {possible}.")


def handle(call: Call) -> Mapping[str, Any]:
    """The handler decides; the table knows where that leads; a pure arrow needs no handler."""
    handler = HANDLERS.get(call.operation.name)
    if not call.operation.moves:
        assert handler is not None, f"{call.operation.name} has no handler"
        reply: Mapping[str, Any] = handler(call)
        return reply
    moves_a_claim = call.claim is not None  # load_claim locked it; addClaim opens one instead
    outcome = handler(call) if handler else None
    if moves_a_claim:
        move.move(call, outcome)
    return {"claimInfo": claim_info(call.contract, call.held)}


STEPS: tuple[Callable[[Call], None], ...] = (
    fix_the_moment,
    authenticate,
    check_served,
    check_side,
    load_claim,
    check_visible,
    apply_deadlines,
    check_guid,
    check_turn,
    read_payload,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply's body by the WSDL's element names, without its wrapper; and what the log may know."""

    values: Mapping[str, Any]
    log: Mapping[str, Any]


class Dispatcher:
    """Takes calls through the pipeline. One for each process; threads may share it."""

    def __init__(self, store: Store, settings: Settings, contract: Contract) -> None:
        self.store = store
        self.settings = settings
        self.contract = contract
        agreement.check(contract, HANDLERS)
        credentials.configure(settings)

    def answer(self, service: Service, name: str, read: Callable[[], Mapping[str, Any]], *, details: bool, reference: str) -> Answer:
        """Run one call. `read` gives the arguments or refuses; `details` says whether the reply type has that element; `reference` is the
        request's id, given to the caller when something is broken. Never raises.
        """
        operation = self.contract.operations[name]
        call: Call | None = None
        try:
            with self.store.session() as session:
                call = self._call(service, operation, read(), session)
                for step in STEPS:
                    step(call)
                values = handle(call)
                if session.is_writing:
                    session.commit()
            return Answer({"code": "Ok", **values}, _log(call, "Ok"))
        except Refused as refusal:
            return Answer(_refusal(refusal, details), _log(call, "Failure", refusal=type(refusal).__name__))
        except GatewayError as broken:
            return Answer(_broken(broken.message, reference), _log(call, "Error", problem=type(broken).__name__))
        except StoreUnavailable:
            logger.exception("store unavailable", request=reference)
            return Answer(_broken("The store cannot be reached at the moment; try again later.", reference), _log(call, "Error"))
        except Exception:
            logger.exception("defect", operation=name, request=reference)
            return Answer(_broken("The gateway could not do this.", reference), _log(call, "Error"))

    def _call(self, service: Service, operation: Operation, arguments: Mapping[str, Any], session: Session) -> Call:
        return Call(service, operation, arguments, self.contract, self.settings, Moment.now(), session)


def application_number(text: str | None) -> int:
    """The number in an applicationId, with or without its leading zeros. NoSuchClaim if it is none."""
    digits = (text or "").strip()
    if not digits:
        raise NoSuchClaim("applicationId must be given.")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 16):
        raise NoSuchClaim("applicationId must be a number of up to 16 digits.")
    return int(digits)


def _no_such_claim(claim_id: int) -> NoSuchClaim:
    return NoSuchClaim(f"There is no claim {claim_id:016d} that you can see.")


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
    while due := claims.due_of(call.connection, call.caller.organisation.id, call.process, call.moment.utc):
        for claim_id in due:
            _expire(call, claim_id)


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
    return known
