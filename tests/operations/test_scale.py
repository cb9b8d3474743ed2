"""The stores of `make bench-scale`, and the plans of the statements it measures: each reads one range of one list index, or one row by its id.

How much that is on SQLite, the system counts: a time would tell more about the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
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
    answer: dict[str, Any] = scale_child.measure({"": gateway}, asked({"": question}, explain=True))[""]
    return answer


def asked(questions: dict[str, Question], *, explain: bool) -> dict[str, Any]:
    fields = ("party", "operation", "arguments", "marker")
    stores = {name: {key: getattr(question, key) for key in fields} for name, question in questions.items()}
    return {"stores": stores, "times": 1, "explain": explain}


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


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the system does not count what is read")
def test_among_many_no_more_is_read(tmp_path: Path) -> None:
    """Two hundred claims of an organisation, alone and among four thousand: were a page read for each, it would be several times as much."""
    sizes = {"small": Size(claims=200, mine=200), "large": Size(claims=4000, mine=200)}
    gateways = {}
    for name, size in sizes.items():
        address = f"sqlite:///{tmp_path / name}.db"
        scale_store.build(address, size, NOW, lambda _: None)
        gateways[name] = make(Settings(database_url=address, calls_per_minute=0))
    for pair in zip(*(scale.questions(size, NOW) for size in sizes.values()), strict=True):
        if pair[0].marker != scale.OK:
            continue  # two hundred are not too many
        answers = scale_child.measure(gateways, asked(dict(zip(sizes, pair, strict=True)), explain=False))
        (small,), (large,) = answers["small"]["read"], answers["large"]["read"]
        assert small > (0 if "one id" in pair[0].name else 200 * 300), "an entry of the index has more than 300 bytes"
        assert large <= scale.MOST_RATIO * small, pair[0].name


def test_stores_answer_in_turns(gateway: Gateway) -> None:
    """Each over a new connection and then once more, twice; the first time the one begins, the second time the other."""
    question = scale.questions(SIZE, NOW)[0]
    asking = asked({"a": question, "b": question}, explain=False)
    order: list[str] = []

    class Noting:
        def __init__(self, name: str) -> None:
            self.name = name

        store = gateway.store

        def __call__(self, environ: Any, start: Any) -> Any:
            order.append(self.name)
            return gateway(environ, start)

    found = scale_child.measure({name: Noting(name) for name in "ab"}, asking | {"times": 2})  # type: ignore[dict-item]
    assert "".join(order) == "ab" + "ab" + "aabb" + "bbaa"  # tokens, the very first answers, and what is measured
    assert [len(found[name][kind]) for name in "ab" for kind in ("first", "warm", "read")] == [2] * 6


def test_what_is_too_dear_is_said() -> None:
    def judged(large: Measured, kind: str = "sqlite") -> tuple[bool, str]:
        small = Measured(first=[0.010, 0.011], warm=[0.010, 0.011], read=[100 * 1024], rows=1)
        console = Console(width=250, record=True, file=StringIO())
        return scale.show(kind, 1000, {"a question": {"small": small, "large": large}}, console), console.export_text()

    assert judged(Measured(first=[0.013, 0.090], warm=[0.013, 0.090], read=[130 * 1024], rows=1))[0]  # the least counts: the others were disturbed
    for first, warm, read, words in (
        (0.0131, 0.010, 100, "a question, first: 1.31"),
        (0.010, 0.020, 100, "a question, warm: 2.00"),
        (0.010, 0.010, 131, "a question, KB read: 1.31"),
    ):
        large = Measured(first=[first, 0.9], warm=[warm, 0.9], read=[read * 1024], rows=1)
        flat, text = judged(large)
        assert not flat
        assert f"Above 1.3: {words}." in text
        assert judged(large, "postgresql")[0] == ("read" in words)  # its server reads, not we
