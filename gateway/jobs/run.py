"""All jobs, once or again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from gateway.clock import Moment, wall
from gateway.contract.model import Contract
from gateway.jobs.accounts import forget_wrong_passwords, warn_of_expiry
from gateway.jobs.clocks import sweep
from gateway.jobs.forgetting import forget_polls, forget_repeats
from gateway.jobs.printables import print_ahead
from gateway.jobs.retention import keep_claims, remove_gone, remove_notices, remove_tokens
from gateway.jobs.work import Done, Job, Work
from gateway.log import logger
from gateway.store import StoreUnavailable, figures, sandbox
from gateway.store.engine import Store
from gateway.store.trouble import trouble

JOBS: tuple[Job, ...] = (
    *(sweep, remove_gone, keep_claims, remove_notices, remove_tokens, warn_of_expiry),
    *(forget_wrong_passwords, forget_repeats, forget_polls, print_ahead),
)
PRINTING_SECONDS = 5.0
"""Of a run that others follow, at the least; it may take as long as the pause after it."""


def begin(store: Store, contract: Contract, stopping: Callable[[], bool], *, retention: bool = True) -> Work:
    """A run for now: by the process clock of the store, for a sandbox's may have been moved."""
    with store.reading() as connection:
        moment = Moment.now(sandbox.offset(connection))
    return Work(store, contract, moment, stopping, retention)


def run(work: Work) -> tuple[Done, ...]:
    """Every job once, in their order. One that goes wrong ends the run, and is not put down as one that ran."""
    began = time.monotonic()
    done = tuple(done for job in JOBS for done in job(work))
    if not work.stopping():
        _note(work, began, 0)
    return done


def serve(store: Store, contract: Contract, every: float, stop: threading.Event, *, retention: bool = True) -> None:
    """Run all jobs every so many seconds until told to stop. What goes wrong is told to the log, and tried again the next time.

    Retention is for once a day (S: the portal's is a daily job): it looks at every claim there is. Printing is cut short: claims may be sent
    faster than they are printed, and time limits must not wait for that.
    """
    logger.info("jobs started", every=every)
    done_on: date | None = None
    while not stop.is_set():
        try:
            work = begin(store, contract, stop.is_set)
            work = replace(work, retention=retention and work.moment.today != done_on, printing=max(every, PRINTING_SECONDS))
            began = time.monotonic()
            failed = sum(not _try(job, work) for job in JOBS)
            if not stop.is_set():
                _note(work, began, failed)
            done_on = work.moment.today
        except StoreUnavailable as problem:
            logger.exception("store unavailable", problem=trouble(problem))
        stop.wait(every)
    logger.info("jobs stopped")


def _note(work: Work, began: float, failed: int) -> None:
    """Put down in the store that the jobs ran, for monitoring."""
    with work.store.writing() as connection:
        figures.note_run(connection, figures.Run(wall(), round((time.monotonic() - began) * 1000), failed))


def _try(job: Job, work: Work) -> bool:
    """Whether the job did not go wrong."""
    try:
        for done in job(work):
            if done.count:
                logger.info("job", did=done.what, count=done.count)
    except StoreUnavailable:
        raise
    except Exception:  # the other jobs go on
        logger.exception("job failed", job=job.__name__)
        return False
    return True
