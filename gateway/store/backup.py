"""Backups of a store, taken while calls go on, and putting one back.

SQLite copies itself, a snapshot of one moment. PostgreSQL has tools of its own for it, pg_dump and pg_restore, which are run if they are there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, func, inspect, select, text

from gateway.clock import wall
from gateway.store.engine import SQLITE_BUSY_MS, Store
from gateway.store.migrations import NEWEST
from gateway.store.tables import claims, users
from gateway.store.whereabouts import exists

_PAGES_AT_ONCE = 4000  # some 16 MB between two looks at how far it is
_TOOLS = {"pg_dump": "postgresql-client", "pg_restore": "postgresql-client"}

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


class CannotBackUp(Exception):
    """A backup was not made, or not put back; the text says why. What was there before is still there."""


def back_up(store: Store, target: Path, progress: Progress) -> int | None:
    """Write a backup to a new file, which is there only when it is whole. Gives the number of claims in it, None where that is not known
    (PostgreSQL). Raises CannotBackUp.
    """
    count = None
    _check_new(target)
    if not target.absolute().parent.is_dir():
        raise CannotBackUp(f"There is no folder {target.absolute().parent}.")
    with _beside(target) as unfinished:
        if store.is_sqlite:
            _copy(_file_of(store), unfinished, progress)
            count = _check(unfinished)
        else:
            _run("pg_dump", store.engine.url, "--format=custom", "--no-owner", f"--file={unfinished}")
        _make_sure(unfinished)
        _give_name(unfinished, target)
    _make_sure(target.absolute().parent)
    return count


def _check_new(target: Path) -> None:
    if target.exists():
        raise CannotBackUp(f"{target} is there already; a backup is written to a new file.")


def _give_name(unfinished: Path, target: Path) -> None:
    try:
        os.link(unfinished, target)  # unlike a rename it spares a file that somebody made meanwhile
    except OSError:
        _check_new(target)
        unfinished.rename(target)  # where files cannot have two names, as on many shares of other machines


def in_the_way(store: Store) -> tuple[int, int]:
    """How many claims and how many users a restored backup would take the place of. Raises CannotBackUp where the store is in use."""
    if not exists(store.engine.url):
        return 0, 0
    with store.reading() as connection:
        here = inspect(connection).get_table_names()
        found = [connection.scalar(select(func.count()).select_from(table)) if table.name in here else 0 for table in (claims, users)]
        others = 0 if store.is_sqlite else connection.scalar(_OTHERS)
    store.engine.dispose()
    if others or (store.is_sqlite and _in_use(_file_of(store))):
        raise CannotBackUp("The store is in use. Stop the servers and jobs on it first.")
    return found[0] or 0, found[1] or 0


def restore(store: Store, source: Path, progress: Progress) -> Path | None:
    """Put a backup in the place of the store, all of it or nothing. Gives where the file that was there before is now: SQLite only, None without one.

    Raises CannotBackUp, also when somebody has begun to use the store meanwhile.
    """
    if not source.is_file():
        raise CannotBackUp(f"There is no file {source}.")
    if not store.is_sqlite:
        _run("pg_restore", store.engine.url, "--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner", after=(str(source),))
        return None
    wal = source.with_name(f"{source.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise CannotBackUp(f"{source} is a store in use, not a backup: part of it is in {wal.name}. `gateway db backup` makes one.")
    _check(source)
    file = _file_of(store)
    file.parent.mkdir(parents=True, exist_ok=True)
    with _beside(file) as unfinished:
        _copy(source, unfinished, progress)
        _check(unfinished)
        _make_sure(unfinished)
        aside = _put_in_place(unfinished, file)
    _make_sure(file.parent)
    return aside


def _put_in_place(made: Path, file: Path) -> Path | None:
    if not file.exists():
        for end in ("-wal", "-shm"):  # of a store that was here once
            file.with_name(file.name + end).unlink(missing_ok=True)
        os.link(made, file)
        return None
    if _in_use(file):
        raise CannotBackUp("The store is in use. Stop the servers and jobs on it first.")
    aside = file.with_name(f"{file.name}.before-{wall():%Y%m%dT%H%M%S%f}")
    os.link(file, aside)
    before = file.stat()
    made.chmod(before.st_mode & 0o777)
    if (before.st_uid, before.st_gid) != (made.stat().st_uid, made.stat().st_gid):
        os.chown(made, before.st_uid, before.st_gid)
    made.replace(file)
    return aside


_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def _file_of(store: Store) -> Path:
    name = store.engine.url.database
    if not name or name == ":memory:":
        raise CannotBackUp("A store in memory has no file.")
    return Path(name)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """One moment of the store, however long that takes: the open transaction holds it, while others write on."""

    def told(_status: int, left: int, total: int) -> None:
        progress(total - left, total)

    try:
        with closing(sqlite3.connect(source, timeout=SQLITE_BUSY_MS / 1000, isolation_level=None)) as one:
            one.execute("BEGIN")
            one.execute("SELECT count(*) FROM sqlite_master").fetchone()  # only a statement takes the snapshot
            with closing(sqlite3.connect(target, isolation_level=None)) as other:
                one.backup(other, pages=_PAGES_AT_ONCE, progress=told, sleep=0)
                other.execute("PRAGMA journal_mode=DELETE")  # one file that is complete by itself
    except sqlite3.Error as error:
        raise CannotBackUp(f"{source} cannot be copied: {error}.") from error


def _check(file: Path) -> int:
    """That a backup is whole; the number of claims in it. Leaves nothing beside it. Raises CannotBackUp."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as one:
            found = [line for (line,) in one.execute("PRAGMA integrity_check")]
            there = one.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]
            revision, count = one.execute("SELECT version_num, (SELECT count(*) FROM claims) FROM alembic_version").fetchone() if there else ("", 0)
    except sqlite3.Error as error:
        raise CannotBackUp(f"{file} is no backup of a store: {error}.") from error
    if found != ["ok"]:
        raise CannotBackUp(f"{file} is damaged: {found[0]}")
    if not there:
        raise CannotBackUp(f"{file} is no backup of a store: it has none of its tables.")
    if revision > NEWEST:
        raise CannotBackUp(f"{file} is of a newer version of this program: its tables are at revision {revision}, here they are at {NEWEST}.")
    return int(count)


