"""Users as accounts: enabled or not and why, how long they are good, when they were last used (portal notes 2.1, 3.3, 3.4). By the wall clock.

Nothing here is asked for on the way of a call but `touch` and `lapse`, which run at most once a day and once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from gateway.clock import Moment
from gateway.contract.model import SIDES
from gateway.contract.profiles import names_of
from gateway.domain import accounts
from gateway.domain.rules.read import british
from gateway.errors import Refused
from gateway.store import audit, sandbox
from gateway.store.dialect import insert_missing
from gateway.store.directory import LONGEST_ID, id_of
from gateway.store.prepared import Prepared
from gateway.store.sight import OPEN
from gateway.store.tables import branches, claims, organisations, users

LONGEST_TEXT = 50
LONGEST_EMAIL = 254
_SPOKEN = {"second_name": "second name", "email": "e-mail address", "phone": "telephone number", "branch_id": "branch"}


class BadUserData(Refused):
    """There is no such user, there is one already, or what is to be kept of one cannot be."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an administrator sees one. `expires_on`, `used_on` (days in London): None where they do not count."""

    id: str
    organisation_id: str
    branch_id: str
    name: str
    second_name: str
    surname: str
    email: str
    phone: str
    profiles: tuple[str, ...]
    enabled: bool
    active: bool
    disabled_for: str
    created_at: datetime
    expires_on: date | None
    used_on: date | None

    def is_about_to_expire(self, today: date) -> bool:
        """Whether administrators are to be warned."""
        return self.enabled and accounts.is_about_to_expire(self.expires_on, today)


_account = select(*(users.c[name] for name in Account.__slots__))
_touch = Prepared(update(users).where(users.c.id == bindparam("user"), users.c.used_on < bindparam("today")).values(used_on=bindparam("today")))
_lapse = Prepared(
    update(users)
    .where(users.c.id == bindparam("user"), users.c.enabled)
    .values(enabled=False, disabled_for=bindparam("reason"))
    .returning(users.c.organisation_id)
)
_warn = (
    update(users)
    .where(users.c.enabled, users.c.expires_on.between(bindparam("today"), bindparam("last")))
    .where(or_(users.c.warned_on.is_(None), users.c.warned_on < bindparam("today")))
    .values(warned_on=bindparam("today"))
    .returning(*(users.c[name] for name in Account.__slots__))
)


def touch(connection: Connection, user_id: str, today: date) -> None:
    """The user was used today. Idle days that do not count stay so."""
    _touch.run(connection, {"user": user_id, "today": today})


def lapse(connection: Connection, user_id: str, reason: str) -> None:
    """Clear Enabled, for `reason` (accounts.IDLE or accounts.EXPIRED); Active stays (portal notes 3.3)."""
    organisation_id = _lapse.scalar(connection, {"user": user_id, "reason": reason})
    if organisation_id is not None:
        audit.write(connection, audit.GATEWAY, "user.lapse", user_id, organisation_id, {"reason": reason})


def by_id(connection: Connection, user_id: str) -> Account:
    """The user of that id in whatever case. Raises BadUserData."""
    row = connection.execute(_account.where(users.c.id == id_of(user_id))).first()
    if row is None:
        raise BadUserData(f"There is no user {user_id[:LONGEST_ID]}.")
    return _as_account(row)


def all_of_them(connection: Connection, organisation_id: str | None = None) -> list[Account]:
    """The users of an organisation, or everybody, by organisation and id."""
    chosen = _account if organisation_id is None else _account.where(users.c.organisation_id == organisation_id)
    return [_as_account(row) for row in connection.execute(chosen.order_by(users.c.organisation_id, users.c.id))]


def add(
    connection: Connection,
    user_id: str,
    organisation_id: str,
    *,
    name: str,
    surname: str,
    profiles: Iterable[str],
    branch_id: str = "001",
    second_name: str = "",
    email: str = "",
    phone: str = "",
    expires_on: date | None = None,
) -> Account:
    """Put in a user, who expires two years from now unless another day is given. Raises BadUserData."""
    now, id = Moment.now(), id_of(user_id)
    _check_texts({"user ID": user_id, "name": name, "surname": surname, "second_name": second_name, "email": email, "phone": phone})
    if not id or not name or not surname or "@" in id:
        raise BadUserData("A user needs a user ID that is no e-mail address, a name and a surname.")
    if id == audit.GATEWAY:
        raise BadUserData(f"{id} is what history calls the gateway itself; a user needs another user ID.")
    row: dict[str, Any] = {"id": id, "organisation_id": organisation_id, "branch_id": branch_id, "name": name, "surname": surname}
    row |= {"second_name": second_name, "email": email, "phone": phone, "profiles": _profiles(connection, organisation_id, profiles)}
    _check_place(connection, organisation_id, branch_id)
    _check_email(connection, organisation_id, email)
    days = {"created_at": now.utc, "expires_on": expires_on or accounts.expiry(now.today), "used_on": now.today}
    if not insert_missing(connection, users, {**row, **days}):
        raise BadUserData(f"The user ID {id} is in use already; it must be unique in the whole portal.")
    return by_id(connection, id)


def edit(connection: Connection, user_id: str, **given: str) -> None:
    """Change some of branch_id, name, second_name, surname, email and phone; never the user ID (portal notes 2.1). Raises BadUserData."""
    account = by_id(connection, user_id)
    _check_texts(given)
    if not given.get("name", account.name) or not given.get("surname", account.surname):
        raise BadUserData("A user needs a name and a surname.")
    if "branch_id" in given:
        _check_place(connection, account.organisation_id, given["branch_id"])
    _check_email(connection, account.organisation_id, given.get("email", ""), account.id)
    if given:
        _change(connection, account.id, **given)


