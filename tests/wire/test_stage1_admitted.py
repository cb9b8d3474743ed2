"""Claims that are admitted in full and reach stage 2.1 (T1-T5, T13-T16, T21, T25), in each process and each generation.

Everything begins on Monday 23 November 2026. 15 business days later is Monday 14 December, so the insurer's limit is the 15th; Christmas
Day, the substitute for Boxing Day (28 December) and New Year's Day do not count, so 30 business days end on Thursday 7 January 2027.
EL/PL forms count from their notification date, Monday 16 November: 30 business days end on 30 December, 40 on 14 January.
"""

import pytest
from story import ARTICLE_75, CHILD, DECISION, INSURER_LIMIT, MIB_LIMIT, SENT, Story
from world import COMP1, COMP2, CR1, MIB, World, on_both_databases

GENERATIONS = [("token",), ("userauth",), ("token", "userauth")]
each_generation = pytest.mark.parametrize("generations", GENERATIONS, ids="-then-".join)

NEW_RTA = {
    SENT: "2026-11-23",
    INSURER_LIMIT: "2026-12-15",
    MIB_LIMIT: "2027-01-08",
    ARTICLE_75: None,
    DECISION: None,
    CHILD: None,
}
NEW_EL = {SENT: "2026-11-23", INSURER_LIMIT: "2026-12-31", MIB_LIMIT: None, DECISION: None, CHILD: None}
NEW_PL = {**NEW_EL, INSURER_LIMIT: "2027-01-15"}


@on_both_databases
@each_generation
def test_rta(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "rta", *generations)
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="TI/26/119008")
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False, shows={ARTICLE_75: "0"})
    admitted = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=admitted, shows={DECISION: "A", CHILD: "0"})
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


@each_generation
def test_employers_liability(world: World, generations: tuple[str, ...]) -> None:
    claim = Story(world, "elpl", *generations)
    claim.opens("el-adult.xml", at=COMP1, limit="2026-12-31", shows=NEW_EL)
    claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision", insurerClaimReferenceNumber="TI/EL/7")
    admitted = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=admitted, shows={DECISION: "A", CHILD: "0"})
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")
