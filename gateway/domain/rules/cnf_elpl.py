"""Checks on the claim notification form of employers' and public liability, beyond its schema.

Claim types: EL accident at work, ELD disease from work, PL public liability.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.domain.rules.cnf_common import ACCIDENT_DATE, CLAIM, CLAIMANT, not_after, not_before_accident, past
from gateway.domain.rules.cnf_common import injury_ticked as one_injury_ticked
from gateway.domain.rules.read import day, finding
from gateway.errors import Finding
from gateway.xml.node import Node

_CLAIM_TYPE = f"{CLAIM}/@ClaimType"
_NOTIFIED = f"{CLAIM}/@NotificationDate"


def accident_date(cnf: Node, today: date) -> Iterator[Finding]:
    """V13: a claim for an accident (EL, PL) says when it happened. I"""
    kind = cnf.get(_CLAIM_TYPE)
    if kind in ("EL", "PL") and cnf.get(ACCIDENT_DATE) is None:
        yield finding(cnf, ACCIDENT_DATE, "MissingAccidentDate", f"must be given when ClaimType is {kind}; only a disease (ELD) has none")


def periods(cnf: Node, today: date) -> Iterator[Finding]:
    """V13: a disease (ELD) has a period of exposure instead of a date, and a claim against an employer (EL, ELD) one of employment. I"""
    kind = cnf.get(_CLAIM_TYPE)
    for name, kinds in (("ExposurePeriod", ("ELD",)), ("EmploymentPeriod", ("EL", "ELD"))):
        if kind in kinds and cnf.get(f"{CLAIMANT}/@{name}") is None:
            yield finding(cnf, f"{CLAIMANT}/@{name}", "MustBeProvided", f"must be given when ClaimType is {kind}")


def notification(cnf: Node, today: date) -> Iterator[Finding]:
    """V14: the day of notification, from which the compensator's time runs, is not in the future (U) nor before the accident (I)."""
    yield from not_after(cnf, _NOTIFIED, today)
    if (day(cnf, _NOTIFIED) or date.max) <= today:
        yield from not_before_accident(cnf, _NOTIFIED, past(cnf, ACCIDENT_DATE, today))


def injury_ticked(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 AtLeastOne: one box at least says what kind of injury it is. I"""
    yield from one_injury_ticked(cnf, ("Respiratory", "Deafness", "VibrationInjury", "Dermatitis", "Other"))
