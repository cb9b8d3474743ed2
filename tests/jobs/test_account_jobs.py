"""Jobs about accounts: by the real time, however far the process clock is ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from gateway import clock
from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs.accounts import forget_wrong_passwords, warn_of_expiry
from gateway.jobs.work import Done, Work
from gateway.store import logins
from gateway.store.engine import Store
from gateway.store.tables import login_failures, users

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def work(seeded_store: Store, at: Callable[[datetime], None]) -> Work:
    return Work(seeded_store, contract(), Moment(NOW + timedelta(days=1000)))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_(moment: datetime) -> None:
        monkeypatch.setattr(clock, "wall", lambda: moment)

    set_(NOW)
    return set_


def test_users_who_expire_soon(work: Work, at: Callable[[datetime], None]) -> None:
    """Fourteen days before, once a day however often the job runs."""
    with work.store.writing() as connection:
        connection.execute(update(users).where(users.c.id == "cr1-admin").values(expires_on=date(2026, 12, 8)))
    assert warn_of_expiry(work) == (Done("users who expire soon told to the log", 0),)
    at(NOW + timedelta(days=1))
    with capture_logs() as lines:
        assert warn_of_expiry(work) == (Done("users who expire soon told to the log", 1),)
        assert warn_of_expiry(work) == (Done("users who expire soon told to the log", 0),)
    (line,) = [line for line in lines if line["log_level"] == "warning"]
    assert {key: str(line[key]) for key in ("event", "user", "organisation", "last_day")} == {
        "event": "user expires soon",
        "user": "cr1-admin",
        "organisation": "CR00001",
        "last_day": "2026-12-08",
    }


def test_series_of_wrong_passwords(work: Work, at: Callable[[datetime], None]) -> None:
    """Forgotten after 30 days, more than one transaction's worth of them, and not the one that somebody went on with."""
    with work.store.writing() as connection:
        for number in range(1100):
            logins.count(connection, f"nobody-{number}", NOW, 5)
        logins.count(connection, "nobody-1", NOW + timedelta(days=1), 5)
    assert forget_wrong_passwords(work) == (Done("series of wrong passwords forgotten", 0),)
    at(NOW + timedelta(days=30))
    assert forget_wrong_passwords(work) == (Done("series of wrong passwords forgotten", 1099),)
    with work.store.reading() as connection:
        assert connection.scalar(select(func.sum(login_failures.c.count))) == 2
