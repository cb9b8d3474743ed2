"""What every call asks and few ever change: read again after a second, so that calls pay nothing and a change counts on all nodes within it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from gateway.clock import Moment

T = TypeVar("T")
_GOOD_FOR = timedelta(seconds=1)
_NONE = timedelta()


class Recent(Generic[T]):
    """The result of a look at the store that is less than a second old, by the wall clock. One for each engine, as a process may hold several stores."""

    def __init__(self, read: Callable[[Connection], T]) -> None:
        self._read = read
        self._known: WeakKeyDictionary[Engine, tuple[datetime, T]] = WeakKeyDictionary()

    def __call__(self, connection: Connection) -> T:
        now, known = Moment.now().utc, self._known.get(connection.engine)
        if known is None or not _NONE <= now - known[0] < _GOOD_FOR:
            known = self._known[connection.engine] = now, self._read(connection)
        return known[1]
