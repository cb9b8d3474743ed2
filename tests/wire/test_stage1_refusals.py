"""Calls that are refused, what they are told, and that they change nothing (Story.refuses compares the claim, its events and documents)."""

import pytest
from client import document
from story import USUAL_FORMS, Story
from world import COMP1, CR1, World

STAGE_1 = {
    "rta": {
        "acceptClaim": COMP1,
        "acknowledgeDeniedLiability": CR1,
        "acknowledgeLiabilityAdmitted": CR1,
        "acknowledgeLiabilityAdmittedForChild": CR1,
        "acknowledgeLiabilityAdmittedWithNeg": CR1,
        "acknowledgeLiabilityDecisionTimeout": CR1,
        "acknowledgeRejectedClaim": CR1,
        "applyArticle75": COMP1,
        "exitRejectedClaim": CR1,
        "reassignToAnotherCM": COMP1,
        "rejectClaimToCR": COMP1,
        "resendRejectedClaim": CR1,
        "sendLiabilityDecision": COMP1,
        "setStage1Payment": CR1,
    }
}
STAGE_1["elpl"] = {**STAGE_1["rta"], "acknowledgeClaim": COMP1}
for _rta_only in ("applyArticle75", "setStage1Payment"):
    del STAGE_1["elpl"][_rta_only]

ARGUMENTS = {
    "applyArticle75": {"isArticle75": True},
    "reassignToAnotherCM": {"organisationPath": "/COMP002"},
    "rejectClaimToCR": {"rejectionReasonCode": "1"},
    "setStage1Payment": {"isStage1Paid": True},
}
# the phases of the road to a full admission: how it goes on, and what else is possible there (process notes 3.1)
ROADS = {
    "rta": {
        "ClaimSubmitted": ("acceptClaim", {"acceptClaim", "rejectClaimToCR", "reassignToAnotherCM"}),
        "Article75Decision": ("applyArticle75", {"applyArticle75"}),
        "LiabilityDecision": ("sendLiabilityDecision", {"sendLiabilityDecision"}),
        "LiabilityAdmitted": ("acknowledgeLiabilityAdmitted", {"acknowledgeLiabilityAdmitted"}),
        "StartOfStage21": (None, {"setInterimPaymentNeeded"}),
    },
    "elpl": {
        "ClaimSubmitted": ("acknowledgeClaim", {"acknowledgeClaim", "rejectClaimToCR", "reassignToAnotherCM"}),  # T6: not acceptClaim
        "ClaimAcknowledged": ("acceptClaim", {"acceptClaim", "rejectClaimToCR", "reassignToAnotherCM"}),
        "LiabilityDecision": ("sendLiabilityDecision", {"sendLiabilityDecision"}),
        "LiabilityAdmitted": ("acknowledgeLiabilityAdmitted", {"acknowledgeLiabilityAdmitted"}),
        "StartOfStage21": (None, {"setInterimPaymentNeeded"}),
    },
}


@pytest.fixture(params=["rta", "elpl"])
def claim(request: pytest.FixtureRequest, world: World) -> Story:
    return Story(world, request.param).begins()


def _arguments(process: str, operation: str) -> dict[str, object]:
    if operation == "sendLiabilityDecision":
        return {"insurerResponseXml": document(process, operation, "admitted.xml")}
    if operation == "resendRejectedClaim":
        name = {"rta": "adult-driver-to-another-compensator.xml", "elpl": "el-adult-to-another-compensator.xml"}[process]
        return {"claimXML": document(process, operation, name)}
    return ARGUMENTS.get(operation, {})


def test_in_every_phase_everything_else_is_out_of_turn(claim: Story) -> None:
    """Whatever the phase does not offer is refused, with the phase's id and name and what is possible instead."""
    road = ROADS[claim.process]
    for phase, (step, possible) in road.items():
        assert claim.phase == phase
        for operation in STAGE_1[claim.process].keys() - possible:
            actor = STAGE_1[claim.process][operation]
            told = claim.refuses(actor, operation, f"{operation} is not possible", f"{phase} (", **_arguments(claim.process, operation))
            assert all(other in told.message for other in possible)
        if step is not None:
            _, to = STAGE_1[claim.process][step], list(road)[list(road).index(phase) + 1]
            reply = claim.client(STAGE_1[claim.process][step]).call(step, claimData=claim.data, **_arguments(claim.process, step)).ok()
            claim.guid, claim.phase = reply.claim["activityEngineGuid"], reply.claim["phaseCacheId"]
            assert claim.phase == (to if (claim.process, step) != ("rta", "applyArticle75") else "LiabilityDecision")


