"""Claims that come back: rejected, corrected and sent elsewhere, ended, reassigned (T7-T12); and those denied or admitted in part (T17, T18, T26,
T27).

Resent on Thursday 26 November 2026: 15 business days end on 17 December, 30 on 12 January 2027. The EL/PL form that is resent says it was
notified on Friday 20 November: 30 business days end on 6 January, 40 on 20 January.
"""

import pytest
from story import CHILD, DECISION, ENDED_ON, INSURER_LIMIT, MIB_LIMIT, NEW_EL, NEW_PL, NEW_RTA, NOTIFIED, SENT, Story, each_generation
from world import COMP1, COMP2, COMP3, CR1, World, on_both_databases

DENIED = {DECISION: "N", CHILD: "0"}


@on_both_databases
@each_generation
def test_an_rta_claim_goes_to_the_wrong_insurer_first(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "rta", *generations)
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    world.set_clock("2026-11-26T12:00:00")
    corrected = claim.document("resendRejectedClaim", "adult-driver-to-another-compensator.xml")
    anew = {SENT: "2026-11-26", INSURER_LIMIT: "2026-12-18", MIB_LIMIT: "2027-01-13"}
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=corrected, holder=COMP2, limit="2026-12-18", shows=anew)
    claim.goes("T3", COMP2, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="CFM/M/1")
    claim.goes("T13", COMP2, "applyArticle75", "LiabilityDecision", isArticle75=False)
    response = claim.document("sendLiabilityDecision", "denied.xml")
    claim.goes("T18", COMP2, "sendLiabilityDecision", "DeniedLiability", insurerResponseXml=response, shows=DENIED)
    claim.goes("T27", CR1, "acknowledgeDeniedLiability", "DeniedLiabilityEnd", shows={ENDED_ON: "2026-11-26"})


@on_both_databases
@each_generation
def test_an_el_claim_goes_to_the_wrong_insurer_first(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "elpl", *generations)
    claim.opens("el-adult.xml", at=COMP1, limit="2026-12-31", shows=NEW_EL)
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="0")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    world.set_clock("2026-11-26T12:00:00")
    corrected = claim.document("resendRejectedClaim", "el-adult-to-another-compensator.xml")
    anew = {NOTIFIED: "2026-11-20", INSURER_LIMIT: "2027-01-07"}
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=corrected, holder=COMP2, limit="2027-01-07", shows=anew)
    claim.goes("T2", COMP2, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP2, "acceptClaim", "LiabilityDecision")
    response = claim.document("sendLiabilityDecision", "denied.xml")
    claim.goes("T18", COMP2, "sendLiabilityDecision", "DeniedLiability", insurerResponseXml=response, shows=DENIED)
    claim.goes("T27", CR1, "acknowledgeDeniedLiability", "DeniedLiabilityEnd", shows={ENDED_ON: "2026-11-26"})


@each_generation
def test_a_pl_claim_is_rejected_after_it_was_acknowledged(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "elpl", *generations)
    claim.opens("pl-adult.xml", at=COMP2, limit="2027-01-15", shows=NEW_PL)
    claim.goes("T2", COMP2, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T7", COMP2, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    corrected = claim.document("resendRejectedClaim", "el-adult-to-another-compensator.xml")
    claim.refuses(CR1, "resendRejectedClaim", "WrongValue", "@ClaimType", claimXML=corrected)
    corrected = corrected.replace('ClaimType="EL"', 'ClaimType="PL"').replace("COMP002", "COMP001")
    anew = {NOTIFIED: "2026-11-20", INSURER_LIMIT: "2027-01-21"}
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=corrected, holder=COMP1, limit="2027-01-21", shows=anew)
    claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision")
    response = claim.document("sendLiabilityDecision", "denied.xml")
    claim.goes("T18", COMP1, "sendLiabilityDecision", "DeniedLiability", insurerResponseXml=response, shows=DENIED)
    claim.goes("T27", CR1, "acknowledgeDeniedLiability", "DeniedLiabilityEnd")


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_a_rejected_claim_is_given_up(world: World, process: str) -> None:
    """T11, only once the rejection has been acknowledged."""
    claim = Story(world, process).begins()
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    claim.refuses(CR1, "exitRejectedClaim", "AcknowledgeRejectedClaim (Acknowledge Rejected Claim)", "acknowledgeRejectedClaim")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    claim.refuses(COMP1, "exitRejectedClaim", "the claimant representative")
    claim.goes("T11", CR1, "exitRejectedClaim", "ExitRejectedClaim", shows={ENDED_ON: "2026-11-23"})
    claim.refuses(CR1, "acknowledgeRejectedClaim", "ExitRejectedClaim", "nothing can be done there")


