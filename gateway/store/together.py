"""Group commit for SQLite: the writers of one process share transactions, and with each the wait for the disk.

SQLite lets one transaction write at a time and waits for the disk at its end. So where that wait is long, whoever has done its part while others
wait for theirs hands the open transaction on instead of committing it. Each part but the first is a savepoint, and the last one commits for
all. No call is answered before what it wrote is on disk, nor one that was refused before what it saw is.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from gateway.store import Undone
from gateway.store.prepared import roll_back, send

_MOST_PARTS = 16  # of one transaction: the other processes wait as well
_DEAR_SECONDS = 0.0015  # a COMMIT that takes less is not worth sharing: to wait for each other costs about as much
_LATELY = 16
_LOST_SECONDS = 1.0


class _Shared:
    """One transaction and the parts that are done; the one being written is not yet among them."""

    __slots__ = ("done", "problem", "writer")

    def __init__(self, writer: Connection) -> None:
        self.writer = writer
        self.done: list[threading.Lock] = []  # each is released when the transaction has ended
        self.problem: DBAPIError | None = None


class Together:
    """The writers of one process. After `begin` one of `keep` and `forget` must follow."""

    def __init__(self, enter: Callable[[], None], leave: Callable[[], None], seconds: float) -> None:
        """`enter` and `leave`: wait for the turn of this process, and give it up. `seconds`: how long a part waits for its own."""
        self._enter, self._leave, self._seconds = enter, leave, seconds
        self.reset()

    def reset(self) -> None:
        """Begin anew: after a fork all this is the parent's."""
        self._pen = threading.Lock()
        self._guard = threading.Lock()
        self._waiting = 0  # for the pen
        # only whoever has the pen touches these
        self._shared: _Shared | None = None
        self._savepoint = False
        self._commits: deque[float] = deque(maxlen=_LATELY)  # seconds

    def begin(self, own: Connection) -> Connection:
        """Wait for one's turn; the connection to write with: one's own, or that of the first part, which is not used otherwise until all has ended.
        Raises what SQLite does when that takes too long.
        """
        self._take()
        try:
            if self._shared is None:
                self._open(own)
                return own
            send(self._shared.writer, "SAVEPOINT part")
            self._savepoint = True
        except BaseException:
            self._pass_on()
            raise
        return self._shared.writer

    def keep(self, writer: Connection) -> None:
        """Put one's part on disk; it is there when this returns. Raises what the COMMIT raises."""
        try:
            if not _is_open(writer):
                raise undone(None)
            if self._savepoint:
                send(writer, "RELEASE part")
        except BaseException:
            self.forget(writer)
            raise
        shared = self._await_end()
        if shared.problem is not None:
            raise shared.problem

    def forget(self, writer: Connection) -> None:
        """Undo one's part. Raises Undone, within an OperationalError, if the same befell earlier parts, which this one has seen."""
        if not self._savepoint:
            self._finish("ROLLBACK")
            return
        try:
            send(writer, "ROLLBACK TO part")
            send(writer, "RELEASE part")
        except BaseException as problem:  # SQLite has undone everything itself, as it does when the disk is full
            shared = self._part()
            shared.problem = undone(problem.__context__ or problem)
            self._finish("ROLLBACK")
        else:
            shared = self._await_end()
        if shared.problem is not None:
            raise undone(shared.problem)

    def _is_dear(self) -> bool:
        """Whether it takes long to put something on disk: by the quickest of the last times, for a thread may have waited for others, too."""
        return min(self._commits, default=0.0) > _DEAR_SECONDS

    def _part(self) -> _Shared:
        assert self._shared is not None, "nothing was begun"
        return self._shared

    def _take(self) -> None:
        with self._guard:
            self._waiting += 1
        has_it = self._pen.acquire(timeout=self._seconds)
        with self._guard:
            self._waiting -= 1
        if not has_it:
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))

    def _open(self, writer: Connection) -> None:
        self._enter()
        try:
            send(writer, "BEGIN IMMEDIATE")
        except BaseException:
            _start_over(writer)
            self._leave()
            raise
        self._shared, self._savepoint = _Shared(writer), False

    def _await_end(self) -> _Shared:
        shared, mine = self._part(), _held()
        shared.done.append(mine)
        self._pass_on()
        while not mine.acquire(timeout=_LOST_SECONDS):
            # whoever was to go on with the transaction may have given up waiting at that very moment
            if self._pen.acquire(blocking=False):
                if self._shared is shared:
                    self._finish("COMMIT")
                else:
                    self._pen.release()
        return shared

    def _pass_on(self) -> None:
        """Give the pen away: with the transaction, if somebody waits and sharing it is worth while; else it ends here."""
        shared = self._shared
        if shared is None or (self._waiting and len(shared.done) < _MOST_PARTS and self._is_dear()):
            self._pen.release()
        else:
            self._finish("COMMIT")

    def _finish(self, how: str) -> None:
        """End the transaction and give the pen away."""
        shared = self._part()
        self._shared = None
        try:
            if how == "COMMIT":
                began = time.perf_counter()
                send(shared.writer, how)
                self._commits.append(time.perf_counter() - began)
            else:
                roll_back(shared.writer)
        except BaseException as problem:
            shared.problem = shared.problem or (problem if isinstance(problem, DBAPIError) else OperationalError(how, None, problem))
            _start_over(shared.writer)
            if not isinstance(problem, DBAPIError):
                raise
        finally:
            for waiting in shared.done:
                waiting.release()
            try:
                self._leave()
            finally:
                self._pen.release()


def _start_over(writer: Connection) -> None:
    """After trouble: see that the connection is in no transaction, or is not used again."""
    try:
        roll_back(writer)
    except Exception:  # whatever it is, there is nothing left to do with it
        writer.invalidate()


def undone(problem: BaseException | None) -> OperationalError:
    """What those are told whose part was undone because of this problem."""
    return OperationalError(None, None, Undone(str(getattr(problem, "orig", problem) or "the transaction had ended")))


def _is_open(writer: Connection) -> bool:
    driver: sqlite3.Connection | None = writer.connection.dbapi_connection  # type: ignore[assignment]
    return driver is not None and driver.in_transaction


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock
