"""Lists in files, CSV and XLSX: what is read, what is written, and what is said of a file that cannot be used."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gateway.store import grid, list_file
from gateway.store.grid import BadList
from gateway.store.list_file import Column, Layout, ListFile

LAYOUT = Layout("Birds", (Column("Name", 10), Column("Colour", 6, needed=False), Column("Legs", 3)), notes=("Version", "Date"))
PLAIN = Layout("Birds", LAYOUT.columns)
NEEDED = "needed: Name, Colour, Legs (in CSV with commas between them)."
Lines = list[list[Any]]
Make = Callable[[Lines], Path]


@pytest.fixture(params=["csv", "xlsx"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Writes lines of cells as a file of either kind, by hand."""
    return lambda lines: (_csv if request.param == "csv" else _xlsx)(tmp_path, lines)


def _csv(folder: Path, lines: Lines) -> Path:
    path = folder / "birds.csv"
    path.write_text("".join(",".join("" if cell is None else f'"{cell}"' for cell in line) + "\n" for line in lines), "utf-8")
    return path


def _xlsx(folder: Path, lines: Lines) -> Path:
    path = folder / "birds.xlsx"
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


def problems(path: Path, layout: Layout = LAYOUT) -> list[str]:
    """What is wrong with a file, without its name."""
    with pytest.raises(BadList) as bad:
        list_file.read(path, layout).check()
    return [problem.removeprefix(str(path)) for problem in bad.value.problems]


def values(file: ListFile) -> list[dict[str, str]]:
    file.check()
    return [row.values for row in file.rows]


HEADER: Lines = [["Name", "Colour", "Legs"]]
WREN = {"Name": "Wren", "Colour": "brown", "Legs": "2"}


def test_rows_and_where_they_stand(make: Make) -> None:
    file = list_file.read(make([*HEADER, ["Wren", "brown", "2"], [None, None, None], ["Zélan", None, "2"]]), PLAIN)
    assert values(file) == [WREN, {"Name": "Zélan", "Colour": "", "Legs": "2"}]
    assert [row.line for row in file.rows] == [2, 4]


def test_columns_go_by_their_names(make: Make) -> None:
    assert values(list_file.read(make([["LEGS", " name ", "Colour"], ["2", "Wren", "brown"]]), PLAIN)) == [WREN]


def test_blanks_are_made_even(make: Make) -> None:
    file = list_file.read(make([*HEADER, ["  Great\u00a0\n tit ", " ", "2 "]]), PLAIN)
    assert values(file) == [{"Name": "Great tit", "Colour": "", "Legs": "2"}]


def test_lines_above_the_columns(make: Make) -> None:
    file = list_file.read(make([["Birds, as of late"], ["version", "12"], [None], ["Date", "2026-11-24"], *HEADER, ["Wren", "brown", "2"]]), LAYOUT)
    assert (file.number("Version"), file.day("Date")) == (12, date(2026, 11, 24))
    assert values(file) == [WREN]


def test_they_may_be_left_out(make: Make) -> None:
    file = list_file.read(make([*HEADER, ["Wren", "brown", "2"]]), LAYOUT)
    assert (file.number("Version"), file.day("Date")) == (None, None)
    file.check()


def test_numbers_and_dates_of_a_workbook(tmp_path: Path) -> None:
    """Excel makes numbers of ids, and dates of dates."""
    file = list_file.read(_xlsx(tmp_path, [["Version", 12], ["Date", datetime(2026, 11, 24)], *HEADER, ["Wren", "brown", 2.0]]), LAYOUT)
    assert (file.number("Version"), file.day("Date")) == (12, date(2026, 11, 24))
    assert values(file) == [WREN]


def test_as_excel_saves_it_again(tmp_path: Path) -> None:
    """With a byte order mark, padded lines and the British order of a date."""
    path = tmp_path / "birds.csv"
    path.write_bytes(b"\xef\xbb\xbfBirds,,\r\nVersion,12,\r\nDate,05/11/2026,\r\nName,Colour,Legs\r\nWren,brown,2\r\n,,\r\n")
    file = list_file.read(path, LAYOUT)
    assert (file.number("Version"), file.day("Date")) == (12, date(2026, 11, 5))
    assert values(file) == [WREN]


