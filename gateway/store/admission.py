"""What keeps out a caller who has the right password or refresh token, each with a text of its own (portal notes 3.3-3.6, 4.8).

Rows are those of `credentials.look_up`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from gateway.contract.graph import PROCESS_NAMES
from gateway.domain import accounts
from gateway.domain.rules.read import british
from gateway.errors import Refused
from gateway.store import software_houses

_USER = "The user for whom the call is made (asUser, userAsID)"
LOCKED = (
    "User name or password is not right, or too many wrong passwords were given in a row; the account is then locked, and whoever runs this gateway "
    "can release it."
)
STILL_LOCKED = "This A2A account is locked after too many wrong passwords; whoever runs this gateway can release it."
"""For who has a good refresh token and has given no password."""
_HELP = "an administrator of the organisation can enable it again."


class BadLogin(Refused):
    """No such identity, or not its password; which of the two is not said."""


class Disabled(Refused):
    """The right password, but the A2A account or its organisation is disabled."""


class Locked(Disabled):
    """After too many wrong passwords, whether this one is right or wrong, and whether or not there is such an account."""


class Suspended(Disabled):
    """The right password, but the account was suspended (portal notes 3.6)."""


class NotValidToday(Disabled):
    """The right password, before the account's first day or after its last."""


class OtherService(Disabled):
    """The account is for the other process's services (portal notes 3.6: separate RTA and EL/PL connections)."""


class UnknownClient(Refused):
    """Where only registered software houses are let in, clientID is none."""


class BadUser(Refused):
    """The right password, but asUser is missing, disabled, or no user of the organisation."""


class LapsedUser(BadUser):
    """The user has been idle for too long or has expired, and is disabled by this log-in. `reason` is accounts.IDLE or accounts.EXPIRED."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def check_identity(row: Any, process: str, today: date) -> None:
    """The account may be used today for the services of that process."""
    if row.locked_at is not None:
        raise Locked(LOCKED)
    if not row.enabled:
        raise Disabled("This A2A account is disabled.")
    if row.suspended:
        raise Suspended(f"This A2A account is suspended{': ' + row.suspended_for if row.suspended_for else ''}.")
    if row.valid_from is not None and today < row.valid_from:
        raise NotValidToday(f"This A2A account cannot be used before {british(row.valid_from)}.")
    if row.valid_until is not None and today > row.valid_until:
        raise NotValidToday(f"This A2A account cannot be used any more; {british(row.valid_until)} was its last day.")
    if not row.o_enabled:
        raise Disabled("The organisation of this A2A account is disabled.")
    check_process(row, process)


def check_process(row: Any, process: str) -> None:
    """The account may use the services of that process."""
    if not (row.for_rta if process == "rta" else row.for_elpl):
        raise OtherService(f"This A2A account is not for the {PROCESS_NAMES[process]} services.")


def check_client(connection: Connection, row: Any, client_id: str) -> None:
    """A software house that is registered and enabled, and the account's own where that is known.

    An organisation whose program is its own leaves clientID out or gives its own id (portal notes 4.5, I).
    """
    own = client_id in ("", row.o_id)
    if row.software_house is not None and client_id != row.software_house:
        raise UnknownClient(f"This A2A account is for the program of software house {row.software_house}; clientID must say so.")
    if own:
        return
    house = software_houses.by_id(connection, client_id)
    if house is None:
        raise UnknownClient("clientID names no software house that is registered here.")
    if not house.enabled:
        raise UnknownClient(f"Software house {house.id}, which clientID names, is disabled.")


def check_user(row: Any, user_given: bool, today: date) -> None:
    """The user is one of the organisation, and good today (portal notes 2.5: subject to the same controls as a web user)."""
    if not user_given:
        raise BadUser("The user is missing for whom the call is made (asUser, userAsID).")
    if row.user_id is None:
        raise BadUser(f"{_USER} is no user of this organisation.")
    if not row.user_enabled:
        raise BadUser(f"{_USER} {_why_disabled(row)}")
    if not row.user_active:
        raise BadUser(f"{_USER} is not active.")
    if row.user_expires_on is not None and today > row.user_expires_on:
        raise LapsedUser(f"{_USER} {_expired(row.user_expires_on)}", accounts.EXPIRED)
    if accounts.is_idle(row.user_used_on, today):
        raise LapsedUser(f"{_USER} {_IDLE}", accounts.IDLE)


_IDLE = f"is disabled: it had not been used for more than {accounts.IDLE_DAYS} days; {_HELP}"


def _why_disabled(row: Any) -> str:
    if row.user_disabled_for == accounts.EXPIRED and row.user_expires_on is not None:
        return _expired(row.user_expires_on)
    return _IDLE if row.user_disabled_for == accounts.IDLE else f"is disabled; {_HELP}"


def _expired(last: date) -> str:
    return f"has expired, for no administrator extended it beyond {british(last)}; an administrator of the organisation can do so now."
