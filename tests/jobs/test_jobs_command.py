"""`gateway jobs`, as cron and a service manager run it."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from handles import AddClaims, Command
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner, Result

from gateway import clock
from gateway.commands.jobs import app
from gateway.contract.load import contract
from gateway.jobs import run as jobs
from gateway.jobs.work import Done, Work
from gateway.store import claims, sandbox
from gateway.store.engine import Store

REAL = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)

Type = Callable[..., Result]


@pytest.fixture
def type_(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types `gateway jobs …`; the real time stands still."""
    monkeypatch.setattr(clock, "wall", lambda: REAL)
    monkeypatch.delenv("GATEWAY_SANDBOX", raising=False)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, words)


def test_a_run_says_what_it_did(type_: Type, add_claims: AddClaims) -> None:
    add_claims(30)
    add_claims(2, phase="ClaimRejectedToCR", running=None, gone_at=REAL)
    ran = type_("run")
    assert ran.exit_code == 0
    assert ran.stdout == (
        "At Tuesday 15 December 2026, 01:30 in London:\n"
        "       30  warnings posted\n"
        "       30  time limits run out\n"
        "        2  rejected claims deleted\n"
        "        0  claims deleted for good removed\n"
        "        0  ends acknowledged by the gateway\n"
        "        0  claims archived\n"
        "        0  claims deleted, their time over\n"
        "        0  claims removed from the archive\n"
        "        0  notices removed\n"
        "        0  expired tokens removed\n"
        "        0  users who expire soon told to the log\n"
        "        0  series of wrong passwords forgotten\n"
        "        0  claims sent forgotten, for repeats\n"
        "        0  lists asked for forgotten\n"
        "        0  documents printed\n"
    )
    again = type_("run")
    assert [line.split()[0] for line in again.stdout.splitlines()[1:]] == ["0"] * 15


def test_what_is_over_its_time_unless_that_is_switched_off(type_: Type, add_claims: AddClaims, monkeypatch: pytest.MonkeyPatch) -> None:
    add_claims(2, phase="ExitProcessEnd", running=None, acts=None, ended=True, updated_at=datetime(2026, 11, 1, tzinfo=UTC))
    monkeypatch.setenv("GATEWAY_RETENTION", "off")
    assert "claims deleted, their time over" not in type_("run").stdout
    monkeypatch.setenv("GATEWAY_RETENTION", "on")
    assert "        2  claims deleted, their time over\n" in type_("run").stdout


def test_by_the_clock_of_the_sandbox(type_: Type, seeded_store: Store, add_claims: AddClaims) -> None:
    """The shell of whoever types it was not told that it is one; the store says so."""
    add_claims(due="2027-01-08")
    assert "0  time limits run out" in type_("run").stdout
    with seeded_store.writing() as connection:
        sandbox.set_offset(connection, timedelta(days=24), "a test")
    ran = type_("run").stdout
    assert ran.startswith("At Friday 8 January 2027, 01:30 in London:\n")
    assert "1  time limits run out" in ran


def test_what_went_wrong_is_told(type_: Type, add_claims: AddClaims) -> None:
    add_claims(phase="NoSuchPhase", running="K13")
    ran = type_("run")
    assert ran.exit_code == 1
    assert "        1  claims left alone, see the log\n" in ran.stdout


def test_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "none"))
    for words in (["run"], ["serve"]):
        refused = CliRunner().invoke(app, words)
        assert refused.exit_code == 1
        assert refused.stderr == f"There is no store at {tmp_path}/none/gateway.db. Start the server once, or run: gateway db upgrade\n"


def test_handlers_of_signals_are_put_back(type_: Type) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    type_("run")
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_service_works_until_it_is_told_to_stop(seeded_store: Store, add_claims: AddClaims, command: Command, how: signal.Signals) -> None:
    (claim,) = add_claims()
    worker = command("serve", "--every", "0.2", at="2026-12-15T01:00:00")
    wait_for(lambda: phase(seeded_store, claim.id) == "LiabilityDecisionTimeout")
    (later,) = add_claims()
    wait_for(lambda: phase(seeded_store, later.id) == "LiabilityDecisionTimeout")
    worker.send_signal(how)
    _, log = worker.communicate(timeout=20)
    assert worker.returncode == 0, log
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["event"] for line in lines] == ["jobs started", *["job"] * 4, "jobs stopped"]
    assert [(line["did"], line["count"]) for line in lines[1:-1]] == [("warnings posted", 1), ("time limits run out", 1)] * 2


def phase(store: Store, claim_id: int) -> str | None:
    with store.reading() as connection:
        claim = claims.load(connection, claim_id)
        return None if claim is None else claim.phase


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)


def test_a_service_outlives_what_goes_wrong(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be reached for a while, and a defect in one job: the others go on, and the next run tries again."""
    stop, did = threading.Event(), []

    def broken(_work: Work) -> tuple[Done, ...]:
        did.append("broken")
        raise ValueError("a defect")

    def unreachable_at_first(_work: Work) -> tuple[Done, ...]:
        did.append("works")
        if len(did) < 3:
            raise OperationalError("SELECT", None, Exception("no connection"))
        stop.set()
        return (Done("something", 1),)

    monkeypatch.setattr(jobs, "JOBS", (broken, unreachable_at_first, broken))
    jobs.serve(store, contract(), 0.01, stop)
    assert did == ["broken", "works", "broken", "works", "broken"]
