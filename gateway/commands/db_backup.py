"""`gateway db backup` and `gateway db restore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from gateway.commands.opening import current_store, opened, refuse
from gateway.commands.opening import settings as read_settings
from gateway.commands.output import counted
from gateway.store import backup as backups
from gateway.store.backup import CannotBackUp
from gateway.store.upgrade import is_current
from gateway.store.whereabouts import place


def backup(target: Annotated[Path, typer.Argument(metavar="FILE", help="A new file")]) -> None:
    """Write a backup of the store to a new file, while calls go on: everything as it was at one moment, and checked.

    SQLite: a store by itself. PostgreSQL: what pg_dump writes, which must be installed, of the server's version.
    """
    try:
        with current_store(read_settings()) as store, _shown("Copying") as progress:
            claims = backups.back_up(store, target, progress)
    except CannotBackUp as problem:
        refuse(str(problem))
    except OSError as problem:  # a folder that may not be written to, a full disk
        refuse(f"{target} cannot be written: {problem.strerror}.")
    held = "" if claims is None else f", {counted(claims, 'claim')}"
    typer.echo(f"Wrote {target}, {counted(target.stat().st_size, 'byte')}{held}.")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What gateway db backup has written")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Also in the place of a store that has claims or users")] = False,
) -> None:
    """Put a backup in the place of the store: all of it, or nothing. Servers and jobs must be stopped.

    A SQLite file that was there is kept beside the new one. What was answered since the backup was made is not in it.
    """
    settings = read_settings()
    try:
        with opened(settings) as store:
            claims, users = backups.in_the_way(store)
            if (claims or users) and not yes:
                there = f"{counted(claims, 'claim')} and {counted(users, 'user')}"
                refuse(f"The store at {place(settings.store_url)} has {there}; --yes puts the backup in its place.", 2)
            with _shown("Copying") as progress:
                aside = backups.restore(store, source, progress)
            current = is_current(store)
    except CannotBackUp as problem:
        refuse(str(problem))
    except OSError as problem:
        refuse(f"{source} cannot be put in place: {problem.strerror}.")
    typer.echo(f"The store at {place(settings.store_url)} is what {source} has.")
    if aside is not None:
        typer.echo(f"What was there before is in {aside}.")
    if not current:
        typer.echo("It is of an earlier version of this program. Run: gateway db upgrade")


@contextmanager
def _shown(words: str) -> Iterator[backups.Progress]:
    """A bar on the terminal, if somebody looks."""
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bars:
        bar = bars.add_task(words, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)
