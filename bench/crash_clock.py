"""The process clock of a crash run: moved on in steps while clients call, and what times it may have shown to somebody in between."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day

from bench.crash_servers import START_SECONDS, NotRun
from bench.soak_clock import FIRST_DAY
from gateway.clock import LONDON, wall
from gateway.store import StoreUnavailable, figures, sandbox
from gateway.store.engine import Store

START = datetime.combine(FIRST_DAY, time_of_day(9), LONDON)
DAYS = 50
"""What a run lasts by the process clock. Limits of 15 business days run out from its 22nd day on; what the gateway acknowledges by itself 30 days
after that would be later than its end."""
_UNSURE = timedelta(seconds=1)  # an offset is kept in whole seconds

Window = tuple[datetime, datetime]
"""Not before, not after."""


@dataclass(frozen=True, slots=True)
class Move:
    """From `done` on everybody has the offset, and before `begun` nobody; by time.monotonic."""

    begun: float
    done: float
    offset: timedelta


def moves(kills: int) -> list[datetime]:
    """The times to which the clock is moved, one before each kill."""
    return [START + timedelta(days=DAYS) * number / kills for number in range(1, kills + 1)]


class ProcessClock:
    """The clock of a store. It only goes on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wall = wall() - timedelta(seconds=time.monotonic())
        self._moves: list[Move] = []

    def move(self, to: datetime) -> None:
        """Set it, as often as it takes: the store may be recovering."""
        begun = time.monotonic()
        offset = to - wall()
        while True:
            try:
                with self._store.writing() as connection:
                    sandbox.set_offset(connection, offset, "crash")
                break
            except StoreUnavailable as problem:
                if time.monotonic() > begun + START_SECONDS:
                    raise NotRun("The clock cannot be moved.") from problem
                time.sleep(0.05)
        self._moves.append(Move(begun, time.monotonic(), offset))

    def window(self, begun: float, ended: float) -> Window:
        """What it showed to a call between those two times (time.monotonic)."""
        first = max(one.offset for one in self._moves if one.done <= begun)
        last = max(one.offset for one in self._moves if one.begun <= ended)
        return self.wall(begun) + first - _UNSURE, self.wall(ended) + last + _UNSURE

    def due(self) -> int:
        """For how many claims the clock has something to do by now."""
        with self._store.reading() as connection:
            return figures.figures(connection, wall() + self._moves[-1].offset).due

    def wall(self, at: float) -> datetime:
        """The real time at a time.monotonic()."""
        return self._wall + timedelta(seconds=at)