def test_everything_wrong_is_told_at_once(make: Make) -> None:
    path = make(
        [
            ["Version", "1.5"],
            ["Date", "31/02/2026"],
            *HEADER,
            ["Wren", "brown", None],
            ["Wren", "brown", "2"],
            ["Hedgesparrow", "mauvish", "2"],
            ["=1+1", "-", "@2"],
            ["Wren\u200b", "brown", "2", "extra"],
            ["Wr\u200ben", "brown", "2"],
        ]
    )
    file = list_file.read(path, LAYOUT)
    file.number("Version")
    file.day("Date")
    file.wrong(5, "is known already", "Name")
    with pytest.raises(BadList) as bad:
        file.check()
    formula = "is a formula; a text of up to 10 characters is needed"
    assert [problem.removeprefix(str(path)) for problem in bad.value.problems] == [
        ":1: Version is '1.5'; a whole number from 1 is needed.",
        ":2: Date is '31/02/2026'; a date like 2026-11-24 is needed.",
        ":4: Legs is blank; a text of up to 3 characters is needed.",
        ":5: Name is known already.",
        ":6: Name has 12 characters; up to 10 are allowed.",
        ":6: Colour has 7 characters; up to 6 are allowed.",
        f":7: Name {formula if path.suffix == '.xlsx' else 'begins with =, which makes spreadsheet programs take it for a formula'}.",
        ":7: Colour begins with -, which makes spreadsheet programs take it for a formula.",
        ":7: Legs begins with @, which makes spreadsheet programs take it for a formula.",
        ":8: has 4 cells; the 3 columns named in the header are allowed.",
        ":9: Name holds the character U+200B, which cannot be shown.",
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([["Name", "Colour"], ["Wren", "brown"]], [":1: has no column Legs."]),
        (
            [["Name", "Colour", "Legs", "Song", "name"]],
            [":1: has a column 'song', which is not known here; allowed: Name, Colour, Legs.", ":1: has the column Name twice."],
        ),
        ([["Name", None, "Colour", "Legs"]], [":1: has a column '', which is not known here; allowed: Name, Colour, Legs."]),
        ([["Wren", "brown", "2"]], [f": has no line with the names of the columns; {NEEDED}"]),
        ([["x"]] * 30 + [["Name", "Colour", "Legs"]], [f": has no line with the names of the columns; {NEEDED}"]),
        ([["Name;Colour;Legs"], ["Wren;brown;2"]], [f": has no line with the names of the columns; {NEEDED}"]),
        ([], [f": has no line with the names of the columns; {NEEDED}"]),
        ([["Name", "Colour", "Legs"]], [": has no rows below the names of the columns."]),
        (
            [["Edition", "1"], ["Name", "Colour", "Legs"], ["Wren", "", "2"]],
            [":1: is 'Edition'; expected: Version, Date, the names of the columns."],
        ),
        ([["Version"], ["Name", "Colour", "Legs"], ["Wren", "", "2"]], [":1: Version needs one value in the cell beside it."]),
        ([["Version", "1"], ["Version", "2"], ["Name", "Colour", "Legs"], ["Wren", "", "2"]], [":2: Version is given twice."]),
    ],
)
def test_a_file_without_the_right_head(make: Make, lines: Lines, told: list[str]) -> None:
    assert problems(make(lines)) == told


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "2147483648", "\u0661", "1e3"])
def test_no_number(make: Make, text: str) -> None:
    file = list_file.read(make([["Version", text], *HEADER, ["Wren", "", "2"]]), LAYOUT)
    assert file.number("Version") is None
    with pytest.raises(BadList, match="a whole number from 1 is needed"):
        file.check()


@pytest.mark.parametrize("text", ["2026-13-01", "24.11.2026", "24 November 2026", "0000-01-01", "20261124", "1/2"])
def test_no_date(make: Make, text: str) -> None:
    file = list_file.read(make([["Date", text], *HEADER, ["Wren", "", "2"]]), LAYOUT)
    assert file.day("Date") is None
    with pytest.raises(BadList, match="a date like 2026-11-24 is needed"):
        file.check()


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("=A1", "a formula"),
        (datetime(2026, 3, 1), "the date 2026-03-01"),
        (time(9, 30), "the time 09:30:00"),
        (True, "the truth value TRUE"),
        (1.5, "the number 1.5"),
        ("#REF!", "the error #REF!"),
    ],
)
def test_cells_of_a_workbook_that_hold_no_text(tmp_path: Path, value: Any, what: str) -> None:
    """A spreadsheet program makes a date of "1 Mar" without asking."""
    path = _xlsx(tmp_path, [*HEADER, [value, None, "2"], ["Wren", None, "2"]])
    assert problems(path) == [f":2: Name is {what}; a text of up to 10 characters is needed."]


def test_only_the_first_sheet_counts(tmp_path: Path) -> None:
    path = tmp_path / "birds.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Name", "Colour", "Legs"])
    book.active.append(["Wren", "brown", "2"])
    book.create_sheet("Notes").append(["nothing", "of", "this"])
    book.save(path)
    assert values(list_file.read(path, PLAIN)) == [WREN]


