"""Workers, the master, the jobs and PostgreSQL are killed under load while limits run out (bench/crash.py, in its short form)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import crash


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: a PostgreSQL server must be able to come by, see the conftest."""
    made = Path(tempfile.mkdtemp(prefix="gateway-killed-"))
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize(
    ("kind", "order"),
    [("sqlite", ["worker", "jobs", "all"]), ("postgresql", ["jobs", "backend", "worker", "postmaster"])],
    ids=["sqlite", "postgresql"],
)
def test_every_ok_is_kept_and_every_limit_runs_out_once(folder: Path, kind: str, order: list[str]) -> None:
    verdict = crash.run(kind, folder / kind, order, clients=6, seed=1, told=print, pause=0.1)
    assert verdict.problems == []
    assert verdict.oks > 30
    assert verdict.kills.total() == len(order)
    assert all(len(found.next_ok) == len(found.silence) == order.count(victim) for victim, found in verdict.recoveries.items())
    assert verdict.jobs.limits > 0
    assert verdict.jobs.warnings > 0
    assert verdict.jobs.documents > 0
