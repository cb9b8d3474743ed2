"""The coverage ledger: which operations each service serves, and what the others wait for. Derived, never written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.contract.model import Contract, Operation
from gateway.contract.page import chapters
from gateway.xml.wsdl import published

SERVED, AWAITS, ABSENT = "served", "awaits", "-"


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation: `status` by service is served, awaits, or - where the service does not have it."""

    operation: Operation
    status: Mapping[str, str]

    @property
    def steps(self) -> tuple[str, ...]:
        """The rows of the table that it makes."""
        return tuple(move.row for move in self.operation.moves)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The operations of some services, in the order of the chapters."""

    services: tuple[str, ...]
    entries: tuple[Entry, ...]

    def count(self, service: str, status: str) -> int:
        """How many operations of a service have that status."""
        return sum(entry.status[service] == status for entry in self.entries)

    def offered(self, service: str) -> int:
        """How many operations a service has."""
        return len(self.entries) - self.count(service, ABSENT)


def ledger(contract: Contract, process: str | None = None) -> Ledger:
    """The ledger of all services, or of those of one process."""
    offers = {
        service.name: frozenset(published(service.wsdl).requests) for service in contract.services.values() if process in (None, service.process)
    }
    entries = []
    for _, operations in chapters(contract):
        for operation in operations:
            own = AWAITS if operation.awaits else SERVED
            status = {service: own if operation.name in names else ABSENT for service, names in offers.items()}
            if set(status.values()) != {ABSENT}:
                entries.append(Entry(operation, status))
    return Ledger(tuple(offers), tuple(entries))


def steps_text(steps: tuple[str, ...]) -> str:
    """T3, T4, T5, T7 → T3-T5, T7."""
    numbers = sorted(int(step[1:]) for step in steps if step[1:].isdigit())
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"T{run[0]}" if len(run) == 1 else f"T{run[0]}-T{run[-1]}" for run in runs)
