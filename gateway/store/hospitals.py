"""The NHS hospitals the portal knows, from which programs keep a copy of their own (portal notes 7.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from gateway.domain.matching import folded, squeezed
from gateway.store import list_file
from gateway.store.dialect import lock_table
from gateway.store.grid import Written
from gateway.store.list_file import Column, Layout, ListFile
from gateway.store.tables import hospitals

_LINES = tuple(f"addressLine{number}" for number in range(1, 5))
# the names of the WSDL's type; the lengths are those of a hospital in a claim document
LAYOUT = Layout("Hospitals", (Column("name", 100), *(Column(line, 100, needed=False) for line in _LINES), Column("postCode", 8)))
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital with up to four lines of address; a line without text is ""."""

    name: str
    address: tuple[str, ...]
    post_code: str


_all = select(hospitals.c.name, *(hospitals.c[f"address_line{number}"] for number in range(1, 5)), hospitals.c.post_code)


def search(connection: Connection, name: str = "", post_code: str = "") -> list[Hospital]:
    """The hospitals with that part in their name and with a postcode that begins so, by name; "" matches all.

    Matching is U: case and blanks do not matter, and what is given must match all of it. There is no upper limit, for the list is there to be
    copied.
    """
    wanted, prefix = folded(name), squeezed(post_code)
    found = [
        Hospital(row[0], tuple(row[1:5]), row[5])
        for row in connection.execute(_all)
        if wanted in folded(row.name) and squeezed(row.post_code).startswith(prefix)
    ]
    return sorted(found, key=lambda one: (folded(one.name), one.post_code))


def replace(connection: Connection, file: ListFile) -> int:
    """Put the file's hospitals in the place of all that are there; how many they are. Raises BadList, with all that is wrong."""
    seen: dict[tuple[str, str], int] = {}
    for row in file.rows:
        post_code = squeezed(row.values["postCode"])
        if not _POSTCODE.fullmatch(post_code):
            file.wrong(row.line, f"is {row.values['postCode']!r}; a postcode like ZZ99 1AA is needed", "postCode")
        first = seen.setdefault((folded(row.values["name"]), post_code), row.line)
        if first != row.line:
            file.wrong(row.line, f"is the same, with the same postcode, as in line {first}; each hospital may come once", "name")
    file.check()
    lock_table(connection, hospitals)
    connection.execute(delete(hospitals))
    connection.execute(insert(hospitals), [_columns(number, row.values) for number, row in enumerate(file.rows, 1)])
    return len(file.rows)


def seed(connection: Connection, path: Path) -> int:
    """Put in the hospitals of a file unless there are some; how many were put in. Raises BadList."""
    if connection.scalar(select(func.count()).select_from(hospitals)):
        return 0
    return replace(connection, list_file.read(path, LAYOUT))


def lines(found: list[Hospital]) -> list[Written]:
    """As the lines of a file."""
    return list_file.written(LAYOUT, [], [[one.name, *one.address, one.post_code] for one in found])


def _columns(number: int, values: dict[str, str]) -> dict[str, str | int]:
    post_code = squeezed(values["postCode"])
    address = {f"address_line{place}": values[line] for place, line in enumerate(_LINES, 1)}
    return {"number": number, "name": values["name"], **address, "post_code": f"{post_code[:-3]} {post_code[-3:]}"}
