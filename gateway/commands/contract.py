"""`gateway contract`: what the contract table says, what is served of it, and the files made from it."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import gateway.dispatch
from gateway.commands import ledger_view, row_view
from gateway.commands.opening import refuse
from gateway.commands.validate import Process
from gateway.contract.coverage import ledger
from gateway.contract.load import contract
from gateway.contract.render import generated
from gateway.contract.walks import BadWalks
from gateway.operations.agreement import Disagreement, check
from gateway.operations.call import HANDLERS

app = typer.Typer(help="Look at the contract table: who may call what and when, what is served, what a claim can go through.", no_args_is_help=True)

REPOSITORY = Path(gateway.__file__).parents[1]
_WIDEST = 120

# the handlers register themselves when the pipeline is imported; without them nothing could be said to be served
assert gateway.dispatch


class Format(StrEnum):
    """How the ledger is written."""

    text = "text"
    json = "json"
    markdown = "markdown"


@app.command()
def coverage(
    process: Annotated[Process | None, typer.Option(help="Only the services of this process.")] = None,
    *,
    missing: Annotated[bool, typer.Option("--missing", help="Only operations that are still to be built.")] = False,
    output: Annotated[Format, typer.Option("--format", help="text to read, json for programs, markdown for documents.")] = Format.text,
) -> None:
    """Say which operations each service serves, and what the others wait for.

    Derived from the table and the handlers, which are checked against each other first.
    """
    try:
        check(contract(), HANDLERS)
    except Disagreement as error:
        refuse(str(error))
    found = ledger(contract(), process)
    if output is Format.json:
        typer.echo(ledger_view.as_json(found, missing=missing))
    elif output is Format.markdown:
        typer.echo(ledger_view.as_markdown(found, missing=missing))
    else:
        width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
        typer.echo(ledger_view.as_text(found, missing=missing, width=width))


@app.command()
def render(
    *,
    only_check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 and the names of the files that differ.")] = False,
    into: Annotated[Path, typer.Option(file_okay=False, help="The repository.", show_default="this one")] = REPOSITORY,
) -> None:
    """Write OPERATIONS.md and the phase graphs (docs/phases-*.svg, .dot) from the contract table."""
    if not (into / "setup.cfg").is_file():
        refuse(f"There is no repository at {into}: these files belong to the source, not to an installed program. Name it with --into.", 2)
    try:
        files = generated(contract(), into)
    except BadWalks as error:
        refuse(str(error))
    different = [name for name, text in files.items() if not _is(into / name, text)]
    if only_check and different:
        refuse("\n".join([*(f"{name} is not what the contract table gives" for name in different), "Run: make contract"]))
    for name in different:
        path = into / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(files[name], encoding="utf-8", newline="\n")
        typer.echo(f"{name} written")
    if not different:
        typer.echo("Up to date.")


@app.command()
def show(
    operation: Annotated[str, typer.Argument(metavar="OPERATION", help="Like sendLiabilityDecision.")],
) -> None:
    """Tell everything known about an operation: who, when, from where to where, its document and its messages."""
    typer.echo(row_view.operation_text(contract(), _named("operation", operation, contract().operations)))


@app.command()
def phase(
    name: Annotated[str, typer.Argument(metavar="PHASE", help="Like LiabilityDecision, the phaseCacheId.")],
) -> None:
    """Tell what can be called in a phase, by whom, and how a claim gets there."""
    typer.echo(row_view.phase_text(contract(), _named("phase", name, contract().phases)))


def _named(kind: str, given: str, known: Iterable[str]) -> str:
    """The name as the table writes it; ends the command if it has none like it."""
    names = {name.lower(): name for name in known}
    if given.lower() not in names:
        close = difflib.get_close_matches(given.lower(), names, n=5, cutoff=0.5)
        hint = f" Did you mean: {', '.join(names[name] for name in close)}?" if close else ""
        refuse(f"There is no {kind} {given}.{hint}", 2)
    return names[given.lower()]


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()
