"""The coverage ledger as text, JSON and Markdown."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from gateway.contract.coverage import ABSENT, AWAITS, SERVED, Entry, Ledger, steps_text
from gateway.contract.graph import PROCESS_NAMES
from gateway.contract.page import chapter_title
from gateway.contract.tabular import markdown_table

_COLUMN = 7
_LAST = 2  # line of a column's head


def as_text(ledger: Ledger, *, missing: bool, width: int) -> str:
    """A table of at most `width` columns, with what is awaited and the sums below it."""
    entries = _chosen(ledger, missing=missing)
    name_width = max((len(entry.operation.name) for entry in entries), default=0)
    heads = [
        "".join(f"{_head(service)[line]:>{_COLUMN}}" for service in ledger.services) + ("  steps" if line == _LAST else "")
        for line in range(_LAST + 1)
    ]
    lines = [f"{'':{name_width}}{head}" for head in heads]
    for chapter, group in groupby(entries, key=lambda entry: entry.operation.chapter):
        lines += ["", chapter_title(chapter)]
        for entry in group:
            marks = "".join(f"{entry.status[service]:>{_COLUMN}}" for service in ledger.services)
            lines += _with_steps(f"{entry.operation.name:{name_width}}{marks}", steps_text(entry.steps), width)
    if not entries:
        lines = ["Nothing is missing."]
    lines += ["", *_awaited(ledger, width), "", *_sums(ledger)]
    return "\n".join(lines).rstrip()


def as_markdown(ledger: Ledger, *, missing: bool) -> str:
    """One table, and the sums below it."""
    rows = [
        (
            f"`{entry.operation.name}`",
            chapter_title(entry.operation.chapter),
            *(entry.status[service] for service in ledger.services),
            steps_text(entry.steps),
            entry.operation.awaits or "",
        )
        for entry in _chosen(ledger, missing=missing)
    ]
    table = markdown_table(("Operation", "Chapter", *ledger.services, "Steps", "Awaits"), rows)
    return f"{table}\n\n" + "\n".join(f"- {line}" for line in _sums(ledger))


def as_json(ledger: Ledger, *, missing: bool) -> str:
    """For programs."""
    services = {
        service: {"served": ledger.count(service, SERVED), "awaiting": ledger.count(service, AWAITS), "operations": ledger.offered(service)}
        for service in ledger.services
    }
    operations = [
        {
            "name": entry.operation.name,
            "chapter": entry.operation.chapter,
            "status": {service: status for service, status in entry.status.items() if status != ABSENT},
            "awaits": entry.operation.awaits,
            "steps": list(entry.steps),
        }
        for entry in _chosen(ledger, missing=missing)
    ]
    return json.dumps({"services": services, "operations": operations}, indent=2)


def _chosen(ledger: Ledger, *, missing: bool) -> list[Entry]:
    return [entry for entry in ledger.entries if entry.operation.awaits or not missing]


def _with_steps(line: str, steps: str, width: int) -> Iterator[str]:
    if not steps or len(line) + 2 + len(steps) <= width:
        yield f"{line}  {steps}".rstrip()
    else:
        yield from (line, f"    {steps}")


def _awaited(ledger: Ledger, width: int) -> Iterable[str]:
    counted = Counter(entry.operation.awaits for entry in ledger.entries if entry.operation.awaits)
    for awaited, number in counted.items():
        yield from textwrap.wrap(f"{number} await {awaited}", width, subsequent_indent="    ")


def _sums(ledger: Ledger) -> Iterator[str]:
    for service in ledger.services:
        yield f"{service}: {ledger.count(service, SERVED)} of {ledger.offered(service)} operations served"
    served = sum(ledger.count(service, SERVED) for service in ledger.services)
    offered = sum(ledger.offered(service) for service in ledger.services)
    yield f"together: {served} of {offered}"


def _head(service: str) -> tuple[str, str, str]:
    """In three short lines, so that the columns fit a narrow terminal."""
    process, _, generation = service.partition("-")
    first, last = ("user-", "auth") if generation == "userauth" else ("", generation)
    return PROCESS_NAMES.get(process, process), first, last
