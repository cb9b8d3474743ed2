"""Killing what serves, at random and under load, and then comparing every Ok that was answered with what is in the store.

Clients write down what they send and what they are answered. Meanwhile a worker, the master, all of the gateway, or PostgreSQL is killed by
SIGKILL and started again. In the end everything answered Ok must be in the store, once; what was answered with an Error, or not at all, must be
there as a whole or not at all; and nothing may be there that nobody sent.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.crash_clients import BROKEN, ERROR, FAILURE, OK, PARTIES, Client, token
from bench.crash_compare import Verdict, compare
from bench.crash_servers import START_SECONDS, Gateway, NotRun, Postgres

STORES = ("sqlite", "postgresql")
KINDS = {"sqlite": ("worker", "master", "all"), "postgresql": ("worker", "master", "all", "backend", "postmaster")}
_CALM = (0.2, 1.0)  # seconds of load before a kill
_OKS_BETWEEN = 15


def order_of(kind: str, kills: int, seed: int) -> list[str]:
    """What to kill: every kind equally often, in any order."""
    kinds = (KINDS[kind] * kills)[:kills]
    return random.Random(seed).sample(kinds, len(kinds))


def run(kind: str, folder: Path, order: Sequence[str], clients: int, seed: int, told: Callable[[str], None]) -> Verdict:
    """Kill what `order` says, one after the other, on a store of its own in a new `folder`, and compare."""
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    began = time.monotonic()
    with _database(kind, folder) as postgres:
        url = postgres.url if postgres else f"sqlite:///{folder / 'gateway.db'}"
        gateway = Gateway(folder, url)
        stop = threading.Event()
        crowd: list[Client] = []
        try:
            gateway.start()
            tokens = {who: token(gateway.port, *who) for who in PARTIES}
            crowd = [Client(number, gateway.port, tokens, random.Random(seed * 1000 + number), stop) for number in range(clients)]
            for one in crowd:
                one.start()
            for number, victim in enumerate(order, 1):
                _load(crowd, chance)
                told(f"{time.monotonic() - began:5.0f} s, {number} of {len(order)}: kill {victim}, after {sum(one.oks for one in crowd):,} Oks")
                if victim in ("backend", "postmaster"):
                    assert postgres is not None
                    postgres.kill(victim, chance)
                else:
                    gateway.kill(victim, chance)
                gateway.wait()
                told(f"{time.monotonic() - began:5.0f} s: it answers again")
            _load(crowd, chance)
        finally:
            stop.set()
            for one in crowd:
                one.join()
            gateway.stop()
        for one in crowd:
            if one.problem is not None:
                raise one.problem
        verdict = compare(url, [attempt for one in crowd for attempt in one.attempts])
        log = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
        verdict.defects = [line[:2000] for line in log.splitlines() if '"defect' in line]
        verdict.kills, verdict.reads = Counter(order), sum(one.reads for one in crowd)
        return verdict


def _load(crowd: Sequence[Client], chance: random.Random) -> None:
    """Let the clients work for a while, and get something done."""
    enough = sum(one.oks for one in crowd) + _OKS_BETWEEN
    time.sleep(chance.uniform(*_CALM))
    end = time.monotonic() + START_SECONDS
    while sum(one.oks for one in crowd) < enough:
        if time.monotonic() > end or not any(one.is_alive() for one in crowd):
            raise next((one.problem for one in crowd if one.problem is not None), NotRun("The clients get nothing done."))
        time.sleep(0.02)


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


def show(kind: str, verdict: Verdict, console: Console) -> None:
    """Print what was done and found."""
    console.print(f"\n[bold]{kind}[/bold]: {verdict.kills.total()} kills ({', '.join(f'{count} {what}' for what, count in verdict.kills.items())})")
    shown = Table("operation", *(OK, FAILURE, ERROR, BROKEN), box=None, pad_edge=False)
    for operation in sorted({operation for operation, _ in verdict.outcomes}):
        shown.add_row(operation, *(f"{verdict.outcomes[operation, outcome]:,}" for outcome in (OK, FAILURE, ERROR, BROKEN)))
    console.print(shown)
    for message, count in verdict.errors.most_common():
        console.print(f"Error {count} times: {message}")
    console.print(f"{verdict.oks:,} Oks compared, {verdict.reads:,} reads: {len(verdict.lost)} lost, {len(verdict.doubled)} doubled or unsent,")
    broken = f"{len(verdict.torn)} rules of the store broken, {len(verdict.refused)} refused without a reason"
    console.print(f"{broken}, {len(verdict.defects)} defects in the log.")
    for problem in verdict.problems[:20]:
        console.print(f"  {problem}", markup=False)
