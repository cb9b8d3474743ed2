"""What is removed when its time is over. Nobody sees it any more from that time on; here it leaves the store."""

from __future__ import annotations

from collections.abc import Callable

from gateway.jobs.work import Done, Work
from gateway.store import Connection, credentials, due, notices


def remove_rejected(work: Work) -> tuple[Done, ...]:
    """Rejected claims that were not resent in time, with their documents, history and notices (K14)."""
    removed, place = 0, due.START
    while not work.stopping():
        with work.store.writing() as connection:
            claim = due.take_gone(connection, work.moment.utc, place)
            if claim is None:
                break
            assert claim.gone_at is not None, "it is there"
            due.delete_claim(connection, claim.id)
        removed, place = removed + 1, (claim.gone_at, claim.id)
    return (Done("rejected claims deleted", removed),)


def remove_notices(work: Work) -> tuple[Done, ...]:
    """Notices after fifteen days."""
    return (Done("notices removed", _all(work, lambda connection: notices.purge(connection, work.moment.utc))),)


def remove_tokens(work: Work) -> tuple[Done, ...]:
    """Tokens that have expired, by the real time."""
    return (Done("expired tokens removed", _all(work, credentials.purge_expired)),)


def _all(work: Work, purge: Callable[[Connection], int]) -> int:
    """A bounded number in each transaction, until there is nothing left."""
    removed = 0
    while not work.stopping():
        with work.store.writing() as connection:
            count = purge(connection)
        if not count:
            break
        removed += count
    return removed
