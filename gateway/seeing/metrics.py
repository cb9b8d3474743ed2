"""The figures in the words of Prometheus. docs/running.md tells what each means and when to worry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from gateway.resources import version
from gateway.seeing.counts import BOUNDS, Counts
from gateway.seeing.gauges import Gauges, Look

CONTENT_TYPE = CONTENT_TYPE_LATEST


def exposition(counts: Counts | None, gauges: Gauges | Look) -> bytes:
    """Everything, as /metrics gives it. Without `counts`, what the store tells alone."""
    registry = CollectorRegistry()
    registry.register(_Figures(counts, gauges))
    text: bytes = generate_latest(registry)
    return text


class _Figures(Collector):
    def __init__(self, counts: Counts | None, gauges: Gauges | Look) -> None:
        self._counts, self._gauges = counts, gauges

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("gateway_build_info", "Always 1; the label tells the version", labels=("version",))
        build.add_metric((version(),), 1)
        yield build
        if self._counts is not None:
            yield from _calls(self._counts)
        yield from _store(self._gauges if isinstance(self._gauges, Look) else self._gauges.now())


def _calls(counts: Counts) -> Iterator[Metric]:
    calls = CounterMetricFamily("gateway_calls", "Calls answered with a reply", labels=("service", "operation", "code"))
    seconds = HistogramMetricFamily("gateway_call_seconds", "Time until a reply was ready", labels=("service", "operation"))
    for one in counts.calls():
        for code, count in one.codes.items():
            calls.add_metric((one.service, one.operation, code), count)
        total, buckets = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), one.buckets, strict=True):
            total += count
            buckets.append((bound, total))
        seconds.add_metric((one.service, one.operation), buckets, one.seconds)
    faults = CounterMetricFamily("gateway_faults", "Requests answered with a SOAP fault", labels=("service", "faultcode"))
    for service, faultcode, count in counts.faults():
        faults.add_metric((service, faultcode), count)
    yield from (calls, seconds, faults)


def _store(look: Look) -> Iterator[Metric]:
    found = look.figures
    yield _gauge("gateway_store_up", "1 if the store answered", found is not None)
    if found is None:
        return
    claims = GaugeMetricFamily("gateway_open_claims", "Claims that have not ended", labels=("process", "phase"))
    for labels, count in sorted(found.open_claims.items()):
        claims.add_metric(labels, count)
    yield claims
    yield _gauge("gateway_due_deadlines", "Claims for which a time limit or a warning is due and nobody has come by yet", found.due)
    yield _gauge("gateway_due_lag_seconds", "How long the first of them has been waiting", look.lag_seconds)
    yield _gauge("gateway_documents_waiting", "Steps of the last day whose documents are not printed yet", found.documents_waiting)
    if found.last_run is not None:
        yield _gauge("gateway_jobs_last_run_timestamp_seconds", "When all jobs last ran", found.last_run.ended_at.timestamp())
        yield _gauge("gateway_jobs_last_run_seconds", "How long that took", found.last_run.milliseconds / 1000)
        yield _gauge("gateway_jobs_last_run_failed", "How many of them went wrong then", found.last_run.failed)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)
