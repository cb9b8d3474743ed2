"""`gateway archive`: claims that ended with a court pack, for those who still have to read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway.clock import Moment, spoken
from gateway.commands.calendar import Format
from gateway.commands.claim import Number, number_of
from gateway.commands.lists import Force, console
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.contract.load import contract
from gateway.errors import Refused
from gateway.operations import desk
from gateway.store import sandbox
from gateway.store.archive import Archived, Printed

app = typer.Typer(
    help="""Read claims that ended with a court pack; the archive keeps them for twelve months.

It is open to users with a profile to search archived claims, for the claims of their own organisation.
""",
    no_args_is_help=True,
)

User = Annotated[str, typer.Option("--user", metavar="ID", help="For which user; with a profile to search archived claims")]
Form = Annotated[Format, typer.Option("--format", help="text, or json for programs")]


@app.command("list")
def list_(*, user: User, form: Form = Format.text) -> None:
    """List the claims of the user's organisation that are in the archive."""
    with current_store(read_settings()) as store, store.reading() as connection:
        try:
            asking = desk.user_with(connection, user, desk.ARCHIVE)
        except Refused as refusal:
            refuse(refusal.message)
        found = desk.archived_claims(connection, asking, Moment.now(sandbox.offset(connection)))
    if form is Format.json:
        names = ("claim_type", "phase", "cr_organisation", "cm_organisation", "cr_reference", "cm_reference")
        lines = [{"claim": f"{one.id:016d}", **{name: getattr(one, name) for name in names}, "until": one.expires_at.isoformat()} for one in found]
        typer.echo(json.dumps(lines, indent=2, ensure_ascii=False))
        return
    if found:
        table = Table("claim", "type", "claimant side", "reference", "compensator", "reference", "until", box=None, pad_edge=False)
        for one in found:
            cells = (f"{one.id:016d}", one.claim_type, one.cr_organisation, one.cr_reference, one.cm_organisation, one.cm_reference)
            table.add_row(*(Text(cell or "") for cell in cells), spoken(one.expires_at))
        console().print(table)
    typer.echo(f"{len(found):,} {'claim' if len(found) == 1 else 'claims'} in the archive")


@app.command()
def show(application_id: Number, *, user: User, form: Form = Format.text) -> None:
    """Show what the archive has of a claim: its parties, printed documents, and the names of what was attached."""
    claim, documents, _ = _read(application_id, user)
    if form is Format.json:
        typer.echo(json.dumps(_facts(claim, documents), indent=2, ensure_ascii=False))
        return
    typer.echo(f"Claim {claim.application_id} ({claim.claim_type}), ended in {contract().phases[claim.phase].name}")
    typer.echo(f"Claimant side {claim.cr_organisation}, reference {claim.cr_reference or '-'}")
    typer.echo(f"Compensator {claim.cm_organisation}, reference {claim.cm_reference or '-'}")
    typer.echo(f"In the archive since {spoken(claim.archived_at)}, until {spoken(claim.expires_at)}")
    for printed in documents:
        typer.echo(f"Document {printed.file_name}: {printed.title}, {spoken(printed.at)}")
    for attached in claim.attachments:
        typer.echo(f"Attached was {attached['file_name']}: {attached['title']}, by {attached['owner']}; the file itself is not kept")


@app.command()
def export(
    application_id: Number,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go; made if it is not there")] = Path(),
    *,
    user: User,
    force: Force = False,
) -> None:
    """Write a claim of the archive into files: getClaim as XML, the printed documents as PDF, and a list of all that as JSON."""
    claim, documents, xml = _read(application_id, user)
    facts = json.dumps(_facts(claim, documents), indent=2, ensure_ascii=False)
    files = {
        f"claim-{claim.application_id}.xml": xml.encode(),
        f"claim-{claim.application_id}.json": facts.encode(),
        **{one.file_name: one.body for one in documents},
    }
    there = [name for name in files if (folder / name).exists()]
    if there and not force:
        refuse(f"{folder / there[0]} is there already; --force writes over it.", 2)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            (folder / name).write_bytes(body)
    except OSError as error:
        refuse(f"{folder} cannot be written: {error.strerror or error}.", 2)
    typer.echo(f"Wrote {len(files)} files into {folder}.")


def _read(application_id: str, user: str) -> tuple[Archived, list[Printed], str]:
    number = number_of(application_id)
    with current_store(read_settings()) as store, store.reading() as connection:
        try:
            asking = desk.user_with(connection, user, desk.ARCHIVE)
            claim = desk.archived_claim(connection, number, asking, Moment.now(sandbox.offset(connection)))
        except Refused as refusal:
            refuse(refusal.message)
        return claim, desk.printed(connection, claim), desk.document_for(claim, asking)


def _facts(claim: Archived, documents: list[Printed]) -> dict[str, object]:
    names = ("process", "claim_type", "phase", "cr_organisation", "cm_organisation", "cr_reference", "cm_reference")
    return {
        "claim": claim.application_id,
        **{name: getattr(claim, name) for name in names},
        "archived_at": claim.archived_at.isoformat(),
        "expires_at": claim.expires_at.isoformat(),
        "documents": [{"file_name": one.file_name, "title": one.title, "at": one.at.isoformat()} for one in documents],
        "attachments": list(claim.attachments),
    }
