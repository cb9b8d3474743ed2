"""What a user may do and which claims the user sees, by profiles (portal notes 2.2-2.6, 2.9). The table is tables/profiles.toml; here is what it means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gateway.contract.load import contract
from gateway.contract.profiles import profiles


@dataclass(frozen=True, slots=True)
class Permissions:
    """The union of a user's profiles for the claims of one process. `rights` as in RIGHTS, `sight` as the words of profiles.toml."""

    rights: frozenset[str]
    sight: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim is on one side: its branch (None: that side has none), whom it is allocated to, and its phase."""

    branch: str | None
    allocated: str | None
    phase: str


@cache
def permissions(names: tuple[str, ...], side: str, process: str) -> Permissions:
    """What these profiles give together on that side for claims of that process. A name nobody knows gives nothing."""
    found = [one for one in profiles().values() if one.side == side and one.serves(names, process)]
    sight = {one.sees for one in found} - {"nothing"}
    return Permissions(frozenset(right for one in found for right in one.rights), frozenset(sight))


def sees(sight: frozenset[str], user: str, branch: str, place: Place) -> bool:
    """Whether a user in that branch sees a claim of the organisation."""
    if "all" in sight:
        return True
    mine = place.allocated in (None, user)
    here = place.branch == branch
    received = place.phase in contract().received
    return (
        ("shared" in sight and mine)
        or ("branch" in sight and mine and here)
        or ("received" in sight and received)
        or ("received-in-branch" in sight and received and here)
    )
