"""How commands get at the store, and how they say that they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from gateway.config import BadSetting, Settings
from gateway.store import StoreUnavailable
from gateway.store.engine import Store
from gateway.store.upgrade import is_current
from gateway.store.whereabouts import exists, place


def refuse(message: str, code: int = 1) -> NoReturn:
    """Say why on stderr and end with that exit code."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def settings() -> Settings:
    """The settings of the environment; ends the command if one cannot be used."""
    try:
        return Settings.from_environment()
    except BadSetting as error:
        refuse(str(error), 2)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store, whatever state it is in; made if it is not there. Ends the command if the database does not answer."""
    try:
        store = Store.from_settings(settings)
    except OSError as error:  # the folder of a SQLite store
        refuse(f"The store at {place(settings.store_url)} cannot be used: {error.filename}: {error.strerror}")
    try:
        yield store
    except StoreUnavailable as error:
        refuse(f"The store at {place(settings.store_url)} cannot be used: {str(error).splitlines()[0]}")
    finally:
        store.engine.dispose()


@contextmanager
def current_store(settings: Settings) -> Iterator[Store]:
    """The store, with the tables of this program; ends the command if it is not there or not upgraded. Makes nothing."""
    if not exists(settings.store_url):
        refuse(f"There is no store at {place(settings.store_url)}. Start the server once, or run: gateway db upgrade")
    with opened(settings) as store:
        if not is_current(store):
            refuse(f"The store at {place(settings.store_url)} does not have the tables of this version. Run: gateway db upgrade")
        yield store
