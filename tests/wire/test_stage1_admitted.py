"""Claims that are admitted in full and reach stage 2.1 (T1-T5, T13-T16, T21, T25), in each process and each generation.

Everything begins on Monday 23 November 2026. 15 business days later is Monday 14 December, so the insurer's limit is the 15th; Christmas
Day, the substitute for Boxing Day (28 December) and New Year's Day do not count, so 30 business days end on Thursday 7 January 2027.
EL/PL forms count from their notification date. From Monday 16 November 30 business days end on 30 December and 40 on 14 January; from
Thursday 19 November 40 end on 19 January.
"""

import pytest
from story import (
    CHILD,
    DECISION,
    INSURER_LIMIT,
    NEW_EL,
    NEW_PL,
    NEW_RTA,
    NOTIFIED,
    Story,
    each_generation,
)
from world import COMP1, COMP2, COMP3, CR1, MIB, World, on_both_databases

ADULT_ADMITTED = {DECISION: "A", CHILD: "0"}
CHILD_ADMITTED = {DECISION: "A", CHILD: "1"}


@on_both_databases
@each_generation
def test_rta(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "rta", *generations)
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="TI/26/119008")
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)
    response = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response, shows=ADULT_ADMITTED)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


@on_both_databases
@each_generation
def test_employers_liability(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "elpl", *generations)
    claim.opens("el-adult.xml", at=COMP1, limit="2026-12-31", shows=NEW_EL)
    claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision")
    response = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response, shows=ADULT_ADMITTED)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


@each_generation
def test_public_liability(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "elpl", *generations)
    claim.opens("pl-adult.xml", at=COMP2, limit="2027-01-15", shows=NEW_PL)
    claim.goes("T2", COMP2, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP2, "acceptClaim", "LiabilityDecision", insurerClaimReferenceNumber="CFM/LL/55201/1")
    response = claim.document("sendLiabilityDecision", "admitted-everything-filled.xml")
    claim.goes("T15", COMP2, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response, shows=ADULT_ADMITTED)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


def test_a_disease_has_the_limit_of_an_accident_at_work(world: World) -> None:
    """K3: notified on Tuesday 17 November, 30 business days end on 31 December; the date that runs is a holiday."""
    claim = Story(world, "elpl")
    claim.opens("eld.xml", at=COMP2, limit="2027-01-01", shows={INSURER_LIMIT: "2027-01-01", NOTIFIED: "2026-11-17"})


def test_article_75_doubles_the_limit_from_the_same_day(world: World) -> None:
    """T14: the longer limit counts from the sending of the CNF, whenever the compensator says so."""
    claim = Story(world, "rta")
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    world.set_clock("2026-12-10T16:00:00")
    claim.goes("T14", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=True, limit="2027-01-08")
    response = claim.document("sendLiabilityDecision", "article-75-capacity.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response, shows=ADULT_ADMITTED)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


@pytest.mark.parametrize("form", ["mib-untraced.xml", "mib-uninsured.xml"])
def test_the_mib_is_not_asked_about_article_75(world: World, form: str) -> None:
    """T4: from acceptClaim straight to the decision, with the 30 days from the beginning. An untraced driver's form names no organisation."""
    claim = Story(world, "rta")
    claim.opens(form, at=MIB, limit="2027-01-08", shows=NEW_RTA)
    claim.goes("T4", MIB, "acceptClaim", "LiabilityDecision")
    claim.refuses(MIB, "applyArticle75", "applyArticle75", "LiabilityDecision", isArticle75=False)
    response = claim.document("sendLiabilityDecision", "admitted-by-mib.xml")
    claim.goes("T15", MIB, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response, shows=ADULT_ADMITTED)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


def test_a_childs_rta_claim(world: World) -> None:
    claim = Story(world, "rta")
    claim.opens("child-passenger.xml", at=COMP2, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T3", COMP2, "acceptClaim", "Article75Decision")
    claim.goes("T13", COMP2, "applyArticle75", "LiabilityDecision", isArticle75=False)
    response = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T16", COMP2, "sendLiabilityDecision", "LiabilityAdmittedForChild", insurerResponseXml=response, shows=CHILD_ADMITTED)
    claim.refuses(CR1, "acknowledgeLiabilityAdmitted", "LiabilityAdmittedForChild")
    claim.goes("T25", CR1, "acknowledgeLiabilityAdmittedForChild", "StartOfStage21")


def test_a_childs_public_liability_claim(world: World) -> None:
    claim = Story(world, "elpl")
    claim.opens("pl-child.xml", at=COMP3, limit="2027-01-20", shows={**NEW_PL, NOTIFIED: "2026-11-19", INSURER_LIMIT: "2027-01-20"})
    claim.goes("T2", COMP3, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP3, "acceptClaim", "LiabilityDecision")
    response = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T16", COMP3, "sendLiabilityDecision", "LiabilityAdmittedForChild", insurerResponseXml=response, shows=CHILD_ADMITTED)
    claim.goes("T25", CR1, "acknowledgeLiabilityAdmittedForChild", "StartOfStage21")


@pytest.mark.parametrize(("day", "row", "phase"), [("2026-12-09", "T16", "LiabilityAdmittedForChild"), ("2026-12-10", "T15", "LiabilityAdmitted")])
def test_a_child_grows_up_on_the_eighteenth_birthday(world: World, day: str, row: str, phase: str) -> None:
    """Born on 10 December 2008: still a child on 9 December 2026, of age the next day. What counts is the day of the response."""
    claim = Story(world, "rta")
    document = claim.document
    claim.document = lambda operation, name: document(operation, name).replace('DateOfBirth="2016-09-03"', 'DateOfBirth="2008-12-10"')
    claim.opens("child-passenger.xml", at=COMP2, limit="2026-12-15", shows=NEW_RTA)
    assert b'DateOfBirth="2008-12-10"' in world.documents(claim.number)["addClaim"]
    claim.goes("T3", COMP2, "acceptClaim", "Article75Decision")
    claim.goes("T13", COMP2, "applyArticle75", "LiabilityDecision", isArticle75=False)
    world.set_clock(f"{day}T09:00:00")
    shows = CHILD_ADMITTED if row == "T16" else ADULT_ADMITTED
    claim.goes(row, COMP2, "sendLiabilityDecision", phase, insurerResponseXml=document("sendLiabilityDecision", "admitted.xml"), shows=shows)
