"""Stores of any size: claims of one organisation among those of many others, put in as fast as the database takes them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, literal, select, true

from gateway.clock import start_of_day
from gateway.commands.serve import prepare
from gateway.config import Settings
from gateway.contract.load import contract
from gateway.store.engine import Store
from gateway.store.tables import claims, events, organisations

MINE = ("CR00001", "COMP001")  # of the demo directory; each has the other's claims and no others
EVENTS = 10
DAYS = 90
_REPRESENTATIVES, _COMPENSATORS = 500, 50
_BATCH = 5_000
_OTHERS_ENDED = 0.3
_OTHERS_DUE = 0.02  # where no job runs, limits of others have passed that nobody has looked at
_DEADLINES = ("K1", "K2", "K5", "K6")
_STATE = {
    "article75": False,
    "liability": {"code": "A", "on": "2026-11-23", "by": "comp1-handler"},
    "interims": [{"asked": "1500.00", "offered": "1250.00", "agreed": "1250.00", "paid": True, "on": "2026-12-09"}],
    "agreement": {"by": "compensator", "on": "2027-01-18", "sum": "4180.00"},
    "extensions": [{"row": "K6", "to": "2027-02-01", "on": "2027-01-12"}],
}

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Size:
    """So many claims, of which `mine` are of the organisations in MINE, all in progress, spread evenly among the others."""

    claims: int
    mine: int

    def is_mine(self, number: int) -> bool:
        """Whether the claim of that number, counted from 1, is one of them."""
        return number * self.mine // self.claims > (number - 1) * self.mine // self.claims


def steps(size: Size) -> int:
    """How often `build` tells of its progress adds up to this."""
    return size.claims * 2


def build(url: str, size: Size, now: datetime, tell: Tell) -> None:
    """Make the store at an empty database: tables and indexes as in production, the demo directory, the claims, EVENTS events for each.

    Documents are left out: no list reads them, and they would be most of the store.
    """
    prepare(Settings(database_url=url), demo=True)
    store = Store(url, sqlite_synchronous="OFF")
    try:
        with store.writing() as connection:
            connection.execute(insert(organisations), list(_organisations()))
        made = random.Random(size.claims)
        for first in range(1, size.claims + 1, _BATCH):
            numbers = range(first, min(first + _BATCH, size.claims + 1))
            with store.writing() as connection:
                if store.is_sqlite:
                    connection.exec_driver_sql("PRAGMA cache_size = -1000000")
                connection.execute(insert(claims), [claim(number, size, now, made) for number in numbers])
                tell(len(numbers))
                connection.execute(_ADD_EVENTS, {"first": numbers[0], "last": numbers[-1]})
                tell(len(numbers))
        _settle(store)
    finally:
        store.engine.dispose()


def _organisations() -> Iterator[dict[str, Any]]:
    for kind, prefix, many in (("CR", "CR1", _REPRESENTATIVES), ("COMP", "COMP1", _COMPENSATORS)):
        for number in range(1, many + 1):
            name = f"{prefix}{number:04d}"
            compensator_type = "I" if kind == "COMP" else None
            both = {"rta": True, "elpl": True, "address": {}}
            yield {"id": name, "path": f"/{name}", "name": name, "kind": kind, "compensator_type": compensator_type, **both}


def created_at(number: int, size: Size, now: datetime) -> datetime:
    """When the claim of that number was created: one after the other, over DAYS."""
    return now - timedelta(days=DAYS) * ((size.claims - number + 1) / size.claims)


def reference(number: int) -> str:
    """The claimant representative's."""
    return f"QF/2026/{number:07d}"


def claim(number: int, size: Size, now: datetime, made: random.Random) -> dict[str, Any]:
    """The row of a claim as the gateway would have left it, in an RTA phase of the table."""
    mine = size.is_mine(number)
    representative, compensator = MINE if mine else (f"CR1{made.randint(1, _REPRESENTATIVES):04d}", f"COMP1{made.randint(1, _COMPENSATORS):04d}")
    phase = made.choice(_ENDED if not mine and made.random() < _OTHERS_ENDED else _OPEN)
    running = _running(phase)
    due = now.date() + timedelta(days=-5 if not mine and made.random() < _OTHERS_DUE else made.randint(1, 30))
    created = created_at(number, size, now)
    updated = created + (now - created) * made.random()
    accepted = made.random() < 0.7
    handler = "comp1-handler" if accepted else "cr1-handler"
    return {
        "id": number,
        "process": "rta",
        "claim_type": "RTA",
        "release": "R7",
        "version_major": 7,
        "version_minor": 0,
        "calendar": 1,
        "cr_organisation": representative,
        "cm_organisation": compensator,
        "cm_branch": f"00{made.randint(1, 3)}",
        "compensator_type": "I",
        "cr_reference": reference(number),
        "cm_reference": f"TI/26/{number:07d}" if accepted else None,
        "phase": phase,
        "ended": phase in _ENDED,
        "guid": str(uuid.UUID(int=made.getrandbits(128), version=4)),
        "event_number": EVENTS,
        "birth_date": date(1980, 1, 1),
        "accident_date": date(2026, 1, 15),
        "acts": contract().phases[phase].acts,
        "created_at": created,
        "sent_at": created,
        "updated_at": updated,
        "dispatched_at": created + (updated - created) / 2 if accepted else None,
        "deadlines": {row: due.isoformat() for row in _DEADLINES},
        "running": running,
        "due_at": start_of_day(due) if running else None,
        "next_at": start_of_day(due) if running else None,
        "state": _STATE,
        "current_user": handler,
    }


def _running(phase: str) -> str | None:
    clock = contract().phases[phase].clock
    return contract().clocks[clock].variants[0].row if clock else None


def _phases(*, end: bool) -> list[str]:
    return [phase.id for phase in contract().phases.values() if "rta" in phase.processes and phase.end is end and not phase.vanishes_after]


_OPEN, _ENDED = _phases(end=False), _phases(end=True)

_one = select(literal(1).label("number")).cte("numbers", recursive=True)
_numbers = _one.union_all(select(_one.c.number + 1).where(_one.c.number < EVENTS))
_ADD_EVENTS = insert(events).from_select(
    ["claim_id", "number", "at", "row", "operation", "organisation_id", "user_id", "identity_id", "from_phase", "to_phase", "guid", "detail"],
    select(
        claims.c.id,
        _numbers.c.number,
        claims.c.created_at,
        literal("T1"),
        literal("addClaim"),
        claims.c.cr_organisation,
        claims.c.current_user,
        literal("cr1-a2a"),
        claims.c.phase,
        claims.c.phase,
        claims.c.guid,
        literal({"code": "1"}, events.c.detail.type),
    )
    .join_from(claims, _numbers, true())
    .where(claims.c.id.between(bindparam("first"), bindparam("last"))),
    include_defaults=False,
)


def _settle(store: Store) -> None:
    """What the database does by itself in time: PostgreSQL cleans up and counts, SQLite moves its log into the file."""
    with closing(store.engine.raw_connection()) as connection:
        for statement in ["PRAGMA wal_checkpoint(TRUNCATE)"] if store.is_sqlite else ["VACUUM (ANALYZE)", "CHECKPOINT"]:
            connection.cursor().execute(statement)


def today() -> datetime:
    """Now, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
