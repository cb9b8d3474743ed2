"""Opening the store, and the two kinds of transaction: reading, and writing.

A write on SQLite begins IMMEDIATE, so that of two callers racing for one claim the second waits and then sees what the first did; on
PostgreSQL the claim's row is locked when it is loaded. Raise = roll back, return = commit. Calls that write to SQLite share commits
where the disk is slow (gateway/store/together.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from gateway.config import Settings
from gateway.store import collided
from gateway.store.prepared import PUT_OFF, forget_put_off, may_put_off, put_off, roll_back, send, send_put_off
from gateway.store.together import Together
from gateway.store.turn import Turn
from gateway.store.waiting import Waiting, close

SQLITE_BUSY_MS = 20_000
_WAL_BYTES_KEPT = 64 * 1024 * 1024
_CONNECT_SECONDS = 10
# For PostgreSQL the same as SQLITE_BUSY_MS; and a server that stands still in the middle of a call must not keep its claim from the others.
_POSTGRESQL_SESSION = "SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '120s'"


class Session:
    """The transactions of one call: reading first (credentials are checked without holding the write lock), writing from `write` on.

    They are begun and ended on the driver's connection, which costs a tenth of what it costs through SQLAlchemy's.
    """

    __slots__ = ("_at_end", "_begun", "_connection", "_store", "_writer", "is_writing")

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at_end: list[Callable[[Connection], None]] = []
        self._begun = False
        self._writer: Connection | None = None
        self.is_writing = False

    def __enter__(self) -> Self:
        self._connection = self._store.take()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            try:
                self.rollback()
            finally:
                for release in self._at_end:
                    release(self._connection)
        except SQLAlchemyError as problem:  # what is broken must not serve another
            close(self._connection)
            if collided(problem) and not isinstance(error, DBAPIError):
                raise  # else the call has its answer
        else:
            self._store.give_back(self._connection)

    @property
    def connection(self) -> Connection:
        """The connection, within a transaction of the present kind. To be asked for each time: `write` and `commit` end the transaction."""
        if self.is_writing:
            if self._writer is None:
                self._writer = self._store.writers.begin(self._connection)
            return self._writer
        if not self._begun:
            _begin(self._connection, write=False)
            self._begun = True
        return self._connection

    def write(self) -> None:
        """Begin the writing transaction; what was read before must be read again."""
        if not self.is_writing:
            self.rollback()
            self.is_writing = True

    @contextmanager
    def apart(self) -> Iterator[Connection]:
        """A short writing transaction that is kept, whatever becomes of the call. What the call had written and not committed is forgotten."""
        self.rollback()
        before, self.is_writing = self.is_writing, True
        try:
            yield self.connection
            self.commit()
        finally:
            self.rollback()
            self.is_writing = before

    def at_end(self, release: Callable[[Connection], None]) -> None:
        """Have this done when the session ends, out of any transaction."""
        self._at_end.append(release)

    def commit(self) -> None:
        """Put on disk what was written; the next statement begins a transaction of the same kind."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            self._store.writers.keep(writer)

    def rollback(self) -> None:
        """Forget what was written and not committed."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            self._store.writers.forget(writer)
        if self._begun:
            self._begun = False
            roll_back(self._connection)


class _Alone:
    """Writers of a database that takes many at a time: each with a transaction of its own, on the connection it has."""

    def begin(self, reader: Connection) -> Connection:
        if may_put_off(reader):
            put_off(reader, "BEGIN")
        else:
            _begin(reader, write=True)
        return reader

    def keep(self, writer: Connection) -> None:
        if forget_put_off(writer, "BEGIN"):
            return
        try:
            send(writer, "COMMIT")
        except DBAPIError:
            try:
                roll_back(writer)
            except DBAPIError:
                writer.invalidate()  # nobody knows in what state it is
            raise

    def forget(self, writer: Connection) -> None:
        roll_back(writer)

    def reset(self) -> None:
        """Nothing to forget."""


class Store:
    """One database. Cheap to make; connections are pooled, and a forked worker must call `after_fork`."""

    def __init__(self, url: str, *, sqlite_synchronous: str = "FULL", pool_size: int = 8) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._waiting = Waiting()
        self._turn: Turn | None = None
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
                self._turn = Turn(Path(parsed.database), SQLITE_BUSY_MS / 1000)
            arguments = {"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False}
            self.engine: Engine = create_engine(parsed, connect_args=arguments, pool_size=pool_size, hide_parameters=True)
            _prepare_sqlite(self.engine, sqlite_synchronous)
        else:
            waits = {} if "connect_timeout" in parsed.query else {"connect_timeout": _CONNECT_SECONDS}
            self.engine = create_engine(parsed, connect_args=waits, pool_size=pool_size, pool_pre_ping=True, hide_parameters=True)
            _prepare_postgresql(self.engine)
        self.writers: Together | _Alone = _Alone()
        if self._turn is not None:
            self.writers = Together(self.enter, self.leave, SQLITE_BUSY_MS / 1000)
        event.listen(self.engine, "begin", _on_begin)
        event.listen(self.engine, "engine_disposed", self._on_disposed)

    @classmethod
    def from_settings(cls, settings: Settings) -> Store:
        """The store the settings name; its folder is made if need be."""
        return cls(settings.store_url, sqlite_synchronous=settings.sqlite_synchronous, pool_size=max(settings.threads, 2))

    def after_fork(self) -> None:
        """Forget the connections of the parent process."""
        self._waiting.forget()
        if self._turn is not None:
            self._turn.forget()
        self.writers.reset()
        self.engine.dispose(close=False)

    def answers(self) -> bool:
        """Whether the database can be reached."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            return False
        return True

    def session(self) -> Session:
        """A session that reads until it is told to write; what was not committed when the block ends is rolled back."""
        return Session(self)

    def take(self) -> Connection:
        """A connection for a session."""
        connection = self._waiting.take()
        if connection is None:
            options: Mapping[str, Any] = {} if self.is_sqlite else {PUT_OFF: []}
            connection = self.engine.connect().execution_options(gateway_session=True, **options)
            connection.begin()  # for SQLAlchemy there is one transaction from now on, and it has nothing to do
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep the connection of a session for the next one, if it is still good."""
        if connection.invalidated:
            close(connection)
        else:
            self._waiting.put(connection)

    def enter(self) -> None:
        """Wait until it is one's turn to write. Raises what SQLite does when that takes too long."""
        if self._turn is not None and not self._turn.take():
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))

    def leave(self) -> None:
        """Let the next writer."""
        if self._turn is not None:
            self._turn.leave()

    def _on_disposed(self, _engine: Engine) -> None:
        self._waiting.close()
        if self._turn is not None:
            self._turn.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the store; nothing is kept."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self.engine.connect() as connection:
            writing = connection.execution_options(gateway_write=True)
            self.enter()
            try:
                with writing.begin():
                    yield writing
            finally:
                self.leave()


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by the listener below, not by the driver's guess
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA journal_size_limit={_WAL_BYTES_KEPT}")  # it grows while a backup is made, and would stay so
        cursor.close()


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True  # as above. What only reads needs no transaction: READ COMMITTED looks anew at each statement anyway
        connection.execute(_POSTGRESQL_SESSION)

    @event.listens_for(engine, "before_cursor_execute")
    def on_execute(connection: Connection, *_: Any) -> None:
        send_put_off(connection)


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("gateway_session"):
        _begin(connection, write=bool(options.get("gateway_write")))


def _begin(connection: Connection, *, write: bool) -> None:
    if connection.dialect.name == "sqlite":
        send(connection, "BEGIN IMMEDIATE" if write else "BEGIN")
    elif write:
        # for what only reads PostgreSQL needs none: under READ COMMITTED each statement looks anew anyway
        send(connection, "BEGIN")
