"""Claims that go anywhere: whatever the two sides and the clock do, a claim is always in order, and comes to an end.

Each walk is one claim of a process and release. Whoever calls, the release in force may be a later one: a claim keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from inprocess import CM, CR, KEPT, Portal, days, named, portal_over
from walking import LEAVING, Walk
from wayfinding import apart, distances, reachable, states

from gateway.contract.load import contract
from gateway.contract.model import Move
from gateway.store.engine import Store

CLAIMS = [(process, release) for process in KEPT for release in KEPT[process]]
MOST_STEPS = 32
GROWS_UP = "2009-01-08"  # turns 18 six weeks after the start
CHILD = "2014-06-17"


@pytest.fixture
def portal(seeded_store: Store) -> Iterator[Portal]:
    with portal_over(seeded_store) as portal:
        yield portal


def one_walk(portal: Portal, chance: Random, length: int) -> Walk:
    """A claim that is drawn towards one row of the process after the other, and is driven about by chance on its way."""
    draw = chance.choice
    process, release = draw(CLAIMS)
    in_force = draw(KEPT[process][KEPT[process].index(release) :])
    walk = Walk(portal, process, release, in_force)
    form = draw(named(process, release, "addClaim", claimant="adult"))
    try:
        walk.opens(form, None if form == "eld.xml" else draw((None, None, CHILD, GROWS_UP)))
        goal = some_row(chance, process, release, "")
        for _ in range(length):
            if walk.over:
                break
            if goal.row in walk.rows:
                goal = some_row(chance, process, release, walk.claim.phase)
            one_step(walk, chance, goal)
        walk.ends(draw)
        walk.stays_ended(chance)
    except Exception as error:
        error.add_note("\n".join(walk.log))
        raise
    return walk


def some_row(chance: Random, process: str, release: str, phase: str) -> Move:
    """A row that a claim can still come to from a phase; of three the farthest, for the near ones come by themselves."""
    here = reachable(process, release, phase)
    rows = [move for one in contract().of_process(process) for move in one.moves if process in move.processes and release in move.releases]
    open_rows = [move for move in rows if here & set(move.sources)]
    return max(chance.choices(open_rows, k=3), key=lambda move: min(apart(process, release, phase, source) for source in move.sources))


def one_step(walk: Walk, chance: Random, goal: Move) -> None:
    draw = chance.choice
    choices = walk.choices()
    dice = chance.random()
    if dice < 0.04:
        walk.is_refused(*draw(walk.closed()))
    elif dice < 0.07:
        walk.waits(draw(moments(walk)), draw((CR, CM)))
    elif dice < 0.15 and walk.claim.due_at:
        walk.waits(max(walk.portal.now, walk.claim.due_at - days(draw((1, 2, 4, 6, 8)))), draw((CR, CM)))
    elif dice < 0.92:
        nearer = walk.towards(choices, goal)
        if nearer:
            if walk.does(draw(nearer)).code == "Failure":
                walk.waits(walk.portal.now + days(8), CR)
        elif walk.claim.due_at:
            walk.waits(max(walk.portal.now, walk.claim.due_at), draw((CR, CM)))
    elif choices:
        name = draw(sorted({choice.operation for choice in choices if dice > 0.99 or choice.operation not in LEAVING} or {choices[0].operation}))
        walk.does(draw([choice for choice in choices if choice.operation == name]))


def moments(walk: Walk) -> list[Any]:
    """Times to which the clock may go: a little further, just before a limit, exactly at it, long after it."""
    now, due, gone = walk.portal.now, walk.claim.due_at, walk.claim.gone_at
    found = [now + timedelta(hours=1), now + days(1), now + days(4), now + days(10)]
    for limit in (due, gone):
        if limit is not None:
            found += [limit - timedelta(seconds=1), limit, limit + days(3), limit - days(2), limit - days(4), limit - days(7)]
    return [moment for moment in found if moment > now]


def walks(portal: Portal, number: int) -> set[tuple[str, str]]:
    """So many walks; the rows they went."""
    walked: set[tuple[str, str]] = set()

    @hypothesis.settings(max_examples=number, suppress_health_check=list(hypothesis.HealthCheck), database=None)
    @hypothesis.given(seed=st.integers(0, 2**32 - 1), length=st.integers(10, MOST_STEPS))
    def walk(seed: int, length: int) -> None:
        one = one_walk(portal, Random(seed), length)
        walked.update((one.process, row) for row in one.rows)

    walk()
    return walked


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_random_walks(portal: Portal) -> None:
    walked = walks(portal, 120)
    assert len(walked) > 90  # of 157; test_every_move.py makes each


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_few_on_postgresql(portal: Portal) -> None:
    walks(portal, 6)


# without a store: everything the table allows


every_claim = pytest.mark.parametrize(("process", "release"), CLAIMS)


@every_claim
def test_there_is_no_trap(process: str, release: str) -> None:
    """From everywhere a claim can come to, in whichever side's turn, an end can be reached; what has ended stays so."""
    graph = states(process, release)
    ended = {state for state in graph if state[0] and contract().phases[state[0]].end}
    assert {state for state in graph if not graph[state]} == ended
    reaching = set(ended)
    while more := {state for state, following in graph.items() if state not in reaching and reaching & {then for then, _ in following}}:
        reaching |= more
    assert set(graph) - reaching == set()


@every_claim
def test_whoever_has_the_turn_can_do_something(process: str, release: str) -> None:
    for (phase, acts), following in states(process, release).items():
        if acts is not None:
            assert acts in {side for then, side in following if then != (phase, acts)}, (phase, acts)


@every_claim
def test_whose_turn_it_can_be(process: str, release: str) -> None:
    """In three phases it can be either side's, and the path decides."""
    turns: dict[str, set[str | None]] = {}
    for phase, acts in states(process, release):
        turns.setdefault(phase, set()).add(acts)
    assert {phase for phase, sides in turns.items() if len(sides) > 1} == {
        *("Stage2SettlementPackAgreementDecision", "Stage2SettlementPackAgreed", "ExitProcess")
    }


@every_claim
def test_no_end_is_far(process: str, release: str) -> None:
    assert max(distances(process, release).values()) <= 4
