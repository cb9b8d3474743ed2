"""Killing what serves, at random and under load, and then comparing every Ok that was answered with what is in the store.

Clients write down what they send and what they are answered. Meanwhile a worker, the master, all of the gateway, its jobs, or PostgreSQL is killed
by SIGKILL and started again; before each kill the process clock is moved on, so that limits run out and the jobs are killed at their work. In the
end everything answered Ok must be in the store, once; what was answered with an Error, or not at all, must be there as a whole or not at all; what
the clock owes must have been done, once; and nothing else may be there.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
_AT_WORK = 0.5  # at most so long after that somebody is killed
_OKS_BETWEEN = 15
_WRONG = ('"defect', "failed", "cannot be told")  # lines of a log that must not be


def order_of(kind: str, kills: int, seed: int) -> list[str]:
    """What to kill: every kind equally often, in any order."""
    kinds = (KINDS[kind] * kills)[:kills]
    return random.Random(seed).sample(kinds, len(kinds))


class _Run:
    """What serves, and who calls."""

    def __init__(self, folder: Path, postgres: Postgres | None, clients: int, seed: int) -> None:
        self.url = postgres.url if postgres else f"sqlite:///{folder / 'gateway.db'}"
        self.gateway = Gateway(folder, self.url)
        self.jobs = Jobs(folder, self.gateway.environment)
        self.crowd: list[Client] = []
        self.kills: list[tuple[str, float]] = []
        self.jobs_back: dict[float, float] = {}
        self._postgres, self._clients, self._seed = postgres, clients, seed
        self._chance = random.Random(seed)
        self._stop = threading.Event()

    @property
    def oks(self) -> int:
        return sum(one.oks for one in self.crowd)

    def start(self) -> None:
        """Serve, and let the clients in."""
        self.gateway.start()
        self.store = Store(self.url)
        self.clock = ProcessClock(self.store)
        self.clock.move(START)
        self.jobs.start()
        tokens = {who: token(self.gateway.port, *who) for who in PARTIES}
        self.crowd = [
            Client(number, self.gateway.port, tokens, random.Random(self._seed * 1000 + number), self._stop) for number in range(self._clients)
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

    def kill(self, victim: str) -> None:
        """Kill it while the jobs have something to do, and bring it back."""
        time.sleep(self._chance.uniform(0, _AT_WORK))
        at = time.monotonic()
        self.kills.append((victim, at))
        if victim == "jobs":
            self.jobs.kill()
        elif victim in ("backend", "postmaster"):
            assert self._postgres is not None
            self._postgres.kill(victim, self._chance)
        else:
            self.gateway.kill(victim, self._chance)
        self.gateway.wait()
        if victim in JOBS_LOSE:
            self.jobs.wait(self.store, self.clock.wall(at))
            self.jobs_back[at] = time.monotonic() - at

    def stop(self) -> bool:
        """End everything in good order; whether the jobs did."""
        self._stop.set()
        for one in self.crowd:
            one.join()
        good = self.jobs.stop() == 0
        self.gateway.stop()
        return good

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
        answered = sorted((one.begun, one.ended) for one in attempts if one.outcome == OK)
        for victim, at in self.kills:
            verdict.recovery[victim].append(min((ended for begun, ended in answered if begun >= at), default=at) - at)
            if at in self.jobs_back:
                verdict.jobs_recovery[victim].append(self.jobs_back[at])
        verdict.fell = self.jobs.fell
        return verdict


def run(kind: str, folder: Path, order: Sequence[str], clients: int, seed: int, told: Callable[[str], None]) -> Verdict:
    """Kill what `order` says, one after the other, on a store of its own in a new `folder`, and compare."""
    folder.mkdir(parents=True)
    began = time.monotonic()
    with _database(kind, folder) as postgres:
        run = _Run(folder, postgres, clients, seed)
        good = False
        try:
            run.start()
            for number, (victim, moment) in enumerate(zip(order, moves(len(order)), strict=True), 1):
                run.load()
                told(f"{time.monotonic() - began:5.0f} s, {number} of {len(order)}: to {moment:%d %b}, kill {victim}, after {run.oks:,} Oks")
                run.clock.move(moment)
                run.kill(victim)
                told(f"{time.monotonic() - began:5.0f} s: it works again")
            run.load()
        finally:
            good = run.stop()
        verdict = run.verdict()
        if not good:
            verdict.defects.append("the jobs did not end in good order when they were told to")
        for name in ("server.log", "jobs.log"):
            log = (folder / name).read_text(encoding="utf-8", errors="replace")
            verdict.defects += [f"{name}: {line[:2000]}" for line in log.splitlines() if any(wrong in line for wrong in _WRONG)]
        return verdict


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
