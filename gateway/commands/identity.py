"""`gateway identity`: the A2A accounts that programs log in with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

import typer

from gateway.clock import Moment
from gateway.commands import output
from gateway.commands.admin import By, Change, Claims, changing, looking, parse_bound, parse_day, told
from gateway.commands.output import Json
from gateway.domain import accounts
from gateway.store import identities, organisations
from gateway.store.identities import Account

app = typer.Typer(
    help="""Look after the A2A accounts of organisations: the names that programs log in with.

An organisation may have several, each with days from and until it is good, for the RTA or the EL/PL services or both, and for the program of one
software house. A password is shown once, when it is made, and can then only be changed by its owner (changePassword) or reset here.
""",
    no_args_is_help=True,
)

_Id = Annotated[str, typer.Argument(metavar="NAME", help="The A2A account, in either case.")]
_SERVICES = "The services it may use."


@app.command()
def add(
    id: Annotated[str, typer.Argument(metavar="NAME", help="Its name, which programs give as userID or username.")],
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Whose account, like COMP001.")],
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Its first day, like 2027-06-14.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Its last day.")] = None,
    services: Annotated[Claims, typer.Option(help=_SERVICES)] = Claims.both,
    software_house: Annotated[str | None, typer.Option(metavar="ID", help="Whose program uses it, like SH0001; clientID must then say so.")] = None,
    *,
    by: By = "",
    json: Json = False,
) -> None:
    """Add an A2A account, and show its password this once.

    Example: gateway identity add newtown-pilot COMP004 --from 2027-01-04 --until 2027-12-31 --software-house SH0001
    """
    first, last = parse_day(from_), parse_day(until)
    with changing(by) as change:
        of = organisations.by_id(change.connection, organisation).id
        days = {"valid_from": first, "valid_until": last}
        password = identities.add(change.connection, id, of, processes=services.processes, software_house=_house(software_house), **days)
        made = identities.by_id(change.connection, id)
        change.note("identity.add", made.id, of, services=services.processes, software_house=made.software_house, **days)
    _show_password(made, password, json)


@app.command("list")
def list_(
    organisation: Annotated[str | None, typer.Argument(metavar="ORGANISATION", help="Only the accounts of this one.")] = None,
    *,
    json: Json = False,
) -> None:
    """List A2A accounts.

    Example: gateway identity list COMP001
    """
    with looking() as connection:
        of = None if organisation is None else organisations.by_id(connection, organisation).id
        found = identities.all_of_them(connection, of)
    if json:
        output.as_json([_fields(one) for one in found])
        return
    rows = [(one.id, one.organisation_id, output.processes(one), one.software_house or "", _state(one), _days(one)) for one in found]
    output.as_table(("name", "of", "services", "software house", "state", "days"), rows, "There are no such A2A accounts.")


@app.command()
def show(id: _Id, *, json: Json = False) -> None:
    """Show an A2A account; its password cannot be shown.

    Example: gateway identity show comp1-a2a
    """
    with looking() as connection:
        one = identities.by_id(connection, id)
    if json:
        output.as_json(_fields(one))
        return
    last = _last_day_of_password(one)
    until = "does not expire" if last is None else f"good until {output.day(last)}"
    output.as_lines(
        {
            "A2A account": one.id,
            "Of": one.organisation_id,
            "Services": output.processes(one),
            "Software house": one.software_house or "any",
            "State": _state(one),
            "Days": _days(one) or "not bounded",
            "Password": until,
            "Locked since": output.time(one.locked_at),
            "Suspended for": one.suspended_for,
        }
    )


@app.command()
def enable(id: _Id, *, by: By = "") -> None:
    """Enable an A2A account that was disabled.

    Example: gateway identity enable comp1-a2a
    """
    _make("enable", id, by, lambda change, one: identities.set_enabled(change.connection, one.id, True), "is enabled")


@app.command()
def disable(id: _Id, *, by: By = "") -> None:
    """Disable an A2A account, with effect on tokens that were issued.

    Example: gateway identity disable comp1-a2a
    """
    _make("disable", id, by, lambda change, one: identities.set_enabled(change.connection, one.id, False), "is disabled")


@app.command()
def suspend(
    id: _Id,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Told to whoever logs in with the right password.")] = "",
    *,
    by: By = "",
) -> None:
    """Suspend an A2A account, with effect on tokens that were issued.

    Example: gateway identity suspend comp1-a2a --reason "two firms share it"
    """
    _make("suspend", id, by, lambda change, one: identities.suspend(change.connection, one.id, reason), "is suspended")


@app.command()
def unsuspend(id: _Id, *, by: By = "") -> None:
    """End the suspension of an A2A account.

    Example: gateway identity unsuspend comp1-a2a
    """
    _make("unsuspend", id, by, lambda change, one: identities.unsuspend(change.connection, one.id), "is no longer suspended")


@app.command()
def release(id: _Id, *, by: By = "") -> None:
    """Release an A2A account that was locked after too many wrong passwords. A suspension stays.

    Example: gateway identity release comp1-a2a
    """
    _make("release", id, by, lambda change, one: identities.release(change.connection, one.id), "is not locked any more")


@app.command()
def reset(id: _Id, *, by: By = "", json: Json = False) -> None:
    """Give an A2A account a new password, which is shown this once. Its tokens end, and so does a lock.

    Example: gateway identity reset comp1-a2a
    """
    with changing(by) as change:
        one = identities.by_id(change.connection, id)
        password = identities.reset_password(change.connection, one.id)
        change.note("identity.reset", one.id, one.organisation_id)
    _show_password(one, password, json)


@app.command()
def dates(
    id: _Id,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Its first day, like 2027-06-14, or none.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Its last day, or none.")] = None,
    *,
    by: By = "",
) -> None:
    """Change the days from and until which an A2A account is good, say for the run-off of a change of software house.

    Example: gateway identity dates comp1-a2a --from none --until 2027-06-30
    """

    def exchange(change: Change, one: Account) -> None:
        identities.set_dates(change.connection, one.id, parse_bound(from_, one.valid_from), parse_bound(until, one.valid_until))

    _make("dates", id, by, exchange, "is good {days}")


@app.command()
def edit(
    id: _Id,
    services: Annotated[Claims | None, typer.Option(help=_SERVICES)] = None,
    software_house: Annotated[str | None, typer.Option(metavar="ID", help="Whose program uses it, like SH0001, or none.")] = None,
    *,
    by: By = "",
) -> None:
    """Change the services an A2A account may use, or the software house whose program uses it.

    Example: gateway identity edit comp1-a2a --services rta --software-house SH0001
    """

    def exchange(change: Change, one: Account) -> None:
        if services is not None:
            identities.set_processes(change.connection, one.id, services.processes)
        if software_house is not None:
            identities.set_software_house(change.connection, one.id, _house(software_house))

    _make("edit", id, by, exchange, "is changed")


def _make(word: str, id: str, by: str, change_it: Callable[[Change, Account], None], done: str) -> None:
    """Make a change and say so; in `done`, {days} are those on which the account is good."""
    with changing(by) as change:
        one = identities.by_id(change.connection, id)

        def read() -> Account:
            return identities.by_id(change.connection, one.id)

        changed = change.make(f"identity.{word}", one.id, one.organisation_id, read, lambda: change_it(change, one))
        now = read()
    told(changed, f"A2A account {one.id} {done.format(days=_days(now) or 'on any day')}.")


def _show_password(one: Account, password: str, json: bool) -> None:
    if json:
        output.as_json({"id": one.id, "organisation_id": one.organisation_id, "password": password})
    else:
        typer.echo(f"A2A account {one.id} of {one.organisation_id}, password (shown this once): {password}")


def _house(given: str | None) -> str | None:
    return None if given is None or given.lower() == "none" else given.upper()


def _state(one: Account) -> str:
    today = Moment.now().today
    said = [
        "disabled" if not one.enabled else "",
        "suspended" if one.suspended else "",
        "locked" if one.locked_at else "",
        "not yet good" if one.valid_from and today < one.valid_from else "",
        "over" if one.valid_until and today > one.valid_until else "",
        "password expired" if (last := _last_day_of_password(one)) and last < today else "",
    ]
    return ", ".join(filter(None, said)) or "enabled"


def _last_day_of_password(one: Account) -> date | None:
    return None if one.password_on is None else accounts.last_day_of_password(one.password_on)


def _fields(one: Account) -> dict[str, object]:
    return {**output.fields_of(one), "password_until": output.day(_last_day_of_password(one)) or None, "state": _state(one)}


def _days(one: Account) -> str:
    first, last = output.day(one.valid_from), output.day(one.valid_until)
    return " ".join(filter(None, (first and f"from {first}", last and f"until {last}")))
