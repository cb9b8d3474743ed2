"""Checks on the compensator's answer on liability, beyond its schema.

V5, the reference of the Compensation Recovery Unit, concerns the later packs: this document has no field for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.domain.rules.read import british, day, finding, flag
from gateway.errors import Finding
from gateway.xml.node import Node

_CAUSATION = "LiabilityCausation"
_ADMITS = f"{_CAUSATION}/DefendantAdmits"
_ADMISSIONS = ("AccidentOccurred", "CausedByDefendant", "CausedSomeLossToTheClaimant")
_REASONS = f"{_CAUSATION}/@UnadmittedLiabilityReasons"
_DEFENDANT_BIRTH = "DefendantDetails/PersonalDetails/@DefendantsDOB"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the rules must know of the day and of the claim that is answered; None where it is not known, which checks nothing."""

    today: date
    article75: bool | None = None
    compensator_type: str | None = None
    accident: date | None = None


def admissions(answer: Node, claim: Answered) -> Iterator[Finding]:
    """V11: A needs all three admissions (I), AN some (S), N the reasons for not admitting (I)."""
    decision = answer.get(f"{_CAUSATION}/@LiabilityDecision")
    if decision == "A":
        for name in _ADMISSIONS:
            if not flag(answer, f"{_ADMITS}/@{name}"):
                code = "MustBeProvided" if answer.get(f"{_ADMITS}/@{name}") is None else "WrongValue"
                yield finding(answer, f"{_ADMITS}/@{name}", code, "must be 1 when liability is admitted (LiabilityDecision A)")
    elif decision == "AN" and not any(flag(answer, f"{_ADMITS}/@{name}") for name in _ADMISSIONS):
        yield finding(answer, _ADMITS, "AtLeastOne", f"at least one must be 1 when LiabilityDecision is AN: {', '.join(_ADMISSIONS)}")
    elif decision == "N" and answer.get(_REASONS) is None:
        yield finding(answer, _REASONS, "MustBeProvided", "must be given when liability is denied (LiabilityDecision N)")


def capacity(answer: Node, claim: Answered) -> Iterator[Finding]:
    """V12 (road traffic): another capacity (4) is named; Article 75 insurer (2) only after applyArticle75 said so, MIB (3) only the MIB. I"""
    said = answer.get("@Capacity")
    if said == "4" and answer.get("@OtherCapacity") is None:
        yield finding(answer, "@OtherCapacity", "OtherMustBeProvided", "must be given when Capacity is 4 (Other)")
    if said == "2" and claim.article75 is False:
        yield finding(answer, "@Capacity", "WrongValue", "2 (Article 75 Insurer) is allowed only after applyArticle75 has said so")
    if said == "3" and claim.compensator_type not in (None, "M"):
        yield finding(answer, "@Capacity", "WrongValue", "3 (MIB) is allowed only to the MIB")


def defendant_birth(answer: Node, claim: Answered) -> Iterator[Finding]:
    """9.1 FutureDate, DateAfterOrOnAccidentDate: the defendant was born before the accident. S (release 1)"""
    birth = day(answer, _DEFENDANT_BIRTH)
    if birth is None:
        return
    if birth > claim.today:
        yield finding(answer, _DEFENDANT_BIRTH, "FutureDate", f"must not be after {british(claim.today)}")
    elif claim.accident is not None and birth >= claim.accident:
        yield finding(answer, _DEFENDANT_BIRTH, "DateAfterOrOnAccidentDate", f"must lie before the accident on {british(claim.accident)}")
