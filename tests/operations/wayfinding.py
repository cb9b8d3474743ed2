"""The contract table as a graph of what a claim can be: a phase, and whose turn it is in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from inprocess import CM, CR, OTHER_SIDE

from gateway.contract.load import contract
from gateway.contract.model import OTHER, SELF
from gateway.operations.agreement import exists_in

State = tuple[str, str | None]
FAR = 1000


def sides(actor: str, acts: str | None) -> tuple[str, ...]:
    """Who may call an operation of that actor while it is the turn of `acts`."""
    if actor == "holder":
        return (acts,) if acts else ()
    return (CR, CM) if actor == "either" else (actor,)


@cache
def states(process: str, release: str) -> dict[State, set[tuple[State, str | None]]]:
    """From each state to those that follow, each with the side whose step leads there (None: the clock, or the passing of time)."""
    table = contract()
    found: dict[State, set[tuple[State, str | None]]] = {}
    new: list[State] = [("", None)]
    while new:
        here = phase, acts = new.pop()
        if here in found:
            continue
        following: set[tuple[State, str | None]] = set()
        for operation in table.of_process(process):
            moves = table.moves(process, release, phase, operation.name, acts) if exists_in(operation, release) else ()
            for side in sides(operation.actor, acts):
                for move in moves:
                    turn = acts if move.to == SELF else move.acts or table.phases[move.to].acts
                    then = (phase if move.to == SELF else move.to, OTHER_SIDE[side] if turn == OTHER else turn)
                    following.add((then, side))
        if phase and (clock := table.phases[phase].clock):
            to = table.clocks[clock].expires_to
            following.add(((to, table.phases[to].acts), None))
        found[here] = following
        new += [then for then, _ in following]
    return found


@cache
def ways(process: str, release: str) -> frozenset[tuple[str, str]]:
    """Every pair of phases that a step or the clock joins."""
    return frozenset((here[0], then[0]) for here, following in states(process, release).items() for then, _ in following)


@cache
def apart(process: str, release: str, start: str, goal: str) -> int:
    """How many steps it is at least from phase to phase."""
    pairs = ways(process, release)
    here, steps, seen = {start}, 0, {start}
    while here:
        if goal in here:
            return steps
        here = {then for one, then in pairs if one in here} - seen
        seen |= here
        steps += 1
    return FAR


def reachable(process: str, release: str, start: str) -> set[str]:
    """The phases a claim can still come to."""
    return {phase for pair in ways(process, release) for phase in pair if phase and apart(process, release, start, phase) < FAR}


@cache
def distances(process: str, release: str) -> Mapping[str, int]:
    """How many steps from each phase to the nearest end; a phase in which a claim vanishes by itself is one."""
    pairs = ways(process, release)
    phases = {phase for pair in pairs for phase in pair if phase}
    found = {phase: 0 for phase in phases if contract().phases[phase].end or contract().phases[phase].vanishes_after}
    while len(found) < len(phases):
        step = {here: 1 + min(found[then] for one, then in pairs if one == here and then in found) for here, then in pairs if here and then in found}
        found = {**step, **found}
    return found
