"""How lists and records are shown: tables and lines for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from gateway.clock import LONDON
from gateway.commands.lists import console
from gateway.contract.graph import PROCESS_NAMES
from gateway.store.audit import UNTOLD, plain

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def as_json(value: Any, *, lines: bool = False) -> None:
    """Print records (dataclasses, mappings, or a list of them) as JSON; with `lines` each item of a list on a line of its own."""
    if lines:
        for one in value:
            typer.echo(json.dumps(fields_of(one), ensure_ascii=False))
        return
    found = [fields_of(one) for one in value] if isinstance(value, list) else fields_of(value)
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def fields_of(one: Any) -> dict[str, Any]:
    """A record as JSON has it: its fields in their order, days and times as ISO texts."""
    values: Mapping[str, Any] = asdict(one) if is_dataclass(one) and not isinstance(one, type) else one
    found: dict[str, Any] = plain({name: value for name, value in values.items() if name not in UNTOLD})
    return found


def as_table(headings: Sequence[str], rows: Iterable[Sequence[str]], none: str) -> None:
    """Print rows under headings; if there is no row, the sentence `none`."""
    table = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table if table.rows else Text(none))


def as_lines(record: Mapping[str, str]) -> None:
    """Print one record, a line for each field that has a text."""
    width = max(len(name) for name in record) + 2
    for name, text in record.items():
        if text:
            typer.echo(f"{name + ':':<{width}}{text}")


def counted(number: int, one: str, many: str = "") -> str:
    """Like 1 claim, 2 claims."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(value: date | None) -> str:
    """A day, in ISO; "" for none."""
    return "" if value is None else value.isoformat()


def time(value: datetime | None) -> str:
    """An instant by a clock in London, to the minute; "" for none."""
    return "" if value is None else f"{value.astimezone(LONDON):%Y-%m-%d %H:%M}"


def processes(record: Any) -> str:
    """What a record with the fields rta and elpl is for: RTA, EL/PL."""
    return ", ".join(name for process, name in PROCESS_NAMES.items() if getattr(record, process))


def address(fields: Mapping[str, str]) -> str:
    """An address on one line."""
    street = " ".join(filter(None, (fields.get("houseNumber"), fields.get("street1"))))
    rest = (fields.get(name) for name in ("street2", "district", "city", "county", "postCode", "country"))
    return ", ".join(filter(None, (fields.get("houseName"), street, *rest)))
