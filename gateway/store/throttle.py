"""Limits on what an A2A account may ask of the gateway (portal notes 6.2, 6.3): what they are, and the counts that all workers share.

Minutes are those of the wall clock. A worker takes a share of an account's calls of the minute in one small write and spends it by itself, so
most calls write nothing. An account never gets more calls in a minute than its limit; while others hold shares they have not spent, a worker
may refuse a few calls early: less than a share for each other worker. Where no limit is set nothing is written.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, and_, bindparam, case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.errors import Refused
from gateway.store.columns import UtcDateTime
from gateway.store.directory import LONGEST_ID, id_of
from gateway.store.engine import Session
from gateway.store.prepared import Prepared
from gateway.store.recent import Recent
from gateway.store.tables import call_counts, identities, identity_limits, polls

LONGEST_REASON = 200
SHARES = 20
"""Into so many the calls of a minute are divided."""
KEPT = timedelta(days=1)
"""How long a poll is remembered: as long as the limit may be."""
_MINUTE = 60
_PATIENCE_SECONDS = 5.0
_PURGED_AT_ONCE = 1000


class BadLimit(Refused):
    """There is no such A2A account, or it cannot be limited like that."""


@dataclass(frozen=True, slots=True)
class Own:
    """What is set for one account; None: what the settings say, 0: no limit. `stopped`: every call is refused, for the reason given."""

    identity_id: str
    calls_per_minute: int | None = None
    concurrent_calls: int | None = None
    poll_seconds: int | None = None
    stopped: bool = False
    stopped_for: str = ""


@dataclass(slots=True)
class _Share:
    """What a worker holds of an account's calls of a minute, under the limit that held then."""

    minute: int
    most: int
    left: int = 0
    used_up: bool = False
    fetching: threading.Lock = field(default_factory=threading.Lock)


def _counting(insert: type[sqlite.Insert | postgresql.Insert]) -> Prepared:
    new = insert(call_counts).values(identity_id=bindparam("identity"), minute=bindparam("now"), taken=bindparam("share"))
    # a node whose clock is a little ahead began the next minute already; counted there, a call is not lost
    same = and_(call_counts.c.minute >= new.excluded.minute, call_counts.c.minute <= new.excluded.minute + 1)
    kept = {
        "taken": case((same, call_counts.c.taken + new.excluded.taken), else_=new.excluded.taken),
        "minute": case((same, call_counts.c.minute), else_=new.excluded.minute),
    }
    return Prepared(new.on_conflict_do_update(index_elements=["identity_id"], set_=kept).returning(call_counts.c.taken))


def _polling(insert: type[sqlite.Insert | postgresql.Insert]) -> Prepared:
    new = insert(polls).values(digest=bindparam("of"), at=bindparam("now"))
    again = or_(polls.c.at <= bindparam("since", type_=UtcDateTime()), polls.c.at > new.excluded.at)
    return Prepared(new.on_conflict_do_update(index_elements=["digest"], set_={"at": new.excluded.at}, where=again))


_own = select(*(identity_limits.c[name] for name in Own.__slots__))
_owns = Prepared(_own)
_all: Recent[Mapping[str, Own]] = Recent(lambda connection: {row[0]: Own(*row) for row in _owns.all(connection)})
_count = {"sqlite": _counting(sqlite.Insert), "postgresql": _counting(postgresql.Insert)}
_poll = {"sqlite": _polling(sqlite.Insert), "postgresql": _polling(postgresql.Insert)}
_polled = Prepared(select(polls.c.at).where(polls.c.digest == bindparam("of")))
_old = select(polls.c.digest).where(polls.c.at <= bindparam("before")).limit(_PURGED_AT_ONCE)
_purge = Prepared(delete(polls).where(polls.c.digest.in_(_old.with_for_update(skip_locked=True))))
_shares: WeakKeyDictionary[Engine, dict[str, _Share]] = WeakKeyDictionary()
_guard = threading.Lock()


def own(connection: Connection, identity: str) -> Own | None:
    """What is set for the account, as of at most a second ago; None if nothing is."""
    return _all(connection).get(identity)


