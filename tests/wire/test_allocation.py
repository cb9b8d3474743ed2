"""Handing a claim to a branch or to a user, and who sees it then (portal notes 2.2-2.6)."""

from datetime import date
from typing import Any

import pytest
from colleagues import ADMIN1, BRANCH2, CR_ADMIN, CR_LEADER, DISPATCHER, LEADER1, listed, step
from sqlalchemy import update
from story import IDS, Story
from world import COMP1, COMP2, CR1, CR2, Party, World, on_both_databases

from gateway.store.tables import users

SERVICES = [("rta", "token"), ("rta", "userauth"), ("elpl", "token"), ("elpl", "userauth")]
NEXT = {"rta": ("T3", "Article75Decision"), "elpl": ("T5", "LiabilityDecision")}


@pytest.fixture(params=SERVICES, ids="-".join)
def claim(request: pytest.FixtureRequest, world: World) -> Story:
    return Story(world, *request.param).begins()


def _accept(claim: Story) -> None:
    if claim.process == "elpl":
        claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    row, phase = NEXT[claim.process]
    claim.goes(row, COMP1, "acceptClaim", phase)


def test_a_new_claim_is_at_the_central_point(claim: Story) -> None:
    assert [listed(claim, party) is not None for party in (COMP1, LEADER1, DISPATCHER, BRANCH2, COMP2)] == [True, True, True, False, False]


@on_both_databases
def test_to_a_branch_its_handlers_see_it_then(claim: Story) -> None:
    step(claim, DISPATCHER, "allocateClaimToBranch", branchId="002")
    assert [listed(claim, party) is not None for party in (COMP1, LEADER1, DISPATCHER, BRANCH2)] == [True, True, True, True]
    assert claim.seen_by(CR1).xpath(f"{IDS}/@InsurerBranchID") == ["002"]


@on_both_databases
def test_a_dispatcher_sees_it_until_it_is_taken_on(claim: Story) -> None:
    _accept(claim)
    assert listed(claim, DISPATCHER) is None
    assert listed(claim, COMP1) is not None


def test_the_branch_that_accepted_and_the_branch_that_handles(claim: Story) -> None:
    _accept(claim)
    step(claim, COMP1, "allocateClaimToBranch", branchId="002")
    seen = claim.seen_by(COMP1)
    assert (seen.xpath(f"{IDS}/@InsurerBranchID"), seen.xpath(f"{IDS}/@InsurerAcceptingBranchID")) == (["002"], ["001"])


@pytest.mark.parametrize(
    ("branch", "words"), [("009", "'009'"), ("", "must be given"), ("001", "in branch 001 already"), ("/COMP001/002", "'/COMP001/0'")]
)
def test_to_no_branch_of_ones_own(claim: Story, branch: str, words: str) -> None:
    claim.refuses(COMP1, "allocateClaimToBranch", words, branchId=branch)


def test_a_representative_has_no_branches_to_hand_it_to(claim: Story) -> None:
    claim.refuses(CR1, "allocateClaimToBranch", "allocateClaimToBranch is for the compensator", branchId="001")


@on_both_databases
def test_to_a_user_of_the_compensator(claim: Story) -> None:
    step(claim, LEADER1, "allocateUser", targetUserID="COMP1-Leader")
    assert [listed(claim, party) is not None for party in (LEADER1, COMP1, DISPATCHER)] == [True, False, True]
    for side in (LEADER1, CR1):
        seen = claim.seen_by(side)
        assert seen.xpath("ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserId") == ["comp1-leader"]
        assert seen.xpath("ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserSurname") == ["Moorcroft"]
        assert seen.xpath("ApplicationData/AllocatedUser/AllocatedCR/@AllocatedUserId") == []
    step(claim, DISPATCHER, "allocateUser", targetUserID="comp1-handler")
    assert [listed(claim, party) is not None for party in (LEADER1, COMP1)] == [True, True]
    claim.refuses(LEADER1, "allocateUser", "allocated to user comp1-handler already", targetUserID="comp1-handler")
    step(claim, LEADER1, "deallocateUser")
    assert claim.seen_by(LEADER1).xpath("ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserId") == []
    claim.refuses(LEADER1, "deallocateUser", "is not allocated to a user of your organisation")


@on_both_databases
def test_to_a_user_of_the_representative(claim: Story) -> None:
    step(claim, CR_LEADER, "allocateUser", targetUserID="cr1-leader")
    assert [listed(claim, party) is not None for party in (CR_LEADER, CR1, COMP1)] == [True, False, True]
    claim.refuses(CR1, "exitProcess", "There is no claim", exitReasonCode="5")
    step(claim, CR_LEADER, "deallocateUser")
    assert listed(claim, CR1) is not None


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("comp2-handler", "'comp2-handler' is no active user of your organisation"),
        ("nobody", "'nobody' is no active user of your organisation"),
        ("", "targetUserID must be given"),
        ("comp1-admin", "comp1-admin has no profile to work on claims"),
        ("comp1-branch2", "comp1-branch2 of branch 002 would not see claim"),
    ],
)
def test_to_nobody_who_could_work_on_it(claim: Story, user: str, words: str) -> None:
    claim.refuses(LEADER1, "allocateUser", words, targetUserID=user)


