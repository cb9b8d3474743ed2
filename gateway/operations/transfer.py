"""Claims pass from one organisation to another of the same type (portal notes 9): done by those who run the gateway, not by a call.

The phase, whose turn it is, and every limit stay as they are. One claim is one transaction, so that a run may be stopped at any time and
begun again: what has passed on is no longer the source's.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.clock import Moment
from gateway.contract.model import PROCESSES, Contract
from gateway.domain.permissions import Place, permissions, sees
from gateway.errors import Refused
from gateway.operations import move, notify
from gateway.operations.allocation import WORKING_RIGHTS
from gateway.store import Connection, claims, directory, transfers
from gateway.store.claims import Claim
from gateway.store.directory import Organisation, User

FEW = 100
"""The portal transfers about so many claims or more at a time (S); fewer are remarked upon and transferred all the same."""

WHAT = "transfer"
EVENT = "claim-transferred"
TRANSFERRED, THERE_ALREADY = "transferred", "transferred before"
ENDED, DELETED, GONE, ELSEWHERE, OTHER_PROCESS, OTHER_PHASE = (
    "ended",
    "deleted for good",
    "not there any more",
    "of another organisation",
    "of the other process",
    "in another phase",
)
_ACCEPTED_AT = "accepting-branch"
_NAMES = {"rta": "RTA", "elpl": "EL/PL"}


class CannotTransfer(Refused):
    """What was asked for is against the rules of transfers; nothing was transferred."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who passes what to whom. `phases` empty: all; `branch` is that of a compensator's claims from then on; `by` is who ordered it."""

    source: Organisation
    target: Organisation
    processes: tuple[str, ...]
    phases: frozenset[str]
    branch: str | None
    user: User | None
    by: str

    @property
    def side(self) -> str:
        """The side of both organisations."""
        return "claimant-representative" if self.source.kind == "CR" else "compensator"

    @property
    def detail(self) -> dict[str, str]:
        """The two, as notices and history name them."""
        return {"from": self.source.id, "to": self.target.id}


@dataclass(frozen=True, slots=True)
class Selection:
    """Claims that would be transferred now, by phase, and how many of those asked for by number would not, by reason."""

    claims: tuple[int, ...]
    phases: Mapping[str, int]
    left: Mapping[str, int]


def order(
    connection: Connection,
    contract: Contract,
    source: str,
    target: str,
    *,
    by: str,
    process: str | None = None,
    phases: Iterable[str] = (),
    branch: str | None = None,
    user: str | None = None,
) -> Order:
    """Check what is asked for, apart from the claims. Raises CannotTransfer."""
    giving, taking = _organisation(connection, source), _organisation(connection, target)
    if giving.id == taking.id:
        raise CannotTransfer(f"{giving.id} has its claims already.")
    if giving.kind != taking.kind:
        raise CannotTransfer(
            f"{giving.id} is {_kind(giving)} and {taking.id} is {_kind(taking)}; claims pass between organisations of one type only."
        )
    if not taking.enabled:
        raise CannotTransfer(f"{taking.id} is disabled.")
    wanted = frozenset(phases)
    for phase in sorted(wanted):
        if phase not in contract.phases:
            close = difflib.get_close_matches(phase, contract.phases, n=3, cutoff=0.5)
            raise CannotTransfer(f"There is no phase {phase[:50]}{'; did you mean ' if close else ''}{' or '.join(close)}{'?' if close else '.'}")
        if contract.phases[phase].end:
            raise CannotTransfer(f"Claims in {phase} have ended; only claims in progress can be transferred.")
    processes = (process,) if process else PROCESSES
    found = Order(giving, taking, processes, wanted, _branch(connection, taking, branch), None, by)
    return found if user is None else Order(giving, taking, processes, wanted, found.branch, _user(connection, found, user), by)


def select(connection: Connection, ordered: Order, moment: Moment, only: Sequence[int] | None = None) -> Selection:
    """The claims that would be transferred, read without locking anything. `only`: of these claims.

    Raises CannotTransfer if one of `only` is not, and was not, the source's; or if there are claims that the destination may not have.
    """
    found: dict[int, str] = {}
    for process in ordered.processes:
        rows = transfers.active(connection, ordered.side, ordered.source.id, process, moment.utc)
        of_process = {row.id: row.phase for row in rows if not ordered.phases or row.phase in ordered.phases}
        if only is not None:
            of_process = {number: phase for number in only if (phase := of_process.get(number))}
        if of_process and not ordered.target.works_in(process):
            raise CannotTransfer(f"{ordered.target.id} is not registered for {_NAMES[process]} claims, and {len(of_process):,} would be such.")
        found.update(of_process)
    left = _left(connection, ordered, moment, [number for number in dict.fromkeys(only or ()) if number not in found])
    return Selection(tuple(sorted(found)), Counter(found.values()), left)


