"""The versions of the business calendar. New claims take the newest; a claim keeps its own (portal notes 6.8)."""

from __future__ import annotations

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


class NoCalendar(Broken):
    """The store has no business calendar (of that version), so no time limit can be worked out."""


def current(connection: Connection) -> BusinessCalendar:
    """The newest calendar. Raises NoCalendar if the store was never seeded."""
    version = _NEWEST.scalar(connection)
    if version is None:
        raise NoCalendar("The store has no business calendar. Run: gateway db seed")
    return load(connection, version)


def load(connection: Connection, version: int) -> BusinessCalendar:
    """The calendar of that version. Raises NoCalendar if there is none."""
    known = _known.setdefault(connection.engine, {})
    if version not in known:
        holidays = connection.scalar(_ONE, {"v": version})
        if holidays is None:
            raise NoCalendar(f"The store has no business calendar of version {version}.")
        known[version] = BusinessCalendar(version, frozenset(date.fromisoformat(day) for day in holidays))
    return known[version]


def seed(connection: Connection) -> bool:
    """Put in version 1 unless there is a calendar: the bank holidays of England and Wales the `holidays` package knows. True if it was put in."""
    if _NEWEST.scalar(connection) is not None:
        return False
    import holidays as library  # slow to import, needed once in the life of a store

    days = library.country_holidays("GB", subdiv="ENG", years=SEEDED_YEARS)
    return insert_missing(connection, calendars, {"version": 1, "holidays": [day.isoformat() for day in sorted(days)]})
