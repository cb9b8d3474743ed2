"""Locks: one user may change a claim, nobody else, until it is over (portal notes 2.9)."""

from datetime import timedelta

import pytest
from client import Reply
from colleagues import BRANCH2, CR_LEADER, DISPATCHER, LEADER1, listed, step
from story import Story
from world import COMP1, COMP2, CR1, Party, World, at_once, on_both_databases

SERVICES = [("rta", "token"), ("rta", "userauth"), ("elpl", "token"), ("elpl", "userauth")]
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture(params=SERVICES, ids="-".join)
def claim(request: pytest.FixtureRequest, world: World) -> Story:
    return Story(world, *request.param).begins()


def _lock(claim: Story, party: Party) -> Reply:
    return claim.client(party).call("lockClaim", claimData=claim.data)


def _unlock(claim: Story, party: Party, operation: str = "unlockClaim") -> Reply:
    return claim.client(party).call(operation, applicationId=claim.number)


def _shown(claim: Story, party: Party) -> tuple[int, str | None]:
    row = listed(claim, party)
    assert row is not None
    return row["lockStatus"], row.get("lockUserId")


@on_both_databases
def test_a_locked_claim_is_changed_by_its_holder_alone(claim: Story) -> None:
    assert _shown(claim, COMP1) == (0, None)
    _lock(claim, COMP1).ok()
    assert (_shown(claim, COMP1), _shown(claim, LEADER1)) == ((1, "comp1-handler"), (1, "comp1-handler"))
    assert claim.status(COMP1)["activityEngineGuid"] == claim.guid  # the reply of lockClaim could not tell a new one
    claim.refuses(LEADER1, "rejectClaimToCR", "is locked by user comp1-handler until 23/11/2026 10:30", rejectionReasonCode="1")
    assert _lock(claim, LEADER1).refused("is locked by user comp1-handler")
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")


@on_both_databases
def test_the_other_side_is_kept_out_and_not_told_by_whom(claim: Story) -> None:
    _lock(claim, COMP1).ok()
    assert _shown(claim, CR1) == (1, None)
    reply = claim.refuses(CR1, "exitProcess", "is locked by the other side until 23/11/2026 10:30", exitReasonCode="5")
    assert "comp1" not in reply.message


def test_reading_is_free(claim: Story) -> None:
    _lock(claim, COMP1).ok()
    for party in (LEADER1, CR1):
        assert claim.status(party)["activityEngineGuid"] == claim.guid
        claim.seen_by(party)


@on_both_databases
def test_unlocked_by_its_holder_only(claim: Story) -> None:
    _unlock(claim, COMP1).refused("is not locked")
    _lock(claim, COMP1).ok()
    _unlock(claim, LEADER1).refused("is locked by user comp1-handler")
    _unlock(claim, COMP1).ok()
    assert _shown(claim, LEADER1) == (0, None)
    _unlock(claim, COMP1).refused("is not locked")


@on_both_databases
def test_a_team_leader_takes_it_away(claim: Story) -> None:
    _unlock(claim, LEADER1, "forceUnlockClaim").refused("is not locked")
    _lock(claim, COMP1).ok()
    _unlock(claim, COMP1, "forceUnlockClaim").refused("forceUnlockClaim is not permitted to user comp1-handler", "Team Leader")
    _unlock(claim, CR_LEADER, "forceUnlockClaim").refused("is locked by the other side")
    _unlock(claim, LEADER1, "forceUnlockClaim").ok()
    _lock(claim, LEADER1).ok()
    assert _shown(claim, COMP1) == (1, "comp1-leader")


@on_both_databases
def test_it_ends_by_itself(claim: Story) -> None:
    """After the half hour of GATEWAY_LOCK_SECONDS."""
    _lock(claim, COMP1).ok()
    claim.world.advance(HALF_AN_HOUR - timedelta(seconds=1))
    claim.refuses(LEADER1, "rejectClaimToCR", "is locked by user comp1-handler", rejectionReasonCode="1")
    claim.world.advance(HALF_AN_HOUR)
    assert _shown(claim, LEADER1) == (0, None)
    _unlock(claim, COMP1).refused("is not locked")
    claim.goes("T7", LEADER1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")


def test_locking_again_renews_it(claim: Story) -> None:
    _lock(claim, COMP1).ok()
    claim.world.advance(HALF_AN_HOUR - timedelta(minutes=1))
    _lock(claim, COMP1).ok()
    claim.world.advance(HALF_AN_HOUR)
    claim.refuses(LEADER1, "rejectClaimToCR", "is locked by user comp1-handler until 23/11/2026 10:59", rejectionReasonCode="1")


@on_both_databases
def test_it_ends_when_the_turn_passes(claim: Story) -> None:
    """Or the other side would stand before a locked door."""
    _lock(claim, COMP1).ok()
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    assert _shown(claim, COMP1) == (0, None)
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")


def test_it_stays_while_the_turn_does(world: World) -> None:
    claim = Story(world, "rta").begins()
    _lock(claim, COMP1).ok()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    assert _shown(claim, LEADER1) == (1, "comp1-handler")


@on_both_databases
def test_it_ends_with_the_step_after_which_its_holder_does_not_see_the_claim(world: World) -> None:
    """A dispatcher sees what was just received (portal notes 2.2), and could not unlock what is worked on: "There is no claim"."""
    claim = Story(world, "rta").begins()
    _lock(claim, DISPATCHER).ok()
    claim.refuses(COMP1, "acceptClaim", "is locked by user comp1-dispatcher")
    claim.goes("T3", DISPATCHER, "acceptClaim", "Article75Decision")
    assert _shown(claim, COMP1) == (0, None)
    _unlock(claim, DISPATCHER).refused("There is no claim")
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)


@on_both_databases
def test_it_ends_when_its_holder_gives_the_claim_out_of_sight(claim: Story) -> None:
    """To another branch; who still sees the claim keeps the lock."""
    step(claim, LEADER1, "allocateClaimToBranch", branchId="002")
    _lock(claim, BRANCH2).ok()
    step(claim, BRANCH2, "allocateClaimToBranch", branchId="001")
    assert _shown(claim, LEADER1) == (0, None)
    _lock(claim, LEADER1).ok()
    step(claim, LEADER1, "allocateUser", targetUserID="comp1-handler")
    assert _shown(claim, LEADER1) == (1, "comp1-leader")
    _unlock(claim, LEADER1).ok()


def test_it_ends_with_the_limit(world: World) -> None:
    claim = Story(world, "rta").begins()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    claim.world.set_clock("2026-12-14T23:45:00")
    _lock(claim, COMP1).ok()
    claim.world.set_clock("2026-12-15T00:05:00")
    assert claim.status(CR1)["phaseCacheId"] == "LiabilityDecisionTimeout"
    assert _shown(claim, COMP1) == (0, None)


def test_it_ends_when_the_claim_is_passed_on(claim: Story) -> None:
    _lock(claim, COMP1).ok()
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP002", holder=COMP2)
    assert _shown(claim, COMP2) == (0, None)


@on_both_databases
def test_of_two_at_once_one_has_it(claim: Story) -> None:
    answers = at_once(lambda: _lock(claim, COMP1), lambda: _lock(claim, LEADER1))
    assert sorted(answer.code for answer in answers) == ["Failure", "Ok"]
    holder = _shown(claim, COMP1)[1]
    [loser] = [answer for answer in answers if answer.code == "Failure"]
    loser.refused(f"is locked by user {holder}")
