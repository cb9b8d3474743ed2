"""Access and refresh tokens (portal notes 4.2-4.4). Of a token the store has the SHA-256. By the wall clock."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, literal_column, or_, select

from gateway.clock import Moment
from gateway.errors import Refused
from gateway.store import admission, credentials
from gateway.store.account_rules import in_force
from gateway.store.credentials import AGREED, ORGANISATION, Caller
from gateway.store.directory import LONGEST_ID, SHORT_ORGANISATION, id_of
from gateway.store.engine import Session
from gateway.store.prepared import Prepared
from gateway.store.tables import identities, organisations, tokens, users

_PURGED_AT_ONCE = 100
_BAD_ACCESS = "The access token is not valid or has expired."
_BAD_REFRESH = "The refresh token is not valid or has expired."


class BadToken(Refused):
    """A token that is not, or no longer, one of ours; why is not said."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What getToken and refreshToken give; the lives are in seconds (portal notes 4.3)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_in: int
    refresh_expires_in: int


def _not_before(column: Any) -> Any:
    return or_(column.is_(None), column >= bindparam("today"))


_good_identity = and_(
    identities.c.enabled,
    identities.c.locked_at.is_(None),
    ~identities.c.suspended,
    or_(identities.c.valid_from.is_(None), identities.c.valid_from <= bindparam("today")),
    _not_before(identities.c.valid_until),
)
# The hot path of generation 2: everything about a caller in one select. Idle days and the age of the password count when tokens are issued.
_by_access = Prepared(
    select(
        *(column.label(f"o_{column.key}") for column in SHORT_ORGANISATION),
        identities.c.id,
        identities.c.password_version,
        identities.c.rta.label("for_rta"),
        identities.c.elpl.label("for_elpl"),
        users.c.id.label("user_id"),
        users.c.branch_id,
        users.c.profiles,
        tokens.c.client_id,
        *AGREED,
    )
    .join_from(tokens, identities, and_(identities.c.id == tokens.c.identity_id, identities.c.password_version == tokens.c.password_version))
    .join(organisations, organisations.c.id == identities.c.organisation_id)
    .join(users, and_(users.c.id == tokens.c.user_id, users.c.organisation_id == identities.c.organisation_id))
    .where(tokens.c.digest == bindparam("digest"), tokens.c.kind == literal_column("'access'"), tokens.c.expires_at > bindparam("now"))
    .where(_good_identity, organisations.c.enabled, users.c.enabled, users.c.active, _not_before(users.c.expires_on))
)
_ORGANISATION = slice(0, len(SHORT_ORGANISATION))
_insert = Prepared(insert(tokens), into=tokens)
_use_up = Prepared(
    delete(tokens)
    .where(tokens.c.digest == bindparam("digest"), tokens.c.kind == "refresh", tokens.c.expires_at > bindparam("now"))
    .where(tokens.c.identity_id == bindparam("identity"), tokens.c.user_id == bindparam("user"), tokens.c.client_id == bindparam("client"))
    .returning(tokens.c.password_version)
)
_expired = select(tokens.c.digest).where(tokens.c.expires_at <= bindparam("now")).limit(_PURGED_AT_ONCE)
# Two calls that purge at the same time take different rows, rather than wait for each other in whatever order.
_purge = Prepared(delete(tokens).where(tokens.c.digest.in_(_expired.with_for_update(skip_locked=True))))


def issue(connection: Connection, caller: Caller) -> TokenPair:
    """A new pair of tokens for the caller; those issued before live on (portal notes 4.4: unknown). Raises BadToken if the client id cannot be kept."""
    if not _is_client(caller.client_id):
        raise BadToken(f"clientID is not right: up to {LONGEST_ID} printable characters are allowed.")
    rules, now = in_force(), Moment.now().utc
    pair = TokenPair(secrets.token_urlsafe(32), secrets.token_urlsafe(32), rules.access_seconds, rules.refresh_seconds)
    common = {
        "identity_id": caller.identity_id,
        "password_version": caller.password_version,
        "user_id": caller.user_id,
        "client_id": caller.client_id,
    }
    rows: list[dict[str, Any]] = [
        {"digest": _digest(pair.access), "kind": "access", "expires_at": now + timedelta(seconds=pair.access_expires_in), **common},
        {"digest": _digest(pair.refresh), "kind": "refresh", "expires_at": now + timedelta(seconds=pair.refresh_expires_in), **common},
    ]
    for row in rows:
        _insert.run(connection, row)
    purge_expired(connection)
    return pair


def by_access_token(connection: Connection, process: str, token: str | None) -> Caller:
    """The caller a token was issued to, while token, password, account, organisation and user are all good. Raises BadToken, or OtherService where
    the account is not for the services of "rta" or "elpl".
    """
    now = Moment.now()
    row = _by_access.first(connection, {"digest": _digest(token), "now": now.utc, "today": now.today})
    if row is None:
        raise BadToken(_BAD_ACCESS)
    admission.check_process(row, process)
    return _caller(row)


@lru_cache(maxsize=1000)
def _caller(row: Any) -> Caller:
    """Made once for those who call again and again, of a row that is read each time: as soon as anything in it changes this is another caller."""
    organisation = ORGANISATION(*row[_ORGANISATION])
    return Caller(row.id, row.user_id, row.branch_id, row.client_id, organisation, row.profiles, row.password_version, credentials.owed(row))


def refresh(session: Session, process: str, user_id: str | None, user_as: str | None, client_id: str, refresh_token: str | None) -> TokenPair:
    """A new pair for a refresh token, which is used up. Raises BadToken if it is not good, or not of this identity, user and client (portal notes
    4.4), and what getToken does if it is.

    Only after the transaction is committed is the old token gone: of two that race, the second waits and then finds nothing.
    """
    now = Moment.now()
    bound = {"identity": id_of(user_id), "user": id_of(user_as), "client": client_id}
    if not _is_client(client_id):
        raise BadToken(_BAD_REFRESH)
    session.write()
    used = _use_up.first(session.connection, {"digest": _digest(refresh_token), "now": now.utc, **bound})
    row = None if used is None else credentials.look_up(session.connection, bound["identity"], bound["user"], now.today)
    if used is None or row is None or row.password_version != used.password_version:
        raise BadToken(_BAD_REFRESH)
    if row.locked_at is not None:
        raise admission.Locked(admission.STILL_LOCKED)
    return issue(session.connection, credentials.admit_to_token(session, row, process, client_id, True, now.today))


def purge_expired(connection: Connection) -> int:
    """Remove tokens whose time is over, a bounded number of them; how many. Called for each pair issued, it removes more than comes."""
    return _purge.run(connection, {"now": Moment.now().utc})


def _digest(token: str | None) -> bytes:
    return hashlib.sha256((token or "").encode("utf-8", "surrogatepass")).digest()


def _is_client(client_id: str) -> bool:
    return len(client_id) <= LONGEST_ID and client_id.isprintable()
