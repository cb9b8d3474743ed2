"""`gateway top`: what the gateway is doing, in a terminal."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from gateway import clock
from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.config import Settings
from gateway.contract.graph import PROCESS_NAMES
from gateway.contract.load import contract
from gateway.seeing.gauges import look
from gateway.seeing.metrics import exposition
from gateway.seeing.reading import Reading, parse, quantile, together

_SECONDS = 10
_MOST_ROWS = 25
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  listened on, not connected to
Source = Callable[[], Reading]


class NotSeen(RuntimeError):
    """The figures cannot be had."""


def top(
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="Where the figures are. Default: /metrics of the server that the settings describe.")
    ] = None,
    every: Annotated[float, typer.Option(metavar="SECONDS", min=0.2, max=3600, help="Pause between two looks")] = 2,
    store: Annotated[bool, typer.Option("--store", help="Look into the store instead: no calls, but it needs no server.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Print what there is, counted since the server was started, and end. For scripts.")] = False,
) -> None:
    """Watch calls by operation and code, how long they take, open claims by phase, and whether time limits are kept. Ctrl-C ends it.

    p50 and p99: half of the calls, and all but one in a hundred, took no longer. "due" should go back to 0 with every run of the jobs.

    Examples: gateway top, gateway top https://a2a.example.com/metrics --every 5, gateway top --once
    """
    console = Console(highlight=False)
    with ExitStack() as stack:
        source: Source
        if store:
            opened = stack.enter_context(current_store(read_settings()))
            source = lambda: parse(exposition(None, look(opened)).decode())  # noqa: E731
        else:
            address, trusted = (url, None) if url else _own(read_settings())
            source = lambda: _fetch(address, trusted)  # noqa: E731
        try:
            if once:
                console.print(frame(source(), None, None))
            else:
                _watch(source, every, console)
        except NotSeen as problem:
            refuse(str(problem))
        except KeyboardInterrupt:
            pass


def _watch(source: Source, every: float, console: Console) -> None:
    before, since = source(), time.monotonic()
    with Live(frame(before, before, None), console=console, screen=True, auto_refresh=False) as live:
        while True:
            time.sleep(every)
            try:
                now, at = source(), time.monotonic()
            except NotSeen as problem:  # a restart, say; it goes on when the server is back
                live.update(Group(Text(str(problem), style="red"), frame(before, before, None)), refresh=True)
                continue
            live.update(frame(now, before, at - since), refresh=True)
            before, since = now, at


def frame(now: Reading, before: Reading | None, seconds: float | None) -> Group:
    """What is shown: calls since `before`, as rates if it is known how long ago that was; without it, all of them."""
    calls = now if before is None else now.since(before)
    return Group(_head(now), Text(), _calls(calls, seconds, "calls" if before is None else "calls/s"), Text(), _claims(now))


def _head(now: Reading) -> Text:
    plain = now.plain
    line = Text(f"{clock.wall():%H:%M:%S} UTC   store ")
    line.append(*(("up", "green") if plain["gateway_store_up"] else ("DOWN", "bold red")))
    if "gateway_due_deadlines" in plain:
        due, lag = plain["gateway_due_deadlines"], plain.get("gateway_due_lag_seconds", 0)
        line.append(f"   due {due:,.0f}", "bold yellow" if due else "")
        if due:
            line.append(f", the first for {_span(lag)}", "bold yellow")
        line.append(f"   documents waiting {plain.get('gateway_documents_waiting', 0):,.0f}")
    if "gateway_jobs_last_run_timestamp_seconds" in plain:
        ran = datetime.fromtimestamp(plain["gateway_jobs_last_run_timestamp_seconds"], UTC)
        failed = plain.get("gateway_jobs_last_run_failed", 0)
        line.append(f"   jobs ran {_span((clock.wall() - ran).total_seconds())} ago")
        if failed:
            line.append(f", {failed:.0f} failed", "bold red")
    elif plain["gateway_store_up"]:
        line.append("   jobs never ran", "yellow")
    return line


def _calls(calls: Reading, seconds: float | None, what: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("service", "operation"):
        table.add_column(heading)
    for heading in (what, "Ok", "Failure", "Error", "p50 ms", "p99 ms"):
        table.add_column(heading, justify="right")
    by_operation: dict[tuple[str, str], dict[str, float]] = {}
    for (service, operation, code), count in calls.calls.items():
        by_operation.setdefault((service, operation), {})[code] = count
    busy = sorted(((key, codes) for key, codes in by_operation.items() if sum(codes.values())), key=lambda one: (-sum(one[1].values()), one[0]))
    for (service, operation), codes in busy[:_MOST_ROWS]:
        table.add_row(service, operation, *_figures(codes, calls.buckets.get((service, operation), {}), seconds))
    if len(busy) > _MOST_ROWS:
        table.add_row("", f"and {len(busy) - _MOST_ROWS} more")
    totals: dict[str, float] = {}
    for _, codes in busy:
        for code, count in codes.items():
            totals[code] = totals.get(code, 0) + count
    table.add_row("", "all", *_figures(totals, together(calls.buckets.values()), seconds), style="bold")
    faults = sum(calls.faults.values())
    if faults:
        table.add_row("", "SOAP faults", f"{faults:,.0f}" if seconds is None else f"{faults / seconds:,.1f}", style="yellow")
    return table


def _figures(codes: dict[str, float], buckets: dict[float, float] | object, seconds: float | None) -> list[str]:
    found = buckets if isinstance(buckets, dict) else {}
    total = sum(codes.values())
    cells = [f"{total:,.0f}" if seconds is None else f"{total / seconds:,.1f}"]
    cells += [f"{codes.get(code, 0):,.0f}" for code in ("Ok", "Failure", "Error")]
    return cells + [_milliseconds(quantile(found, share)) for share in (0.5, 0.99)]


def _claims(now: Reading) -> Table:
    phases = contract().phases
    table = Table(box=None, pad_edge=False)
    for heading in ("process", "phase"):
        table.add_column(heading)
    table.add_column("open claims", justify="right")
    busy = sorted(now.open_claims.items(), key=lambda one: (-one[1], one[0]))
    for (process, phase), count in busy[:_MOST_ROWS]:
        table.add_row(PROCESS_NAMES.get(process, process), phases[phase].name if phase in phases else phase, f"{count:,.0f}")
    if len(busy) > _MOST_ROWS:
        table.add_row("", f"and {len(busy) - _MOST_ROWS} more", f"{sum(count for _, count in busy[_MOST_ROWS:]):,.0f}")
    table.add_row("", "all", f"{sum(now.open_claims.values()):,.0f}", style="bold")
    return table


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.1f}"


def _span(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"


def _own(settings: Settings) -> tuple[str, ssl.SSLContext | None]:
    """Where the server of the settings is, and what to trust there: its own certificate, which has another name than the address it is asked by."""
    address = _address(settings)
    if not settings.tls_cert:
        return address, None
    try:
        trusted = ssl.create_default_context(cafile=settings.tls_cert)
    except OSError as error:
        refuse(f"The certificate {settings.tls_cert} cannot be read: {error.strerror}.")
    trusted.check_hostname = False
    trusted.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it need not be a root
    return address, trusted


def _address(settings: Settings) -> str:
    host, port = settings.monitoring_address or (settings.host, settings.port)
    host = "localhost" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http{'s' if settings.tls_cert else ''}://{host}:{port}/metrics"


def _fetch(url: str, trusted: ssl.SSLContext | None) -> Reading:
    if not url.startswith(("http://", "https://")):
        raise NotSeen(f"{url} is no address. Write http://127.0.0.1:8000/metrics.")
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS, context=trusted) as answer:  # noqa: S310  checked above
            return parse(answer.read().decode())
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace").strip().partition("\n")[0][:200]
        raise NotSeen(f"{url} answers {error.code}: {said}") from error
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise NotSeen(f"{url} cannot be read: {reason}") from error
