"""What jobs are given, and what they say they did."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from gateway.clock import Moment
from gateway.contract.model import Contract
from gateway.store import Connection
from gateway.store.engine import Store


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Work:
    """The store, the moment for which a run is made, and whether it is to end early: asked between two transactions.

    `retention`: whether claims whose time is over are to be dealt with in this run. `printing`: after so many seconds of printing ahead the rest
    is left to the next run.
    """

    store: Store
    contract: Contract
    moment: Moment
    stopping: Callable[[], bool] = _never
    retention: bool = True
    printing: float = math.inf


@dataclass(frozen=True, slots=True)
class Done:
    """How often a job did something. `problem`: what it counts should not have happened."""

    what: str
    count: int
    problem: bool = False


Job = Callable[[Work], tuple[Done, ...]]


def purge_all(work: Work, purge: Callable[[Connection], int]) -> int:
    """Remove a bounded number of rows in each transaction, until there is nothing left; how many."""
    removed = 0
    while not work.stopping():
        with work.store.writing() as connection:
            count = purge(connection)
        if not count:
            break
        removed += count
    return removed
