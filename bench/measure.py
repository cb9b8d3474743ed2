"""Rounds of measurements, in turns so that a noisy machine does not decide, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.calls import Request
from bench.host import Server
from bench.load import Generator, Outcome, percentile

WARM_UP_SECONDS = 1.0
SLICE_SECONDS = 0.5


class WrongAnswers(RuntimeError):
    """A server gave answers that are not the right ones; a rate of those says nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """At least `least` times the rate of the case with the title `than`; None: it is compared, and nothing is asked of it."""

    than: str
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the generator. Latencies in seconds."""

    rate: float
    p50: float
    p99: float
    generator_cpu: float
    """Seconds of processor time that the generator spent on one request."""
    server_cpu: float | None
    """The same of the server's own processes; a database server's are not among them. None where the system does not tell."""


@dataclass(slots=True)
class Case:
    """One operation on one server, and the rounds measured so far."""

    name: str
    request: Request
    server: Server
    targets: tuple[Target, ...] = ()
    most_spread: float | None = None
    """Allowed p99/p50."""
    rounds: list[Round] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Server and operation."""
        return f"{self.name} {self.request.name}"

    def middle(self, what: str) -> float | None:
        """The median of the rounds; None where it was not measured."""
        values = [getattr(one, what) for one in self.rounds]
        return None if None in values else median(values)

    @property
    def p99_to_p50(self) -> float:
        """The median of the rounds' p99/p50."""
        return median(one.p99 / one.p50 for one in self.rounds)

    @property
    def spread_met(self) -> bool | None:
        """Whether p99/p50 is within its bound; None without one."""
        return None if self.most_spread is None else self.p99_to_p50 <= self.most_spread


@dataclass(frozen=True, slots=True)
class Ratio:
    """A case's rate over another's: the median over the rounds, and the extremes."""

    than: str
    middle: float
    least: float
    most: float
    target: float | None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        return None if self.target is None else self.middle >= self.target


def ratios(case: Case, cases: Sequence[Case]) -> list[Ratio]:
    """Compare round by round: what a round's two runs share of the machine's mood cancels out. Without what was not measured."""
    found = []
    for target in case.targets:
        other = next((one for one in cases if one.title == target.than), None)
        if other is not None:
            each = [mine.rate / theirs.rate for mine, theirs in zip(case.rounds, other.rounds, strict=True)]
            found.append(Ratio(other.title, median(each), min(each), max(each), target.least))
    return found


def measure(cases: Sequence[Case], rounds: int, seconds: float, connections: int, say: Callable[[str], None]) -> None:
    """Warm every case up, then run them in turns. Raises WrongAnswers.

    A round gives each case its seconds in short slices, forwards and backwards in turns: a machine that is three times as slow for some seconds,
    as virtual ones are, is so for those that are compared, and not for one of them.
    """
    generator = Generator()
    slices = max(round(seconds / SLICE_SECONDS), 1)
    try:
        for case in cases:
            say(f"warming up {case.title}")
            _run(generator, case, min(seconds, WARM_UP_SECONDS), connections)
        for number in range(rounds):
            parts: dict[str, list[Part]] = {case.title: [] for case in cases}
            for slice in range(slices):
                for case in cases if slice % 2 == 0 else reversed(cases):
                    before = case.server.cpu_seconds()
                    outcome = _run(generator, case, seconds / slices, connections)
                    after = case.server.cpu_seconds()
                    parts[case.title].append((outcome, None if before is None or after is None else after - before))
            for case in cases:
                case.rounds.append(whole(parts[case.title]))
                say(f"round {number + 1} of {rounds}: {case.title} {case.rounds[-1].rate:.0f}/s")
    finally:
        generator.close()


Part = tuple[Outcome, float | None]
"""A slice: what the generator saw, and the processor time of the server in seconds; None where the system does not tell."""


def whole(parts: Sequence[Part]) -> Round:
    """A round, of its slices."""
    outcomes = [outcome for outcome, _ in parts]
    ordered = sorted(latency for outcome in outcomes for latency in outcome.latencies)
    number, spent = len(ordered), [cpu for _, cpu in parts if cpu is not None]
    return Round(
        rate=number / sum(outcome.seconds for outcome in outcomes),
        p50=percentile(ordered, 0.5),
        p99=percentile(ordered, 0.99),
        generator_cpu=sum(outcome.cpu_seconds for outcome in outcomes) / number,
        server_cpu=sum(spent) / number if len(spent) == len(parts) else None,
    )


def _run(generator: Generator, case: Case, seconds: float, connections: int) -> Outcome:
    outcome = generator.run(case.server.port, case.request.http(case.server.port), case.request.marker, connections, seconds)
    if outcome.errors:
        raise WrongAnswers(f"{case.title}: {outcome.errors} wrong answers, such as:\n" + "\n".join(outcome.samples))
    if not outcome.latencies:
        raise WrongAnswers(f"{case.title}: no answer within {seconds:g} seconds")
    return outcome
