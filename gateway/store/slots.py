"""How many calls of one account are under way, counted across threads, workers and nodes: each holds a slot that the system takes back if its
holder dies. On PostgreSQL it is an advisory lock of the call's session, on SQLite a lock on one byte of a file beside the store.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable

from sqlalchemy import BigInteger, Connection, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.store.prepared import Prepared

MOST = 1000
Release = Callable[[Connection], None]

_lock = Prepared(
    text("SELECT key FROM unnest(CAST(:keys AS bigint[])) AS key WHERE pg_try_advisory_lock(key) LIMIT 1")
    .bindparams(bindparam("keys", type_=ARRAY(BigInteger())))
    .columns(column("key", BigInteger()))
)
_unlock = Prepared(
    text("SELECT pg_advisory_unlock(CAST(:key AS bigint)) AS done").bindparams(bindparam("key", type_=BigInteger())).columns(column("done"))
)


def take(connection: Connection, identity: str, most: int) -> Release | None:
    """Take one of the account's slots; what gives it back, to be called with the same connection, out of any transaction. None if all are taken."""
    first = int.from_bytes(hashlib.sha256(f"slot {identity}".encode()).digest()[:6], "big") * MOST
    keys = range(first, first + min(most, MOST))
    if connection.dialect.name == "postgresql":
        key = _lock.scalar(connection, {"keys": list(keys)})
        return None if key is None else lambda then: _unlock.scalar(then, {"key": key})
    file = _bytes_of(connection.engine.url.database)
    place = file.take(keys)
    return None if place is None else lambda _: file.give_back(place)


class _Bytes:
    """The bytes of a file that this process has locked. The system locks them against other processes, the set against other threads."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._process = 0
        self._guard = threading.Lock()
        self._taken: set[int] = set()
        self._file: int | None = None

    def take(self, places: range) -> int | None:
        with self._guard:
            self._begin()
            for place in places:
                if place not in self._taken and self._lock(place):
                    self._taken.add(place)
                    return place
        return None

    def give_back(self, place: int) -> None:
        with self._guard:
            self._taken.discard(place)
            if self._file is not None:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)

    def _begin(self) -> None:
        """After a fork nothing is locked yet."""
        if self._process != os.getpid():
            self._process, self._taken = os.getpid(), set()
            if self._path is not None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _lock(self, place: int) -> bool:
        if self._file is None:
            return True
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):
            return False
        return True


_files: dict[str, _Bytes] = {}
_files_guard = threading.Lock()


def _bytes_of(database: str | None) -> _Bytes:
    """One for each file, for closing one descriptor of a file would end the locks at all others."""
    with _files_guard:
        beside = f"{os.path.realpath(database)}-slots" if database and database != ":memory:" else None
        return _files.setdefault(beside or "", _Bytes(beside))
