"""The stage 2 settlement pack: confirmed, repudiated, agreed after offers to and fro, not agreed (T60-T89), in both processes.

A pack sent on Monday 23 November 2026 has 15 business days for the first answer, to 14 December. From the first counter offer on it has 35 in
all, to Thursday 14 January, so that the 15th is the day on which it is too late. An offer made in the last five business days (from Friday
8 January on) brings five more, to Thursday 21 January; the other side then says yes or no.
"""

import pytest
from life import CHILD_AT_AGREEMENT, CHILD_AT_REQUEST, SETTLEMENT, Life
from story import ENDED_ON
from world import COMP1, COMP2, CR1, Party, World

OFFERED = "Stage2SettlementPackCounterOfferDecision"
NOT_AGREED = {"rta": "StartOfStage2SettlementPackAdditionalDamages", "elpl": "CourtProceedingsPackForm"}
both_processes = pytest.mark.parametrize("process", ["rta", "elpl"])

pytestmark = both_processes


@pytest.fixture
def claim(world: World, process: str) -> Life:
    """It waits for the settlement pack."""
    return Life(world, process, "token", "userauth").to_stage2()


def _agrees(claim: Life, row: str, actor: Party, to: str, *, agreed: bool, flag: str | None = None) -> Life:
    return claim.goes(row, actor, "setStage2SPFAgreementDecision", to, isAgreed=agreed, shows={CHILD_AT_AGREEMENT: flag})


def test_confirmed(claim: Life) -> None:
    asked = {CHILD_AT_REQUEST: "0", SETTLEMENT: "2026-12-15"}
    claim.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-15", shows=asked)
    agreed = {CHILD_AT_AGREEMENT: "0"}
    claim.sends("T61", COMP1, "addStage2SPFResponse", "confirm-to-plain.xml", "Stage2SettlementPackConfirmation", shows=agreed)
    claim.refuses(COMP1, "acknowledgeStage2SPFConfirmation", "is for the claimant representative")
    claim.goes("T67", CR1, "acknowledgeStage2SPFConfirmation", "Stage2SettlementPackConfirmationEnd", shows={ENDED_ON: "2026-11-23"})
    claim.refuses(CR1, "acknowledgeStage2SPFConfirmation", "Stage2SettlementPackConfirmationEnd", "nothing can be done there")


def test_repudiated(claim: Life) -> None:
    claim.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-15")
    claim.sends("T63", COMP1, "addStage2SPFResponse", "repudiation-to-plain.xml", "Stage2SettlementPackRepudiation", shows={CHILD_AT_AGREEMENT: None})
    claim.goes("T70", CR1, "acknowledgeStage2SPFRepudiation", "Stage2SettlementPackRepudiationEnd", shows={ENDED_ON: "2026-11-23"})


