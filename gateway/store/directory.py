"""Who takes part: organisations, their branches, their users, and the A2A identities that log in for them (portal notes 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, select

from gateway.clock import Moment
from gateway.domain import accounts
from gateway.domain.matching import folded
from gateway.store import agreements, directory_file, passwords
from gateway.store.dialect import insert_missing
from gateway.store.prepared import Prepared
from gateway.store.tables import branches as branches_table
from gateway.store.tables import identities, organisations, users

_T = TypeVar("_T")

MIB = "M"
LONGEST_ID = 50


@dataclass(frozen=True, slots=True)
class Organisation:
    """A claimant representative (kind CR) or a compensator (COMP), whose type is I (insurer), S (self-insured) or M (the MIB)."""

    id: str
    path: str
    name: str
    kind: str
    compensator_type: str | None
    rta: bool
    elpl: bool
    enabled: bool = True
    address: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Empty in the organisation of a Caller, which is looked up for each call and shows no address."""

    def works_in(self, process: str) -> bool:
        """Whether it is registered for "rta" or "elpl"."""
        return self.rta if process == "rta" else self.elpl


@dataclass(frozen=True, slots=True)
class Branch:
    """Branch 001 of a compensator is its central point; all others are handling points (portal notes 1.8)."""

    organisation_id: str
    id: str
    path: str
    name: str
    kind: str
    enabled: bool
    address: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class User:
    """A person, for whom calls are made (asUser). `profiles` are names as in portal notes 2.2 and 2.3."""

    id: str
    organisation_id: str
    branch_id: str
    name: str
    second_name: str
    surname: str
    profiles: tuple[str, ...]
    enabled: bool
    active: bool
    expires_on: date | None
    used_on: date | None

    @property
    def is_good(self) -> bool:
        """Whether the user could log in today, by the wall clock."""
        return accounts.is_good(self.enabled, self.active, self.expires_on, self.used_on, Moment.now().today)


@dataclass(frozen=True, slots=True)
class Identity:
    """An A2A account. An organisation may have several (portal notes 3.6)."""

    id: str
    organisation_id: str
    password_version: int
    enabled: bool


SHORT_ORGANISATION = tuple(organisations.c[name] for name in Organisation.__slots__ if name != "address")

_organisation = select(*SHORT_ORGANISATION, organisations.c.address)
_organisation_by_id = Prepared(_organisation.where(organisations.c.id == bindparam("id")))
_organisation_by_path = Prepared(_organisation.where(organisations.c.path == bindparam("path")))
_branch = select(*(branches_table.c[name] for name in Branch.__slots__))
_branch_by_path = Prepared(_branch.where(branches_table.c.path == bindparam("path")))
_branches = _branch.where(branches_table.c.organisation_id == bindparam("organisation")).order_by(branches_table.c.id)
_user = select(*(users.c[name] for name in User.__slots__))
_user_by_id = _user.where(users.c.id == bindparam("id"))
_users = _user.where(users.c.organisation_id == bindparam("organisation")).order_by(users.c.id)
_identity_by_id = select(*(identities.c[name] for name in Identity.__slots__)).where(identities.c.id == bindparam("id"))
_compensators = {
    process: select(organisations.c.id, organisations.c.name, organisations.c.compensator_type).where(
        organisations.c.kind == "COMP", organisations.c.enabled, organisations.c[process]
    )
    for process in ("rta", "elpl")
}
_organisations_by_id = _organisation.where(organisations.c.id.in_(bindparam("ids", expanding=True)))
_mib = Prepared(_organisation.where(organisations.c.compensator_type == MIB, organisations.c.enabled).order_by(organisations.c.id))


def id_of(text: str | None) -> str:
    """The form in which user and identity ids are kept: lower case, for case does not matter (portal notes 2.1). "" for what can be no id."""
    return text.lower() if text and len(text) <= LONGEST_ID and text.isprintable() else ""


