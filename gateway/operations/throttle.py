"""Steps that keep one caller from taking the gateway from all others (portal notes 6.2, 6.3), and that close it for maintenance (6.7).

Which limits there are is U; that there must be some is what the portal's own test site learnt. All by the wall clock.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import datetime, timedelta

from gateway.clock import LONDON, Moment, spoken
from gateway.domain.opening_hours import reopens
from gateway.errors import Refused
from gateway.operations.call import Call
from gateway.store import calendars, maintenance, slots, throttle
from gateway.store.throttle import Own

_SECRET = frozenset(("userAuth", "accessToken"))


class Closed(Refused):
    """The service is not open: for maintenance, or outside its hours."""


class Stopped(Refused):
    """Whoever runs the gateway has stopped the A2A account: the kill switch."""


class TooMany(Refused):
    """More calls than the A2A account may make in a minute, or at the same time."""


class TooSoon(Refused):
    """A list that was asked for a moment ago."""


def check_open(call: Call) -> None:
    """Outside the opening hours and in windows of maintenance every call is told when to come back."""
    week = call.settings.opening_week
    windows = maintenance.current(call.connection)
    if week is None and not windows:
        return
    now = Moment.now().utc
    calendar = None if week is None else calendars.current(call.connection)
    opening = reopens(now, week, calendar, [(one.starts_at, one.until) for one in windows])
    if opening == now:
        return
    window = next((one for one in windows if one.holds(now)), None)
    again = "It does not open within a year" if opening is None else f"It opens again on {spoken(opening)}"
    if window is None:
        raise Closed(f"The service is closed at this time. {again}.")
    told = f"The service is closed for maintenance until {spoken(window.until)}."
    if window.reason:
        told += f" Reason: {window.reason}."
    raise Closed(told if opening == window.until else f"{told} {again}.")


def throttle_caller(call: Call) -> None:
    """The limits of the A2A account that calls, for what needs no log-in of its own."""
    if call.operation.actor == "anonymous":
        return
    identity = call.caller.identity_id
    own = admit(call, identity)
    now = Moment.now().utc
    most = _in_force(None if own is None else own.concurrent_calls, call.settings.concurrent_calls)
    if most:
        release = slots.take(call.connection, identity, most)
        if release is None:
            under_way = f"{most} call{'' if most == 1 else 's'} under way"
            raise TooMany(f"This A2A account has {under_way}, the most it may have at the same time; {_come_back(now + _SECOND, now)}")
        call.session.at_end(release)
    seconds = _in_force(None if own is None else own.poll_seconds, call.settings.poll_seconds)
    if seconds and call.operation.poll:
        at = throttle.ask_again(call.session, _question(call), seconds, now)
        if at is not None:
            every = f"{seconds} seconds" if seconds > 1 else "second"
            raise TooSoon(f"{call.operation.name} may be asked once every {every} for the same user with the same arguments; {_come_back(at, now)}")


def admit(call: Call, identity: str) -> Own | None:
    """One call of an A2A account that has said who it is; what is set for the account. Refused if it is stopped or has used up its minute."""
    own = throttle.own(call.connection, identity)
    if own is not None and own.stopped:
        reason = f": {own.stopped_for}" if own.stopped_for else ""
        raise Stopped(f"All calls of this A2A account are stopped{reason}. Whoever runs this gateway can let it in again.")
    most = _in_force(None if own is None else own.calls_per_minute, call.settings.calls_per_minute)
    now = Moment.now().utc
    if most and not throttle.take_call(call.session, identity, most, now):
        calls = f"{most} call{'' if most == 1 else 's'} a minute"
        raise TooMany(f"This A2A account has made the {calls} that it may; {_come_back(throttle.end_of_minute(now), now)}")
    return own


_SECOND = timedelta(seconds=1)


def _in_force(own: int | None, usual: int) -> int:
    return usual if own is None else own


def _come_back(at: datetime, now: datetime) -> str:
    """Both as a number for programs and by the clock for people, never too early."""
    seconds = max(math.ceil((at - now).total_seconds()), 1)
    at = at.replace(microsecond=0) + (_SECOND if at.microsecond else timedelta())
    return f"come back in {seconds} second{'' if seconds == 1 else 's'}, at {at.astimezone(LONDON):%H:%M:%S}."


def _question(call: Call) -> bytes:
    """What stands for this user's asking for this list with these arguments."""
    arguments = {name: value for name, value in call.arguments.items() if name not in _SECRET and value is not None}
    told = [call.process, call.caller.identity_id, call.caller.user_id, call.operation.name, arguments]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).digest()
