"""Where the time of a request goes, measured in this process: no HTTP, no other processes."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

from rich.console import Console
from rich.table import Table

from bench import calls
from bench.calls import Request
from gateway import dispatch, log
from gateway.commands.serve import prepare
from gateway.config import Settings
from gateway.operations import payloads, printing
from gateway.soap import protocol, server
from gateway.store import claims, notices
from gateway.store.engine import Session
from gateway.store.together import Together
from gateway.wsgi import make
from gateway.xml import payload
from gateway.xml.schemas import Schema

WARM_UP = 100
WORK_LIST = 100

# Besides the steps of the pipeline: the functions around it, in the order in which a request meets them.
AROUND: tuple[tuple[str, Any, str], ...] = (
    ("HTTP and Spyne's contexts", server.Endpoint, "_exchange"),
    ("open the envelope", protocol, "open_envelope"),
    ("dispatch, transactions", dispatch.Dispatcher, "answer"),
    ("read the arguments", protocol, "read_arguments"),
    ("parse the claim", payload, "parse_text"),
    ("validate the claim", Schema, "is_valid"),
    ("rules of the CNF", payloads, "check_cnf"),
    ("handle", dispatch, "handle"),
    ("freeze what is printed", printing, "freeze"),
    ("begin to write", Together, "begin"),
    ("INSERT claim", claims, "add"),
    ("INSERT event", claims, "add_event"),
    ("INSERT document", claims, "add_document"),
    ("INSERT notice", notices, "add"),
    ("commit", Session, "commit"),
    ("write the reply", protocol.A2ASoap11, "serialize"),
    ("log line, headers", server.Endpoint, "_post"),
)


class Spans:
    """The time spent in functions, without what the measured functions they call spend."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}
        self._inside = [0.0]

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed as `name`."""
        spent = self.spent.setdefault(name, [])
        inside = self._inside

        def run(*arguments: Any, **named: Any) -> Any:
            inside.append(0.0)
            begin = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                total = time.perf_counter() - begin
                spent.append(total - inside.pop())
                inside[-1] += total

        return run

    def per_request(self, number: int) -> dict[str, float]:
        """Seconds of each part in one of `number` requests: medians, because one visit of another program's would spoil a mean."""
        return {name: median(spent) * len(spent) / number for name, spent in self.spent.items() if spent}


def run(operation: str, number: int, functions: int, folder: Path, database_url: str, console: Console) -> None:
    """Run `operation` `number` times and print where the time went."""
    # as bench.host: one caller as fast as it can, with one document again and again
    settings = Settings(data=folder, database_url=database_url, calls_per_minute=0, repeat_seconds=0)
    with mock.patch("sys.stderr", StringIO()):
        log.configure(settings)  # the lines are made as in production, and written to memory
    prepare(settings, demo=True)
    gateway = make(settings)
    try:
        post = calls.in_process(gateway, calls.SERVICE.path)
        request = calls.prepare(post, WORK_LIST if operation == "getClaimsList" else 0)[operation]
        for _ in range(WARM_UP):
            post(request.body)
        each, cpu = _time(post, request, number)
        console.print(f"{operation}: {each * 1e6:.0f} µs each (median of {number}), {cpu * 1e6:.0f} µs of processor time (mean)")
        with spans() as found:
            _time(post, request, number)
        console.print(_table(found, number))
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
    each = []
    cpu = time.process_time()
    for _ in range(number):
        begin = time.perf_counter()
        reply = post(request.body)
        each.append(time.perf_counter() - begin)
        if request.marker not in reply:
            raise calls.NotOk(f"{request.name} was not answered Ok")
    return median(each), (time.process_time() - cpu) / number


def _table(found: Spans, number: int) -> Table:
    parts = found.per_request(number)
    total = sum(parts.values())
    table = Table(pad_edge=False)
    table.add_column("part")
    table.add_column("µs", justify="right")
    table.add_column("%", justify="right")
    for name, seconds in sorted(parts.items(), key=lambda item: -item[1]):
        table.add_row(name, f"{seconds * 1e6:.1f}", f"{seconds / total * 100:.0f}")
    table.add_section()
    table.add_row("all, with the timers", f"{total * 1e6:.1f}", "100")
    return table


def _functions(post: calls.Post, request: Request, number: int, most: int) -> str:
    profiler = cProfile.Profile()
    profiler.enable()
    _time(post, request, number)
    profiler.disable()
    text = StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(most)
    return text.getvalue()
