"""What a run of the job that prints ahead leaves to the next: steps taken meanwhile, and what there is no time for. All of a step, or nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from life import Life
from sqlalchemy import func, select
from world import START, World, on_both_databases

from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs import run as runs
from gateway.jobs.printables import print_ahead
from gateway.jobs.work import Done, Work
from gateway.operations import printing
from gateway.store import tables


def kept(world: World) -> int:
    """Documents that have been printed."""
    with world.store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.printables)) or 0


@on_both_databases
def test_steps_taken_meanwhile_are_for_the_next_run(world: World) -> None:
    """Else a run would not end while claims are sent faster than they are printed."""
    Life(world, "rta").sent()
    before = Work(world.store, contract(), Moment(START - timedelta(seconds=1)))
    assert print_ahead(before)[0].count == 0
    assert print_ahead(Work(world.store, contract(), Moment(START)))[0].count == 2


def test_what_there_is_no_time_for_is_left_to_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With five seconds, each look at the clock a second after the one before: one at the begin, one for the page, then one before each claim."""
    for _ in range(4):
        Life(world, "rta").sent()
    seconds: Iterator[float] = iter(range(100))
    monkeypatch.setattr("gateway.jobs.printables.time", SimpleNamespace(monotonic=lambda: next(seconds)))
    assert [one.count for one in print_ahead(Work(world.store, contract(), Moment(START), printing=5.0))] == [6, 0]
    assert [one.count for one in print_ahead(Work(world.store, contract(), Moment(START)))] == [2, 0]


@on_both_databases
def test_a_worker_that_is_killed_keeps_all_documents_of_a_step_or_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that has some of its documents is not looked for again."""
    Life(world, "rta").sent()
    make, made = printing.make, []

    def killed(*arguments: Any) -> bytes:
        made.append(arguments)
        if len(made) == 2:
            raise KeyboardInterrupt
        return make(*arguments)

    monkeypatch.setattr(printing, "make", killed)
    with pytest.raises(KeyboardInterrupt):
        print_ahead(Work(world.store, contract(), Moment(START)))
    assert kept(world) == 0
    assert print_ahead(Work(world.store, contract(), Moment(START)))[0].count == kept(world) == 2


@pytest.mark.parametrize(("every", "seconds"), [(0.01, 5.0), (60.0, 60.0)])
def test_a_run_that_others_follow_prints_no_longer_than_the_pause(
    world: World, monkeypatch: pytest.MonkeyPatch, every: float, seconds: float
) -> None:
    """Time limits must not wait for printing. A single run prints everything."""
    stop = threading.Event()
    seen: list[float] = []

    def look(work: Work) -> tuple[Done, ...]:
        seen.append(work.printing)
        stop.set()
        return ()

    monkeypatch.setattr(runs, "JOBS", (look,))
    runs.serve(world.store, contract(), every, stop)
    runs.run(runs.begin(world.store, contract(), lambda: False))
    assert seen == [seconds, float("inf")]
