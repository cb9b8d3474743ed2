"""Writers of one SQLite file take turns."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

_LOOK_AGAIN_SECONDS = 0.0002


class Turn:
    """A queue before SQLite's own lock, which is looked at again only after 1, 2, 5, 10 … milliseconds: under load the unlucky wait a hundred
    times as long as the others. Threads wait for each other here, and one of each process for the other processes, at a file beside the store.

    It only keeps order: what protects the store is SQLite's lock, and a writer that does not come by here is waited for there.
    """

    def __init__(self, beside: Path, seconds: float) -> None:
        self._path = beside.with_name(f"{beside.name}-turn")
        self._seconds = seconds
        self.forget()

    def forget(self) -> None:
        """Begin anew: after a fork the lock and the open file are the parent's."""
        self._lock = threading.Lock()
        self._file: int | None = None

    def take(self) -> bool:
        """Wait for it; False if it took too long."""
        end = time.monotonic() + self._seconds
        if not self._lock.acquire(timeout=self._seconds):
            return False
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            while not self._try(self._file):
                if time.monotonic() > end:
                    self._lock.release()
                    return False
                time.sleep(_LOOK_AGAIN_SECONDS)
        except BaseException:
            self._lock.release()
            raise
        return True

    @staticmethod
    def _try(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system gives it up for a process that dies
        except BlockingIOError:
            return False
        return True

    def leave(self) -> None:
        """Let the next one."""
        try:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
