"""What monitoring is told of the store, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from claim_rows import claim_row
from sqlalchemy import insert, text, update

from gateway import clock
from gateway.seeing import health
from gateway.seeing.gauges import Gauges, look
from gateway.store import figures, sandbox
from gateway.store.engine import Store
from gateway.store.tables import claims, events, printables

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "wall", lambda: NOW)


def test_nothing_in_it(seeded_store: Store, standing: None) -> None:
    found = look(seeded_store)
    assert found.figures == figures.Figures({}, 0, None, 0, None)
    assert found.lag_seconds == 0
