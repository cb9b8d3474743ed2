"""How a claim comes into each phase, for tests that must look into all of them."""

from __future__ import annotations

from life import CHILDREN, Life
from world import COMP1, COMP2, World

_ACCEPTED = {"rta": "T3 T13", "elpl": "T2 T5"}
_NEGOTIATED = {"rta": "T32 T60 T62 T73 T81", "elpl": "T32 T60 T62 T73 T82"}
_TO_COURT = {"rta": f"{_NEGOTIATED['rta']} T101", "elpl": _NEGOTIATED["elpl"]}
_LAST_DAYS = "T32 T60 T62 T71 2027-01-08 T75"

BEFORE_THE_DECISION = {
    "ClaimSubmitted": {"rta": "", "elpl": ""},
    "ClaimAcknowledged": {"elpl": "T2"},
    "Article75Decision": {"rta": "T3"},
    "LiabilityDecision": _ACCEPTED,
}
FROM_THE_DECISION = {  # after the acceptance
    "LiabilityDecisionTimeout": "T19",
    "LiabilityAdmitted": "T15",
    "LiabilityAdmittedWithNeg": "T17",
    "DeniedLiability": "T18",
}
FROM_STAGE_21 = {  # after the admission
    "StartOfStage21": "",
    "InterimSettlementPackForm": "T30",
    "InterimPaymentDecision": "T30 T33",
    "InterimPaymentDecisionTimeout": "T30 T33 T39",
    "InterimSettlementPackRejected": "T30 T33 T36",
    "AcceptanceOfPartialInterimPayment": "T30 T33 T35",
    "PartialPaymentDecision": "T30 T33 T35 T43",
    "WaitingForInterimPayment": "T30 T33 T34",
    "Stage2SettlementPackForm": "T32",
    "Stage2SettlementPackDecision": "T32 T60",
    "Stage2SettlementPackConfirmation": "T32 T60 T61",
    "Stage2SettlementPackRepudiation": "T32 T60 T63",
    "Stage2SettlementPackDecisionTimeout": "T32 T60 T65",
    "Stage2SettlementPackCounterOfferDecision": "T32 T60 T62",
    "Stage2SettlementPackCounterOffer": "T32 T60 T62 T71",
    "Stage2SettlementPackCounterOfferByCM": "T32 T60 T62 T71 T74",
    "Stage2SettlementPackAgreementDecision": "T32 T60 T62 T73",
    "Stage2SettlementPackAgreed": "T32 T60 T62 T73 T80",
    "Stage2SettlementPackNotAgreed": f"{_LAST_DAYS} T84",
}
DAMAGES = {  # RTA only
    "StartOfStage2SettlementPackAdditionalDamages": "",
    "Stage2AdditionalDamagesForm": "T100",
    "Stage2AdditionalDamagesDecision": "T100 T102",
    "Stage2AdditionalDamagesDecisionTimeout": "T100 T102 T106",
    "Stage2SettlementPackAllDamagesAgreed": "T100 T102 T103",
    "Stage2AdditionalDamagesAgreementDecision": "T100 T102 T104",
    "Stage2AdditionalDamagesAgreement": "T100 T102 T104 T110",
}
COURT_AND_EXITS = {
    "CourtProceedingsPackForm": "",
    "CourtProceedingsPackResponse": "T120",
    "EndOfStage2": "T120 T121",
    "ExitProcess": "T124",
}


def _routes(process: str) -> dict[str, str]:
    admitted = f"{_ACCEPTED[process]} T15 T21"
    found = {phase: ways[process] for phase, ways in BEFORE_THE_DECISION.items() if process in ways}
    found |= {phase: f"{_ACCEPTED[process]} {rows}" for phase, rows in FROM_THE_DECISION.items()}
    found |= {phase: f"{admitted} {rows}" for phase, rows in FROM_STAGE_21.items()}
    found |= {phase: f"{admitted} {_TO_COURT[process]} {rows}" for phase, rows in COURT_AND_EXITS.items()}
    if process == "rta":
        found |= {phase: f"{admitted} {_NEGOTIATED[process]} {rows}" for phase, rows in DAMAGES.items()}
    return found | {"AcknowledgeRejectedClaim": "T7", "ClaimRejectedToCR": "T7 T9", "FraudStated": "T126"}


ROUTES = {process: _routes(process) for process in ("rta", "elpl")}
AS_A_CHILD = "LiabilityAdmittedForChild"  # the one phase into which only a child's claim comes


def phases(process: str) -> list[str]:
    """Every phase of a process in which a claim can stand, the ends apart."""
    return [*ROUTES[process], AS_A_CHILD]


def reached(world: World, process: str, phase: str, *generations: str) -> Life:
    """A claim in that phase, with COMP1 (a child's with COMP2)."""
    claim = Life(world, process, *generations)
    if phase == AS_A_CHILD:
        return claim.sent(CHILDREN[process], COMP2).walks(*_ACCEPTED[process].split(), "T16")
    claim.sent(at=COMP1).walks(*ROUTES[process][phase].split())
    assert claim.phase == phase
    return claim
