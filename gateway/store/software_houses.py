"""Software houses: who made a caller's program. They have no claims; their id travels as clientID (portal notes 1.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from gateway.errors import Refused
from gateway.store.dialect import insert_missing
from gateway.store.tables import software_houses

_ID = re.compile(r"SH[0-9]{4}")
LONGEST_NAME = 100


class BadSoftwareHouse(Refused):
    """There is none of that id, there is one already, or it cannot be kept."""


@dataclass(frozen=True, slots=True)
class SoftwareHouse:
    """One software house."""

    id: str
    name: str
    enabled: bool


_house = select(*(software_houses.c[name] for name in SoftwareHouse.__slots__))


def all_of_them(connection: Connection) -> list[SoftwareHouse]:
    """Every software house, by id."""
    return [SoftwareHouse(*row) for row in connection.execute(_house.order_by(software_houses.c.id))]


def by_id(connection: Connection, id: str) -> SoftwareHouse | None:
    """The one of exactly that id, enabled or not."""
    if _ID.fullmatch(id) is None:
        return None
    row = connection.execute(_house.where(software_houses.c.id == id)).first()
    return None if row is None else SoftwareHouse(*row)


def next_id(connection: Connection) -> str:
    """The id after the highest there is."""
    highest = max((int(one.id[2:]) for one in all_of_them(connection)), default=0)
    if highest == 9999:
        raise BadSoftwareHouse("The ids of software houses are used up to SH9999; name a free one.")
    return f"SH{highest + 1:04d}"


def add(connection: Connection, id: str, name: str) -> None:
    """Register one. Raises BadSoftwareHouse."""
    if _ID.fullmatch(id) is None:
        raise BadSoftwareHouse(f"{id[:20]!r} is no id of a software house; SH and four digits are needed, as in SH0001.")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise BadSoftwareHouse(f"The name of a software house must have 1 to {LONGEST_NAME} characters.")
    if not insert_missing(connection, software_houses, {"id": id, "name": name}):
        raise BadSoftwareHouse(f"There is a software house {id} already.")


def set_enabled(connection: Connection, id: str, enabled: bool) -> None:
    """Enable or disable one. Raises BadSoftwareHouse if there is none."""
    if not connection.execute(update(software_houses).where(software_houses.c.id == id).values(enabled=enabled)).rowcount:
        raise BadSoftwareHouse(f"There is no software house {id}.")
