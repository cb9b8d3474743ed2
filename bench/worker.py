"""What a worker process needs: memory over many calls, and the time until the server answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeVar

from bench import calls, host
from bench.load import Generator
from bench.measure import WrongAnswers

MOST_MEMORY = 150e6
MOST_START = 2.0
MOST_GROWTH = 0.03
"""Of the memory, from the middle third of many calls to the last; above it memory is not flat."""
ENOUGH_CALLS = 50_000
"""With fewer, caches that fill cannot be told from memory that is lost."""
STARTS = 5
_BLOCK = {"getClaimsStatus": 0.6, "getClaimsList": 0.3, "getClaim": 0.2, "addClaim": 0.9}  # seconds of each operation in turn
_T = TypeVar("_T")


@dataclass(slots=True)
class Worker:
    """Figures of the gateway's workers. `memory`: the largest worker's resident set in bytes, one value for each block of calls; it counts
    what workers share, too.
    """

    calls: int = 0
    memory: list[int] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    @property
    def most_memory(self) -> int | None:
        """None where the system does not tell."""
        return max(self.memory, default=None)

    @property
    def memory_met(self) -> bool | None:
        """Whether it stays below the target."""
        return None if self.most_memory is None else self.most_memory <= MOST_MEMORY

    @property
    def growth(self) -> float | None:
        """The share by which memory grew from the middle third of the blocks to the last; None if there are too few of them."""
        if len(self.memory) < 3:
            return None
        middle, last = thirds(self.memory)[1:]
        return median(last) / median(middle) - 1

    @property
    def flat(self) -> bool | None:
        """Whether memory had stopped growing; None if there were too few calls to tell."""
        return None if self.growth is None or self.calls < ENOUGH_CALLS else self.growth <= MOST_GROWTH

    @property
    def start_met(self) -> bool | None:
        """Whether the first answer comes in time."""
        return median(self.starts) <= MOST_START if self.starts else None


def thirds(values: Sequence[_T]) -> tuple[Sequence[_T], Sequence[_T], Sequence[_T]]:
    """In their order; the first is the shortest where it does not come out even, and the last the longest."""
    first, second = len(values) // 3, len(values) * 2 // 3
    return values[:first], values[first:second], values[second:]


def resident(status: str) -> int | None:
    """The resident set in bytes by the text of /proc/<pid>/status; None if it is not told."""
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), None)
    return None if line is None else int(line.split()[1]) * 1024


def measure(folder: Path, number: int, connections: int, say: Callable[[str], None]) -> Worker:
    """Make `number` calls of all kinds to a gateway of its own on SQLite, then start it some more times. Raises WrongAnswers and calls.NotOk."""
    found = Worker()
    with host.running("gateway", folder, GATEWAY_MAX_CALLS="0") as server:  # a worker that is replaced would hide what it lost
        requests = calls.prepare(calls.over_http(server.port, calls.SERVICE.path), 100)
        generator = Generator()
        try:
            while found.calls < number:
                for name, seconds in _BLOCK.items():
                    request = requests[name]
                    outcome = generator.run(server.port, request.http(server.port), request.marker, connections, seconds)
                    if outcome.errors:
                        raise WrongAnswers(f"{name}: {outcome.errors} wrong answers, such as:\n" + "\n".join(outcome.samples))
                    found.calls += len(outcome.latencies)
                sizes = [size for pid in server.workers() if (size := resident(_status(pid))) is not None]
                if sizes:
                    found.memory.append(max(sizes))
                    say(f"{found.calls:,} of {number:,} calls: {max(sizes) / 1e6:.1f} MB")
        finally:
            generator.close()
    for _ in range(STARTS):
        with host.running("gateway", folder) as server:
            found.starts.append(server.start_seconds)
    return found


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""
