"""A claim of the soak as its two programs know it, and the documents they send about it."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random

from bench.soak_lives import ATTACHING_SHARE, ELPL_SHARE, FILE_BYTES, KB, Life, Step, document, lives_of
from bench.soak_wire import Party

_FORMS = {"rta": ("adult-driver", "passenger", "cyclist"), "elpl": ("el-adult",)}
_FILES = (3, 5)


@dataclass(slots=True)
class Claim:
    """`step`: how many of its steps are done. `days`: for each of them, between which dates of the process clock; `due`: the same of its limit.

    `changed`: the date of its last change. `broken`: a call about it went wrong, and what it is like now is not known.
    """

    life: Life
    process: str
    representative: Party
    compensator: Party
    files: int = 0
    number: int = 0
    guid: str = ""
    phase: str = ""
    step: int = 0
    changes: int = 0
    changed: date = date.min
    days: dict[str, tuple[date, date]] = field(default_factory=dict)
    due: tuple[date, date] = (date.max, date.max)
    looked: bool = False
    broken: bool = False

    @property
    def steps(self) -> tuple[tuple[str, Step], ...]:
        """All of its steps after addClaim."""
        return self.life.steps(self.process)

    @property
    def id(self) -> str:
        """Its applicationId."""
        return f"{self.number:016d}"

    @property
    def waits(self) -> bool:
        """Whether it is left to its limit, which has not been seen to have run out."""
        return self.life.limit is not None and self.step == len(self.steps) and bool(self.number) and not self.looked and not self.broken

    def party(self, side: str) -> Party:
        """Whose program acts for that side."""
        return self.representative if side == "claimant-representative" else self.compensator


class Chooser:
    """Which life the next claim has, and between whom; by chance, and the same for the same seed."""

    def __init__(self, parties: list[Party], chance: Random) -> None:
        self._chance = chance
        self._representatives = [one for one in parties if not one.organisation.startswith("COMP")]
        self._compensators = [one for one in parties if one.organisation.startswith("COMP")]
        # some compensators are much larger than others
        self._sizes = [1 / (rank**0.5) for rank in range(1, len(self._compensators) + 1)]

    def next(self) -> Claim:
        """A claim that is not sent yet."""
        chance = self._chance
        process = "elpl" if chance.random() < ELPL_SHARE else "rta"
        lives = lives_of(process)
        (life,) = chance.choices(lives, [one.of_a_hundred for one in lives])
        (compensator,) = chance.choices(self._compensators, self._sizes)
        files = chance.randint(*_FILES) if chance.random() < ATTACHING_SHARE else 0
        return Claim(life, process, chance.choice(self._representatives), compensator, files)


def form(claim: Claim, number: int, today: date) -> str:
    """The CNF of the claim that is sent as that number: of the fixtures, to its compensator, with a reference of its own, in EL/PL notified today."""
    names = _FORMS[claim.process]
    text = document(claim.process, "addClaim", names[number % len(names)])
    id = claim.compensator.organisation
    text = re.sub(r'InsurerOrganizationID="[^"]*"', f'InsurerOrganizationID="{id}"', text)
    text = re.sub(r'InsurerOrganizationPath="[^"]*"', f'InsurerOrganizationPath="/{id}"', text)
    text = re.sub(r'NotificationDate="[^"]*"', f'NotificationDate="{today}"', text)
    return re.sub(r'(?<=\s)ReferenceNumber="[^"]*"', f'ReferenceNumber="SK/{number:07d}"', text, count=1)


@cache
def attachment(kilobytes: int) -> str:
    """A PDF of that size, in base64. What is in it cannot be compressed, as in a scan."""
    filler = os.urandom(max(kilobytes * KB - 64, 0))
    return base64.b64encode(b"%PDF-1.7\n" + filler + b"\n%%EOF\n").decode()


def file_size(chance: Random) -> int:
    """Of an attachment, in kilobytes."""
    return chance.choice(FILE_BYTES) // KB
