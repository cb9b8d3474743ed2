"""The insurer index: which compensator of the portal deals with the claims of a motor insurer (portal notes 7.1 and 7.2).

Each row joins an insurer of the Motor Insurance Database (MID) and its contact insurer to an organisation. The index is published in issues
with a number and a date; the store keeps the rows of the newest issue. The columns of the portal's spreadsheet are U; ours bear the names the
claim schema has for the same things (CONN_CT_InsurerList_Response).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from gateway.clock import Moment
from gateway.domain.matching import folded
from gateway.store import directory, list_file
from gateway.store.dialect import lock_table
from gateway.store.grid import Written
from gateway.store.list_file import Column, Layout, ListFile
from gateway.store.tables import insurer_index, insurer_index_issues, organisations

LAYOUT = Layout(
    "RTA A2A Insurer Index",
    (
        Column("MIDInsurerId", 50),
        Column("MIDInsurerName", 100),
        Column("MIDContactInsurerId", 50),
        Column("MIDContactInsurerName", 100),
        Column("OrganizationId", 50),
        Column("OrganizationPath", 200),
        Column("RAPIDInsurerName", 100),
    ),
    notes=("Version", "Date"),
)
_LONGEST_SOUGHT = 3 * 100  # characters: to fold one can make three of it
_BY_COLUMN = {
    "MIDInsurerId": insurer_index.c.insurer_id,
    "MIDInsurerName": insurer_index.c.insurer_name,
    "MIDContactInsurerId": insurer_index.c.contact_id,
    "MIDContactInsurerName": insurer_index.c.contact_name,
    "OrganizationId": insurer_index.c.organisation_id,
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One publication of the index. `dated` is a London date."""

    version: int
    dated: date
    imported_at: datetime
    row_count: int

    def file_name(self, suffix: str) -> str:
        """What its file is called, like RTA-A2A-Insurer-Index-v3.xlsx; `suffix` with the dot."""
        return f"{LAYOUT.title.replace(' ', '-')}-v{self.version}{suffix}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the index, in the order of the spreadsheet's columns."""

    insurer_id: str
    insurer_name: str
    contact_id: str
    contact_name: str
    organisation_id: str
    organisation_path: str
    organisation_name: str


@dataclass(frozen=True, slots=True)
class Index:
    """An issue with all its rows, in their order."""

    issue: Issue
    entries: tuple[Entry, ...]

    def lines(self) -> list[Written]:
        """As the lines of a file."""
        rows = [[getattr(entry, name) for name in Entry.__slots__] for entry in self.entries]
        return list_file.written(LAYOUT, [self.issue.version, self.issue.dated], rows)


_ISSUE = tuple(insurer_index_issues.c[name] for name in Issue.__slots__)
_ENTRY = (*_BY_COLUMN.values(), organisations.c.path, organisations.c.name)
_issues = select(*_ISSUE).order_by(insurer_index_issues.c.version.desc())
_joined = insurer_index.join(organisations)
# one statement, so that the rows are those of the issue also while another is imported
_newest = select(func.max(insurer_index_issues.c.version)).scalar_subquery()
_index = (
    select(*_ISSUE, *_ENTRY)
    .select_from(_joined.join(insurer_index_issues, insurer_index_issues.c.version == _newest))
    .order_by(insurer_index.c.number)
)
_searched = select(*_ENTRY, insurer_index.c.sought).select_from(_joined).where(organisations.c.enabled, organisations.c.rta)


def issues(connection: Connection) -> list[Issue]:
    """All issues there were, newest first."""
    return [Issue(*row) for row in connection.execute(_issues)]


def newest(connection: Connection) -> Index | None:
    """The index as it is now; None if there is none. A row whose organisation has been disabled since is still in it."""
    rows = connection.execute(_index).all()
    return Index(Issue(*rows[0][: len(_ISSUE)]), tuple(Entry(*row[len(_ISSUE) :]) for row in rows)) if rows else None


def search(connection: Connection, compensator_type: str | None, name: str) -> list[Entry]:
    """The rows of enabled compensators of that type, if one is given, by insurer and contact.

    `name` is a part of the insurer's, the contact's or the organisation's name (U: the portal's rule is not known).
    """
    wanted = folded(name)
    if len(wanted) > _LONGEST_SOUGHT or not wanted.isprintable():
        return []  # no name is so, and databases refuse it
    bearing = [one.id for one in directory.search_compensators(connection, compensator_type, name, "rta")]
    statement = _searched.where(or_(insurer_index.c.sought.contains(wanted, autoescape=True), insurer_index.c.organisation_id.in_(bearing)))
    if compensator_type:
        statement = statement.where(organisations.c.compensator_type == compensator_type)
    return [Entry(*row[:-1]) for row in sorted(connection.execute(statement), key=lambda row: str(row.sought))]


