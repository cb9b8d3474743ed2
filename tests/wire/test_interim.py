"""Stage 2.1: interim payments (T30-T50), in both processes. Calls alternate between the two generations.

Everything is admitted on Monday 23 November 2026. A pack sent that day has 10 business days for £1,000, to 7 December, and 15 above, to
14 December; extended it has 30, to Thursday 7 January (Christmas Day, 28 December and New Year's Day do not count).
"""

import pytest
from life import CHILDREN, HIGH, LOW, Life
from story import ENDED_ON, RUNNING
from world import COMP1, COMP2, CR1, World

PACK = "InterimSettlementPackList/InterimSettlementPack"
EXTENDED = "ApplicationData/ClaimDetails/@InterimPaymentTimeoutExtended"
REJECTION = "ApplicationData/InterimPackRejected/@InterimPackRejectionComment"

pytestmark = pytest.mark.parametrize("process", ["rta", "elpl"])


@pytest.fixture
def claim(world: World, process: str) -> Life:
    """Admitted, in StartOfStage21."""
    return Life(world, process, "token", "userauth").to_stage21()


def _asks(claim: Life, name: str, limit: str, **shows: str) -> Life:
    claim.goes("T30", CR1, "setInterimPaymentNeeded", "InterimSettlementPackForm", isInterimPaymentNeeded=True)
    return claim.sends("T33", CR1, "addInterimSPFRequest", name, "InterimPaymentDecision", limit=limit, shows=shows)


