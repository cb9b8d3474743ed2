"""What a crash run tells people."""

from __future__ import annotations

from statistics import median

from rich.console import Console
from rich.table import Table

from bench.crash_clients import BROKEN, ERROR, FAILURE, OK
from bench.crash_compare import Verdict

_OUTCOMES = (OK, FAILURE, ERROR, BROKEN)
_SHOWN = 20


def show(kind: str, verdict: Verdict, console: Console) -> None:
    """Print what was done and found."""
    console.print(f"\n[bold]{kind}[/bold]: {verdict.kills.total()} kills")
    console.print(_kills(verdict))
    shown = Table("operation", *_OUTCOMES, box=None, pad_edge=False)
    for operation in sorted({operation for operation, _ in verdict.outcomes}):
        shown.add_row(operation, *(f"{verdict.outcomes[operation, outcome]:,}" for outcome in _OUTCOMES))
    console.print(shown)
    for message, count in verdict.errors.most_common():
        console.print(f"Error {count} times: {message}", markup=False)
    jobs = verdict.jobs
    console.print(f"{verdict.oks:,} Oks compared, {verdict.reads:,} reads: {len(verdict.lost)} lost, {len(verdict.doubled)} doubled or unsent.")
    console.print(
        f"By the clock and the jobs: {jobs.limits:,} limits run out, {jobs.warnings:,} of {jobs.notices:,} notices warnings, "
        f"{jobs.documents:,} documents printed, {jobs.deleted:,} claims deleted: "
        f"{len(jobs.lost)} lost, {len(jobs.doubled)} doubled or without a reason, {len(jobs.late)} late."
    )
    refused = f"{verdict.overtaken} calls refused since the clock was faster, {len(verdict.refused)} without a reason"
    console.print(f"{len(verdict.torn)} rules of the store broken, {refused}, {len(verdict.defects)} defects in the logs.")
    if verdict.left:
        at_work = ", ".join(f"{left} of {due}" for left, due in verdict.left)
        console.print(f"Claims that the jobs had still to move or to warn of when they were killed: {at_work}.")
    if verdict.fell:
        console.print(f"The jobs ended {verdict.fell} times without being killed, as they do when they are started while no database answers.")
    for problem in verdict.problems[:_SHOWN]:
        console.print(f"  {problem}", markup=False)
    if len(verdict.problems) > _SHOWN:
        console.print(f"  … and {len(verdict.problems) - _SHOWN:,} more")


def _kills(verdict: Verdict) -> Table:
    """How many kills hit whom, and in seconds how long it took to recover: median and most."""
    shown = Table("killed", "times", "s to the next Ok", "longest s without an Ok", "s to a whole run of the jobs", box=None, pad_edge=False)
    for victim, count in sorted(verdict.kills.items()):
        found = verdict.recoveries[victim]
        shown.add_row(victim, str(count), *(_seconds(values) for values in (found.next_ok, found.silence, found.jobs)))
    every = verdict.recoveries.values()
    together = ([one for found in every for one in getattr(found, name)] for name in ("next_ok", "silence", "jobs"))
    shown.add_row("all together", str(verdict.kills.total()), *(_seconds(values) for values in together))
    return shown


def _seconds(values: list[float]) -> str:
    return f"{median(values):.2f}, at most {max(values):.2f}" if values else ""
