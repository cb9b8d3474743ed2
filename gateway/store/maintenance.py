"""Windows of maintenance (portal notes 6.7): announced ones, and those begun by hand. By the wall clock; both ends are whole minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, select, update

from gateway.clock import Moment, spoken
from gateway.errors import Refused
from gateway.store.dialect import lock_table
from gateway.store.prepared import Prepared
from gateway.store.recent import Recent
from gateway.store.tables import maintenance_windows as windows

LONGEST_REASON = 200
_MINUTE = timedelta(minutes=1)


class BadWindow(Refused):
    """There is no such window, or it cannot be as it is wanted."""


@dataclass(frozen=True, slots=True)
class Window:
    """Closed from `starts_at` until `ends_at`, which is not in it, or until somebody ended it."""

    number: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    made_at: datetime
    made_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None

    @property
    def until(self) -> datetime:
        """The end in effect; not after the start if it was called off."""
        return self.ends_at if self.ended_at is None else self.ended_at

    def holds(self, now: datetime) -> bool:
        """Whether it is closed by this window."""
        return self.starts_at <= now < self.until

    def state(self, now: datetime) -> str:
        """In a word: closed, planned, over, ended (early) or called off."""
        if self.ended_at is not None:
            return "called off" if self.ended_at <= self.starts_at else "ended"
        return "planned" if now < self.starts_at else "closed" if now < self.ends_at else "over"


_all = select(*(windows.c[name] for name in Window.__slots__)).order_by(windows.c.starts_at, windows.c.number)
_open = Prepared(_all.where(windows.c.ended_at.is_(None), windows.c.ends_at > bindparam("now")))
_current = Recent(lambda connection: tuple(Window(*row) for row in _open.all(connection, {"now": Moment.now().utc})))


def current(connection: Connection) -> tuple[Window, ...]:
    """Those that are not over, as of at most a second ago, by their start."""
    return _current(connection)


def listed(connection: Connection, *, past: bool = False) -> list[Window]:
    """Those that are not over, by their start; with `past` all there ever were."""
    chosen = _all if past else _all.where(windows.c.ended_at.is_(None), windows.c.ends_at > Moment.now().utc)
    return [Window(*row) for row in connection.execute(chosen)]


def plan(connection: Connection, starts_at: datetime, ends_at: datetime, reason: str, who: str) -> Window:
    """Announce a window. Raises BadWindow if it lies in the past, ends before it starts, or overlaps another."""
    start, end = starts_at - timedelta(seconds=starts_at.second, microseconds=starts_at.microsecond), _whole_minute(ends_at)
    if start < Moment.now().utc:
        raise BadWindow(f"{spoken(start)} is past. To close now, use: gateway maintenance start")
    lock_table(connection, windows)
    for other in listed(connection):
        if start < other.until and other.starts_at < end:
            raise BadWindow(f"Window {other.number}, from {spoken(other.starts_at)} until {spoken(other.until)}, overlaps it; end that one first.")
    return _add(connection, start, end, reason, who)


def start(connection: Connection, ends_at: datetime, reason: str, who: str) -> Window:
    """Close now. Raises BadWindow if it is closed by a window already, or is to end in the past. One that is planned may begin meanwhile."""
    lock_table(connection, windows)
    now = Moment.now().utc
    for other in listed(connection):
        if other.holds(now):
            raise BadWindow(f"Window {other.number} holds until {spoken(other.until)} already; end it first.")
    return _add(connection, now, _whole_minute(ends_at), reason, who)


def end(connection: Connection, number: int | None, who: str) -> Window:
    """End the window that holds now, or the one of that number; one that is planned is called off. Raises BadWindow."""
    lock_table(connection, windows)
    now = Moment.now().utc
    open_ones = listed(connection)
    if number is None:
        found = next((one for one in open_ones if one.holds(now)), None)
        if found is None:
            raise BadWindow("No window holds now. To call off one that is planned, give its number; see: gateway maintenance list")
    else:
        found = next((one for one in open_ones if one.number == number), None)
        if found is None:
            raise BadWindow(f"There is no window {number} that holds or is planned.")
    connection.execute(update(windows).where(windows.c.number == found.number).values(ended_at=now, ended_by=who))
    return Window(*connection.execute(_all.where(windows.c.number == found.number)).one())


def _add(connection: Connection, starts_at: datetime, ends_at: datetime, reason: str, who: str) -> Window:
    reason = reason.strip().rstrip(".")
    if ends_at <= starts_at:
        raise BadWindow(f"The end, {spoken(ends_at)}, is not after the start, {spoken(starts_at)}.")
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise BadWindow(f"The reason must have at most {LONGEST_REASON} printable characters.")
    number = (connection.scalar(select(func.max(windows.c.number))) or 0) + 1
    made = Window(number, starts_at, ends_at, reason, Moment.now().utc, who)
    connection.execute(insert(windows).values({name: getattr(made, name) for name in Window.__slots__}))
    return made


def _whole_minute(at: datetime) -> datetime:
    """The end of the minute: callers are told minutes, and must not come too early by what they were told."""
    rest = timedelta(seconds=at.second, microseconds=at.microsecond)
    return at - rest + _MINUTE if rest else at