@on_both_databases
@pytest.mark.parametrize(
    ("days", "good"),
    [
        ({"enabled": False}, False),
        ({"expires_on": date(2026, 11, 22)}, False),
        ({"expires_on": date(2026, 11, 23)}, True),
        ({"used_on": date(2026, 8, 24)}, False),
        ({"used_on": date(2026, 8, 25)}, True),
    ],
    ids=str,
)
def test_to_nobody_who_could_not_log_in(world: World, days: dict[str, Any], good: bool) -> None:
    """Disabled, expired yesterday, or not used for more than ninety days (25 August is the ninetieth before 23 November)."""
    claim = Story(world, "rta", "token").begins()
    with world.store.writing() as connection:
        connection.execute(update(users).where(users.c.id == "comp1-handler").values(**days))
    if good:
        step(claim, LEADER1, "allocateUser", targetUserID="comp1-handler")
    else:
        claim.refuses(LEADER1, "allocateUser", "'comp1-handler' is no active user of your organisation", targetUserID="comp1-handler")


@pytest.mark.parametrize("operation", ["allocateUser", "deallocateUser"])
def test_a_handler_may_not(claim: Story, operation: str) -> None:
    arguments = {"targetUserID": "comp1-leader"} if operation == "allocateUser" else {}
    claim.refuses(COMP1, operation, f"{operation} is not permitted to user comp1-handler", "Team Leader", **arguments)


@on_both_databases
def test_with_the_branch_the_user_changes(claim: Story) -> None:
    step(claim, LEADER1, "allocateUser", targetUserID="comp1-leader")
    step(claim, LEADER1, "allocateClaimToBranch", branchId="002")
    assert [listed(claim, party) is not None for party in (COMP1, BRANCH2)] == [True, True]
    step(claim, LEADER1, "allocateUser", targetUserID="comp1-branch2")
    assert [listed(claim, party) is not None for party in (COMP1, BRANCH2, LEADER1)] == [False, True, True]


def test_what_is_passed_on_is_nobodys(claim: Story) -> None:
    step(claim, LEADER1, "allocateClaimToBranch", branchId="002")
    step(claim, LEADER1, "allocateUser", targetUserID="comp1-leader")
    reply = claim.client(LEADER1).call("reassignToAnotherCM", claimData=claim.data, organisationPath="/COMP002").ok()
    claim.guid = reply.claim["activityEngineGuid"]
    assert listed(claim, COMP2) is not None
    seen = claim.seen_by(COMP2)
    assert seen.xpath(f"{IDS}/@InsurerBranchID") == ["001"]
    assert seen.xpath("ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserId") == []
    assert [listed(claim, party) for party in (COMP1, LEADER1, BRANCH2, DISPATCHER)] == [None] * 4


@pytest.mark.parametrize("operation", ["allocateClaimToBranch", "allocateUser", "deallocateUser", "lockClaim"])
def test_with_an_old_guid(claim: Story, operation: str) -> None:
    arguments = {"allocateClaimToBranch": {"branchId": "002"}, "allocateUser": {"targetUserID": "comp1-handler"}}.get(operation, {})
    stale = {"activityEngineGuid": "0" * 8, "applicationId": claim.number}
    claim.refuses(LEADER1, operation, "activityEngineGuid is not the current one", data=stale, **arguments)
    claim.refuses(LEADER1, operation, "activityEngineGuid must be given", data={"applicationId": claim.number}, **arguments)


@pytest.mark.parametrize("operation", ["allocateClaimToBranch", "allocateUser", "deallocateUser", "lockClaim"])
def test_an_ended_claim_stays_where_it_is(world: World, operation: str) -> None:
    claim = Story(world, "rta").begins()
    claim.goes("T124", CR1, "exitProcess", "ExitProcess", exitReasonCode="5")
    claim.goes("T125", COMP1, "acknowledgeExitProcess", "ExitProcessEnd")
    arguments = {"allocateClaimToBranch": {"branchId": "002"}, "allocateUser": {"targetUserID": "comp1-handler"}}.get(operation, {})
    claim.refuses(LEADER1, operation, f"{operation} is not possible", "has ended", **arguments)


@pytest.mark.parametrize("party", [ADMIN1, CR_ADMIN], ids=lambda party: party.user)
@pytest.mark.parametrize("service", ["rta-token", "elpl-userauth"])
def test_an_administrator_opens_no_claim(world: World, party: Party, service: str) -> None:
    claim = Story(world, *service.split("-")).begins()
    client = world.client(party, service)
    for operation in ("getClaim", "getClaimsStatus", "getAttachmentsList", "getPrintableDocumentsList"):
        client.call(operation, applicationId=claim.number).refused(f"{operation} is not permitted to user {party.user}", "Claim Handler")
    for operation in ("getClaimsList", "getNotificationsList"):
        client.call(operation).refused(f"{operation} is not permitted to user {party.user}")
    client.call("searchClaims", searchClaimCriteria={}).refused("searchClaims is not permitted")
    assert client.call("getMyUsersList").ok().payload["userInfosList"]
    assert client.call("getBranchesList").ok().payload["organisationInfosList"]


@on_both_databases
def test_a_line_of_business_of_ones_own(world: World) -> None:
    """Since R5 the handlers of the two kinds of claim are two profiles."""
    from gateway.store import users

    with world.store.writing() as connection:
        users.set_profiles(connection, "cr2-handler", ["CR RTA Claim Handler"])
    world.client(CR2, "rta-token").call("getClaimsList").ok()
    world.client(CR2, "elpl-token").call("getClaimsList").refused("getClaimsList is not permitted to user cr2-handler", "CR ELPL Claim Handler")
