"""The court proceedings pack (T120-T123), in both processes, and the claim's last days in the portal.

Sent on Monday 23 November 2026 it has 5 business days, to Monday 30 November.
"""

import pytest
from life import COURT, Life
from story import ENDED_ON
from world import COMP1, CR1, World, on_both_databases

pytestmark = pytest.mark.parametrize("process", ["rta", "elpl"])

NOT_AGREED = {"rta": ("T81", "T101"), "elpl": ("T82",)}
OFFERS = "CourtProceedingsPack/CourtProceedingsPackPartB/@%sFinalOffer"
DISPUTED = {"rta": "DisbursmentDisputed", "elpl": "DisbursementDisputed"}


@pytest.fixture
def claim(world: World, process: str) -> Life:
    """The parties did not agree; the claimant representative is to fill in the pack."""
    return Life(world, process, "token", "userauth").to_stage2().walks("T60", "T62", "T73", *NOT_AGREED[process])


def _goes_to_court(claim: Life) -> Life:
    name, to = "plain.xml", "CourtProceedingsPackResponse"
    return claim.sends("T120", CR1, "addCPPFRequest", name, to, limit="2026-12-01", shows={COURT: "2026-12-01"})


@on_both_databases
def test_the_compensator_comments(claim: Life) -> None:
    _goes_to_court(claim)
    claim.sends("T121", COMP1, "addCPPFResponse", "answer-to-plain.xml", "EndOfStage2")
    claim.refuses(COMP1, "acknowledgeCPPFResponse", "is for the claimant representative")
    claim.goes("T123", CR1, "acknowledgeCPPFResponse", "EndOfStage2End", shows={ENDED_ON: "2026-11-23"})
    for party in (CR1, COMP1):
        root = claim.seen_by(party)
        assert len(root.xpath(f"CourtProceedingsPack/{DISPUTED[claim.process]}/*/@ReasonForNotPayingFullDisbursement")) == 2
        assert all(root.xpath(OFFERS % side) for side in ("Claimant", "Defendant"))


def test_the_compensator_has_no_comment(claim: Life) -> None:
    """T122: silence is no comment; the claim goes on without its part."""
    _goes_to_court(claim).expires("2026-12-01T00:00:00")
    late = claim.document("addCPPFResponse", "answer-to-plain.xml")
    claim.refuses(COMP1, "addCPPFResponse", "EndOfStage2 (End of Stage 2)", "acknowledgeCPPFResponse", CPPFResponseXML=late)
    claim.goes("T123", CR1, "acknowledgeCPPFResponse", "EndOfStage2End", shows={ENDED_ON: "2026-12-01"})
    claim.refuses(CR1, "acknowledgeCPPFResponse", "EndOfStage2End", "nothing can be done there")


def test_an_archived_claim_is_read_years_later(world: World, claim: Life) -> None:
    """It is in no work list any more."""
    _goes_to_court(claim).walks("T121")
    claim.goes("T123", CR1, "acknowledgeCPPFResponse", "EndOfStage2End")
    world.set_clock("2029-01-01T10:00:00")
    claim.read_by_both_sides()


def test_each_side_has_its_own_part(claim: Life) -> None:
    """Part B of the compensator is no call of the claimant representative, nor the other way round."""
    texts = {
        operation: claim.document(operation, name)
        for operation, name in (("addCPPFRequest", "plain.xml"), ("addCPPFResponse", "answer-to-plain.xml"))
    }
    claim.refuses(COMP1, "addCPPFRequest", "addCPPFRequest is for the claimant representative.", CPPFRequestXML=texts["addCPPFRequest"])
    claim.refuses(COMP1, "addCPPFResponse", "CourtProceedingsPackForm", "addCPPFRequest", CPPFResponseXML=texts["addCPPFResponse"])
    _goes_to_court(claim)
    claim.refuses(CR1, "addCPPFResponse", "addCPPFResponse is for the compensator.", CPPFResponseXML=texts["addCPPFResponse"])
    claim.refuses(CR1, "addCPPFRequest", "CourtProceedingsPackResponse", "addCPPFResponse", CPPFRequestXML=texts["addCPPFRequest"])


def test_the_answer_names_the_disbursements_of_the_request(claim: Life) -> None:
    """T121: each of them, and no other."""
    _goes_to_court(claim)
    right = claim.document("addCPPFResponse", "answer-to-plain.xml")
    assert right.count("DisbursementId=") == 2
    wrong = right.replace('DisbursementId="2"', 'DisbursementId="7"')
    assert wrong != right
    told = claim.refuses(COMP1, "addCPPFResponse", "CPPFResponseXML breaks the rules of the process: 2 findings", CPPFResponseXML=wrong)
    lines = (told.details or told.message.partition("\n")[2]).splitlines()
    at = f"/CourtProceedingPackResponse/{DISPUTED[claim.process]}"
    assert sorted(line.partition(" (line ")[0] for line in lines) == [
        f"MustBeProvided: {at}",
        f"WrongValue: {at}/DisbursementDisputedRequestResponse[2]/@DisbursementId",
    ]
    claim.sends("T121", COMP1, "addCPPFResponse", "answer-to-plain.xml", "EndOfStage2")
