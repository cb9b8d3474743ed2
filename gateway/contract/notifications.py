"""Reads the notifications (tables/notifications.toml), as strictly as the rest of the tables, and says which of them something posts."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from gateway.contract.load import TABLES, BadTable, Row, contract, rows
from gateway.contract.model import Contract, Span

RECIPIENTS = ("claimant-representative", "compensator", "other-side", "holder", "former")
FIELDS = ("id", "rejection_reason", "exit_reason", "from", "to")
EVENTS = ("attachment-added", "claim-transferred")
_CAUSES = ("rows", "warns", "reached", "events")


@dataclass(frozen=True, slots=True)
class Notification:
    """One text. `rows`, `warns`, `reached` and `events` are what posts it; `days_left` goes with `warns`."""

    key: str
    text: str
    to: tuple[str, ...]
    rows: tuple[str, ...]
    warns: tuple[str, ...]
    reached: tuple[str, ...]
    events: tuple[str, ...]
    days_left: int | None
    processes: tuple[str, ...]
    releases: Span
    basis: str

    @property
    def fields(self) -> frozenset[str]:
        """The names that stand in braces in the text."""
        return frozenset(_fields(self.text))


@dataclass(frozen=True)
class Notifications:
    """The whole table, read once and checked."""

    all: Mapping[str, Notification]

    def of_row(self, process: str, release: str, row: str) -> tuple[Notification, ...]:
        """What a step of the process posts (T1 …)."""
        return self._of("rows", row, process, release)

    def warnings(self, process: str, release: str, clock_row: str) -> tuple[Notification, ...]:
        """What is posted before a limit runs out (K1 …), in the order of the days: most days left first."""
        return tuple(sorted(self._of("warns", clock_row, process, release), key=lambda one: -(one.days_left or 0)))

    def of_limit(self, process: str, release: str, clock_row: str) -> tuple[Notification, ...]:
        """What is posted when a limit runs out (K1 …)."""
        return self._of("reached", clock_row, process, release)

    def of_event(self, process: str, release: str, event: str) -> tuple[Notification, ...]:
        """What something posts that is no step of the process."""
        return self._of("events", event, process, release)

    @cached_property
    def _by_cause(self) -> Mapping[tuple[str, str, str], tuple[Notification, ...]]:
        table: dict[tuple[str, str, str], tuple[Notification, ...]] = {}
        for one in self.all.values():
            for kind in _CAUSES:
                for cause in getattr(one, kind):
                    for process in one.processes:
                        table[kind, cause, process] = (*table.get((kind, cause, process), ()), one)
        return table

    def _of(self, kind: str, cause: str, process: str, release: str) -> tuple[Notification, ...]:
        return tuple(one for one in self._by_cause.get((kind, cause, process), ()) if release in one.releases)


@cache
def notifications() -> Notifications:
    """The notifications of this gateway."""
    return load(TABLES / "notifications.toml", contract())


def load(path: Path, table: Contract) -> Notifications:
    """Read and check a table of notifications against the contract table. Raises BadTable."""
    known = {
        "rows": {move.row for operation in table.operations.values() for move in operation.moves},
        "warns": set(table.variants),
        "reached": set(table.variants),
        "events": set(EVENTS),
    }
    found = {key: _notification(key, row, known) for key, row in rows(path)}
    for problem in _clocks(table, found):
        raise BadTable(f"{path.name}: {problem}")
    return Notifications(found)


def _notification(key: str, row: Row, known: Mapping[str, set[str]]) -> Notification:
    causes = {kind: tuple(row.take(kind, list, [])) for kind in _CAUSES}
    one = Notification(
        key=key,
        text=row.take("text", str),
        to=tuple(row.take("to", list)),
        **causes,
        days_left=row.take("days-left", int, None),
        processes=row.processes(),
        releases=row.span(),
        basis=row.take("basis", str),
    )
    row.done()
    for kind, told in causes.items():
        for cause in told:
            if cause not in known[kind]:
                raise BadTable(f"{row.where}: {kind} has {cause}, which nobody knows")
    for problem in _problems(one):
        raise BadTable(f"{row.where}: {problem}")
    return one


def _problems(one: Notification) -> Iterator[str]:
    lists = {"to": one.to, "rows": one.rows, "warns": one.warns, "reached": one.reached, "events": one.events}
    for name, values in lists.items():
        if len(set(values)) != len(values):
            yield f"{name} says something twice"
    if not any(getattr(one, kind) for kind in _CAUSES):
        yield f"nothing posts it; one of {', '.join(_CAUSES)} is needed"
    if not one.to or any(recipient not in RECIPIENTS for recipient in one.to):
        yield f"to must name some of {', '.join(RECIPIENTS)}"
    if "id" not in one.fields or not one.fields.issubset(FIELDS):
        yield f"text must have {{id}}, and no other fields than {', '.join(FIELDS)}"
    if bool(one.warns) != (one.days_left is not None):
        yield "warns and days-left go together"
    if one.days_left is not None and not one.text.endswith(f": {one.days_left} day{'s' if one.days_left != 1 else ''} left"):
        yield f"text does not say that {one.days_left} days are left"
    if "other-side" in one.to and (one.warns or one.reached):
        yield "where a clock posts it there is no other side"


def _clocks(table: Contract, found: Mapping[str, Notification]) -> Iterator[str]:
    """A clock that warns has its warning and a text for its end in both processes; one that does not has neither."""
    for clock in table.clocks.values():
        for variant in clock.variants:
            for process in variant.processes:
                warned = {one.days_left for one in found.values() if variant.row in one.warns and process in one.processes and not one.releases.until}
                ended = any(variant.row in one.reached and process in one.processes for one in found.values())
                expected = set() if clock.days_left_warning is None else {clock.days_left_warning}
                if warned != expected:
                    yield f"clock {variant.row} warns at {sorted(warned, key=str)} days left in {process}; clocks.toml has {clock.days_left_warning}"
                if ended != bool(expected):
                    yield f"clock {variant.row} has {'a' if ended else 'no'} text for its end in {process}, against its warning in clocks.toml"


def _fields(text: str) -> Iterator[str]:
    try:
        for _, name, _, _ in string.Formatter().parse(text):
            if name is not None:
                yield name
    except ValueError:
        yield text  # a brace that does not close: no field of that name is known
