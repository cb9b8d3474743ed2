"""Bring a store up to this program's tables: Alembic, without its command line or configuration file.

Alembic is loaded only when there is something to do: a start and every command ask first, and it is a fifth of a second.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from gateway.store import migrations
from gateway.store.engine import Store
from gateway.store.whereabouts import exists

if TYPE_CHECKING:
    from alembic.config import Config

_ADVISORY_LOCK = 0x47415445  # "GATE"; any number that nothing else in the database uses
_ATTEMPTS = 50
_alembic = threading.Lock()  # it keeps the step it is at in globals


def upgrade(store: Store) -> None:
    """Make or alter the tables until the store is current; nothing if it is. All or nothing, and safe when several servers start at once."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if not is_current(store):
                _upgrade(store)
            return
        except OperationalError as error:
            # Two processes that make a new SQLite file and turn it to WAL collide, and for that SQLite does not wait its busy time.
            if not (store.is_sqlite and "database is locked" in str(error.orig)) or attempt == _ATTEMPTS:
                raise
            time.sleep(0.1)


def _upgrade(store: Store) -> None:
    from alembic import command

    with _alembic, store.writing() as connection:  # on SQLite this is the lock: BEGIN IMMEDIATE, and its DDL is transactional
        if not store.is_sqlite:
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another server may be at it for long
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(store: Store) -> str | None:
    """The migration the store has reached; None if it has no tables yet. Does not make a SQLite file that is not there."""
    if not exists(store.engine.url):
        return None
    with store.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def is_current(store: Store) -> bool:
    """Whether the store has exactly the tables of this program."""
    return revision(store) == migrations.NEWEST


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    return config
