"""The audit log: who changed what of those who take part, and when (portal notes 3.7). By the wall clock; rows are only ever added.

A row is written in the transaction of the change, so that there is never one without the other. No secret and nothing of a claim goes into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, insert, literal, or_, select

from gateway.clock import Moment
from gateway.store.columns import UtcDateTime
from gateway.store.prepared import Prepared
from gateway.store.tables import audit, identities

GATEWAY = "gateway"
"""Who, where nobody did it but the gateway itself."""
LONGEST_WHO = 100
UNTOLD = frozenset(("password_version", "warned_on"))
"""Fields that change along with others and tell nobody anything."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `what` is noun and verb, as user.disable; `subject` the id of what was changed; `detail` as `difference` gives it, or like it."""

    id: int
    at: datetime
    who: str
    what: str
    subject: str
    organisation_id: str | None
    detail: Mapping[str, Any]


_ROW = [column for column in audit.columns if column.key != "id"]
_insert = Prepared(insert(audit), into=audit, made=("id",))
_lock_out = Prepared(
    insert(audit).from_select(
        [column.key for column in _ROW],
        select(
            bindparam("now", type_=UtcDateTime()),
            literal(GATEWAY, String()),
            literal("identity.lock", String()),
            identities.c.id,
            identities.c.organisation_id,
            literal({"reason": "too many wrong passwords in a row"}, audit.c.detail.type),
        ).where(identities.c.id == bindparam("name"), identities.c.locked_at.is_(None)),
    )
)


def write(
    connection: Connection, who: str, what: str, subject: str, organisation_id: str | None = None, detail: Mapping[str, Any] | None = None
) -> None:
    """Note a change that this transaction makes."""
    values = {"at": Moment.now().utc, "who": who, "what": what, "subject": subject, "organisation_id": organisation_id, "detail": plain(detail or {})}
    _insert.run(connection, values)


def write_lock_out(connection: Connection, name: str, now: datetime) -> None:
    """Note that the A2A account of that name is about to be locked, if there is one and it is not locked yet.

    One statement for names of nobody as well, for how long it takes must not tell them apart.
    """
    _lock_out.run(connection, {"name": name, "now": now})


def difference(before: Any, after: Any) -> dict[str, Any]:
    """Where two records of one dataclass differ: field to what it was (from) and is (to)."""
    pairs = {one.name: {"from": getattr(before, one.name), "to": getattr(after, one.name)} for one in fields(before) if one.name not in UNTOLD}
    return {name: pair for name, pair in pairs.items() if pair["from"] != pair["to"]}


def entries(
    connection: Connection,
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    who: str | None = None,
    what: str | None = None,
    subject: str | None = None,
    organisation_id: str | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """What was changed from `since` on and before `before`, newest last; None does not narrow. `what` may be a noun alone: user.

    Of more than `limit` the newest.
    """
    statement = select(*(audit.c[one.name] for one in fields(Entry)))
    conditions = [
        None if since is None else audit.c.at >= since,
        None if before is None else audit.c.at < before,
        None if who is None else audit.c.who == who,
        None if what is None else or_(audit.c.what == what, audit.c.what.startswith(f"{what}.", autoescape=True)),
        None if subject is None else audit.c.subject == subject,
        None if organisation_id is None else audit.c.organisation_id == organisation_id,
    ]
    for condition in conditions:
        if condition is not None:
            statement = statement.where(condition)
    rows = connection.execute(statement.order_by(audit.c.id.desc()).limit(limit)).all()
    return [Entry(**{**row._mapping, "detail": dict(sorted(row.detail.items()))}) for row in reversed(rows)]  # PostgreSQL has an order of its own


def plain(value: Any) -> Any:
    """The same as JSON has it: days and times as ISO texts, tuples and sets as lists."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
