"""What `gateway index` and `gateway hospitals` have in common: lists that come from a file and go into one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import track

from gateway.clock import Moment
from gateway.commands.opening import refuse
from gateway.store import Connection, grid, list_file, sandbox
from gateway.store.grid import BadList, Line, Written
from gateway.store.list_file import Layout, ListFile

_MANY_LINES = 500  # from here on a progress bar is worth its line
STDOUT = "-"

Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


def now(connection: Connection) -> Moment:
    """The process clock's time: in a sandbox somebody may have moved it."""
    return Moment.now(sandbox.offset(connection))


def read(path: Path, layout: Layout) -> ListFile:
    """The file, with a progress bar if it is long and somebody looks. Ends the command if there is no list in it."""
    try:
        return list_file.read(path, layout, _watched)
    except BadList as bad:
        refuse_list(bad)


def refuse_list(bad: BadList) -> NoReturn:
    """Say everything that is wrong with a file, and end the command."""
    count = len(bad.problems)
    refuse("\n".join([*bad.problems, f"{count} {'thing is' if count == 1 else 'things are'} wrong. Nothing was changed."]), 2)


def write(target: str, layout: Layout, lines: Sequence[Written], suggested: str, *, force: bool) -> None:
    """Write a list: CSV to standard output for -, else a file, by the ending of its name; in a folder, the file that is suggested."""
    if target == STDOUT:
        grid.write_csv(sys.stdout.buffer, lines)
        return
    path = Path(target) / suggested if Path(target).is_dir() else Path(target)
    if path.suffix.lower() not in (".csv", ".xlsx"):
        refuse(f"{path}: the name must end in .csv or .xlsx, which says what is written.", 2)
    if path.exists() and not force:
        refuse(f"{path} is there already; --force writes over it.", 2)
    try:
        list_file.save(path, layout, lines)
    except OSError as error:
        refuse(f"{path} cannot be written: {error.strerror or error}.", 2)
    typer.echo(f"Wrote {path}.")


def console() -> Console:
    """Where tables go. What is not a terminal gets wide lines instead of wrapped ones."""
    out = Console(file=sys.stdout, highlight=False)
    if not out.is_terminal:
        out.width = 160
    return out


def _watched(lines: Iterable[Line], about: int) -> Iterable[Line]:
    errors = Console(stderr=True)
    if about < _MANY_LINES or not errors.is_terminal:
        return lines
    return track(lines, "Reading", total=about, console=errors, transient=True)