@pytest.mark.parametrize(("process", "code"), [("rta", "3"), ("rta", ""), ("elpl", "2"), ("elpl", "wrong")])
def test_the_reason_must_be_one_of_the_list(world: World, process: str, code: str) -> None:
    """C30: 0, 1 and 2 in RTA, 0 and 1 in EL/PL."""
    claim = Story(world, process).begins()
    claim.refuses(COMP1, "rejectClaimToCR", "rejectionReasonCode", {"rta": "0, 1, 2", "elpl": "0, 1"}[process], rejectionReasonCode=code)


def test_an_rta_claim_is_passed_on_and_its_clock_runs_on(world: World) -> None:
    """T12: three days later it is with another compensator, with the limit of the day on which it was sent. The first sees it no more."""
    claim = Story(world, "rta")
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    world.set_clock("2026-11-26T12:00:00")
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP003", holder=COMP3, shows=NEW_RTA)
    assert world.history(claim.number)[-1].detail == {"from": "COMP001", "to": "COMP003"}
    claim.refuses(COMP1, "acceptClaim", "There is no claim")
    claim.client(COMP1).call("getClaim", applicationId=claim.number).refused("There is no claim")
    assert claim.number not in [row["applicationId"] for row in claim.client(COMP1).call("getClaimsList").payload["claimsList"]]
    claim.goes("T3", COMP3, "acceptClaim", "Article75Decision")
    claim.refuses(COMP3, "reassignToAnotherCM", "Article75Decision", organisationPath="/COMP001")


def test_an_el_claim_is_passed_on_before_and_after_it_was_acknowledged(world: World) -> None:
    """T12: the new compensator acknowledges anew."""
    claim = Story(world, "elpl")
    claim.opens("el-adult.xml", at=COMP1, limit="2026-12-31", shows=NEW_EL)
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP002", holder=COMP2)
    claim.goes("T2", COMP2, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T12", COMP2, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP003", holder=COMP3)
    claim.refuses(COMP3, "acceptClaim", "ClaimSubmitted (Claim submitted)", "acknowledgeClaim")
    claim.goes("T2", COMP3, "acknowledgeClaim", "ClaimAcknowledged")


@pytest.mark.parametrize("path", ["/COMP001", "/CR00002", "/COMP777", "COMP002", "/COMP002/001", "", None])
def test_a_claim_is_passed_on_to_compensators_only(world: World, path: str | None) -> None:
    claim = Story(world, "rta")
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    claim.refuses(COMP1, "reassignToAnotherCM", "organisationPath", organisationPath=path)


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_contributory_negligence_ends_the_claim(world: World, process: str) -> None:
    claim = Story(world, process)
    claim.begins()
    if process == "rta":
        claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
        claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)
    else:
        claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
        claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision")
    response = claim.document("sendLiabilityDecision", "admitted-with-negligence.xml")
    claim.goes("T17", COMP1, "sendLiabilityDecision", "LiabilityAdmittedWithNeg", insurerResponseXml=response, shows={DECISION: "AN", CHILD: "0"})
    claim.goes("T26", CR1, "acknowledgeLiabilityAdmittedWithNeg", "LiabilityAdmittedWithNegEnd", shows={ENDED_ON: "2026-11-23"})