def test_every_operation_belongs_to_one_side(claim: Story) -> None:
    """The other side is told whose it is, whatever the phase."""
    for operation, actor in STAGE_1[claim.process].items():
        other, whose = (CR1, "the compensator") if actor is COMP1 else (COMP1, "the claimant representative")
        claim.refuses(other, operation, f"{operation} is for {whose}.", **_arguments(claim.process, operation))
    before = claim.world.snapshot(claim.number)
    form = document(claim.process, "addClaim", USUAL_FORMS[claim.process][0])
    claim.client(COMP1).call("addClaim", claimXML=form).refused("addClaim is for the claimant representative.")
    assert claim.world.snapshot(claim.number) == before


def test_a_stale_guid_is_told_why(claim: Story) -> None:
    """Of two programs of one compensator the second comes too late, whatever it wanted to do."""
    seen = claim.data
    step = ROADS[claim.process]["ClaimSubmitted"][0]
    reply = claim.client(COMP1).call(step, claimData=seen).ok()
    claim.guid, claim.phase = reply.claim["activityEngineGuid"], reply.claim["phaseCacheId"]
    for operation in ("rejectClaimToCR", step):
        claim.refuses(
            COMP1,
            operation,
            f"claim {claim.number} has changed since",
            f"phase {claim.phase} (",
            data=seen,
            **_arguments(claim.process, operation),
        )


@pytest.mark.parametrize("guid", ["", "  ", None])
def test_a_guid_must_be_given(claim: Story, guid: str | None) -> None:
    data = {"activityEngineGuid": guid, "applicationId": claim.number}
    claim.refuses(COMP1, "rejectClaimToCR", "activityEngineGuid must be given", "getClaimsStatus", data=data, rejectionReasonCode="1")


def test_the_guid_of_another_claim(claim: Story) -> None:
    other = Story(claim.world, claim.process).begins()
    data = {"activityEngineGuid": other.guid, "applicationId": claim.number}
    claim.refuses(COMP1, "rejectClaimToCR", "is not the current one", data=data, rejectionReasonCode="1")


def test_a_guid_in_capitals_and_between_blanks_is_the_same(claim: Story) -> None:
    data = {"activityEngineGuid": f" {claim.guid.upper()}\n", "applicationId": claim.number}
    claim.client(COMP1).call("rejectClaimToCR", claimData=data, rejectionReasonCode="1").ok()


def test_after_a_refusal_the_right_call_still_goes_through(claim: Story) -> None:
    claim.refuses(COMP1, "rejectClaimToCR", "rejectionReasonCode", rejectionReasonCode="9")
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")


@pytest.mark.parametrize("reference", ["A" * 50, "TI/26-1.0 \\B", "Ärger 1", "0"])
def test_a_reference_of_the_compensators_own(world: World, reference: str) -> None:
    """ST_ReferenceNumber: what is taken is what getClaim shows."""
    claim = Story(world, "rta").begins()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber=reference)


@pytest.mark.parametrize("reference", ["A" * 51, "TI_26", "£100", "TI\n26", "1Ä", "<ref/>"])
def test_a_reference_that_getclaim_could_not_show(world: World, reference: str) -> None:
    claim = Story(world, "rta").begins()
    claim.refuses(COMP1, "acceptClaim", "insurerClaimReferenceNumber", insurerClaimReferenceNumber=reference)


def test_capacity_must_fit_what_was_said_of_article_75(world: World) -> None:
    """V12: capacity 2 presumes applyArticle75(true), 3 the MIB."""
    claim = Story(world, "rta").begins()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)
    for name in ("article-75-capacity.xml", "admitted-by-mib.xml"):
        response = claim.document("sendLiabilityDecision", name)
        told = claim.refuses(COMP1, "sendLiabilityDecision", "breaks the rules", insurerResponseXml=response)
        assert "/InsurerResponseA2A/@Capacity" in told.details
