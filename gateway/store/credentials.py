"""Who is calling: by user name and password in each call (generation 1), or by access token (generation 2). portal notes 4.

A call is made by an *identity* (the A2A account of an organisation) for a *user* of the same organisation (asUser). Nothing said here tells
anything about another organisation's users. Secrets are neither logged nor kept; of tokens the store has the SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, String, and_, bindparam, delete, insert, literal_column, select, update

from gateway import clock
from gateway.config import Settings
from gateway.domain.password_cache import PasswordCache
from gateway.errors import Refused
from gateway.store import passwords
from gateway.store.directory import LONGEST_ID, SHORT_ORGANISATION, Identity, Organisation, id_of
from gateway.store.prepared import Prepared
from gateway.store.tables import identities, organisations, tokens, users

_PURGED_AT_ONCE = 100
_BAD_LOGIN = "User name or password is not right."
_BAD_REFRESH = "The refresh token is not valid or has expired."


class BadLogin(Refused):
    """No such identity, or not its password; which of the two is not said."""


class Disabled(Refused):
    """The right password, but the A2A account or its organisation is disabled."""


class BadUser(Refused):
    """The right password, but asUser is missing, disabled, or no user of the organisation."""


class BadToken(Refused):
    """A token that is not, or no longer, one of ours; why is not said."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes the call, and for whom."""

    identity_id: str
    user_id: str
    user_branch: str
    client_id: str
    organisation: Organisation
    password_version: int = field(default=0, repr=False)
    """Of the password that was checked. A token issued to the caller dies with it, even if it was changed in between."""

    @property
    def side(self) -> str:
        """The actor of the contract table."""
        return "claimant-representative" if self.organisation.kind == "CR" else "compensator"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What getToken and refreshToken give; the lives are in seconds (portal notes 4.3)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_in: int
    refresh_expires_in: int


# The hot path: everything about a caller in one select.
_by_password = Prepared(
    select(
        identities.c.id,
        identities.c.password_version,
        users.c.id,
        users.c.branch_id,
        users.c.enabled,
        users.c.active,
        identities.c.enabled,
        identities.c.password_hash,
        *SHORT_ORGANISATION,
    )
    .join_from(identities, organisations, organisations.c.id == identities.c.organisation_id)
    .outerjoin(users, and_(users.c.id == bindparam("user"), users.c.organisation_id == identities.c.organisation_id))
    .where(identities.c.id == bindparam("identity"))
)
_CALLER = (identities.c.id, users.c.id, users.c.branch_id)
_good = and_(identities.c.enabled, organisations.c.enabled, users.c.enabled, users.c.active)
_by_access = Prepared(
    select(*_CALLER, tokens.c.client_id, identities.c.password_version, *SHORT_ORGANISATION)
    .join_from(tokens, identities, and_(identities.c.id == tokens.c.identity_id, identities.c.password_version == tokens.c.password_version))
    .join(organisations, organisations.c.id == identities.c.organisation_id)
    .join(users, and_(users.c.id == tokens.c.user_id, users.c.organisation_id == identities.c.organisation_id))
    .where(tokens.c.digest == bindparam("digest"), tokens.c.kind == literal_column("'access'"), tokens.c.expires_at > bindparam("now"), _good)
)
_by_binding = Prepared(
    select(*_CALLER, bindparam("client", type_=String).label("client_id"), identities.c.password_version, *SHORT_ORGANISATION)
    .join_from(identities, organisations, organisations.c.id == identities.c.organisation_id)
    .join(users, and_(users.c.id == bindparam("user"), users.c.organisation_id == identities.c.organisation_id))
    .where(identities.c.id == bindparam("identity"), identities.c.password_version == bindparam("version"), _good)
)
_insert = Prepared(insert(tokens), into=tokens)
_password_of = select(*(identities.c[name] for name in (*Identity.__slots__, "password_hash"))).where(identities.c.id == bindparam("identity"))
_change = update(identities).where(identities.c.id == bindparam("identity"))
_use_up = Prepared(
    delete(tokens)
    .where(tokens.c.digest == bindparam("digest"), tokens.c.kind == "refresh", tokens.c.expires_at > bindparam("now"))
    .where(tokens.c.identity_id == bindparam("identity"), tokens.c.user_id == bindparam("user"), tokens.c.client_id == bindparam("client"))
    .returning(tokens.c.password_version)
)
_expired = select(tokens.c.digest).where(tokens.c.expires_at <= bindparam("now")).limit(_PURGED_AT_ONCE)
# Two calls that purge at the same time take different rows, rather than wait for each other in whatever order.
_purge = Prepared(delete(tokens).where(tokens.c.digest.in_(_expired.with_for_update(skip_locked=True))))


class _Limits:
    """The settings in effect here, and the passwords found right under them."""

    def __init__(self, settings: Settings) -> None:
        self.access_seconds = settings.access_token_seconds
        self.refresh_seconds = settings.refresh_token_seconds
        self.verified = PasswordCache(settings.credential_cache_seconds)


_configured: _Limits | None = None


def configure(settings: Settings) -> None:
    """Take the lives of tokens and remembered passwords from `settings`, and forget the passwords. Without it they come from the environment."""
    global _configured
    _configured = _Limits(settings)


def _limits() -> _Limits:
    if _configured is None:
        configure(Settings.from_environment())
    assert _configured is not None
    return _configured


