"""What workers share about those who call: calls of a minute, slots, lists asked for. A second store on the same database is another worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from gateway import clock
from gateway.store import slots, throttle
from gateway.store.engine import Store
from gateway.store.throttle import BadLimit, Own

NOW = datetime(2026, 11, 23, 10, 15, 20, 250_000, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
WHO = "cr1-a2a"


def url(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def other(seeded_store: Store) -> Iterator[Store]:
    """Another worker."""
    one = Store(url(seeded_store), sqlite_synchronous="NORMAL")
    yield one
    one.engine.dispose()


def take(store: Store, most: int, now: datetime = NOW, who: str = WHO) -> bool:
    with store.session() as session:
        return throttle.take_call(session, who, most, now)


def served(store: Store, most: int, tries: int, now: datetime = NOW) -> int:
    return sum(take(store, most, now) for _ in range(tries))


# calls of a minute


@pytest.mark.parametrize("most", [1, 7, 19, 20, 21, 45, 100])
def test_exactly_so_many(seeded_store: Store, most: int) -> None:
    assert [take(seeded_store, most) for _ in range(most + 3)] == [True] * most + [False] * 3


def test_a_new_minute(seeded_store: Store) -> None:
    assert served(seeded_store, 3, 5) == 3
    assert served(seeded_store, 3, 5, NOW + timedelta(seconds=39)) == 0  # 10:15:59
    assert throttle.end_of_minute(NOW) == datetime(2026, 11, 23, 10, 16, tzinfo=UTC)
    assert served(seeded_store, 3, 5, throttle.end_of_minute(NOW)) == 3


def test_accounts_do_not_share(seeded_store: Store) -> None:
    assert served(seeded_store, 2, 4) == 2
    assert take(seeded_store, 2, who="cr2-a2a")


def test_two_workers_together(seeded_store: Store, other: Store) -> None:
    """Never more than the limit; of 100 one worker takes shares of five, so the other may find up to four fewer."""
    assert served(seeded_store, 100, 38) == 38
    assert 100 - 38 - 4 <= served(other, 100, 100) <= 100 - 38
    assert served(seeded_store, 100, 100) + served(other, 100, 100) <= 4


def test_a_small_limit_is_exact_over_workers(seeded_store: Store, other: Store) -> None:
    assert [take(store, 6) for store in (seeded_store, other) * 4] == [True] * 6 + [False] * 2


def test_many_threads_of_two_workers(seeded_store: Store, other: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: take((seeded_store, other)[number % 2], 40), range(120)))
    assert sum(taken) == 40


def test_a_call_that_is_undone_leaves_nothing_to_spend(seeded_store: Store) -> None:
    """It counts what it takes in its own transaction; were the rest of a share kept, 41 could be had."""
    with seeded_store.session() as session:
        session.write()
        assert throttle.take_call(session, WHO, 40, NOW)
    assert served(seeded_store, 40, 60) == 40


def test_who_cannot_fetch_does_not_keep_the_others_waiting(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_PATIENCE_SECONDS", 0.01)
    assert take(seeded_store, 20)
    share = throttle._shares[seeded_store.engine][WHO]
    with share.fetching:  # by a thread that waits for the store
        assert take(seeded_store, 20)


def test_a_share_is_one_write(seeded_store: Store, statements: list[str]) -> None:
    """Of 600 calls a minute thirty are taken at once; those that are refused write nothing either."""
    for _ in range(30):
        take(seeded_store, 600)
    assert len(statements) == 1
    take(seeded_store, 600)
    assert len(statements) == 2
    assert served(seeded_store, 1, 100) == 0  # lowered: sixty are taken already, and what is left of them does not count any more
    assert len(statements) == 3


def test_a_limit_that_was_raised(seeded_store: Store) -> None:
    assert served(seeded_store, 2, 4) == 2
    assert served(seeded_store, 5, 9) == 2  # the first that was refused is one of the five


def test_clocks_a_little_apart(seeded_store: Store, other: Store) -> None:
    """The other node is in the next minute already: together no more than the limit is served."""
    late = datetime(2026, 11, 23, 10, 15, 59, tzinfo=UTC)
    assert served(other, 4, 2, late + timedelta(seconds=2)) == 2
    assert served(seeded_store, 4, 4, late) == 2
    assert served(other, 4, 4, late + timedelta(seconds=3)) == 0


def test_a_clock_that_was_far_ahead(seeded_store: Store, other: Store) -> None:
    assert served(other, 4, 4, NOW + timedelta(hours=1)) == 4
    assert served(seeded_store, 4, 4) == 4


def test_within_a_writing_transaction(seeded_store: Store) -> None:
    with seeded_store.session() as session:
        session.write()
        assert throttle.take_call(session, WHO, 1, NOW)
        session.commit()
    assert not take(seeded_store, 1)


def test_what_is_taken(seeded_store: Store) -> None:
    served(seeded_store, 40, 3)  # two shares of two
    with seeded_store.reading() as connection:
        assert throttle.taken(connection, WHO, NOW) == 4
        assert throttle.taken(connection, WHO, NOW + timedelta(minutes=1)) == 0
        assert throttle.taken(connection, "cr2-a2a", NOW) == 0


# the same list again


def ask(store: Store, seconds: float = 0, of: bytes = b"x" * 32) -> datetime | None:
    with store.session() as session:
        return throttle.ask_again(session, of, 60, NOW + timedelta(seconds=seconds))


def test_the_same_list_again(seeded_store: Store, other: Store) -> None:
    assert ask(seeded_store) is None
    assert ask(other, 59.9) == NOW + timedelta(seconds=60)
    assert ask(seeded_store, 30, b"y" * 32) is None
    assert ask(other, 60) is None
    assert ask(seeded_store, 119) == NOW + timedelta(seconds=120)


def test_refusals_write_nothing(seeded_store: Store, statements: list[str]) -> None:
    ask(seeded_store)
    statements.clear()
    ask(seeded_store, 1)
    assert [statement.split()[0] for statement in statements] == ["SELECT"]


def test_of_many_at_once_one_is_answered(seeded_store: Store, other: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        asked = list(pool.map(lambda number: ask((seeded_store, other)[number % 2]), range(12)))
    assert sorted(asked, key=str) == [NOW + timedelta(seconds=60)] * 11 + [None]


def test_a_clock_that_was_set_back(seeded_store: Store) -> None:
    assert ask(seeded_store, 3600) is None
    assert ask(seeded_store) is None


def test_polls_are_forgotten_after_a_day(seeded_store: Store) -> None:
    ask(seeded_store)
    ask(seeded_store, 1, b"y" * 32)
    with seeded_store.writing() as connection:
        assert throttle.purge_polls(connection, NOW + timedelta(days=1) - timedelta(seconds=1)) == 0
        assert throttle.purge_polls(connection, NOW + timedelta(days=1)) == 1


# slots


def test_slots(seeded_store: Store, other: Store) -> None:
    with seeded_store.session() as one, other.session() as two, other.session() as three:
        first, second = slots.take(one.connection, WHO, 2), slots.take(two.connection, WHO, 2)
        assert first is not None
        assert second is not None
        assert slots.take(three.connection, WHO, 2) is None
        third = slots.take(three.connection, "cr2-a2a", 1)
        assert third is not None
        third(three.connection)
        first(one.connection)
        again = slots.take(three.connection, WHO, 2)
        assert again is not None
        assert slots.take(one.connection, WHO, 2) is None
        again(three.connection)
        second(two.connection)


def test_a_session_gives_back_what_it_holds(seeded_store: Store) -> None:
    for _ in range(3):
        with seeded_store.session() as session:
            release = slots.take(session.connection, WHO, 1)
            assert release is not None
            session.at_end(release)
    with seeded_store.session() as session:
        release = slots.take(session.connection, WHO, 1)
        assert release is not None
        session.at_end(release)
        session.write()
        with pytest.raises(DBAPIError):  # in a transaction that cannot go on
            session.connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with seeded_store.session() as session:
        assert slots.take(session.connection, WHO, 1) is not None


HOLDS = """
import sys
from gateway.store import slots
from gateway.store.engine import Store
with Store(sys.argv[1]).session() as session:
    print(slots.take(session.connection, sys.argv[2], 1) is not None, flush=True)
    sys.stdin.read()
