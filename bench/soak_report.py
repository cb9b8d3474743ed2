"""What the soak found, in tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich.console import Console
from rich.table import Table

from bench.load import percentile
from bench.soak import DAY_SHARE, Verdict
from bench.soak_lives import HOURS, MEAN_HOUR, PEAK, POLL_SECONDS
from bench.soak_wire import ERROR, FAILURE, OK, OUTCOMES, Call
from gateway.contract.load import contract

MOST_GROWTH = 1.5  # of the median of an operation, from the first third of the day to the last
_FEWEST = 30  # calls of an operation in each third, for a median to say something
_SHOWN = 20
_ROUTINE = ("getClaimsList", "getNotificationsList", "getToken", "refreshToken")
_MB = 1024 * 1024


def growth(calls: Iterable[Call], begin: float, end: float) -> dict[str, tuple[float, float]]:
    """The medians in seconds of the first and of the last third of the day, by operation; where there were too few, nothing.

    The day's load rises and falls alike, so both thirds are asked for the same.
    """
    third = (end - begin) / 3
    halves: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for call in calls:
        if begin <= call.at < begin + third:
            halves[call.operation][0].append(call.seconds)
        elif end - third <= call.at < end:
            halves[call.operation][1].append(call.seconds)
    enough = {name: (sorted(first), sorted(last)) for name, (first, last) in halves.items() if min(len(first), len(last)) >= _FEWEST}
    return {name: (percentile(first, 0.5), percentile(last, 0.5)) for name, (first, last) in enough.items()}


def total_growth(calls: Sequence[Call], begin: float, end: float) -> float | None:
    """How much longer the last third took than the first would have taken for the same calls; None where too little was called."""
    medians = growth(calls, begin, end)
    counts = Counter(call.operation for call in calls if begin <= call.at < end)
    before = sum(counts[name] * first for name, (first, _) in medians.items())
    return sum(counts[name] * last for name, (_, last) in medians.items()) / before if before else None


def busiest(sent: Sequence[float], begin: float, end: float) -> tuple[float, float]:
    """Claims an hour: on the average of the day, and in its peak, which is the part of it that stands for one hour."""
    hour = (end - begin) / HOURS
    middle = (begin + end) / 2
    peak = sum(middle - hour / 2 <= at < middle + hour / 2 for at in sent)
    whole = sum(begin <= at < end for at in sent)
    return whole / (end - begin) * 3600, peak / hour * 3600


def show(verdict: Verdict, console: Console) -> None:
    """Print it all."""
    _operations(verdict, console)
    _minutes(verdict, console)
    _volume(verdict, console)
    _flatness(verdict, console)
    _found(verdict, console)


def _operations(verdict: Verdict, console: Console) -> None:
    shown = Table(
        "operation", *OUTCOMES, "p50 ms", "p99 ms", title="Calls, those of the calibration among them", title_justify="left", pad_edge=False
    )
    counts = Counter((call.operation, call.outcome) for call in verdict.calls)
    seconds: dict[str, list[float]] = defaultdict(list)
    for call in verdict.calls:
        if call.at >= verdict.begin:
            seconds[call.operation].append(call.seconds)
    operations = sorted({operation for operation, _ in counts})
    for operation in operations:
        shown.add_row(operation, *(f"{counts[operation, outcome]:,}" for outcome in OUTCOMES), *_latencies(seconds[operation]))
    everything = [call.seconds for call in verdict.calls if call.at >= verdict.begin]
    shown.add_row("all", *(f"{sum(counts[name, outcome] for name in operations):,}" for outcome in OUTCOMES), *_latencies(everything))
    for column in shown.columns[1:]:
        column.justify = "right"
    console.print(shown)


def _minutes(verdict: Verdict, console: Console) -> None:
    length = 60.0 if verdict.end - verdict.begin > 180 else (verdict.end - verdict.begin) / 6
    edges = [verdict.begin]
    while edges[-1] < verdict.end:
        edges.append(min(edges[-1] + length, verdict.end))
    shown = Table("from s", "claims sent", "calls/s", "p50 ms", "p99 ms", title="The day", title_justify="left", box=None, pad_edge=False)
    for first, last in pairwise(edges):
        seconds = [call.seconds for call in verdict.calls if first <= call.at < last]
        sent = sum(first <= at < last for at in verdict.sent)
        shown.add_row(f"{first - verdict.begin:.0f}", f"{sent:,}", f"{len(seconds) / (last - first):,.0f}", *_latencies(seconds))
    for column in shown.columns:
        column.justify = "right"
    console.print(shown)


def _latencies(seconds: list[float]) -> tuple[str, str]:
    if not seconds:
        return "", ""
    ordered = sorted(seconds)
    return f"{percentile(ordered, 0.5) * 1000:,.1f}", f"{percentile(ordered, 0.99) * 1000:,.1f}"


def _volume(verdict: Verdict, console: Console) -> None:
    options, day = verdict.options, verdict.end - verdict.begin
    mean, peak = busiest(verdict.sent, verdict.begin, verdict.end)
    lists = sum(call.operation == "getClaimsList" and verdict.begin <= call.at < verdict.end for call in verdict.calls) / day
    squeezed = HOURS * 3600 / day
    console.print(
        f"\nScale: the day's {HOURS} hours in {day:,.0f} s ({DAY_SHARE:.0%} of the run), {squeezed:,.0f} times as fast. Its volume is not {squeezed:,.0f} times "
        f"the portal's but {verdict.factor:.1f} times, {'as told' if options.factor is not None else f'so that its peak hour asks for {options.share:.0%} of what was found to be possible'}: "
        "client and server share this machine."
    )
    console.print(
        f"National volume: {MEAN_HOUR:,.0f} CNFs an hour, {MEAN_HOUR * PEAK:,.0f} in the peak hour, {options.organisations:,} organisations that poll every "
        f"{POLL_SECONDS // 60} minutes.\n"
        f"Reached: {mean:,.0f} CNFs an hour, [bold]{mean / MEAN_HOUR:.1f} times the portal's mean hour[/bold]; in the peak {peak:,.0f}, "
        f"[bold]{peak / MEAN_HOUR / PEAK:.1f} times its peak hour[/bold]; {lists:,.1f} polls of both lists a second, "
        f"{lists * POLL_SECONDS / options.organisations:.1f} times the portal's."
    )
    whole = [claim.changes for claim in verdict.claims.values() if contract().phases[claim.phase].stage not in ("1", "exits") and not claim.broken]
    longest = f"; {min(whole)} to {max(whole)} of those that came to stage 2" if whole else ""
    about = len(verdict.calls) - sum(call.operation in _ROUTINE for call in verdict.calls)
    console.print(
        f"{len(verdict.claims):,} claims with {verdict.steps:,} changes{longest}; {about / max(len(verdict.claims), 1):.1f} calls about each. "
        f"At worst a call was begun {verdict.late_start * 1000:,.0f} ms late."
    )


def _flatness(verdict: Verdict, console: Console) -> None:
    grown = total_growth(verdict.calls, verdict.begin, verdict.end)
    if grown is None:
        console.print("Latency: too few calls to compare the thirds of the day.")
    else:
        said = "flat" if grown <= MOST_GROWTH else f"[bold]not flat[/bold] (more than {MOST_GROWTH})"
        medians = growth(verdict.calls, verdict.begin, verdict.end)
        worst, (first, last) = max(medians.items(), key=lambda one: one[1][1] / one[1][0])
        console.print(
            f"Latency: {said}. The last third of the day took {grown:.2f} times as long as the first, by the medians of its operations "
            f"(most: {worst}, {first * 1000:.1f} to {last * 1000:.1f} ms). Both are asked for the same load."
        )
    before, third, after = verdict.memory
    told = "; ".join(f"{name} {before.get(name, 0) / _MB:.0f}, {third.get(name, 0) / _MB:.0f}, {bytes / _MB:.0f} MB" for name, bytes in after.items())
    console.print(f"Memory (RSS) as the day began, after a third of it, at the end: {told}.")
    console.print(f"Store: {verdict.store_bytes[0] / _MB:,.0f} to {verdict.store_bytes[1] / _MB:,.0f} MB.")


def _found(verdict: Verdict, console: Console) -> None:
    deadlines = verdict.deadlines
    wrong = Counter(call.outcome for call in verdict.calls)
    console.print(
        f"\nErrors: {verdict.problem_count} ({wrong[FAILURE]} Failure, {wrong[ERROR]} Error). Limits: {deadlines.checked:,} run out and looked at, {len(deadlines.late)} late, "
        f"{len(deadlines.wrong)} with a wrong time or without their notices; {deadlines.before:,} looked at in the last minute before, "
        f"{len(deadlines.early)} early. Claims lost, changed or unsent: {len(verdict.lost)}. gateway db check: {'all is well' if verdict.whole else 'something is wrong'}."
    )
    for problem in [*verdict.problems, *deadlines.late, *deadlines.wrong, *deadlines.early, *verdict.lost][:_SHOWN]:
        console.print(f"  {problem}", markup=False)
    if not verdict.whole:
        console.print(verdict.check, markup=False)
    console.print(f"[bold]{'Good' if verdict.good else 'NOT GOOD'}[/bold]: {sum(call.outcome == OK for call in verdict.calls):,} calls answered Ok.")
