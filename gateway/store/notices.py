"""Notices: what an organisation is told about its claims. Each is there twice, for people and for programs, and is removed from each set by itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, or_, select, update

from gateway.clock import LONDON
from gateway.store.prepared import Prepared
from gateway.store.sight import THERE, Scope, conditions
from gateway.store.tables import claims, notices

KEPT_DAYS = 15
_PURGED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as its organisation sees it."""

    guid: str
    claim_id: int
    at: datetime
    text: str


_add = Prepared(insert(notices), into=notices, made=("id",))
_its_own = and_(
    notices.c.organisation_id == bindparam("organisation"),
    notices.c.process == bindparam("process"),
    notices.c.expires_at > bindparam("moment"),
)
_REMOVED = {"web": notices.c.removed_web, "a2a": notices.c.removed_a2a}
_FAREWELL = frozenset(("all", "shared"))  # who does not look at single branches or phases is told of claims that have left
_expired = select(notices.c.id).where(notices.c.expires_at <= bindparam("moment")).order_by(notices.c.expires_at).limit(_PURGED_AT_ONCE)
_purge = delete(notices).where(notices.c.id.in_(_expired.with_for_update(skip_locked=True)))


def add(connection: Connection, *, claim_id: int, process: str, organisation: str, key: str, text: str, at: datetime, farewell: bool = False) -> str:
    """Post a notice of what happened at `at`; gives its guid. `farewell`: the organisation sees it although it does not have the claim any more."""
    guid = str(uuid.uuid4())
    values = {
        "guid": guid,
        "claim_id": claim_id,
        "process": process,
        "organisation_id": organisation,
        "key": key,
        "text": text,
        "at": at,
        "expires_at": expiry(at),
        "farewell": farewell,
    }
    _add.unasked(connection, values)
    return guid


def expiry(at: datetime) -> datetime:
    """Fifteen calendar days later, at the same time of day in London."""
    return (at.astimezone(LONDON) + timedelta(days=KEPT_DAYS)).astimezone(UTC)


def list_for(connection: Connection, scope: Scope, moment: datetime, *, a2a: bool) -> list[Notice]:
    """What a user is told about the claims in that scope, newest first: the set for programs or that for people."""
    rows = _list(scope.side, scope.sight, "a2a" if a2a else "web").all(connection, {**scope.parameters, "moment": moment})
    return [Notice(*row) for row in rows]


def remove(connection: Connection, guid: str, scope: Scope, moment: datetime, *, a2a: bool) -> bool:
    """Take a notice out of one of the two sets, for the whole organisation. False if the user sees none of that guid in it."""
    return _remove(scope.side, scope.sight, "a2a" if a2a else "web").run(connection, {**scope.parameters, "one": guid, "moment": moment}) == 1


@cache
def _list(side: str, sight: frozenset[str], channel: str) -> Prepared:
    shown = select(*(notices.c[name] for name in Notice.__slots__)).join_from(notices, claims, _sees_the_claim(side, sight))
    return Prepared(shown.where(_its_own, _REMOVED[channel].is_(False)).order_by(notices.c.at.desc(), notices.c.id.desc()))


@cache
def _remove(side: str, sight: frozenset[str], channel: str) -> Prepared:
    removed = _REMOVED[channel]
    seen = select(claims.c.id).where(_sees_the_claim(side, sight)).exists()
    return Prepared(update(notices).where(notices.c.guid == bindparam("one"), _its_own, removed.is_(False), seen).values({removed.name: True}))


def _sees_the_claim(side: str, sight: frozenset[str]) -> ColumnElement[bool]:
    """A claim that is gone takes its notices along before a job has removed them, and so does one that has passed to somebody else."""
    seen = and_(*conditions(side, sight))
    if not _FAREWELL.isdisjoint(sight):
        seen = or_(and_(notices.c.farewell, THERE), seen)
    return and_(claims.c.id == notices.c.claim_id, seen)


def purge(connection: Connection, moment: datetime) -> int:
    """Delete notices whose time is over, a bounded number of them; how many. Workers that purge at the same time take different ones."""
    return connection.execute(_purge, {"moment": moment}).rowcount


def remove_of_claim(connection: Connection, claim_id: int) -> None:
    """Delete everything that was posted about a claim."""
    connection.execute(delete(notices).where(notices.c.claim_id == claim_id))


def of_claim(connection: Connection, claim_id: int) -> Sequence[tuple[str, str, str, datetime]]:
    """Everything that was posted about a claim and is still kept, oldest first: organisation, key, text, time."""
    columns = (notices.c.organisation_id, notices.c.key, notices.c.text, notices.c.at)
    rows = connection.execute(select(*columns).where(notices.c.claim_id == claim_id).order_by(notices.c.at, notices.c.id))
    return [(row.organisation_id, row.key, row.text, row.at) for row in rows]
