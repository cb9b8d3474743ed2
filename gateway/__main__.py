"""The `gateway` command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands import (
    agreement,
    archive,
    branch,
    calendar,
    claim,
    clock,
    config,
    contract,
    db,
    hospitals,
    identity,
    index,
    jobs,
    limits,
    maintenance,
    org,
    retention,
    software_house,
    user,
)
from gateway.commands.audit import audit
from gateway.commands.serve import serve
from gateway.commands.top import top
from gateway.commands.transfer import transfer_claims
from gateway.commands.validate import validate
from gateway.resources import version
from gateway.setting import FILE
from gateway.store.migrations import NEWEST

app = typer.Typer(
    name="gateway",
    help="A mirror of the A2A (SOAP) interface of the UK Claims Portal. Settings come from the environment and a file; the README lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
_RUN, _ADMINISTER, _KEEP, _TRY = "Run", "Administer who takes part", "Look after claims and lists", "Develop and test"


def tell_version(wanted: bool) -> None:
    """Say the version of the program and of the tables it needs."""
    if wanted:
        typer.echo(f"a2a-gateway {version()}, tables at revision {NEWEST}")
        raise typer.Exit


@app.callback()
def settings_file(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help=f"A TOML file with settings, instead of the one that {FILE} names.")] = None,
    _version: Annotated[bool, typer.Option("--version", is_eager=True, callback=tell_version, help="Say which version this is, and end.")] = False,
) -> None:
    """Set what all commands share."""
    if config is not None:
        os.environ[FILE] = str(config.expanduser().resolve())  # for the processes that a command starts, too


app.command(rich_help_panel=_RUN)(serve)
app.command(rich_help_panel=_RUN)(top)
app.add_typer(jobs.app, name="jobs", rich_help_panel=_RUN)
app.add_typer(maintenance.app, name="maintenance", rich_help_panel=_RUN)
app.add_typer(limits.app, name="limits", rich_help_panel=_RUN)
app.add_typer(db.app, name="db", rich_help_panel=_RUN)
app.add_typer(config.app, name="config", rich_help_panel=_RUN)
app.add_typer(org.app, name="org", rich_help_panel=_ADMINISTER)
app.add_typer(branch.app, name="branch", rich_help_panel=_ADMINISTER)
app.add_typer(user.app, name="user", rich_help_panel=_ADMINISTER)
app.add_typer(identity.app, name="identity", rich_help_panel=_ADMINISTER)
app.add_typer(agreement.app, name="agreement", rich_help_panel=_ADMINISTER)
app.add_typer(software_house.app, name="software-house", rich_help_panel=_ADMINISTER)
app.command(rich_help_panel=_ADMINISTER)(audit)
app.add_typer(claim.app, name="claim", rich_help_panel=_KEEP)
app.command("transfer", rich_help_panel=_KEEP)(transfer_claims)
app.add_typer(retention.app, name="retention", rich_help_panel=_KEEP)
app.add_typer(archive.app, name="archive", rich_help_panel=_KEEP)
app.add_typer(index.app, name="index", rich_help_panel=_KEEP)
app.add_typer(hospitals.app, name="hospitals", rich_help_panel=_KEEP)
app.add_typer(calendar.app, name="calendar", rich_help_panel=_KEEP)
app.command(rich_help_panel=_TRY)(validate)
app.add_typer(contract.app, name="contract", rich_help_panel=_TRY)
app.add_typer(clock.app, name="clock", rich_help_panel=_TRY)


def main() -> None:
    """Entry point of the installed command."""
    app()


if __name__ == "__main__":
    main()
