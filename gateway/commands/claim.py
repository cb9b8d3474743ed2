"""`gateway claim`: look at claims from outside, and delete one for good."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer
from rich.table import Table
from rich.text import Text

from gateway.clock import Moment, spoken
from gateway.commands.admin import By, who_gives
from gateway.commands.calendar import Format
from gateway.commands.lists import console
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.contract.load import contract
from gateway.contract.retention import retention
from gateway.domain.application_id import BadApplicationId, application_number
from gateway.errors import Refused
from gateway.operations import desk
from gateway.store import Connection, audit, claims, sandbox, transfers
from gateway.store.claims import Claim

app = typer.Typer(help="Look at a claim from outside, without its content, and delete one for good.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="APPLICATION-ID", help="The claim's number, with or without its leading zeros")]


def number_of(text: str) -> int:
    """The number of a claim. Ends the command if it is none."""
    try:
        return application_number(text)
    except BadApplicationId as error:
        refuse(error.message, 2)


@app.command()
def show(application_id: Number, form: Annotated[Format, typer.Option("--format", help="text, or json for programs")] = Format.text) -> None:
    """Show where a claim stands: phase, parties, time limits. Nothing of what the parties wrote."""
    number = number_of(application_id)
    with current_store(read_settings()) as store, store.reading() as connection:
        facts = _facts(connection, _claim(connection, number))
    if form is Format.json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for name, value in facts.items():
        lines = [line for line in (value if isinstance(value, list) else [value]) if line not in (None, "")]
        for number, line in enumerate(lines):
            typer.echo(f"{'' if number else name.replace('_', ' '):18}{line}")


@app.command()
def history(application_id: Number, form: Annotated[Format, typer.Option("--format", help="text, or json for programs")] = Format.text) -> None:
    """Show what happened to a claim, oldest first: when, which step, who took it, and where it led."""
    number = number_of(application_id)
    with current_store(read_settings()) as store, store.reading() as connection:
        _claim(connection, number)
        events = claims.history(connection, number)
    if form is Format.json:
        kept = ("number", "row", "operation", "organisation_id", "user_id", "from_phase", "to_phase")
        told = [{"at": one.at.isoformat(), **{name: getattr(one, name) for name in kept}, "by": one.detail.get("by", "")} for one in events]
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    table = Table("", "when (London)", "step", "by", "phase then", box=None, pad_edge=False)
    for one in events:
        by = " ".join(filter(None, (one.organisation_id, one.user_id))) or one.detail.get("by", "the clock")
        step = " ".join(filter(None, (one.operation, f"({one.row})" if one.row else "")))
        table.add_row(str(one.number), spoken(one.at), Text(step), Text(by), Text(one.to_phase))
    console().print(table)


@app.command()
def delete(
    application_id: Number,
    *,
    user: Annotated[str, typer.Option("--user", metavar="ID", help="For which user; with a profile to delete claims, of either side")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    by: By = "",
) -> None:
    """Delete a claim for good, in whatever phase it is (data protection).

    For two weeks programs see that it was deleted, and can do nothing with it; then it is gone with everything that belongs to it.
    """
    settings = read_settings()
    name, number = who_gives(by, settings), number_of(application_id)
    with current_store(settings) as store:
        try:
            with store.reading() as connection:
                moment = _now(connection)
                asking = desk.user_with(connection, user, desk.DELETE)
                claim = desk.deletable(connection, number, asking, moment)
            days = retention().shadow.days
            question = f"Delete claim {claim.application_id} ({claim.phase}) for good? It is gone {days} days from now, and cannot be brought back."
            if not yes and not typer.confirm(question):
                refuse("Nothing was deleted.")
            with store.writing() as connection:
                moment = _now(connection)
                asking = desk.user_with(connection, user, desk.DELETE)
                deleted = desk.delete_for_good(connection, contract(), number, asking, moment)
                audit.write(connection, name, desk.WHAT, deleted.application_id, asking.organisation_id, {"user": asking.id})
        except Refused as refusal:
            refuse(refusal.message)
    assert deleted.gone_at is not None, "it will be gone"
    typer.echo(f"Claim {deleted.application_id} is deleted. It is gone on {spoken(deleted.gone_at)} in London.")


def _now(connection: Connection) -> Moment:
    return Moment.now(sandbox.offset(connection))


def _claim(connection: Connection, number: int) -> Claim:
    found = claims.load(connection, number)
    if found is None:
        _no_claim(number)
    return found


def _no_claim(number: int) -> NoReturn:
    refuse(f"There is no claim {number:016d}.")


def _facts(connection: Connection, claim: Claim) -> dict[str, Any]:
    passed = transfers.list_of(connection, claim.id)
    return {
        "claim": claim.application_id,
        "process": f"{claim.process} {claim.claim_type}, release {claim.release}",
        "phase": f"{claim.phase} ({contract().phases[claim.phase].name})",
        "turn": claim.acts,
        "claimant_side": _party(claim.cr_organisation, "", claim.cr_user),
        "compensator": _party(claim.cm_organisation, f", branch {claim.cm_branch}", claim.cm_user),
        "created": _at(claim.created_at),
        "changed": _at(claim.updated_at),
        "limit": f"{claim.running}, {_at(claim.due_at)}" if claim.running and claim.next_at else None,
        "locked_by": claim.locked_by(_now(connection).utc),
        "transfers": [f"{one.source} to {one.target}, {_at(one.at)}, by {one.by}" for one in passed],
        "deleted": _at(claim.deleted_at),
        "gone": _at(claim.gone_at),
        "attachments": claim.attachments_count,
        "documents": claim.documents_count,
    }


def _party(organisation: str, branch: str, user: str | None) -> str:
    return f"{organisation}{branch}" + (f", allocated to {user}" if user else "")


def _at(instant: datetime | None) -> str | None:
    return spoken(instant) if instant else None
