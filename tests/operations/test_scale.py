"""The stores of `make bench-scale`, and the plans of the statements it measures: each reads one range of one list index, or one row by its id."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import func, select

from bench import scale, scale_child, scale_store
from bench.scale import Measured, Question
from bench.scale_store import MINE, Size
from gateway.config import Settings
from gateway.store.engine import Store
from gateway.store.tables import claims, events
from gateway.wsgi import Gateway, make

SIZE = Size(claims=600, mine=30)
NOW = scale_store.today()


def url(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def filled(bare_store: Store, told: list[int]) -> Store:
    scale_store.build(url(bare_store), SIZE, NOW, told.append)
    return bare_store


@pytest.fixture
def gateway(filled: Store) -> Iterator[Gateway]:
    # of thirty claims PostgreSQL would rather read the whole table; what is asked here is whether it can do without
    options = {} if filled.is_sqlite else {"options": "-c enable_bitmapscan=off -c enable_seqscan=off"}
    made = make(Settings(database_url=filled.engine.url.update_query_dict(options).render_as_string(hide_password=False)))
    yield made
    made.store.engine.dispose()


def ask(gateway: Gateway, question: Question) -> dict[str, Any]:
    asked = {name: getattr(question, name) for name in ("party", "operation", "arguments", "marker")}
    return scale_child.measure(gateway, {**asked, "warm": 1, "explain": True})


def test_what_is_put_in(filled: Store, told: list[int]) -> None:
    """Thirty claims of the two organisations, every twentieth; ten events for each of the six hundred."""
    with filled.reading() as connection:
        mine = connection.scalars(select(claims.c.id).where(claims.c.cr_organisation == MINE[0]).order_by(claims.c.id)).all()
        assert mine == connection.scalars(select(claims.c.id).where(claims.c.cm_organisation == MINE[1]).order_by(claims.c.id)).all()
        assert list(mine) == list(range(20, 601, 20))
        assert connection.scalar(select(func.count()).select_from(claims)) == 600
        assert connection.scalars(select(func.count()).select_from(events).group_by(events.c.claim_id)).all() == [10] * 600
        assert connection.scalar(select(func.count()).where(claims.c.id.in_(mine), claims.c.ended)) == 0
        ended = connection.scalar(select(func.count()).where(claims.c.ended))
        assert ended is not None
        assert 100 < ended < 250  # three in ten of the others
    assert sum(told) == scale_store.steps(SIZE)


def test_every_question_is_answered_through_its_index(gateway: Gateway) -> None:
    sides = {"cr1": "ix_claims_cr_list", "comp1": "ix_claims_cm_list"}
    words = ("SEARCH claims USING COVERING INDEX {}", "SEARCH claims USING INTEGER PRIMARY KEY")
    if not gateway.store.is_sqlite:
        words = ("Index Only Scan using {} on claims", "Index Scan using pk_claims on claims")
    for question in scale.questions(SIZE, NOW):
        if question.marker != scale.OK:
            continue  # of thirty claims there are never too many
        answer = ask(gateway, question)
        due, listed = answer["plans"]
        index = words[0].format(sides[question.party])
        assert index in due, question.name
        assert "next_at" in due.partition(index)[2].splitlines()[1 if not gateway.store.is_sqlite else 0], question.name
        assert (words[1] if "one id" in question.name else index) in listed, listed
        if "nothing" not in question.name:
            assert answer["rows"] >= (30 if question.operation == "getClaimsList" else 1) or "phase" in question.name, question.name


def test_what_is_too_dear_is_said() -> None:
    def measured(first: float, warm: float) -> Measured:
        return Measured(first=[first], warm=[warm], rows=1)

    def judged(large: Measured) -> tuple[bool, str]:
        console = Console(width=200, record=True, file=StringIO())
        return scale.show("sqlite", 1000, {"a question": {"small": measured(0.010, 0.010), "large": large}}, console), console.export_text()

    assert judged(measured(0.013, 0.013))[0]
    for large, words in ((measured(0.0131, 0.010), "a question, first: 1.31"), (measured(0.010, 0.020), "a question, warm: 2.00")):
        flat, text = judged(large)
        assert not flat
        assert f"Above 1.3: {words}." in text
