"""`gateway clock`: look at the process clock of a sandbox, and move it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated

import typer

from gateway import clock
from gateway.clock import Moment
from gateway.commands.admin import By, who_gives
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.domain.clockspec import BadClockSpec, advanced, offset_for, parse_time, spoken_distance, spoken_time
from gateway.errors import GatewayError
from gateway.store import Connection, audit, calendars, sandbox
from gateway.store.engine import Store

app = typer.Typer(help="Move the clock of a sandbox, so that time limits run out. Tokens and passwords keep the real time.", no_args_is_help=True)

_NOT_A_SANDBOX = "This store is no sandbox, so its clock cannot be moved. Start the server with GATEWAY_SANDBOX=on (never with real claims)."


@app.command()
def show() -> None:
    """Say what time it is in the sandbox."""
    with _sandbox() as store, store.reading() as connection:
        real = clock.wall()
        typer.echo(f"Now: {_compared(Moment(real + sandbox.offset(connection)), Moment(real))}")


@app.command()
def advance(
    spec: Annotated[str, typer.Argument(metavar="SPEC", help="40d (days), 15bd (business days), 6h (hours) or 30m (minutes)")], *, by: By = ""
) -> None:
    """Move the clock on. Days and business days keep the time of day."""
    _move("advance", spec, by, lambda connection, now: advanced(now, spec, calendars.current(connection)))


@app.command("set")
def set_(
    when: Annotated[list[str], typer.Argument(metavar="WHEN", help="London time: 2027-01-04T09:00, or 2027-01-04 for midnight")], *, by: By = ""
) -> None:
    """Set the clock, forwards or back."""
    text = " ".join(when)  # "2027-01-04 09:00" comes as two words
    _move("set", text, by, lambda _connection, _now: parse_time(text))


@app.command()
def reset(*, by: By = "") -> None:
    """Go back to the real time."""
    _move("reset", "", by, None)


@contextmanager
def _sandbox() -> Iterator[Store]:
    """The store, if the environment or the store itself says that it is a sandbox: the server was told, the shell of whoever moves the clock was not."""
    settings = read_settings()
    with current_store(settings) as store:
        with store.reading() as connection:
            if not (settings.sandbox or sandbox.is_marked(connection)):
                refuse(_NOT_A_SANDBOX, 2)
        yield store


def _move(verb: str, given: str, by: str, goal: Callable[[Connection, Moment], datetime] | None) -> None:
    """Move the clock to the goal, or to the real time, and say what that did."""
    who = who_gives(by, read_settings())
    with _sandbox() as store, store.writing() as connection:
        sandbox.mark(connection)
        old = sandbox.offset(connection, lock=True)
        real = clock.wall()
        before = Moment(real + old)
        try:
            new = timedelta() if goal is None else offset_for(goal(connection, before), real)
        except BadClockSpec as error:
            refuse(str(error), 2)
        except GatewayError as error:
            refuse(error.message)
        sandbox.set_offset(connection, new, f"{verb} {given}".strip())
        audit.write(connection, who, f"clock.{verb}", "process clock", None, {"to": given} if given else {})
    after = Moment(real + new)
    typer.echo(f"Before: {spoken_time(before)}")
    typer.echo(f"Now:    {_compared(after, Moment(real))}")
    if new < old:
        typer.echo(f"The clock went back by {spoken_distance(before, after)}. What has already happened to claims stays as it is.")


def _compared(now: Moment, real: Moment) -> str:
    if now == real:
        return f"{spoken_time(now)} in London, the real time."
    direction = "ahead of" if now.utc > real.utc else "behind"
    return f"{spoken_time(now)} in London, {spoken_distance(now, real)} {direction} the real time ({spoken_time(real)})."
