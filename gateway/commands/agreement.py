"""`gateway agreement`: the user agreement, and who has accepted it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands import output
from gateway.commands.admin import By, changing, looking, parse_day
from gateway.commands.lists import STDOUT
from gateway.commands.opening import refuse
from gateway.commands.output import Json, counted
from gateway.store import Connection, agreements, organisations, users
from gateway.store.agreements import Agreement, BadAgreement

app = typer.Typer(
    help="""Publish the user agreement, and see which organisations have accepted it.

Each organisation accepts through an administrator of its own. Whoever has not by the due date is shut out, and is let in at once on accepting.
""",
    no_args_is_help=True,
)

_Version = Annotated[str | None, typer.Argument(metavar="VERSION", help="Which one, like 2027-1.", show_default="the newest")]


@app.command()
def publish(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="What it is called by, like 2027-1.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="Its title.")],
    due: Annotated[str, typer.Option(metavar="DATE", help="The last day without acceptance, like 2027-06-14.")],
    file: Annotated[str, typer.Option(metavar="FILE", help="The text, as UTF-8; - reads standard input.")],
    *,
    by: By = "",
) -> None:
    """Publish a version of the user agreement; it counts for all that were before.

    Example: gateway agreement publish 2027-1 --title "User Agreement" --due 2027-06-14 --file agreement.txt
    """
    last, text = parse_day(due), _text(file)
    assert last is not None, "a day was given"
    with changing(by) as change:
        made = agreements.publish(change.connection, version, title, text, last)
        change.note("agreement.publish", made.version, title=made.title, due_on=made.due_on)
        missing = _missing(change.connection, made)
    typer.echo(
        f"User agreement {made.version} is published; {counted(len(missing), 'organisation has', 'organisations have')} until {due} to accept it."
    )


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List the versions of the user agreement, and for each the organisations that have accepted neither it nor a newer one.

    Example: gateway agreement list
    """
    with looking() as connection:
        found = [(one, _missing(connection, one)) for one in agreements.all_of_them(connection)]
    if json:
        output.as_json([{**_without_text(one), "missing": missing} for one, missing in found])
        return
    rows = [(one.version, one.title, output.time(one.published_at), output.day(one.due_on), ", ".join(missing) or "nobody") for one, missing in found]
    output.as_table(("version", "title", "published", "due", "not accepted by"), rows, "There is no user agreement. Run: gateway agreement publish")


@app.command()
def show(version: _Version = None, *, json: Json = False) -> None:
    """Show the text of a version.

    Example: gateway agreement show 2027-1
    """
    with looking() as connection:
        one = _chosen(connection, version)
    if json:
        output.as_json(one)
        return
    output.as_lines({"Version": one.version, "Title": one.title, "Published": output.time(one.published_at), "Due": output.day(one.due_on)})
    typer.echo(f"\n{one.text.rstrip()}")


@app.command()
def accept(
    organisation: Annotated[str, typer.Option(metavar="ID", help="The organisation, like COMP001.")],
    by_user: Annotated[str, typer.Option(metavar="USER", help="An administrator of it, who accepts.")],
    version: _Version = None,
    *,
    by: By = "",
) -> None:
    """Note that an organisation accepts the user agreement, with effect on the next call.

    Example: gateway agreement accept --organisation COMP001 --by-user comp1-admin
    """
    with changing(by) as change:
        one, of = _chosen(change.connection, version), organisations.by_id(change.connection, organisation)
        user = users.by_id(change.connection, by_user)
        if user.organisation_id != of.id:
            refuse(f"User {user.id} is of {user.organisation_id}, and can accept the agreement only for that.", 2)
        new = agreements.accept(change.connection, one.version, user.id)
        if new:
            change.note("agreement.accept", one.version, of.id, user=user.id)
    typer.echo(f"{of.id} {'accepts' if new else 'had already accepted'} user agreement {one.version}.")


def _chosen(connection: Connection, version: str | None) -> Agreement:
    if version is not None:
        return agreements.by_version(connection, version)
    found = agreements.all_of_them(connection)
    if not found:
        raise BadAgreement("There is no user agreement. Run: gateway agreement publish")
    return found[-1]


def _missing(connection: Connection, one: Agreement) -> list[str]:
    """The organisations whose newest acceptance is of an older agreement, or that have accepted none."""
    numbers = {each.version: each.number for each in agreements.all_of_them(connection)}
    return [each.organisation_id for each in agreements.standings(connection) if numbers.get(each.version or "", 0) < one.number]


def _without_text(one: Agreement) -> dict[str, object]:
    return {name: value for name, value in output.fields_of(one).items() if name != "text"}


def _text(file: str) -> str:
    try:
        return (sys.stdin.buffer.read() if file == STDOUT else Path(file).read_bytes()).decode("utf-8")
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror or error}.", 2)
    except UnicodeDecodeError:
        refuse(f"{file} is no UTF-8 text.", 2)
