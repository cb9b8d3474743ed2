"""The rows of the contract table as frozen data. Everything else about an operation is derived from these and from the WSDL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

PROCESSES = ("rta", "elpl")
RELEASES = ("R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7")
SIDES = ("claimant-representative", "compensator")
# what a user may do by profile; `work` is every step of the process that is not first-line. profiles.toml says who has which
RIGHTS = ("look-up", "read", "first-line", "work", "allocate", "unlock")
ACTORS = (*SIDES, "holder", "either", "any-user", "anonymous")  # holder: the side whose turn it is
OTHER = "other"  # a phase in which the side acts that did not bring the claim there
SELF = "self"  # a step that leaves the phase as it is


def release_number(release: str) -> int:
    """R5 → 5; releases are ordered by this."""
    return int(release[1:])


@dataclass(frozen=True, slots=True)
class Span:
    """Releases of a claim for which something holds; both ends inclusive, None = open."""

    since: str | None = None
    until: str | None = None

    def __contains__(self, release: str) -> bool:
        number = release_number(release)
        return (self.since is None or release_number(self.since) <= number) and (self.until is None or number <= release_number(self.until))


@dataclass(frozen=True, slots=True)
class Move:
    """One transition row (T1 …): in these phases, on this outcome, the claim goes there.

    `turn`: open only while it is that side's turn. `acts`: whose turn it is then, where the phase alone does not say.
    """

    row: str
    operation: str
    processes: tuple[str, ...]
    releases: Span
    sources: tuple[str, ...]
    outcome: str | None
    to: str
    turn: str | None
    acts: str | None
    when: str
    basis: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table. `awaits` names the chapter still to be built; None when the operation is served in full.

    `right`: what a user's profiles must give (None where there is no user). `step`: it keeps the phase and is recorded in the history, with a
    new guid. `writes`: it writes the claim's row, or something that is counted there, without a new guid. `shows_deleted`: its reply says so
    of a claim deleted for good (gdprClaimDeleted). `poll`: a list that programs ask for again and again; how often may be limited.
    """

    name: str
    chapter: str
    processes: tuple[str, ...]
    actor: str
    payload: str | None
    since: str
    awaits: str | None
    basis: str
    moves: tuple[Move, ...]
    right: str | None = None
    step: bool = False
    writes: bool = False
    shows_deleted: bool = False
    poll: bool = False

    @property
    def changes(self) -> bool:
        """Whether it changes a claim: its row is then locked when it is loaded, and another user's lock on the claim refuses it."""
        return bool(self.moves) or self.step or self.writes


@dataclass(frozen=True, slots=True)
class Phase:
    """A state of a claim. `acts` is the side expected to act (or OTHER), None in an end phase.

    `vanishes_after`: so many calendar days after it came here the claim is gone.
    """

    id: str
    name: str
    stage: str
    processes: tuple[str, ...]
    releases: Span
    acts: str | None
    clock: str | None
    vanishes_after: int | None
    end: bool
    basis: str


@dataclass(frozen=True, slots=True)
class ClockVariant:
    """One clock row (K1 …): so many business days for these claims. `shown` is the kind of deadline as getClaim knows it.

    `after`: the row at whose end this one begins. `extended_days`: what an extension makes of `days`, where its length is fixed.
    """

    row: str
    clock: str
    processes: tuple[str, ...]
    days: int
    applies: str
    counted_from: str
    shown: str
    after: str | None
    extended_days: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit that moves a claim when it runs out."""

    name: str
    row: str
    expires_to: str
    days_left_warning: int | None
    basis: str
    variants: tuple[ClockVariant, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One endpoint."""

    name: str
    process: str
    generation: str
    path: str
    wsdl: str


@dataclass(frozen=True)
class Contract:
    """The whole table, read once and checked."""

    operations: Mapping[str, Operation]
    phases: Mapping[str, Phase]
    clocks: Mapping[str, Clock]
    services: Mapping[str, Service]

    @cached_property
    def variants(self) -> Mapping[str, ClockVariant]:
        """Clock rows by their number (K1 …)."""
        return {variant.row: variant for clock in self.clocks.values() for variant in clock.variants}

    @cached_property
    def _open(self) -> Mapping[tuple[str, str, str], tuple[Move, ...]]:
        table: dict[tuple[str, str, str], tuple[Move, ...]] = {}
        for operation in self.operations.values():
            for move in operation.moves:
                for process in move.processes:
                    for source in move.sources or ("",):
                        key = (process, source, operation.name)
                        table[key] = (*table.get(key, ()), move)
        return table

    def moves(self, process: str, release: str, phase: str, operation: str, acts: str | None = None) -> tuple[Move, ...]:
        """The rows open to `operation` for a claim in `phase` ("" = no claim yet); empty when it is out of turn.

        `acts` is the side whose turn it is; without it the rows of either turn are given.
        """
        rows = self._open.get((process, phase, operation), ())
        return tuple(move for move in rows if release in move.releases and (acts is None or move.turn in (None, acts)))

    def move(self, process: str, release: str, phase: str, operation: str, outcome: str | None, acts: str | None = None) -> Move:
        """The one row for an outcome. KeyError when the handler named an outcome the table does not know."""
        rows = [move for move in self.moves(process, release, phase, operation, acts) if move.outcome == outcome]
        if len(rows) != 1:
            raise KeyError(f"{operation} in {phase or 'no phase'} ({process} {release}) has {len(rows)} rows for outcome {outcome!r}")
        return rows[0]

    def open_in(self, process: str, release: str, phase: str, acts: str | None = None) -> tuple[tuple[str, str], ...]:
        """(actor, operation) of everything that can be called in `phase`, in table order; with `acts` only while it is that side's turn."""
        return tuple(
            (operation.actor, operation.name)
            for operation in self.operations.values()
            if not operation.awaits and process in operation.processes and self.moves(process, release, phase, operation.name, acts)
        )

    @cached_property
    def received(self) -> frozenset[str]:
        """The phases of a claim that a compensator has received and not yet taken on: those with a first-line step."""
        first_line = (operation for operation in self.operations.values() if operation.right == "first-line")
        return frozenset(source for operation in first_line for move in operation.moves for source in move.sources)

    def of_process(self, process: str) -> tuple[Operation, ...]:
        """The operations of one process, in table order."""
        return tuple(operation for operation in self.operations.values() if process in operation.processes)
