"""Jobs over stores with claims in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from claim_rows import add_claim
from handles import AddClaims, Command, Do, told

from gateway import clock
from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs.work import Job, Work
from gateway.store import sandbox
from gateway.store.claims import Claim
from gateway.store.engine import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A command sets the log of its process, which here is that of all tests, and whose standard error is gone when the command is."""
    before = structlog.get_config()
    structlog.configure(processors=[lambda _logger, _method, _event: ""], logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**before)


@pytest.fixture
def add_claims(seeded_store: Store) -> AddClaims:
    """Puts so many claims into the store, all alike."""

    def add(count: int = 1, **values: object) -> list[Claim]:
        with seeded_store.writing() as connection:
            return [add_claim(connection, **values) for _ in range(count)]

    return add


@pytest.fixture
def do(seeded_store: Store) -> Do:
    """Does a job at a time (UTC); gives what it did and how often, zeros left out."""

    def do(job: Job, at: str, store: Store | None = None) -> dict[str, int]:
        moment = Moment(datetime.fromisoformat(at).replace(tzinfo=UTC))
        return told(job(Work(store or seeded_store, contract(), moment)))

    return do


@pytest.fixture
def command(seeded_store: Store) -> Iterator[Command]:
    """Starts `gateway jobs …`, or a script, as a process at a time (UTC) of the store's process clock; whatever still runs is killed in the end."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, at: str, script: str | None = None) -> subprocess.Popen[str]:
        with seeded_store.writing() as connection:
            sandbox.set_offset(connection, datetime.fromisoformat(at).replace(tzinfo=UTC) - clock.wall(), "a test")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        environment |= {
            "GATEWAY_DATABASE_URL": seeded_store.engine.url.render_as_string(hide_password=False),
            "GATEWAY_SQLITE_SYNCHRONOUS": "NORMAL",
        }
        process = subprocess.Popen(
            [sys.executable, *(["-c", script] if script else ["-m", "gateway", "jobs"]), *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
