"""What the soak runs against: the gateway as it is served, with its jobs beside it, and a database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

import psutil

from bench import host

_START_SECONDS, _STOP_SECONDS = 60, 60
_JOBS_EVERY = "1"


@dataclass(slots=True)
class Served:
    """A gateway that is up."""

    port: int
    environment: Mapping[str, str]
    gateway: subprocess.Popen[bytes]
    jobs: subprocess.Popen[bytes]

    def memory(self) -> dict[str, int]:
        """Of each of its processes (RSS, what they share among it), in bytes."""
        found = {f"worker {one.pid}": one for one in psutil.Process(self.gateway.pid).children()}
        found["jobs"] = psutil.Process(self.jobs.pid)
        return {name: _resident(one) for name, one in found.items()}

    def stop_jobs(self) -> None:
        """End the jobs; the claim at hand is finished."""
        _stop(self.jobs)

    def check(self) -> tuple[bool, str]:
        """What `gateway db check` says of the store."""
        done = subprocess.run(_command("db", "check"), cwd=host.ROOT, env=dict(self.environment), capture_output=True, text=True, check=False)
        return done.returncode == 0, (done.stdout + done.stderr).strip()


def environment(folder: Path, url: str, workers: int, seconds: float) -> dict[str, str]:
    """For all programs of a run: limits on callers are off, and tokens given out before the run are good to its end. The rest as for `gateway serve`."""
    own = {"DATA": str(folder), "DATABASE_URL": url, "SANDBOX": "on", "WORKERS": str(workers), "LOG_LEVEL": "WARNING", "MAX_CALLS": "0"}
    off = dict.fromkeys(("CALLS_PER_MINUTE", "CONCURRENT_CALLS", "POLL_SECONDS", "REPEAT_SECONDS"), "0")
    life = {"ACCESS_TOKEN_SECONDS": str(max(3600, round(seconds * 2 + 1200)))}
    settings = {f"GATEWAY_{name}": text for name, text in {**own, **off, **life}.items()}
    return {**os.environ, **settings, "HOST": "127.0.0.1", "PORT": str(host._free_port())}


@contextmanager
def served(environment: Mapping[str, str], folder: Path) -> Iterator[Served]:
    """Serve, with jobs that run every second, until the block ends. Raises NotStarted."""
    with (folder / "server.log").open("ab") as log:
        gateway = _start(environment, log, "serve")
        jobs = None
        try:
            _wait(int(environment["PORT"]), gateway, folder)
            jobs = _start(environment, log, "jobs", "serve", "--every", _JOBS_EVERY)
            yield Served(int(environment["PORT"]), environment, gateway, jobs)
        finally:
            if jobs is not None:
                _stop(jobs)
            _stop(gateway)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gateway", *arguments]


def _start(environment: Mapping[str, str], log: IO[bytes], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(_command(*arguments), cwd=host.ROOT, env=dict(environment), stdout=log, stderr=log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise host.NotStarted(f"The gateway does not start:\n{(folder / 'server.log').read_text(errors='replace')[-2000:]}")


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
