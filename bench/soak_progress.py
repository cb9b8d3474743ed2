"""The line that says how the soak goes: on a terminal kept up to date, else written anew from time to time."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from bench.load import percentile
from bench.soak_clock import Clock
from bench.soak_play import Player
from bench.soak_wire import OK, Record
from gateway.contract.load import contract

if TYPE_CHECKING:
    from bench.soak import Options

_LOOKED_AT = 10.0
_LINES = 30  # on what is no terminal


class Progress:
    """Use it in a `with` block, and call `show` often."""

    def __init__(self, console: Console, options: Options, player: Player, record: Record, clock: Clock) -> None:
        self._console, self._options, self._player, self._record, self._clock = console, options, player, record, clock
        self._live = Live(console=console, refresh_per_second=2) if console.is_terminal else None
        self._began = self._shown = 0.0

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self) -> None:
        """Say it, unless it was said just now."""
        now = time.monotonic()
        if now - self._shown < (1.0 if self._live is not None else self._options.seconds / _LINES):
            return
        self._shown = now
        if self._live is not None:
            self._live.update(Text(self._line(now)))
        else:
            self._console.print(self._line(now), markup=False, soft_wrap=True)

    def _line(self, now: float) -> str:
        calls = self._record.since(max(now - _LOOKED_AT, self._began))
        seconds = sorted(call.seconds for call in calls)
        passed = now - self._began
        latency = f"p50 {percentile(seconds, 0.5) * 1000:.0f} ms, p99 {percentile(seconds, 0.99) * 1000:.0f} ms" if seconds else "no calls"
        wrong = sum(call.outcome != OK for call in self._record.calls)
        deadlines = self._player.deadlines
        phases = contract().phases
        stages = Counter("ended" if phases[claim.phase].end else f"stage {phases[claim.phase].stage}" for claim in list(self._player.claims.values()))
        told = ", ".join(f"{count:,} {stage}" for stage, count in sorted(stages.items()))
        return (
            f"{passed:5.0f} of {self._options.seconds:.0f} s, {self._clock.at:%a %d %b %H:%M} | {len(calls) / min(max(passed, 1), _LOOKED_AT):5,.0f} calls/s, "
            f"{latency} | {wrong} errors | limits: {deadlines.checked} seen, {len(deadlines.late)} late | {told}"
        )
