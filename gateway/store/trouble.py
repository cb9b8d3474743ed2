"""What is wrong with a store, in a few words that tell an outsider nothing: for the log and for /health/ready."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LEAST_ROOM = 32 * 1024 * 1024  # a few of the largest calls, and the write-ahead log that comes before them

# In these words: by the names of SQLite's error codes, by PostgreSQL's SQLSTATE, and by what both say where there is neither, as for a connection
# that PostgreSQL refuses.
_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("the disk is full", ("SQLITE_FULL",), ("53100",), ("disk is full", "No space left on device")),
    ("it is read-only", ("SQLITE_READONLY",), ("25006",), ("readonly database", "read-only transaction")),
    ("the file may not be opened, or is not there", ("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"), (), ("unable to open database file",)),
    ("permission is missing", (), ("42501",), ("permission denied",)),
    ("the disk fails", ("SQLITE_IOERR",), ("58030",), ("disk I/O error", "Input/output error")),
    ("the file is damaged", ("SQLITE_CORRUPT", "SQLITE_NOTADB"), ("XX001", "XX002"), ("malformed", "file is not a database")),
    ("somebody else holds it", ("SQLITE_BUSY", "SQLITE_LOCKED"), ("55P03",), ("database is locked", "lock timeout")),
    ("too many connections", (), ("53300",), ("too many clients", "too many connections", "connection slots")),
    ("it does not accept the user or the password", (), ("28P01", "28000"), ("authentication failed", "no password supplied", "pg_hba.conf")),
    ("there is no such database", (), ("3D000",), ('" does not exist',)),
    ("it is starting or stopping", (), ("57P01", "57P02", "57P03"), ("starting up", "shutting down", "in recovery mode")),
    ("memory is short", ("SQLITE_NOMEM",), ("53200",), ("out of memory",)),
)
_OTHER = "cannot be reached"


def trouble(problem: BaseException) -> str:
    """What kind of trouble an exception of the store tells of."""
    if isinstance(problem, PoolTimeout):
        return "no connection is free"
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    code, state, words = getattr(cause, "sqlite_errorname", None) or "", getattr(cause, "sqlstate", None) or "", str(cause)
    by_code = (told for told, codes, states, _ in _KINDS if (code and code.startswith(codes)) or state in states)
    by_words = (told for told, _, _, texts in _KINDS if any(part in words for part in texts))
    return next(by_code, None) or next(by_words, _OTHER)


def obstacle(connection: Connection) -> str | None:
    """What keeps a store that can be read from taking changes; None if nothing is known to."""
    if connection.dialect.name != "sqlite":
        return "it is read-only (a standby?)" if connection.scalar(text("SHOW transaction_read_only")) == "on" else None
    name = connection.engine.url.database
    if not name or name == ":memory:":
        return None
    file = Path(name)
    beside = [one for one in (file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm")) if one.exists()]
    for one in (file, *beside, file.parent):
        if not os.access(one, os.W_OK):
            return f"{one.name} may not be written to"
    free = shutil.disk_usage(file.parent).free
    return f"the disk is full, {free // 2**20} MB are left" if free < LEAST_ROOM else None
