"""Prints ahead, so that whoever asks for a document of the last day need not wait. What is older is printed when it is asked for.

Nothing is locked while a document is printed. Workers that run at the same time take what is to do in different orders, and where two have
printed the same one, the first to keep it wins.
"""

from __future__ import annotations

import random
from datetime import timedelta

from gateway.jobs.work import Done, Work
from gateway.log import logger
from gateway.operations import printing
from gateway.store import StoreUnavailable, claims, printables
from gateway.store.printables import Step

AHEAD = timedelta(days=1)


def print_ahead(work: Work) -> tuple[Done, ...]:
    """Make the documents of all steps of the last day that have none yet."""
    made = failed = 0
    place = printables.START
    while not work.stopping():
        with work.store.reading() as connection:
            batch = printables.unmade(connection, work.moment.utc - AHEAD, place)
        if not batch:
            break
        place = batch[-1].place
        for step in random.sample(batch, len(batch)):
            if work.stopping():
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
    won = 0
    for kind in printing.kinds_of(step):
        with work.store.reading() as connection:
            claim = claims.load(connection, step.claim_id)
            if claim is None or printables.body(connection, step.claim_id, step.number, kind.key) is not None:
                continue
            body = printing.make(connection, work.contract, claim, step, kind)
        with work.store.writing() as connection:
            if claims.load(connection, step.claim_id, lock=True) is not None:  # else it was deleted meanwhile
                won += printables.keep(connection, step.claim_id, step.number, kind.key, body, work.moment.utc)[1]
    return won