def organisation(connection: Connection, id: str) -> Organisation | None:
    """The organisation of that id, enabled or not."""
    return _found(Organisation, _organisation_by_id.first(connection, {"id": _plain(id)}))


def organisation_by_path(connection: Connection, path: str) -> Organisation | None:
    """The organisation of that path, enabled or not."""
    return _found(Organisation, _organisation_by_path.first(connection, {"path": _plain(path)}))


def branch_by_path(connection: Connection, path: str) -> Branch | None:
    """The branch of that path, enabled or not."""
    return _found(Branch, _branch_by_path.first(connection, {"path": _plain(path)}))


def branches(connection: Connection, organisation_id: str) -> list[Branch]:
    """All branches of an organisation, by number."""
    return _all(Branch, connection.execute(_branches, {"organisation": _plain(organisation_id)}))


def search_compensators(connection: Connection, compensator_type: str | None, name: str | None, process: str) -> list[Organisation]:
    """The enabled compensators registered for the process, of that type if one is given, with `name` as a part of their name, by name.

    Compared here and not in SQL: what is upper and lower case beyond ASCII differs between databases, and a % in a name is only a %.
    """
    wanted = folded(name or "")
    found = [
        row.id
        for row in connection.execute(_compensators[process])
        if (not compensator_type or row.compensator_type == compensator_type) and wanted in folded(row.name)
    ]
    return sorted(_all(Organisation, connection.execute(_organisations_by_id, {"ids": found})), key=lambda one: (folded(one.name), one.id))


def mib(connection: Connection) -> Organisation | None:
    """The Motor Insurers' Bureau, where claims without an insurer go (portal notes 1.2)."""
    return _found(Organisation, _mib.first(connection))


def user(connection: Connection, id: str) -> User | None:
    """The user of that id in whatever case, enabled or not."""
    row = connection.execute(_user_by_id, {"id": id_of(id)}).first()
    return None if row is None else _as_user(row)


def users_of(connection: Connection, organisation_id: str) -> list[User]:
    """All users of an organisation, by id."""
    return [_as_user(row) for row in connection.execute(_users, {"organisation": _plain(organisation_id)})]


def identity(connection: Connection, id: str) -> Identity | None:
    """The A2A account of that name in whatever case, enabled or not."""
    return _found(Identity, connection.execute(_identity_by_id, {"id": id_of(id)}).first())


def seed(connection: Connection, path: Path) -> int:
    """Put in what a directory file describes and the store lacks; how many rows were put in.

    What is there is left as it is, whatever the file says: a password that was changed stays changed. Raises BadDirectory.
    """
    added, now = 0, Moment.now()
    for one in directory_file.read(path):
        added += insert_missing(connection, organisations, one.organisation)
        added += sum(insert_missing(connection, branches_table, branch) for branch in one.branches)
        days = {} if one.permanent else {"expires_on": accounts.expiry(now.today), "used_on": now.today}
        added += sum(insert_missing(connection, users, {**user, "created_at": now.utc, **days}) for user in one.users)
        for name, password in one.identities.items():
            if identity(connection, name) is None:  # asked first, for hashing is slow
                row = {"id": name, "organisation_id": one.organisation["id"], "password_hash": passwords.keep(password), "created_at": now.utc}
                added += insert_missing(connection, identities, {**row, "password_on": None if one.permanent else now.today})
        if one.agreement:
            agreements.seed(connection, one.agreement, one.organisation["id"], one.accepted_by, now)
    return added


def _as_user(row: Row[Any]) -> User:
    return User(**{**row._mapping, "profiles": tuple(row.profiles)})


def _found(kind: Callable[..., _T], row: Sequence[Any] | None) -> _T | None:
    return None if row is None else kind(*row)


def _all(kind: Callable[..., _T], rows: Iterable[Sequence[Any]]) -> list[_T]:
    return [kind(*row) for row in rows]


def _plain(text: str) -> str:
    return text if text.isprintable() else ""  # PostgreSQL refuses a NUL or half a surrogate pair; nothing has one
