"""`gateway retention`: how long claims are kept, and doing what that says."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from gateway import log
from gateway.commands.admin import By, who_gives
from gateway.commands.calendar import Format
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.commands.stopping import stopped_by_signals
from gateway.contract.load import contract
from gateway.contract.retention import ACKNOWLEDGE, ARCHIVE, DELETE, END, LAST_UPDATE, SHADOW, VANISH, Rule, retention
from gateway.domain.clockspec import spoken_time
from gateway.jobs import retention as jobs
from gateway.jobs import run as runs
from gateway.store import audit

app = typer.Typer(help="How long claims are kept, and which are over their time.", no_args_is_help=True)

AUDITED = "retention.run"
_THEN = {
    DELETE: "deleted",
    ARCHIVE: "archived for {months} months",
    VANISH: "deleted",
    SHADOW: "gone",
    ACKNOWLEDGE: "acknowledged by the gateway",
}
_COUNTED = {END: "its end", LAST_UPDATE: "the last change"}


@app.command()
def show(form: Annotated[Format, typer.Option("--format", help="text, or json for programs")] = Format.text) -> None:
    """Show how long claims are kept in which phases, what becomes of them then, and on what ground."""
    rules = retention().all.values()
    if form is Format.json:
        typer.echo(json.dumps([_plain(rule) for rule in rules], indent=2, ensure_ascii=False))
        return
    for rule in rules:
        children = "; a child's not before the 18th birthday" if rule.children_exempt else ""
        typer.echo(f"{rule.key}: {_then(rule)} {_after(rule)}{children}")
        for phase in rule.phases or ("any phase",):
            typer.echo(f"    {phase}")
        typer.echo(f"    ({rule.basis})\n")


@app.command()
def run(
    *,
    do: Annotated[bool, typer.Option("--do/--dry-run", help="Do it; without it, only count what would be done")] = False,
    form: Annotated[Format, typer.Option("--format", help="text, or json for programs")] = Format.text,
    by: By = "",
) -> None:
    """Count the claims whose time is over, by rule; with --do, acknowledge, archive and delete them.

    `gateway jobs` does the same once a day, unless GATEWAY_RETENTION is off. Each claim is dealt with as a whole: stop the command at any time.

    Exit code: 0 done (or counted), 1 stopped, or something failed.
    """
    settings = read_settings()
    name = who_gives(by, settings)
    log.configure(settings)
    failed = 0
    with stopped_by_signals() as stop, current_store(settings) as store:
        work = runs.begin(store, contract(), stop.is_set)
        found = jobs.forecast(work)
        if do and found:
            with store.writing() as connection:
                audit.write(connection, name, AUDITED, "claims", None, dict(found))
            found, failed = jobs.enforce(work)
            found.update(jobs.remove_over(work))
    if form is Format.json:
        typer.echo(
            json.dumps({"at": work.moment.utc.isoformat(), "done": do, "claims": {key: count for key, count in found.items() if count}}, indent=2)
        )
    else:
        typer.echo(f"At {spoken_time(work.moment)} in London{'' if do else ' there are'}:")
        for key in (*retention().all, jobs.EXPIRED):
            typer.echo(f"{found[key]:>9,}  {key:18}{_told(key)}")
        if not do:
            typer.echo("Nothing was changed." + (" --do does it." if found else ""))
    if stop.is_set():
        refuse("Stopped before everything was done; what was done is kept.")
    if failed:
        refuse(f"{failed:,} claims were left alone because something failed; the log tells more.")


def _told(key: str) -> str:
    return "removed from the archive" if key == jobs.EXPIRED else _then(retention().all[key])


def _after(rule: Rule) -> str:
    counted = _COUNTED[rule.counted_from] if rule.counted_from else "the deletion" if rule.then == SHADOW else _COUNTED[LAST_UPDATE]
    return f"{rule.days} days from {counted}"


def _then(rule: Rule) -> str:
    return _THEN[rule.then].format(months=rule.kept_months)


def _plain(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.key,
        "then": rule.then,
        "phases": rule.phases,
        "days": rule.days,
        "counted_from": rule.counted_from,
        "children_exempt": rule.children_exempt,
        "kept_months": rule.kept_months,
        "basis": rule.basis,
    }
