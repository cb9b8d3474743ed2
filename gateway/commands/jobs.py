"""`gateway jobs`: what the clock does when nobody calls."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway import log
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.commands.stopping import stopped_by_signals
from gateway.contract.load import contract
from gateway.domain.clockspec import spoken_time
from gateway.jobs import run as jobs
from gateway.jobs.work import Done

app = typer.Typer(
    help="""Post warnings, let time limits run out and remove what is over, also for claims that nobody looks at.

Calls do the same for the claims they look at, so the gateway answers right without any job. Any number of workers may run at the same time.
""",
    no_args_is_help=True,
)


@app.command()
def run() -> None:
    """Do everything that is due now, once, and say what was done. For cron."""
    settings = read_settings()
    log.configure(settings)
    with stopped_by_signals() as stop, current_store(settings) as store:
        work = jobs.begin(store, contract(), stop.is_set, retention=settings.retention)
        typer.echo(f"At {spoken_time(work.moment)} in London:")
        done = jobs.run(work)
    _show(done)
    if stop.is_set():
        refuse("Stopped before everything was done; what was done is kept.")
    if any(one.problem and one.count for one in done):
        raise typer.Exit(1)


@app.command()
def serve(
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=0.1, max=86_400, help="Pause between two runs")] = 60,
) -> None:
    """Do it again and again, and write to the log what was done, until SIGTERM or Ctrl-C; the claim at hand is finished first."""
    settings = read_settings()
    log.configure(settings)
    with stopped_by_signals() as stop, current_store(settings) as store:
        jobs.serve(store, contract(), every, stop, retention=settings.retention)


def _show(done: tuple[Done, ...]) -> None:
    for one in done:
        if one.count or not one.problem:
            typer.echo(f"{one.count:>9,}  {one.what}")
