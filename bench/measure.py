"""Rounds of measurements, in turns so that a noisy machine does not decide, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.calls import Request
from bench.load import Generator, Outcome, percentile

WARM_UP_SECONDS = 1.0


class WrongAnswers(RuntimeError):
    """A server gave answers that are not the right ones; a rate of those says nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the issue asks: at least `least` times the rate of the case `than`."""

    than: str
    least: float | None


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the generator. Latencies in seconds."""

    rate: float
    p50: float
    p99: float
    generator_cpu: float
    """Seconds of processor time that the generator spent on one request."""


@dataclass(slots=True)
class Case:
    """One operation on one server, and the rounds measured so far."""

    server: str
    request: Request
    port: int
    target: Target | None = None
    most_spread: float | None = None
    """Allowed p99/p50."""
    rounds: list[Round] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Server and operation."""
        return f"{self.server} {self.request.name}"

    def middle(self, what: str) -> float:
        """The median of the rounds."""
        return median(getattr(one, what) for one in self.rounds)

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


def ratio(case: Case, cases: Sequence[Case]) -> Ratio | None:
    """Compare round by round: what a round's two runs share of the machine's mood cancels out. None if there is nothing to compare with."""
    target = case.target
    other = next((one for one in cases if target is not None and one.name == target.than), None)
    if target is None or other is None:
        return None
    each = [mine.rate / theirs.rate for mine, theirs in zip(case.rounds, other.rounds, strict=True)]
    return Ratio(other.name, median(each), min(each), max(each), target.least)


def measure(cases: Sequence[Case], rounds: int, seconds: float, connections: int, say: Callable[[str], None]) -> None:
    """Warm every case up, then run them one after the other, forwards and backwards in turns. Raises WrongAnswers."""
    generator = Generator()
    try:
        for case in cases:
            say(f"warming up {case.name}")
            _run(generator, case, min(seconds, WARM_UP_SECONDS), connections)
        for number in range(rounds):
            for case in cases if number % 2 == 0 else reversed(cases):
                outcome = _run(generator, case, seconds, connections)
                case.rounds.append(_round(outcome))
                say(f"round {number + 1} of {rounds}: {case.name} {outcome.rate:.0f}/s")
    finally:
        generator.close()


def _run(generator: Generator, case: Case, seconds: float, connections: int) -> Outcome:
    outcome = generator.run(case.port, case.request.http(case.port), case.request.marker, connections, seconds)
    if outcome.errors:
        raise WrongAnswers(f"{case.name}: {outcome.errors} wrong answers, such as:\n" + "\n".join(outcome.samples))
    if not outcome.latencies:
        raise WrongAnswers(f"{case.name}: no answer within {seconds:g} seconds")
    return outcome


def _round(outcome: Outcome) -> Round:
    ordered = outcome.latencies
    return Round(outcome.rate, percentile(ordered, 0.5), percentile(ordered, 0.99), outcome.cpu_seconds / len(ordered))
