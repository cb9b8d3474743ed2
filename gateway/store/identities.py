"""A2A identities: the accounts programs log in with. An organisation may have several (portal notes 3.6, 4.6-4.8). By the wall clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from gateway.clock import Moment
from gateway.contract.model import PROCESSES
from gateway.domain import passwords as rules
from gateway.domain.rules.read import british
from gateway.errors import Refused
from gateway.store import audit, logins, passwords, software_houses
from gateway.store.account_rules import in_force
from gateway.store.dialect import insert_missing
from gateway.store.directory import LONGEST_ID, id_of
from gateway.store.tables import identities, organisations, password_history

LONGEST_REASON = 200


class BadIdentity(Refused):
    """There is no such A2A account, there is one already, or what is to be kept of one cannot be."""


@dataclass(frozen=True, slots=True)
class Account:
    """An A2A account as whoever runs the gateway sees it. `password_on`: None where the password does not expire. Days are days in London."""

    id: str
    organisation_id: str
    password_version: int
    password_on: date | None
    enabled: bool
    created_at: datetime
    valid_from: date | None
    valid_until: date | None
    locked_at: datetime | None
    suspended: bool
    suspended_for: str
    rta: bool
    elpl: bool
    software_house: str | None


_account = select(*(identities.c[name] for name in Account.__slots__))


def by_id(connection: Connection, name: str) -> Account:
    """The account of that name in whatever case. Raises BadIdentity."""
    row = connection.execute(_account.where(identities.c.id == id_of(name))).first()
    if row is None:
        raise _none(name)
    return Account(*row)


def all_of_them(connection: Connection, organisation_id: str | None = None) -> list[Account]:
    """The accounts of an organisation, or all, by organisation and name."""
    chosen = _account if organisation_id is None else _account.where(identities.c.organisation_id == organisation_id)
    return [Account(*row) for row in connection.execute(chosen.order_by(identities.c.organisation_id, identities.c.id))]


def add(
    connection: Connection,
    name: str,
    organisation_id: str,
    *,
    processes: Collection[str] = PROCESSES,
    valid_from: date | None = None,
    valid_until: date | None = None,
    software_house: str | None = None,
) -> str:
    """Put in an account for the services of these processes; its password, which is shown this once. Raises BadIdentity."""
    now, id = Moment.now(), id_of(name)
    if not id:
        raise BadIdentity(f"The name of an A2A account must have 1 to {LONGEST_ID} printable characters.")
    if id == audit.GATEWAY:
        raise BadIdentity(f"{id} is what the audit log calls the gateway itself; an A2A account needs another name.")
    password = rules.make(_names(connection, id, organisation_id))
    row = {"id": id, "organisation_id": organisation_id, "password_hash": passwords.keep(password), "password_on": now.today, "created_at": now.utc}
    checked = {**_processes(processes), **_dates(valid_from, valid_until), **_house(connection, software_house)}
    if not insert_missing(connection, identities, {**row, **checked}):
        raise BadIdentity(f"There is an A2A account {id} already.")
    logins.forget(connection, id)  # whoever guessed at the name before there was an account must not have locked it
    return password


def set_enabled(connection: Connection, name: str, enabled: bool) -> None:
    """Enable or disable an account, at once. Raises BadIdentity."""
    _change(connection, name, enabled=enabled)


def suspend(connection: Connection, name: str, reason: str) -> None:
    """Suspend an account, at once; the reason is told to who has its password. Raises BadIdentity."""
    if len(reason) > LONGEST_REASON or (reason and not reason.isprintable()):
        raise BadIdentity(f"The reason must have at most {LONGEST_REASON} printable characters.")
    _change(connection, name, suspended=True, suspended_for=reason.strip().rstrip("."))


def unsuspend(connection: Connection, name: str) -> None:
    """End the suspension. Raises BadIdentity."""
    _change(connection, name, suspended=False, suspended_for="")


def set_dates(connection: Connection, name: str, valid_from: date | None, valid_until: date | None) -> None:
    """The first and the last day on which the account may be used (London); None: no bound. Raises BadIdentity."""
    _change(connection, name, **_dates(valid_from, valid_until))


def set_processes(connection: Connection, name: str, processes: Collection[str]) -> None:
    """The services the account may use: those of "rta", "elpl" or both. Raises BadIdentity."""
    _change(connection, name, **_processes(processes))


def set_software_house(connection: Connection, name: str, software_house: str | None) -> None:
    """Whose program uses the account; None: nobody knows. Raises BadIdentity."""
    _change(connection, name, **_house(connection, software_house))


def release(connection: Connection, name: str) -> None:
    """End the lock after too many wrong passwords. Raises BadIdentity."""
    _change(connection, name, locked_at=None)
    logins.forget(connection, id_of(name))


def reset_password(connection: Connection, name: str) -> str:
    """A new random password, which is shown this once. It ends all tokens of the account, and a lock. Raises BadIdentity."""
    account = by_id(connection, name)
    password = rules.make(_names(connection, account.id, account.organisation_id))
    set_password(connection, account.id, password)
    release(connection, account.id)
    return password


def set_password(connection: Connection, name: str, password: str) -> None:
    """Give the account this password, whatever it is like; which ends all tokens of the account. Raises BadIdentity."""
    account = by_id(connection, name)
    if not exchange_password(connection, account.id, account.password_version, passwords.keep(password), Moment.now().today):
        raise BadIdentity(f"The password of the A2A account {account.id} has just been changed by somebody else.")


def exchange_password(connection: Connection, id: str, version: int, kept: str, today: date) -> bool:
    """Keep the hash of a new password instead of that of `version`, which goes into the history. False if it is no longer the current one."""
    same = (identities.c.id == id, identities.c.password_version == version)
    old = connection.scalar(select(identities.c.password_hash).where(*same).with_for_update())
    if old is None:
        return False
    connection.execute(insert(password_history).values(identity_id=id, version=version, password_hash=old))
    connection.execute(
        delete(password_history).where(password_history.c.identity_id == id, password_history.c.version <= version + 1 - in_force().history)
    )
    connection.execute(update(identities).where(*same).values(password_hash=kept, password_version=version + 1, password_on=today))
    return True


def previous_passwords(connection: Connection, id: str, number: int) -> list[str]:
    """The hashes of so many passwords before the current one, newest first."""
    newest_first = select(password_history.c.password_hash).where(password_history.c.identity_id == id).order_by(password_history.c.version.desc())
    return list(connection.scalars(newest_first.limit(number)))


def _change(connection: Connection, name: str, **values: Any) -> None:
    if not connection.execute(update(identities).where(identities.c.id == id_of(name)).values(**values)).rowcount:
        raise _none(name)


def _none(name: str) -> BadIdentity:
    return BadIdentity(f"There is no A2A account {name[:LONGEST_ID]}.")


def _names(connection: Connection, id: str, organisation_id: str) -> tuple[str, str, str]:
    organisation = connection.scalar(select(organisations.c.name).where(organisations.c.id == organisation_id))
    if organisation is None:
        raise BadIdentity(f"There is no organisation {organisation_id[:LONGEST_ID]}.")
    return id, organisation_id, organisation


def _processes(processes: Collection[str]) -> dict[str, bool]:
    if not processes or not set(processes) <= set(PROCESSES):
        raise BadIdentity(f"An A2A account is for the services of {' or '.join(PROCESSES)}, or both.")
    return {process: process in processes for process in PROCESSES}


def _dates(valid_from: date | None, valid_until: date | None) -> dict[str, date | None]:
    if valid_from and valid_until and valid_until < valid_from:
        raise BadIdentity(f"The last day, {british(valid_until)}, is before the first, {british(valid_from)}.")
    return {"valid_from": valid_from, "valid_until": valid_until}


def _house(connection: Connection, id: str | None) -> dict[str, str | None]:
    if id is not None and software_houses.by_id(connection, id) is None:
        raise BadIdentity(f"There is no software house {id[:LONGEST_ID]}.")
    return {"software_house": id}
