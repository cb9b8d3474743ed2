"""What the clock owes a claim, worked out by hand from the claim's steps: when its limits run out, and which notices it brings.

Business days are counted by bench/soak_clock.py, limits are those of bench/soak_lives.py (process notes 4.2), which texts and documents a step
brings is read from the tables as they are written; nothing here asks the gateway's own code.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import gateway.contract
from bench.crash_clients import OK, Attempt
from bench.crash_clock import Window
from bench.soak_clock import business_day, due
from bench.soak_lives import CM, CR, INTERIM, LIABILITY, SETTLEMENT, Limit
from gateway.clock import LONDON, start_of_day

ORGANISATIONS = {CR: "CR00001", CM: "COMP001"}  # those of the clients
GATEWAY = "gateway"  # the user in whose name the gateway acknowledges
LIMITS = {"addClaim": LIABILITY, "addInterimSPFRequest": INTERIM, "addStage2SPFRequest": SETTLEMENT}
ANSWERS = ("sendLiabilityDecision", "addInterimSPFResponse", "addStage2SPFResponse")  # no limit runs after them
KEPT = UNACKNOWLEDGED = timedelta(days=30)  # what ended, and what only waits to be acknowledged (portal notes 11.1)
NOTICES_KEPT = timedelta(days=15)
_TABLES = Path(gateway.contract.__file__).parent / "tables"
_PROCESS = "rta"

Notice = tuple[str, str, datetime]
"""Whom it tells, which it is, and of when."""


@dataclass(slots=True)
class Owed:
    """What a claim's history must have brought by now. `may`: what a call that went on while the clock was moved may have brought besides."""

    limits: int = 0
    must: Counter[Notice] = field(default_factory=Counter)
    may: set[Notice] = field(default_factory=set)
    doubled: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Running:
    """A limit that runs, since `since`."""

    limit: Limit
    since: datetime
    until: datetime
    warns: datetime

    @classmethod
    def of(cls, limit: Limit, since: datetime) -> _Running:
        runs_out = due(_day(since), limit.business_days(_PROCESS))
        return cls(limit, since, start_of_day(runs_out), start_of_day(business_day(runs_out, -limit.warned)))

    @property
    def warning(self) -> Notice:
        return ORGANISATIONS[self.limit.is_warned], f"{self.limit.key}-{self.limit.warned}-days-left", self.warns


def owed(number: int, history: Sequence[Any], attempts: Mapping[tuple[str, str], Attempt], now: Window) -> Owed:
    """What the clock has brought a claim by `now`, if its `history` (rows of events) is right; in it what is late, and what nothing brought.

    `attempts`: the calls of the clients about the claim, by operation and the guid they gave.
    """
    found = Owed()
    running: _Running | None = None
    before: Any = None
    for row in history:
        if not row.operation:
            running = _ran_out(found, number, row, running)
        elif row.user_id == GATEWAY:
            _acknowledged(found, number, row, before)
        else:
            running = _stepped(found, number, row, running, attempts.get((row.operation, before.guid if before else "")))
        found.must.update(step_notices(row))
        before = row
    if running is not None:
        if running.until <= now[0]:
            found.late.append(f"claim {number} is in {before.to_phase}, and its limit ran out on {_day(running.until)}")
        elif running.since < running.warns <= now[0]:
            found.must[running.warning] += 1
    waits = before.to_phase in _unacknowledged() and _day(before.at) + UNACKNOWLEDGED <= _day(now[0])
    if waits or (before.to_phase in _ends() and _day(before.at) + KEPT <= _day(now[0])):
        found.late.append(f"claim {number} is in {before.to_phase} since {_day(before.at)}, and its time is over")
    return found


