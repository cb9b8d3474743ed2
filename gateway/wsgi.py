"""The WSGI application: four endpoints behind one door. `gateway.wsgi:make()` is what gunicorn serves."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from typing import Any

from gateway.config import Settings
from gateway.contract.load import contract
from gateway.dispatch import Dispatcher
from gateway.soap.server import Endpoint
from gateway.store.engine import Store
from gateway.xml import schemas

Environ = dict[str, Any]


class Gateway:
    """Routes a path to its endpoint. `/` says what is served; `/health` answers whether the store can be reached."""

    def __init__(self, settings: Settings, store: Store) -> None:
        table = contract()
        self.settings = settings
        self.store = store
        dispatcher = Dispatcher(store, settings, table)
        self.endpoints = {service.path: Endpoint(service, table, dispatcher) for service in table.services.values()}
        for process in ("rta", "elpl"):
            for operation in schemas.release_named(process, settings.release(process)).messages:
                schemas.schema_for(process, settings.release(process), operation).compiled  # noqa: B018  compiled once, before the fork

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").rstrip("/")
        endpoint = self.endpoints.get(path)
        if endpoint is not None:
            answer: Iterable[bytes] = endpoint(environ, start_response)
            return answer
        if path == "":
            lines = [f"{service}?wsdl" for service in self.endpoints]
            return _plain(start_response, "200 OK", "A2A gateway. SOAP 1.1 services:\n" + "\n".join(lines) + "\n")
        if path == "/health":
            alive = self.store.answers()
            return _plain(start_response, "200 OK" if alive else "503 Service Unavailable", "ok\n" if alive else "store unreachable\n")
        return _plain(start_response, "404 Not Found", "There is nothing at this address; / lists the services.\n")


def make(settings: Settings | None = None) -> Gateway:
    """The application for the settings of the environment."""
    settings = settings or Settings.from_environment()
    made = Gateway(settings, Store.from_settings(settings))
    gc.collect()
    gc.freeze()  # what is loaded now lives as long as the process; the collector need not walk it again
    return made


def _plain(start_response: Callable[..., Any], status: str, text: str) -> Iterable[bytes]:
    body = text.encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
