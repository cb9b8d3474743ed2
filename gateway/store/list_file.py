"""Lists that come as a file, CSV or XLSX: one line with the names of the columns, above it perhaps a title and lines such as "Version,3".

Everything that is wrong with a file is found in one go, so that it can be mended in one go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gateway.store import grid
from gateway.store.grid import BadList, Cell, Line, NoText

_HEADER_WITHIN = 20  # lines
_FORMULA_SIGNS = ("=", "+", "-", "@")
_ISO, _BRITISH = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)"), re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")

Watch = Callable[[Iterable[Line], int], Iterable[Line]]
"""Hands on lines, of which there are about so many, and may show how far it has come."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of texts: its name, the most characters, whether a cell may be blank."""

    name: str
    longest: int
    needed: bool = True

    def judged(self, cell: Cell) -> str:
        """What is wrong with a cell, "" if nothing is."""
        if isinstance(cell, NoText):
            return f"is {cell.what}; a text of up to {self.longest} characters is needed"
        if not cell:
            return f"is blank; a text of up to {self.longest} characters is needed" if self.needed else ""
        if len(cell) > self.longest:
            return f"has {len(cell)} characters; up to {self.longest} are allowed"
        if not cell.isprintable():
            odd = next(character for character in cell if not character.isprintable())
            return f"holds the character U+{ord(odd):04X}, which cannot be shown"
        if cell.startswith(_FORMULA_SIGNS):
            return f"begins with {cell[0]}, which makes spreadsheet programs take it for a formula"
        return ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file of a kind looks like. `notes` are the names in the lines above the columns."""

    title: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()

    def named(self) -> str:
        """The names of the columns, as text."""
        return ", ".join(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, with a text for each column."""

    line: int
    values: dict[str, str]


@dataclass(slots=True)
class ListFile:
    """A file that was read. What does not fit is put with `wrong`; `check` raises it all."""

    path: Path
    notes: dict[str, tuple[int, Cell]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    _problems: list[tuple[int, str]] = field(default_factory=list)

    def wrong(self, line: int, text: str, column: str = "") -> None:
        """Note what is wrong in a line, in that column; `text` says what was expected."""
        self._problems.append((line, f"{self.path}:{line}: {f'{column} ' if column else ''}{text}."))

    def check(self) -> None:
        """Raises BadList if anything is wrong, in the order of the lines."""
        if self._problems:
            raise BadList([text for _, text in sorted(self._problems, key=lambda one: one[0])])

    def number(self, note: str) -> int | None:
        """The whole number above 0 in a line above the columns, None if the line is not there; what is no number is noted as wrong."""
        line, cell = self.notes.get(note, (0, ""))
        if isinstance(cell, str) and cell.isascii() and cell.isdigit() and 0 < int(cell) < 2**31:
            return int(cell)
        if cell:
            self.wrong(line, f"is {_said(cell)}; a whole number from 1 is needed", note)
        return None

    def day(self, note: str) -> date | None:
        """The date in a line above the columns (2026-11-24, or 24/11/2026 as Excel writes it in Britain), None if the line is not there."""
        line, cell = self.notes.get(note, (0, ""))
        if isinstance(cell, NoText) and cell.day is not None:
            return cell.day
        found = _date(cell) if isinstance(cell, str) else None
        if found is None and cell:
            self.wrong(line, f"is {_said(cell)}; a date like 2026-11-24 is needed", note)
        return found


def read(path: Path, layout: Layout, watch: Watch | None = None) -> ListFile:
    """The file's rows, and what is wrong with them: `check` raises that. Raises BadList at once if there is no list to be seen in the file."""
    lines, about = grid.read(path)
    read_so_far = ListFile(path)
    header: list[str] | None = None
    for number, cells in watch(lines, about) if watch else lines:
        if header is not None:
            _take_row(read_so_far, layout, header, number, cells)
        elif _is_header(layout, cells):
            header = _header(read_so_far, layout, number, cells)
        elif number > _HEADER_WITHIN:
            break
        else:
            _take_note(read_so_far, layout, number, cells)
    if header is None:
        raise BadList([f"{path}: has no line with the names of the columns; needed: {layout.named()} (in CSV with commas between them)."])
    if not read_so_far.rows and not read_so_far._problems:
        raise BadList([f"{path}: has no rows below the names of the columns."])
    return read_so_far


def written(layout: Layout, notes: Sequence[int | date], rows: Iterable[Sequence[str]]) -> list[grid.Written]:
    """The lines of a file of that layout."""
    top: list[grid.Written] = [[layout.title], *([name, value] for name, value in zip(layout.notes, notes, strict=True))] if layout.notes else []
    return [*top, [column.name for column in layout.columns], *rows]


def save(path: Path, layout: Layout, lines: Sequence[grid.Written]) -> None:
    """Write the lines as a workbook if the name ends in .xlsx, otherwise as CSV. The file is there as a whole or not at all. Raises OSError."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as out:
            if path.suffix.lower() == ".xlsx":
                top = len(layout.notes) + 2 if layout.notes else 1
                grid.write_workbook(out, layout.title, lines, top, [min(column.longest, 36) for column in layout.columns])
            else:
                grid.write_csv(out, lines)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _is_header(layout: Layout, cells: list[Cell]) -> bool:
    names = {column.name.lower() for column in layout.columns}
    return any(isinstance(cell, str) and cell.lower() in names for cell in cells)


def _header(file: ListFile, layout: Layout, number: int, cells: list[Cell]) -> list[str]:
    """The columns in the order in which the file has them. Raises BadList, for without them nothing below makes sense."""
    by_name = {column.name.lower(): column.name for column in layout.columns}
    found = [cell.lower() if isinstance(cell, str) else "" for cell in cells]
    for name in sorted(set(found) - by_name.keys()):
        file.wrong(number, f"has a column {name!r}, which is not known here; allowed: {layout.named()}")
    for name in sorted({name for name in found if found.count(name) > 1 and name in by_name}):
        file.wrong(number, f"has the column {by_name[name]} twice")
    for column in layout.columns:
        if column.name.lower() not in found:
            file.wrong(number, f"has no column {column.name}")
    file.check()
    return [by_name[name] for name in found]


def _take_note(file: ListFile, layout: Layout, number: int, cells: list[Cell]) -> None:
    known = {name.lower(): name for name in layout.notes}
    name = known.get(cells[0].lower()) if isinstance(cells[0], str) else None
    if name is None:
        if len(cells) > 1:  # a single one is a title
            file.wrong(number, f"is {_said(cells[0])}; expected: {', '.join((*layout.notes, 'the names of the columns'))}")
    elif len(cells) != 2 or name in file.notes:
        file.wrong(number, "is given twice" if name in file.notes else "needs one value in the cell beside it", name)
    else:
        file.notes[name] = (number, cells[1])


def _take_row(file: ListFile, layout: Layout, header: list[str], number: int, cells: list[Cell]) -> None:
    if len(cells) > len(header):
        file.wrong(number, f"has {len(cells)} cells; the {len(header)} columns named in the header are allowed")
        return
    given = dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))
    problems = [(column.name, column.judged(given[column.name])) for column in layout.columns]
    for name, problem in problems:
        if problem:
            file.wrong(number, problem, name)
    if not any(problem for _, problem in problems):
        file.rows.append(Row(number, {name: cell for name, cell in given.items() if isinstance(cell, str)}))


def _date(text: str) -> date | None:
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        return date(int(british[3]), int(british[2]), int(british[1])) if british else None
    except ValueError:
        return None


def _said(cell: Cell) -> str:
    return cell.what if isinstance(cell, NoText) else repr(cell[:40])
