"""Windows of maintenance as they are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from gateway import clock
from gateway.store import maintenance
from gateway.store.engine import Store
from gateway.store.maintenance import BadWindow, Window

NOW = datetime(2026, 11, 23, 10, 0, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def real(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_(now: datetime) -> None:
        monkeypatch.setattr(clock, "wall", lambda: now)

    set_(NOW)
    return set_


def plan(store: Store, start: str, end: str, reason: str = "") -> Window:
    with store.writing() as connection:
        return maintenance.plan(connection, at(start), at(end), reason, "ops")


def begin(store: Store, end: str) -> Window:
    with store.writing() as connection:
        return maintenance.start(connection, at(end), "", "ops")


def stop(store: Store, number: int | None = None) -> Window:
    with store.writing() as connection:
        return maintenance.end(connection, number, "second")


def listed(store: Store, *, past: bool = False) -> list[tuple[int, str]]:
    with store.reading() as connection:
        return [(one.number, one.state(clock.wall())) for one in maintenance.listed(connection, past=past)]


def test_a_planned_window(seeded_store: Store, real: Callable[[datetime], None]) -> None:
    made = plan(seeded_store, "24 20:00", "25 06:00", "  new platform. ")
    assert (made.number, made.starts_at, made.ends_at, made.reason, made.made_by) == (1, at("24 20:00"), at("25 06:00"), "new platform", "ops")
    for now, holds, state in (
        ("24 19:59", False, "planned"),
        ("24 20:00", True, "closed"),
        ("25 05:59", True, "closed"),
        ("25 06:00", False, "over"),
    ):
        assert (made.holds(at(now)), made.state(at(now))) == (holds, state)
    assert listed(seeded_store) == [(1, "planned")]
    real(at("25 06:00"))
    assert listed(seeded_store) == []
    assert listed(seeded_store, past=True) == [(1, "over")]


@pytest.mark.parametrize(
    ("start", "end"),
    [("24 19:00", "24 20:01"), ("24 20:00", "25 06:00"), ("25 05:59", "25 07:00"), ("24 21:00", "24 22:00"), ("24 19:00", "25 07:00")],
)
def test_windows_may_not_overlap(seeded_store: Store, start: str, end: str) -> None:
    plan(seeded_store, "24 20:00", "25 06:00")
    with pytest.raises(BadWindow, match="Window 1, from 24/11/2026 20:00 until 25/11/2026 06:00, overlaps it"):
        plan(seeded_store, start, end)


def test_windows_may_touch(seeded_store: Store) -> None:
    plan(seeded_store, "24 20:00", "25 06:00")
    assert plan(seeded_store, "25 06:00", "25 07:00").number == 2
    assert plan(seeded_store, "24 19:00", "24 20:00").number == 3
    assert [number for number, _ in listed(seeded_store)] == [3, 1, 2]


def test_one_called_off_is_in_nobodys_way(seeded_store: Store) -> None:
    plan(seeded_store, "24 20:00", "25 06:00")
    ended = stop(seeded_store, 1)
    assert (ended.state(NOW), ended.ended_at, ended.ended_by) == ("called off", NOW, "second")
    assert plan(seeded_store, "24 20:00", "25 06:00").number == 2
    assert listed(seeded_store, past=True) == [(1, "called off"), (2, "planned")]


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("23 09:59", "23 11:00", "is past"),
        ("23 10:00", "23 11:00", "is past"),
        ("24 10:00", "24 10:00", "is not after the start"),
        ("24 10:00", "24 09:00", "is not after the start"),
    ],
)
def test_windows_that_cannot_be(seeded_store: Store, start: str, end: str, told: str) -> None:
    with pytest.raises(BadWindow, match=told):
        plan(seeded_store, start, end)
    assert listed(seeded_store, past=True) == []


def test_reasons_that_cannot_be(seeded_store: Store) -> None:
    for reason in ("x" * 201, "two\nlines"):
        with pytest.raises(BadWindow, match="200 printable"):
            plan(seeded_store, "24 20:00", "25 06:00", reason)


def test_the_switch(seeded_store: Store, real: Callable[[datetime], None]) -> None:
    made = begin(seeded_store, "23 11:00:01")
    assert (made.starts_at, made.ends_at) == (NOW, at("23 11:01"))  # callers are told minutes
    with pytest.raises(BadWindow, match="Window 1 holds until 23/11/2026 11:01 already"):
        begin(seeded_store, "23 12:00")
    real(NOW + timedelta(minutes=5))
    ended = stop(seeded_store)
    assert (ended.until, ended.state(clock.wall())) == (NOW + timedelta(minutes=5), "ended")
    assert not ended.holds(clock.wall())
    assert begin(seeded_store, "23 12:00").number == 2


def test_the_switch_before_one_that_is_planned(seeded_store: Store) -> None:
    plan(seeded_store, "23 11:00", "23 12:00")
    assert begin(seeded_store, "23 11:30").number == 2


def test_the_switch_into_the_past(seeded_store: Store) -> None:
    with pytest.raises(BadWindow, match="is not after the start"):
        begin(seeded_store, "23 10:00")


def test_nothing_to_end(seeded_store: Store) -> None:
    plan(seeded_store, "24 20:00", "25 06:00")
    with pytest.raises(BadWindow, match="No window holds now"):
        stop(seeded_store)
    with pytest.raises(BadWindow, match="no window 7"):
        stop(seeded_store, 7)
    stop(seeded_store, 1)
    with pytest.raises(BadWindow, match="no window 1"):
        stop(seeded_store, 1)


def test_two_administrators_plan_at_once(seeded_store: Store) -> None:
    """The same time: one has it, the other is told."""
    barrier, refused = Barrier(4), []

    def one() -> None:
        barrier.wait(timeout=10)
        try:
            plan(seeded_store, "24 20:00", "25 06:00")
        except BadWindow as bad:
            refused.append(bad)

    threads = [Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), listed(seeded_store)) == (3, [(1, "planned")])


def test_what_calls_see_is_a_second_old_at_most(seeded_store: Store, real: Callable[[datetime], None], statements: list[str]) -> None:
    def seen() -> list[int]:
        with seeded_store.session() as session:
            return [one.number for one in maintenance.current(session.connection)]

    assert seen() == seen() == []
    assert len(statements) == 1
    begin(seeded_store, "23 11:00")
    real(NOW + timedelta(seconds=1))
    assert seen() == [1]
    stop(seeded_store)
    real(NOW + timedelta(seconds=2))
    assert seen() == []
