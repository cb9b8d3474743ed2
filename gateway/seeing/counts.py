"""Counts of calls, shared by all worker processes.

They lie in memory that is mapped before the workers are forked: a place for each worker, and in it a number for everything that is counted.
A worker writes to its own place alone; whoever is asked for the figures adds up all of them. A worker that ends leaves its numbers behind,
and the next one goes on counting in the same place, so nothing is lost and nothing grows.
"""

from __future__ import annotations

import mmap
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# upper bounds of the histogram's buckets, in seconds
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CODES = ("Ok", "Failure", "Error")
FAULTS = ("Client", "MustUnderstand", "VersionMismatch", "Server")
_OTHER = "Server"
PLACES = 64  # for workers; those of a reload and those they replace are there at the same time
_SECONDS = len(CODES)
_BUCKETS = _SECONDS + 1
_OF_OPERATION = _BUCKETS + len(BOUNDS) + 1
_BYTES = 8

Observer = Callable[[Mapping[str, Any], float], None]
"""Is told of each exchange: its line of the log, with operation and code or with fault, and seconds."""


@dataclass(frozen=True, slots=True)
class CallFigures:
    """All calls of an operation at a service. `buckets`: how many took up to each of BOUNDS and more than the one before; the last: longer."""

    service: str
    operation: str
    codes: Mapping[str, int]
    seconds: float
    buckets: tuple[int, ...]


class Counts:
    """One for each server. `operations`: for each service the names of its operations."""

    def __init__(self, operations: Mapping[str, Iterable[str]], places: int = PLACES) -> None:
        self._calls: dict[str, dict[str, int]] = {}
        self._faults: dict[str, int] = {}
        size = 0
        for service, names in operations.items():
            self._faults[service] = size
            size += len(FAULTS)
            for name in names:
                self._calls.setdefault(service, {})[name] = size
                size += _OF_OPERATION
        self._size = size
        self._all = memoryview(mmap.mmap(-1, max(places * size, 1) * _BYTES)).cast("d")
        self._free = list(range(places - 1, 0, -1))
        self.use(0)

    def reserve(self) -> int | None:
        """A place for a new worker, to be asked for before it is forked; None if all are taken: what that worker counts is not seen."""
        return self._free.pop() if self._free else None

    def release(self, place: int | None) -> None:
        """Give the place of a worker that has ended to the next one."""
        if place is not None:
            self._free.append(place)

    def use(self, place: int | None) -> None:
        """Count in that place from now on; in this process."""
        start = (place or 0) * self._size
        self._mine = memoryview(bytearray(self._size * _BYTES)).cast("d") if place is None else self._all[start : start + self._size]
        self._lock = threading.Lock()

    def observer(self, service: str) -> Observer:
        """Counts what happens at a service."""
        calls, faults = self._calls[service], self._faults[service]

        def observe(line: Mapping[str, Any], seconds: float) -> None:
            mine = self._mine
            operation, code, fault = line.get("operation"), line.get("code"), line.get("fault")
            if fault is not None:
                with self._lock:
                    mine[faults + FAULTS.index(fault if fault in FAULTS else _OTHER)] += 1
            elif operation is not None and code is not None:
                start = calls[operation]
                bucket = start + _BUCKETS + bisect_left(BOUNDS, seconds)
                with self._lock:
                    mine[start + CODES.index(code)] += 1
                    mine[start + _SECONDS] += seconds
                    mine[bucket] += 1

        return observe

    def calls(self) -> Iterator[CallFigures]:
        """The figures of every operation that was called, of all workers together."""
        for service, operations in self._calls.items():
            for operation, start in operations.items():
                found = [self._sum(start + number) for number in range(_OF_OPERATION)]
                if any(found):
                    codes = {code: int(count) for code, count in zip(CODES, found, strict=False)}
                    yield CallFigures(service, operation, codes, found[_SECONDS], tuple(int(count) for count in found[_BUCKETS:]))

    def faults(self) -> Iterator[tuple[str, str, int]]:
        """Service, faultcode and number of the SOAP faults answered."""
        for service, start in self._faults.items():
            for number, code in enumerate(FAULTS):
                yield service, code, int(self._sum(start + number))

    def _sum(self, number: int) -> float:
        return sum(self._all[number :: self._size].tolist())
