"""`gateway maintenance` at the command line. The real time is Sunday 22 November 2026, 09:30 in London."""

from __future__ import annotations

from datetime import timedelta

import pytest
from administrator import REAL, Administrator

from gateway import clock
from gateway.store import maintenance
from gateway.store.engine import Store


@pytest.fixture
def admin(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(seeded_store, monkeypatch)


def test_a_window_is_planned_and_called_off(admin: Administrator) -> None:
    told = admin.does("maintenance", "plan", "2026-11-28T20:00", "2026-11-29T06:00", "--reason", "new platform.")
    assert told == "Window 1 is planned: from 28/11/2026 20:00 until 29/11/2026 06:00.\n"
    ends = {"starts_at": "2026-11-28T20:00:00+00:00", "ends_at": "2026-11-29T06:00:00+00:00"}
    assert admin.last() == ("ops", "maintenance.plan", "1", None, {**ends, "reason": "new platform"})
    assert [line.split() for line in admin.lines("maintenance", "list")] == [
        ["number", "from", "until", "state", "reason", "by"],
        ["1", "2026-11-28", "20:00", "2026-11-29", "06:00", "planned", "new", "platform", "ops"],
    ]
    assert admin.does("maintenance", "end", "1", "--by", "ann") == "Window 1, from 28/11/2026 20:00 until 29/11/2026 06:00, is called off.\n"
    assert admin.last() == ("ann", "maintenance.end", "1", None, ends)
    assert admin.does("maintenance", "list") == "No maintenance is planned.\n"
    (past,) = admin.json("maintenance", "list", "--past")
    assert past == {
        "number": 1,
        **ends,
        "reason": "new platform",
        "made_at": "2026-11-22T09:30:00+00:00",
        "made_by": "ops",
        "ended_at": "2026-11-22T09:30:00+00:00",
        "ended_by": "ann",
        "state": "called off",
    }


def test_in_summer_time_is_meant(admin: Administrator) -> None:
    admin.does("maintenance", "plan", "2027-07-19 08:00", "2027-07-19 14:00")
    (planned,) = admin.json("maintenance", "list")
    assert (planned["starts_at"], planned["ends_at"]) == ("2027-07-19T07:00:00+00:00", "2027-07-19T13:00:00+00:00")


@pytest.mark.parametrize(
    ("how", "until"),
    [
        (("--until", "2026-11-22T12:00"), "22/11/2026 12:00"),
        (("--for", "30m"), "22/11/2026 10:00"),
        (("--for", "6h"), "22/11/2026 15:30"),
        (("--for", "2d"), "24/11/2026 09:30"),
    ],
)
def test_the_switch(admin: Administrator, monkeypatch: pytest.MonkeyPatch, how: tuple[str, str], until: str) -> None:
    told = admin.does("maintenance", "start", *how)
    assert told == f"The service is closed until {until} (window 1). To open it before: gateway maintenance end\n"
    assert admin.last()[1:3] == ("maintenance.start", "1")
    (window,) = admin.json("maintenance", "list")
    assert window["state"] == "closed"
    monkeypatch.setattr(clock, "wall", lambda: REAL + timedelta(minutes=1))
    assert admin.does("maintenance", "end").endswith("is ended.\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "2026-11-22T09:00", "2026-11-22T10:00"), "22/11/2026 09:00 is past. To close now, use: gateway maintenance start"),
        (("plan", "tomorrow", "2026-11-29"), "'tomorrow' is no date and time. Write 2027-01-04T09:00 (London time)."),
        (("plan", "2026-11-30", "2026-11-29"), "The end, 29/11/2026 00:00, is not after the start, 30/11/2026 00:00."),
        (("plan", "2026-11-28T23:00", "2026-11-30"), "Window 1, from 28/11/2026 20:00 until 29/11/2026 06:00, overlaps it; end that one first."),
        (("start",), "Say when it ends: either --until TIME or --for SPAN."),
        (("start", "--for", "1h", "--until", "2026-11-29"), "Say when it ends: either --until TIME or --for SPAN."),
        (("start", "--for", "soon"), "'soon' is no step. Write 40d (days), 15bd (business days), 6h (hours) or 30m (minutes)."),
        (("start", "--until", "2026-11-22T09:30"), "The end, 22/11/2026 09:30, is not after the start, 22/11/2026 09:30."),
        (("end",), "No window holds now. To call off one that is planned, give its number; see: gateway maintenance list"),
        (("end", "2"), "There is no window 2 that holds or is planned."),
    ],
)
def test_what_is_refused(admin: Administrator, words: tuple[str, ...], told: str) -> None:
    admin.does("maintenance", "plan", "2026-11-28T20:00", "2026-11-29T06:00")
    assert admin.refused("maintenance", *words) == told
    with admin.store.reading() as connection:
        assert [one.number for one in maintenance.listed(connection, past=True)] == [1]