CSV_HINT = "save it as CSV UTF-8 (comma delimited) or as an XLSX workbook."


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        (
            "a.csv",
            "Name,Colour,Legs\nZ\u00e9lan,brown,2\nWren,,2\nEider\u2019s,,2\n".encode("cp1252"),
            [
                ":2: holds characters that are not in UTF-8.",
                ":4: holds characters that are not in UTF-8.",
                f": is not in UTF-8 but perhaps in Windows-1252, as Excel's plain CSV is; {CSV_HINT}",
            ],
        ),
        ("a.csv", "Name,Colour,Legs\n".encode("utf-16"), [f": is UTF-16; {CSV_HINT}"]),
        ("a.csv", b"Name\0,Colour,Legs\n", [": is neither CSV nor an XLSX workbook."]),
        ("a.csv", b'Name,Colour,Legs\n"Wren,,2\n', [":2: is no CSV (unexpected end of data); is a quotation mark open?"]),
        ("a.xlsx", b"Name,Colour,Legs\nWren,,2\n", [": is no XLSX workbook."]),
        ("a.xlsx", b"", [": is no XLSX workbook."]),
        ("a.xlsx", b"PK\x03\x04 and so on", [": is a damaged file; no XLSX workbook."]),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            [": is a workbook of an old Excel, or one with a password; save it as an XLSX workbook without a password."],
        ),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, data: bytes, told: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert problems(path) == told


def test_what_is_no_file(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.csv") == [": No such file or directory."]
    assert problems(tmp_path) == [": Is a directory."]


def test_another_kind_of_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    (told,) = problems(path)
    assert told.startswith(": is no XLSX workbook that can be read (")


def test_a_sheet_that_breaks_off(tmp_path: Path) -> None:
    path = _xlsx(tmp_path, [*HEADER, ["Wren", "brown", "2"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", b"")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    (told,) = problems(path)
    assert "that can" in told


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    monkeypatch.setattr(grid, "MOST_BYTES", 1024 * 1024)
    path = tmp_path / "a.xlsx"
    if packed:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b" " * (1024 * 1024 + 1))
        assert path.stat().st_size < 10_000
    else:
        path.write_bytes(b"x" * (1024 * 1024 + 1))
    assert problems(path) == [f": is larger than 1 MB{' when unpacked' if packed else ''}."]


def test_reading_can_be_watched(make: Make) -> None:
    seen: list[int] = []

    def watch(lines: Iterable[grid.Line], about: int) -> Iterable[grid.Line]:
        seen.append(about)
        for line in lines:
            seen.append(line[0])
            yield line

    list_file.read(make([*HEADER, ["Wren", "", "2"], ["Tit", "", "2"]]), PLAIN, watch)
    assert seen[1:] == [1, 2, 3]
    assert seen[0] in (3, 4)  # the end of the last line may count


# writing

ROWS = [["Wren, the", "brown", "002"], ['Say "tit"', "", "2"], ["Zélan ☂", "x", "2"]]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".XLSX"])
def test_what_is_written_is_read_again(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"birds{suffix}"
    list_file.save(path, LAYOUT, list_file.written(LAYOUT, [12, date(2026, 11, 24)], ROWS))
    file = list_file.read(path, LAYOUT)
    assert [list(row.values()) for row in values(file)] == ROWS
    assert (file.number("Version"), file.day("Date")) == (12, date(2026, 11, 24))
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_list_without_lines_above(tmp_path: Path) -> None:
    path = tmp_path / "birds.csv"
    list_file.save(path, PLAIN, list_file.written(PLAIN, [], ROWS[:1]))
    assert path.read_bytes() == b'\xef\xbb\xbfName,Colour,Legs\r\n"Wren, the",brown,002\r\n'


def test_a_workbook_for_people(tmp_path: Path) -> None:
    """A title, version and date; a header that stays in sight; ids that stay text."""
    path = tmp_path / "birds.xlsx"
    list_file.save(path, LAYOUT, list_file.written(LAYOUT, [12, date(2026, 11, 24)], ROWS))
    book = openpyxl.load_workbook(path)
    (sheet,) = book.worksheets
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=5)] == [
        ["Birds", None, None],
        ["Version", 12, None],
        ["Date", datetime(2026, 11, 24), None],
        ["Name", "Colour", "Legs"],
        ["Wren, the", "brown", "002"],
    ]
    assert (sheet.title, book.properties.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Birds", "Birds", "A5", "A4:C7")
    assert sheet["C5"].number_format == "@"
    assert sheet["B3"].number_format == "yyyy-mm-dd"


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "birds.xlsx"
    path.write_text("before")
    with pytest.raises(Exception, match="cannot be used"):  # a character no workbook can hold
        list_file.save(path, LAYOUT, list_file.written(LAYOUT, [1, date(2026, 11, 24)], [["\x01", "", ""]]))
    assert path.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(OSError):
        list_file.save(tmp_path / "none" / "birds.csv", PLAIN, list_file.written(PLAIN, [], ROWS))
