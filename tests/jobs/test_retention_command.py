"""`gateway retention`: the table for people and programs, the dry run, and doing it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from handles import AddClaims
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from gateway import clock
from gateway.__main__ import app
from gateway.store.engine import Store
from gateway.store.tables import audit, claims

NOW = datetime(2026, 12, 23, 2, 0, tzinfo=UTC)  # thirty days after the claims were last touched
ENDED: dict[str, Any] = {"running": None, "ended": True, "acts": None}
Type = Callable[..., Result]


@pytest.fixture
def type_(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types `gateway retention …`; the clock stands still."""
    monkeypatch.setattr(clock, "wall", lambda: NOW)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, ["retention", *words], env={"COLUMNS": "160"})


@pytest.fixture
def some(add_claims: AddClaims) -> int:
    """Claims for several rules, and how many of them are to stay."""
    add_claims(3, phase="ExitProcessEnd", **ENDED)
    add_claims(1, phase="Stage2SettlementPackAgreedEnd", **ENDED)
    add_claims(2, phase="ClaimRejectedToCR", running=None, acts="claimant-representative", gone_at=NOW - timedelta(days=1))
    add_claims(1, phase="ExitProcessEnd", birth_date=date(2015, 1, 1), **ENDED)
    add_claims(4)
    return 5


TABLE = """\
        1  settled           deleted
        0  fraud-stated      deleted
        2  rejected          deleted
        0  court-pack        archived for 12 months
        3  ended-otherwise   deleted
        0  deleted-for-good  gone
        0  not-acknowledged  acknowledged by the gateway
        0  archive-over      removed from the archive
"""


def count(store: Store) -> int | None:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(claims))


def test_first_only_counted_then_done(type_: Type, seeded_store: Store, some: int) -> None:
    before = count(seeded_store)
    told = type_("run")
    assert told.exit_code == 0
    assert told.stdout == f"At Wednesday 23 December 2026, 02:00 in London there are:\n{TABLE}Nothing was changed. --do does it.\n"
    as_data = json.loads(type_("run", "--format", "json").stdout)
    assert as_data == {"at": "2026-12-23T02:00:00+00:00", "done": False, "claims": {"settled": 1, "rejected": 2, "ended-otherwise": 3}}
    assert count(seeded_store) == before == some + 6
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(audit)) == 0

    done = type_("run", "--do", "--by", "desk")
    assert done.exit_code == 0
    assert done.stdout == f"At Wednesday 23 December 2026, 02:00 in London:\n{TABLE}"
    assert count(seeded_store) == some
    with seeded_store.reading() as connection:
        (row,) = connection.execute(select(audit)).all()
    assert (row.who, row.what, row.detail) == ("desk", "retention.run", {"settled": 1, "rejected": 2, "ended-otherwise": 3})
    assert json.loads(type_("run", "--do", "--format", "json").stdout)["claims"] == {}


def test_the_table(type_: Type) -> None:
    shown = type_("show").stdout
    for words in (
        "settled: deleted 30 days from its end; a child's not before the 18th birthday\n    Stage2SettlementPackConfirmationEnd\n",
        "rejected: deleted 60 days from the last change; a child's not before the 18th birthday\n    ClaimRejectedToCR\n",
        "court-pack: archived for 12 months 30 days from its end; a child's not before the 18th birthday\n    EndOfStage2End\n",
        "deleted-for-good: gone 14 days from the deletion\n    any phase\n    (S: cp:R6, two weeks;",
        "not-acknowledged: acknowledged by the gateway 30 days from the last change\n    LiabilityDecisionTimeout\n",
    ):
        assert words in shown
    rules = {rule["rule"]: rule for rule in json.loads(type_("show", "--format", "json").stdout)}
    assert rules["court-pack"]["kept_months"] == 12
    assert (rules["rejected"]["phases"], rules["rejected"]["days"]) == (["ClaimRejectedToCR"], 60)