def set_profiles(connection: Connection, user_id: str, profiles: Iterable[str]) -> None:
    """Exchange the profiles of a user. Raises BadUserData."""
    organisation_id = by_id(connection, user_id).organisation_id
    _change(connection, user_id, profiles=_profiles(connection, organisation_id, profiles))


def disable(connection: Connection, user_id: str) -> None:
    """By an administrator: clears Enabled and Active, at once (portal notes 3.3). Raises BadUserData."""
    _change(connection, user_id, enabled=False, active=False, disabled_for=accounts.ADMINISTRATOR)


def enable(connection: Connection, user_id: str) -> None:
    """By an administrator: sets Enabled and Active again; idle days count from today. Raises BadUserData, also for a user who has expired."""
    account, today = by_id(connection, user_id), Moment.now().today
    if account.expires_on is not None and account.expires_on < today:
        raise BadUserData(f"User {account.id} expired on {british(account.expires_on)}; the expiry date must be put off first.")
    _change(connection, user_id, enabled=True, active=True, disabled_for="", used_on=None if account.used_on is None else today)


def extend(connection: Connection, user_id: str, expires_on: date | None = None) -> date:
    """Put off the expiry, by default to two years from now; the last day the user is then good. One who had expired is enabled again.

    Raises BadUserData, also for a day that has passed.
    """
    account, today = by_id(connection, user_id), Moment.now().today
    last = expires_on or accounts.expiry(today)
    if last < today:
        raise BadUserData(f"{british(last)} has passed; the expiry date must be today or later.")
    again = {"enabled": True, "disabled_for": ""} if account.disabled_for == accounts.EXPIRED else {}
    if again and account.used_on is not None:
        again["used_on"] = today
    _change(connection, user_id, expires_on=last, warned_on=None, **again)
    return last


def expire(connection: Connection, user_id: str, last: date | None = None) -> date:
    """Make the user good until that day and no longer; by default until yesterday, so that the user has expired at once. Raises BadUserData."""
    last = last or Moment.now().today - timedelta(days=1)
    _change(connection, user_id, expires_on=last, warned_on=None)
    return last


def allocated(connection: Connection, account: Account) -> int:
    """How many claims in progress are allocated to the user (portal notes 2.6: they must be reallocated before the user is disabled)."""
    mine = or_(
        and_(claims.c.cr_organisation == account.organisation_id, claims.c.cr_user == account.id),
        and_(claims.c.cm_organisation == account.organisation_id, claims.c.cm_user == account.id),
    )
    counted = select(func.count()).select_from(claims).where(mine, OPEN)
    return connection.scalar(counted, {"moment": Moment.now(sandbox.offset(connection)).utc}) or 0


def warn(connection: Connection, today: date) -> list[Account]:
    """The users who expire within 14 days and whom nobody has been warned of today; from now on somebody has."""
    rows = connection.execute(_warn, {"today": today, "last": today + timedelta(days=accounts.WARNING_DAYS)})
    return sorted((_as_account(row) for row in rows), key=lambda one: (one.organisation_id, one.id))


def _change(connection: Connection, user_id: str, **values: Any) -> None:
    if not connection.execute(update(users).where(users.c.id == id_of(user_id)).values(**values)).rowcount:
        raise BadUserData(f"There is no user {user_id[:LONGEST_ID]}.")


def _profiles(connection: Connection, organisation_id: str, profiles: Iterable[str]) -> list[str]:
    kind = connection.scalar(select(organisations.c.kind).where(organisations.c.id == organisation_id))
    if kind is None:
        raise BadUserData(f"There is no organisation {organisation_id[:LONGEST_ID]}.")
    known = {one.casefold(): one for one in names_of(SIDES[0] if kind == "CR" else SIDES[1])}
    given = list(dict.fromkeys(known.get(one.casefold(), one) for one in profiles))
    if unknown := [one for one in given if one not in known.values()]:
        close = difflib.get_close_matches(unknown[0].casefold(), known, n=3)
        hint = f"did you mean {' or '.join(known[one] for one in close)}? There" if close else "there"
        raise BadUserData(f"{unknown[0][:100]!r} is no profile of this side; {hint} are: {', '.join(known.values())}.")
    if not given:
        raise BadUserData("A user needs at least one profile.")
    return given


def _check_place(connection: Connection, organisation_id: str, branch_id: str) -> None:
    if connection.scalar(select(branches.c.id).where(branches.c.organisation_id == organisation_id, branches.c.id == branch_id)) is None:
        raise BadUserData(f"{organisation_id} has no branch {branch_id[:10]}.")


def _check_texts(given: Mapping[str, str]) -> None:
    for what, text in given.items():
        longest = LONGEST_EMAIL if what == "email" else LONGEST_TEXT
        if len(text) > longest or (text and not text.isprintable()):
            raise BadUserData(f"The {_SPOKEN.get(what, what)} must have at most {longest} printable characters.")


def _check_email(connection: Connection, organisation_id: str, email: str, but: str = "") -> None:
    same = select(users.c.id).where(users.c.organisation_id == organisation_id, func.lower(users.c.email) == email.lower(), users.c.id != but)
    if email and (taken := connection.scalar(same)) is not None:
        raise BadUserData(f"The e-mail address is that of user {taken} already; it must be unique within the organisation.")


def _as_account(row: Any) -> Account:
    return Account(**{**row._mapping, "profiles": tuple(row.profiles)})
