"""`gateway serve` under granian, where GATEWAY_SERVER says so: its HTTP is compiled; the rest is as under gunicorn (gateway/commands/serve.py).

granian as it comes starts workers that load the program by themselves, each with a listening socket of its own, and replaces one after another. Here
they are forked from a process that has loaded everything, and share one socket: what waits to be accepted is nobody's yet and not cut off when a
worker goes. Every second that process looks after them. For this five methods of granian are replaced that have no public name, so setup.cfg asks for
the minor version that the tests know. docs/running.md says what is not as under gunicorn.
"""

from __future__ import annotations

import itertools
import logging
import mmap
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing import set_start_method
from pathlib import Path
from typing import Any

from gunicorn.systemd import sd_notify

from gateway import log
from gateway.commands.opening import refuse
from gateway.commands.serve import Served, say_serving
from gateway.commands.worker import Lines
from gateway.config import BadSetting, Settings
from gateway.wsgi import Gateway

try:
    from granian._granian import SocketHolder
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.mp import MPServer, WorkerProcess
except ImportError as missing:
    raise BadSetting("GATEWAY_SERVER is granian, and it is not installed; pip install 'a2a-gateway[granian]'") from missing

_CONNECTIONS = 1000  # that a worker has at the same time, kept ones too; as many as gunicorn's
_EVERY_SECONDS = 1
_TRIES = 5  # to get the port, a second apart, as gunicorn: the workers of a server that was killed may still have it
_SLOW_HEAD_SECONDS = 30
_LOG = {
    "handlers": {"lines": {"()": Lines}},
    "loggers": {"_granian": {"handlers": ["lines"], "propagate": False}, "granian.access": {"handlers": []}},
}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Sign:
    """What a worker shows to the process that started it, in memory that both see: made before the fork."""

    def __init__(self, place: int | None) -> None:
        self.place = place
        self._seen = memoryview(mmap.mmap(-1, 16)).cast("d")
        self.show()

    def show(self) -> None:
        """The worker is there."""
        self._seen[0] = time.monotonic()

    def silent(self) -> float:
        """Seconds since it showed itself."""
        return time.monotonic() - self._seen[0]

    def tire(self) -> None:
        """It has had its share of calls."""
        self._seen[1] = 1

    @property
    def tired(self) -> bool:
        """Whether it has had its share of calls."""
        return bool(self._seen[1])


class Server(MPServer):  # type: ignore[misc]
    """granian, told by our settings. Raises BadSetting for those that it cannot use."""

    def __init__(self, settings: Settings) -> None:
        self._served = Served(settings)
        self._signs: dict[WorkerProcess, _Sign] = {}
        self._leaving: dict[WorkerProcess, float] = {}
        super().__init__(
            "gateway",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            backpressure=_CONNECTIONS,
            blocking_threads_idle_timeout=600,  # the most: a thread has caches of its own
            log_level=LogLevels.warning,
            log_dictconfig=_LOG,
            respawn_failed_workers=True,
            rss_sample_interval=_EVERY_SECONDS,
        )
        self._obey()
        self.on_startup(self._watch_workers_rss)
        self.on_startup(self._ready)
        self.on_reload(self._read_again)
        self.on_shutdown(lambda: log.logger.info("stopped"))

    def run(self) -> None:
        """Serve until a signal says that it is enough."""
        set_start_method("fork", force=True)
        self._served.load()
        self._listener = _listen(self._served.settings)
        self.serve(target_loader=self._load, wrap_loader=False)

    def _ready(self) -> None:
        say_serving(self._served.settings, [f"http{'s' if self._served.certificate else ''}://{self._bind_addr_fmt}"])
        sd_notify("READY=1", logging.getLogger(__name__))  # to systemd, as gunicorn does

    def _obey(self) -> None:
        """Take over what the next workers are started with."""
        settings = self._served.settings
        self.workers = settings.workers
        self.blocking_threads = settings.threads
        self.workers_kill_timeout = settings.graceful_seconds
        kept = settings.keepalive_seconds
        # hyper counts from the end of the last answer until the next head is complete
        self.http1_settings = HTTP1Settings(header_read_timeout=(kept or _SLOW_HEAD_SECONDS) * 1000, keep_alive=bool(kept))
        cert, key = (Path(name) if name else None for name in (settings.tls_cert, settings.tls_key))
        self._context = self._served.certificate and self._served.certificate.context()
        self.build_ssl_context(cert, key, None, SSLProtocols.tls12, None, [], False)

    def _read_again(self) -> None:
        """SIGHUP."""
        if self._served.read_again():
            self._obey()

    def _init_shared_socket(self) -> None:
        """All workers have the socket that we opened, instead of one each."""
        self._ssp, self._sso, self._sfd = None, self._listener, self._listener.fileno()
        self._shd = SocketHolder(self._sfd, False, self._served.settings.backlog)

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Callable[[_Sign], Wsgi]) -> WorkerProcess:
        """Make a worker, with a place to count in; it is not started yet."""
        for gone in [worker for worker in self._signs if not worker.is_alive()]:
            self._served.counts.release(self._signs.pop(gone).place)
        sign = _Sign(self._served.counts.reserve())
        worker = super()._spawn_worker(idx, target, partial(callback_loader, sign))
        self._signs[worker] = sign
        return worker

    def _load(self, sign: _Sign) -> Wsgi:
        """What a worker serves; in its process."""
        self._served.counts.use(sign.place)
        gateway = self._served.gateway
        assert gateway is not None, "workers are forked when it is loaded"
        gateway.after_fork()
        threading.Thread(target=self._live, args=(sign, os.getppid()), daemon=True).start()
        return _counted(gateway, sign, self._served.settings.max_calls)

    def _live(self, sign: _Sign, parent: int) -> None:
        """Show that this worker is there, until it is to stop and does not know it: because its parent is gone (granian's own would keep the port), or
        because it was told before it listened to signals, when what it has from its parent's handler is all that is left of it.
        """
        while os.getppid() == parent and not self.interrupt_signal:
            sign.show()
            time.sleep(_EVERY_SECONDS)
        if not self.interrupt_signal:
            log.logger.warning("the master is gone; this worker answers the calls in hand and ends", process=os.getpid())
        while signal.getsignal(signal.SIGTERM) == self.signal_handler_interrupt:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(self._served.settings.graceful_seconds)
        os._exit(1)

    def _respawn_workers(self, workers: Iterable[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        """Start new ones first; then those that were in their places answer the calls in hand and end, and nobody waits for that."""
        for index in workers:
            before, self.wrks[index] = self.wrks[index], self._spawn_worker(index, spawn_target, target_loader)
            self.wrks[index].start()
            self._send_away(before)

    def _send_away(self, worker: WorkerProcess) -> None:
        worker.terminate()
        self._leaving[worker] = time.monotonic() + self._served.settings.graceful_seconds

    def _stop_workers(self) -> None:
        """And wait for those that have been told to already; not again, since at the third signal a worker stands still for good."""
        super()._stop_workers()
        for worker, end in self._leaving.items():
            worker.join(max(end - time.monotonic(), 0))
            worker.kill()

    def _handle_rss_signal(self, spawn_target: Any, target_loader: Any) -> None:
        """Look after the workers: every second, in the process that starts them. granian itself looks at their memory here."""
        for worker, end in list(self._leaving.items()):
            if not worker.is_alive():
                del self._leaving[worker]
            elif time.monotonic() > end:
                worker.kill()
        for worker in self.wrks:
            if self._signs[worker].silent() > self._served.settings.timeout_seconds:
                log.logger.error("a worker does not show itself and is ended", process=worker.inner.pid)
                worker.inner.kill()  # granian notices its end and has it replaced
        if self._served.certificate is not None and self._served.certificate.context() is not self._context:
            self._context = self._served.certificate.context()
            self._respawn_workers(range(len(self.wrks)), spawn_target, target_loader)
        tired = [index for index, worker in enumerate(self.wrks) if self._signs[worker].tired]
        self._respawn_workers(tired, spawn_target, target_loader)
        while len(self.wrks) < self.workers:  # settings were read again
            self.wrks.append(self._spawn_worker(len(self.wrks), spawn_target, target_loader))
            self.wrks[-1].start()
        while len(self.wrks) > self.workers:
            self._send_away(self.wrks.pop())


def _listen(settings: Settings) -> socket.socket:
    """The socket of the services. Ends the command if there is none to be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for left in reversed(range(_TRIES)):
        try:
            made.bind((settings.host, settings.port))
            made.listen(settings.backlog)
            break
        except OSError as problem:
            if not left:
                refuse(f"Nobody can listen at {settings.host}:{settings.port}: {problem.strerror}")
            time.sleep(1)
    made.setblocking(False)
    return made


def _counted(gateway: Gateway, sign: _Sign, most: int) -> Wsgi:
    """The gateway, which says when it has answered `most` calls or up to a tenth more; 0: never."""
    if not most:
        return gateway
    enough = most + random.randint(0, most // 10)  # noqa: S311  not all workers at once
    numbers = itertools.count(1)

    def counting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if next(numbers) == enough:
            sign.tire()
        return gateway(environ, start_response)

    return counting
