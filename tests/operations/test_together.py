"""Writers of one process share SQLite's commits: what is answered is on disk, and a part that fails takes no other with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from gateway.store import StoreUnavailable, collided, together
from gateway.store.engine import Session, Store
from gateway.store.tables import branches, metadata, software_houses
from gateway.store.together import Together

SECONDS = 20


class Refusal(Exception):
    """A call that is refused after it wrote."""


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store on a disk that is slow enough."""
    monkeypatch.setattr(together, "_DEAR_SECONDS", -1)
    made = Store(f"sqlite:///{tmp_path / 'shared.db'}")
    metadata.create_all(made.engine)
    yield made
    made.engine.dispose()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that begin and end transactions and parts, in their order."""
    found: list[str] = []
    send, roll_back = together.send, together.roll_back

    def noting(connection: Connection, sql: str, parameters: Any = ()) -> Any:
        found.append(sql)
        return send(connection, sql, parameters)

    def noting_rollback(connection: Connection) -> None:
        found.append("ROLLBACK")
        roll_back(connection)

    monkeypatch.setattr(together, "send", noting)
    monkeypatch.setattr(together, "roll_back", noting_rollback)
    return found


def put(session: Session, name: str) -> None:
    session.write()
    session.connection.execute(insert(software_houses).values(id=name, name=name))


def kept(store: Store) -> list[str]:
    with store.reading() as connection:
        return sorted(connection.scalars(select(software_houses.c.id)))


class Writer(threading.Thread):
    """A call in a thread of its own: writes, then does `after` within its part, then commits."""

    def __init__(self, store: Store, name: str, after: Callable[[Session], None] = lambda _session: None) -> None:
        super().__init__(daemon=True)
        self._store, self._name, self._after = store, name, after
        self.problem: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            with self._store.session() as session:
                put(session, self._name)
                self._after(session)
                session.commit()
        except BaseException as problem:
            self.problem = problem

    def end(self) -> BaseException | None:
        self.join(SECONDS)
        assert not self.is_alive(), f"{self._name} still waits"
        return self.problem


def wait_in_line(store: Store, number: int) -> None:
    assert isinstance(store.writers, Together)
    end = time.monotonic() + SECONDS
    while store.writers._waiting < number:
        assert time.monotonic() < end, "nobody came"
        time.sleep(0.001)


def with_others(store: Store, *others: Callable[[], Writer]) -> list[Writer]:
    """Write SH0001 and commit it when the others wait in line, in that order."""
    with store.session() as session:
        put(session, "SH0001")
        started = []
        for number, start in enumerate(others, start=1):
            started.append(start())
            wait_in_line(store, number)
        session.commit()
    return started


def test_those_who_wait_share_one_commit(shared: Store, sent: list[str]) -> None:
    second, third = with_others(shared, lambda: Writer(shared, "SH0002"), lambda: Writer(shared, "SH0003"))
    assert (second.end(), third.end()) == (None, None)
    part = ["SAVEPOINT part", "RELEASE part"]
    assert sent == ["BEGIN IMMEDIATE", *part, *part, "COMMIT"]
    assert kept(shared) == ["SH0001", "SH0002", "SH0003"]


def test_a_writer_alone_has_a_plain_transaction(shared: Store, sent: list[str]) -> None:
    assert Writer(shared, "SH0001").end() is None
    assert sent == ["BEGIN IMMEDIATE", "COMMIT"]
    assert kept(shared) == ["SH0001"]


def test_where_a_commit_costs_nothing_each_has_its_own(shared: Store, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_DEAR_SECONDS", 60)
    second, third = with_others(shared, lambda: Writer(shared, "SH0002"), lambda: Writer(shared, "SH0003"))
    assert (second.end(), third.end()) == (None, None)
    assert sent == ["BEGIN IMMEDIATE", "COMMIT"] * 3
    assert kept(shared) == ["SH0001", "SH0002", "SH0003"]


def test_the_least_of_the_last_commits_tells_what_the_disk_costs(shared: Store, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixteen one was quick, so the others did not wait for the disk but for other threads."""
    monkeypatch.setattr(together, "_DEAR_SECONDS", 0.5)
    assert isinstance(shared.writers, Together)
    shared.writers._commits.extend([0.4] + [0.9] * 15)
    with_others(shared, lambda: Writer(shared, "SH0002"))[0].end()
    assert sent == ["BEGIN IMMEDIATE", "COMMIT"] * 2
    sent.clear()
    shared.writers._commits.extend([0.9] * 16)
    with shared.session() as session:
        put(session, "SH0003")
        third = Writer(shared, "SH0004")
        wait_in_line(shared, 1)
        session.commit()
    assert third.end() is None
    assert sent == ["BEGIN IMMEDIATE", "SAVEPOINT part", "RELEASE part", "COMMIT"]


def test_a_refused_part_is_undone_alone(shared: Store, sent: list[str]) -> None:
    def refuse(_session: Session) -> None:
        raise Refusal

    second, third = with_others(shared, lambda: Writer(shared, "SH0002", refuse), lambda: Writer(shared, "SH0003"))
    assert isinstance(second.end(), Refusal)
    assert third.end() is None
    assert kept(shared) == ["SH0001", "SH0003"]
    assert sent.count("COMMIT") == 1


def test_a_first_part_that_is_refused_commits_nothing(shared: Store, sent: list[str]) -> None:
    with shared.session() as session:
        put(session, "SH0001")
    assert sent == ["BEGIN IMMEDIATE", "ROLLBACK"]
    assert kept(shared) == []
    assert Writer(shared, "SH0002").end() is None


