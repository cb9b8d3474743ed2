"""`gateway serve`: the gateway under gunicorn."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from gunicorn.app.base import BaseApplication
from rich.console import Console
from rich.table import Table

from gateway import log
from gateway.commands.lists import now
from gateway.config import BadSetting, Settings
from gateway.contract.load import contract
from gateway.store import calendars, directory_file, sandbox, upgrade
from gateway.store.demo import directory_file as demo_directory
from gateway.store.demo import seed as seed_demo
from gateway.store.engine import Store
from gateway.wsgi import Gateway, make


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Put in the demo organisations first and print their addresses and credentials.")] = False,
) -> None:
    """Serve the four SOAP services.

    The store is created or brought up to date first. With GATEWAY_SANDBOX on, `gateway clock` can move the process clock.
    """
    try:
        settings = Settings.from_environment()
    except BadSetting as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    log.configure(settings)
    prepare(settings, demo=demo)
    if demo:
        _welcome(settings)
    _Server(settings).run()


def prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the store up to date and put in what every store needs."""
    store = Store.from_settings(settings)
    upgrade.upgrade(store)
    with store.writing() as connection:
        calendars.seed(connection)
        if demo:
            seed_demo(connection, now(connection))
        if settings.sandbox:
            sandbox.mark(connection)
    store.engine.dispose()


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """How gunicorn serves the gateway; `make bench` serves what it compares with in the same way."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        "preload_app": True,  # types, plans and schemas are built once and shared
        "keepalive": 15,
        "timeout": 60,
        "graceful_timeout": 30,
        "backlog": 512,
        "loglevel": "warning",
        "proc_name": "gateway",
    }


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told by our settings instead of a file of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gateway: Gateway | None = None
        super().__init__()

    def load_config(self) -> None:
        for key, value in gunicorn_options(self._settings).items():
            self.cfg.set(key, value)
        self.cfg.set("post_fork", self._after_fork)

    def load(self) -> Gateway:
        self._gateway = make(self._settings)
        return self._gateway

    def _after_fork(self, _server: Any, _worker: Any) -> None:
        if self._gateway is not None:
            self._gateway.store.after_fork()


def _welcome(settings: Settings) -> None:
    console = Console(file=sys.stdout, highlight=False)
    base = f"http://{settings.host}:{settings.port}"
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
