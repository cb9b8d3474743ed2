"""Checks on the claim notification form of a road traffic accident, beyond its schema.

The schemas of the releases hold V3 (an askCUE PI reference and its form from release 5), V7 (no funding section from release 6) and V8 (the
form of an OIC reference from release 7). V10, the scope of the whiplash tariff, is unknown and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.domain.rules.cnf_common import ACCIDENT, ACCIDENT_DATE, not_before_accident, other_text, past
from gateway.domain.rules.cnf_common import injury_ticked as one_injury_ticked
from gateway.domain.rules.read import finding, flag
from gateway.errors import Finding
from gateway.xml.node import Node

_REFERRAL = "ClaimAndClaimantDetails/ClaimantRepresentative/ReferralSourceInfo"
_REPAIRS = "RepairsAndAlternativeVehicleProvision/Repairs"
_PROVIDER = "RepairsAndAlternativeVehicleProvision/AlternativeVehicleProvision/Provider"


def claims_company(cnf: Node, today: date) -> Iterator[Finding]:
    """V6: a claim from a regulated claims management company (ReferralSource R) names it with its number. S; I that R means it."""
    if cnf.get(f"{_REFERRAL}/@ReferralSource") != "R":
        return
    for name in ("CMCName", "MOJCMCAuthorisationNumber"):
        if cnf.get(f"{_REFERRAL}/@{name}") is None:
            yield finding(cnf, f"{_REFERRAL}/@{name}", "MustBeProvided", "must be given for a regulated claims company (ReferralSource R)")


def injury_ticked(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 AtLeastOne: one box at least says what kind of injury it is. I"""
    yield from one_injury_ticked(cnf, ("SoftTissue", "BoneInjury", "Whiplash", "Other"))


def other_texts(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 OtherMustBeProvided: wherever "other" is chosen, a text says what. I"""
    if cnf.get(f"{ACCIDENT}/@ClaimantType") == "6":
        yield from other_text(cnf, f"{ACCIDENT}/@OtherType", "ClaimantType is 6 (Other)")
    if cnf.get(f"{_REPAIRS}/@DetailsOfTheInsurance") == "3":
        yield from other_text(cnf, f"{_REPAIRS}/@OtherDetails", "DetailsOfTheInsurance is 3 (Other)")
    for conditions in ("WeatherConditions", "RoadConditions"):
        if flag(cnf, f"{ACCIDENT}/{conditions}/@Other"):
            yield from other_text(cnf, f"{ACCIDENT}/{conditions}/@OtherDetails", "Other is 1")
    for party in cnf.all("OtherPartyDetails/OtherParty"):
        if party.get("@OPType") == "O":
            yield from other_text(party, "@OPOther", "OPType is O (Other)")


def hire_after_accident(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 DateBeforeAccidentDate: a replacement vehicle was not hired before the accident. I"""
    yield from not_before_accident(cnf, f"{_PROVIDER}/@StartDate", past(cnf, ACCIDENT_DATE, today))
