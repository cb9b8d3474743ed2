"""`gateway index`: the insurer index, which says where the claims of a motor insurer go."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.clock import LONDON
from gateway.commands import lists
from gateway.commands.admin import By, changing
from gateway.commands.calendar import Format
from gateway.commands.lists import Force
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.store import insurer_index
from gateway.store.grid import BadList
from gateway.store.insurer_index import Entry, Index

app = typer.Typer(
    help="""Look at the RTA insurer index, publish it as a file, and take in a new issue of it.

Each row joins a motor insurer, as the Motor Insurance Database (MID) names it, and its contact insurer to a compensator of the portal.
Programs ask for it with searchCompensatorsByInsurerIndex, or keep a copy of the file. It is not for EL/PL claims.
""",
    no_args_is_help=True,
)

_NONE = "There is no insurer index. Run: gateway index import FILE"
_SHOWN_ISSUES = 5


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An XLSX workbook (its first sheet) or a CSV file in UTF-8")],
    version: Annotated[int | None, typer.Option(min=1, max=2**31 - 1, help="Number of this issue, whatever the file states")] = None,
    dated: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Date of this issue, whatever the file states")] = None,
    by: By = "",
) -> None:
    """Make the rows of a file the new index, all together or not at all.

    The file has a line with the names of the columns (MIDInsurerId, MIDInsurerName, MIDContactInsurerId, MIDContactInsurerName, OrganizationId,
    OrganizationPath, RAPIDInsurerName; in any order), above it perhaps "Version" and "Date", each with its value in the next cell. Without them
    it gets the next number and today's date. `gateway index export` writes such a file.

    Exit code: 0 done, 2 the file is wrong; then every wrong row is named and nothing was changed.
    """
    given = lists.read(file, insurer_index.LAYOUT)
    try:
        with changing(by) as change:
            day: date | None = dated.date() if dated else None
            issue, changed = insurer_index.replace(change.connection, given, lists.now(change.connection), version=version, dated=day)
            if changed:
                change.note("index.import", f"version {issue.version}", rows=issue.row_count)
    except BadList as bad:
        lists.refuse_list(bad)
    if changed:
        typer.echo(f"The insurer index is now version {issue.version} of {issue.dated}, with {_counted(issue.row_count)}.")
    else:
        typer.echo(f"This is version {issue.version}, which is the present one. Nothing was changed.")


@app.command("export")
def export(
    target: Annotated[
        str, typer.Argument(metavar="FILE", help="A name ending in .xlsx or .csv, a folder for the usual name, or - for CSV on standard output")
    ] = ".",
    *,
    force: Force = False,
) -> None:
    """Write the index as the portal publishes it, with its version and date: RTA-A2A-Insurer-Index-v3.xlsx in the present folder, unless told otherwise."""
    index = _newest()
    lists.write(target, insurer_index.LAYOUT, index.lines(), index.issue.file_name(".xlsx"), force=force)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Show the rows with this in the name of insurer, contact or organisation")] = "",
    form: Annotated[Format, typer.Option("--format", help="text, or json for programs (then all rows)")] = Format.text,
) -> None:
    """Say which issue is in force and how many rows each compensator has; with a NAME, show the rows that programs find by it."""
    with current_store(read_settings()) as store, store.reading() as connection:
        index, issues = insurer_index.newest(connection), insurer_index.issues(connection)
        found = insurer_index.search(connection, None, name) if name else []
    if index is None:
        refuse(_NONE)
    entries = found if name else list(index.entries)
    if form is Format.json:
        _json(index, entries)
        return
    console = lists.console()
    issue = index.issue
    typer.echo(
        f"{insurer_index.LAYOUT.title}, version {issue.version} of {issue.dated}, imported {_when(issue.imported_at)}: {_counted(issue.row_count)}"
    )
    if name:
        _rows(console, entries, name)
        return
    _compensators(console, entries)
    if len(issues) > 1:
        before = ", ".join(f"{one.version} of {one.dated}" for one in issues[1 : _SHOWN_ISSUES + 1])
        console.print(f"\nBefore it: version {before}{' …' if len(issues) > _SHOWN_ISSUES + 1 else ''}")


def _newest() -> Index:
    with current_store(read_settings()) as store, store.reading() as connection:
        index = insurer_index.newest(connection)
    if index is None:
        refuse(_NONE)
    return index


def _json(index: Index, entries: list[Entry]) -> None:
    issue = index.issue
    head = {"version": issue.version, "date": issue.dated.isoformat(), "imported": issue.imported_at.isoformat(timespec="seconds")}
    typer.echo(json.dumps({**head, "rows": [asdict(entry) for entry in entries]}, indent=2, ensure_ascii=False))


def _compensators(console: Console, entries: list[Entry]) -> None:
    counts = Counter((entry.organisation_id, entry.organisation_name) for entry in entries)
    table = Table("compensator", "name", "rows", box=None, pad_edge=False)
    table.columns[2].justify = "right"
    for (id, name), count in sorted(counts.items()):
        table.add_row(Text(id), Text(name), f"{count:,}")
    console.print(table)


def _rows(console: Console, entries: list[Entry], name: str) -> None:
    if not entries:
        console.print(Text(f"No row has {name!r} in a name."))
        return
    table = Table("MID id", "insurer", "contact", "compensator", box=None, pad_edge=False)
    for entry in entries:
        cells = (entry.insurer_id, entry.insurer_name, entry.contact_name, f"{entry.organisation_name} ({entry.organisation_id})")
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def _counted(rows: int) -> str:
    return f"{rows:,} {'row' if rows == 1 else 'rows'}"


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"
