"""Which tests walk which rows: the file the tests write about themselves, and the part of OPERATIONS.md made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.contract.graph import phase_graph
from gateway.contract.model import PROCESSES, Contract
from gateway.xml import schemas

FILE = Path("tests", "rows-walked.json")
_SHOWN = 2

Walks = Mapping[str, Mapping[str, list[str]]]


class BadWalks(ValueError):
    """The file tells of rows that the table does not have."""


def read(repository: Path, contract: Contract) -> Walks | None:
    """Test ids by process and row; None where there is no such file, as beside an installed program. Raises BadWalks."""
    path = repository / FILE
    if not path.is_file():
        return None
    walks: Walks = json.loads(path.read_text(encoding="utf-8"))
    if set(walks) - set(PROCESSES):
        raise BadWalks(f"{FILE.as_posix()}: its processes must be {', '.join(PROCESSES)}")
    for process, rows in walks.items():
        if unknown := set(rows) - set(rows_of(contract, process)):
            raise BadWalks(f"{FILE.as_posix()}: {process} has no {', '.join(sorted(unknown))}; let the tests write it anew")
    return walks


def rows_of(contract: Contract, process: str) -> dict[str, bool]:
    """The rows of a process in their order, those of the clock among them; True where they are for releases that are no longer kept."""
    rows = {arrow.row: arrow.old for arrow in phase_graph(contract, process).arrows}
    return {row: rows[row] for row in sorted(rows, key=lambda row: int(row[1:]))}


def section(contract: Contract, walks: Walks) -> Iterator[tuple[str, ...]]:
    """Row, what makes the step, and the tests in each process."""
    made_by: dict[str, list[str]] = {clock.row: ["*the clock*"] for clock in contract.clocks.values()}
    for operation in contract.operations.values():
        for move in operation.moves:
            made_by.setdefault(move.row, []).append(f"`{operation.name}`")
    rows = {process: rows_of(contract, process) for process in PROCESSES}
    for row in sorted(made_by, key=lambda row: int(row[1:])):
        cells = (_cell(walks.get(process, {}), process, row, rows[process]) for process in PROCESSES)
        yield row, ", ".join(dict.fromkeys(made_by[row])), *cells


def not_reachable(process: str) -> str:
    """What is said of a row for releases older than those kept."""
    return f"not reachable: the oldest release kept is {schemas.releases(process)[0].name}"


def _cell(walked: Mapping[str, list[str]], process: str, row: str, rows: Mapping[str, bool]) -> str:
    if row not in rows:
        return "–"
    if rows[row]:
        return not_reachable(process)
    tests = sorted({_function(test) for test in walked.get(row, ())}, key=lambda test: (_breadth(walked, test), test))
    if not tests:
        return "**none**"
    shown = ", ".join(f"[{test.partition('::')[2]}]({test.partition('::')[0]})" for test in tests[:_SHOWN])
    return f"{shown} and {len(tests) - _SHOWN} more" if len(tests) > _SHOWN else shown


def _breadth(walked: Mapping[str, list[str]], test: str) -> int:
    """How many rows a test walks: the one that walks few tells most of a row."""
    return sum(any(_function(one) == test for one in tests) for tests in walked.values())


def _function(test: str) -> str:
    """The id of a test without its parameters."""
    return test.partition("[")[0]