def replace(connection: Connection, file: ListFile, moment: Moment, *, version: int | None = None, dated: date | None = None) -> tuple[Issue, bool]:
    """Make the file the newest issue; False with it if it already is, row by row.

    Version and date are those given, else those the file states, else the next number and today. Raises BadList, with all that is wrong.
    """
    lock_table(connection, insurer_index_issues)
    present = newest(connection)
    stated, day = version or file.number(LAYOUT.notes[0]), dated or file.day(LAYOUT.notes[1])
    last = present.issue.version if present else 0
    issue = Issue(stated or last + 1, day or moment.today, moment.utc, len(file.rows))
    _check_rows(connection, file)
    if present is not None and _is_the_same(present, issue, file):
        file.check()
        return present.issue, False
    if issue.version <= last:
        line, _ = file.notes.get(LAYOUT.notes[0], (1, ""))
        file.wrong(line, f"is {issue.version}, but {last} is there with other rows or another date; a higher number is needed, or none", "Version")
    file.check()
    connection.execute(insert(insurer_index_issues), {name: getattr(issue, name) for name in Issue.__slots__})
    connection.execute(delete(insurer_index))
    connection.execute(insert(insurer_index), [_columns(number, row) for number, row in enumerate(file.rows, 1)])
    return issue, True


def seed(connection: Connection, path: Path, moment: Moment) -> int:
    """Put in the index of a file unless there is one; how many rows were put in. Raises BadList."""
    if connection.scalar(select(_newest)) is not None:
        return 0
    return replace(connection, list_file.read(path, LAYOUT), moment)[0].row_count


def _columns(number: int, row: list_file.Row) -> dict[str, str | int]:
    values = {column.name: row.values[name] for name, column in _BY_COLUMN.items()}
    return {"number": number, "sought": "\n".join(_names(row)), **values}


def _names(row: list_file.Row) -> tuple[str, str]:
    """Of the insurer and its contact, as they are compared."""
    return folded(row.values["MIDInsurerName"]), folded(row.values["MIDContactInsurerName"])


def _is_the_same(present: Index, issue: Issue, file: ListFile) -> bool:
    rows = [tuple(row.values[column.name] for column in LAYOUT.columns) for row in file.rows]
    held = [tuple(getattr(entry, name) for name in Entry.__slots__) for entry in present.entries]
    return (present.issue.version, present.issue.dated) == (issue.version, issue.dated) and rows == held


def _check_rows(connection: Connection, file: ListFile) -> None:
    """Each row names one enabled RTA compensator in all three columns, and no insurer with its contact comes twice."""
    found = {one.id: one for one in connection.execute(select(organisations))}  # fewer than a file may name wrongly
    seen: dict[tuple[str, str], int] = {}
    for row in file.rows:
        _check_organisation(file, row, found.get(row.values["OrganizationId"]))
        first = seen.setdefault(_names(row), row.line)
        if first != row.line:
            file.wrong(row.line, f"names the same insurer and contact as line {first}; each may come once", "MIDInsurerName")


def _check_organisation(file: ListFile, row: list_file.Row, organisation: Row[tuple[object, ...]] | None) -> None:
    stated = row.values["OrganizationId"]
    if organisation is None or organisation.kind != "COMP":
        what = "no organisation of the directory" if organisation is None else "no compensator"
        file.wrong(row.line, f"is {stated!r}, {what}; the id of an enabled compensator is needed", "OrganizationId")
        return
    if not (organisation.enabled and organisation.rta):
        what = "not registered for RTA claims" if organisation.enabled else "disabled"
        file.wrong(row.line, f"is {stated!r}, which is {what}; the id of an enabled compensator is needed", "OrganizationId")
    expected: Sequence[tuple[str, str]] = (("OrganizationPath", organisation.path), ("RAPIDInsurerName", " ".join(organisation.name.split())))
    for column, text in expected:
        if row.values[column] != text:
            file.wrong(row.line, f"is {row.values[column][:100]!r}; for {stated} {text!r} is needed", column)
