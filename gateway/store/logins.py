"""Wrong passwords in a row (portal notes 3.3, 4.8), counted for each name that is given, whether or not there is such an account.

The same statements run either way, so that neither the answer nor its time says which it is. A series that nobody goes on with is forgotten
after 30 days (U: no source says when; without an end, names somebody made up would be kept for ever).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store import audit
from gateway.store.prepared import Prepared
from gateway.store.tables import identities, login_failures

FORGOTTEN_AFTER = timedelta(days=30)
_PURGED_AT_ONCE = 1000


def _count(insert: type[sqlite.Insert | postgresql.Insert]) -> Prepared:
    new = insert(login_failures).values(digest=bindparam("of"), count=1, last_at=bindparam("now"))
    again = {"count": login_failures.c.count + 1, "last_at": new.excluded.last_at}
    return Prepared(new.on_conflict_do_update(index_elements=["digest"], set_=again).returning(login_failures.c.count))


_counts = {"sqlite": _count(sqlite.Insert), "postgresql": _count(postgresql.Insert)}
_lock = Prepared(update(identities).where(identities.c.id == bindparam("name"), identities.c.locked_at.is_(None)).values(locked_at=bindparam("now")))
_forget = Prepared(delete(login_failures).where(login_failures.c.digest == bindparam("digest")))
_old = select(login_failures.c.digest).where(login_failures.c.last_at <= bindparam("before")).limit(_PURGED_AT_ONCE)
_purge = Prepared(delete(login_failures).where(login_failures.c.digest.in_(_old.with_for_update(skip_locked=True))))


_wrong = Prepared(select(login_failures.c.count).where(login_failures.c.digest == bindparam("digest")))


def wrong_in_a_row(connection: Connection, name: str) -> int:
    """How many wrong passwords were given for that name since the last right one."""
    return _wrong.scalar(connection, {"digest": digest(name)}) or 0


def digest(name: str) -> bytes:
    """What stands for a name."""
    return hashlib.sha256(name.encode()).digest()


def count(connection: Connection, name: str, now: datetime, tries: int) -> None:
    """One more wrong password for that name; at the last of `tries` in a row the account is locked, if there is one."""
    wrong = _counts[connection.dialect.name].scalar(connection, {"of": digest(name), "now": now})
    if wrong >= tries:
        audit.write_lock_out(connection, name, now)
        _lock.run(connection, {"name": name, "now": now})


def forget(connection: Connection, name: str) -> None:
    """The series of that name is over."""
    _forget.run(connection, {"digest": digest(name)})


def purge(connection: Connection, now: datetime) -> int:
    """Remove series nobody went on with, a bounded number of them; how many."""
    return _purge.run(connection, {"before": now - FORGOTTEN_AFTER})
