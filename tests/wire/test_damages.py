"""Additional damages, which only the RTA process knows (T100-T114). Everything happens on Monday 23 November 2026 unless it says otherwise.

A request sent that day has 15 business days, to 14 December.
"""

import pytest
from life import CHILD_AT_AGREEMENT, CHILD_AT_DAMAGES, CHILD_AT_REQUEST, DAMAGES, Life
from story import CHILD, ENDED_ON
from world import COMP1, COMP2, CR1, Party, World

ANSWERED = "Stage2AdditionalDamagesAgreementDecision"
ALL_AGREED = "Stage2SettlementPackAllDamagesAgreed"


@pytest.fixture
def claim(world: World) -> Life:
    """The parties did not agree on an adult's pack; the claimant representative may add to it."""
    return Life(world, "rta", "token", "userauth").to_stage2().walks("T60", "T62", "T73", "T81")


@pytest.fixture
def childs(world: World) -> Life:
    """They agreed on a child's."""
    return Life(world, "rta", "userauth", "token").childs_to_stage2().walks("T60", "T61", "T68")


def _asks(claim: Life) -> Life:
    claim.goes("T100", CR1, "setAdditionalDamagesExistence", "Stage2AdditionalDamagesForm", additionalDamagesExist=True)
    name, to = "plain.xml", "Stage2AdditionalDamagesDecision"
    return claim.sends("T102", CR1, "addS2SPFAdditionalDamagesRequest", name, to, limit="2026-12-15", shows={DAMAGES: "2026-12-15"})


def _agrees_to_all(claim: Life, by: Party, child: str) -> Life:
    name = "agreed-to-plain.xml"
    return claim.sends("T103", by, "addS2SPFAdditionalDamagesResponse", name, ALL_AGREED, shows={CHILD_AT_DAMAGES: child})


def _counters(claim: Life, by: Party) -> Life:
    return claim.sends("T104", by, "addS2SPFAdditionalDamagesResponse", "counter-offer-to-plain.xml", ANSWERED, shows={CHILD_AT_DAMAGES: None})


def test_all_damages_are_agreed(claim: Life) -> None:
    _agrees_to_all(_asks(claim), COMP1, child="0")
    claim.refuses(COMP1, "acknowledgeAllDamagesAgreed", "is for the claimant representative")
    claim.goes("T108", CR1, "acknowledgeAllDamagesAgreed", f"{ALL_AGREED}End", shows={ENDED_ON: "2026-11-23"})


def test_all_damages_are_agreed_for_a_child(childs: Life) -> None:
    """To the court, for its approval; getClaim has kept all four ages."""
    _agrees_to_all(_asks(childs), COMP2, child="1")
    ages = dict.fromkeys((CHILD, CHILD_AT_REQUEST, CHILD_AT_AGREEMENT, CHILD_AT_DAMAGES), "1")
    childs.goes("T109", CR1, "acknowledgeAllDamagesAgreed", "CourtProceedingsPackForm", shows=ages)


def test_the_counter_offer_is_accepted(claim: Life) -> None:
    """The claimant decided, so the compensator acknowledges."""
    _counters(_asks(claim), COMP1)
    claim.refuses(COMP1, "setS2SPFAdditionalDamagesDecision", "is for the claimant representative", isAgreed=True)
    to, agreed = "Stage2AdditionalDamagesAgreement", {CHILD_AT_DAMAGES: "0"}
    claim.goes("T110", CR1, "setS2SPFAdditionalDamagesDecision", to, isAgreed=True, shows=agreed)
    claim.refuses(CR1, "acknowledgeAdditionalDamagesAgreement", f"{to} (", "the turn of the compensator")
    claim.goes("T112", COMP1, "acknowledgeAdditionalDamagesAgreement", f"{to}End", shows={ENDED_ON: "2026-11-23"})


