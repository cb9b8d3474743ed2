"""Connections that wait for their next call."""

from __future__ import annotations

import select
import time
from collections import deque
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_SURE_SECONDS = 1.0


class Waiting:
    """Kept aside, open and out of any transaction, because taking one from SQLAlchemy's pool and giving it back costs more than a call's
    selects. Any thread may take one. A connection that the database has closed meanwhile is not given out.
    """

    def __init__(self) -> None:
        self._connections: deque[tuple[Connection, float]] = deque()  # its operations are atomic

    def take(self) -> Connection | None:
        """The one used last, None if there is none."""
        while self._connections:
            try:
                connection, since = self._connections.pop()
            except IndexError:
                break
            if _is_alive(connection, since):
                return connection
            close(connection)
        return None

    def put(self, connection: Connection) -> None:
        """Keep it for the next call."""
        self._connections.append((connection, time.monotonic()))

    def close(self, *_: Any) -> None:
        """Close them all."""
        while self._connections:
            close(self._connections.pop()[0])

    def forget(self) -> None:
        """Forget them all: after a fork they are the parent's."""
        self._connections.clear()


def _is_alive(connection: Connection, since: float) -> bool:
    """Ask the database only if the connection has waited long, or if there is something on its line, where nothing is expected but a farewell."""
    if connection.dialect.name == "sqlite":
        return True
    driver: Any = connection.connection.dbapi_connection
    line = select.poll()
    try:
        line.register(driver.fileno(), select.POLLIN)
        if not line.poll(0) and time.monotonic() - since < _SURE_SECONDS:
            return True
        connection.dialect.do_ping(driver)
    except (DBAPIError, connection.dialect.loaded_dbapi.Error, OSError):
        return False
    return True


def close(connection: Connection) -> None:
    """Close a connection for good, whatever state it is in."""
    connection.invalidate()
    connection.close()
