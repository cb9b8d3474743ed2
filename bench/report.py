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

from bench.measure import Case, Ratio, ratio
from gateway.config import Settings


def all_met(cases: Sequence[Case]) -> bool:
    """Whether no target was missed."""
    found = [ratio(case, cases) for case in cases]
    return all(one is None or one.met is not False for one in found) and all(case.spread_met is not False for case in cases)


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
        found = ratio(case, cases)
        table.add_row(
            case.name,
            case.request.name,
            f"{case.middle('rate'):,.0f}",
            f"{min(rates):,.0f}–{max(rates):,.0f}",
            f"{(case.middle('p50') or 0) * 1000:.2f}",
            f"{(case.middle('p99') or 0) * 1000:.2f}",
            f"{case.p99_to_p50:.1f}",
            _micro(case.middle("server_cpu")),
            f"{found.middle:.2f} ({found.least:.2f}–{found.most:.2f}) × {found.than}" if found else "",
            _verdicts(case, found),
        )
    console.print(table)
    console.print(_ceiling(cases))
    console.print(
        f"Each figure is the median of {len(cases[0].rounds)} rounds, taken in turns; a ratio is the median of the rounds' ratios (least–most). "
        "cpu is the processor time of the server's processes for one request, which a busy machine disturbs least. "
        f"gunicorn: {settings.workers} workers of {settings.threads} threads for every server. SQLite: WAL, synchronous={settings.sqlite_synchronous}."
    )


def _micro(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1e6:.0f}"


def _verdicts(case: Case, found: Ratio | None) -> str:
    said = []
    if found is not None and found.target is not None:
        said.append(f"≥ {found.target:g} × {_verdict(found.met)}")
    if case.most_spread is not None:
        said.append(f"p99 ≤ {case.most_spread:g} × p50 {_verdict(case.spread_met)}")
    return "\n".join(said)


def _verdict(met: bool | None) -> str:
    return "[green]met[/green]" if met else "[red]missed[/red]"


def _ceiling(cases: Sequence[Case]) -> str:
    canned = next((case for case in cases if case.name == "canned"), None)
    if canned is None:
        return ""
    return (
        f"Ceiling: gunicorn with a canned reply gives {canned.middle('rate'):,.0f} requests/s, of which the load generator takes "
        f"{_micro(canned.middle('generator_cpu'))} µs of processor time each. Both are in every rate above and pull all ratios towards 1."
    )


def write_json(cases: Sequence[Case], settings: Settings, options: dict[str, Any], path: Path) -> None:
    """Write everything that was measured, round by round."""
    content = {
        "python": platform.python_version(),
        "machine": {"system": platform.system(), "processor": platform.machine(), "processors": os.cpu_count()},
        "options": options,
        "gunicorn": {"workers": settings.workers, "threads": settings.threads},
        "sqlite_synchronous": settings.sqlite_synchronous,
        "all_met": all_met(cases),
        "cases": [_case(case, cases) for case in cases],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _case(case: Case, cases: Sequence[Case]) -> dict[str, Any]:
    found = ratio(case, cases)
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
        "ratio": None if found is None else {**asdict(found), "met": found.met},
        "rounds": [asdict(one) for one in case.rounds],
    }
