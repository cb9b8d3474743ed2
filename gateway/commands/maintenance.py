"""`gateway maintenance`: when the service is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from gateway.clock import Moment, spoken
from gateway.commands import output
from gateway.commands.admin import By, changing, looking
from gateway.commands.opening import refuse
from gateway.commands.output import Json
from gateway.domain.clockspec import BadClockSpec, advanced, parse_time
from gateway.store import Connection, calendars, maintenance
from gateway.store.maintenance import Window

app = typer.Typer(
    help="""Close the service for maintenance, now or at an announced time.

While it is closed every call is answered with a Failure that names the end of the window; the WSDLs and /health stay. It counts on all nodes within
a second. Jobs run on, and so do the time limits of claims: one that ends while the service is closed runs out.

Regular hours are the setting GATEWAY_OPENING_HOURS.
""",
    no_args_is_help=True,
)

_WHEN = "like 2027-05-24T19:00, London time"
_Reason = Annotated[str, typer.Option(metavar="TEXT", help="Told to callers.")]


@app.command()
def plan(
    start: Annotated[str, typer.Argument(metavar="FROM", help=f"When it begins, {_WHEN}.")],
    end: Annotated[str, typer.Argument(metavar="UNTIL", help=f"When it ends, {_WHEN}.")],
    reason: _Reason = "",
    *,
    by: By = "",
) -> None:
    """Announce a window. It may not overlap another, nor begin in the past.

    Example: gateway maintenance plan 2027-05-28T19:00 2027-06-01T07:00 --reason "new platform"
    """
    first, last = _time(start), _time(end)
    with changing(by) as change:
        made = maintenance.plan(change.connection, first, last, reason, change.who)
        change.note("maintenance.plan", str(made.number), starts_at=made.starts_at, ends_at=made.ends_at, reason=made.reason)
    typer.echo(f"Window {made.number} is planned: from {spoken(made.starts_at)} until {spoken(made.ends_at)}.")


@app.command()
def start(
    until: Annotated[str | None, typer.Option(metavar="TIME", help=f"When it ends, {_WHEN}.")] = None,
    for_: Annotated[str | None, typer.Option("--for", metavar="SPAN", help="How long: 30m (minutes), 6h (hours) or 2d (days).")] = None,
    reason: _Reason = "",
    *,
    by: By = "",
) -> None:
    """Close the service now.

    Example: gateway maintenance start --for 30m --reason "a new certificate"
    """
    if (until is None) == (for_ is None):
        refuse("Say when it ends: either --until TIME or --for SPAN.", 2)
    with changing(by) as change:
        end = _time(until) if until is not None else _after(change.connection, for_ or "")
        made = maintenance.start(change.connection, end, reason, change.who)
        change.note("maintenance.start", str(made.number), ends_at=made.ends_at, reason=made.reason)
    typer.echo(f"The service is closed until {spoken(made.ends_at)} (window {made.number}). To open it before: gateway maintenance end")


@app.command()
def end(
    number: Annotated[int | None, typer.Argument(metavar="[NUMBER]", help="Which window.", show_default="the one that holds now")] = None,
    *,
    by: By = "",
) -> None:
    """Open the service before the window is over, or call off one that is planned.

    Example: gateway maintenance end
    """
    with changing(by) as change:
        ended = maintenance.end(change.connection, number, change.who)
        change.note("maintenance.end", str(ended.number), starts_at=ended.starts_at, ends_at=ended.ends_at)
    called_off = ended.state(Moment.now().utc) == "called off"
    typer.echo(f"Window {ended.number}, from {spoken(ended.starts_at)} until {spoken(ended.ends_at)}, is {'called off' if called_off else 'ended'}.")


@app.command("list")
def list_(
    past: Annotated[bool, typer.Option("--past", help="Also those that are over, ended or called off.")] = False,
    *,
    json: Json = False,
) -> None:
    """List the windows that hold or are planned.

    Example: gateway maintenance list --past
    """
    with looking() as connection:
        found = maintenance.listed(connection, past=past)
    now = Moment.now().utc
    if json:
        output.as_json([{**output.fields_of(one), "state": one.state(now)} for one in found])
        return
    rows = [_row(one, now) for one in found]
    output.as_table(("number", "from", "until", "state", "reason", "by"), rows, "No maintenance is planned.")


def _row(one: Window, now: datetime) -> tuple[str, ...]:
    return str(one.number), output.time(one.starts_at), output.time(one.ends_at), one.state(now), one.reason, one.made_by


def _time(text: str) -> datetime:
    try:
        return parse_time(text)
    except BadClockSpec as bad:
        refuse(str(bad), 2)


def _after(connection: Connection, span: str) -> datetime:
    try:
        return advanced(Moment.now(), span, calendars.current(connection))
    except BadClockSpec as bad:
        refuse(str(bad), 2)
