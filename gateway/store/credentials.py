"""Who is calling: by user name and password in each call (generation 1) or in getToken (generation 2). portal notes 3 and 4.

A call is made by an *identity* (the A2A account of an organisation) for a *user* of the same organisation (asUser). Nothing said here tells
anything about another organisation's users, and nothing but one text is said without the right password. Passwords are not logged, nor kept
but as hashes. All days are London days of the wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from gateway.clock import Moment
from gateway.domain import accounts
from gateway.domain import passwords as rules
from gateway.domain.rules.read import british
from gateway.errors import Refused
from gateway.store import admission, agreements, audit, identities, logins, passwords, users
from gateway.store import tables as t
from gateway.store.account_rules import in_force
from gateway.store.admission import LOCKED, BadLogin, LapsedUser, Locked
from gateway.store.directory import SHORT_ORGANISATION, Organisation, id_of
from gateway.store.engine import Session
from gateway.store.prepared import Prepared

_BAD_LOGIN = "User name or password is not right."


class PasswordExpired(Refused):
    """The right password, but it is too old to log in with."""


class BadPassword(Refused):
    """The new password breaks rules; the findings name them."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes the call, and for whom. `profiles` are the user's, as in portal notes 2.2 and 2.3."""

    identity_id: str
    user_id: str
    user_branch: str
    client_id: str
    organisation: Organisation
    profiles: tuple[str, ...] = ()
    password_version: int = field(default=0, repr=False)
    """Of the password that was checked. A token issued to the caller dies with it, even if it was changed in between."""
    owes: int | None = None
    """The number of the user agreement that the organisation should have accepted by now."""

    @property
    def side(self) -> str:
        """The actor of the contract table."""
        return "claimant-representative" if self.organisation.kind == "CR" else "compensator"


# What an organisation should have accepted, and what it has; newest first in both.
AGREED = (
    select(func.max(t.agreements.c.number)).where(t.agreements.c.due_on < bindparam("today")).scalar_subquery().label("due"),
    select(func.max(t.acceptances.c.agreement)).where(t.acceptances.c.organisation_id == t.organisations.c.id).scalar_subquery().label("accepted"),
)
_IDENTITY = ("password_hash", "password_version", "password_on", "enabled", "locked_at", "suspended", "suspended_for", "valid_from", "valid_until")
_USER = ("enabled", "active", "disabled_for", "expires_on", "used_on")
# The hot path of generation 1: everything about a caller in one select.
_everything = Prepared(
    select(
        *(column.label(f"o_{column.key}") for column in SHORT_ORGANISATION),
        t.identities.c.id.label("identity_id"),
        *(t.identities.c[name] for name in _IDENTITY),
        *(t.identities.c[process].label(f"for_{process}") for process in ("rta", "elpl")),
        t.identities.c.software_house,
        t.users.c.id.label("user_id"),
        t.users.c.branch_id,
        t.users.c.profiles,
        *(t.users.c[name].label(f"user_{name}") for name in _USER),
        t.login_failures.c.count.label("failures"),
        *AGREED,
    )
    .join_from(t.identities, t.organisations, t.organisations.c.id == t.identities.c.organisation_id)
    .outerjoin(t.users, and_(t.users.c.id == bindparam("user"), t.users.c.organisation_id == t.identities.c.organisation_id))
    .outerjoin(t.login_failures, t.login_failures.c.digest == bindparam("digest"))
    .where(t.identities.c.id == bindparam("identity"))
)
ORGANISATION = lru_cache(maxsize=1000)(Organisation)  # the same few again and again
_ORGANISATION = slice(0, len(SHORT_ORGANISATION))


def by_password(session: Session, process: str, identity: str | None, password: str | None, as_user: str | None) -> Caller:
    """The caller with these credentials, for a service of "rta" or "elpl". Raises what `admission` says, after BadLogin: who lacks the password
    learns nothing more. A password has no expiry here (portal notes 4.1).
    """
    today = Moment.now().today
    row = _with_password(session, identity, password, as_user, today)
    admission.check_identity(row, process, today)
    return _admit(session, row, "", bool(as_user), today)


def log_in(session: Session, process: str, identity: str | None, password: str | None, as_user: str | None, client_id: str) -> Caller:
    """The same for getToken. Raises PasswordExpired, UnknownClient and agreements.NotAccepted, too."""
    today = Moment.now().today
    row = _with_password(session, identity, password, as_user, today)
    return admit_to_token(session, row, process, client_id, bool(as_user), today)


