"""`gateway limits`: how much of the gateway an A2A account may use, and the switch that stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer

from gateway.clock import Moment
from gateway.commands import output
from gateway.commands.admin import By, changing, looking, told
from gateway.commands.opening import refuse
from gateway.commands.opening import settings as read_settings
from gateway.commands.output import Json
from gateway.config import Settings
from gateway.store import identities, slots, throttle
from gateway.store.throttle import Own

app = typer.Typer(
    help="""Look after the limits of A2A accounts, so that no program takes the gateway from all others.

The settings say what holds for every account (GATEWAY_CALLS_PER_MINUTE, GATEWAY_CONCURRENT_CALLS, GATEWAY_POLL_SECONDS); here it is set for one.
Changes count on all nodes within a second.
""",
    no_args_is_help=True,
)

_Id = Annotated[str, typer.Argument(metavar="NAME", help="The A2A account, in either case.")]
_USUAL = "usual"
_OR = f"a number, 0 for no limit, or {_USUAL} for what the settings say"
_MOST = {"calls_per_minute": 1_000_000, "concurrent_calls": slots.MOST, "poll_seconds": 86_400}


@app.command()
def show(
    id: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this A2A account, in either case.")] = None, *, json: Json = False
) -> None:
    """Show what is set for A2A accounts, or what holds for one of them.

    Example: gateway limits show comp1-a2a
    """
    settings = read_settings()
    with looking() as connection:
        if id is not None:
            one = throttle.by_id(connection, id)
            made = throttle.taken(connection, one.identity_id, Moment.now().utc)
        else:
            found = throttle.all_of_them(connection)
    if id is None:
        _show_all(found, json)
    elif json:
        output.as_json({**_in_force(one, settings), "calls_taken_this_minute": made})
    else:
        output.as_lines(_lines(one, settings, made))


@app.command("set")
def set_(
    id: _Id,
    calls: Annotated[str | None, typer.Option("--calls-per-minute", metavar="NUMBER", help=f"Most calls in a minute: {_OR}.")] = None,
    concurrent: Annotated[str | None, typer.Option("--concurrent-calls", metavar="NUMBER", help=f"Most calls at the same time: {_OR}.")] = None,
    poll: Annotated[
        str | None, typer.Option("--poll-seconds", metavar="NUMBER", help=f"Seconds before a user may ask for the same list again: {_OR}.")
    ] = None,
    *,
    by: By = "",
) -> None:
    """Set limits for an A2A account; those not given stay.

    Example: gateway limits set comp1-a2a --calls-per-minute 120 --poll-seconds 60
    """
    given = {"calls_per_minute": calls, "concurrent_calls": concurrent, "poll_seconds": poll}
    wanted: dict[str, Any] = {name: _number(name, text) for name, text in given.items() if text is not None}
    if not wanted:
        refuse("Say what to set: --calls-per-minute, --concurrent-calls or --poll-seconds.", 2)
    _make("set", id, by, lambda one: replace(one, **wanted), "has these limits now; to see all: gateway limits show {id}")


@app.command()
def clear(id: _Id, *, by: By = "") -> None:
    """Let the settings hold for an A2A account again. If it is stopped it stays so.

    Example: gateway limits clear comp1-a2a
    """
    _make("clear", id, by, lambda one: Own(one.identity_id, stopped=one.stopped, stopped_for=one.stopped_for), "has no limits of its own any more")


@app.command()
def kill(id: _Id, reason: Annotated[str, typer.Option(metavar="TEXT", help="Told to the program that calls.")] = "", *, by: By = "") -> None:
    """Refuse every call of an A2A account from now on, tokens or not, and tell it why. For a program that runs wild.

    To withdraw an account from its owner: gateway identity suspend

    Example: gateway limits kill comp1-a2a --reason "it polls in a loop; call 01632 960001"
    """
    told_reason = reason.strip().rstrip(".")
    _make("kill", id, by, lambda one: replace(one, stopped=True, stopped_for=told_reason), "is stopped")


@app.command()
def unkill(id: _Id, *, by: By = "") -> None:
    """Let an A2A account in again; its tokens are good as before.

    Example: gateway limits unkill comp1-a2a
    """
    _make("unkill", id, by, lambda one: replace(one, stopped=False, stopped_for=""), "is not stopped any more")


def _make(word: str, id: str, by: str, change_it: Callable[[Own], Own], done: str) -> None:
    with changing(by) as change:
        before = throttle.by_id(change.connection, id)
        of = identities.by_id(change.connection, before.identity_id).organisation_id

        def read() -> Own:
            return throttle.by_id(change.connection, before.identity_id)

        changed = change.make(f"limits.{word}", before.identity_id, of, read, lambda: throttle.keep(change.connection, change_it(before)))
    told(changed, f"A2A account {before.identity_id} {done.format(id=before.identity_id)}.")


def _number(name: str, text: str) -> int | None:
    if text.lower() == _USUAL:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= _MOST[name]):
        refuse(f"{text!r} is no limit. Give {_OR}; {_MOST[name]:,} is the most.", 2)
    return int(text)


def _in_force(one: Own, settings: Settings) -> dict[str, object]:
    """What holds: its own limits, else those of the settings."""
    usual = {name: getattr(settings, name) for name in _MOST if getattr(one, name) is None}
    return output.fields_of(replace(one, **usual))


def _lines(one: Own, settings: Settings, made: int) -> dict[str, str]:
    def line(name: str, unit: str) -> str:
        own = getattr(one, name)
        number = getattr(settings, name) if own is None else own
        return f"{f'{number:,}{unit}' if number else 'no limit'} ({'settings' if own is None else 'own'})"

    stopped = f"yes{f': {one.stopped_for}' if one.stopped_for else ''}" if one.stopped else "no"
    return {
        "A2A account": one.identity_id,
        "Calls per minute": line("calls_per_minute", ""),
        "Concurrent calls": line("concurrent_calls", ""),
        "Same list again": line("poll_seconds", " seconds"),
        "Stopped": stopped,
        "Taken this minute": f"{made:,} calls" if made != 1 else "1 call",
    }


def _show_all(found: list[Own], json: bool) -> None:
    if json:
        output.as_json(found)
        return
    rows = [(one.identity_id, *(_USUAL if getattr(one, name) is None else str(getattr(one, name)) for name in _MOST), _stopped(one)) for one in found]
    headings = ("name", "calls per minute", "concurrent calls", "poll seconds", "stopped")
    output.as_table(headings, rows, "No A2A account has limits of its own; the settings hold for all.")


def _stopped(one: Own) -> str:
    return (one.stopped_for or "yes") if one.stopped else ""
