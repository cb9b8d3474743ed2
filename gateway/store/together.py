"""Group commit for SQLite: the writers of one process share transactions, and with each the wait for the disk.

SQLite lets one transaction write at a time and waits for the disk at its end. So whoever has done its part while others wait for theirs hands
the open transaction on instead of committing it. Each part but the first is a savepoint, and the last one commits for all. No call is
answered before what it wrote is on disk, nor one that was refused before what it saw is.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from gateway.store import Undone
from gateway.store.prepared import roll_back, send
from gateway.store.waiting import close

_MOST_PARTS = 16  # of one transaction: the other processes wait as well


class _Shared:
    """One transaction and the parts that are done; the one being written is not yet among them."""

    __slots__ = ("done", "problem")

    def __init__(self) -> None:
        self.done: list[threading.Lock] = []  # each is released when the transaction has ended
        self.problem: DBAPIError | None = None


class Together:
    """The writers of one process. After `begin` one of `keep` and `forget` must follow."""

    def __init__(self, connect: Callable[[], Connection], enter: Callable[[], None], leave: Callable[[], None], seconds: float) -> None:
        """`enter` and `leave`: wait for the turn of this process, and give it up. `seconds`: how long a part waits for its own."""
        self._connect, self._enter, self._leave, self._seconds = connect, enter, leave, seconds
        self.reset()

    def reset(self) -> None:
        """Begin anew: after a fork all this is the parent's."""
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._taken = False
        self._connection: Connection | None = None
        self._shared: _Shared | None = None  # this and what follows is only touched by the one whose part it is
        self._savepoint = False

    def close(self) -> None:
        """Close the connection, if nobody writes; it is opened again when needed."""
        if not self._taken and self._connection is not None:
            close(self._connection)
            self._connection = None

    def begin(self, _reader: Connection) -> Connection:
        """Wait for one's turn; the connection to write with. Raises what SQLite does when that takes too long."""
        self._take()
        try:
            if self._shared is None or self._connection is None:
                return self._open()
            send(self._connection, "SAVEPOINT part")
            self._savepoint = True
        except BaseException:
            self._pass_on()
            raise
        return self._connection

    def keep(self, writer: Connection) -> None:
        """Put one's part on disk; it is there when this returns. Raises what the COMMIT raises."""
        try:
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
            self._end("ROLLBACK")
            self._pass_on()
            return
        try:
            send(writer, "ROLLBACK TO part")
            send(writer, "RELEASE part")
        except DBAPIError as problem:  # SQLite has undone everything itself, as it does when the disk is full
            shared = self._part()
            shared.problem = undone(problem)
            self._end("ROLLBACK")
            self._pass_on()
        else:
            shared = self._await_end()
        if shared.problem is not None:
            raise undone(shared.problem)

    def _part(self) -> _Shared:
        assert self._shared is not None, "nothing was begun"
        return self._shared

    def _take(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = _held()
            self._queue.append(mine)
        if not mine.acquire(timeout=self._seconds):
            with self._guard:
                if mine in self._queue:  # else it was handed over at the last moment
                    self._queue.remove(mine)
                    raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))

    def _open(self) -> Connection:
        self._enter()
        try:
            if self._connection is None:
                self._connection = self._connect()
            send(self._connection, "BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise
        self._shared, self._savepoint = _Shared(), False
        return self._connection

    def _await_end(self) -> _Shared:
        shared, mine = self._part(), _held()
        shared.done.append(mine)
        self._pass_on()
        mine.acquire()
        return shared

    def _pass_on(self) -> None:
        """Let the next one write, in the same transaction if one is open; without a next one it ends here."""
        shared = self._shared
        with self._guard:
            following = self._queue.popleft() if self._queue and (shared is None or len(shared.done) < _MOST_PARTS) else None
            if following is None and shared is None:
                self._taken = False
        if following is None and shared is not None:
            self._end("COMMIT")
            with self._guard:
                following = self._queue.popleft() if self._queue else None
                if following is None:
                    self._taken = False
        if following is not None:
            following.release()

    def _end(self, how: str) -> None:
        shared, writer = self._part(), self._connection
        assert writer is not None
        self._shared = None
        try:
            if how == "COMMIT":
                send(writer, how)
            else:
                roll_back(writer)
        except DBAPIError as problem:
            shared.problem = shared.problem or problem
            self._start_over(writer)
        finally:
            self._leave()
            for waiting in shared.done:
                waiting.release()

    def _start_over(self, writer: Connection) -> None:
        try:
            roll_back(writer)
        except DBAPIError:
            close(writer)
            self._connection = None


def undone(problem: DBAPIError) -> OperationalError:
    """What those are told whose part was undone because of this problem."""
    return OperationalError(None, None, Undone(str(problem.orig)))


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock
