"""A gateway as it is run: `python -m gateway serve --demo`, gunicorn with two workers, on a free port, over a store in a folder of its own or at
the URL that the settings name."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from client import ROOT
from door import OverHttp
from world import LONDON, START, World

from gateway.store import sandbox
from gateway.store.engine import Store

USUAL: dict[str, str] = {}  # settings of every server; a module that is to serve in another way changes them


class LiveWorld(World):
    """The world behind a running server. Its clock goes; the process clock begins at START."""

    def __init__(self, url: str, store: Store, process: subprocess.Popen[bytes], log: Path) -> None:
        super().__init__(None, store, OverHttp(url))
        self.url, self.port, self.process, self._log = url, int(url.rpartition(":")[2]), process, log

    def set_clock(self, london: str) -> None:
        there = datetime.fromisoformat(london).replace(tzinfo=LONDON)
        with self.store.writing() as connection:
            sandbox.set_offset(connection, there - datetime.now(UTC), "a test")

    def log(self) -> str:
        """What the server has written so far."""
        return self._log.read_text(encoding="utf-8")

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def largest_worker(self) -> int:
        """The most memory (bytes) that one of the workers has ever held."""
        peaks = [Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()[0] for worker in self.workers()]
        return max(int(peak) for peak in peaks) * 1024


@contextmanager
def serving(folder: Path, port: int | None = None, **settings: str) -> Iterator[LiveWorld]:
    """A running server; ended, in good order, when the block ends. Without `port`, on a free one."""
    port = port or _free_port()
    log = folder / "server.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    environment |= {
        "GATEWAY_DATA": str(folder),
        "GATEWAY_SANDBOX": "on",
        "GATEWAY_SQLITE_SYNCHRONOUS": "NORMAL",
        "PORT": str(port),
        **USUAL,
        **settings,
    }
    with log.open("ab") as output:
        command = [sys.executable, "-m", "gateway", "serve", "--demo"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    store = None
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        store = Store(settings.get("GATEWAY_DATABASE_URL") or f"sqlite:///{folder / 'gateway.db'}", sqlite_synchronous="NORMAL")
        world = LiveWorld(f"http://127.0.0.1:{port}", store, process, log)
        world.set_clock(START.astimezone(LONDON).replace(tzinfo=None).isoformat())
        yield world
    finally:
        if store is not None:
            store.engine.dispose()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended:\n{log.read_text(encoding='utf-8')}"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server does not answer:\n{log.read_text(encoding='utf-8')}")
