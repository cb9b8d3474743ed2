"""The servers of a measurement: each a process of its own under gunicorn, with the options of `gateway serve`.

`python -m bench.host NAME` serves one in the foreground, with the same settings in the environment as `gateway serve`.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from bench.apps import APPLICATIONS, Wsgi
from bench.ways import WAYS
from gateway.commands.serve import gunicorn_options, serve
from gateway.config import Settings

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 60
_STOP_SECONDS = 40


class NotStarted(RuntimeError):
    """A server of the measurement did not come up."""


class _Application(BaseApplication):
    def __init__(self, name: str, settings: Settings) -> None:
        self._name, self._settings = name, settings
        super().__init__()

    def load_config(self) -> None:
        for key, value in gunicorn_options(self._settings).items():
            self.cfg.set(key, value)

    def load(self) -> Wsgi:
        return APPLICATIONS[self._name](self._settings)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is up."""

    port: int
    pid: int
    start_seconds: float = 0.0
    """From its start to its first answer."""

    def workers(self) -> list[int]:
        """The process ids of its workers; none where the system does not tell (it does on Linux)."""
        try:
            return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]
        except OSError:
            return []

    def cpu_seconds(self) -> float | None:
        """Processor time that its processes have used so far; None where the system does not tell (it does on Linux)."""
        try:
            ticks = 0
            for pid in (self.pid, *self.workers()):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            return None
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(name: str, folder: Path, database_url: str = "", **variables: str) -> Iterator[Server]:
    """Serve `name` with a store in `folder`, which is made if need be, until the block ends; `variables`: further ones of the
    environment. What is logged goes where logs cost least.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEWAY_LOG")}
    environment |= {"HOST": "127.0.0.1", "PORT": str(port), "GATEWAY_SANDBOX": "off"}
    # one caller as fast as it can, with one document again and again: what is measured is the work
    environment = {"GATEWAY_CALLS_PER_MINUTE": "0", "GATEWAY_REPEAT_SECONDS": "0", **environment}
    environment |= {"GATEWAY_DATA": str(folder), "GATEWAY_DATABASE_URL": database_url, **variables}
    command = [sys.executable, "-m", "bench.host", name]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(name, port, process)
        yield Server(port, process.pid, time.monotonic() - began)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(name: str, port: int, process: subprocess.Popen[Any]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("POST", "/", b"")  # whatever it answers, it is there
            connection.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.01)
    raise NotStarted(f"The server {name!r} did not start. To see why: {sys.executable} -m bench.host {name}")


def main(name: str) -> None:
    """Serve `name` in the foreground."""
    if name == "gateway":
        serve(demo=True)
        return
    if name in WAYS:
        WAYS[name](Settings.from_environment())
        return
    settings = Settings.from_environment()
    settings.data.mkdir(parents=True, exist_ok=True)
    _Application(name, settings).run()


if __name__ == "__main__":
    main(sys.argv[1])
