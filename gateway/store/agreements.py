"""The user agreement: its versions, and which organisation has accepted which (portal notes 3.1). By the wall clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from gateway.clock import Moment
from gateway.contract.profiles import holds
from gateway.domain import accounts
from gateway.domain.rules.read import british
from gateway.errors import Refused
from gateway.store.dialect import insert_missing
from gateway.store.tables import acceptances, agreements, organisations, users

LONGEST_VERSION = 50
LONGEST_TITLE = 200


class BadAgreement(Refused):
    """There is no agreement of that version, there is one already, or it cannot be published."""


class NotAnAdministrator(Refused):
    """Only an administrator can accept, and only for the own organisation."""


class NotAccepted(Refused):
    """The organisation has not accepted the user agreement in time."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One text. `due_on` is the last day (London) on which an organisation can do without having accepted it."""

    number: int
    version: str
    title: str
    text: str
    published_at: datetime
    due_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organisation stands: the newest agreement it has accepted, by whom and when. All None: none yet. `shut_out`: it has to accept a newer one."""

    organisation_id: str
    organisation_name: str
    version: str | None
    user_id: str | None
    at: datetime | None
    shut_out: bool


_agreement = select(*(agreements.c[name] for name in Agreement.__slots__))


def all_of_them(connection: Connection) -> list[Agreement]:
    """Every agreement, oldest first."""
    return [Agreement(*row) for row in connection.execute(_agreement.order_by(agreements.c.number))]


def by_version(connection: Connection, version: str) -> Agreement:
    """The agreement of that version. Raises BadAgreement."""
    row = connection.execute(_agreement.where(agreements.c.version == version)).first()
    if row is None:
        raise BadAgreement(f"There is no user agreement {version}.")
    return Agreement(*row)


def by_number(connection: Connection, number: int) -> Agreement:
    """The agreement with that number, which a row of the store names."""
    return Agreement(*connection.execute(_agreement.where(agreements.c.number == number)).one())


def check(connection: Connection, organisation: str, owes: int | None) -> None:
    """Raises NotAccepted when the organisation of that name owes the acceptance of the agreement with that number."""
    if owes is not None:
        one = by_number(connection, owes)
        raise NotAccepted(
            f"{organisation} has not accepted the {one.title} (version {one.version}), which was due by {british(one.due_on)}. "
            "An administrator of the organisation must accept it; then access returns at once."
        )


def publish(connection: Connection, version: str, title: str, text: str, due_on: date) -> Agreement:
    """Publish a text. From the day after `due_on` on, organisations that have accepted neither it nor a newer one are shut out.

    Raises BadAgreement when there is one of that version, something is empty or too long, or the day has passed.
    """
    for name, value, longest in (("version", version, LONGEST_VERSION), ("title", title, LONGEST_TITLE), ("text", text, len(text))):
        if not value.strip():
            raise BadAgreement(f"The agreement's {name} is empty.")
        if len(value) > longest:
            raise BadAgreement(f"The agreement's {name} must have at most {longest} characters.")
    now = Moment.now()
    if due_on < now.today:
        raise BadAgreement(f"{british(due_on)} has passed; organisations must be given until today at least.")
    if connection.scalar(select(agreements.c.number).where(agreements.c.version == version)) is not None:
        raise BadAgreement(f"There is a user agreement {version} already.")
    row = {"version": version, "title": title, "text": text, "published_at": now.utc, "due_on": due_on}
    connection.execute(insert(agreements).values(row))
    return by_version(connection, version)


def accept(connection: Connection, version: str, user_id: str) -> bool:
    """Accept for the organisation of this administrator, with effect at once. False if the organisation had accepted it before.

    Raises BadAgreement, or NotAnAdministrator for anybody else; an administrator who is disabled, has expired or is idle cannot accept either.
    """
    agreement = by_version(connection, version)
    user, now = connection.execute(select(users).where(users.c.id == user_id.lower())).first(), Moment.now()
    if (
        user is None
        or not holds(user.profiles, "administer")
        or not accounts.is_good(user.enabled, user.active, user.expires_on, user.used_on, now.today)
    ):
        raise NotAnAdministrator(f"{user_id[:50]} is no enabled user with an administrator's profile, and only such a user can accept the agreement.")
    return _accept(connection, agreement.number, user.organisation_id, user.id, now.utc)


def standings(connection: Connection) -> list[Standing]:
    """Every organisation, by id."""
    newest_due = _newest_due(connection, Moment.now().today)
    rows = connection.execute(
        select(organisations.c.id, organisations.c.name, agreements.c.number, agreements.c.version, acceptances.c.user_id, acceptances.c.at)
        .outerjoin(acceptances, acceptances.c.organisation_id == organisations.c.id)
        .outerjoin(agreements, agreements.c.number == acceptances.c.agreement)
        .order_by(organisations.c.id, agreements.c.number)
    )
    found = {row.id: Standing(row.id, row.name, row.version, row.user_id, row.at, newest_due > (row.number or 0)) for row in rows}  # the newest stays
    return list(found.values())


def seed(connection: Connection, agreement: Mapping[str, str], organisation_id: str, accepted_by: str, now: Moment) -> None:
    """Put in what a directory file says of the agreement and its acceptance, unless the agreement is there already."""
    insert_missing(connection, agreements, {**agreement, "published_at": now.utc, "due_on": now.today})
    number = by_version(connection, agreement["version"]).number
    _accept(connection, number, organisation_id, accepted_by, now.utc)


def _newest_due(connection: Connection, today: date) -> int:
    return max((one.number for one in all_of_them(connection) if one.due_on < today), default=0)


def _accept(connection: Connection, number: int, organisation_id: str, user_id: str, at: datetime) -> bool:
    return insert_missing(connection, acceptances, {"organisation_id": organisation_id, "agreement": number, "user_id": user_id, "at": at})
