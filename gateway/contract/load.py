"""Reads the tables. A key nobody knows, a phase nobody declared or a row told twice stops the start with a sentence that names the file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from gateway.contract.model import (
    ACTORS,
    PROCESSES,
    RELEASES,
    RIGHTS,
    SELF,
    SIDES,
    Clock,
    ClockVariant,
    Contract,
    Move,
    Operation,
    Phase,
    Service,
    Span,
)

TABLES = Path(__file__).parent / "tables"


class BadTable(ValueError):
    """The tables do not hold together."""


@cache
def contract() -> Contract:
    """The contract table of this gateway."""
    return load(TABLES)


def load(folder: Path) -> Contract:
    """Read and check the tables in `folder`. Raises BadTable."""
    operations: dict[str, Operation] = {}
    for path in sorted((folder / "operations").glob("*.toml")):
        for name, row in rows(path):
            if name in operations:
                raise BadTable(f"{path.name}: {name} is already in {operations[name].chapter}.toml")
            operations[name] = _operation(path, name, row)
    loaded = Contract(
        operations=operations,
        phases={name: _phase(name, row) for name, row in rows(folder / "phases.toml")},
        clocks={name: _clock(name, row) for name, row in rows(folder / "clocks.toml")},
        services={name: _service(name, row) for name, row in rows(folder / "services.toml")},
    )
    _check(loaded)
    return loaded


class Row:
    """One TOML table whose keys must all be used."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        if not isinstance(values, dict):
            raise BadTable(f"{where}: must be a table")
        self.where = where
        self.values = dict(values)

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        if key not in self.values:
            if default is ...:
                raise BadTable(f"{self.where}: {key} is missing")
            return default
        value = self.values.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise BadTable(f"{self.where}: {key} must be {kind.__name__}")
        return value

    def processes(self) -> tuple[str, ...]:
        only = self.take("only", str, None)
        if only is not None and only not in PROCESSES:
            raise BadTable(f"{self.where}: only is {only!r}; allowed: {', '.join(PROCESSES)}")
        return (only,) if only else PROCESSES

    def span(self) -> Span:
        since, until = self.take("since", str, None), self.take("until", str, None)
        for release in (since, until):
            if release is not None and release not in RELEASES:
                raise BadTable(f"{self.where}: there is no release {release}; known: {', '.join(RELEASES)}")
        return Span(since, until)

    def done(self) -> None:
        if self.values:
            raise BadTable(f"{self.where}: nobody knows {', '.join(self.values)}")


def rows(path: Path) -> Iterator[tuple[str, Row]]:
    with path.open("rb") as file:
        try:
            tables = tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise BadTable(f"{path.name}: {error}") from None
    for name, values in tables.items():
        yield name, Row(f"{path.name} [{name}]", values)


def _operation(path: Path, name: str, row: Row) -> Operation:
    processes = row.processes()
    actor = row.take("actor", str)
    if actor not in ACTORS:
        raise BadTable(f"{row.where}: actor is {actor!r}; allowed: {', '.join(ACTORS)}")
    moves = tuple(_move(name, processes, number, values, row.where) for number, values in row.take("moves", dict, {}).items())
    operation = Operation(
        name=name,
        chapter=path.stem,
        processes=processes,
        actor=actor,
        payload=row.take("payload", str, None),
        since=row.take("since", str),
        awaits=row.take("awaits", str, None),
        basis=row.take("basis", str),
        moves=moves,
        right=None if actor == "anonymous" else row.take("right", str, "work"),
        step=row.take("step", bool, False),
        writes=row.take("writes", bool, False),
        shows_deleted=row.take("shows-deleted", bool, False),
        poll=row.take("poll", bool, False),
    )
    row.done()
    if operation.right not in (None, *RIGHTS):
        raise BadTable(f"{row.where}: right is {operation.right!r}; allowed: {', '.join(RIGHTS)}")
    if (bool(moves), operation.step, operation.writes).count(True) > 1:
        raise BadTable(f"{row.where}: only one of moves, step and writes")
    return operation


def _move(operation: str, processes: tuple[str, ...], number: str, values: Mapping[str, Any], where: str) -> Move:
    row = Row(f"{where} {number}", values)
    narrowed = row.processes()
    move = Move(
        row=number,
        operation=operation,
        processes=tuple(process for process in processes if process in narrowed),
        releases=row.span(),
        sources=tuple(row.take("from", list, [])),
        outcome=row.take("outcome", str, None),
        to=row.take("to", str),
        turn=_side(row, "turn"),
        acts=_side(row, "acts"),
        when=row.take("when", str),
        basis=row.take("basis", str),
    )
    row.done()
    return move


def _side(row: Row, key: str) -> str | None:
    side: str | None = row.take(key, str, None)
    if side is not None and side not in SIDES:
        raise BadTable(f"{row.where}: {key} is {side!r}; allowed: {', '.join(SIDES)}")
    return side


def _phase(name: str, row: Row) -> Phase:
    phase = Phase(
        id=name,
        name=row.take("name", str),
        stage=row.take("stage", str),
        processes=row.processes(),
        releases=row.span(),
        acts=row.take("acts", str, None),
        clock=row.take("clock", str, None),
        vanishes_after=row.take("vanishes-after", int, None),
        end=row.take("end", bool, False),
        basis=row.take("basis", str),
    )
    row.done()
    return phase


def _clock(name: str, row: Row) -> Clock:
    variants = []
    for number, values in row.take("variants", dict).items():
        one = Row(f"{row.where} {number}", values)
        variants.append(
            ClockVariant(
                row=number,
                clock=name,
                processes=one.processes(),
                days=one.take("days", int),
                applies=one.take("applies", str),
                counted_from=one.take("from", str),
                shown=one.take("shown", str),
                after=one.take("after", str, None),
                extended_days=one.take("extended-days", int, None),
                basis=one.take("basis", str),
            )
        )
        one.done()
    clock = Clock(
        name=name,
        row=row.take("row", str),
        expires_to=row.take("expires-to", str),
        days_left_warning=row.take("days-left-warning", int, None),
        basis=row.take("basis", str),
        variants=tuple(variants),
    )
    row.done()
    return clock


def _service(name: str, row: Row) -> Service:
    service = Service(name=name, **{key: row.take(key, str) for key in ("process", "generation", "path", "wsdl")})
    row.done()
    return service


def _check(loaded: Contract) -> None:
    told: dict[str, tuple[str, Move]] = {}
    for operation in loaded.operations.values():
        where = f"{operation.chapter}.toml [{operation.name}]"
        for move in operation.moves:
            other, same = told.setdefault(move.row, (where, move))
            if other != where and (same.sources, same.to, same.turn) != (move.sources, move.to, move.turn):
                raise BadTable(f"{where}: {move.row} is told by {other} too, and otherwise")
            for name in (*move.sources, *(() if move.to == SELF else (move.to,))):
                if name not in loaded.phases:
                    raise BadTable(f"{where} {move.row}: there is no phase {name}")
    for phase in loaded.phases.values():
        if phase.clock is not None and phase.clock not in loaded.clocks:
            raise BadTable(f"phases.toml [{phase.id}]: there is no clock {phase.clock}")
    for clock in loaded.clocks.values():
        if clock.expires_to not in loaded.phases:
            raise BadTable(f"clocks.toml [{clock.name}]: there is no phase {clock.expires_to}")
        for variant in clock.variants:
            if variant.after is not None and variant.after not in loaded.variants:
                raise BadTable(f"clocks.toml [{clock.name}] {variant.row}: there is no limit {variant.after}")
