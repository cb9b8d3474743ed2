"""`gateway clock`, as a person types it in another shell than the server's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway import clock
from gateway.commands.clock import app
from gateway.store import sandbox
from gateway.store.engine import Store

REAL = datetime(2026, 11, 22, 9, 30, 15, 250_000, tzinfo=UTC)  # a Sunday

Type = Callable[..., Result]


@pytest.fixture
def type_(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types `gateway clock …`. The real time stands still; the server has marked the store, and this shell knows nothing of a sandbox."""
    monkeypatch.setattr(clock, "wall", lambda: REAL)
    monkeypatch.delenv("GATEWAY_SANDBOX", raising=False)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    with seeded_store.writing() as connection:
        sandbox.mark(connection)
    return lambda *words: CliRunner().invoke(app, words)


def offset(store: Store) -> timedelta:
    with store.reading() as connection:
        return sandbox.offset(connection)


def test_show(type_: Type) -> None:
    shown = type_("show")
    assert (shown.exit_code, shown.stdout) == (0, "Now: Sunday 22 November 2026, 09:30 in London, the real time.\n")


def test_advance(type_: Type, seeded_store: Store) -> None:
    moved = type_("advance", "40d")
    assert moved.exit_code == 0
    assert moved.stdout == (
        "Before: Sunday 22 November 2026, 09:30\n"
        "Now:    Friday 1 January 2027, 09:30 in London, 40 days ahead of the real time (Sunday 22 November 2026, 09:30).\n"
    )
    assert offset(seeded_store) == timedelta(days=40)
    assert "40 days ahead of the real time" in type_("show").stdout
    moved = type_("advance", "6h")
    assert "Before: Friday 1 January 2027, 09:30" in moved.stdout
    assert "40 days and 6 hours ahead" in moved.stdout


def test_advance_business_days_over_christmas(type_: Type, seeded_store: Store) -> None:
    type_("set", "2026-12-18T16:00")
    moved = type_("advance", "15bd")
    assert "Before: Friday 18 December 2026, 16:00" in moved.stdout
    assert "Now:    Wednesday 13 January 2027, 16:00" in moved.stdout


def test_advance_into_summer_keeps_the_time_of_day(type_: Type, seeded_store: Store) -> None:
    moved = type_("advance", "150d")
    assert "Wednesday 21 April 2027, 09:30 in London, 150 days ahead" in moved.stdout
    assert offset(seeded_store) == timedelta(days=150, hours=-1)


@pytest.mark.parametrize("words", [["2027-01-04T09:00"], ["2027-01-04 09:00"], ["2027-01-04", "09:00"]])
def test_set(type_: Type, seeded_store: Store, words: list[str]) -> None:
    moved = type_("set", *words)
    assert moved.exit_code == 0
    assert "Now:    Monday 4 January 2027, 09:00 in London, 42 days, 23 hours and 29 minutes ahead" in moved.stdout
    assert "back" not in moved.stdout
    assert datetime(2027, 1, 4, 9, tzinfo=UTC) <= REAL + offset(seeded_store) < datetime(2027, 1, 4, 9, 0, 1, tzinfo=UTC)


def test_set_backwards(type_: Type, seeded_store: Store) -> None:
    type_("advance", "40d")
    moved = type_("set", "2026-12-29T09:30:15")
    assert moved.exit_code == 0
    assert "37 days ahead" in moved.stdout
    assert "The clock went back by 3 days. What has already happened to claims stays as it is." in moved.stdout
    behind = type_("set", "2026-11-20")
    assert "Friday 20 November 2026, 00:00 in London, 2 days, 9 hours and 30 minutes behind the real time" in behind.stdout
    assert offset(seeded_store) < timedelta()


def test_reset(type_: Type, seeded_store: Store) -> None:
    type_("advance", "40d")
    moved = type_("reset")
    assert "Now:    Sunday 22 November 2026, 09:30 in London, the real time." in moved.stdout
    assert "The clock went back by 40 days." in moved.stdout
    assert offset(seeded_store) == timedelta()
    type_("set", "2026-11-20")
    assert "went back" not in type_("reset").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["advance", "40"], "'40' is no step. Write 40d (days), 15bd (business days), 6h (hours) or 30m (minutes)."),
        (["advance", "9999999d"], "The clock can show the years 2010 to 2099."),
        (["set", "tomorrow"], "'tomorrow' is no date and time. Write 2027-01-04T09:00 (London time)."),
    ],
)
def test_what_is_not_understood(type_: Type, seeded_store: Store, words: list[str], message: str) -> None:
    refused = type_(*words)
    assert (refused.exit_code, refused.stdout, refused.stderr) == (2, "", message + "\n")
    assert offset(seeded_store) == timedelta()


@pytest.mark.parametrize("words", [["show"], ["advance", "40d"], ["set", "2027-01-04"], ["reset"]])
def test_no_sandbox(type_: Type, store: Store, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM sandbox")
    monkeypatch.setenv("GATEWAY_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
    refused = type_(*words)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("This store is no sandbox, so its clock cannot be moved. Start the server with GATEWAY_SANDBOX=on")
    with store.reading() as connection:
        assert not sandbox.is_marked(connection)


def test_the_environment_says_so(type_: Type, seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with seeded_store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM sandbox")
    monkeypatch.setenv("GATEWAY_SANDBOX", "on")
    assert type_("advance", "1d").exit_code == 0
    monkeypatch.delenv("GATEWAY_SANDBOX")
    assert "1 day ahead" in type_("show").stdout


def test_marking_again_leaves_the_clock(type_: Type, seeded_store: Store) -> None:
    type_("advance", "40d")
    with seeded_store.writing() as connection:
        sandbox.mark(connection)  # the server starts again
    assert offset(seeded_store) == timedelta(days=40)


def test_no_calendar(type_: Type, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("GATEWAY_SANDBOX", "on")
    refused = type_("advance", "15bd")
    assert (refused.exit_code, refused.stderr) == (1, "The store has no business calendar. Run: gateway db seed\n")


def test_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "none"))
    refused = CliRunner().invoke(app, ["show"])
    assert refused.exit_code == 1
    assert refused.stderr == f"There is no store at {tmp_path}/none/gateway.db. Start the server once, or run: gateway db upgrade\n"
    assert list(tmp_path.iterdir()) == []


def test_a_bad_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SANDBOX", "perhaps")
    refused = CliRunner().invoke(app, ["show"])
    assert (refused.exit_code, refused.stderr) == (2, "GATEWAY_SANDBOX is 'perhaps'; allowed: on, off\n")
