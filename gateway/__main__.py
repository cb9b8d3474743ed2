"""The `gateway` command."""

from __future__ import annotations

import typer

from gateway.commands import calendar, clock, contract, db, jobs
from gateway.commands.serve import serve
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
app.add_typer(jobs.app, name="jobs")
app.add_typer(db.app, name="db")


def main() -> None:
    """Entry point of the installed command."""
    app()


if __name__ == "__main__":
    main()
