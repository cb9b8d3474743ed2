"""Warnings and time limits of claims that nobody looks at.

A call that looks at a claim does the same for it (gateway/dispatch.py), so a run only makes visible what is so already. Each claim has a
transaction of its own: a worker that is killed loses the one it was at, and the next to come does it.
"""

from __future__ import annotations

from gateway.jobs.work import Done, Work
from gateway.log import logger
from gateway.operations import move
from gateway.store import StoreUnavailable, due
from gateway.store.claims import Claim
from gateway.store.due import Place


def sweep(work: Work) -> tuple[Done, ...]:
    """Do for every claim what its clock has to do by now."""
    counts = {"warnings": 0, "limits": 0, "failed": 0}
    place: Place | None = due.START
    while place is not None and not work.stopping():
        place = _next(work, place, counts)
    return (
        Done("warnings posted", counts["warnings"]),
        Done("time limits run out", counts["limits"]),
        Done("claims left alone, see the log", counts["failed"], problem=True),
    )


def _next(work: Work, after: Place, counts: dict[str, int]) -> Place | None:
    """One claim; its place, None if there was none."""
    claim: Claim | None = None
    try:
        with work.store.writing() as connection:
            claim = due.take_due(connection, work.moment.utc, after)
            if claim is None:
                return None
            warnings = limits = 0
            moved = claim
            while move.is_due(moved, work.moment):
                if moved.next_at == moved.due_at:
                    limits += 1
                else:
                    warnings += 1
                moved = move.tick(connection, work.contract, moved)
    except StoreUnavailable:
        raise
    except Exception:  # a defect that one claim meets must not keep the clock of all others from running
        if claim is None:
            raise
        counts["failed"] += 1
        logger.exception("clock failed", claim=claim.application_id)
        return _place(claim)
    counts["warnings"] += warnings
    counts["limits"] += limits
    return _place(claim)


def _place(claim: Claim) -> Place:
    assert claim.next_at is not None, "the clock has nothing to do"
    return claim.next_at, claim.id
