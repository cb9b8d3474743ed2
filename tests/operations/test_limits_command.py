"""`gateway limits` at the command line."""

from __future__ import annotations

import pytest
from administrator import Administrator, was

from gateway.store import throttle
from gateway.store.engine import Store
from gateway.store.throttle import Own


@pytest.fixture
def admin(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(seeded_store, monkeypatch)


def kept(admin: Administrator) -> list[Own]:
    with admin.store.reading() as connection:
        return throttle.all_of_them(connection)


def test_limits_of_an_account(admin: Administrator) -> None:
    told = admin.does("limits", "set", "CR1-a2a", "--calls-per-minute", "120", "--poll-seconds", "0")
    assert told == "A2A account cr1-a2a has these limits now; to see all: gateway limits show cr1-a2a.\n"
    assert kept(admin) == [Own("cr1-a2a", 120, None, 0)]
    changed = {"calls_per_minute": was(None, 120), "poll_seconds": was(None, 0)}
    assert admin.last() == ("ops", "limits.set", "cr1-a2a", "CR00001", changed)
    admin.does("limits", "set", "cr1-a2a", "--concurrent-calls", "4", "--calls-per-minute", "usual")
    assert kept(admin) == [Own("cr1-a2a", None, 4, 0)]
    assert admin.does("limits", "set", "cr1-a2a", "--concurrent-calls", "4") == "It is so already. Nothing was changed.\n"
    assert len(admin.log()) == 2
    assert admin.does("limits", "clear", "cr1-a2a") == "A2A account cr1-a2a has no limits of its own any more.\n"
    assert kept(admin) == []


def test_the_kill_switch(admin: Administrator) -> None:
    admin.does("limits", "set", "cr1-a2a", "--calls-per-minute", "120")
    assert admin.does("limits", "kill", "cr1-a2a", "--reason", "it polls in a loop.") == "A2A account cr1-a2a is stopped.\n"
    assert kept(admin) == [Own("cr1-a2a", 120, stopped=True, stopped_for="it polls in a loop")]
    assert admin.last()[1:] == ("limits.kill", "cr1-a2a", "CR00001", {"stopped": was(False, True), "stopped_for": was("", "it polls in a loop")})
    admin.does("limits", "clear", "cr1-a2a")
    assert kept(admin) == [Own("cr1-a2a", stopped=True, stopped_for="it polls in a loop")]
    assert admin.does("limits", "unkill", "cr1-a2a") == "A2A account cr1-a2a is not stopped any more.\n"
    assert kept(admin) == []


def test_what_holds(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CONCURRENT_CALLS", "8")
    admin.does("limits", "set", "cr1-a2a", "--calls-per-minute", "1200")
    assert admin.lines("limits", "show", "cr1-a2a") == [
        "A2A account:       cr1-a2a",
        "Calls per minute:  1,200 (own)",
        "Concurrent calls:  8 (settings)",
        "Same list again:   no limit (settings)",
        "Stopped:           no",
        "Taken this minute: 0 calls",
    ]
    assert admin.json("limits", "show", "cr1-a2a") == {
        "identity_id": "cr1-a2a",
        "calls_per_minute": 1200,
        "concurrent_calls": 8,
        "poll_seconds": 0,
        "stopped": False,
        "stopped_for": "",
        "calls_taken_this_minute": 0,
    }
    assert admin.json("limits", "show", "cr2-a2a")["calls_per_minute"] == 600


def test_all_that_have_limits(admin: Administrator) -> None:
    assert admin.does("limits", "show") == "No A2A account has limits of its own; the settings hold for all.\n"
    admin.does("limits", "set", "cr1-a2a", "--calls-per-minute", "120")
    admin.does("limits", "kill", "comp1-a2a")
    assert [line.split() for line in admin.lines("limits", "show")][1:] == [
        ["comp1-a2a", "usual", "usual", "usual", "yes"],
        ["cr1-a2a", "120", "usual", "usual"],
    ]
    assert [one["identity_id"] for one in admin.json("limits", "show")] == ["comp1-a2a", "cr1-a2a"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "cr1-a2a"), "Say what to set: --calls-per-minute, --concurrent-calls or --poll-seconds."),
        (("set", "nobody", "--calls-per-minute", "1"), "There is no A2A account nobody."),
        (("kill", "nobody"), "There is no A2A account nobody."),
        (("show", "nobody"), "There is no A2A account nobody."),
        (("kill", "cr1-a2a", "--reason", "x" * 201), "The reason must have at most 200 printable characters."),
        *(
            (
                ("set", "cr1-a2a", "--concurrent-calls", text),
                f"'{text}' is no limit. Give a number, 0 for no limit, or usual for what the settings say; 1,000 is the most.",
            )
            for text in ("many", "1001", "1.5", "99999999999999999999")
        ),
    ],
)
def test_what_is_refused(admin: Administrator, words: tuple[str, ...], told: str) -> None:
    assert admin.refused("limits", *words) == told
    assert kept(admin) == []
