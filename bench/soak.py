"""The soak: a scaled day of the portal at national volume, with a compressed clock, against the gateway as it is served.

How it is scaled: the figures of portal notes 11.4 times one factor, for claims, polls and logins alike. A machine that is client and server at
once cannot do 48 times the nation, which the compression of twelve hours into fifteen minutes would ask for; so the factor is found at the
start, from what the gateway does when everybody calls without a pause: in the peak hour of the day it is to be asked for `share` of that.
The clock that limits run by is compressed further, to a day in some seconds, so that limits of 15 business days run out in the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console

from bench import soak_clock, soak_server, soak_store
from bench.soak_agenda import Agenda
from bench.soak_claim import Claim
from bench.soak_clock import EVE, MIDNIGHT, Clock
from bench.soak_lives import HOURS, MEAN_HOUR, PEAK, POLL_SECONDS, REFRESH_SECONDS, arrivals, mean_steps
from bench.soak_play import Deadlines, Player
from bench.soak_progress import Progress
from bench.soak_server import Served
from bench.soak_wire import Call, Line, Record
from gateway.clock import LONDON
from gateway.config import Settings
from gateway.store.engine import Store

STORES = ("sqlite", "postgresql")
DAY_SHARE = 0.9  # of the run; then no claim is sent any more, and those under way go on
MOST_DAYS, LEAST_DAYS, LEAST_SECONDS_A_DAY = 45, 3, 2.0
_THINKS = 120  # a step in so many parts of the run
_CALIBRATION, _MOST_CALIBRATION, _WARM_UP = 0.15, 20.0, 3.0
_DRAIN_SECONDS = 180.0


class NotSoaked(RuntimeError):
    """The run could not be made."""


@dataclass(frozen=True, slots=True)
class Options:
    """`factor`: the volume, as a multiple of the nation's; None: what makes the peak hour `share` of the capacity that is found at the start."""

    minutes: float = 15.0
    workers: int = 2
    organisations: int = 1000
    share: float = 0.6
    factor: float | None = None
    clients: int = 16
    seed: int = 1

    @property
    def seconds(self) -> float:
        """How long claims are played."""
        return self.minutes * 60

    @property
    def days(self) -> int:
        """Of the process clock in the run."""
        return int(max(LEAST_DAYS, min(MOST_DAYS, self.seconds / LEAST_SECONDS_A_DAY)))


@dataclass(slots=True)
class Verdict:
    """What was done and found. Times by time.monotonic: `begin` and `end` of the day. `capacity`: changes of claims a second without a pause."""

    options: Options
    factor: float = 0.0
    capacity: float | None = None
    begin: float = 0.0
    end: float = 0.0
    calls: list[Call] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    claims: dict[int, Claim] = field(default_factory=dict)
    steps: int = 0
    late_start: float = 0.0
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    deadlines: Deadlines = field(default_factory=Deadlines)
    lost: list[str] = field(default_factory=list)
    memory: list[dict[str, int]] = field(default_factory=list)  # at the begin of the day, after a third of it, and at the end of the run
    store_bytes: tuple[int, int] = (0, 0)
    whole: bool = False
    check: str = ""

    @property
    def good(self) -> bool:
        """No error, no late limit, no lost claim, and a whole store."""
        return not self.problem_count and self.deadlines.good and not self.lost and self.whole


def polls_a_step(organisations: int) -> float:
    """How many polls there are to each change of a claim in the peak hour."""
    return organisations / POLL_SECONDS / (PEAK * MEAN_HOUR / 3600 * mean_steps())


def factor_of(capacity: float, share: float) -> float:
    """The factor at which the changes of the peak hour are that share of those that can be done in a second."""
    return capacity * share / (PEAK * MEAN_HOUR / 3600 * mean_steps())