def take_call(session: Session, identity: str, most: int, now: datetime) -> bool:
    """One of the `most` calls of the account in this minute; False if there are no more to be had."""
    minute = int(now.timestamp()) // _MINUTE
    shares = _shares.setdefault(session.connection.engine, {})
    with _guard:
        share = shares.get(identity)
        if share is None or (share.minute, share.most) != (minute, most):
            share = shares[identity] = _Share(minute, most)
    if (spent := _spend(share)) is not None:
        return spent
    if session.is_writing:  # whoever fetches may be waiting for this very call to end its writing, which may yet be undone
        return _take_share(session, identity, share, 1) > 0
    is_first = share.fetching.acquire(timeout=_PATIENCE_SECONDS)  # one for all threads; what it brings is there before the next one looks
    try:
        return _fetch(session, identity, share) if (spent := _spend(share)) is None else spent
    finally:
        if is_first:
            share.fetching.release()


def _spend(share: _Share) -> bool | None:
    """Take a call of the share; None if more have to be fetched."""
    with _guard:
        if share.left:
            share.left -= 1
            return True
        return False if share.used_up else None


def _fetch(session: Session, identity: str, share: _Share) -> bool:
    granted = _take_share(session, identity, share, max(share.most // SHARES, 1))
    with _guard:
        share.left += max(granted - 1, 0)
        share.used_up = not granted
    return granted > 0


def _take_share(session: Session, identity: str, share: _Share, wanted: int) -> int:
    """So many calls of the minute, 0 if it is used up."""
    values = {"identity": identity, "now": share.minute, "share": wanted}
    if session.is_writing:
        taken = _count[session.connection.dialect.name].scalar(session.connection, values)
    else:
        with session.apart() as connection:
            taken = _count[connection.dialect.name].scalar(connection, values)
    return max(min(wanted, share.most - (int(taken) - wanted)), 0)


def end_of_minute(now: datetime) -> datetime:
    """When a new minute begins."""
    return datetime.fromtimestamp((int(now.timestamp()) // _MINUTE + 1) * _MINUTE, UTC)


def ask_again(session: Session, of: bytes, seconds: int, now: datetime) -> datetime | None:
    """Note that what `of` stands for is asked for now; if it was less than so many seconds ago, nothing is noted: from when on it may be."""
    since = now - timedelta(seconds=seconds)
    last: datetime | None = _polled.scalar(session.connection, {"of": of})
    if last is None or not since < last <= now:
        with session.apart() as connection:
            if _poll[connection.dialect.name].run(connection, {"of": of, "now": now, "since": since}):
                return None
        last = _polled.scalar(session.connection, {"of": of})  # somebody was quicker by a hair
    return (last or now) + timedelta(seconds=seconds)


def purge_polls(connection: Connection, now: datetime) -> int:
    """Forget old ones, a bounded number of them; how many."""
    return _purge.run(connection, {"before": now - KEPT})


def by_id(connection: Connection, identity: str) -> Own:
    """What is set for the account of that name in whatever case, nothing perhaps. Raises BadLimit if there is no such account."""
    row = connection.execute(_own.where(identity_limits.c.identity_id == id_of(identity))).first()
    if row is not None:
        return Own(*row)
    if connection.scalar(select(identities.c.id).where(identities.c.id == id_of(identity))) is None:
        raise BadLimit(f"There is no A2A account {identity[:LONGEST_ID]}.")
    return Own(id_of(identity))


def all_of_them(connection: Connection) -> list[Own]:
    """Every account for which something is set, by its name."""
    return [Own(*row) for row in connection.execute(_own.order_by(identity_limits.c.identity_id))]


def keep(connection: Connection, what: Own) -> None:
    """Set this for the account, whatever was set before; it counts on all nodes within a second. Raises BadLimit."""
    if len(what.stopped_for) > LONGEST_REASON or not what.stopped_for.isprintable():
        raise BadLimit(f"The reason must have at most {LONGEST_REASON} printable characters.")
    connection.execute(delete(identity_limits).where(identity_limits.c.identity_id == what.identity_id))
    if what != Own(what.identity_id):
        connection.execute(identity_limits.insert().values({name: getattr(what, name) for name in Own.__slots__}))


def taken(connection: Connection, identity: str, now: datetime) -> int:
    """How many calls of this minute workers have taken for the account; some of them may not be made yet."""
    minute = int(now.timestamp()) // _MINUTE
    found = connection.scalar(select(call_counts.c.taken).where(call_counts.c.identity_id == identity, call_counts.c.minute == minute))
    return int(found or 0)
