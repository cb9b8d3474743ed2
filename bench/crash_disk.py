"""A disk that is full under load, and has room again: a small file system that is really full, for SQLite and for PostgreSQL.

While it is full, every call is answered, in-band and with nothing of the inside; afterwards the same gateway goes on, and every Ok is in the store.
PostgreSQL ends itself when it cannot write its log (WAL): it is then started again, as a service manager would, and the gateway is not.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from rich.console import Console
from sqlalchemy import make_url

from bench.crash import Run
from bench.crash_clients import BROKEN, ERROR, FAILURE, OK, PARTIES, call, token
from bench.crash_compare import Verdict
from bench.crash_servers import START_SECONDS, NotRun, Postgres

WHERE = {
    "sqlite": "the file of SQLite and its log",
    "postgresql-data": "what PostgreSQL has in tables, its log (WAL) elsewhere",
    "postgresql-wal": "the log of PostgreSQL (WAL), its tables elsewhere",
}
READ_ONLY = ("sqlite", "postgresql-data")  # where what is full can still be read
_BYTES = {"sqlite": 64 << 20, "postgresql-data": 64 << 20, "postgresql-wal": 80 << 20}
_BEFORE, _LEAST_SECONDS, _AFTER = 100, 3.0, 100  # Oks before it is full; seconds while it is; Oks after it
_BLOCK = b"\0" * (1 << 16)
_INSIDE = ("full", "disk", "space", "sqlite", "psycopg", "No such", "INSERT", "Traceback")


@dataclass(slots=True)
class Filled:
    """What happened on a full disk. `recovery`: seconds from there being room to the next Ok; `ended`: PostgreSQL had ended itself."""

    where: str
    outcomes: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    recovery: float = 0.0
    ended: bool = False
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def problems(self) -> list[str]:
        """What should not have been."""
        found = list(self.verdict.problems)
        if self.outcomes[BROKEN]:
            found.append(f"{self.outcomes[BROKEN]} calls were not answered while the disk was full")
        found += [f"this tells of the inside: {message}" for message in self.messages if any(word in message for word in _INSIDE)]
        if self.where in READ_ONLY and self.reads.total() != self.reads[OK]:
            found.append(f"reading did not go on: {dict(self.reads)}")
        return found


def run(where: str, folder: Path, clients: int, seed: int, told: Callable[[str], None]) -> Filled:
    """Fill the disk of a store of its own, and make room again. Raises NotRun where no small file system can be mounted."""
    folder.mkdir(parents=True)
    with small_disk(folder / "disk", _BYTES[where]) as disk, _database(where, folder, disk) as (url, postgres):
        run = Run(folder, url, clients, seed)
        filled = Filled(where)
        try:
            run.start()
            _until(lambda: run.oks >= _BEFORE, "The clients get nothing done")
            told(f"{where}: filling the disk after {run.oks:,} Oks")
            _fill(run, disk, filled, told)
            filled.ended = postgres is not None and not postgres.answers()
            _make_room(disk)
            room = time.monotonic()
            if filled.ended and postgres is not None:
                postgres.start()
            enough = run.oks + _AFTER
            _until(lambda: run.oks >= enough, "With room again the clients get nothing done")
            told(f"{where}: it works again")
        finally:
            run.stop()
        filled.verdict = run.verdict()
        attempts = [attempt for client in run.crowd for attempt in client.attempts]
        full = min(one.begun for one in attempts if one.outcome == ERROR)
        filled.outcomes.update(one.outcome for one in attempts if full <= one.begun < room)
        filled.messages, filled.seconds = filled.verdict.errors, room - full
        filled.recovery = min(one.ended for one in attempts if one.outcome == OK and one.begun >= room) - room
        return filled


def _fill(run: Run, disk: Path, filled: Filled, told: Callable[[str], None]) -> None:
    """Leave no room until as many calls have met that as there are clients: where nothing can be read either, each then waits for its claim."""
    before, end, full = _errors(run), time.monotonic() + START_SECONDS, 0.0
    access = token(run.gateway.port, *PARTIES[0])
    with (disk / "ballast").open("ab", buffering=0) as ballast:
        while not full or _errors(run) < before + len(run.crowd) or time.monotonic() < full + _LEAST_SECONDS:
            with suppress(OSError):  # it is full; what the database gives back is taken as well
                while ballast.write(_BLOCK):
                    pass
            if time.monotonic() > end:
                raise NotRun(f"In {START_SECONDS} s of a full disk there were {_errors(run) - before} Errors.")
            if _errors(run) > before:
                full = full or time.monotonic()
                for operation in ("getClaimsList", "getNotificationsList"):
                    filled.reads[call(run.gateway.port, operation, access)] += 1
            time.sleep(0.1)
    told(f"{filled.where}: {_errors(run) - before} Errors; making room")


def _errors(run: Run) -> int:
    return sum(one.outcome == ERROR for client in run.crowd for one in list(client.attempts))


def _make_room(disk: Path) -> None:
    (disk / "ballast").unlink()


def _until(done: Callable[[], bool], problem: str) -> None:
    end = time.monotonic() + START_SECONDS
    while not done():
        if time.monotonic() > end:
            raise NotRun(f"{problem}.")
        time.sleep(0.02)


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path]:
    """A file system of that many bytes, of its own, until the block ends: in memory, or else in a file. Raises NotRun, and says what was tried."""
    place.mkdir()
    image = place.with_suffix(".img")
    tried = []
    for kind in ("tmpfs", "loop"):
        problem = _mount(kind, place, image, size)
        if not problem:
            break
        tried.append(problem)
    else:
        raise NotRun("A full disk cannot be tried here: no small file system can be mounted (that needs root, or CAP_SYS_ADMIN). " + " ".join(tried))
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        image.unlink(missing_ok=True)


def _mount(kind: str, place: Path, image: Path, size: int) -> str:
    """Mount it; "" or what went wrong."""
    if kind == "tmpfs":
        commands = [["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(place)]]
    else:
        with image.open("wb") as file:
            file.truncate(size)
        commands = [["mkfs.ext4", "-q", "-m", "0", str(image)], ["mount", "-o", "loop", str(image), str(place)]]
    for command in commands:
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            said = problem.stderr.strip() if isinstance(problem, subprocess.CalledProcessError) else str(problem)
            return f"{' '.join(command)}: {said}."
    return ""


@contextmanager
def _database(where: str, folder: Path, disk: Path) -> Iterator[tuple[str, Postgres | None]]:
    """The URL of a database on that disk, and its server."""
    if where == "sqlite":
        yield f"sqlite:///{disk / 'gateway.db'}", None
        return
    server = Postgres(folder / "postgresql")
    try:
        if where == "postgresql-wal":
            server.move_log(disk / "pg_wal")
        yield server.url if where == "postgresql-wal" else _with_its_tables_on(server, disk), server
    finally:
        server.close()


def _with_its_tables_on(server: Postgres, disk: Path) -> str:
    place = disk / "tables"
    place.mkdir()
    os.chown(place, server.owner, -1)
    url = make_url(server.url)
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")  # type: ignore[arg-type]
        connection.execute("CREATE DATABASE gateway TABLESPACE small")
    return url.set(database="gateway").render_as_string(hide_password=False)


def show(filled: Filled, console: Console) -> None:
    """Print what was done and found."""
    verdict = filled.verdict
    console.print(f"\n[bold]{filled.where}[/bold]: {WHERE[filled.where]}")
    during = ", ".join(f"{filled.outcomes[outcome]} {outcome}" for outcome in (OK, FAILURE, ERROR, BROKEN))
    reads = ", ".join(f"{count} {outcome}" for outcome, count in filled.reads.items())
    console.print(f"Full for {filled.seconds:.1f} s. Changes meanwhile: {during}. Lists: {reads}.")
    for message, count in filled.messages.most_common():
        console.print(f"Error {count} times: {message}", markup=False)
    ended = " PostgreSQL had ended itself and was started again; the gateway was not." if filled.ended else ""
    console.print(f"Next Ok {filled.recovery:.2f} s after there was room, without a restart of the gateway.{ended}")
    console.print(
        f"{verdict.oks:,} Oks compared: {len(verdict.lost)} lost, {len(verdict.doubled)} doubled or unsent, {len(filled.problems)} problems."
    )
    for problem in filled.problems[:20]:
        console.print(f"  {problem}", markup=False)
