"""Notices: what an organisation is told about its claims. Each is there twice, for people and for programs, and is removed from each set by itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from gateway.clock import LONDON
from gateway.store.prepared import Prepared
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
# A claim that is gone takes its notices along before a job has removed them, and so does one that has passed to somebody else.
_has_the_claim = or_(claims.c.cr_organisation == bindparam("organisation"), claims.c.cm_organisation == bindparam("organisation"))
_sees_the_claim = and_(
    claims.c.id == notices.c.claim_id,
    or_(claims.c.gone_at.is_(None), claims.c.gone_at > bindparam("moment")),
    or_(notices.c.farewell, _has_the_claim),
)
_its_own = and_(
    notices.c.organisation_id == bindparam("organisation"),
    notices.c.process == bindparam("process"),
    notices.c.expires_at > bindparam("moment"),
)
_list = {
    removed.name: Prepared(
        select(*(notices.c[name] for name in Notice.__slots__))
        .join_from(notices, claims, _sees_the_claim)
        .where(_its_own, removed.is_(False))
        .order_by(notices.c.at.desc(), notices.c.id.desc())
    )
    for removed in (notices.c.removed_web, notices.c.removed_a2a)
}
_remove = {
    removed.name: Prepared(
        update(notices)
        .where(notices.c.guid == bindparam("one"), _its_own, removed.is_(False), select(claims.c.id).where(_sees_the_claim).exists())
        .values({removed.name: True})
    )
    for removed in (notices.c.removed_web, notices.c.removed_a2a)
}
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
    _add.run(connection, values)
    return guid


def expiry(at: datetime) -> datetime:
    """Fifteen calendar days later, at the same time of day in London."""
    return (at.astimezone(LONDON) + timedelta(days=KEPT_DAYS)).astimezone(UTC)


def list_for(connection: Connection, organisation: str, process: str, moment: datetime, *, a2a: bool) -> list[Notice]:
    """What an organisation is told about its claims of a process, newest first: the set for programs or that for people."""
    rows = _list[_column(a2a)].all(connection, {"organisation": organisation, "process": process, "moment": moment})
    return [Notice(*row) for row in rows]


def remove(connection: Connection, guid: str, organisation: str, process: str, moment: datetime, *, a2a: bool) -> bool:
    """Take a notice out of one of the two sets. False if the organisation has none of that guid in it."""
    values = {"one": guid, "organisation": organisation, "process": process, "moment": moment}
    return _remove[_column(a2a)].run(connection, values) == 1


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


def _column(a2a: bool) -> str:
    return "removed_a2a" if a2a else "removed_web"
