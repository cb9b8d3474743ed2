"""Where the time of a request goes, measured in this process: no HTTP, no other processes."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

from rich.console import Console
from rich.table import Table

from bench import calls
from bench.calls import Request
from gateway import dispatch, log
from gateway.commands.serve import prepare
from gateway.config import Settings
from gateway.soap import protocol, server
from gateway.store.engine import Session
from gateway.wsgi import make

WARM_UP = 100
WORK_LIST = 100

# Besides the steps of the pipeline: the functions around it, in the order in which a request meets them.
AROUND: tuple[tuple[str, Any, str], ...] = (
    ("HTTP and Spyne's contexts", server.Endpoint, "_exchange"),
    ("open the envelope", protocol, "open_envelope"),
    ("dispatch, transactions", dispatch.Dispatcher, "answer"),
    ("read the arguments", protocol, "read_arguments"),
    ("handle", dispatch, "handle"),
    ("commit", Session, "commit"),
    ("write the reply", protocol.A2ASoap11, "serialize"),
    ("log line, headers", server.Endpoint, "_post"),
)


class Spans:
    """Adds up the time spent in functions, without what the measured functions they call spend."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside = [0.0]

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed as `name`."""
        self.seconds.setdefault(name, 0.0)

        def run(*arguments: Any, **named: Any) -> Any:
            inside = self._inside
            inside.append(0.0)
            begin = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                spent = time.perf_counter() - begin
                self.seconds[name] += spent - inside.pop()
                inside[-1] += spent

        return run


def run(operation: str, number: int, functions: int, folder: Path, database_url: str, console: Console) -> None:
    """Run `operation` `number` times and print where the time went."""
    settings = Settings(data=folder, database_url=database_url)
    with mock.patch("sys.stderr", StringIO()):
        log.configure(settings)  # the lines are made as in production, and written to memory
    prepare(settings, demo=True)
    gateway = make(settings)
    try:
        post = calls.in_process(gateway, calls.SERVICE.path)
        request = calls.prepare(post, WORK_LIST if operation == "getClaimsList" else 0)[operation]
        for _ in range(WARM_UP):
            post(request.body)
        wall, cpu = _time(post, request, number)
        with spans() as found:
            _time(post, request, number)
        console.print(_table(operation, wall, cpu, found, number))
        if functions:
            console.print(_functions(post, request, number, functions), markup=False)
    finally:
        gateway.store.engine.dispose()


@contextmanager
def spans() -> Iterator[Spans]:
    """Time the pipeline while the block runs."""
    found = Spans()
    steps = tuple(found.timed(f"step {step.__name__}", step) for step in dispatch.STEPS)
    patches = [mock.patch.object(owner, name, found.timed(label, getattr(owner, name))) for label, owner, name in AROUND]
    for patch in (*patches, mock.patch.object(dispatch, "STEPS", steps)):
        patch.start()
    try:
        yield found
    finally:
        mock.patch.stopall()


def _time(post: calls.Post, request: Request, number: int) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(number):
        if request.marker not in post(request.body):
            raise calls.NotOk(f"{request.name} was not answered Ok")
    return time.perf_counter() - wall, time.process_time() - cpu


def _table(operation: str, wall: float, cpu: float, found: Spans, number: int) -> Table:
    total = sum(found.seconds.values())
    table = Table(
        title=f"{operation}: {wall / number * 1e6:.0f} µs each, of which {cpu / number * 1e6:.0f} µs of processor time; with timers:",
        title_justify="left",
        pad_edge=False,
    )
    table.add_column("part")
    table.add_column("µs", justify="right")
    table.add_column("%", justify="right")
    for name, seconds in sorted(found.seconds.items(), key=lambda item: -item[1]):
        table.add_row(name, f"{seconds / number * 1e6:.1f}", f"{seconds / total * 100:.0f}")
    return table


def _functions(post: calls.Post, request: Request, number: int, most: int) -> str:
    profiler = cProfile.Profile()
    profiler.enable()
    _time(post, request, number)
    profiler.disable()
    text = StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(most)
    return text.getvalue()