def _in_use(file: Path) -> bool:
    """Whether somebody else has the file open. SQLite lets only who is alone leave WAL mode, and then all that was in the WAL is in the file."""
    try:
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as one:
            mode: str = one.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return True
        raise
    return mode != "delete"


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file in the same folder for what is not finished, for its owner alone; nothing of it stays."""
    unfinished = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    unfinished.touch(mode=0o600)
    try:
        yield unfinished
    finally:
        for one in (unfinished, *(unfinished.with_name(unfinished.name + end) for end in ("-wal", "-shm", "-journal"))):
            one.unlink(missing_ok=True)


def _make_sure(path: Path) -> None:
    """Have what was written on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _run(tool: str, url: URL, *options: str, after: tuple[str, ...] = ()) -> None:
    """Run a tool of PostgreSQL on the database. Its password travels in the environment, where other users do not see it."""
    secrets = {name: value for name, value in url.query.items() if "password" in name}
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).difference_update_query(secrets)
    shown = plain.render_as_string(hide_password=False)
    program = shutil.which(tool)
    if program is None:
        words = " ".join((tool, *options, f"--dbname={plain.render_as_string()}", *after))
        raise CannotBackUp(f"{tool} is not installed here. Where it is ({_TOOLS[tool]} of the server's version), run: {words}")
    environment = dict(os.environ)
    password = url.password or secrets.get("password")
    if password:
        environment["PGPASSWORD"] = str(password)
    done = subprocess.run(  # noqa: S603  our own words, no shell
        [program, *options, f"--dbname={shown}", *after], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line.removeprefix(f"{tool}: ").removeprefix("error: ") for line in done.stderr.splitlines() if line.strip()]
        raise CannotBackUp(f"{tool} gave up: {'; '.join(lines[:3]) or f'exit code {done.returncode}'}")
