"""`gateway serve`: the gateway under gunicorn, or under granian (gateway/commands/serve_granian.py)."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from gunicorn.app.base import BaseApplication
from rich.console import Console
from rich.table import Table

from gateway import log
from gateway.commands.lists import now
from gateway.commands.opening import opened, refuse
from gateway.commands.opening import settings as read_settings
from gateway.commands.tls import Certificate
from gateway.commands.worker import ServerLog, Worker
from gateway.config import BadSetting, Settings
from gateway.contract.load import contract
from gateway.resources import version
from gateway.store import calendars, directory_file, sandbox, upgrade
from gateway.store.demo import directory_file as demo_directory
from gateway.store.demo import seed as seed_demo
from gateway.store.whereabouts import place
from gateway.wsgi import Gateway, make, make_counts, tracing


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Put in the demo organisations first and print their addresses and credentials.")] = False,
) -> None:
    """Serve the four SOAP services, and /health and /metrics for whoever runs them.

    The store is created or brought up to date first. With GATEWAY_SANDBOX on, `gateway clock` can move the process clock.

    SIGTERM: calls in hand are answered, then it ends. SIGHUP: the settings file is read again, and the workers are replaced in the same way.
    """
    settings = read_settings()
    log.configure(settings)
    try:
        server = make_server(settings)
    except BadSetting as problem:
        refuse(str(problem), 2)
    prepare(settings, demo=demo)
    if demo:
        _welcome(settings)
    server.run()


def prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the store up to date and put in what every store needs; ends the command if the store cannot be used."""
    with opened(settings) as store:
        upgrade.upgrade(store)
        with store.writing() as connection:
            calendars.seed(connection)
            if demo:
                seed_demo(connection, now(connection))
            if settings.sandbox:
                sandbox.mark(connection)


def make_server(settings: Settings) -> Any:
    """The server that the settings ask for; `run()` serves. Raises BadSetting."""
    if settings.server == "granian":
        from gateway.commands.serve_granian import Server  # an extra

        return Server(settings)
    return _Server(settings)


def say_serving(settings: Settings, at: list[str]) -> None:
    """Tell the log that calls are answered from now on. `at`: the addresses, as URLs."""
    log.logger.info("serving", version=version(), at=at, workers=settings.workers, store=place(settings.store_url))


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """How gunicorn serves the gateway; `make bench` serves what it compares with in the same way."""
    addresses = [(settings.host, settings.port)]
    if settings.monitoring_address is not None:
        addresses.append(settings.monitoring_address)
    return {
        "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in addresses],
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": Worker,
        "logger_class": ServerLog,
        "preload_app": True,  # types, plans and schemas are built once and shared
        "keepalive": settings.keepalive_seconds,
        "timeout": settings.timeout_seconds,
        "graceful_timeout": settings.graceful_seconds,
        "backlog": settings.backlog,
        "max_requests": settings.max_calls,
        "max_requests_jitter": settings.max_calls // 10,  # not all workers at once
        "limit_request_line": 4094,
        "limit_request_fields": 100,
        "limit_request_field_size": 8190,
        "forwarded_allow_ips": "",  # gateway/seeing/callers.py looks behind proxies
        "certfile": settings.tls_cert or None,
        "keyfile": settings.tls_key or None,
        "loglevel": "warning",
        "proc_name": "gateway",
        "control_socket_disable": True,
    }


class Served:
    """What a server serves, whichever it is, and the settings it is told by; `gateway` once it is loaded. Raises BadSetting."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.counts = make_counts(contract())
        self.certificate = Certificate.from_settings(settings)
        tracing(settings)  # said now if it cannot be had, before anything is made
        self.gateway: Gateway | None = None

    def load(self) -> Gateway:
        """Make the gateway; once, before the workers are forked."""
        self.gateway = make(self.settings, self.counts)
        return self.gateway

    def read_again(self) -> bool:
        """SIGHUP: take the settings anew. Those that cannot be used are told to the log, and the present ones stay; False then."""
        try:
            settings = Settings.from_environment()
            certificate = Certificate.from_settings(settings)
            gateway = make(settings, self.counts)
        except Exception:  # whatever is wrong with them, the server goes on
            log.logger.exception("the settings cannot be used; the present ones stay")
            return False
        log.configure(settings)
        self.settings, self.certificate, self.gateway = settings, certificate, gateway
        log.logger.info("settings read again")
        return True


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told by our settings instead of a file of its own."""

    def __init__(self, settings: Settings) -> None:
        self._served = Served(settings)
        self._places: dict[Any, int | None] = {}
        super().__init__()

    def load_config(self) -> None:
        for key, value in gunicorn_options(self._served.settings).items():
            if key in self.cfg.settings:  # not every version has all of them
                self.cfg.set(key, value)
        self.cfg.set("pre_fork", self._before_fork)
        self.cfg.set("post_fork", self._after_fork)
        self.cfg.set("child_exit", self._after_exit)
        self.cfg.set("when_ready", self._ready)
        self.cfg.set("on_exit", lambda _server: log.logger.info("stopped"))
        if self._served.certificate is not None:
            self.cfg.set("ssl_context", self._ssl_context)

    def load(self) -> Gateway:
        return self._served.load()

    def reload(self) -> None:
        """SIGHUP."""
        if self._served.read_again():
            self.callable = self._served.gateway
        super().reload()

    def _ssl_context(self, _config: Any, _default: Any) -> Any:
        assert self._served.certificate is not None, "gunicorn asks only where there is TLS"
        return self._served.certificate.context()

    def _ready(self, server: Any) -> None:
        say_serving(self._served.settings, [str(one) for one in server.LISTENERS])

    def _before_fork(self, _server: Any, worker: Any) -> None:
        self._places[worker] = self._served.counts.reserve()

    def _after_fork(self, _server: Any, worker: Any) -> None:
        self._served.counts.use(self._places[worker])
        if self._served.certificate is not None:
            self._served.certificate.after_fork()
        if self.callable is not None:
            self.callable.after_fork()

    def _after_exit(self, _server: Any, worker: Any) -> None:
        self._served.counts.release(self._places.pop(worker, None))


def _welcome(settings: Settings) -> None:
    console = Console(file=sys.stdout, highlight=False)
    base = f"http{'s' if settings.tls_cert else ''}://{settings.host}:{settings.port}"
    console.print("\n[bold]A2A gateway[/bold], demo data, sandbox" + (" (clock can be moved: gateway clock --help)" if settings.sandbox else ""))
    console.print(f"Store: {settings.store_url}\n")
    services = Table("service", "address (POST; add ?wsdl for the contract)", box=None, pad_edge=False)
    for service in contract().services.values():
        services.add_row(service.name, f"{base}{service.path}")
    console.print(services)
    people = Table("organisation", "name", "A2A identity", "users (asUser, userAsID)", box=None, pad_edge=False)
    for one in directory_file.read(demo_directory()):
        users = ", ".join(str(user["id"]) for user in one.users)
        people.add_row(one.organisation["id"], one.organisation["name"], ", ".join(one.identities), users)
    console.print()
    console.print(people)
    secrets = {password for one in directory_file.read(demo_directory()) for password in one.identities.values()}
    console.print(f"\nPassword of every A2A identity: [bold]{', '.join(sorted(secrets))}[/bold]")
    console.print("Stop with Ctrl-C.\n")