def run(options: Options, folder: Path, url: str, console: Console) -> Verdict:
    """One run on an empty store at `url` ("": a SQLite file in `folder`). Raises NotSoaked, NotStarted."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = soak_server.environment(folder, url, options.workers, options.seconds)
    settings = Settings.from_environment(environment)
    console.print(f"Putting {options.organisations:,} organisations into the store …")
    parties = soak_store.seed(settings, options.organisations)
    store = Store.from_settings(settings)
    clock, record, verdict = Clock(store), Record(), Verdict(options)
    clock.move(clock.at)
    player = Player(parties, clock, store, record, options.seconds / _THINKS, options.seed)
    try:
        with soak_server.served(environment, folder) as served:
            agenda = player.agenda = Agenda([Line(served.port, record) for _ in range(options.clients)], record)
            try:
                _calibrate(player, record, verdict, console)
                verdict.store_bytes = soak_store.size(store, settings), 0
                _play(player, clock, verdict, served, Progress(console, options, player, record, clock))
                _last_limits(player, clock, console)
                verdict.late_start = max(agenda.late, default=0.0)
            finally:
                agenda.stop()
            verdict.memory.append(served.memory())
            served.stop_jobs()
            verdict.lost = soak_store.lost(store, player.claims, clock.day)
            verdict.store_bytes = verdict.store_bytes[0], soak_store.size(store, settings)
            verdict.whole, verdict.check = served.check()
    finally:
        store.engine.dispose()
    verdict.calls, verdict.sent, verdict.deadlines = record.calls, player.sent, player.deadlines
    verdict.claims, verdict.steps = player.claims, player.steps_taken
    verdict.problems, verdict.problem_count = record.problems, record.kinds.total()
    return verdict


def _calibrate(player: Player, record: Record, verdict: Verdict, console: Console) -> None:
    """Find the factor. What is played for that counts, but for latencies."""
    options = verdict.options
    if options.factor is not None:
        verdict.factor = options.factor
        return
    seconds = min(_MOST_CALIBRATION, options.seconds * _CALIBRATION)
    console.print(f"Looking for {seconds:.0f} s what the gateway does when everybody calls without a pause …")
    polls = polls_a_step(options.organisations)
    warm = min(_WARM_UP, seconds / 3)
    until = time.monotonic() + warm + seconds
    for _ in range(options.clients):
        player.agenda.soon(lambda line: player.saturate(line, until, polls))
    time.sleep(warm)
    before, calls, began = player.steps_taken, len(record.calls), time.monotonic()
    time.sleep(max(until - time.monotonic(), 0))
    passed = time.monotonic() - began
    verdict.capacity = (player.steps_taken - before) / passed
    if not verdict.capacity:
        raise NotSoaked(f"The gateway gets nothing done: {'; '.join(record.problems[:3]) or 'no call was answered'}")
    verdict.factor = factor_of(verdict.capacity, options.share)
    rate = (len(record.calls) - calls) / passed
    console.print(
        f"{rate:,.0f} calls/s, {verdict.capacity:,.1f} of them changes of claims. With the peak hour at {options.share:.0%} of that, "
        f"the volume is {verdict.factor:.1f} times the portal's."
    )


def _play(player: Player, clock: Clock, verdict: Verdict, served: Served, progress: Progress) -> None:
    """The day: everything it brings goes on the agenda, and the clock is moved as it goes."""
    options, factor = verdict.options, verdict.factor
    verdict.begin = begin = time.monotonic() + 0.2
    day = options.seconds * DAY_SHARE
    verdict.end, until = begin + day, begin + options.seconds
    for share in arrivals(round(factor * MEAN_HOUR * day / 3600)):
        player.agenda.at(begin + share * day, player.send)
    every = POLL_SECONDS / factor
    for number, party in enumerate(player.parties):
        player.keep_polling(party, begin + every * number / options.organisations, every, until)
    player.keep_refreshing(REFRESH_SECONDS / factor / options.organisations, until)
    player.keep_logging_in(HOURS * 3600 / factor / options.organisations, until)
    verdict.memory.append(served.memory())
    with progress:
        for due, instant in soak_clock.steps(options.days, options.seconds):
            _wait(begin + due, progress.show)
            _move(player, clock, instant)
            if len(verdict.memory) == 1 and due > day / 3:
                verdict.memory.append(served.memory())
        _wait(until, progress.show)
        player.think = 0.0
        player.agenda.hurry()
        if not player.agenda.drained(_DRAIN_SECONDS):
            raise NotSoaked(f"After {_DRAIN_SECONDS:.0f} s more not everything that was begun had been done.")
        progress.show()


def _wait(until: float, show: Callable[[], None]) -> None:
    while (left := until - time.monotonic()) > 0:
        show()
        time.sleep(min(left, 0.5))


def _move(player: Player, clock: Clock, instant: datetime) -> None:
    clock.move(instant)
    if instant.time() == MIDNIGHT:
        player.after_midnight()
    elif instant.time() == EVE:
        player.before_midnight()


def _last_limits(player: Player, clock: Clock, console: Console) -> None:
    """What has not run out yet: the clock goes from one day on which something does to the next, and each claim is looked at on its day."""
    waiting = player.waiting()
    days = sorted({claim.due[1] for claim in waiting})
    if days:
        console.print(f"Moving the clock on to {days[-1]}, in {len(days)} steps: {len(waiting):,} limits have not run out yet …")
    for day in days:
        _move(player, clock, datetime.combine(day, MIDNIGHT, LONDON))
        if not player.agenda.drained(_DRAIN_SECONDS):
            raise NotSoaked("Not every claim whose limit had run out could be looked at.")
