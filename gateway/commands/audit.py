"""`gateway audit`: who changed what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from gateway.clock import LONDON, start_of_day
from gateway.commands import output
from gateway.commands.admin import looking
from gateway.commands.opening import refuse
from gateway.commands.output import Json
from gateway.domain.clockspec import BadClockSpec, parse_time
from gateway.store import audit as log

_WHEN = "like 2027-06-14 or 2027-06-14T09:00, London time"


def audit(
    since: Annotated[str | None, typer.Option(metavar="TIME", help=f"Only from then on, {_WHEN}.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only until then; a day is meant to its end.")] = None,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what was done by this one: an administrator, an A2A account, or gateway.")
    ] = None,
    what: Annotated[str | None, typer.Option(metavar="WHAT", help="Only this, like user.disable, or user for all that was done to users.")] = None,
    subject: Annotated[str | None, typer.Option(metavar="ID", help="Only what was done to this one, like comp1-handler.")] = None,
    organisation: Annotated[str | None, typer.Option(metavar="ID", help="Only what concerns this organisation, like COMP001.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="The newest so many.")] = 100,
    *,
    json: Json = False,
) -> None:
    """Say who changed organisations, branches, users, A2A accounts and agreements, what and when; the newest last.

    All changes from the command line are there, also those of limits, windows, lists, calendar and clock, and claims transferred or deleted. Of what
    comes over the wire: passwords changed, A2A accounts locked, users disabled because they were idle or had expired. With --json each change is one
    line.

    Example: gateway audit --what user --since 2027-06-01
    """
    begin, end = _time(since, last=False), _time(until, last=True)
    with looking() as connection:
        found = log.entries(
            connection,
            since=begin,
            before=end,
            who=who,
            what=what,
            subject=subject,
            organisation_id=None if organisation is None else organisation.upper(),
            limit=limit,
        )
    if json:
        output.as_json(found, lines=True)
        return
    rows = [(f"{one.at.astimezone(LONDON):%Y-%m-%d %H:%M:%S}", one.who, one.what, one.subject, _spoken(one.detail)) for one in found]
    output.as_table(("when", "who", "what", "subject", "detail"), rows, "Nothing was changed.")


def _time(text: str | None, *, last: bool) -> datetime | None:
    """The instant a text means; of a day its begin or, if it is to be the `last`, its end."""
    if text is None:
        return None
    try:
        found = parse_time(text)
    except BadClockSpec as error:
        refuse(str(error), 2)
    is_day = last and len(text.strip()) <= len("2027-06-14")
    return start_of_day(found.astimezone(LONDON).date() + timedelta(days=1)) if is_day else found


def _spoken(detail: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {_value(value)}" for name, value in detail.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{_value(value['from'])} → {_value(value['to'])}" if value.keys() == {"from", "to"} else output.address(value)
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "none")
