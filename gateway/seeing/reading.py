"""The figures of /metrics as they are read back: from one look, or between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families

Endpoint = tuple[str, str]  # service and operation


class NoFigures(ValueError):
    """A text that is not what /metrics gives."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look. `buckets`: by service and operation, cumulative counts by their upper bounds in seconds (the last is infinity)."""

    calls: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    buckets: Mapping[Endpoint, Mapping[float, float]] = field(default_factory=dict)
    faults: Mapping[Endpoint, float] = field(default_factory=dict)
    open_claims: Mapping[tuple[str, str], float] = field(default_factory=dict)
    plain: Mapping[str, float] = field(default_factory=dict)

    def since(self, before: Reading) -> Reading:
        """What has happened since an earlier look. A server that was started anew meanwhile counts from nothing."""
        if any(count < before.calls.get(key, 0) for key, count in self.calls.items()) or before.calls.keys() - self.calls.keys():
            return self
        calls = {key: count - before.calls.get(key, 0) for key, count in self.calls.items()}
        faults = {key: max(count - before.faults.get(key, 0), 0) for key, count in self.faults.items()}
        buckets = {
            key: {bound: count - before.buckets.get(key, {}).get(bound, 0) for bound, count in found.items()} for key, found in self.buckets.items()
        }
        return Reading(calls, buckets, faults, self.open_claims, self.plain)


def parse(text: str) -> Reading:
    """Read what /metrics gave. Raises NoFigures."""
    calls: dict[tuple[str, str, str], float] = {}
    buckets: dict[Endpoint, dict[float, float]] = {}
    faults: dict[Endpoint, float] = {}
    claims: dict[tuple[str, str], float] = {}
    plain: dict[str, float] = {}
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = sample.labels
                if sample.name == "gateway_calls_total":
                    calls[labels["service"], labels["operation"], labels["code"]] = sample.value
                elif sample.name == "gateway_call_seconds_bucket":
                    buckets.setdefault((labels["service"], labels["operation"]), {})[float(labels["le"])] = sample.value
                elif sample.name == "gateway_faults_total":
                    faults[labels["service"], labels["faultcode"]] = sample.value
                elif sample.name == "gateway_open_claims":
                    claims[labels["process"], labels["phase"]] = sample.value
                elif not labels:
                    plain[sample.name] = sample.value
    except (ValueError, KeyError) as problem:
        raise NoFigures(f"this is not what /metrics gives: {problem}") from problem
    if "gateway_store_up" not in plain:
        raise NoFigures("this is not what /metrics gives: gateway_store_up is missing")
    return Reading(calls, buckets, faults, claims, plain)


def quantile(buckets: Mapping[float, float], share: float) -> float | None:
    """The seconds that so large a share of the calls did not exceed, by a straight line within its bucket; None without calls.

    Of what took longer than the last bound only that is known: the answer is then the last bound.
    """
    ordered = [(0.0, 0.0), *sorted(buckets.items())]
    total = ordered[-1][1]
    if total <= 0:
        return None
    rank = share * total
    for (low, below), (high, reached) in pairwise(ordered):
        if reached >= rank and reached > below:
            return low if high == float("inf") else low + (high - low) * (rank - below) / (reached - below)
    return None


def together(many: Iterable[Mapping[float, float]]) -> dict[float, float]:
    """Several histograms as one."""
    found: dict[float, float] = {}
    for one in many:
        for bound, count in one.items():
            found[bound] = found.get(bound, 0) + count
    return found