def by_password(connection: Connection, identity: str | None, password: str | None, as_user: str | None, client_id: str | None = "") -> Caller:
    """The caller with these credentials. Raises BadLogin, Disabled or BadUser, in this order: who lacks the password learns nothing more."""
    name = id_of(identity)
    row = _by_password.first(connection, {"identity": name, "user": id_of(as_user)})
    if row is None:
        raise _no_such_identity(password)
    _, version, user_id, branch, user_enabled, user_active, enabled, kept = row[:8]
    _check_password(name, kept, version, password or "")
    organisation = Organisation(*row[8:])
    if not enabled:
        raise Disabled("This A2A account is disabled.")
    if not organisation.enabled:
        raise Disabled("The organisation of this A2A account is disabled.")
    if not as_user:
        raise BadUser("The user is missing for whom the call is made (asUser, userAsID).")
    if user_id is None:
        raise BadUser("The user for whom the call is made (asUser, userAsID) is no user of this organisation.")
    if not (user_enabled and user_active):
        raise BadUser(f"The user for whom the call is made (asUser, userAsID) is {'not active' if user_enabled else 'disabled'}.")
    return Caller(name, user_id, branch, client_id or "", organisation, version)


def identity_by_password(connection: Connection, identity: str | None, password: str | None) -> Identity:
    """The A2A account with this password; changePassword has no user. Raises BadLogin or Disabled."""
    name = id_of(identity)
    row = connection.execute(_password_of, {"identity": name}).first()
    if row is None:
        raise _no_such_identity(password)
    found = Identity(*row[:4])
    _check_password(name, row.password_hash, found.password_version, password or "")
    if not found.enabled:
        raise Disabled("This A2A account is disabled.")
    return found


def _check_password(identity: str, kept: str, version: int, password: str) -> None:
    verified = _limits().verified
    key = verified.key(identity, kept, version, password)
    if verified.holds(key):
        return
    if not passwords.verify(kept, password):
        raise BadLogin(_BAD_LOGIN)
    verified.remember(key)


def _no_such_identity(password: str | None) -> BadLogin:
    passwords.verify(None, password or "")  # only to take as long
    return BadLogin(_BAD_LOGIN)


def set_password(connection: Connection, identity: str, new: str) -> None:
    """Change the password of an A2A account, which ends its tokens. Raises BadLogin if there is no such account."""
    values = {"password_hash": passwords.keep(new), "password_version": identities.c.password_version + 1}
    if not connection.execute(_change.values(values), {"identity": id_of(identity)}).rowcount:
        raise BadLogin(_BAD_LOGIN)


def set_enabled(connection: Connection, identity: str, enabled: bool) -> None:
    """Enable or disable an A2A account, at once. Raises BadLogin if there is no such account."""
    if not connection.execute(_change.values(enabled=enabled), {"identity": id_of(identity)}).rowcount:
        raise BadLogin(_BAD_LOGIN)


def issue(connection: Connection, caller: Caller) -> TokenPair:
    """A new pair of tokens for the caller; those issued before live on (portal notes 4.4: unknown). Raises BadToken if the client id cannot be kept."""
    if not _is_client(caller.client_id):
        raise BadToken(f"clientID is not right: up to {LONGEST_ID} printable characters are allowed.")
    limits, now = _limits(), clock.wall()
    pair = TokenPair(secrets.token_urlsafe(32), secrets.token_urlsafe(32), limits.access_seconds, limits.refresh_seconds)
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


def by_access_token(connection: Connection, token: str | None) -> Caller:
    """The caller a token was issued to, while token, password, account, organisation and user are all good. Raises BadToken."""
    row = _by_access.first(connection, {"digest": _digest(token), "now": clock.wall()})
    if row is None:
        raise BadToken("The access token is not valid or has expired.")
    return _caller(row)


def refresh(connection: Connection, user_id: str | None, user_as: str | None, client_id: str | None, refresh_token: str | None) -> TokenPair:
    """A new pair for a refresh token, which is used up. Raises BadToken if it is not good, or not of this identity, user and client (portal notes 4.4).

    Only after the transaction is committed is the old token gone: of two that race, the second waits and then finds nothing.
    """
    bound = {"identity": id_of(user_id), "user": id_of(user_as), "client": client_id or ""}
    if not _is_client(bound["client"]):
        raise BadToken(_BAD_REFRESH)
    used = _use_up.first(connection, {"digest": _digest(refresh_token), "now": clock.wall(), **bound})
    row = None if used is None else _by_binding.first(connection, {**bound, "version": used.password_version})
    if row is None:
        raise BadToken(_BAD_REFRESH)
    return issue(connection, _caller(row))


def purge_expired(connection: Connection) -> int:
    """Remove tokens whose time is over, a bounded number of them; how many. Called for each pair issued, it removes more than comes."""
    return _purge.run(connection, {"now": clock.wall()})


def _caller(row: Sequence[Any]) -> Caller:
    return Caller(row[0], row[1], row[2], row[3], Organisation(*row[5:]), row[4])


def _digest(token: str | None) -> bytes:
    return hashlib.sha256((token or "").encode("utf-8", "surrogatepass")).digest()


def _is_client(client_id: str) -> bool:
    return len(client_id) <= LONGEST_ID and client_id.isprintable()
