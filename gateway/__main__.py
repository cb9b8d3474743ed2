"""The `gateway` command."""

from __future__ import annotations

import typer

from gateway.commands import archive, calendar, claim, clock, contract, db, hospitals, index, jobs, retention
from gateway.commands.serve import serve
from gateway.commands.transfer import transfer_claims
from gateway.commands.validate import validate

app = typer.Typer(
    name="gateway",
    help="A mirror of the A2A (SOAP) interface of the UK Claims Portal. Settings come from the environment; the README lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command()(serve)
app.command()(validate)
app.add_typer(contract.app, name="contract")
app.add_typer(clock.app, name="clock")
app.add_typer(calendar.app, name="calendar")
app.add_typer(index.app, name="index")
app.add_typer(hospitals.app, name="hospitals")
app.add_typer(claim.app, name="claim")
app.command("transfer")(transfer_claims)
app.add_typer(retention.app, name="retention")
app.add_typer(archive.app, name="archive")
app.add_typer(jobs.app, name="jobs")
app.add_typer(db.app, name="db")


def main() -> None:
    """Entry point of the installed command."""
    app()


if __name__ == "__main__":
    main()
