"""`gateway hospitals`: the NHS hospitals that getHospitalsList tells of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway.commands import lists
from gateway.commands.admin import By, changing
from gateway.commands.calendar import Format
from gateway.commands.lists import Force
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.store import hospitals
from gateway.store.grid import BadList

app = typer.Typer(help="Look at the list of NHS hospitals, publish it as a file, and put another in its place.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file in UTF-8, or an XLSX workbook (its first sheet)")],
    by: By = "",
) -> None:
    """Put the hospitals of a file in the place of all that are there, all together or not at all.

    The first line names the columns: name, addressLine1, addressLine2, addressLine3, addressLine4, postCode; in any order. Name and postcode are
    needed in each row. `gateway hospitals export` writes such a file.

    Exit code: 0 done, 2 the file is wrong; then every wrong row is named and nothing was changed.
    """
    given = lists.read(file, hospitals.LAYOUT)
    try:
        with changing(by) as change:
            count = hospitals.replace(change.connection, given)
            change.note("hospitals.import", "hospitals", rows=count)
    except BadList as bad:
        lists.refuse_list(bad)
    typer.echo(f"There are {count:,} hospitals now.")


@app.command("export")
def export(
    target: Annotated[
        str, typer.Argument(metavar="FILE", help="A name ending in .csv or .xlsx, a folder for hospitals.csv, or - for CSV on standard output")
    ] = lists.STDOUT,
    *,
    force: Force = False,
) -> None:
    """Write all hospitals; to standard output unless told otherwise."""
    with current_store(read_settings()) as store, store.reading() as connection:
        found = hospitals.search(connection)
    if not found:
        refuse("There are no hospitals. Run: gateway hospitals import FILE")
    lists.write(target, hospitals.LAYOUT, hospitals.lines(found), "hospitals.csv", force=force)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Show those with this in their name")] = "",
    post_code: Annotated[str, typer.Option("--postcode", metavar="BEGINNING", help="Show those whose postcode begins so")] = "",
    form: Annotated[Format, typer.Option("--format", help="text, or json for programs")] = Format.text,
) -> None:
    """Show the hospitals as getHospitalsList finds them."""
    with current_store(read_settings()) as store, store.reading() as connection:
        found = hospitals.search(connection, name, post_code)
    if form is Format.json:
        rows = [{"name": one.name, "address": [line for line in one.address if line], "postCode": one.post_code} for one in found]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    console = lists.console()
    if found:
        table = Table("name", "address", "postcode", box=None, pad_edge=False)
        for one in found:
            table.add_row(*(Text(cell) for cell in (one.name, ", ".join(filter(None, one.address)), one.post_code)))
        console.print(table)
    console.print(f"{len(found):,} {'hospital' if len(found) == 1 else 'hospitals'}")
