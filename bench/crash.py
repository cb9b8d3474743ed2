"""Killing what serves, at random and under load, and then comparing every Ok that was answered with what is in the store.

Clients write down what they send and what they are answered. Meanwhile a worker, the master, all of the gateway, its jobs, or PostgreSQL is killed
by SIGKILL and started again; before each kill the process clock is moved on, so that limits run out and the jobs are killed at their work. In the
end everything answered Ok must be in the store, once; what was answered with an Error, or not at all, must be there as a whole or not at all; what
the clock owes must have been done, once; and nothing else may be there.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, pairwise
from pathlib import Path

from bench.crash_clients import OK, PARTIES, Client, token
from bench.crash_clock import START, ProcessClock, moves
from bench.crash_compare import Verdict, compare
from bench.crash_servers import START_SECONDS, Gateway, Jobs, NotRun, Postgres
from gateway.store.engine import Store

STORES = ("sqlite", "postgresql")
KINDS = {"sqlite": ("worker", "jobs", "master", "all"), "postgresql": ("worker", "jobs", "master", "all", "backend", "postmaster")}
JOBS_LOSE = ("jobs", "backend", "postmaster")  # what interrupts the jobs
_CALM = (0.2, 1.0)  # seconds of load before the clock is moved
_SOON = 0.5  # at most so long after that somebody is killed
_AT_WORK = 10.0  # or the jobs at their work, which they have begun by then
_OKS_BETWEEN = 15
_WRONG = re.compile(r'"event": "(?:defect|(?:job|clock|printing|retention) failed)')  # what must not be in a log
_SHOWN = 2000


def order_of(kind: str, kills: int, seed: int) -> list[str]:
    """What to kill: every kind equally often, in any order."""
    kinds = (KINDS[kind] * kills)[:kills]
    return random.Random(seed).sample(kinds, len(kinds))


def next_ok(oks: Sequence[tuple[float, float]], at: float) -> float:
    """When the first call that began after a kill was answered Ok. `oks`: when each began and ended."""
    return min((ended for begun, ended in oks if begun >= at), default=at + START_SECONDS)


def silence(oks: Sequence[tuple[float, float]], at: float, end: float) -> float:
    """The longest time between a kill and the next in which no call was answered Ok."""
    times = [at, *sorted(ended for _, ended in oks if at < ended < end), end]
    return max(after - before for before, after in pairwise(times))


def defects(log: str) -> list[str]:
    """What is in a log of a program of ours and should not be, the end of each: events, and tracebacks that are no event."""
    found: list[str] = []
    for is_event, lines in groupby(log.splitlines(), lambda line: line.startswith(("{", "["))):
        if is_event:
            found += filter(_WRONG.search, lines)
            continue
        text = "\n".join(lines)
        if "Traceback" in text:
            found.append(text)
    return [one[-_SHOWN:] for one in found]


class Run:
    """What serves, and who calls."""

    def __init__(self, folder: Path, url: str, clients: int, seed: int, pause: float = 0.0) -> None:
        self.url, self._folder = url, folder
        self.gateway = Gateway(folder, self.url)
        self.jobs = Jobs(folder, self.gateway.environment)
        self.store: Store | None = None
        self.crowd: list[Client] = []
        self.kills: list[tuple[str, float]] = []
        self.left: list[tuple[int, int]] = []
        self.jobs_back: dict[float, float] = {}
        self._defects: list[str] = []
        self._clients, self._seed, self._pause = clients, seed, pause
        self._chance = random.Random(seed)
        self._stop = threading.Event()

    @property
    def oks(self) -> int:
        return sum(one.oks for one in self.crowd)

    def start(self) -> None:
        """Serve, and let the clients in."""
        self.gateway.start()
        self.store = Store(self.url, pool_size=1)
        self.clock = ProcessClock(self.store)
        self.clock.move(START)
        self.jobs.start()
        tokens = {who: token(self.gateway.port, *who) for who in PARTIES}
        self.crowd = [
            Client(number, self.gateway.port, tokens, random.Random(self._seed * 1000 + number), self._stop, self._pause)
            for number in range(self._clients)
        ]
        for one in self.crowd:
            one.start()

    def load(self) -> None:
        """Let the clients work for a while, and get something done."""
        enough = self.oks + _OKS_BETWEEN
        time.sleep(self._chance.uniform(*_CALM))
        end = time.monotonic() + START_SECONDS
        while self.oks < enough:
            if time.monotonic() > end or not any(one.is_alive() for one in self.crowd):
                raise next((one.problem for one in self.crowd if one.problem is not None), NotRun("The clients get nothing done."))
            time.sleep(0.02)

    def kill(self, victim: str, postgres: Postgres | None) -> None:
        """Kill it, the jobs in the middle of what they have to do, and bring it back."""
        self._look_after_the_jobs()
        due = self.clock.due()
        if victim in JOBS_LOSE and due:
            self._wait_until_left(due * self._chance.uniform(0.1, 0.9))
        else:
            time.sleep(self._chance.uniform(0, _SOON))
        at = time.monotonic()
        self.kills.append((victim, at))
        if victim == "jobs":
            self.jobs.kill()
            self.left.append((self.clock.due(), due))
            self.jobs.start()
        elif victim in ("backend", "postmaster"):
            assert postgres is not None
            postgres.kill(victim, self._chance)
        else:
            self.gateway.kill(victim, self._chance)
        self.gateway.wait()
        if victim in JOBS_LOSE:
            assert self.store is not None
            self.jobs.wait(self.store, self.clock.wall(at))
            self.jobs_back[at] = time.monotonic() - at

    def _look_after_the_jobs(self) -> None:
        """They have had the time for a whole run; what does not go on after that is a defect, and not one of the database's absence."""
        if (code := self.jobs.ended()) is not None:
            self._defects.append(f"the jobs ended by themselves, with exit code {code}")
            self.jobs.start()

    def _wait_until_left(self, few: float) -> None:
        end = time.monotonic() + _AT_WORK
        while self.clock.due() > few and time.monotonic() < end:
            time.sleep(0.005)

    def stop(self) -> None:
        """End everything in good order."""
        self.ended = time.monotonic()
        self._stop.set()
        for one in self.crowd:
            one.join()
        self._jobs_ended = self.jobs.stop()
        self.gateway.stop()
        if self.store is not None:
            self.store.engine.dispose()

    def verdict(self) -> Verdict:
        """Let the jobs run for the last time, and compare."""
        for one in self.crowd:
            if one.problem is not None:
                raise one.problem
        attempts = [attempt for one in self.crowd for attempt in one.attempts]
        for attempt in attempts:
            attempt.window = self.clock.window(attempt.begun, attempt.ended)
        begun = time.monotonic()
        ran, said = self.jobs.command("jobs", "run")
        verdict = compare(self.url, attempts, self.clock.window(begun, time.monotonic()))
        whole, checked = self.jobs.command("db", "check")
        verdict.torn += [f"gateway {command}: {text}" for command, good, text in (("jobs run", ran, said), ("db check", whole, checked)) if not good]
        verdict.kills, verdict.reads = Counter(victim for victim, _ in self.kills), sum(one.reads for one in self.crowd)
        oks = [(one.begun, one.ended) for one in attempts if one.outcome == OK]
        for (victim, at), (_, end) in pairwise([*self.kills, ("", self.ended)]):
            found = verdict.recoveries[victim]
            found.next_ok.append(next_ok(oks, at) - at)
            found.silence.append(silence(oks, at, end))
            if at in self.jobs_back:
                found.jobs.append(self.jobs_back[at])
        verdict.left, verdict.fell = self.left, self.jobs.fell
        verdict.defects += self._defects
        if self._jobs_ended:
            verdict.defects.append(f"the jobs, told to end, did so with exit code {self._jobs_ended}")
        for name in ("server.log", "jobs.log"):
            log = (self._folder / name).read_text(encoding="utf-8", errors="replace")
            verdict.defects += [f"{name}: {one}" for one in defects(log)]
        return verdict


def run(kind: str, folder: Path, order: Sequence[str], clients: int, seed: int, told: Callable[[str], None], pause: float = 0.0) -> Verdict:
    """Kill what `order` says, one after the other, on a store of its own in a new `folder`, and compare. `pause`: of each client between calls."""
    folder.mkdir(parents=True)
    began = time.monotonic()
    with _database(kind, folder) as postgres:
        url = postgres.url if postgres else f"sqlite:///{folder / 'gateway.db'}"
        run = Run(folder, url, clients, seed, pause)
        try:
            run.start()
            for number, (victim, moment) in enumerate(zip(order, moves(len(order)), strict=True), 1):
                run.load()
                told(f"{time.monotonic() - began:5.0f} s, {number} of {len(order)}: to {moment:%d %b}, kill {victim}, after {run.oks:,} Oks")
                run.clock.move(moment)
                run.kill(victim, postgres)
                told(f"{time.monotonic() - began:5.0f} s: it works again")
            run.load()
        finally:
            run.stop()
        return run.verdict()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Postgres | None]:
    if kind == "sqlite":
        yield None
        return
    server = Postgres(folder / "postgresql")
    try:
        yield server
    finally:
        server.close()
