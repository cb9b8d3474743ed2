"""Tables of text in files: comma-separated (CSV, UTF-8) and Excel workbooks (XLSX). Lines in, lines out; what they mean is list_file.py's.

Which of the two a file is its content says, not its name.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

MOST_BYTES = 64 * 1024 * 1024  # of a CSV file, or of a workbook unpacked; a hundred times the largest list there is
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CSV_HINT = "save it as CSV UTF-8 (comma delimited) or as an XLSX workbook"


class BadList(ValueError):
    """A file that cannot be taken in. `problems` has a line for each thing wrong, with the place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class NoText:
    """A cell of a workbook that holds something else. `what` completes "is …"; `day` if it is a date."""

    what: str
    day: date | None = None


Cell = str | NoText
Line = tuple[int, list[Cell]]
"""The number of a line in the file (the row of a workbook), from 1, and its cells; blank ones at the end are left out. Blanks within a text are
single ones, and a text has none around it."""


def read(path: Path) -> tuple[Iterable[Line], int]:
    """The lines that are not blank, and about how many there are. Raises BadList, perhaps only while the lines are read."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadList([f"{path}: {error.strerror or error}."]) from None
    if len(data) > MOST_BYTES:
        raise BadList([f"{path}: is larger than {MOST_BYTES // 1024 // 1024} MB."])
    if data.startswith(_ZIP):
        return _workbook(path, data)
    if data.startswith(_OLD_EXCEL):
        raise BadList([f"{path}: is a workbook of an old Excel, or one with a password; save it as an XLSX workbook without a password."])
    if path.suffix.lower() == ".xlsx":
        raise BadList([f"{path}: is no XLSX workbook."])
    return _separated(path, _decoded(path, data))


def _decoded(path: Path, data: bytes) -> str:
    if data.startswith(_UTF_16):
        raise BadList([f"{path}: is UTF-16; {_CSV_HINT}."])
    if b"\0" in data:
        raise BadList([f"{path}: is neither CSV nor an XLSX workbook."])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        wrong = [number for number, line in enumerate(data.splitlines(), 1) if not _is_utf8(line)]
        problems = [f"{path}:{number}: holds characters that are not in UTF-8." for number in wrong]
        raise BadList([*problems, f"{path}: is not in UTF-8 but perhaps in Windows-1252, as Excel's plain CSV is; {_CSV_HINT}."]) from None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _separated(path: Path, text: str) -> tuple[Iterable[Line], int]:
    return _csv_lines(path, text), text.count("\n") + 1


def _csv_lines(path: Path, text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadList([f"{path}:{number}: is no CSV ({error}); is a quotation mark open?"]) from None
        if cells is None:
            return
        yield from _line(number, [_tidy(cell) for cell in cells])


def _workbook(path: Path, data: bytes) -> tuple[Iterable[Line], int]:
    from openpyxl import load_workbook  # slow to import

    try:
        with ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise BadList([f"{path}: is larger than {MOST_BYTES // 1024 // 1024} MB when unpacked."])
        with warnings.catch_warnings(action="ignore"):  # it remarks on what it does not keep
            sheets = load_workbook(io.BytesIO(data), read_only=True).worksheets
        if not sheets:
            raise BadList([f"{path}: has no sheet."])
        rows = sheets[0].max_row or 0
    except BadList:
        raise
    except BadZipFile:
        raise BadList([f"{path}: is a damaged file; no XLSX workbook."]) from None
    except Exception as error:  # openpyxl lets out whatever a strange file leads to
        raise BadList([f"{path}: is no XLSX workbook that can be read ({type(error).__name__})."]) from None
    return _sheet_lines(path, sheets[0]), rows


def _sheet_lines(path: Path, sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # what some programs say of them is wrong
    rows = enumerate(sheet.iter_rows(), 1)
    while True:
        try:
            number, cells = next(rows)
        except StopIteration:
            return
        except Exception as error:  # as above: the sheet is read on the way
            raise BadList([f"{path}: has a sheet that cannot be read ({type(error).__name__})."]) from None
        yield from _line(number, [_cell(cell.value, cell.data_type) for cell in cells])


def _cell(value: Any, kind: str) -> Cell:
    if value is None:
        return ""
    if kind == "f":
        return NoText("a formula")
    if kind == "e":
        return NoText(f"the error {value}")
    if isinstance(value, datetime):
        return NoText(f"the date {value:%Y-%m-%d}", value.date())
    if isinstance(value, bool):
        return NoText(f"the truth value {str(value).upper()}")
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 1e15):
        return str(int(value))  # Excel makes a number of an id
    if isinstance(value, str):
        return _tidy(value)
    return NoText(f"the {'number' if isinstance(value, float) else 'time'} {value}")


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _line(number: int, cells: list[Cell]) -> Iterator[Line]:
    while cells and cells[-1] == "":
        cells.pop()
    if cells:
        yield number, cells


Written = Sequence[str | int | date]


def write_csv(out: IO[bytes], lines: Iterable[Written]) -> None:
    """UTF-8 with the mark by which Excel knows it, and the line ends of RFC 4180."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    csv.writer(text).writerows(lines)
    text.detach()


def write_workbook(out: IO[bytes], title: str, lines: Iterable[Written], header: int, widths: Sequence[int]) -> None:
    """A workbook of one sheet; `header` is the number of the line with the names of the columns, `widths` are in characters."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.properties.title, book.properties.creator = title, "A2A gateway"
    sheet = book.active
    sheet.title = title[:31]
    last = header
    for number, line in enumerate(lines, 1):
        last = number
        for place, value in enumerate(line, 1):
            cell = sheet.cell(number, place, value)
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"  # stays text when somebody edits it
            elif isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            if number <= header:
                cell.font = Font(bold=True)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[sheet.cell(header, place).column_letter].width = width
    sheet.freeze_panes = sheet.cell(header + 1, 1)
    sheet.auto_filter.ref = f"A{header}:{sheet.cell(last, len(widths)).coordinate}"
    book.save(out)