"""


def test_a_worker_that_dies_gives_back_its_slots(seeded_store: Store) -> None:
    """A process of its own holds the only slot, and is killed."""
    command = [sys.executable, "-c", HOLDS, url(seeded_store), WHO]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "True\n"
        with seeded_store.session() as session:
            assert slots.take(session.connection, WHO, 1) is None
        worker.kill()
    for _ in range(200):  # PostgreSQL notices that the line is gone, a moment later
        with seeded_store.session() as session:
            if slots.take(session.connection, WHO, 1) is not None:
                return
            session.connection.exec_driver_sql("SELECT 1")
    pytest.fail("the slot is still held")


# what is set for an account


def test_what_is_set_counts_within_a_second(seeded_store: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def own(store: Store) -> Own | None:
        with store.session() as session:
            return throttle.own(session.connection, WHO)

    now = NOW
    monkeypatch.setattr(clock, "wall", lambda: now)
    assert own(other) is None
    stopped = Own(WHO, 5, stopped=True, stopped_for="why")
    with seeded_store.writing() as connection:
        throttle.keep(connection, stopped)
    now += timedelta(seconds=1)
    assert own(other) == own(seeded_store) == stopped
    with seeded_store.writing() as connection:
        throttle.keep(connection, Own(WHO))
        assert throttle.all_of_them(connection) == []
    now -= timedelta(seconds=10)  # set back: what is known may be old
    assert own(other) is None


def test_asked_once_a_second(seeded_store: Store, statements: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "wall", lambda: NOW)
    for _ in range(5):
        with seeded_store.session() as session:
            throttle.own(session.connection, WHO)
    assert len(statements) == 1


def test_accounts_that_are_not_there(seeded_store: Store) -> None:
    with seeded_store.reading() as connection:
        assert throttle.by_id(connection, "CR1-A2A") == Own(WHO)
        with pytest.raises(BadLimit, match="no A2A account nobody"):
            throttle.by_id(connection, "nobody")


@pytest.mark.parametrize("reason", ["x" * 201, "two\nlines"])
def test_reasons_that_cannot_be(seeded_store: Store, reason: str) -> None:
    with seeded_store.writing() as connection, pytest.raises(BadLimit, match="200 printable"):
        throttle.keep(connection, Own(WHO, stopped=True, stopped_for=reason))