def test_the_compensator_accepts_the_counter_offer(claim: Life) -> None:
    """It decided, so the claimant representative acknowledges."""
    claim.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-15")
    later = {SETTLEMENT: "2027-01-15"}
    claim.sends("T62", COMP1, "addStage2SPFResponse", "counter-offer-to-plain.xml", OFFERED, limit="2027-01-15", shows=later)
    claim.goes("T71", CR1, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackCounterOffer", isStage2SPFCounterOfferNeeded=True)
    claim.sends("T74", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", "Stage2SettlementPackCounterOfferByCM")
    agreed = {CHILD_AT_AGREEMENT: "0"}
    claim.sends("T76", COMP1, "addStage2SPFCounterOfferByCM", "acceptance-to-plain.xml", "Stage2SettlementPackAgreed", shows=agreed)
    claim.refuses(COMP1, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreed (", "the turn of the claimant representative")
    claim.goes("T85", CR1, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd", shows={ENDED_ON: "2026-11-23"})


def test_the_claimant_accepts_the_second_offer(claim: Life) -> None:
    """The claimant decided, so the compensator acknowledges."""
    claim.walks("T60", "T62", "T71", "T74")
    claim.sends("T77", COMP1, "addStage2SPFCounterOfferByCM", "new-offer-to-plain.xml", OFFERED)
    claim.goes("T73", CR1, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackAgreementDecision", isStage2SPFCounterOfferNeeded=False)
    claim.refuses(COMP1, "setStage2SPFAgreementDecision", "the turn of the claimant representative", isAgreed=True)
    _agrees(claim, "T80", CR1, "Stage2SettlementPackAgreed", agreed=True, flag="0")
    claim.refuses(CR1, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreed (", "the turn of the compensator")
    claim.goes("T85", COMP1, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd")


def test_the_claimant_refuses_the_offer(process: str, claim: Life) -> None:
    """T81, T82: nobody has to acknowledge it."""
    claim.walks("T60", "T62", "T73")
    _agrees(claim, {"rta": "T81", "elpl": "T82"}[process], CR1, NOT_AGREED[process], agreed=False)


def test_offers_go_to_and_fro_as_often_as_they_like(claim: Life) -> None:
    claim.walks("T60", "T62")
    for _ in range(3):
        claim.walks("T71", "T74", "T77")
    claim.walks("T71", "T74")
    claim.sends("T76", COMP1, "addStage2SPFCounterOfferByCM", "acceptance-to-plain.xml", "Stage2SettlementPackAgreed")


def _in_the_last_days(world: World, claim: Life) -> Life:
    """The claimant is to make an offer and waits until Friday 8 January, 00:00."""
    claim.walks("T60", "T62", "T71")
    world.set_clock("2027-01-08T00:00:00")
    return claim


@pytest.mark.parametrize("way", ["setStage2SPFAgreementDecision", "addStage2SPFCounterOfferByCM"])
def test_an_offer_in_the_last_days_is_accepted(world: World, claim: Life, way: str) -> None:
    """T75, T83: five more days for the compensator to say yes, by either call; what it accepted the claimant representative acknowledges."""
    _in_the_last_days(world, claim)
    to, later = "Stage2SettlementPackAgreementDecision", {SETTLEMENT: "2027-01-22"}
    claim.sends("T75", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", to, limit="2027-01-22", shows=later)
    claim.refuses(CR1, "setStage2SPFAgreementDecision", "the turn of the compensator", isAgreed=True)
    if way == "setStage2SPFAgreementDecision":
        _agrees(claim, "T83", COMP1, "Stage2SettlementPackAgreed", agreed=True, flag="0")
    else:
        claim.sends("T83", COMP1, way, "acceptance-to-plain.xml", "Stage2SettlementPackAgreed")
    claim.refuses(COMP1, "acknowledgeStage2SPFAgreed", "the turn of the claimant representative")
    claim.goes("T85", CR1, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd")


@pytest.mark.parametrize("way", ["setStage2SPFAgreementDecision", "addStage2SPFCounterOfferByCM"])
def test_an_offer_in_the_last_days_is_refused(world: World, process: str, claim: Life, way: str) -> None:
    """T75, T84: a new offer of the compensator is read as no."""
    _in_the_last_days(world, claim)
    claim.sends("T75", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", "Stage2SettlementPackAgreementDecision", limit="2027-01-22")
    if way == "setStage2SPFAgreementDecision":
        _agrees(claim, "T84", COMP1, "Stage2SettlementPackNotAgreed", agreed=False)
    else:
        claim.sends("T84", COMP1, way, "new-offer-to-plain.xml", "Stage2SettlementPackNotAgreed")
    claim.refuses(COMP1, "acknowledgeStage2SPFNotAgreed", "is for the claimant representative")
    claim.goes({"rta": "T88", "elpl": "T89"}[process], CR1, "acknowledgeStage2SPFNotAgreed", NOT_AGREED[process])


def _new_offer_in_the_last_days(world: World, claim: Life) -> Life:
    claim.walks("T60", "T62", "T71")
    world.set_clock("2027-01-07T23:59:59")
    claim.sends("T74", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", "Stage2SettlementPackCounterOfferByCM")
    world.set_clock("2027-01-08T00:00:00")
    name, later = "new-offer-to-plain.xml", {SETTLEMENT: "2027-01-22"}
    return claim.sends("T78", COMP1, "addStage2SPFCounterOfferByCM", name, OFFERED, limit="2027-01-22", shows=later)


def test_a_second_offer_in_the_last_days(world: World, claim: Life) -> None:
    """T78, T72: no more offers from the claimant, only yes or no."""
    _new_offer_in_the_last_days(world, claim)
    claim.refuses(CR1, "setStage2SPFCounterOfferNeeded", "No more offers", isStage2SPFCounterOfferNeeded=True)
    claim.goes("T73", CR1, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackAgreementDecision", isStage2SPFCounterOfferNeeded=False)
    claim.refuses(COMP1, "setStage2SPFAgreementDecision", "the turn of the claimant representative", isAgreed=True)
    _agrees(claim, "T80", CR1, "Stage2SettlementPackAgreed", agreed=True, flag="0")
    claim.goes("T85", COMP1, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd")


def test_a_second_offer_in_the_last_days_refused(world: World, process: str, claim: Life) -> None:
    _new_offer_in_the_last_days(world, claim).walks("T73")
    _agrees(claim, {"rta": "T81", "elpl": "T82"}[process], CR1, NOT_AGREED[process], agreed=False)


def test_the_compensator_may_not_answer_yes_or_no_by_a_new_offer_out_of_turn(claim: Life) -> None:
    """In the agreement decision of the claimant its call has no place."""
    claim.walks("T60", "T62", "T73")
    offer = claim.document("addStage2SPFCounterOfferByCM", "new-offer-to-plain.xml")
    claim.refuses(COMP1, "addStage2SPFCounterOfferByCM", "Stage2SettlementPackAgreementDecision", S2SPFCounterOfferByCMXML=offer)


CONFIRMED = {"rta": ("T68", "StartOfStage2SettlementPackAdditionalDamages"), "elpl": ("T69", "CourtProceedingsPackForm")}
AGREED = {"rta": ("T86", "StartOfStage2SettlementPackAdditionalDamages"), "elpl": ("T87", "CourtProceedingsPackForm")}


def _childs(world: World, process: str) -> Life:
    return Life(world, process, "userauth", "token").childs_to_stage2()


def test_a_childs_pack_is_confirmed(world: World, process: str) -> None:
    claim = _childs(world, process)
    asked, agreed = {CHILD_AT_REQUEST: "1"}, {CHILD_AT_AGREEMENT: "1"}
    claim.sends("T60", CR1, "addStage2SPFRequest", "minimal.xml", "Stage2SettlementPackDecision", limit="2026-12-15", shows=asked)
    claim.sends("T61", COMP2, "addStage2SPFResponse", "confirm-to-minimal.xml", "Stage2SettlementPackConfirmation", shows=agreed)
    row, to = CONFIRMED[process]
    claim.goes(row, CR1, "acknowledgeStage2SPFConfirmation", to)


@pytest.mark.parametrize("who", ["claimant representative", "compensator"])
def test_a_childs_pack_is_agreed(world: World, process: str, who: str) -> None:
    """T86, T87: whoever acknowledges, an agreement for a child goes on to the court."""
    claim = _childs(world, process).walks("T60", "T62")
    row, to = AGREED[process]
    if who == "compensator":
        claim.walks("T71", "T74")
        agreed = {CHILD_AT_AGREEMENT: "1"}
        claim.sends("T76", COMP2, "addStage2SPFCounterOfferByCM", "acceptance-to-plain.xml", "Stage2SettlementPackAgreed", shows=agreed)
        claim.goes(row, CR1, "acknowledgeStage2SPFAgreed", to)
    else:
        claim.walks("T73")
        _agrees(claim, "T80", CR1, "Stage2SettlementPackAgreed", agreed=True, flag="1")
        claim.goes(row, COMP2, "acknowledgeStage2SPFAgreed", to)


@pytest.mark.parametrize(("decided", "child"), [("2026-12-09", "1"), ("2026-12-10", "0")])
def test_a_child_comes_of_age_between_pack_and_agreement(world: World, process: str, decided: str, child: str) -> None:
    """Born on 10 December 2008. What counts is the day of the agreement, not that of its acknowledgement."""
    claim = Life(world, process, "token", "userauth")
    document = claim.document
    births = {"rta": "2016-09-03", "elpl": "2009-06-17"}
    claim.document = lambda operation, name: document(operation, name).replace(births[process], "2008-12-10")
    claim.childs_to_stage2().walks("T60")
    world.set_clock(f"{decided}T23:59:59")
    shows = {CHILD_AT_REQUEST: "1", CHILD_AT_AGREEMENT: child}
    claim.sends("T61", COMP2, "addStage2SPFResponse", "confirm-to-plain.xml", "Stage2SettlementPackConfirmation", shows=shows)
    world.set_clock("2026-12-10T12:00:00")
    row, to = CONFIRMED[process] if child == "1" else ("T67", "Stage2SettlementPackConfirmationEnd")
    claim.goes(row, CR1, "acknowledgeStage2SPFConfirmation", to)
