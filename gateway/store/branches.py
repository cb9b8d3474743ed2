"""Branches as whoever administers an organisation changes them (portal notes 1.8): their id and kind stay, and none is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from gateway.clock import Moment
from gateway.domain.matching import folded
from gateway.errors import Refused
from gateway.store import organisations, sandbox
from gateway.store.dialect import lock_table
from gateway.store.directory import Branch, Organisation, users_of
from gateway.store.directory import branches as branches_of
from gateway.store.directory_file import CENTRAL_POINT
from gateway.store.sight import OPEN
from gateway.store.tables import branches, claims, users

KINDS = ("central", "handling")
_LAST = 999


class BadBranch(Refused):
    """There is no such branch, or it may not be so."""


def by_id(connection: Connection, organisation_id: str, id: str) -> Branch:
    """The branch with that number, enabled or not. Raises BadBranch."""
    organisation = organisations.by_id(connection, organisation_id)
    found = next((one for one in branches_of(connection, organisation.id) if one.id == id), None)
    if found is None:
        raise BadBranch(f"{organisation.id} has no branch {id[:10]}.")
    return found


def add(connection: Connection, organisation_id: str, name: str, *, kind: str = "handling", address: Mapping[str, str] | None = None) -> Branch:
    """Put in a branch under the next number, at the organisation's address unless another is given. Raises BadBranch, BadOrganisation."""
    organisation = organisations.by_id(connection, organisation_id)
    if kind != "handling":
        raise BadBranch(
            f"{organisation.id} has its central point, branch {CENTRAL_POINT}, and can have no other; further branches are handling points."
            if organisation.kind == "COMP"
            else f"{organisation.id} is a claimant representative, whose branches are all handling points."
        )
    lock_table(connection, branches)
    number = max((int(one.id) for one in branches_of(connection, organisation.id)), default=0) + 1
    if number > _LAST:
        raise BadBranch(f"{organisation.id} has {_LAST} branches already.")
    id = f"{number:03d}"
    row: dict[str, Any] = {"organisation_id": organisation.id, "id": id, "path": f"{organisation.path}/{id}", "kind": kind}
    row |= {"name": _name(connection, organisation, name), "address": organisations.checked_address(address or organisation.address)}
    connection.execute(insert(branches).values(**row))
    return by_id(connection, organisation.id, id)


def edit(connection: Connection, organisation_id: str, id: str, *, name: str | None = None, address: Mapping[str, str] | None = None) -> None:
    """Change the name or the address. Raises BadBranch, BadOrganisation."""
    organisation = organisations.by_id(connection, organisation_id)
    values: dict[str, Any] = {} if name is None else {"name": _name(connection, organisation, name)}
    if address is not None:
        values["address"] = organisations.checked_address(address)
    if values:
        _change(connection, organisation.id, id, **values)


def set_enabled(connection: Connection, organisation_id: str, id: str, enabled: bool) -> None:
    """Enable or disable a branch. Raises BadBranch: a compensator's central point is where its claims arrive, so it stays enabled."""
    branch = by_id(connection, organisation_id, id)
    if branch.kind == "central" and not enabled:
        raise BadBranch(f"Branch {branch.id} is the central point of {branch.organisation_id}, into which claims arrive; it cannot be disabled.")
    _change(connection, branch.organisation_id, branch.id, enabled=enabled)


def occupancy(connection: Connection, branch: Branch) -> tuple[int, int]:
    """How many users it has who are enabled, and how many claims in progress."""
    people = (
        select(func.count())
        .select_from(users)
        .where(users.c.organisation_id == branch.organisation_id, users.c.branch_id == branch.id, users.c.enabled)
    )
    open_claims = (
        select(func.count()).select_from(claims).where(claims.c.cm_organisation == branch.organisation_id, claims.c.cm_branch == branch.id, OPEN)
    )
    moment = Moment.now(sandbox.offset(connection)).utc
    return connection.scalar(people) or 0, connection.scalar(open_claims, {"moment": moment}) or 0


def _change(connection: Connection, organisation_id: str, id: str, **values: Any) -> None:
    found = by_id(connection, organisation_id, id)
    connection.execute(update(branches).where(branches.c.organisation_id == found.organisation_id, branches.c.id == found.id).values(**values))


def _name(connection: Connection, organisation: Organisation, name: str) -> str:
    """The name, if it may be one: not that of a person of the organisation (S), by which is meant the full name of a user of it (I)."""
    name = " ".join(name.split())
    if not 0 < len(name) <= organisations.LONGEST_NAME or not name.isprintable():
        raise BadBranch(f"The name of a branch must have 1 to {organisations.LONGEST_NAME} printable characters.")
    for user in users_of(connection, organisation.id):
        called = {(user.name, user.surname), (user.surname, user.name), (user.name, user.second_name, user.surname)}
        if folded(name) in {folded(" ".join(" ".join(filter(None, parts)).split())) for parts in called}:
            raise BadBranch(f"A branch may not be named after a person, and {name} is the name of user {user.id}.")
    return name