def test_two_packs_one_paid_in_full_and_one_in_part(world: World, claim: Life) -> None:
    """£1,000 has the low limit, £2,400 the high one; getClaim shows the dates of both kinds, and that of the pack which runs."""
    _asks(claim, "exactly-1000.xml", "2026-12-08", **{LOW: "2026-12-08", HIGH: "2026-12-15"})
    claim.sends("T34", COMP1, "addInterimSPFResponse", "full-to-exactly-1000.xml", "WaitingForInterimPayment")
    claim.goes("T47", CR1, "setStage21Payment", "StartOfStage21", isStage21Paid=True)
    world.set_clock("2026-12-01T16:00:00")
    _asks(claim, "plain.xml", "2026-12-23", **{LOW: "2026-12-16", HIGH: "2026-12-23"})
    claim.sends("T35", COMP1, "addInterimSPFResponse", "partial-to-plain.xml", "AcceptanceOfPartialInterimPayment")
    claim.goes("T43", CR1, "acceptPartialInterimPayment", "PartialPaymentDecision", isPartialInterimPaymentAccepted=True)
    claim.goes("T45", COMP1, "acknowledgePartialPaymentDecision", "WaitingForInterimPayment")
    claim.goes("T47", CR1, "setStage21Payment", "StartOfStage21", isStage21Paid=True)
    claim.goes("T32", CR1, "setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False)
    for party in (CR1, COMP1):
        packs = claim.seen_by(party).findall(PACK)
        assert [pack.xpath("string(.//@InterimPaymentNumber)") for pack in packs] == ["1", "2"]
        assert [pack.xpath("string(.//@PaymentDecision)") for pack in packs] == ["", "AC"]


def test_a_pack_is_rejected_and_the_claimant_thinks_again(claim: Life) -> None:
    """T36, T37; and T42: whoever has opened a form and sent nothing yet may go back."""
    _asks(claim, "plain.xml", "2026-12-15")
    words = "The losses claimed are not supported by any document."
    claim.goes(
        "T36", COMP1, "rejectInterimSettlementPack", "InterimSettlementPackRejected", rejectionComment=f"  {words}\n", shows={REJECTION: words}
    )
    claim.goes("T37", CR1, "acknowledgeRejectedInterimSettlementPack", "StartOfStage21")
    claim.goes("T30", CR1, "setInterimPaymentNeeded", "InterimSettlementPackForm", isInterimPaymentNeeded=True)
    claim.goes("T42", CR1, "returnToStartOfStage21", "StartOfStage21")
    claim.goes("T32", CR1, "setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False)
    claim.goes("T42", CR1, "returnToStartOfStage21", "StartOfStage21")
    claim.shows.pop(REJECTION)  # whether it stays when the next pack comes is not known
    _asks(claim, "plain.xml", "2026-12-15")
    claim.refuses(CR1, "returnToStartOfStage21", "InterimPaymentDecision (Interim Payment decision)")


def test_silence_then_stage_2(claim: Life) -> None:
    """T39, T40: not paid, and the claim goes on without."""
    _asks(claim, "exactly-1000.xml", "2026-12-08")
    claim.expires("2026-12-08T00:00:00")
    name = "full-to-exactly-1000.xml"
    late = claim.document("addInterimSPFResponse", name)
    claim.refuses(COMP1, "addInterimSPFResponse", "InterimPaymentDecisionTimeout", "returnToStartOfStage21", ISPFResponseXML=late)
    claim.goes("T40", CR1, "acknowledgeInterimPaymentDecisionTimeout", "Stage2SettlementPackForm")


def test_silence_then_another_pack(claim: Life) -> None:
    """T39, T41: the claimant tries again, on Tuesday 15 December: 15 business days end on Friday 8 January."""
    _asks(claim, "plain.xml", "2026-12-15")
    claim.expires("2026-12-15T00:00:00")
    claim.goes("T41", CR1, "returnToStartOfStage21", "StartOfStage21")
    _asks(claim, "minimal.xml", "2027-01-09")
    claim.sends("T34", COMP1, "addInterimSPFResponse", "full-to-minimal.xml", "WaitingForInterimPayment")


def test_the_compensator_takes_more_time_once(world: World, claim: Life) -> None:
    """T38: to the 30th business day after the sending of the pack, whenever it says so."""
    _asks(claim, "plain.xml", "2026-12-15")
    world.set_clock("2026-12-14T23:59:59")
    later = {HIGH: "2027-01-08", EXTENDED: "1"}
    claim.goes("T38", COMP1, "extendInterimPaymentDecisionTimeout", "InterimPaymentDecision", limit="2027-01-08", shows=later)
    claim.refuses(COMP1, "extendInterimPaymentDecisionTimeout", "extended before", "once")
    claim.refuses(CR1, "extendInterimPaymentDecisionTimeout", "extendInterimPaymentDecisionTimeout is for the compensator")
    claim.expires("2027-01-08T00:00:00")
    claim.goes("T40", CR1, "acknowledgeInterimPaymentDecisionTimeout", "Stage2SettlementPackForm")


def test_the_low_limit_is_not_extended(claim: Life) -> None:
    _asks(claim, "exactly-1000.xml", "2026-12-08")
    claim.refuses(COMP1, "extendInterimPaymentDecisionTimeout", "£1,000", "cannot be extended")


def test_another_pack_may_be_extended_anew(claim: Life) -> None:
    """Once means once for each pack."""
    claim.walks("T30", "T33")
    later = {HIGH: "2027-01-08", EXTENDED: "1"}
    claim.goes("T38", COMP1, "extendInterimPaymentDecisionTimeout", "InterimPaymentDecision", limit="2027-01-08", shows=later)
    claim.walks("T36", "T37")
    _asks(claim, "plain.xml", "2026-12-15", **{HIGH: "2026-12-15", EXTENDED: "0"})
    claim.goes("T38", COMP1, "extendInterimPaymentDecisionTimeout", "InterimPaymentDecision", limit="2027-01-08", shows=later)


def test_a_part_is_not_enough(claim: Life) -> None:
    """T44, T46: the claim leaves."""
    claim.walks("T30", "T33", "T35")
    decided = {f"{PACK}/descendant::*/@PaymentDecision": "NAC"}
    claim.goes("T44", CR1, "acceptPartialInterimPayment", "PartialPaymentDecision", isPartialInterimPaymentAccepted=False, shows=decided)
    claim.refuses(CR1, "acknowledgePartialPaymentDecision", "acknowledgePartialPaymentDecision is for the compensator")
    claim.goes("T46", COMP1, "acknowledgePartialPaymentDecision", "PartialPaymentNotAcceptedEnd", shows={ENDED_ON: "2026-11-23"})


def test_the_payment_does_not_come(world: World, claim: Life) -> None:
    """T49, T50: only when the limit of the pack has passed may that be said."""
    claim.walks("T30", "T33", "T34")
    world.set_clock("2026-12-14T23:59:59")
    claim.refuses(CR1, "setStage21Payment", "isStage21Paid", "15 December 2026", isStage21Paid=False)
    world.set_clock("2026-12-15T00:00:00")
    claim.read_by_both_sides()  # no clock ends the waiting
    claim.goes("T50", CR1, "setStage21Payment", "InterimPaymentNotReceivedEnd", isStage21Paid=False, shows={ENDED_ON: "2026-12-15"})


def test_the_payment_comes_late(world: World, claim: Life) -> None:
    """Long after the limit it may still be confirmed."""
    claim.walks("T30", "T33", "T34")
    world.set_clock("2027-03-01T10:00:00")
    claim.goes("T47", CR1, "setStage21Payment", "StartOfStage21", isStage21Paid=True)


def test_the_payment_is_waited_for_as_long_as_the_decision_was(world: World, claim: Life) -> None:
    """An extended pack is paid within the extended limit."""
    claim.walks("T30", "T33")
    claim.goes("T38", COMP1, "extendInterimPaymentDecisionTimeout", "InterimPaymentDecision", limit="2027-01-08")
    claim.walks("T34")
    world.set_clock("2027-01-07T12:00:00")
    claim.refuses(CR1, "setStage21Payment", "8 January 2027", isStage21Paid=False)


def test_a_child_is_not_paid_in_the_interim(world: World, process: str) -> None:
    """T31: for children there is stage 2 only. What counts is the day on which the claim was sent, not today."""
    claim = Life(world, process, "token", "userauth").sent(CHILDREN[process], COMP2)
    claim.walks(*{"rta": ("T3", "T13"), "elpl": ("T2", "T5")}[process], "T16", "T25")
    for today in ("2026-11-23", "2040-01-02"):
        world.set_clock(f"{today}T10:00:00")
        claim.refuses(CR1, "setInterimPaymentNeeded", "under 18", isInterimPaymentNeeded=True)
    claim.goes("T32", CR1, "setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False)


@pytest.mark.parametrize("comment", [None, "", " \n "])
def test_a_rejection_is_explained(claim: Life, comment: str | None) -> None:
    claim.walks("T30", "T33")
    claim.refuses(COMP1, "rejectInterimSettlementPack", "rejectionComment must be given", rejectionComment=comment)


def test_an_explanation_is_kept_letter_by_letter(claim: Life) -> None:
    """However long it is: getClaim sets no limit to it."""
    claim.walks("T30", "T33")
    words = '£2,400 < what was paid & "settled":\n\t– Änderung €\n' + "x" * 5000
    claim.goes("T36", COMP1, "rejectInterimSettlementPack", "InterimSettlementPackRejected", rejectionComment=words, shows={REJECTION: words})


def test_the_date_that_runs_is_gone_once_the_pack_is_answered(claim: Life) -> None:
    """What was calculated stays."""
    claim.walks("T30", "T33", "T34")
    root = claim.seen_by(CR1)
    assert root.xpath(RUNNING) == []
    assert root.xpath(HIGH) == ["2026-12-15"]
