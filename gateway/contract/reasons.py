"""Reads the reason codes (tables/exits.toml), as strictly as the rest of the tables, and says which are open to whom."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from gateway.contract.load import TABLES, BadTable, Row, contract
from gateway.contract.model import RELEASES, SIDES, Span

KINDS = ("exit", "rejection", "fraud", "extension")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason code. `sides` empty = whoever may call the operation, `phases` empty = wherever it is open; `comment` = it must be explained."""

    code: str
    text: str
    sides: tuple[str, ...]
    processes: tuple[str, ...]
    releases: Span
    phases: tuple[str, ...]
    comment: bool
    basis: str


Reasons = Mapping[str, tuple[Reason, ...]]


@cache
def reasons() -> Reasons:
    """The reason codes of this gateway, by kind."""
    return load(TABLES / "exits.toml")


def exit_reasons(process: str, release: str, side: str, phase: str | None = None) -> tuple[Reason, ...]:
    """What `side` may give as its reason for leaving the process; with `phase` only what is allowed there."""
    return tuple(
        reason
        for reason in _open("exit", process, release)
        if (not reason.sides or side in reason.sides) and (phase is None or not reason.phases or phase in reason.phases)
    )


def exit_codes(process: str, release: str, side: str, phase: str | None = None) -> tuple[str, ...]:
    """The codes of `exit_reasons`."""
    return tuple(reason.code for reason in exit_reasons(process, release, side, phase))


def rejection_codes(process: str, release: str) -> tuple[str, ...]:
    """The codes with which a compensator sends a claim back; none before release 5."""
    return tuple(reason.code for reason in _open("rejection", process, release))


def fraud_codes(process: str, release: str) -> tuple[str, ...]:
    """The codes of a statement of fraud."""
    return tuple(reason.code for reason in _open("fraud", process, release))


def extension_codes(process: str, release: str) -> tuple[str, ...]:
    """The codes for moving a time limit."""
    return tuple(reason.code for reason in _open("extension", process, release))


def reason_text(kind: str, process: str, release: str, code: str) -> str:
    """What a code of a claim of that process and release means."""
    return next(reason.text for reason in _open(kind, process, release) if reason.code == code)


def _open(kind: str, process: str, release: str) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons()[kind] if process in reason.processes and release in reason.releases)


def load(path: Path) -> Reasons:
    """Read and check a table of reason codes. Raises BadTable."""
    with path.open("rb") as file:
        table: dict[str, list[dict[str, Any]]] = tomllib.load(file)
    if tuple(table) != KINDS:
        raise BadTable(f"{path.name}: its lists must be {', '.join(KINDS)}, in this order")
    found = {kind: tuple(_reason(f"{path.name} {kind}", values) for values in rows) for kind, rows in table.items()}
    for kind, rows in found.items():
        _check(f"{path.name} {kind}", rows)
    return found


def _reason(where: str, values: Mapping[str, Any]) -> Reason:
    row = Row(f"{where} {values.get('code')}", values)
    reason = Reason(
        code=row.take("code", str),
        text=row.take("text", str),
        sides=tuple(row.take("sides", list, [])),
        processes=row.processes(),
        releases=row.span(),
        phases=tuple(row.take("phases", list, [])),
        comment=row.take("comment", bool, False),
        basis=row.take("basis", str),
    )
    row.done()
    for name, told, known in (
        ("side", reason.sides, SIDES),
        ("phase", reason.phases, contract().phases),
        ("release", [release for release in (reason.releases.since, reason.releases.until) if release], RELEASES),
    ):
        for one in told:
            if one not in known:
                raise BadTable(f"{row.where}: there is no {name} {one}")
    return reason


def _check(where: str, rows: tuple[Reason, ...]) -> None:
    """The codes are numbers in their order, and each means one thing to one side of a process in a release."""
    if not all(reason.code.isdecimal() for reason in rows) or list(rows) != sorted(rows, key=lambda reason: int(reason.code)):
        raise BadTable(f"{where}: the codes must be numbers and stand in their order")
    told: set[tuple[str, str, str, str]] = set()
    for reason in rows:
        releases = [release for release in RELEASES if release in reason.releases]
        for meaning in product([reason.code], reason.processes, releases, reason.sides or SIDES):
            if meaning in told:
                raise BadTable(f"{where}: told twice: {', '.join(meaning)}")
            told.add(meaning)
