"""Opening the store, and the two kinds of transaction: reading, and writing.

A write on SQLite begins IMMEDIATE, so that of two callers racing for one claim the second waits and then sees what the first did; on
PostgreSQL the claim's row is locked when it is loaded. Raise = roll back, return = commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError

from gateway.config import Settings
from gateway.store.prepared import send

SQLITE_BUSY_MS = 20_000


class Session:
    """The transactions of one call: reading first (credentials are checked without holding the write lock), writing from `write` on."""

    __slots__ = ("connection", "is_writing")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_writing = False

    def write(self) -> None:
        """Begin the writing transaction; what was read before must be read again."""
        if not self.is_writing:
            self.connection.rollback()
            self.connection.execution_options(gateway_write=True)
            self.is_writing = True

    def commit(self) -> None:
        """Put on disk what was written; the next statement begins a transaction of the same kind."""
        self.connection.commit()


class Store:
    """One database. Cheap to make; connections are pooled, and a forked worker must call `after_fork`."""

    def __init__(self, url: str, *, sqlite_synchronous: str = "FULL", pool_size: int = 8) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine: Engine = create_engine(parsed, connect_args={"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False}, pool_size=pool_size, hide_parameters=True)
            _prepare_sqlite(self.engine, sqlite_synchronous)
        else:
            self.engine = create_engine(parsed, pool_size=pool_size, pool_pre_ping=True, hide_parameters=True)
            _prepare_postgresql(self.engine)

    @classmethod
    def from_settings(cls, settings: Settings) -> Store:
        """The store the settings name; its folder is made if need be."""
        return cls(settings.store_url, sqlite_synchronous=settings.sqlite_synchronous, pool_size=max(settings.threads, 2))

    def after_fork(self) -> None:
        """Forget the connections of the parent process."""
        self.engine.dispose(close=False)

    def answers(self) -> bool:
        """Whether the database can be reached."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            return False
        return True

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that reads until it is told to write; what was not committed when the block ends is rolled back."""
        with self.engine.connect() as connection:
            yield Session(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the store; nothing is kept."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(gateway_write=True)
            with connection.begin():
                yield connection


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by the listener below, not by the driver's guess
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        send(connection, "BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True  # as above. What only reads needs no transaction: READ COMMITTED looks anew at each statement anyway

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if _writes(connection):
            send(connection, "BEGIN")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("gateway_write"))
