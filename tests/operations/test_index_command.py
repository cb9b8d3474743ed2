"""`gateway index`, and what it has in common with `gateway hospitals`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from gateway import clock
from gateway.commands import lists
from gateway.commands.index import app
from gateway.store import insurer_index, sandbox
from gateway.store.engine import Store
from gateway.store.tables import audit

REAL = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
COLUMNS = ["MIDInsurerId", "MIDInsurerName", "MIDContactInsurerId", "MIDContactInsurerName", "OrganizationId", "OrganizationPath", "RAPIDInsurerName"]
FERNLEAF = ["501", "Fernleaf Motor", "502", "Fernleaf Group", "COMP001", "/COMP001", "Thistledown Insurance plc"]
BARLEY = ["511", "Barley Fleet", "511", "Barley Fleet", "COMP002", "/COMP002", "Copperfen Mutual Insurance Society"]

Type = Callable[..., Result]


@pytest.fixture
def type_(seeded_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Type:
    """Types `gateway index …` in an empty folder; the real time stands still."""
    monkeypatch.setattr(clock, "wall", lambda: REAL)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, words)


def csv_file(*lines: list[str], name: str = "new.csv") -> str:
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return name


def issues(store: Store) -> list[tuple[int, date, int]]:
    with store.reading() as connection:
        return [(one.version, one.dated, one.row_count) for one in insurer_index.issues(connection)]


FIRST = (1, date(2026, 11, 2), 15)


def test_importing(type_: Type, seeded_store: Store) -> None:
    imported = type_("import", csv_file(["Version", "3"], ["Date", "2026-11-20"], COLUMNS, FERNLEAF, BARLEY))
    assert (imported.exit_code, imported.stdout) == (0, "The insurer index is now version 3 of 2026-11-20, with 2 rows.\n")
    assert issues(seeded_store) == [(3, date(2026, 11, 20), 2), FIRST]


def test_who_imported_is_kept(type_: Type, seeded_store: Store) -> None:
    file = csv_file(["Version", "3"], ["Date", "2026-11-20"], COLUMNS, FERNLEAF, BARLEY)
    type_("import", file, "--by", "Ines Ferro")
    type_("import", file, "--by", "Somebody else")  # changes nothing
    with seeded_store.reading() as connection:
        rows = connection.execute(select(audit.c.who, audit.c.what, audit.c.subject, audit.c.detail)).all()
    assert rows == [("Ines Ferro", "index.import", "version 3", {"rows": 2})]


def test_the_day_is_that_of_the_sandbox(type_: Type, seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        sandbox.set_offset(connection, timedelta(days=40), "a test")
    assert type_("import", csv_file(COLUMNS, FERNLEAF)).stdout == "The insurer index is now version 2 of 2027-01-02, with 1 row.\n"


def test_number_and_date_can_be_said(type_: Type, seeded_store: Store) -> None:
    file = csv_file(["Version", "3"], COLUMNS, FERNLEAF)
    assert type_("import", file, "--version", "9", "--date", "2027-02-01").exit_code == 0
    assert issues(seeded_store)[0] == (9, date(2027, 2, 1), 1)
    for wrong in (("--version", "0"), ("--version", "x"), ("--date", "tomorrow")):
        assert type_("import", file, *wrong).exit_code == 2
    assert len(issues(seeded_store)) == 2


def test_a_bad_file_changes_nothing(type_: Type, seeded_store: Store) -> None:
    file = csv_file(["Version", "1"], COLUMNS, [*FERNLEAF[:4], "COMP099", *FERNLEAF[5:]], ["", *BARLEY[1:]])
    refused = type_("import", file)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == (
        "new.csv:1: Version is 1, but 1 is there with other rows or another date; a higher number is needed, or none.\n"
        "new.csv:3: OrganizationId is 'COMP099', no organisation of the directory; the id of an enabled compensator is needed.\n"
        "new.csv:4: MIDInsurerId is blank; a text of up to 50 characters is needed.\n"
        "3 things are wrong. Nothing was changed.\n"
    )
    assert issues(seeded_store) == [FIRST]
    refused = type_("import", "none.csv")
    assert (refused.exit_code, refused.stderr) == (2, "none.csv: No such file or directory.\n1 thing is wrong. Nothing was changed.\n")


def test_exporting_and_importing_again(type_: Type, seeded_store: Store) -> None:
    assert type_("export").stdout == "Wrote RTA-A2A-Insurer-Index-v1.xlsx.\n"
    again = type_("import", "RTA-A2A-Insurer-Index-v1.xlsx")
    assert (again.exit_code, again.stdout) == (0, "This is version 1, which is the present one. Nothing was changed.\n")
    assert issues(seeded_store) == [FIRST]
    sheet = openpyxl.load_workbook("RTA-A2A-Insurer-Index-v1.xlsx").active
    assert [sheet["A1"].value, sheet["B2"].value, sheet["B3"].value] == ["RTA A2A Insurer Index", 1, datetime(2026, 11, 2)]
    assert [cell.value for cell in sheet[4]] == COLUMNS
    assert sheet.max_row == 4 + 15


def test_where_to_export(type_: Type) -> None:
    Path("out").mkdir()
    assert type_("export", "out").stdout == "Wrote out/RTA-A2A-Insurer-Index-v1.xlsx.\n"
    assert type_("export", "out/index.csv").exit_code == 0
    printed = type_("export", "-").stdout_bytes
    assert printed == Path("out/index.csv").read_bytes()
    lines = list(csv.reader(io.StringIO(printed.decode("utf-8-sig"))))
    assert lines[:4] == [["RTA A2A Insurer Index"], ["Version", "1"], ["Date", "2026-11-02"], COLUMNS]
    assert len(lines) == 4 + 15


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("index.xls", "index.xls: the name must end in .csv or .xlsx, which says what is written.\n"),
        ("there.csv", "there.csv is there already; --force writes over it.\n"),
        ("none/index.csv", "none/index.csv cannot be written: No such file or directory.\n"),
    ],
)
def test_where_not_to(type_: Type, target: str, told: str) -> None:
    Path("there.csv").write_text("before")
    refused = type_("export", target)
    assert (refused.exit_code, refused.stdout, refused.stderr) == (2, "", told)
    assert [(path.name, path.read_text()) for path in Path().iterdir()] == [("there.csv", "before")]


def test_over_a_file_that_is_there(type_: Type) -> None:
    Path("there.csv").write_text("before")
    assert type_("export", "there.csv", "--force").exit_code == 0
    assert "Thistledown" in Path("there.csv").read_text("utf-8-sig")


def test_showing(type_: Type) -> None:
    assert type_("show").stdout == (
        "RTA A2A Insurer Index, version 1 of 2026-11-02, imported 2026-11-02 09:00: 15 rows\n"
        "compensator  name                                rows\n"
        "COMP001      Thistledown Insurance plc              6\n"
        "COMP002      Copperfen Mutual Insurance Society     4\n"
        "COMP003      Larkspur Vale Borough Council          2\n"
        "COMP900      Motor Insurers' Bureau (sandbox)       3\n"
    )
    type_("import", csv_file(["Date", "2026-11-20"], COLUMNS, FERNLEAF))
    assert type_("show").stdout.endswith("\nBefore it: version 1 of 2026-11-02\n")


def test_showing_rows(type_: Type) -> None:
    shown = type_("show", "SCOOTER").stdout.splitlines()
    assert [part.strip() for part in shown[2].split("  ") if part] == [
        *("255", "Quickstep Scooter Cover", "Quickstep Underwriting Agency", "Copperfen Mutual Insurance Society (COMP002)")
    ]
    assert len(shown) == 3
    assert type_("show", "[bold]").stdout.splitlines()[1:] == ["No row has '[bold]' in a name."]


def test_showing_for_programs(type_: Type) -> None:
    told = json.loads(type_("show", "--format", "json").stdout)
    assert (told["version"], told["date"], told["imported"], len(told["rows"])) == (1, "2026-11-02", "2026-11-02T09:00:00+00:00", 15)
    assert json.loads(type_("show", "scooter", "--format", "json").stdout)["rows"] == [
        {
            "insurer_id": "255",
            "insurer_name": "Quickstep Scooter Cover",
            "contact_id": "256",
            "contact_name": "Quickstep Underwriting Agency",
            "organisation_id": "COMP002",
            "organisation_path": "/COMP002",
            "organisation_name": "Copperfen Mutual Insurance Society",
        }
    ]


def test_without_an_index(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
    for words in (["show"], ["export", "-"]):
        refused = CliRunner().invoke(app, words)
        assert (refused.exit_code, refused.stderr) == (1, "There is no insurer index. Run: gateway index import FILE\n")


def test_progress_is_for_long_files_on_a_terminal(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int]] = []

    def track(lines, description, *, total, console, transient):
        told.append((description, total))
        return lines

    monkeypatch.setattr(lists, "track", track)
    file = csv_file(COLUMNS, *([str(number), f"Insurer {number}", *FERNLEAF[2:]] for number in range(600)))
    assert type_("import", file).exit_code == 0
    assert told == []
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    assert type_("import", csv_file(COLUMNS, FERNLEAF, name="short.csv")).exit_code == 0
    assert told == []
    assert type_("import", file).exit_code == 0
    assert told == [("Reading", 602)]