def transfer(connection: Connection, contract: Contract, ordered: Order, claim_id: int, moment: Moment) -> str:
    """Pass one claim on, in the open writing transaction, if it still is one to be passed on; TRANSFERRED, or why not.

    A limit that has passed meanwhile moves the claim first, whatever becomes of the transfer.
    """
    claim = claims.load(connection, claim_id, lock=True)
    reason = _why_not(connection, ordered, claim, moment)
    if reason is None:
        assert claim is not None, "there is a reason if it is not there"
        claim = move.expire(connection, contract, claim, moment)
        reason = _why_not(connection, ordered, claim, moment)
    if reason is not None or claim is None:
        return reason or GONE
    changed = move.touch_by_hand(connection, claim, _changes(ordered, claim), moment.utc, WHAT, {**ordered.detail, "by": ordered.by})
    transfers.add(connection, claim.id, ordered.source.id, ordered.target.id, moment.utc, ordered.by)
    notify.event(connection, changed, EVENT, moment.utc, detail=ordered.detail)
    return TRANSFERRED


def _changes(ordered: Order, claim: Claim) -> dict[str, Any]:
    """Whose it is. A lock of the source's ends, one of the counterpart's stays; references stay too, for no operation could give them anew."""
    user = ordered.user.id if ordered.user else None
    lock = move.UNLOCKED if claim.lock_side == ordered.side else {}
    if ordered.side == "claimant-representative":
        return {"cr_organisation": ordered.target.id, "cr_user": user, **lock}
    state = dict(claim.state)
    if _ACCEPTED_AT in state:
        state[_ACCEPTED_AT] = ordered.branch  # getClaim shows it beside the compensator, whose branch it must be (U)
    return {
        "cm_organisation": ordered.target.id,
        "cm_branch": ordered.branch,
        "cm_user": user,
        "compensator_type": ordered.target.compensator_type,
        "state": state,
        **lock,
    }


def _why_not(connection: Connection, ordered: Order, claim: Claim | None, moment: Moment) -> str | None:
    """Why a claim cannot be passed on; None if it can."""
    if claim is None or claim.is_gone(moment.utc):
        return GONE
    holder = claim.organisation_of(ordered.side)
    if holder != ordered.source.id:
        last = transfers.list_of(connection, claim.id)[-1:]
        passed = holder == ordered.target.id and [(one.source, one.target) for one in last] == [(ordered.source.id, ordered.target.id)]
        return THERE_ALREADY if passed else ELSEWHERE
    if claim.deleted_at is not None:
        return DELETED
    if claim.ended:
        return ENDED
    if claim.process not in ordered.processes:
        return OTHER_PROCESS
    return OTHER_PHASE if ordered.phases and claim.phase not in ordered.phases else None


def _left(connection: Connection, ordered: Order, moment: Moment, numbers: Iterable[int]) -> Counter[str]:
    left: Counter[str] = Counter()
    for number in numbers:
        reason = _why_not(connection, ordered, claims.load(connection, number), moment)
        if reason in (GONE, ELSEWHERE):
            raise CannotTransfer(f"Claim {number:016d} is no claim of {ordered.source.id}.")
        left[reason or OTHER_PHASE] += 1
    return left


def _organisation(connection: Connection, name: str) -> Organisation:
    found = directory.organisation(connection, name.upper())
    if found is None:
        raise CannotTransfer(f"There is no organisation {name[:50]}.")
    return found


def _kind(organisation: Organisation) -> str:
    return "a claimant representative" if organisation.kind == "CR" else "a compensator"


def _branch(connection: Connection, target: Organisation, wanted: str | None) -> str | None:
    if target.kind == "CR":
        if wanted:
            raise CannotTransfer("A claimant representative's claims are in no branch.")
        return None
    enabled = [one for one in directory.branches(connection, target.id) if one.enabled]
    found = [one for one in enabled if (one.id == wanted if wanted else one.kind == "central")]
    if not found:
        named = f"branch {wanted[:10]}" if wanted else "central point"
        raise CannotTransfer(f"{target.id} has no enabled {named}; its enabled branches: {', '.join(one.id for one in enabled) or 'none'}.")
    return found[0].id


def _user(connection: Connection, ordered: Order, wanted: str) -> User:
    """A user who may be given all these claims, whatever their phase."""
    user = directory.user(connection, wanted)
    if user is None or user.organisation_id != ordered.target.id or not user.is_good:
        raise CannotTransfer(f"{wanted[:50]} is no active user of {ordered.target.id}.")
    for process in ordered.processes:
        given = permissions(user.profiles, ordered.side, process)
        if given.rights.isdisjoint(WORKING_RIGHTS) or not sees(given.sight, user.id, user.branch_id, Place(ordered.branch, user.id, "")):
            raise CannotTransfer(f"User {user.id} has no profile to work on every {_NAMES[process]} claim that would be transferred.")
    return user
