"""What is to be done when, and the threads that do it: an open loop, so that a gateway that gets slow is not asked less for it."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
import traceback
from collections.abc import Callable, Sequence

from bench.soak_wire import Line, Record, Wrong

Task = Callable[[Line], object]


class Agenda:
    """Tasks by the time at which they are due (time.monotonic). A task that raises Wrong is over; anything else it raises is a problem of its own."""

    def __init__(self, lines: Sequence[Line], record: Record) -> None:
        self._record = record
        self._due: list[tuple[float, int, Task]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._running = 0
        self._stopped = False
        self._hurried = False
        self.late: list[float] = []
        self._threads = [threading.Thread(target=self._work, args=(line,), daemon=True) for line in lines]
        for one in self._threads:
            one.start()

    def at(self, when: float, task: Task) -> None:
        """Have it done then, or as soon after it as a thread is free."""
        with self._changed:
            heapq.heappush(self._due, (when, next(self._numbers), task))
            self._changed.notify()

    def soon(self, task: Task) -> None:
        """Have it done before anything that is due already."""
        self.at(0.0, task)

    def hurry(self) -> None:
        """Wait for nothing any more: all that is left is due now."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()

    def drained(self, seconds: float) -> bool:
        """Wait until nothing is left to do; False if that takes longer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self._changed:
                if not self._due and not self._running:
                    return True
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        """End the threads; what is left is not done."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for one in self._threads:
            one.join(timeout=90)

    def _next(self) -> Task | None:
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                if self._due and (self._hurried or self._due[0][0] <= now):
                    when, _, task = heapq.heappop(self._due)
                    if when and not self._hurried:
                        self.late.append(now - when)
                    self._running += 1
                    return task
                self._changed.wait(self._due[0][0] - now if self._due else None)
            return None

    def _work(self, line: Line) -> None:
        while (task := self._next()) is not None:
            try:
                task(line)
            except Wrong:
                pass
            except Exception:
                self._record.problem("the soak itself", traceback.format_exc(limit=4)[-600:])
            finally:
                with self._changed:
                    self._running -= 1
        line.close()
