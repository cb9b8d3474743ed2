"""Claims of an organisation as lists show them: the work list, searches, and what is due of them.

Every statement here but a search by id reads one range of the side's list index and nothing else (LISTED in tables.py), so what it costs grows
with the claims of the organisation and not with the store. Nothing is sorted here: databases put names and missing dates in different orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, false, func, select

from gateway.store.dialect import AsciiLower, ascii_lower
from gateway.store.prepared import Prepared
from gateway.store.sight import OWNERS, Scope, conditions
from gateway.store.tables import claims

DUE_BATCH = 200
_STATEMENTS = 256


@dataclass(frozen=True, slots=True)
class Between:
    """From `start` on and before `end`, where they are given."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a search asks for; None does not narrow. References are compared whole, but for outer blanks and the case of A to Z.

    `branch` is a compensator's, by its organisation and number.
    """

    claim_id: int | None = None
    branch: tuple[str, str] | None = None
    cr_reference: str | None = None
    cm_reference: str | None = None
    claim_type: str | None = None
    phase: str | None = None
    created: Between = Between()
    sent: Between = Between()
    dispatched: Between = Between()


_columns = claims.c
_SHOWN = (
    _columns.id,
    _columns.guid,
    _columns.phase,
    _columns.claim_type,
    _columns.created_at,
    _columns.current_user,
    _columns.lock_user,
    _columns.lock_side,
    _columns.lock_until,
    _columns.deleted_at,
    _columns.attachments_count,
    _columns.documents_count,
    _columns.version_major,
    _columns.version_minor,
)
_SORTED_BY = (_columns.updated_at, _columns.dispatched_at, _columns.due_at)
_REFERENCES = {"claimant-representative": _columns.cr_reference, "compensator": _columns.cm_reference}
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "claim_id": _columns.id == bindparam("claim_id"),
    "branch": and_(_columns.cm_organisation == bindparam("branch_of"), _columns.cm_branch == bindparam("branch")),
    "cr_reference": AsciiLower(func.trim(_columns.cr_reference)) == bindparam("cr_reference"),
    "cm_reference": AsciiLower(func.trim(_columns.cm_reference)) == bindparam("cm_reference"),
    "claim_type": _columns.claim_type == bindparam("claim_type"),
    "phase": _columns.phase == bindparam("phase"),
    "created_from": _columns.created_at >= bindparam("created_from"),
    "created_before": _columns.created_at < bindparam("created_before"),
    "sent_from": _columns.sent_at >= bindparam("sent_from"),
    "sent_before": _columns.sent_at < bindparam("sent_before"),
    "dispatched_from": _columns.dispatched_at >= bindparam("dispatched_from"),
    "dispatched_before": _columns.dispatched_at < bindparam("dispatched_before"),
}


def work_list(connection: Connection, scope: Scope, moment: datetime) -> Sequence[Any]:
    """Every claim in progress that is there at `moment`, in the order of ids."""
    rows = _work_list(scope.side, scope.sight).all(connection, {**scope.parameters, "moment": moment})
    return sorted(rows)  # ids come first, and each is there once


def search(connection: Connection, scope: Scope, criteria: Criteria, moment: datetime, most: int) -> Sequence[Any]:
    """The claims that are there at `moment` and meet the criteria, ended ones too, in no order; not more than `most` of them."""
    given = _given(criteria)
    statement = _search(scope.side, scope.sight, tuple(name for name in _CONDITIONS if name in given))
    return statement.all(connection, {**given, **scope.parameters, "moment": moment, "most": most})


def due_of(connection: Connection, scope: Scope, moment: datetime) -> list[int]:
    """Claims of the organisation for which a warning or a limit is due by `moment`, whoever sees them; at most DUE_BATCH of them."""
    return [row.id for row in _due[scope.side].all(connection, {"organisation": scope.organisation, "process": scope.process, "moment": moment})]


@lru_cache(_STATEMENTS)
def _work_list(side: str, sight: frozenset[str]) -> Prepared:
    reference = _REFERENCES[side].label("reference")
    return Prepared(select(*_SHOWN, reference).where(*conditions(side, sight), _columns.ended == false()))


@lru_cache(_STATEMENTS)
def _search(side: str, sight: frozenset[str], given: tuple[str, ...]) -> Prepared:
    wanted = (*conditions(side, sight), *(_CONDITIONS[name] for name in given))
    reference = _REFERENCES[side].label("reference")
    return Prepared(select(*_SHOWN, reference, *_SORTED_BY).where(*wanted).limit(bindparam("most")))


def _given(criteria: Criteria) -> dict[str, Any]:
    named = {
        "claim_id": criteria.claim_id,
        "branch": criteria.branch and criteria.branch[1],
        "branch_of": criteria.branch and criteria.branch[0],
        "cr_reference": _folded(criteria.cr_reference),
        "cm_reference": _folded(criteria.cm_reference),
        "claim_type": criteria.claim_type,
        "phase": criteria.phase,
        **{f"{name}_from": getattr(criteria, name).start for name in ("created", "sent", "dispatched")},
        **{f"{name}_before": getattr(criteria, name).end for name in ("created", "sent", "dispatched")},
    }
    return {name: value for name, value in named.items() if value is not None}


def _folded(reference: str | None) -> str | None:
    return None if reference is None else ascii_lower(reference.strip())


# A claim that has ended has no clock, so the range is that of claims in progress. Each side looks at its own claims alone: where no job runs,
# what is due of all claims together is much.
_due = {
    side: Prepared(
        select(_columns.id)
        .where(owner == bindparam("organisation"), _columns.process == bindparam("process"))
        .where(_columns.ended == false(), _columns.next_at <= bindparam("moment"))
        .limit(DUE_BATCH)
    )
    for side, owner in OWNERS.items()
}
