"""What the way of serving costs: the same gateway behind several servers, with kept and with new connections."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench import calls, host
from bench.calls import Request
from bench.load import drive, percentile
from bench.measure import WrongAnswers
from bench.ways import WAYS

USUAL = "gthread"
OPERATIONS = ("getClaimsStatus", "addClaim")
_WARM_UP_SECONDS = 1.0


@dataclass(slots=True)
class _Case:
    way: str
    operation: str
    kept: bool
    port: int
    request: Request
    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


def run(folder: Path, seconds: float, rounds: int, connections: int, console: Console, err: Console) -> None:
    """Measure and print. Raises WrongAnswers."""
    with ExitStack() as stack:
        cases = []
        for way in WAYS:
            err.print(f"starting {way}")
            server = stack.enter_context(host.running(way, folder / way))
            requests = calls.prepare(calls.over_http(server.port, calls.SERVICE.path), 0)
            cases += [_Case(way, name, kept, server.port, requests[name]) for name in OPERATIONS for kept in (True, False)]
        cases.sort(key=lambda one: (OPERATIONS.index(one.operation), not one.kept))
        pool = stack.enter_context(ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")))
        for number in range(-1, rounds):
            for case in cases if number % 2 else reversed(cases):
                for_seconds = _WARM_UP_SECONDS if number < 0 else seconds
                message = case.request.http(case.port)
                outcome = pool.submit(drive, case.port, message, case.request.marker, connections, for_seconds, case.kept).result()
                if outcome.errors or not outcome.latencies:
                    raise WrongAnswers(f"{case.way} {case.operation}: {outcome.errors} wrong answers, such as:\n" + "\n".join(outcome.samples[:3]))
                if number >= 0:
                    case.rates.append(outcome.rate)
                    case.p50.append(percentile(outcome.latencies, 0.5))
                    case.p99.append(percentile(outcome.latencies, 0.99))
            err.print("warmed up" if number < 0 else f"round {number + 1} of {rounds}")
    _show(cases, rounds, console)


def _show(cases: list[_Case], rounds: int, console: Console) -> None:
    table = Table(title="The gateway behind several servers; only the ratios travel", title_justify="left", pad_edge=False)
    for heading in ("operation", "connections", "served by"):
        table.add_column(heading)
    for heading in ("calls/s", f"× {USUAL} (least–most)", "p50 ms", "p99 ms"):
        table.add_column(heading, justify="right")
    for case in cases:
        usual = next(one for one in cases if (one.way, one.operation, one.kept) == (USUAL, case.operation, case.kept))
        ratios = [mine / theirs for mine, theirs in zip(case.rates, usual.rates, strict=True)]
        spread = "" if case is usual else f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        milliseconds = [f"{median(values) * 1000:.2f}" for values in (case.p50, case.p99)]
        table.add_row(case.operation, "kept" if case.kept else "new", case.way, f"{median(case.rates):,.0f}", spread, *milliseconds)
    console.print(table)
    console.print(f"Each figure is the median of {rounds} rounds, taken in turns; a ratio is the median of the rounds' ratios.")