def test_nobody_is_answered_before_the_commit(shared: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither who wrote, nor who was refused for what it saw of the others' parts."""
    started: list[Writer] = []
    seen: list[list[bool]] = []
    send = together.send

    def slow(connection: Connection, sql: str, parameters: Any = ()) -> Any:
        if sql == "COMMIT":
            time.sleep(0.1)  # long enough for threads that do not wait to be gone
            seen.append([one.is_alive() for one in started])
        return send(connection, sql, parameters)

    def refuse(session: Session) -> None:
        assert sorted(session.connection.scalars(select(software_houses.c.id))) == ["SH0001", "SH0002", "SH0003"]
        raise Refusal

    monkeypatch.setattr(together, "send", slow)
    with shared.session() as session:
        put(session, "SH0001")
        for number, after in enumerate((lambda _session: None, refuse, lambda _session: None), start=2):
            started.append(Writer(shared, f"SH000{number}", after))
            wait_in_line(shared, number - 1)
        session.commit()
    assert [type(one.end()) for one in started] == [type(None), Refusal, type(None)]
    assert seen == [[True, True, True]]
    assert kept(shared) == ["SH0001", "SH0002", "SH0004"]


def test_a_commit_that_fails_is_told_to_all(shared: Store) -> None:
    def lie(session: Session) -> None:
        session.connection.execute(text("PRAGMA defer_foreign_keys=ON"))  # so that SQLite finds out only when it commits
        session.connection.execute(insert(branches).values(organisation_id="nobody", id="001", path="/nobody/001", name="-", kind="-"))

    with shared.session() as session:
        put(session, "SH0001")
        second = Writer(shared, "SH0002", lie)
        wait_in_line(shared, 1)
        with pytest.raises(IntegrityError):
            session.commit()
    assert isinstance(second.end(), IntegrityError)
    assert kept(shared) == []
    assert Writer(shared, "SH0003").end() is None
    assert kept(shared) == ["SH0003"]


def test_what_anothers_trouble_undid_may_be_done_again(shared: Store) -> None:
    def full(session: Session) -> None:
        session.connection.exec_driver_sql("ROLLBACK")  # as SQLite does by itself when the disk is full
        raise OperationalError("INSERT", None, Exception("database or disk is full"))

    with shared.session() as session:
        put(session, "SH0001")
        second = Writer(shared, "SH0002", full)
        wait_in_line(shared, 1)
        with pytest.raises(StoreUnavailable) as told:
            session.commit()
    assert collided(told.value)
    assert isinstance(second.end(), StoreUnavailable)
    assert kept(shared) == []
    assert Writer(shared, "SH0003").end() is None
    assert kept(shared) == ["SH0003"]


def test_who_has_waited_too_long_leaves_the_line(shared: Store) -> None:
    writers = Together(lambda: None, lambda: None, 0.05)
    own, other = shared.take(), shared.take()
    first = writers.begin(own)
    with pytest.raises(OperationalError, match="database is locked"):
        writers.begin(other)
    writers.keep(first)
    writers.forget(writers.begin(other))
    shared.give_back(own)
    shared.give_back(other)


def test_a_transaction_that_nobody_goes_on_with_is_committed(shared: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waited may give up at the very moment at which the transaction is handed on."""
    monkeypatch.setattr(together, "_LOST_SECONDS", 0.05)
    writers = Together(lambda: None, lambda: None, 1)
    own = shared.take()
    first = writers.begin(own)
    first.execute(insert(software_houses).values(id="SH0001", name="1"))
    writers._waiting = 1  # and does not come
    writers.keep(first)
    assert kept(shared) == ["SH0001"]
    shared.give_back(own)


@pytest.mark.parametrize("statement", ["RELEASE part", "ROLLBACK TO part", "COMMIT"])
def test_trouble_of_any_kind_leaves_nobody_waiting_nor_believing(shared: Store, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    """sqlite3 raises MemoryError, which is no error of a database, where SQLite has none left."""
    send = together.send
    left = [1]

    def short_of_memory(connection: Connection, sql: str, parameters: Any = ()) -> Any:
        if sql == statement and left:
            left.pop()
            raise MemoryError
        return send(connection, sql, parameters)

    def refuse(_session: Session) -> None:
        if statement == "ROLLBACK TO part":
            raise Refusal

    monkeypatch.setattr(together, "send", short_of_memory)
    told: list[BaseException | None] = []
    with shared.session() as session:
        put(session, "SH0001")
        others = [Writer(shared, "SH0002", refuse)]
        wait_in_line(shared, 1)
        try:
            session.commit()
        except BaseException as problem:
            told.append(problem)
        else:
            told.append(None)
    told += [one.end() for one in others]
    answered = [name for name, problem in zip(("SH0001", "SH0002"), told, strict=True) if problem is None]
    assert kept(shared) == answered
    assert len(answered) < 2
    assert Writer(shared, "SH0003").end() is None
    assert kept(shared) == [*answered, "SH0003"]


def test_what_ended_unnoticed_is_not_taken_for_kept(shared: Store) -> None:
    with shared.session() as session:
        put(session, "SH0001")
        session.connection.exec_driver_sql("ROLLBACK")
        with pytest.raises(StoreUnavailable):
            session.commit()
    assert kept(shared) == []
    assert Writer(shared, "SH0002").end() is None


def test_a_transaction_does_not_go_on_for_ever(shared: Store, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_MOST_PARTS", 2)
    others = with_others(shared, *[lambda number=number: Writer(shared, f"SH{number:04d}") for number in (2, 3)])
    assert [one.end() for one in others] == [None, None]
    assert sent == ["BEGIN IMMEDIATE", "SAVEPOINT part", "RELEASE part", "COMMIT", "BEGIN IMMEDIATE", "COMMIT"]
    assert kept(shared) == ["SH0001", "SH0002", "SH0003"]
