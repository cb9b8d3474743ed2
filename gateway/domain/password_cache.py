"""Remembering for a while that a password was right, so that not every call with a password in it costs a slow hash."""

from __future__ import annotations

import hmac
import secrets
import threading
from datetime import datetime, timedelta

from gateway import clock


class PasswordCache:
    """Successes only, in this process only, bounded in number and time, safe between threads.

    The key is a MAC, under a secret of this process, over the identity, the hash and version kept of its password, and the password given. So
    an entry says nothing about a password, and a changed password ends it at once.
    """

    def __init__(self, seconds: float, capacity: int = 10_000) -> None:
        self._life = timedelta(seconds=seconds)
        self._capacity = capacity
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._until: dict[bytes, datetime] = {}  # oldest first

    def key(self, identity: str, kept: str, version: int, password: str) -> bytes:
        """What stands for the four of them; each is preceded by its length, so that no two sets run together."""
        parts = [part.encode("utf-8", "surrogatepass") for part in (identity, kept, str(version), password)]
        return hmac.digest(self._secret, b"".join(len(part).to_bytes(8, "big") + part for part in parts), "sha256")

    def holds(self, key: bytes) -> bool:
        """Whether this was right not too long ago."""
        until = self._until.get(key)
        return until is not None and clock.wall() < until

    def remember(self, key: bytes) -> None:
        """It was right just now. The oldest entry makes room."""
        if not self._life:
            return
        with self._lock:
            self._until.pop(key, None)
            self._until[key] = clock.wall() + self._life
            while len(self._until) > self._capacity:
                del self._until[next(iter(self._until))]

    def __len__(self) -> int:
        return len(self._until)
