"""Who may do what with which claim: the one place that says so, as steps of the pipeline.

Four questions in this order: does the operation belong to the side (and the organisation take claims of the kind), do the user's profiles
give the right, does the user see the claim, and has another user locked it. What profiles mean is in domain/permissions.py, the table they
come from in contract/tables/profiles.toml.
"""

from __future__ import annotations

from gateway.clock import spoken
from gateway.contract.profiles import profiles
from gateway.domain.permissions import Permissions, Place, permissions, sees
from gateway.errors import Refused
from gateway.operations.call import Call
from gateway.store.claims import Claim
from gateway.store.sight import Scope

SIDES = {
    "claimant-representative": "the claimant representative",
    "compensator": "the compensator",
    "holder": "the side whose turn it is",
    "either": "either side",
}


class NoSuchClaim(Refused):
    """There is no such claim, or none the caller may see: one text for both."""


class OutOfTurn(Refused):
    """The claim is in a phase that does not offer the operation, or the operation belongs to the other side."""


class NotPermitted(Refused):
    """No profile of the user gives the right that the operation needs."""


class Locked(Refused):
    """Another user has locked the claim."""


class ClaimDeleted(Refused):
    """One side has deleted the claim for good; it is shown as deleted for two weeks, and nothing else."""


def no_such_claim(call: Call) -> NoSuchClaim:
    """The refusal to raise for a claim that is not there or not seen, in the words of what the call named it by."""
    return NoSuchClaim(f"There is no {call.named} that you can see.")


def check_side(call: Call) -> None:
    """An operation belongs to one side, or to both; the organisation must be registered for this kind of claim."""
    actor = call.operation.actor
    if actor == "anonymous":
        return
    if not call.caller.organisation.works_in(call.process):
        raise Refused("Your organisation is not registered for claims of this kind.")
    if actor in ("claimant-representative", "compensator") and call.caller.side != actor:
        raise OutOfTurn(f"{call.operation.name} is for {SIDES[actor]}.")


def check_permission(call: Call) -> None:
    """A profile of the user must give the right; the A2A identity gives none."""
    right = call.operation.right
    if right is None or right in _permissions(call).rights:
        return
    raise NotPermitted(f"{call.operation.name} is not permitted to user {call.caller.user_id}: it needs {_profiles_with(right, call)}.")


def check_visible(call: Call) -> None:
    """A claim is seen by the organisation that sent it and by the compensator that holds it now, there by the users whose profiles show it."""
    claim = call.claim
    if claim is None:
        return
    caller = call.caller
    if claim.is_gone(call.moment.utc) or claim.process != call.process or claim.organisation_of(caller.side) != caller.organisation.id:
        raise no_such_claim(call)
    if not is_shown(call, claim):
        raise no_such_claim(call)
    if claim.deleted_at is not None and not call.operation.shows_deleted:
        raise ClaimDeleted(f"Claim {claim.application_id} was deleted for good and will soon be gone; only its status can be asked for.")


def is_shown(call: Call, claim: Claim) -> bool:
    """Whether the user's profiles show a claim of the user's organisation."""
    caller = call.caller
    branch = None if caller.side == "claimant-representative" else claim.cm_branch
    return sees(_permissions(call).sight, caller.user_id, caller.user_branch, Place(branch, claim.allocated_to(caller.side), claim.phase))


def check_lock(call: Call) -> None:
    """What changes a claim is refused while another user has it locked. The other side is not told who."""
    claim = call.claim
    if claim is None or not call.operation.changes or call.operation.right == "unlock":
        return
    holder = claim.locked_by(call.moment.utc)
    if holder is None or holder == call.caller.user_id:
        return
    assert claim.lock_until is not None, "a lock has an end"
    who = f"user {holder}" if claim.lock_side == call.caller.side else "the other side"
    until = spoken(claim.lock_until)
    raise Locked(f"Claim {claim.application_id} is locked by {who} until {until} at the latest; nobody else can change it.")


def scope(call: Call) -> Scope:
    """Which claims the user sees, for what lists them."""
    caller = call.caller
    return Scope(caller.side, caller.organisation.id, call.process, _permissions(call).sight, caller.user_id, caller.user_branch)


def _permissions(call: Call) -> Permissions:
    return permissions(call.caller.profiles, call.caller.side, call.process)


def _profiles_with(right: str, call: Call) -> str:
    names = [
        name
        for one in profiles().values()
        if one.side == call.caller.side and right in one.rights and (name := one.names.get(call.process) or one.names.get("both"))
    ]
    return f"one of the profiles {', '.join(names)}"
