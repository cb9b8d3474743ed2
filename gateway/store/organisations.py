"""Registering organisations, and changing what may be changed of them: never id, path, name, kind and type (portal notes 1.1, 1.2, 1.7)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from gateway.contract.model import PROCESSES, SIDES
from gateway.errors import Refused
from gateway.store.dialect import insert_missing, lock_table
from gateway.store.directory import MIB, Organisation, organisation
from gateway.store.directory_file import ADDRESS, CENTRAL_POINT
from gateway.store.tables import branches, organisations

LONGEST_NAME = 100
LONGEST_LINE = 100
TYPES = {"I": "insurer", "M": "MIB", "S": "self-insured"}
ADDRESS_TYPES = ("A", "F", "P")
_SHAPES = {"CR": ("CR", 5), "COMP": ("COMP", 3)}


class BadOrganisation(Refused):
    """There is no such organisation, or what is to be kept of one cannot be."""


def side_of(one: Organisation) -> str:
    """The side of the contract table it is on."""
    return SIDES[0] if one.kind == "CR" else SIDES[1]


def by_id(connection: Connection, id: str) -> Organisation:
    """The organisation of that id in whatever case, enabled or not. Raises BadOrganisation."""
    found = organisation(connection, id.upper())
    if found is None:
        raise BadOrganisation(f"There is no organisation {id[:50]}.")
    return found


def all_of_them(connection: Connection, kind: str | None = None) -> list[Organisation]:
    """Every organisation, or those of a kind, by id."""
    chosen = select(*(organisations.c[name] for name in Organisation.__slots__)).order_by(organisations.c.id)
    return [Organisation(*row) for row in connection.execute(chosen if kind is None else chosen.where(organisations.c.kind == kind))]


def register(
    connection: Connection,
    name: str,
    kind: str,
    *,
    address: Mapping[str, str],
    compensator_type: str | None = None,
    processes: Collection[str] = PROCESSES,
    id: str | None = None,
) -> Organisation:
    """Put in an organisation (kind CR or COMP) under that id, or the first that is free, with branch 001 at the same address. Raises BadOrganisation.

    Branch 001 of a compensator is its central point, that of a claimant representative a handling point (portal notes 1.8).
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadOrganisation(f"The name of an organisation must have 1 to {LONGEST_NAME} printable characters.")
    lock_table(connection, organisations)
    _check_type(connection, kind, compensator_type)
    id = _free_id(connection, kind) if id is None else _shaped(id, kind)
    row: dict[str, Any] = {"id": id, "path": f"/{id}", "name": name, "kind": kind, "compensator_type": compensator_type}
    row |= {**_processes(processes), "address": checked_address(address)}
    if not insert_missing(connection, organisations, row):
        raise BadOrganisation(f"There is an organisation {id} already.")
    central = kind == "COMP"
    branch = {"organisation_id": id, "id": CENTRAL_POINT, "path": f"/{id}/{CENTRAL_POINT}", "address": row["address"]}
    naming = {"name": "Central point", "kind": "central"} if central else {"name": "Head office", "kind": "handling"}
    insert_missing(connection, branches, {**branch, **naming})
    return by_id(connection, id)


def set_enabled(connection: Connection, id: str, enabled: bool) -> None:
    """Enable or disable an organisation: of a disabled one nobody can call, at once. Raises BadOrganisation."""
    _change(connection, id, enabled=enabled)


def set_address(connection: Connection, id: str, address: Mapping[str, str]) -> None:
    """Exchange the address; that of branch 001 stays as it is. Raises BadOrganisation."""
    _change(connection, id, address=checked_address(address))


def set_processes(connection: Connection, id: str, processes: Collection[str]) -> None:
    """The claims it is registered for: "rta", "elpl" or both. Raises BadOrganisation."""
    _change(connection, id, **_processes(processes))


def checked_address(address: Mapping[str, str]) -> dict[str, str]:
    """The fields of an address that have a text. Raises BadOrganisation if one is not known, or cannot be kept, or if there is none."""
    found = {name: text.strip() for name, text in address.items() if text.strip()}
    if unknown := sorted(found.keys() - ADDRESS):
        raise BadOrganisation(f"An address has no {unknown[0][:50]}; there are: {', '.join(sorted(ADDRESS))}.")
    for name, text in found.items():
        if len(text) > LONGEST_LINE or not text.isprintable():
            raise BadOrganisation(f"The {name} of an address must have at most {LONGEST_LINE} printable characters.")
    if not found:
        raise BadOrganisation("An address is needed.")
    kind = found.setdefault("addressType", "F")
    if kind not in ADDRESS_TYPES:
        raise BadOrganisation(f"The addressType is {kind[:10]!r}; allowed: {', '.join(ADDRESS_TYPES)}.")
    return found


def _change(connection: Connection, id: str, **values: Any) -> None:
    connection.execute(update(organisations).where(organisations.c.id == by_id(connection, id).id).values(**values))


def _check_type(connection: Connection, kind: str, compensator_type: str | None) -> None:
    if kind not in _SHAPES:
        raise BadOrganisation(f"The kind is {kind[:10]!r}; allowed: {', '.join(_SHAPES)}.")
    if kind == "CR" and compensator_type is not None:
        raise BadOrganisation("A claimant representative has no compensator's type.")
    if kind == "COMP" and compensator_type not in TYPES:
        raise BadOrganisation(f"A compensator needs a type: {', '.join(f'{letter} ({word})' for letter, word in TYPES.items())}.")
    if compensator_type == MIB:
        other = connection.scalar(select(organisations.c.id).where(organisations.c.compensator_type == MIB))
        if other is not None:
            raise BadOrganisation(f"There is only one MIB, and it is {other}.")


def _free_id(connection: Connection, kind: str) -> str:
    letters, digits = _SHAPES[kind]
    used = set(connection.scalars(select(organisations.c.id).where(organisations.c.kind == kind)))
    ids = (f"{letters}{number:0{digits}d}" for number in range(1, 10**digits))
    free = next((id for id in ids if id not in used), None)
    if free is None:
        raise BadOrganisation(f"All ids from {letters}{1:0{digits}d} on are in use.")
    return free


def _shaped(id: str, kind: str) -> str:
    letters, digits = _SHAPES[kind]
    if not re.fullmatch(rf"{letters}[0-9]{{{digits}}}", id.upper()):
        raise BadOrganisation(f"{id[:50]!r} is no id of this kind; {letters} and {digits} digits are needed, as in {letters}{1:0{digits}d}.")
    return id.upper()


def _processes(processes: Collection[str]) -> dict[str, bool]:
    if not processes or not set(processes) <= set(PROCESSES):
        raise BadOrganisation(f"An organisation is registered for claims of {' or '.join(PROCESSES)}, or both.")
    return {process: process in processes for process in PROCESSES}
