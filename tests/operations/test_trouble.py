"""What the log and /health/ready say of a store that fails: the words for what SQLite and PostgreSQL really raise."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.seeing import health
from gateway.store import StoreUnavailable
from gateway.store.engine import Store
from gateway.store.prepared import Prepared
from gateway.store.tables import software_houses
from gateway.store.trouble import LEAST_ROOM, obstacle, trouble

on_postgresql = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
Usage = namedtuple("Usage", "total used free")


def full(file: Path) -> None:
    with closing(sqlite3.connect(file)) as one:
        one.execute("PRAGMA max_page_count=3")
        one.execute("CREATE TABLE a (b)")
        one.execute("INSERT INTO a VALUES (zeroblob(1000000))")


def read_only(file: Path) -> None:
    file.touch()
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as one:
        one.execute("CREATE TABLE a (b)")


def held(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as one, closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        one.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")


def without_a_folder(file: Path) -> None:
    sqlite3.connect(file / "none" / "x.db")


def no_store(file: Path) -> None:
    file.write_bytes(b"no database, but long enough to have its first page looked at" * 100)
    with closing(sqlite3.connect(file)) as one:
        one.execute("SELECT * FROM sqlite_master")


SQLITE: dict[Callable[[Path], None], str] = {
    full: "the disk is full",
    read_only: "it is read-only",
    held: "somebody else holds it",
    without_a_folder: "the file may not be opened, or is not there",
    no_store: "the file is damaged",
}


@pytest.mark.parametrize("does", SQLITE, ids=lambda one: one.__name__)
def test_what_sqlite_says(tmp_path: Path, does: Callable[[Path], None]) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        does(tmp_path / "x.db")
    assert trouble(OperationalError("SELECT 1", None, raised.value)) == trouble(raised.value) == SQLITE[does]


def test_what_has_no_words_of_its_own() -> None:
    assert trouble(PoolTimeout("QueuePool limit")) == "no connection is free"
    assert trouble(OperationalError("SELECT 1", None, sqlite3.OperationalError("something new"))) == "cannot be reached"


POSTGRESQL = {
    "RAISE disk_full": "the disk is full",
    "RAISE too_many_connections": "too many connections",
    "RAISE insufficient_privilege": "permission is missing",
    "RAISE lock_not_available": "somebody else holds it",
    "RAISE read_only_sql_transaction": "it is read-only",
    "RAISE out_of_memory": "memory is short",
}


@on_postgresql
@pytest.mark.parametrize("raises", POSTGRESQL)
def test_what_postgresql_says(bare_store: Store, raises: str) -> None:
    with bare_store.reading() as connection, pytest.raises(SQLAlchemyError) as raised:
        connection.exec_driver_sql(f"DO $$ BEGIN {raises}; END $$")
    assert trouble(raised.value) == POSTGRESQL[raises]


@on_postgresql
def test_what_postgresql_says_to_who_comes_in_vain(bare_store: Store) -> None:
    """There is no SQLSTATE then, only words."""
    url = bare_store.engine.url
    with bare_store.writing() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS crowded")
        connection.exec_driver_sql("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    for wrong, told in ((url.set(username="crowded"), "too many connections"), (url.set(database="nowhere"), "there is no such database")):
        engine = create_engine(wrong)
        with pytest.raises(OperationalError) as raised:
            engine.connect()
        assert trouble(raised.value) == told
    with bare_store.writing() as connection:
        connection.exec_driver_sql("DROP ROLE crowded")


@on_sqlite
def test_a_disk_that_is_nearly_full(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store can be read then, and there is no other way to know than to look: nothing is written to find out."""
    assert health.problems(seeded_store) == []
    for free, told in ((LEAST_ROOM, []), (5 * 2**20, ["store: the disk is full, 5 MB are left"]), (0, ["store: the disk is full, 0 MB are left"])):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: Usage(2**30, 2**30 - free, free))
        assert health.problems(seeded_store) == told


@on_sqlite
@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_store_that_may_only_be_read(seeded_store: Store, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    """`os.access` is what tells: tests may run as root, who may everything."""
    file = Path(str(seeded_store.engine.url.database))
    locked = file if which == "file" else file.parent
    monkeypatch.setattr("gateway.store.trouble.os.access", lambda path, _mode: path != locked)
    assert health.problems(seeded_store) == [f"store: {locked.name} may not be written to"]


@on_postgresql
def test_a_standby(seeded_store: Store) -> None:
    with seeded_store.reading() as connection:
        assert obstacle(connection) is None
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        assert obstacle(connection) == "it is read-only (a standby?)"
        connection.exec_driver_sql("SET default_transaction_read_only = off")


@on_postgresql
def test_a_server_that_may_only_be_read_is_a_store_in_trouble(store: Store) -> None:
    """As a standby after a failover, until the other one is found: it passes, so it is no defect."""
    add = Prepared(insert(software_houses), into=software_houses)
    with store.session() as session:
        session.write()
        session.connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        with pytest.raises(StoreUnavailable) as told:
            add.run(session.connection, {"id": "SH0001", "name": "-"})
    assert trouble(told.value) == "it is read-only"
