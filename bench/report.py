"""What was measured, for people and for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import Case, Ratio, ratios
from bench.worker import MOST_MEMORY, MOST_START, Worker
from gateway.config import Settings


def all_met(cases: Sequence[Case], worker: Worker | None = None) -> bool:
    """Whether no target was missed."""
    met = [one.met for case in cases for one in ratios(case, cases)] + [case.spread_met for case in cases]
    if worker is not None:
        met += [worker.memory_met, worker.flat, worker.start_met]
    return False not in met


def show(cases: Sequence[Case], settings: Settings, console: Console) -> None:
    """Print the table and what is needed to read it."""
    table = Table(title="Rates on this machine in this run; only the ratios travel", title_justify="left", pad_edge=False)
    table.add_column("server")
    table.add_column("operation")
    for heading in ("requests/s", "of rounds", "p50 ms", "p99 ms", "p99/p50", "cpu µs"):
        table.add_column(heading, justify="right")
    table.add_column("ratio")
    table.add_column("target")
    for case in cases:
        rates = [one.rate for one in case.rounds]
        found = ratios(case, cases)
        table.add_row(
            case.name,
            case.request.name,
            f"{case.middle('rate'):,.0f}",
            f"{min(rates):,.0f}–{max(rates):,.0f}",
            f"{(case.middle('p50') or 0) * 1000:.2f}",
            f"{(case.middle('p99') or 0) * 1000:.2f}",
            f"{case.p99_to_p50:.1f}",
            _micro(case.middle("server_cpu")),
            "\n".join(f"{one.middle:.2f} ({one.least:.2f}–{one.most:.2f}) × {one.than}" for one in found),
            _verdicts(case, found),
        )
    console.print(table)
    console.print(_ceiling(cases))
    console.print(
        f"Each figure is the median of {len(cases[0].rounds)} rounds, taken in turns; a ratio is the median of the rounds' ratios (least–most). "
        "cpu is the processor time of the server's processes for one request, which a busy machine disturbs least. "
        f"gunicorn, or granian: {settings.workers} workers of {settings.threads} threads for every server. "
        f"SQLite: WAL, synchronous={settings.sqlite_synchronous}."
    )


def _micro(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1e6:.0f}"


def _verdicts(case: Case, found: Sequence[Ratio]) -> str:
    said = ["" if one.target is None else f"≥ {one.target:g} × {verdict(one.met)}" for one in found]
    if case.most_spread is not None:
        said.append(f"p99 ≤ {case.most_spread:g} × p50 {verdict(case.spread_met)}")
    return "\n".join(said)


def verdict(met: bool | None) -> str:
    """In a word."""
    return "[green]met[/green]" if met else "[red]missed[/red]"


def show_worker(worker: Worker, console: Console) -> None:
    """Memory and start."""
    calls, most = worker.calls, worker.most_memory
    if most is not None:
        console.print(f"Memory of a worker after {calls:,} calls: {_mega(most)} at most, ≤ {_mega(MOST_MEMORY)} {verdict(worker.memory_met)}")
        told = "too few calls to tell" if worker.flat is None else verdict(worker.flat)
        console.print(f"It grew by {(worker.growth or 0) * 100:.1f} % from the middle third of these calls to the last; flat: {told}")
    each = ", ".join(f"{seconds:.2f}" for seconds in worker.starts)
    console.print(f"Start to first answer, with a store that is there: {each} s; the median ≤ {MOST_START:g} s {verdict(worker.start_met)}")


def _mega(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def _ceiling(cases: Sequence[Case]) -> str:
    canned = next((case for case in cases if case.name == "canned"), None)
    if canned is None:
        return ""
    return (
        f"Ceiling: gunicorn with a canned reply gives {canned.middle('rate'):,.0f} requests/s, of which the load generator takes "
        f"{_micro(canned.middle('generator_cpu'))} µs of processor time each. Both are in every rate above and pull all ratios towards 1."
    )


def write_json(cases: Sequence[Case], settings: Settings, worker: Worker | None, options: dict[str, Any], path: Path) -> None:
    """Write everything that was measured, round by round."""
    content = {
        "python": platform.python_version(),
        "machine": {"system": platform.system(), "processor": platform.machine(), "processors": os.cpu_count()},
        "options": options,
        "gunicorn": {"workers": settings.workers, "threads": settings.threads},
        "sqlite_synchronous": settings.sqlite_synchronous,
        "all_met": all_met(cases, worker),
        "worker": None if worker is None else asdict(worker),
        "cases": [_case(case, cases) for case in cases],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _case(case: Case, cases: Sequence[Case]) -> dict[str, Any]:
    return {
        "server": case.name,
        "operation": case.request.name,
        "requests_per_second": case.middle("rate"),
        "p50_seconds": case.middle("p50"),
        "p99_seconds": case.middle("p99"),
        "server_cpu_seconds": case.middle("server_cpu"),
        "p99_to_p50": case.p99_to_p50,
        "most_p99_to_p50": case.most_spread,
        "p99_to_p50_met": case.spread_met,
        "ratios": [{**asdict(one), "met": one.met} for one in ratios(case, cases)],
        "rounds": [asdict(one) for one in case.rounds],
    }
