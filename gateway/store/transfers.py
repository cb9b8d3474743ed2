"""Transfers of claims from one organisation to another (portal notes 9): which there were, and which claims can be meant by the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, false, insert, or_, select

from gateway.store.prepared import Prepared
from gateway.store.tables import claims, transfers

_OWNERS = {"claimant-representative": claims.c.cr_organisation, "compensator": claims.c.cm_organisation}


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a claim; `source` and `target` are organisations."""

    number: int
    source: str
    target: str
    at: datetime
    by: str


_list = Prepared(
    select(transfers.c.number, transfers.c.from_organisation, transfers.c.to_organisation, transfers.c.at, transfers.c.by)
    .where(transfers.c.claim_id == bindparam("claim"))
    .order_by(transfers.c.number)
)
_add = Prepared(insert(transfers), into=transfers)
# the range of the side's list index that holds its claims in progress
_active = {
    side: Prepared(
        select(claims.c.id, claims.c.phase)
        .where(owner == bindparam("organisation"), claims.c.process == bindparam("process"), claims.c.ended == false())
        .where(claims.c.deleted_at.is_(None), or_(claims.c.gone_at.is_(None), claims.c.gone_at > bindparam("moment")))
    )
    for side, owner in _OWNERS.items()
}


def list_of(connection: Connection, claim_id: int) -> list[Transfer]:
    """The transfers of a claim, oldest first."""
    return [Transfer(*row) for row in _list.all(connection, {"claim": claim_id})]


def add(connection: Connection, claim_id: int, source: str, target: str, at: datetime, by: str) -> None:
    """Record a transfer of a claim, whose row must be locked."""
    number = len(list_of(connection, claim_id)) + 1
    _add.run(connection, {"claim_id": claim_id, "number": number, "from_organisation": source, "to_organisation": target, "at": at, "by": by})


def active(connection: Connection, side: str, organisation: str, process: str, moment: datetime) -> Sequence[Any]:
    """The claims in progress of an organisation that are there at `moment`: id and phase, in the order of ids."""
    return sorted(_active[side].all(connection, {"organisation": organisation, "process": process, "moment": moment}))
