"""Reads how long claims are kept (tables/retention.toml), as strictly as the rest of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from gateway.contract.load import TABLES, BadTable, Row, contract, rows
from gateway.contract.model import Contract

DELETE, ARCHIVE, VANISH, SHADOW, ACKNOWLEDGE = "delete", "archive", "vanish", "shadow", "acknowledge"
END, LAST_UPDATE = "end", "last-update"
_EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `days` are calendar days after what `counted_from` names (None: from the moment it was deleted for good, or came to its phase).

    `operations` says by which operation a phase is acknowledged, `kept_months` how long the archive keeps a claim.
    """

    key: str
    then: str
    phases: tuple[str, ...]
    days: int
    counted_from: str | None
    children_exempt: bool
    kept_months: int | None
    operations: Mapping[str, str]
    basis: str


@dataclass(frozen=True)
class Retention:
    """The whole table, read once and checked."""

    all: Mapping[str, Rule]

    @cached_property
    def removals(self) -> Mapping[str, Rule]:
        """The rule that deletes or archives the claims of a phase, by phase."""
        return {phase: rule for rule in self.all.values() if rule.then in (DELETE, ARCHIVE) for phase in rule.phases}

    @cached_property
    def vanishing(self) -> Mapping[str, Rule]:
        """The rule by which the claims of a phase vanish, by phase."""
        return {phase: rule for rule in self.all.values() if rule.then == VANISH for phase in rule.phases}

    @property
    def acknowledgement(self) -> Rule:
        """The one about acknowledgements that nobody gave."""
        return self.one(ACKNOWLEDGE)

    @property
    def shadow(self) -> Rule:
        """The one about claims deleted for good."""
        return self.one(SHADOW)

    def one(self, then: str) -> Rule:
        """The only rule with that consequence."""
        (found,) = (rule for rule in self.all.values() if rule.then == then)
        return found


@cache
def retention() -> Retention:
    """The rules of this gateway."""
    return load(TABLES / "retention.toml", contract())


def load(path: Path, table: Contract) -> Retention:
    """Read and check a table of rules against the contract table. Raises BadTable."""
    found = {key: _rule(key, row, table) for key, row in rows(path)}
    for problem in _problems(table, found):
        raise BadTable(f"{path.name}: {problem}")
    return Retention(found)


def _rule(key: str, row: Row, table: Contract) -> Rule:
    then = row.take("then", str)
    operations = row.take("operations", dict) if then == ACKNOWLEDGE else {}
    phases = tuple(operations) if then == ACKNOWLEDGE else () if then == SHADOW else tuple(row.take("phases", list))
    for phase in phases:
        if phase not in table.phases:
            raise BadTable(f"{row.where}: there is no phase {phase}")
    rule = Rule(
        key=key,
        then=then,
        phases=phases,
        days=_vanishes_after(row, phases, table) if then == VANISH else row.take("days", int),
        counted_from=None if then in (VANISH, SHADOW) else row.take("counted-from", str),
        children_exempt=row.take("children", str) == _EXEMPT,
        kept_months=row.take("kept-months", int) if then == ARCHIVE else None,
        operations=operations,
        basis=row.take("basis", str),
    )
    row.done()
    if then not in (DELETE, ARCHIVE, VANISH, SHADOW, ACKNOWLEDGE):
        raise BadTable(f"{row.where}: then is {then!r}, which nobody knows")
    if rule.counted_from not in (None, END, LAST_UPDATE):
        raise BadTable(f"{row.where}: counted-from is {rule.counted_from!r}; allowed: {END}, {LAST_UPDATE}")
    if rule.days < 1:
        raise BadTable(f"{row.where}: days must be at least 1")
    return rule


def _vanishes_after(row: Row, phases: tuple[str, ...], table: Contract) -> int:
    days = {table.phases[phase].vanishes_after for phase in phases}
    first = days.pop() if len(days) == 1 else None
    if first is None:
        raise BadTable(f"{row.where}: its phases must have the same vanishes-after in phases.toml")
    return first


def _problems(table: Contract, found: Mapping[str, Rule]) -> Iterator[str]:
    for then in (SHADOW, ACKNOWLEDGE):
        if sum(rule.then == then for rule in found.values()) != 1:
            yield f"exactly one row must have then = {then!r}"
            return
    told: dict[str, str] = {}
    for rule in found.values():
        for phase in rule.phases if rule.then in (DELETE, ARCHIVE) else ():
            if phase in told:
                yield f"{phase} is in {told[phase]} and in {rule.key}"
            told[phase] = rule.key
        for phase, name in rule.operations.items():
            moves = table.operations[name].moves if name in table.operations else ()
            if not any(phase in move.sources and table.phases[move.to].end for move in moves):
                yield f"{rule.key}: {name} ends no claim in {phase}"
    vanishing = {phase for rule in found.values() if rule.then == VANISH for phase in rule.phases}
    for one in table.phases.values():
        if one.end and one.id not in told:
            yield f"nothing is said about claims in {one.id}"
        if (one.vanishes_after is not None) != (one.id in vanishing):
            yield f"{one.id} must be in a row with then = {VANISH!r} if, and only if, it has vanishes-after in phases.toml"
