"""Reading the criteria of searchClaims (portal notes 12.1): what can be found is decided in the store, what a criterion means is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from gateway.clock import start_of_day
from gateway.contract.model import Contract
from gateway.domain.application_id import application_number
from gateway.errors import Refused
from gateway.operations.call import Call
from gateway.store import directory
from gateway.store.listing import Between, Criteria

# The elements of searchClaimCriteria, in the order in which they are proposed to somebody who finds too much.
_ELEMENTS = {
    "claim_id": ("applicationId",),
    "cr_reference": ("CRReferenceNumber",),
    "cm_reference": ("CMReferenceNumber",),
    "phase": ("phaseCacheId",),
    "sent": ("sentDateFrom", "sentDateTo"),
    "created": ("startDateFrom", "startDateTo"),
    "dispatched": ("dispatchDateFrom", "dispatchDateTo"),
    "branch": ("branchPath",),
    "claim_type": ("claimType",),
}
# Programs send the first and the last date their language knows for "any"; what lies outside of these has no claims either (U).
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_MILLISECOND = 1000


class BadCriterion(Refused):
    """A criterion that can find nothing, whatever the store holds."""


class TooMany(Refused):
    """More claims than one answer may hold (U: the portal's own bound is not known)."""


def read(call: Call) -> Criteria:
    """The criteria of a call. Raises BadCriterion, or BadApplicationId."""
    given: Mapping[str, Any] = call.arguments.get("searchClaimCriteria") or {}
    words = {name: value.strip() for name, value in given.items() if isinstance(value, str) and value.strip()}
    number = words.get("applicationId")
    return Criteria(
        claim_id=application_number(number) if number else None,
        branch=_branch(call, words["branchPath"]) if "branchPath" in words else None,
        cr_reference=words.get("CRReferenceNumber"),
        cm_reference=words.get("CMReferenceNumber"),
        claim_type=words.get("claimType"),
        phase=_phase(call.contract, call.process, words["phaseCacheId"]) if "phaseCacheId" in words else None,
        created=_between(given, *_ELEMENTS["created"]),
        sent=_between(given, *_ELEMENTS["sent"]),
        dispatched=_between(given, *_ELEMENTS["dispatched"]),
    )


def too_many(criteria: Criteria, most: int, process: str) -> TooMany:
    """Says which criteria are still free, also the other end of a range that is open."""
    named = [pair for name, elements in _ELEMENTS.items() for pair in zip(elements, _values(criteria, name), strict=True)]
    free = [element for element, value in named if value is None and (element != "claimType" or process == "elpl")]
    return TooMany(f"More than {most} claims match; narrow the search by {', '.join(free) or 'shorter ranges of dates'}.")


def _values(criteria: Criteria, name: str) -> tuple[Any, ...]:
    value = getattr(criteria, name)
    return (value.start, value.end) if isinstance(value, Between) else (value,)


def _branch(call: Call, path: str) -> tuple[str, str]:
    """The organisation and the number of a compensator's branch. A claim is handled in a branch of its compensator, whoever looks for it (I)."""
    branch = directory.branch_by_path(call.connection, path)
    if branch is None:
        raise BadCriterion("branchPath names no branch; it is the path of a compensator's branch, such as /COMP001/001.")
    owner = directory.organisation(call.connection, branch.organisation_id)
    if owner is None or owner.kind != "COMP":
        raise BadCriterion("branchPath names a branch of a claimant representative; claims are in branches of compensators.")
    return branch.organisation_id, branch.id


def _phase(contract: Contract, process: str, wanted: str) -> str:
    phases = [phase.id for phase in contract.phases.values() if process in phase.processes]
    if wanted in phases:
        return wanted
    near = get_close_matches(wanted.lower(), [phase.lower() for phase in phases], n=1) if len(wanted) <= 100 else []
    hint = next((f"; did you mean {phase}?" for phase in phases if phase.lower() in near), "; OPERATIONS.md lists them.")
    raise BadCriterion(f"phaseCacheId {wanted[:50]!r} is no phase of this process{hint}")


def _between(given: Mapping[str, Any], first: str, last: str) -> Between:
    """Both ends belong to the range. One at midnight stands for that day in London, from its beginning or to its end (U); any other is an instant,
    to the millisecond, which is what replies show.
    """
    start, end = given.get(first), given.get(last)
    if start is not None and end is not None and _first(start) >= _end(end):
        raise BadCriterion(f"{first} is after {last}.")
    return Between(_first(start) if start is not None else None, _end(end) if end is not None else None)


def _first(value: datetime) -> datetime:
    return _bounded(value, 0, value)


def _end(value: datetime) -> datetime:
    return _bounded(value, 1, value.replace(microsecond=value.microsecond // _MILLISECOND * _MILLISECOND) if value.year < _LATEST.year else value)


def _bounded(value: datetime, more: int, instant: datetime) -> datetime:
    if not _EARLIEST.year <= value.year < _LATEST.year:
        return _EARLIEST if value.year < _LATEST.year else _LATEST
    if value.time() == time():
        return start_of_day(value.date() + timedelta(days=more))
    return instant.astimezone(UTC) + timedelta(milliseconds=more)
