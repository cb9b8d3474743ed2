"""Who works on a claim: its branch, its user, and locks. Neither phase nor limits change (portal notes 2.6, 2.9; process notes 3.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.domain.permissions import Place, permissions, sees
from gateway.errors import Refused
from gateway.operations.call import Call, operation
from gateway.operations.move import UNLOCKED
from gateway.store import claims, directory
from gateway.store.directory import User

WORKING_RIGHTS = frozenset(("first-line", "work"))


class NoSuchBranch(Refused):
    """The branch is none of the compensator's own, or it is disabled."""


class NotForUser(Refused):
    """The user cannot be given the claim."""


class NotLocked(Refused):
    """There is no lock to end, or it is another user's."""


@operation("allocateClaimToBranch")
def allocate_claim_to_branch(call: Call) -> None:
    """To an enabled branch of the compensator, the central point too; a user it was allocated to in another branch loses it."""
    wanted = call.text("branchId")
    own = [branch for branch in directory.branches(call.connection, call.caller.organisation.id) if branch.enabled]
    if wanted not in [branch.id for branch in own]:
        found = f"is {wanted[:10]!r}" if wanted else "must be given"
        raise NoSuchBranch(f"branchId {found}; the enabled branches of your organisation: {', '.join(branch.id for branch in own)}.")
    if wanted == call.held.cm_branch:
        raise NoSuchBranch(f"Claim {call.held.application_id} is in branch {wanted} already.")
    call.detail.update({"from": call.held.cm_branch, "branch": wanted})
    call.changes.update(cm_branch=wanted, cm_user=None, dispatched_at=call.held.dispatched_at or call.moment.utc)


@operation("allocateUser")
def allocate_user(call: Call) -> None:
    """To an active user of one's own organisation who may work on claims of the kind and will see this one."""
    target = _user(call)
    if target.id == call.held.allocated_to(call.caller.side):
        raise NotForUser(f"Claim {call.held.application_id} is allocated to user {target.id} already.")
    call.detail["user"] = target.id
    call.changes[_column(call)] = target.id


@operation("deallocateUser")
def deallocate_user(call: Call) -> None:
    """Back to everybody who may see it."""
    allocated = call.held.allocated_to(call.caller.side)
    if allocated is None:
        raise NotForUser(f"Claim {call.held.application_id} is not allocated to a user of your organisation.")
    call.detail["from-user"] = allocated
    call.changes[_column(call)] = None


@operation("lockClaim")
def lock_claim(call: Call) -> dict[str, Any]:
    """Only the user may change the claim from now on, until it is unlocked, passes to the other side, or the time set is over.

    The guid stays: the reply has no place for a new one. A lock of one's own is renewed.
    """
    end = call.moment.utc + timedelta(seconds=call.settings.lock_seconds)
    _write(call, {"lock_user": call.caller.user_id, "lock_side": call.caller.side, "lock_until": end})
    return {}


@operation("unlockClaim")
def unlock_claim(call: Call) -> dict[str, Any]:
    """End a lock of one's own; check_lock has refused that of another user."""
    if call.held.locked_by(call.moment.utc) is None:
        raise NotLocked(f"Claim {call.held.application_id} is not locked.")
    _write(call, UNLOCKED)
    return {}


@operation("forceUnlockClaim")
def force_unlock_claim(call: Call) -> dict[str, Any]:
    """End the lock of any user of one's own side."""
    claim = call.held
    if claim.locked_by(call.moment.utc) is None:
        raise NotLocked(f"Claim {claim.application_id} is not locked.")
    if claim.lock_side != call.caller.side:
        raise NotLocked(f"Claim {claim.application_id} is locked by the other side, which alone can end that.")
    _write(call, UNLOCKED)
    return {}


def _write(call: Call, values: dict[str, Any] | Any) -> None:
    changed = claims.change(call.connection, call.held, values)
    assert changed, "the row is locked"


def _column(call: Call) -> str:
    return "cr_user" if call.caller.side == "claimant-representative" else "cm_user"


def _user(call: Call) -> User:
    wanted = call.text("targetUserID")
    user = directory.user(call.connection, wanted) if wanted else None
    if user is None or user.organisation_id != call.caller.organisation.id or not user.is_good:
        found = f"{wanted[:50]!r} is no active user of your organisation" if wanted else "must be given"
        raise NotForUser(f"targetUserID {found}; getMyUsersList tells them.")
    given = permissions(user.profiles, call.caller.side, call.process)
    if given.rights.isdisjoint(WORKING_RIGHTS):
        raise NotForUser(f"User {user.id} has no profile to work on claims of this kind.")
    branch = None if call.caller.side == "claimant-representative" else call.held.cm_branch
    if not sees(given.sight, user.id, user.branch_id, Place(branch, user.id, call.held.phase)):
        raise NotForUser(f"User {user.id} of branch {user.branch_id} would not see claim {call.held.application_id}, which is in branch {branch}.")
    return user
