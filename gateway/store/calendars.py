"""The versions of the business calendar. New claims take the newest; a claim keeps its own (portal notes 6.8)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, func, select

from gateway.domain.calendar import BusinessCalendar
from gateway.errors import Broken
from gateway.store.dialect import insert_missing
from gateway.store.prepared import Prepared
from gateway.store.tables import calendars

SEEDED_YEARS = range(2010, 2041)

_NEWEST = Prepared(select(func.max(calendars.c.version)))
_ONE = select(calendars.c.holidays).where(calendars.c.version == bindparam("v"))

# A version never changes, so what was read once is right for the life of the process. By engine, for one process may hold several stores.
_known: WeakKeyDictionary[Engine, dict[int, BusinessCalendar]] = WeakKeyDictionary()


class NoSuchChange(ValueError):
    """A change of the calendar that would change nothing; the text says why."""


class NoCalendar(Broken):
    """The store has no business calendar (of that version), so no time limit can be worked out."""


def current(connection: Connection) -> BusinessCalendar:
    """The newest calendar. Raises NoCalendar if the store was never seeded."""
    return load(connection, _newest(connection))


def load(connection: Connection, version: int) -> BusinessCalendar:
    """The calendar of that version. Raises NoCalendar if there is none."""
    known = _known.setdefault(connection.engine, {})
    if version not in known:
        known[version] = _read(connection, version)
    return known[version]


def _newest(connection: Connection) -> int:
    version: int | None = _NEWEST.scalar(connection)
    if version is None:
        raise NoCalendar("The store has no business calendar. Run: gateway db seed")
    return version


def _read(connection: Connection, version: int) -> BusinessCalendar:
    holidays = connection.scalar(_ONE, {"v": version})
    if holidays is None:
        raise NoCalendar(f"The store has no business calendar of version {version}.")
    return BusinessCalendar(version, frozenset(date.fromisoformat(day) for day in holidays))


def add(connection: Connection, days: Collection[date]) -> BusinessCalendar:
    """A new version with these holidays too, for claims created from now on. Raises NoSuchChange if one of them is there, or no working day anyway."""

    def more(newest: BusinessCalendar) -> frozenset[date]:
        for day in days:
            if day in newest.holidays:
                raise NoSuchChange(f"{day} is a bank holiday already, in calendar {newest.version}.")
            if not newest.is_business_day(day):
                raise NoSuchChange(f"{day} is a {day:%A}, which never counts.")
        return newest.holidays.union(days)

    return _renew(connection, more)


def remove(connection: Connection, days: Collection[date]) -> BusinessCalendar:
    """A new version without these holidays, for claims created from now on. Raises NoSuchChange if one of them is none."""

    def fewer(newest: BusinessCalendar) -> frozenset[date]:
        for day in days:
            if day not in newest.holidays:
                raise NoSuchChange(f"{day} is no bank holiday, in calendar {newest.version}.")
        return newest.holidays.difference(days)

    return _renew(connection, fewer)


def _renew(connection: Connection, change: Callable[[BusinessCalendar], frozenset[date]]) -> BusinessCalendar:
    """The next version; of two that are made at the same time, the second is made from the first."""
    while True:
        newest = _read(connection, _newest(connection))  # not remembered: it may be this transaction's own, and be rolled back
        made = BusinessCalendar(newest.version + 1, change(newest))
        if insert_missing(connection, calendars, {"version": made.version, "holidays": [day.isoformat() for day in sorted(made.holidays)]}):
            return made


def seed(connection: Connection) -> bool:
    """Put in version 1 unless there is a calendar: the bank holidays of England and Wales the `holidays` package knows. True if it was put in."""
    if _NEWEST.scalar(connection) is not None:
        return False
    import holidays as library  # slow to import, needed once in the life of a store

    days = library.country_holidays("GB", subdiv="ENG", years=SEEDED_YEARS)
    return insert_missing(connection, calendars, {"version": 1, "holidays": [day.isoformat() for day in sorted(days)]})
