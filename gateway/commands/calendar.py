"""`gateway calendar`: the bank holidays that time limits are counted by."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from gateway.clock import Moment
from gateway.commands.admin import By, a_day, changing
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.contract.load import contract
from gateway.domain.calendar import BusinessCalendar
from gateway.domain.clockspec import FIRST_YEAR, LAST_YEAR
from gateway.errors import GatewayError
from gateway.store import Connection, calendars, sandbox
from gateway.store.calendars import NoSuchChange

app = typer.Typer(
    help="""Look at the bank holidays, and change them.

A change makes a new calendar, for claims created from then on. A claim keeps the one it was created under: no change moves a date that runs.
""",
    no_args_is_help=True,
)

_Dates = Annotated[list[str], typer.Argument(metavar="DATE…", help="2027-06-14; several make one change")]


class Format(StrEnum):
    """How a list is written."""

    text = "text"
    json = "json"


@app.command("list")
def list_(
    year: Annotated[int | None, typer.Option(min=FIRST_YEAR, max=LAST_YEAR, help="All of one year, instead of those to come")] = None,
    form: Annotated[Format, typer.Option("--format", help="text, or json for programs (then all to come)")] = Format.text,
) -> None:
    """Show the bank holidays of the newest calendar: those to come until the end of next year, or those of a year."""
    with current_store(read_settings()) as store, store.reading() as connection:
        newest, today = _newest(connection), _today(connection)
    days = sorted(day for day in newest.holidays if (day >= today if year is None else day.year == year))
    if form is Format.json:
        typer.echo(json.dumps({"version": newest.version, "holidays": [day.isoformat() for day in days]}, indent=2))
        return
    until = today.year + 1
    shown = [day for day in days if year is not None or day.year <= until]
    typer.echo(f"Calendar {newest.version}, bank holidays of England and Wales {'to come' if year is None else f'in {year}'}:")
    for day in shown:
        typer.echo(f"  {day}  {_spoken(day)}{'' if day.weekday() < 5 else ', no working day anyway'}")
    if not shown:
        typer.echo("  none")
    if len(shown) < len(days):
        typer.echo(f"Later ones are known until {days[-1].year}: gateway calendar list --year {until + 1}")


@app.command()
def add(dates: _Dates, *, by: By = "") -> None:
    """Make days bank holidays, for claims created from now on."""
    _change("add", dates, by, calendars.add, "added")


@app.command()
def remove(dates: _Dates, *, by: By = "") -> None:
    """Make bank holidays ordinary days, for claims created from now on."""
    _change("remove", dates, by, calendars.remove, "removed")


def _change(verb: str, dates: list[str], by: str, change_it: Callable[[Connection, Collection[date]], BusinessCalendar], word: str) -> None:
    days = sorted({a_day(text) for text in dates})
    try:
        with changing(by) as change:
            before, today = _newest(change.connection), _today(change.connection)
            after = change_it(change.connection, days)
            change.note(f"calendar.{verb}", f"version {after.version}", days=days)
    except NoSuchChange as error:
        refuse(f"{error} Nothing was changed.", 2)
    for day in days:
        typer.echo(f"{_spoken(day)} {word}.")
    typer.echo(f"Calendar {after.version} is for claims created from now on; claims that are there keep theirs.")
    for length in sorted({variant.days for variant in contract().variants.values()}):
        old, new = (calendar.deadline(today, length) for calendar in (before, after))
        if old != new:
            typer.echo(f"A limit of {length} business days begun today runs out on {_spoken(new)}, not on {_spoken(old)}.")


def _newest(connection: Connection) -> BusinessCalendar:
    try:
        return calendars.current(connection)
    except GatewayError as error:
        refuse(error.message)


def _today(connection: Connection) -> date:
    return Moment.now(sandbox.offset(connection)).today


def _spoken(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
