"""`gateway transfer`: pass claims in progress from one organisation to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gateway.clock import Moment
from gateway.commands import output
from gateway.commands.admin import By, who_gives
from gateway.commands.lists import console
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.commands.output import Json
from gateway.commands.stopping import stopped_by_signals
from gateway.contract.load import contract
from gateway.contract.model import PROCESSES
from gateway.domain.application_id import BadApplicationId, application_number
from gateway.errors import Refused
from gateway.operations.transfer import FEW, TRANSFERRED, WHAT, Order, Selection, order, select, transfer
from gateway.store import audit, sandbox
from gateway.store.engine import Store


def transfer_claims(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The organisation that has the claims, as COMP001")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The organisation that is to have them, of the same type")],
    *,
    process: Annotated[str | None, typer.Option("--process", metavar="|".join(PROCESSES), help="Only claims of this process")] = None,
    phase: Annotated[list[str] | None, typer.Option("--phase", metavar="PHASE", help="Only claims in this phase; may be given several times")] = None,
    claims: Annotated[Path | None, typer.Option("--claims", metavar="FILE", help="Only the claims whose numbers this file has, one a line")] = None,
    branch: Annotated[
        str | None, typer.Option("--branch", metavar="NUMBER", help="The compensator's branch they go to. Default: its central point")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="ID", help="The user of TO they are allocated to. Default: nobody")] = None,
    do: Annotated[bool, typer.Option("--do/--dry-run", help="Transfer them; without it, only show which claims are meant")] = False,
    by: By = "",
    json: Json = False,
) -> None:
    """Pass claims in progress from one organisation to another of the same type. Shows what would be done; --do does it.

    Phase and turn stay as they are and time limits run on. Both organisations and the other side are notified; FROM sees the claims no more.
    Each claim passes on by itself as a whole: stop the command at any time, and give it again to go on.

    Exit code: 0 done (or shown), 1 stopped, or a claim failed, 2 it cannot be done as asked; then nothing was changed.
    """
    settings = read_settings()
    name = who_gives(by, settings)
    if process is not None and process not in PROCESSES:
        refuse(f"--process is {process!r}; allowed: {', '.join(PROCESSES)}.", 2)
    only = None if claims is None else _numbers(claims)
    with stopped_by_signals() as stop, current_store(settings) as store:
        try:
            with store.reading() as connection:
                moment = Moment.now(sandbox.offset(connection))
                ordered = order(connection, contract(), source, target, by=name, process=process, phases=phase or (), branch=branch, user=user)
                found = select(connection, ordered, moment, only)
        except Refused as refusal:
            refuse(refusal.message, 2)
        if not json:
            _show(ordered, found)
        if not (do and found.claims):
            if json:
                output.as_json(_facts(ordered, found, None))
            else:
                typer.echo("Nothing was changed. --do transfers them." if found.claims else "There is nothing to transfer.")
            return
        with store.writing() as connection:
            detail = {"to": ordered.target.id, "claims": len(found.claims), "branch": ordered.branch, "user": ordered.user and ordered.user.id}
            audit.write(connection, name, f"claim.{WHAT}", ordered.source.id, ordered.source.id, detail)
        done = _carry_out(store, ordered, found, stop.is_set)
    if json:
        output.as_json(_facts(ordered, found, done))
    else:
        for reason, count in done.items():
            typer.echo(f"{count:>9,}  {reason}")
    if sum(done.values()) < len(found.claims):
        refuse("Stopped before all were transferred; what was transferred is. Give the command again to go on.")


def _carry_out(store: Store, ordered: Order, found: Selection, stopping: Callable[[], bool]) -> Counter[str]:
    """One transaction for each claim; how many had which end."""
    done: Counter[str] = Counter({TRANSFERRED: 0})
    columns = (TextColumn("Transferring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("", total=len(found.claims))
        for claim_id in found.claims:
            if stopping():
                break
            with store.writing() as connection:
                moment = Moment.now(sandbox.offset(connection))
                done[transfer(connection, contract(), ordered, claim_id, moment)] += 1
            progress.advance(task)
    return done


def _numbers(path: Path) -> list[int]:
    """The claims that a file names; what begins with # is a remark. Ends the command if a line is no number."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}.", 2)
    found: list[int] = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if text:
            try:
                found.append(application_number(text))
            except BadApplicationId as error:
                refuse(f"{path}, line {number}: {error.message}", 2)
    return found


def _facts(ordered: Order, found: Selection, done: Counter[str] | None) -> dict[str, Any]:
    """What is meant and, once it was carried out, how many had which end; for programs."""
    return {
        "from": ordered.source.id,
        "to": ordered.target.id,
        "branch": ordered.branch,
        "user": ordered.user.id if ordered.user else None,
        "claims": [f"{number:016d}" for number in found.claims],
        "phases": dict(sorted(found.phases.items())),
        "left": dict(found.left),
        "done": None if done is None else dict(done),
    }


def _show(ordered: Order, found: Selection) -> None:
    out = console()
    target = f"{ordered.target.id} {ordered.target.name}" + (f", branch {ordered.branch}" if ordered.branch else "")
    out.print(f"From {ordered.source.id} {ordered.source.name} to {target}", markup=False)
    out.print(f"Allocated to {ordered.user.id if ordered.user else 'nobody'}\n", markup=False)
    if found.claims:
        table = Table("phase", "claims", box=None, pad_edge=False, show_footer=True)
        table.columns[1].justify = "right"
        for phase in contract().phases.values():
            if phase.id in found.phases:
                table.add_row(phase.id, f"{found.phases[phase.id]:,}")
        table.columns[0].footer, table.columns[1].footer = "together", f"{len(found.claims):,}"
        out.print(table)
    for reason, count in found.left.items():
        out.print(f"{count:,} of those asked for not: {reason}", markup=False)
    if 0 < len(found.claims) < FEW:
        out.print(f"(The portal transfers about {FEW} claims or more at a time. Fewer are transferred here all the same.)")
