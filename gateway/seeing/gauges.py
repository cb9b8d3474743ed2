"""What the store as a whole looks like, asked at most once in a while."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from gateway import clock
from gateway.log import logger
from gateway.store import StoreUnavailable, sandbox
from gateway.store.engine import Store
from gateway.store.figures import Figures, figures


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the store. `moment`: of the process clock. `figures` is None where the store did not answer."""

    moment: datetime
    figures: Figures | None

    @property
    def lag_seconds(self) -> float:
        """How long the first claim that is due has been waiting for somebody to come by."""
        since = None if self.figures is None else self.figures.due_since
        return 0.0 if since is None else (self.moment - since).total_seconds()


def look(store: Store) -> Look:
    """Ask the store now."""
    moment = clock.Moment.now()
    try:
        with store.reading() as connection:
            moment = clock.Moment.now(sandbox.offset(connection))
            return Look(moment.utc, figures(connection, moment.utc))
    except StoreUnavailable:
        return Look(moment.utc, None)
    except Exception:  # the other figures are still of use
        logger.exception("the store's figures cannot be told")
        return Look(moment.utc, None)


class Gauges:
    """Keeps a look for `seconds`; of several threads that ask, one looks."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._store, self._seconds = store, seconds
        self.after_fork()

    def after_fork(self) -> None:
        """Begin anew: the lock may be the parent's."""
        self._lock = threading.Lock()
        self._look: Look | None = None
        self._until = 0.0

    def now(self) -> Look:
        """The present look."""
        with self._lock:
            if self._look is None or time.monotonic() >= self._until:
                self._look = look(self._store)
                self._until = time.monotonic() + self._seconds
            return self._look
