"""Reads the profiles (tables/profiles.toml) as strictly as the rest of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gateway.contract.load import TABLES, BadTable, rows
from gateway.contract.model import PROCESSES, RIGHTS, SIDES

SIGHTS = ("all", "shared", "branch", "received", "received-in-branch", "nothing")
OTHERS = ("administer", "delete", "archive")
BOTH = "both"


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile. `names` by process, or by "both"; `other` is what it is for outside this interface."""

    key: str
    side: str
    names: Mapping[str, str]
    sees: str
    rights: tuple[str, ...]
    other: str | None
    basis: str

    def serves(self, held: Iterable[str], process: str) -> bool:
        """Whether one of the names that a user holds is this profile for that process."""
        return any(name in (self.names.get(process), self.names.get(BOTH)) for name in held)


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles of this gateway."""
    return load(TABLES / "profiles.toml")


def names_of(side: str) -> tuple[str, ...]:
    """Every name a user of that side may hold."""
    return tuple(name for one in profiles().values() if one.side == side for name in one.names.values())


def holds(held: Iterable[str], other: str) -> bool:
    """Whether one of the names is a profile with that purpose outside the interface (administer, delete, archive)."""
    given = set(held)
    return any(one.other == other and not given.isdisjoint(one.names.values()) for one in profiles().values())


def administrator(side: str) -> str:
    """The name of the profile with which a user of that side administers the organisation."""
    return next(name for one in profiles().values() if one.side == side and one.other == "administer" for name in one.names.values())


def load(path: Path) -> Mapping[str, Profile]:
    """Read and check a table of profiles. Raises BadTable."""
    found: dict[str, Profile] = {}
    told: set[str] = set()
    for key, row in rows(path):
        one = Profile(
            key=key,
            side=row.take("side", str),
            names=row.take("names", dict),
            sees=row.take("sees", str),
            rights=tuple(row.take("rights", list)),
            other=row.take("other", str, None),
            basis=row.take("basis", str),
        )
        row.done()
        for problem in _problems(one):
            raise BadTable(f"{row.where}: {problem}")
        for name in one.names.values():
            if name in told:
                raise BadTable(f"{row.where}: {name} is told twice")
            told.add(name)
        found[key] = one
    return found


def _problems(one: Profile) -> Iterable[str]:
    if one.side not in SIDES:
        yield f"side is {one.side!r}; allowed: {', '.join(SIDES)}"
    if not one.names or not set(one.names) <= {*PROCESSES, BOTH}:
        yield f"names must be for some of {', '.join((*PROCESSES, BOTH))}"
    if one.sees not in SIGHTS:
        yield f"sees is {one.sees!r}; allowed: {', '.join(SIGHTS)}"
    if not set(one.rights) <= set(RIGHTS):
        yield f"rights must be some of {', '.join(RIGHTS)}"
    if one.other not in (None, *OTHERS):
        yield f"other is {one.other!r}; allowed: {', '.join(OTHERS)}"
    if one.sees == "nothing" and set(one.rights) - {"look-up"}:
        yield "who sees nothing can have no right but look-up"
