"""What of gunicorn is ours: a worker that lets go of the port as soon as it stops, and its words in our log."""

from __future__ import annotations

import logging
import ssl
import sys
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from gateway.log import FromLibraries, logger

_UNREADABLE = "Invalid request from ip="


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads. gunicorn's own keeps listening while it answers the calls in hand, for up to graceful_timeout: whoever
    connects then waits and is cut off, and a worker whose master was killed keeps a new server from the port. This one is gone from the port when
    it begins to stop, so a proxy turns elsewhere at once.
    """

    def is_parent_alive(self) -> bool:
        """Whether the master is there. Without it the worker stops as on SIGTERM; gunicorn's own would go on with connections that are kept."""
        if super().is_parent_alive():
            return True
        self.alive = False
        logger.warning("the master is gone; this worker answers the calls in hand and ends", process=self.pid)
        return False

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections, or take no more; for good if the worker stops."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._take_all(listener)
                listener.close()

    def _take_all(self, listener: Any) -> None:
        """Take the connections that wait already; they would be cut off."""
        before = -1
        while before < self.nr_conns < self.worker_connections and listener.sock is not None:
            before = self.nr_conns
            self.accept(listener)


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's log as lines of ours."""

    def setup(self, cfg: Any) -> None:
        """Take the place of gunicorn's own handler."""
        super().setup(cfg)
        self.error_log.handlers = [Lines()]


class Lines(FromLibraries):
    """Makes a line of ours of what a server says. Of what is no HTTP only the kind of mistake is told: what was sent may be the rest of a call."""

    _gunicorn = True  # gunicorn takes it away when it sets up anew

    def emit(self, record: logging.LogRecord) -> None:
        told = record.getMessage()
        if told.startswith(_UNREADABLE):
            mistake = sys.exc_info()[1]  # it is told where it was caught
            reason = {"reason": mistake.reason} if isinstance(mistake, ssl.SSLError) else {}
            client = told.removeprefix(_UNREADABLE).partition(": ")[0]
            logger.warning("no HTTP request", client=client, problem=type(mistake).__name__, **reason)
            return
        super().emit(record)

    def more(self, record: logging.LogRecord) -> dict[str, Any]:
        """Which process says it."""
        return {"process": record.process}
