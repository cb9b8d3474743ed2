"""What was sent with addClaim a moment ago, so that a program which lost the answer and sends it again gets the first claim instead of a second.

Kept is a hash of who sent what, and which claim it made. By the wall clock, for it is a matter of connections.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store.columns import UtcDateTime
from gateway.store.prepared import Prepared
from gateway.store.tables import repeats

KEPT = timedelta(days=1)
"""As long as the setting may be."""
_PURGED_AT_ONCE = 1000

_recent = Prepared(select(repeats.c.claim_id).where(repeats.c.digest == bindparam("of"), repeats.c.at > bindparam("since", type_=UtcDateTime())))


def _keeping(insert: type[sqlite.Insert | postgresql.Insert]) -> Prepared:
    new = insert(repeats).values(digest=bindparam("of"), claim_id=bindparam("claim"), at=bindparam("now"))
    over = or_(repeats.c.at <= bindparam("since", type_=UtcDateTime()), repeats.c.claim_id == bindparam("instead_of", type_=BigInteger()))
    renewed = new.on_conflict_do_update(index_elements=["digest"], set_={"claim_id": new.excluded.claim_id, "at": new.excluded.at}, where=over)
    return Prepared(renewed)


_keep = {"sqlite": _keeping(sqlite.Insert), "postgresql": _keeping(postgresql.Insert)}
_old = select(repeats.c.digest).where(repeats.c.at <= bindparam("before")).limit(_PURGED_AT_ONCE)
_purge = Prepared(delete(repeats).where(repeats.c.digest.in_(_old.with_for_update(skip_locked=True))))


def digest(identity: str, user: str, process: str, document: str) -> bytes:
    """What stands for a document sent by a user through an A2A account; any character more is another one."""
    told = hashlib.sha256()
    for part in (identity, user, process, document):
        data = part.encode("utf-8", "surrogatepass")
        told.update(len(data).to_bytes(8, "big") + data)
    return told.digest()


def claim_of(connection: Connection, of: bytes, since: datetime) -> int | None:
    """The claim that was made of it after `since`."""
    found: int | None = _recent.scalar(connection, {"of": of, "since": since})
    return found


def keep(connection: Connection, of: bytes, claim_id: int, now: datetime, since: datetime, instead_of: int | None) -> bool:
    """Note that a claim was made of it. False if another was after `since`, but `instead_of`, and then nothing is noted; waits for whoever is at it."""
    values = {"of": of, "claim": claim_id, "now": now, "since": since, "instead_of": instead_of or 0}
    return _keep[connection.dialect.name].run(connection, values) == 1


def purge(connection: Connection, now: datetime) -> int:
    """Remove what nobody will be answered with any more, a bounded number of rows; how many."""
    return _purge.run(connection, {"before": now - KEPT})
