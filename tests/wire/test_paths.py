"""Six whole lives, told step by step; after each step both sides read the claim. Calls alternate between the two generations.

Bank holidays on the way: Friday 25 and Monday 28 December 2026, Friday 1 January 2027. Every claim is sent on Monday 23 November 2026.
"""

from life import CHILD_AT_AGREEMENT, CHILD_AT_DAMAGES, CHILD_AT_REQUEST, Life
from story import CHILD, DECISION, ENDED_ON, INSURER_LIMIT, NEW_EL, NEW_PL, NEW_RTA, NOTIFIED
from world import COMP1, COMP2, CR1, World, on_both_databases


def _rta(world: World) -> Life:
    return Life(world, "rta", "token", "userauth")


def _elpl(world: World) -> Life:
    return Life(world, "elpl", "token", "userauth")


@on_both_databases
def test_rta_adult_in_the_order_of_the_legacy_clients_demo(world: World) -> None:
    """An interim payment in part, then a settlement pack; offers to and fro end in agreement, which the compensator acknowledges.

    The interim pack of Tuesday 1 December has 15 business days, to the 22nd. The settlement pack of Tuesday 15 December has 15, to Friday
    8 January; from the first counter offer on it has 35, to Friday 5 February.
    """
    claim = _rta(world)
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="TI/26/119008")
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)
    admitted = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=admitted, shows={DECISION: "A", CHILD: "0"})
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")

    world.set_clock("2026-12-01T09:30:00")
    claim.goes("T30", CR1, "setInterimPaymentNeeded", "InterimSettlementPackForm", isInterimPaymentNeeded=True)
    claim.sends("T33", CR1, "addInterimSPFRequest", "plain.xml", "InterimPaymentDecision", limit="2026-12-23")
    world.set_clock("2026-12-09T15:00:00")
    claim.sends("T35", COMP1, "addInterimSPFResponse", "partial-to-plain.xml", "AcceptanceOfPartialInterimPayment")
    claim.goes("T43", CR1, "acceptPartialInterimPayment", "PartialPaymentDecision", isPartialInterimPaymentAccepted=True)
    claim.goes("T45", COMP1, "acknowledgePartialPaymentDecision", "WaitingForInterimPayment")
    claim.goes("T47", CR1, "setStage21Payment", "StartOfStage21", isStage21Paid=True)
    claim.goes("T32", CR1, "setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False)

    world.set_clock("2026-12-15T11:00:00")
    asked = {CHILD_AT_REQUEST: "0"}
    claim.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2027-01-09", shows=asked)
    world.set_clock("2027-01-06T11:00:00")
    to = "Stage2SettlementPackCounterOfferDecision"
    claim.sends("T62", COMP1, "addStage2SPFResponse", "counter-offer-to-plain.xml", to, limit="2027-02-06")
    claim.goes("T71", CR1, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackCounterOffer", isStage2SPFCounterOfferNeeded=True)
    claim.sends("T74", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", "Stage2SettlementPackCounterOfferByCM")
    claim.sends("T77", COMP1, "addStage2SPFCounterOfferByCM", "new-offer-to-plain.xml", to)
    claim.goes("T73", CR1, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackAgreementDecision", isStage2SPFCounterOfferNeeded=False)
    agreed = {CHILD_AT_AGREEMENT: "0"}
    claim.goes("T80", CR1, "setStage2SPFAgreementDecision", "Stage2SettlementPackAgreed", isAgreed=True, shows=agreed)
    claim.goes("T85", COMP1, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd", shows={ENDED_ON: "2027-01-06"})


@on_both_databases
def test_rta_child_confirmed(world: World) -> None:
    """What was agreed for a child goes to the court, for its approval."""
    claim = _rta(world)
    claim.opens("child-passenger.xml", at=COMP2, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T3", COMP2, "acceptClaim", "Article75Decision")
    claim.goes("T13", COMP2, "applyArticle75", "LiabilityDecision", isArticle75=False)
    admitted = claim.document("sendLiabilityDecision", "admitted.xml")
    shows = {DECISION: "A", CHILD: "1"}
    claim.goes("T16", COMP2, "sendLiabilityDecision", "LiabilityAdmittedForChild", insurerResponseXml=admitted, shows=shows)
    claim.goes("T25", CR1, "acknowledgeLiabilityAdmittedForChild", "StartOfStage21")
    claim.goes("T32", CR1, "setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False)
    asked = {CHILD_AT_REQUEST: "1"}
    claim.sends("T60", CR1, "addStage2SPFRequest", "minimal.xml", "Stage2SettlementPackDecision", limit="2026-12-15", shows=asked)
    agreed = {CHILD_AT_AGREEMENT: "1"}
    claim.sends("T61", COMP2, "addStage2SPFResponse", "confirm-to-minimal.xml", "Stage2SettlementPackConfirmation", shows=agreed)
    claim.goes("T68", CR1, "acknowledgeStage2SPFConfirmation", "StartOfStage2SettlementPackAdditionalDamages")
    claim.goes("T101", CR1, "setAdditionalDamagesExistence", "CourtProceedingsPackForm", additionalDamagesExist=False)
    claim.sends("T120", CR1, "addCPPFRequest", "minimal.xml", "CourtProceedingsPackResponse", limit="2026-12-01")
    claim.sends("T121", COMP2, "addCPPFResponse", "answer-to-minimal.xml", "EndOfStage2")
    claim.goes("T123", CR1, "acknowledgeCPPFResponse", "EndOfStage2End", shows={ENDED_ON: "2026-11-23", CHILD_AT_DAMAGES: None})


@on_both_databases
def test_rta_not_agreed_and_additional_damages_countered_and_refused(world: World) -> None:
    """To the court, where the compensator has no comment: 5 business days after Thursday 3 December its time is over."""
    claim = _rta(world).to_stage2()
    claim.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-15")
    to = "Stage2SettlementPackCounterOfferDecision"
    claim.sends("T62", COMP1, "addStage2SPFResponse", "counter-offer-to-plain.xml", to, limit="2027-01-15")
    claim.goes("T73", CR1, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackAgreementDecision", isStage2SPFCounterOfferNeeded=False)
    refused = {CHILD_AT_AGREEMENT: None}
    claim.goes("T81", CR1, "setStage2SPFAgreementDecision", "StartOfStage2SettlementPackAdditionalDamages", isAgreed=False, shows=refused)
    claim.goes("T100", CR1, "setAdditionalDamagesExistence", "Stage2AdditionalDamagesForm", additionalDamagesExist=True)
    claim.sends("T102", CR1, "addS2SPFAdditionalDamagesRequest", "plain.xml", "Stage2AdditionalDamagesDecision", limit="2026-12-15")
    to = "Stage2AdditionalDamagesAgreementDecision"
    claim.sends("T104", COMP1, "addS2SPFAdditionalDamagesResponse", "counter-offer-to-plain.xml", to)
    world.set_clock("2026-12-03T17:00:00")
    claim.goes("T111", CR1, "setS2SPFAdditionalDamagesDecision", "CourtProceedingsPackForm", isAgreed=False, shows={CHILD_AT_DAMAGES: None})
    claim.sends("T120", CR1, "addCPPFRequest", "after-additional-damages.xml", "CourtProceedingsPackResponse", limit="2026-12-11")
    claim.expires("2026-12-11T00:00:00")
    claim.refuses(COMP1, "addCPPFResponse", "EndOfStage2 (End of Stage 2)", CPPFResponseXML="<CourtProceedingPackResponse/>")
    claim.goes("T123", CR1, "acknowledgeCPPFResponse", "EndOfStage2End", shows={ENDED_ON: "2026-12-11"})


@on_both_databases
def test_el_silent_compensator(world: World) -> None:
    """Notified on 16 November; 30 business days end on 30 December."""
    claim = _elpl(world)
    claim.opens("el-adult.xml", at=COMP1, limit="2026-12-31", shows=NEW_EL)
    claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision")
    claim.expires("2026-12-31T00:00:00")
    claim.goes("T20", CR1, "acknowledgeLiabilityDecisionTimeout", "LiabilityDecisionTimeoutEnd", shows={ENDED_ON: "2026-12-31"})


@on_both_databases
def test_pl_rejected_and_sent_to_another(world: World) -> None:
    """The second compensator admits liability, and never answers the settlement pack.

    The corrected form says that it was notified on Friday 20 November: 40 business days end on Wednesday 20 January. The pack of Thursday
    3 December has 15, to Thursday 24 December; Christmas Day is the day on which it is too late.
    """
    claim = _elpl(world)
    claim.opens("pl-adult.xml", at=COMP2, limit="2027-01-15", shows=NEW_PL)
    claim.goes("T2", COMP2, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T7", COMP2, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="0")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    corrected = claim.document("resendRejectedClaim", "el-adult-to-another-compensator.xml")
    corrected = corrected.replace('ClaimType="EL"', 'ClaimType="PL"').replace("COMP002", "COMP001")
    anew = {NOTIFIED: "2026-11-20", INSURER_LIMIT: "2027-01-21"}
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=corrected, holder=COMP1, limit="2027-01-21", shows=anew)
    claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision")
    admitted = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=admitted, shows={DECISION: "A", CHILD: "0"})
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")
    claim.goes("T32", CR1, "setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False)
    world.set_clock("2026-12-03T09:00:00")
    claim.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-25")
    claim.expires("2026-12-25T00:00:00")
    to = "Stage2SettlementPackDecisionTimeoutEnd"
    claim.goes("T66", CR1, "acknowledgeStage2SPFDecisionTimeout", to, shows={ENDED_ON: "2026-12-25"})


@on_both_databases
def test_rta_article_75_then_fraud(world: World) -> None:
    claim = _rta(world)
    claim.opens("adult-driver.xml", at=COMP1, limit="2026-12-15", shows=NEW_RTA)
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    claim.goes("T14", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=True, limit="2027-01-08")
    admitted = claim.document("sendLiabilityDecision", "article-75-capacity.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=admitted, shows={DECISION: "A", CHILD: "0"})
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")
    claim.goes("T32", CR1, "setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False)
    claim.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-15")
    words = "The passengers were not in the car."
    shows = {"ApplicationData/FraudStated/@FraudReasonCode": "0", "ApplicationData/FraudStated/@FraudComment": words}
    claim.goes("T126", COMP1, "stateFraud", "FraudStated", reasonCode="0", reasonDescription=words, shows=shows)
    claim.goes("T127", CR1, "acknowledgeFraudStated", "FraudStatedEnd", shows={ENDED_ON: "2026-11-23"})