def look_up(connection: Connection, identity: str, as_user: str, today: date) -> Any | None:
    """The row of an identity with the user of that id, if it is one of its organisation. Ids as `id_of` gives them."""
    return _everything.first(connection, {"identity": identity, "digest": logins.digest(identity), "user": as_user, "today": today})


def admit_to_token(session: Session, row: Any, process: str, client_id: str, user_given: bool, today: date) -> Caller:
    """The caller of a row whose secret was right, for a new pair of tokens. Raises what `log_in` does."""
    admission.check_identity(row, process, today)
    last = None if row.password_on is None else accounts.last_day_of_password(row.password_on)
    if last is not None and last < today:
        raise PasswordExpired(
            f"The password of this A2A account has expired; {british(last)} was its last day. Call changePassword with it as oldPassword, then getToken."
        )
    if in_force().registered_clients_only:
        admission.check_client(session.connection, row, client_id)
    caller = _admit(session, row, client_id, user_given, today)
    agreements.check(session.connection, caller.organisation.name, caller.owes)
    return caller


def change_password(session: Session, process: str, identity: str | None, old: str | None, new: str | None) -> date:
    """Exchange the password of an identity, which ends its tokens; the last day of the new one. An old one that has expired is good for this.

    The session writes afterwards. Raises BadLogin, what `admission` says of identities, and BadPassword.
    """
    today = Moment.now().today
    row = _with_password(session, identity, old, None, today)
    admission.check_identity(row, process, today)
    organisation, new = ORGANISATION(*row[_ORGANISATION]), new or ""
    findings = rules.broken(new, (row.identity_id, organisation.id, organisation.name), "newPassword")
    number = in_force().history
    before = [row.password_hash, *identities.previous_passwords(session.connection, row.identity_id, number - 1)]
    session.rollback()  # hashing is slow on purpose and must hold nothing
    if any(passwords.verify(kept, new) for kept in before):
        findings.append(rules.repeated(number, "newPassword"))
    if findings:
        raise BadPassword("The new password breaks rules for passwords; the old one stays.", findings)
    kept = passwords.keep(new)
    session.write()
    if not identities.exchange_password(session.connection, row.identity_id, row.password_version, kept, today):
        raise BadLogin(_BAD_LOGIN)  # somebody else was quicker, and the old password is not right any more
    audit.write(session.connection, row.identity_id, "identity.change-password", row.identity_id, organisation.id)
    return accounts.last_day_of_password(today)


def _with_password(session: Session, identity: str | None, password: str | None, as_user: str | None, today: date) -> Any:
    """The row of the identity with this password. A wrong one is counted, and a right one ends the count."""
    name, user, password = id_of(identity), id_of(as_user), password or ""
    row = look_up(session.connection, name, user, today)
    verified = in_force().verified
    key = None if row is None else verified.key(name, row.password_hash, row.password_version, password)
    if key is None or not verified.holds(key):
        if logins.wrong_in_a_row(session.connection, name) >= in_force().tries:
            raise Locked(LOCKED)  # whatever the password: whoever goes on guessing must not be told that it is right at last
        session.rollback()  # hashing is slow on purpose and must hold nothing
        right = passwords.verify(None if row is None else row.password_hash, password)
        if not right or row is None or key is None or row.locked_at is not None:  # locked, and the series was forgotten since: the same again
            with session.apart() as connection:
                logins.count(connection, name, Moment.now().utc, in_force().tries)
            raise BadLogin(_BAD_LOGIN)
        verified.remember(key)
        again = look_up(session.connection, name, user, today)  # other guesses may have locked the account meanwhile
        if again is None or again.password_version != row.password_version:
            raise BadLogin(_BAD_LOGIN)
        row = again
    assert row is not None
    if row.failures and row.locked_at is None:
        with session.apart() as connection:
            logins.forget(connection, name)
    return row


def _admit(session: Session, row: Any, client_id: str, user_given: bool, today: date) -> Caller:
    try:
        admission.check_user(row, user_given, today)
    except LapsedUser as lapsed:
        with session.apart() as connection:
            users.lapse(connection, row.user_id, lapsed.reason)
        raise
    if row.user_used_on is not None and row.user_used_on < today:
        if session.is_writing:
            users.touch(session.connection, row.user_id, today)
        else:
            with session.apart() as connection:
                users.touch(connection, row.user_id, today)
    owes = owed(row)
    organisation = ORGANISATION(*row[_ORGANISATION])
    return Caller(row.identity_id, row.user_id, row.branch_id, client_id, organisation, row.profiles, row.password_version, owes)


def owed(row: Any) -> int | None:
    """The number of the agreement that has not been accepted, from a row with AGREED."""
    number: int | None = row.due
    return number if number is not None and number > (row.accepted or 0) else None
