"""Which claims of its organisation a user sees, as conditions of SQL. domain/permissions.py says the same of one claim; a test holds them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, or_

from gateway.contract.load import contract
from gateway.store.tables import claims

EVERYTHING = frozenset(("all",))
_columns = claims.c
OWNERS = {"claimant-representative": _columns.cr_organisation, "compensator": _columns.cm_organisation}
_ALLOCATED = {"claimant-representative": _columns.cr_user, "compensator": _columns.cm_user}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose claims are listed: those of `process` that the organisation sent (claimant representative) or holds (compensator), and of these
    what the user in that branch sees. `sight`: words of profiles.toml; by default every claim of the organisation.
    """

    side: str
    organisation: str
    process: str
    sight: frozenset[str] = EVERYTHING
    user: str = ""
    branch: str = ""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The values for `conditions`."""
        return {"organisation": self.organisation, "process": self.process, "scope_user": self.user, "scope_branch": self.branch}


THERE = or_(_columns.gone_at.is_(None), _columns.gone_at > bindparam("moment"))
"""A claim that is there at the parameter `moment`."""


OPEN = and_(~_columns.ended, _columns.deleted_at.is_(None), THERE)
"""A claim in progress at the parameter `moment`. One that was rejected is, though the day is set on which it will be gone."""


def conditions(side: str, sight: frozenset[str]) -> list[ColumnElement[bool]]:
    """Which claims a Scope takes in."""
    found = [OWNERS[side] == bindparam("organisation"), _columns.process == bindparam("process"), THERE]
    if "all" not in sight:
        found.append(or_(false(), *(_meaning(side, word) for word in sorted(sight))))  # who sees nothing is shown nothing
    return found


def _meaning(side: str, word: str) -> ColumnElement[bool]:
    mine = or_(_ALLOCATED[side].is_(None), _ALLOCATED[side] == bindparam("scope_user"))
    here = _columns.cm_branch == bindparam("scope_branch")
    received = or_(*(_columns.phase == phase for phase in sorted(contract().received)))
    return {
        "shared": mine,
        "branch": and_(mine, here),
        "received": received,
        "received-in-branch": and_(received, here),
    }[word]