def test_the_counter_offer_is_accepted_for_a_child(childs: Life) -> None:
    _counters(_asks(childs), COMP2)
    to, agreed = "Stage2AdditionalDamagesAgreement", {CHILD_AT_DAMAGES: "1"}
    childs.goes("T110", CR1, "setS2SPFAdditionalDamagesDecision", to, isAgreed=True, shows=agreed)
    childs.goes("T113", COMP2, "acknowledgeAdditionalDamagesAgreement", "CourtProceedingsPackForm")


def test_the_counter_offer_is_refused(claim: Life) -> None:
    _counters(_asks(claim), COMP1)
    claim.goes("T111", CR1, "setS2SPFAdditionalDamagesDecision", "CourtProceedingsPackForm", isAgreed=False, shows={CHILD_AT_DAMAGES: None})


def test_there_are_none(claim: Life) -> None:
    claim.goes("T101", CR1, "setAdditionalDamagesExistence", "CourtProceedingsPackForm", additionalDamagesExist=False)


@pytest.mark.parametrize(
    ("row", "operation"), [("T107", "acknowledgeAdditionalDamagesDecisionTimeout"), ("T114", "acknowledgeAdditionalDamagesAgreement")]
)
def test_the_compensator_is_silent(claim: Life, row: str, operation: str) -> None:
    """Known programs acknowledge it by either call, and both end the claim."""
    _asks(claim).expires("2026-12-15T00:00:00")
    claim.refuses(COMP1, operation, "the turn of the claimant representative" if row == "T114" else "is for the claimant representative")
    to = "Stage2AdditionalDamagesDecisionTimeoutEnd"
    claim.goes(row, CR1, operation, to, shows={ENDED_ON: "2026-12-15"})


def test_a_decision_must_be_given(claim: Life) -> None:
    """These two flags alone may be left out by the WSDL; what is left out is not taken for no."""
    claim.refuses(CR1, "setAdditionalDamagesExistence", "additionalDamagesExist must be given")
    _counters(_asks(claim), COMP1)
    claim.refuses(CR1, "setS2SPFAdditionalDamagesDecision", "isAgreed must be given")


@pytest.mark.parametrize(("decided", "child"), [("2026-12-09", "1"), ("2026-12-10", "0")])
@pytest.mark.parametrize("agrees_at_once", [True, False])
def test_a_child_comes_of_age_during_the_negotiation(world: World, decided: str, child: str, *, agrees_at_once: bool) -> None:
    """Born on 10 December 2008: a child in the settlement, of age perhaps when damages are agreed. The flags are kept apart."""
    claim = Life(world, "rta", "token", "userauth")
    document = claim.document
    claim.document = lambda operation, name: document(operation, name).replace("2016-09-03", "2008-12-10")
    claim.childs_to_stage2().walks("T60", "T61", "T68", "T100", "T102")
    claim.shows.update({CHILD_AT_AGREEMENT: "1"})
    world.set_clock(f"{decided}T10:00:00")
    if agrees_at_once:
        _agrees_to_all(claim, COMP2, child=child)
        row, to = {"1": ("T109", "CourtProceedingsPackForm"), "0": ("T108", f"{ALL_AGREED}End")}[child]
        claim.goes(row, CR1, "acknowledgeAllDamagesAgreed", to)
        return
    _counters(claim, COMP2)
    claim.goes("T110", CR1, "setS2SPFAdditionalDamagesDecision", "Stage2AdditionalDamagesAgreement", isAgreed=True, shows={CHILD_AT_DAMAGES: child})
    world.set_clock("2026-12-11T10:00:00")
    row, to = {"1": ("T113", "CourtProceedingsPackForm"), "0": ("T112", "Stage2AdditionalDamagesAgreementEnd")}[child]
    claim.goes(row, COMP2, "acknowledgeAdditionalDamagesAgreement", to)


def test_elpl_knows_none_of_it(world: World) -> None:
    """Not agreed there leads straight to the court."""
    claim = Life(world, "elpl").to_stage2().walks("T60", "T62", "T73", "T82")
    assert claim.phase == "CourtProceedingsPackForm"
    for generation in ("token", "userauth"):
        operations = world.client(CR1, f"elpl-{generation}").contract.operations
        assert not [name for name in operations if "AdditionalDamages" in name or "AllDamages" in name]
