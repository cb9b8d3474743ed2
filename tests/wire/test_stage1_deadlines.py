"""What happens when the compensator is silent (T19, T20; limits K1-K4), to the second.

A limit of N business days runs out at 00:00 in London on the calendar day after the Nth, counted from the day after sending (RTA) or after
notification (EL/PL). Bank holidays on the way: Friday 25 and Monday 28 December 2026, Friday 1 January 2027.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from story import INSURER_LIMIT, MIB_LIMIT, Story
from world import COMP1, COMP2, CR1, MIB, Party, World, on_both_databases

from gateway.config import Settings
from gateway.wsgi import Gateway


def rta_at_the_insurer(world: World) -> Story:
    return Story(world, "rta").begins()


def rta_at_the_mib(world: World) -> Story:
    return Story(world, "rta").opens("mib-uninsured.xml", at=MIB, limit="2027-01-08", shows={})


def rta_under_article_75(world: World) -> Story:
    claim = rta_at_the_insurer(world).goes("T3", COMP1, "acceptClaim", "Article75Decision")
    return claim.goes("T14", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=True, limit="2027-01-08")


def employers_liability(world: World) -> Story:
    return Story(world, "elpl").begins()


def disease(world: World) -> Story:
    return Story(world, "elpl").opens("eld.xml", at=COMP2, limit="2027-01-01", shows={})


def public_liability(world: World) -> Story:
    return Story(world, "elpl").opens("pl-adult.xml", at=COMP2, limit="2027-01-15", shows={})


LIMITS = [
    pytest.param(rta_at_the_insurer, "2026-12-15", id="K1: RTA, insurer, 15 days"),
    pytest.param(rta_at_the_mib, "2027-01-08", id="K2: RTA, MIB, 30 days"),
    pytest.param(rta_under_article_75, "2027-01-08", id="K2: RTA, Article 75, 30 days"),
    pytest.param(employers_liability, "2026-12-31", id="K3: EL, 30 days"),
    pytest.param(disease, "2027-01-01", id="K3: ELD, 30 days"),
    pytest.param(public_liability, "2027-01-15", id="K4: PL, 40 days"),
]


@on_both_databases
@pytest.mark.parametrize(("begins", "day"), LIMITS)
def test_silence_ends_the_claim(world: World, begins: Callable[[World], Story], day: str) -> None:
    """One second before midnight nothing has happened; at midnight the claim is with its sender, who can only end it."""
    claim = begins(world)
    claim.expires(f"{day}T00:00:00")
    claim.refuses(claim.holder, "acceptClaim", "LiabilityDecisionTimeout (Liability Decision Timeout)", "acknowledgeLiabilityDecisionTimeout")
    claim.refuses(claim.holder, "acknowledgeLiabilityDecisionTimeout", "is for the claimant representative")
    claim.goes("T20", CR1, "acknowledgeLiabilityDecisionTimeout", "LiabilityDecisionTimeoutEnd")


def test_every_phase_of_stage_1_in_which_the_compensator_acts_can_expire(world: World) -> None:
    """T19 names four; LiabilityDecision is above (Article 75)."""
    rta_at_the_insurer(world).goes("T3", COMP1, "acceptClaim", "Article75Decision").expires("2026-12-15T00:00:00")
    world.set_clock("2026-11-23T10:00:00")
    employers_liability(world).goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged").expires("2026-12-31T00:00:00")
    world.set_clock("2026-11-23T10:00:00")
    claim = employers_liability(world).goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision").expires("2026-12-31T00:00:00")


def test_what_waits_for_the_claimant_representative_does_not_expire(world: World) -> None:
    """A rejected claim and an admitted one have no portal clock; years later they stand where they stood."""
    rejected = rta_at_the_insurer(world).goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    admitted = employers_liability(world).goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    admitted.goes("T5", COMP1, "acceptClaim", "LiabilityDecision")
    response = admitted.document("sendLiabilityDecision", "admitted.xml")
    admitted.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response)
    world.set_clock("2029-01-01T00:00:00")
    rejected.read_by_both_sides()
    admitted.read_by_both_sides()


def test_a_claim_passed_on_expires_with_its_first_limit(world: World) -> None:
    claim = rta_at_the_insurer(world)
    world.set_clock("2026-12-14T17:00:00")
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP002", holder=COMP2)
    claim.expires("2026-12-15T00:00:00")


def test_a_claim_passed_on_to_the_mib_has_the_mibs_limit_from_the_first_day(world: World) -> None:
    """K2 counts from the sending of the CNF; passing on gives no fresh period."""
    claim = rta_at_the_insurer(world)
    world.set_clock("2026-12-14T17:00:00")
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP900", holder=MIB, limit="2027-01-08")
    claim.goes("T4", MIB, "acceptClaim", "LiabilityDecision")
    claim.expires("2027-01-08T00:00:00")


def test_in_summer_midnight_is_londons(world: World) -> None:
    """Sent on Tuesday 1 June 2027, 15 business days end on the 22nd (no bank holiday on the way): the limit is 22 June, 23:00 UTC."""
    world.set_clock("2027-06-01T09:00:00")
    limits = {INSURER_LIMIT: "2027-06-23", MIB_LIMIT: "2027-07-14"}
    claim = Story(world, "rta").opens("adult-driver.xml", at=COMP1, limit="2027-06-23", shows=limits)
    claim.expires("2027-06-23T00:00:00")
    assert world.history(claim.number)[-1].at == datetime(2027, 6, 22, 23, 0, tzinfo=UTC)


def test_a_claim_sent_late_on_saturday_counts_from_monday(world: World) -> None:
    """Sent on Saturday 28 November, 23:59: day 1 is Monday 30 November, day 15 Friday 18 December; the limit is the Saturday."""
    world.set_clock("2026-11-28T23:59:00")
    Story(world, "rta").opens("adult-driver.xml", at=COMP1, limit="2026-12-19", shows={INSURER_LIMIT: "2026-12-19"})


def test_a_claim_sent_just_after_midnight_in_summer_is_sent_that_day(world: World) -> None:
    """00:30 in London on Wednesday 2 June 2027 is still 1 June in UTC. Day 15 is 23 June."""
    world.set_clock("2027-06-02T00:30:00")
    shows = {"ApplicationData/ClaimDetails/@SentDate": "2027-06-02", INSURER_LIMIT: "2027-06-24"}
    Story(world, "rta").opens("adult-driver.xml", at=COMP1, limit="2027-06-24", shows=shows)


LOOKS = [(who, operation) for who in (CR1, COMP1) for operation in ("getClaim", "getClaimsList", "getClaimsStatus")]


@pytest.mark.parametrize(("who", "first_look"), [*LOOKS, (COMP1, "sendLiabilityDecision")])
def test_whoever_looks_first_sees_that_it_is_over(world: World, who: Party, first_look: str) -> None:
    """No job has run: the first call after the limit moves the claim, even if that call itself is then refused."""
    claim = rta_under_article_75(world)
    world.set_clock("2027-01-08T00:00:00")
    client = claim.client(who)
    if first_look == "getClaimsList":
        (row,) = client.call("getClaimsList").ok().payload["claimsList"]
        assert (row["phaseCacheId"], row["phaseCacheName"]) == ("LiabilityDecisionTimeout", "Liability Decision Timeout")
        assert row["activityEngineGuid"] == claim.status(CR1)["activityEngineGuid"] != claim.guid
    elif first_look == "getClaim":
        assert not claim.seen_by(who).xpath("Timeouts/CurrentTimeout/@SelectedTimeOut")
    elif first_look == "getClaimsStatus":
        assert claim.status(who)["phaseCacheId"] == "LiabilityDecisionTimeout"
    else:
        response = claim.document("sendLiabilityDecision", "article-75-capacity.xml")
        refused = client.call("sendLiabilityDecision", claimData=claim.data, insurerResponseXml=response)
        refused.refused("LiabilityDecisionTimeout (Liability Decision Timeout)")
    assert [event.row for event in world.history(claim.number)] == ["T1", "T3", "T14", "T19"]


def test_the_list_moves_all_that_is_over_and_nothing_else(world: World) -> None:
    """Three claims with three limits; on 31 December two have passed. EL/PL claims are the other service's."""
    insurer, mib, el = rta_at_the_insurer(world), rta_at_the_mib(world), employers_liability(world)
    world.set_clock("2026-12-31T08:00:00")
    rows = {row["applicationId"]: row["phaseCacheId"] for row in insurer.client(CR1).call("getClaimsList").ok().payload["claimsList"]}
    assert rows == {insurer.number: "LiabilityDecisionTimeout", mib.number: "ClaimSubmitted"}
    rows = {row["applicationId"]: row["phaseCacheId"] for row in el.client(CR1).call("getClaimsList").ok().payload["claimsList"]}
    assert rows == {el.number: "LiabilityDecisionTimeout"}


def test_a_sandbox_alone_has_a_clock_that_moves(world: World, make_gateway: Callable[[Settings], Gateway]) -> None:
    """With the setting off the offset in the store is not looked at."""
    claim = rta_at_the_insurer(world)
    world.set_clock("2028-01-01T00:00:00")
    production = World(make_gateway(Settings(sqlite_synchronous="NORMAL")), world.store)
    status = production.client(COMP1, "rta-token").call("getClaimsStatus", applicationId=claim.number).ok()
    assert status.claim["phaseCacheId"] == "ClaimSubmitted"
