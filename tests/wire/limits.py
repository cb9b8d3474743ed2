"""How each time limit of the later stages begins: a claim in StartOfStage21 is taken to where it runs, on Monday 23 November 2026.

15 business days end on 14 December, 35 on Thursday 14 January (Christmas Day, 28 December and New Year's Day do not count); an offer in the
last five of these brings five more, to Thursday 21 January.
"""

from life import DAMAGES, Life
from world import COMP1, CR1

OFFERED = "Stage2SettlementPackCounterOfferDecision"
DECIDED = "Stage2SettlementPackAgreementDecision"


def _asks(claim: Life, name: str, limit: str) -> Life:
    return claim.walks("T30").sends("T33", CR1, "addInterimSPFRequest", name, "InterimPaymentDecision", limit=limit)


def k6(claim: Life) -> Life:
    return _asks(claim, "exactly-1000.xml", "2026-12-08")


def k7(claim: Life) -> Life:
    return _asks(claim, "plain.xml", "2026-12-15")


def k7_extended(claim: Life) -> Life:
    return k7(claim).goes("T38", COMP1, "extendInterimPaymentDecisionTimeout", "InterimPaymentDecision", limit="2027-01-08")


def k9(claim: Life) -> Life:
    return claim.walks("T32").sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-15")


def k10(claim: Life) -> Life:
    return k9(claim).sends("T62", COMP1, "addStage2SPFResponse", "counter-offer-to-plain.xml", OFFERED, limit="2027-01-15")


def k10_offer_to_be_made(claim: Life) -> Life:
    return k10(claim).walks("T71")


def k10_offer_made(claim: Life) -> Life:
    return k10_offer_to_be_made(claim).walks("T74")


def k10_yes_or_no(claim: Life) -> Life:
    return k10(claim).walks("T73")


def k11_compensators(claim: Life) -> Life:
    k10_offer_to_be_made(claim).walks("2027-01-08")
    return claim.sends("T75", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", DECIDED, limit="2027-01-22")


def k11_claimants(claim: Life) -> Life:
    k10_offer_made(claim).walks("2027-01-14")
    return claim.sends("T78", COMP1, "addStage2SPFCounterOfferByCM", "new-offer-to-plain.xml", OFFERED, limit="2027-01-22")


def k11_claimants_yes_or_no(claim: Life) -> Life:
    return k11_claimants(claim).walks("T73")


def k12(claim: Life) -> Life:
    claim.walks("T32", "T60", "T62", "T73", "T81", "T100")
    name, to = "plain.xml", "Stage2AdditionalDamagesDecision"
    return claim.sends("T102", CR1, "addS2SPFAdditionalDamagesRequest", name, to, limit="2026-12-15", shows={DAMAGES: "2026-12-15"})


def k13(claim: Life) -> Life:
    claim.walks(*{"rta": "T32 T60 T62 T73 T81 T101", "elpl": "T32 T60 T62 T73 T82"}[claim.process].split())
    return claim.sends("T120", CR1, "addCPPFRequest", "plain.xml", "CourtProceedingsPackResponse", limit="2026-12-01")


NEGOTIATION = [k10, k10_offer_to_be_made, k10_offer_made, k10_yes_or_no]
FURTHER = [k11_compensators, k11_claimants, k11_claimants_yes_or_no]
