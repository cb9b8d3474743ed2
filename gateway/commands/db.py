"""`gateway db`: make the store, fill it, look at it, keep it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.commands.admin import By, changing
from gateway.commands.db_backup import backup, restore
from gateway.commands.db_check import check
from gateway.commands.lists import now
from gateway.commands.opening import opened, refuse
from gateway.commands.opening import settings as read_settings
from gateway.store import calendars, demo, directory
from gateway.store.directory_file import BadDirectory
from gateway.store.upgrade import is_current, revision
from gateway.store.upgrade import upgrade as upgrade_store
from gateway.store.whereabouts import exists, place, row_counts

app = typer.Typer(help="Make, fill, check and back up the store.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Make the tables, or bring them up to this version. Does nothing if they are."""
    settings = read_settings()
    with opened(settings) as store:
        before = revision(store)
        upgrade_store(store)
        after = revision(store)
    typer.echo(f"The store at {place(settings.store_url)} {'was' if before == after else 'is now'} at revision {after}.")


@app.command()
def seed(
    directory_file: Annotated[
        Path | None, typer.Option("--directory", metavar="FILE", help="Organisations and users to put in, instead of the sandbox's own")
    ] = None,
    *,
    by: By = "",
) -> None:
    """Put in the bank holidays, organisations, users, hospitals and the insurer index that are not there yet. What is there stays as it is.

    The sandbox's own accounts have a published password: not for a store with real claims. With organisations of your own, hospitals and the
    insurer index come with `gateway hospitals import` and `gateway index import`.
    """
    file = directory_file or demo.directory_file()
    try:
        with changing(by) as change:
            connection = change.connection
            calendar = calendars.seed(connection)
            rows = demo.seed(connection, now(connection)) if directory_file is None else {demo.PEOPLE: directory.seed(connection, file)}
            put_in: dict[str, Any] = {what: count for what, count in {"bank holidays": int(calendar), **rows}.items() if count}
            if put_in:
                change.note("db.seed", file.name[:100], **put_in)
    except BadDirectory as error:
        refuse(str(error), 2)
    typer.echo("Put in the bank holidays of England and Wales." if calendar else "The bank holidays are there already.")
    for what, count in rows.items():
        typer.echo(f"Put in {count} rows of {what}." if count else f"There already: {what}.")


@app.command()
def show() -> None:
    """Say where the store is, which revision it has, and how many rows."""
    settings = read_settings()
    typer.echo(f"Store:    {place(settings.store_url)}")
    if not exists(settings.store_url):
        typer.echo("Revision: none, there is no such file. Run: gateway db upgrade")
        return
    with opened(settings) as store, store.reading() as connection:
        current = is_current(store)
        typer.echo(f"Revision: {revision(store) or 'none'}{'' if current else ', not that of this program. Run: gateway db upgrade'}")
        for table, rows in row_counts(connection).items() if current else ():
            typer.echo(f"{table + ':':<16} {rows:>10,}")


app.command()(check)
app.command()(backup)
app.command()(restore)
