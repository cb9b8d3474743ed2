"""Reads the printable documents (tables/documents.toml), as strictly as the rest of the tables, and says which of them a step makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from gateway.contract.load import TABLES, BadTable, Row, contract, rows
from gateway.contract.model import Contract

CLAIM_TYPES = {"rta": ("RTA",), "elpl": ("EL", "ELD", "PL")}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document. `forms` is the number of the form by claim type, `rows` are the steps that make one."""

    key: str
    title: str
    forms: Mapping[str, str]
    rows: tuple[str, ...]
    processes: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class Printables:
    """The whole table, read once and checked."""

    all: Mapping[str, Kind]

    def of_row(self, process: str, row: str) -> tuple[Kind, ...]:
        """What a step of the process makes (T1 …), in the order of the table."""
        return self._by_row.get((process, row), ())

    @cached_property
    def _by_row(self) -> Mapping[tuple[str, str], tuple[Kind, ...]]:
        table: dict[tuple[str, str], tuple[Kind, ...]] = {}
        for kind in self.all.values():
            for row in kind.rows:
                for process in kind.processes:
                    table[process, row] = (*table.get((process, row), ()), kind)
        return table


@cache
def printables() -> Printables:
    """The printable documents of this gateway."""
    return load(TABLES / "documents.toml", contract())


def load(path: Path, table: Contract) -> Printables:
    """Read and check a table of documents against the contract table. Raises BadTable."""
    known = {move.row: move.processes for operation in table.operations.values() for move in operation.moves}
    found = {key: _kind(key, row, known) for key, row in rows(path)}
    if not found:
        raise BadTable(f"{path.name}: there is no document in it")
    return Printables(found)


def _kind(key: str, row: Row, known: Mapping[str, tuple[str, ...]]) -> Kind:
    kind = Kind(
        key=key,
        title=row.take("title", str),
        forms=row.take("forms", dict),
        rows=tuple(row.take("rows", list)),
        processes=row.processes(),
        basis=row.take("basis", str),
    )
    row.done()
    for problem in _problems(kind, known):
        raise BadTable(f"{row.where}: {problem}")
    return kind


def _problems(kind: Kind, known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    types = [one for process in kind.processes for one in CLAIM_TYPES[process]]
    if list(kind.forms) != types:
        yield f"forms must be told for {', '.join(types)}, in this order"
    if not all(isinstance(form, str) and form.isalnum() for form in kind.forms.values()):
        yield "a form is letters and digits"
    if not kind.rows:
        yield "rows is empty: nothing makes it"
    if len(set(kind.rows)) != len(kind.rows):
        yield "rows says something twice"
    for row in kind.rows:
        if row not in known:
            yield f"rows has {row}, which nobody knows"
        elif not set(known[row]).intersection(kind.processes):
            yield f"rows has {row}, which its process does not have"
