"""Every row of the process is walked over the wire by some test, in every process that has it: tests/rows-walked.json says by which.

The file is written by `pytest tests/wire --rows-walked=tests/rows-walked.json`.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from gateway.contract.load import contract

TESTS = Path(__file__).parents[1]
WALKED = json.loads((TESTS / "rows-walked.json").read_text(encoding="utf-8"))
BEFORE_RELEASE_3 = {"T22", "T23", "T48"}  # no claim of these releases is kept, nor a schema of theirs
RELEASES = ("R3", "R5", "R6", "R7")


def _in_force() -> set[tuple[str, str]]:
    """Process and row of whatever a claim can do, or its clock."""
    table = contract()
    moves = [move for operation in table.operations.values() for move in operation.moves]
    rows = {(process, move.row) for move in moves for process in move.processes if any(release in move.releases for release in RELEASES)}
    timed = {(process, phase.clock) for phase in table.phases.values() if phase.clock for process in phase.processes}
    return rows | {(process, table.clocks[clock].row) for process, clock in timed}


def test_every_row_is_walked() -> None:
    assert {(process, row) for process, rows in WALKED.items() for row in rows} == _in_force()
    assert all(tests for rows in WALKED.values() for tests in rows.values())


def test_only_rows_of_releases_that_are_gone_are_left_out() -> None:
    every = {move.row for operation in contract().operations.values() for move in operation.moves}
    assert every - {row for _, row in _in_force()} == BEFORE_RELEASE_3


def _tests_in(file: str) -> Iterator[str]:
    """Their names as pytest has them, without parameters."""
    for node in ast.parse((TESTS.parent / file).read_text(encoding="utf-8")).body:
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, ast.FunctionDef):
                yield f"{file}::{node.name}::{inner.name}"
        if isinstance(node, ast.FunctionDef):
            yield f"{file}::{node.name}"


def test_every_test_that_is_named_is_there() -> None:
    named = {test for rows in WALKED.values() for tests in rows.values() for test in tests}
    files = {name.partition("::")[0] for name in named}
    assert named <= {test for file in files for test in _tests_in(file)}


def test_the_file_is_in_order() -> None:
    """As the plugin writes it, so that it changes only with the tests."""
    assert list(WALKED) == ["elpl", "rta"]
    for rows in WALKED.values():
        assert list(rows) == sorted(rows, key=lambda row: int(row[1:]))
        assert all(tests == sorted(set(tests)) for tests in rows.values())