def _ran_out(found: Owed, number: int, row: Any, running: _Running | None) -> None:
    told = (row.at, row.row, row.to_phase)
    if running is None or told != (running.until, running.limit.row, running.limit.to):
        right = "no limit ran" if running is None else f"the limit was {running.until}"
        found.doubled.append(f"event {row.number} of claim {number}, {row.row} by the clock at {row.at}: {right}")
        return
    found.limits += 1
    if running.since < running.warns:
        found.must[running.warning] += 1
    for organisation in ORGANISATIONS.values():
        found.must[organisation, f"{running.limit.key}-reached", running.until] += 1


def _stepped(found: Owed, number: int, row: Any, running: _Running | None, attempt: Attempt | None) -> _Running | None:
    if running is not None:
        if row.at >= running.until:
            found.late.append(f"{row.operation} on claim {number} was taken at {row.at}, and its limit ran out at {running.until}")
        if row.operation not in ANSWERS:
            return running
        if running.since < running.warns <= row.at:
            found.must[running.warning] += 1
        elif running.since < running.warns and attempt is not None and running.warns <= attempt.window[1]:
            found.may.add(running.warning)  # while the call had its time and waited for the claim, the clock went on for others
    return _Running.of(LIMITS[row.operation], row.at) if row.operation in LIMITS else None


def _acknowledged(found: Owed, number: int, row: Any, before: Any) -> None:
    if before is None or _unacknowledged().get(before.to_phase) != row.operation or _day(row.at) < _day(before.at) + UNACKNOWLEDGED:
        found.doubled.append(f"event {row.number} of claim {number}, {row.operation} by the gateway at {row.at}: it had no reason to")


def step_notices(row: Any) -> list[Notice]:
    """What a step of a client tells whom."""
    if not row.operation:
        return []
    by = next((side for side, organisation in ORGANISATIONS.items() if organisation == row.organisation_id), "")
    return [(_recipient(to, by), key, row.at) for key, to in _told().get(row.row, ())]


def attachment_notices(row: Any) -> list[Notice]:
    """What a file that was added tells whom."""
    by = next(side for side, organisation in ORGANISATIONS.items() if organisation == row.organisation_id)
    return [(_recipient(to, by), key, row.at) for key, to in _told()["attachment-added"]]


def _recipient(to: str, by: str) -> str:
    return ORGANISATIONS[to] if to != "other-side" else next(one for side, one in ORGANISATIONS.items() if side != by)


def is_over(notice: Notice, at: datetime) -> bool:
    """Whether it has been removed by that time: after fifteen days, at the same time of day in London."""
    return notice[2].astimezone(LONDON) + NOTICES_KEPT <= at


def printed(row: str) -> list[str]:
    """The documents that a row makes."""
    return [key for key, kind in _table("documents").items() if row in kind["rows"] and kind.get("only", _PROCESS) == _PROCESS]


def left_the_store(attempts: Sequence[Attempt], now: Window) -> tuple[set[int], set[int]]:
    """The claims that must have been deleted by `now`, their time over, and those that may have been: when they ended is not known to the day."""
    must, may = set(), set()
    for one in attempts:
        if one.operation not in _last_steps():
            continue
        if one.outcome == OK and one.phase in _ends() and _day(one.window[1]) + KEPT <= _day(now[0]):
            must.add(one.claim)
        if _day(one.window[0]) + KEPT <= _day(now[1]):
            may.add(one.claim)
    return must, may - must


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((_TABLES / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _ends() -> frozenset[str]:
    return frozenset(phase for phase, told in _table("phases").items() if told.get("end"))


@cache
def _unacknowledged() -> dict[str, str]:
    found: dict[str, str] = _table("retention")["not-acknowledged"]["operations"]
    return found


@cache
def _last_steps() -> frozenset[str]:
    return frozenset(_unacknowledged().values())


@cache
def _told() -> dict[str, list[tuple[str, str]]]:
    """The notices of an RTA claim of the newest release by the row or the event that brings them: which, and to whom."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key, one in _table("notifications").items():
        if one.get("only", _PROCESS) == _PROCESS and "until" not in one:
            for cause in (*one.get("rows", ()), *one.get("events", ())):
                found.setdefault(cause, []).extend((key, to) for to in one["to"])
    return found
