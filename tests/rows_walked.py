"""A pytest plugin: which tests walk which rows of the process over the wire.

At its end each test that had a `world` notes the rows in the history of its claims. `pytest -n 2 tests/wire --rows-walked=tests/rows-walked.json`
writes them down, as process, row and names of tests without their parameters; a run in which a test fails writes nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.store.engine import Store
from gateway.store.tables import claims, events

_PROPERTY = "rows walked"  # it travels with the report of the test, also from another process


def note(test: pytest.Item, store: Store) -> None:
    """Remember for this test what happened to the claims of its store."""
    rows = select(claims.c.process, events.c.row).join(events, events.c.claim_id == claims.c.id).where(events.c.row != "").distinct()
    with store.reading() as connection:
        test.user_properties.append((_PROPERTY, [list(row) for row in connection.execute(rows)]))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows-walked", metavar="FILE", help="write down which wire tests walk which rows of the process")


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--rows-walked")
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Notebook(Path(file)))


class Notebook:
    """What the reports of a run tell."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.walked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            test = report.nodeid.partition("[")[0]
            for process, row in (pair for name, pairs in report.user_properties if name == _PROPERTY for pair in pairs):
                self.walked[process, row].add(test)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Sorted, so that the file changes only with the tests."""
        if exitstatus != pytest.ExitCode.OK:
            return
        ordered = sorted(self.walked, key=lambda key: (key[0], int(key[1][1:])))
        told: dict[str, dict[str, list[str]]] = {process: {} for process, _ in ordered}
        for process, row in ordered:
            told[process][row] = sorted(self.walked[process, row])
        self.file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
