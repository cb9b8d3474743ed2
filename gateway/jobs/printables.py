"""Prints ahead, so that whoever asks for a document of the last day need not wait. What is older is printed when it is asked for.

Nothing is locked while a document is printed. Workers that run at the same time take what is to do in different orders, and where two have
printed the same one, the first to keep it wins. All documents of a step are kept at once: of one that has some, no run looks for the others.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta

from gateway.jobs.work import Done, Work
from gateway.log import logger
from gateway.operations import printing
from gateway.store import StoreUnavailable, claims, printables
from gateway.store.printables import Step

AHEAD = timedelta(days=1)


def print_ahead(work: Work) -> tuple[Done, ...]:
    """Make the documents of all steps of the last day that have none yet; those of steps taken meanwhile are for the next run."""
    made = failed = 0
    place = printables.START
    end = time.monotonic() + work.printing

    def enough() -> bool:
        return work.stopping() or time.monotonic() >= end

    while not enough():
        with work.store.reading() as connection:
            found = printables.unmade(connection, work.moment.utc - AHEAD, place)
        batch = [step for step in found if step.at <= work.moment.utc]
        if not batch:
            break
        place = batch[-1].place
        for step in random.sample(batch, len(batch)):
            if enough():
                break
            try:
                made += _print(work, step)
            except StoreUnavailable:
                raise
            except Exception:  # a defect that one document meets must not keep the others from being printed
                failed += 1
                logger.exception("printing failed", claim=f"{step.claim_id:016d}")
    return Done("documents printed", made), Done("documents not printed, see the log", failed, problem=True)


def _print(work: Work, step: Step) -> int:
    """The documents of a step that nobody else has made meanwhile; how many."""
    bodies: dict[str, bytes] = {}
    for kind in printing.kinds_of(step):
        with work.store.reading() as connection:
            claim = claims.load(connection, step.claim_id)
            if claim is None:
                return 0
            if printables.body(connection, step.claim_id, step.number, kind.key) is None:
                bodies[kind.key] = printing.make(connection, work.contract, claim, step, kind)
    if not bodies:
        return 0
    with work.store.writing() as connection:
        if claims.load(connection, step.claim_id, lock=True) is None:  # it was deleted meanwhile
            return 0
        return sum(printables.keep(connection, step.claim_id, step.number, key, body, work.moment.utc)[1] for key, body in bodies.items())
