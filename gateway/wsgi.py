"""The WSGI application: four endpoints behind one door, and what whoever runs it can see. `gateway.wsgi:make()` is what gunicorn serves."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from gateway.config import Settings
from gateway.contract.load import contract
from gateway.contract.model import Contract
from gateway.dispatch import Dispatcher
from gateway.seeing import health
from gateway.seeing.callers import Networks, is_from, look_behind
from gateway.seeing.counts import Counts, Observer
from gateway.seeing.gauges import Gauges
from gateway.soap.server import Endpoint
from gateway.store.engine import Store
from gateway.xml import schemas

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
TEXT = "text/plain; charset=utf-8"


class Gateway:
    """Routes a path to its endpoint. `/` says what is served, `/health/live` that the process answers, `/health/ready` (also `/health`) whether
    it can do its work, `/metrics` the figures for Prometheus. `counts`: those of another application, to go on counting there.
    """

    def __init__(self, settings: Settings, store: Store, counts: Counts | None = None) -> None:
        table = contract()
        self.settings = settings
        self.store = store
        self.counts = counts or make_counts(table)
        self._gauges = Gauges(store, settings.gauge_seconds)
        self._proxies, self._monitors = Networks(settings.trusted_networks), Networks(settings.monitor_networks)
        self._own_port = str(settings.monitoring_address[1]) if settings.monitoring_address else None
        self._tracing = tracing(settings)
        dispatcher = Dispatcher(store, settings, table, self._tracing and self._tracing.step)
        self.endpoints = {one.path: Endpoint(one, table, dispatcher, self._observers(one.name)) for one in table.services.values()}
        self._pages: dict[str, Callable[[Environ, StartResponse], Iterable[bytes]]] = {
            "": self._services,
            "/health": self._ready,
            "/health/ready": self._ready,
            "/health/live": lambda _environ, start_response: _plain(start_response, "200 OK", "ok\n"),
            "/metrics": self._metrics,
        }
        for process in ("rta", "elpl"):
            for operation in schemas.release_named(process, settings.release(process)).messages:
                schemas.schema_for(process, settings.release(process), operation).compiled  # noqa: B018  compiled once, before the fork

    def after_fork(self) -> None:
        """Leave to the parent process what is the parent's."""
        self.store.after_fork()
        self._gauges.after_fork()
        if self._tracing is not None:
            self._tracing.after_fork()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._proxies:
            look_behind(environ, self._proxies)
        path = environ.get("PATH_INFO", "").rstrip("/")
        endpoint: Callable[..., Any] | None = self.endpoints.get(path)
        if endpoint is not None and environ["SERVER_PORT"] != self._own_port:
            if self._tracing is not None:
                endpoint = partial(self._tracing.call, endpoint)
            answer: Iterable[bytes] = endpoint(environ, start_response)
            return answer
        shown = self._pages.get(path, _nothing)(environ, start_response)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else shown

    def _observers(self, service: str) -> tuple[Observer, ...]:
        count = self.counts.observer(service)
        return (count,) if self._tracing is None else (count, self._tracing.observer)

    def _services(self, _environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        lines = [f"{service}?wsdl" for service in self.endpoints]
        return _plain(start_response, "200 OK", "A2A gateway. SOAP 1.1 services:\n" + "\n".join(lines) + "\n")

    def _ready(self, _environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        problems = health.problems(self.store)
        if not problems:
            return _plain(start_response, "200 OK", "ok\n")
        return _plain(start_response, "503 Service Unavailable", "".join(f"{problem}\n" for problem in problems))

    def _metrics(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._own_port not in (None, environ["SERVER_PORT"]):
            return _nothing(environ, start_response)
        if not is_from(environ, self._monitors):
            return _plain(start_response, "403 Forbidden", "Only those whom GATEWAY_MONITORS names may read this.\n")
        from gateway.seeing import metrics  # a twentieth of a second that only those pay who ask

        return _plain(start_response, "200 OK", metrics.exposition(self.counts, self._gauges), metrics.CONTENT_TYPE)


def make_counts(table: Contract) -> Counts:
    """Counts for every operation that the contract table knows."""
    return Counts({service.name: [one.name for one in table.of_process(service.process)] for service in table.services.values()})


def make(settings: Settings | None = None, counts: Counts | None = None) -> Gateway:
    """The application for the settings of the environment."""
    settings = settings or Settings.from_environment()
    gc.disable()  # nothing that is made now is garbage; to look for some would be a third of the time
    try:
        made = Gateway(settings, Store.from_settings(settings), counts)
        gc.collect()
        gc.freeze()  # what is loaded now lives as long as the process; the collector need not walk it again
    finally:
        gc.enable()
    return made


def tracing(settings: Settings) -> Any:
    """The tracer, None where there is none; OpenTelemetry is loaded only for it. Raises BadSetting if it is not installed."""
    if not settings.otel:
        return None
    from gateway.seeing.tracing import Tracing

    return Tracing()


def _nothing(_environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    return _plain(start_response, "404 Not Found", "There is nothing at this address; / lists the services.\n")


def _plain(start_response: StartResponse, status: str, text: str | bytes, content_type: str = TEXT) -> Iterable[bytes]:
    body = text.encode() if isinstance(text, str) else text
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
    return [body]
