"""Traces by OpenTelemetry: a span for each call, and in it one for each step of the pipeline. Only where GATEWAY_OTEL is on.

Where they go is told by OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …). A span holds what a
line of the log holds, and nothing of a claim: what an exception says is left out, its kind is told.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.seeing.callers import is_believed
from gateway.setting import BadSetting

try:
    from opentelemetry import context, propagate, trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
except ImportError as missing:
    raise BadSetting("GATEWAY_OTEL is on, and OpenTelemetry is not installed; pip install 'a2a-gateway[otel]'") from missing

Wsgi = Callable[..., Iterable[bytes]]
Step = Callable[[Any], Any]
_PARENT = {"traceparent": "HTTP_TRACEPARENT", "tracestate": "HTTP_TRACESTATE"}
_LOGGED = ("service", "operation", "code", "refusal", "problem", "fault", "organisation", "request", "status")


class Tracing:
    """The tracer of this process. `exporter`: instead of the one that the variables of OpenTelemetry describe."""

    def __init__(self, exporter: SpanExporter | None = None) -> None:
        self._exporter = exporter or _otlp()
        self.after_fork()

    def after_fork(self) -> None:
        """Make the tracer anew when it is next needed: it sends from a thread of its own, which no fork takes along."""
        self._lock = threading.Lock()
        self._provider: TracerProvider | None = None

    @property
    def provider(self) -> TracerProvider:
        """The tracer of this process."""
        with self._lock:
            if self._provider is None:
                name = os.environ.get("OTEL_SERVICE_NAME", "a2a-gateway")
                self._provider = TracerProvider(resource=Resource.create({"service.name": name}))
                self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
            return self._provider

    @property
    def observer(self) -> Callable[[Mapping[str, Any], float], None]:
        """Puts what the log says of a call into its span."""
        return _tell

    @property
    def _tracer(self) -> trace.Tracer:
        return self.provider.get_tracer("gateway")

    def step(self, step: Step) -> Step:
        """The step of the pipeline, with a span around it."""
        name = getattr(step, "__name__", "step")

        def traced(call: Any) -> Any:
            with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
                try:
                    return step(call)
                except Exception as error:
                    span.set_attribute("gateway.ended_by", type(error).__name__)
                    raise

        return traced

    def call(self, endpoint: Wsgi, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The endpoint's answer, with a span around the whole call; a child of the span of a trusted proxy."""
        headers = {name: environ[variable] for name, variable in _PARENT.items() if variable in environ}
        parent = propagate.extract(headers) if is_believed(environ) else context.Context()
        with self._tracer.start_as_current_span("call", parent, kind=trace.SpanKind.SERVER):
            return endpoint(environ, start_response)


def _tell(line: Mapping[str, Any], _seconds: float) -> None:
    """Put what the log says of a call into its span."""
    span = trace.get_current_span()
    span.set_attributes({f"gateway.{name}": line[name] for name in _LOGGED if name in line})
    if "operation" in line:
        span.update_name(str(line["operation"]))
    if line.get("code") == "Error" or line.get("fault") == "Server":
        span.set_status(trace.StatusCode.ERROR)


def _otlp() -> SpanExporter:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as missing:
        raise BadSetting("GATEWAY_OTEL is on, and OpenTelemetry's exporter is not installed; pip install 'a2a-gateway[otel]'") from missing
    return OTLPSpanExporter()
