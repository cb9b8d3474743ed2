"""The contract table says what is known of the process. All expectations are written by hand."""

from itertools import product
from typing import NamedTuple

import pytest

from gateway.contract.load import contract
from gateway.contract.model import OTHER, SELF
from gateway.operations.agreement import exists_in
from gateway.xml import schemas
from gateway.xml.wsdl import published

CR, CM, EITHER = "claimant-representative", "compensator", "either"
HOLDER = "holder"  # whoever has the claim
BOTH, RTA, ELPL = ("rta", "elpl"), ("rta",), ("elpl",)
KEPT = {"rta": ("R3", "R5", "R6", "R7"), "elpl": ("R3", "R5", "R6")}
every_claim = pytest.mark.parametrize(("process", "release"), [(process, release) for process in KEPT for release in KEPT[process]])

RTA_ONLY = {
    "acknowledgeAdditionalDamagesAgreement",
    "acknowledgeAdditionalDamagesDecisionTimeout",
    "acknowledgeAllDamagesAgreed",
    "addS2SPFAdditionalDamagesRequest",
    "addS2SPFAdditionalDamagesResponse",
    "applyArticle75",
    "extendAdditionalDamagesDecisionTimeout",
    "setAdditionalDamagesExistence",
    "setS2SPFAdditionalDamagesDecision",
    "setStage1Payment",
}
ELPL_ONLY = {"acknowledgeClaim"}
WITHOUT_CREDENTIALS = {"getToken", "refreshToken", "changePassword"}
SINCE = {
    "R1": {"exitProcess", "acknowledgeExitProcess"},
    "R2": RTA_ONLY - {"applyArticle75", "setStage1Payment"} | {"searchCompensatorsByInsurerIndex"},
    "R3": {"acknowledgeLiabilityAdmitted", "returnToStartOfStage21", "acknowledgeClaim"},
    "R5": {"acknowledgeRejectedClaim", "exitRejectedClaim"},
}


class Row(NamedTuple):
    """One transition row. `who`: the side that makes the step; `turn`: only while it is that side's turn; `acts`: whose turn it is then."""

    processes: tuple[str, ...]
    phases: set[str]
    operation: str
    who: str
    outcome: str | None
    to: str
    releases: tuple[str | None, str | None] = (None, None)
    turn: str | None = None
    acts: str | None = None


NEW = {"ClaimSubmitted", "ClaimAcknowledged"}
S2 = "Stage2SettlementPack"
AD = "Stage2AdditionalDamages"
START_AD = "StartOfStage2SettlementPackAdditionalDamages"
NEGOTIATING = {f"{S2}CounterOfferDecision", f"{S2}CounterOffer", f"{S2}CounterOfferByCM", f"{S2}AgreementDecision"}
FRAUD = {
    *("ClaimSubmitted", "ClaimAcknowledged", "Article75Decision", "LiabilityDecision", "InterimPaymentDecision"),
    *(f"{S2}Decision", f"{S2}CounterOfferByCM", f"{AD}Decision"),
}
EXIT = {
    *("ClaimSubmitted", "ClaimAcknowledged", "Article75Decision", "LiabilityDecision", "LiabilityAdmittedForChild"),
    *("StartOfStage21", "InterimSettlementPackForm", "InterimPaymentDecision", "InterimPaymentDecisionTimeout", "InterimSettlementPackRejected"),
    *("AcceptanceOfPartialInterimPayment", "PartialPaymentDecision", "WaitingForInterimPayment"),
    *(f"{S2}Form", f"{S2}Decision", *NEGOTIATING, f"{S2}NotAgreed"),
    *(START_AD, f"{AD}Form", f"{AD}Decision", f"{AD}AgreementDecision"),
    *("CourtProceedingsPackForm", "CourtProceedingsPackResponse"),
}
# an exit is possible everywhere else: not for a rejected claim (exitRejectedClaim), not in LiabilityAdmitted, and not where a click ends the claim
NO_EXIT = {
    *("AcknowledgeRejectedClaim", "ClaimRejectedToCR", "LiabilityAdmitted"),
    *("LiabilityDecisionTimeout", "LiabilityAdmittedWithNeg", "DeniedLiability"),
    *(f"{S2}Confirmation", f"{S2}Repudiation", f"{S2}Agreed", f"{S2}DecisionTimeout"),
    *(f"{S2}AllDamagesAgreed", f"{AD}Agreement", f"{AD}DecisionTimeout"),
    *("EndOfStage2", "ExitProcess", "FraudStated"),
}

REFUSALS = {6, 24, 31, 49, 72}  # rows that say "refuse": there is nothing in the table for them, or the handler refuses
CLOCKS_ROWS = {19, 39, 65, 106, 122}
ROWS = [
    # stage 1
    ("T1", Row(BOTH, set(), "addClaim", CR, None, "ClaimSubmitted")),
    ("T2", Row(ELPL, {"ClaimSubmitted"}, "acknowledgeClaim", CM, None, "ClaimAcknowledged")),
    ("T3", Row(RTA, {"ClaimSubmitted"}, "acceptClaim", CM, "accepted", "Article75Decision")),
    ("T4", Row(RTA, {"ClaimSubmitted"}, "acceptClaim", CM, "accepted-by-mib", "LiabilityDecision")),
    ("T5", Row(ELPL, {"ClaimAcknowledged"}, "acceptClaim", CM, "accepted", "LiabilityDecision")),
    ("T7", Row(BOTH, NEW, "rejectClaimToCR", CM, None, "AcknowledgeRejectedClaim", ("R5", None))),
    ("T8", Row(BOTH, NEW, "rejectClaimToCR", CM, None, "ClaimRejectedToCR", (None, "R4"))),
    ("T9", Row(BOTH, {"AcknowledgeRejectedClaim"}, "acknowledgeRejectedClaim", CR, None, "ClaimRejectedToCR")),
    ("T10", Row(BOTH, {"ClaimRejectedToCR"}, "resendRejectedClaim", CR, None, "ClaimSubmitted")),
    ("T11", Row(BOTH, {"ClaimRejectedToCR"}, "exitRejectedClaim", CR, None, "ExitRejectedClaim", ("R5", None))),
    ("T12", Row(BOTH, NEW, "reassignToAnotherCM", CM, None, "ClaimSubmitted")),
    ("T13", Row(RTA, {"Article75Decision"}, "applyArticle75", CM, "not-applied", "LiabilityDecision")),
    ("T14", Row(RTA, {"Article75Decision"}, "applyArticle75", CM, "applied", "LiabilityDecision")),
    ("T15", Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "admitted", "LiabilityAdmitted")),
    ("T16", Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "admitted-child", "LiabilityAdmittedForChild")),
    ("T17", Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "admitted-with-negligence", "LiabilityAdmittedWithNeg")),
    ("T18", Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "denied", "DeniedLiability")),
    ("T20", Row(BOTH, {"LiabilityDecisionTimeout"}, "acknowledgeLiabilityDecisionTimeout", CR, None, "LiabilityDecisionTimeoutEnd")),
    ("T21", Row(BOTH, {"LiabilityAdmitted"}, "acknowledgeLiabilityAdmitted", CR, None, "StartOfStage21", ("R3", None))),
    ("T22", Row(RTA, {"LiabilityAdmitted"}, "setStage1Payment", CR, "paid", "StartOfStage21", (None, "R2"))),
    ("T23", Row(RTA, {"LiabilityAdmitted"}, "setStage1Payment", CR, "not-paid", "ExitProcess", (None, "R2"))),
    ("T25", Row(BOTH, {"LiabilityAdmittedForChild"}, "acknowledgeLiabilityAdmittedForChild", CR, None, "StartOfStage21")),
    ("T26", Row(BOTH, {"LiabilityAdmittedWithNeg"}, "acknowledgeLiabilityAdmittedWithNeg", CR, None, "LiabilityAdmittedWithNegEnd")),
    ("T27", Row(BOTH, {"DeniedLiability"}, "acknowledgeDeniedLiability", CR, None, "DeniedLiabilityEnd")),
    # stage 2.1
    ("T30", Row(BOTH, {"StartOfStage21"}, "setInterimPaymentNeeded", CR, "needed", "InterimSettlementPackForm")),
    ("T32", Row(BOTH, {"StartOfStage21"}, "setInterimPaymentNeeded", CR, "not-needed", f"{S2}Form")),
    ("T33", Row(BOTH, {"InterimSettlementPackForm"}, "addInterimSPFRequest", CR, None, "InterimPaymentDecision")),
    ("T34", Row(BOTH, {"InterimPaymentDecision"}, "addInterimSPFResponse", CM, "in-full", "WaitingForInterimPayment")),
    ("T35", Row(BOTH, {"InterimPaymentDecision"}, "addInterimSPFResponse", CM, "in-part", "AcceptanceOfPartialInterimPayment")),
    ("T36", Row(BOTH, {"InterimPaymentDecision"}, "rejectInterimSettlementPack", CM, None, "InterimSettlementPackRejected")),
    ("T37", Row(BOTH, {"InterimSettlementPackRejected"}, "acknowledgeRejectedInterimSettlementPack", CR, None, "StartOfStage21")),
    ("T38", Row(BOTH, {"InterimPaymentDecision"}, "extendInterimPaymentDecisionTimeout", CM, None, SELF)),
    ("T40", Row(BOTH, {"InterimPaymentDecisionTimeout"}, "acknowledgeInterimPaymentDecisionTimeout", CR, None, f"{S2}Form")),
    ("T41", Row(BOTH, {"InterimPaymentDecisionTimeout"}, "returnToStartOfStage21", CR, None, "StartOfStage21", ("R3", None))),
    ("T42", Row(BOTH, {"InterimSettlementPackForm", f"{S2}Form"}, "returnToStartOfStage21", CR, None, "StartOfStage21", ("R3", None))),
    ("T43", Row(BOTH, {"AcceptanceOfPartialInterimPayment"}, "acceptPartialInterimPayment", CR, "accepted", "PartialPaymentDecision")),
    ("T44", Row(BOTH, {"AcceptanceOfPartialInterimPayment"}, "acceptPartialInterimPayment", CR, "not-accepted", "PartialPaymentDecision")),
    ("T45", Row(BOTH, {"PartialPaymentDecision"}, "acknowledgePartialPaymentDecision", CM, "accepted", "WaitingForInterimPayment")),
    ("T46", Row(BOTH, {"PartialPaymentDecision"}, "acknowledgePartialPaymentDecision", CM, "not-accepted", "PartialPaymentNotAcceptedEnd")),
    ("T47", Row(BOTH, {"WaitingForInterimPayment"}, "setStage21Payment", CR, "paid", "StartOfStage21", ("R3", None))),
    ("T48", Row(RTA, {"WaitingForInterimPayment"}, "setStage21Payment", CR, "paid", f"{S2}Form", (None, "R2"))),
    ("T50", Row(BOTH, {"WaitingForInterimPayment"}, "setStage21Payment", CR, "not-paid", "InterimPaymentNotReceivedEnd")),
    # stage 2
    ("T60", Row(BOTH, {f"{S2}Form"}, "addStage2SPFRequest", CR, None, f"{S2}Decision")),
    ("T61", Row(BOTH, {f"{S2}Decision"}, "addStage2SPFResponse", CM, "confirmed", f"{S2}Confirmation")),
    ("T62", Row(BOTH, {f"{S2}Decision"}, "addStage2SPFResponse", CM, "counter-offer", f"{S2}CounterOfferDecision")),
    ("T63", Row(BOTH, {f"{S2}Decision"}, "addStage2SPFResponse", CM, "repudiated", f"{S2}Repudiation")),
    ("T64", Row(BOTH, {f"{S2}Decision"}, "extendStage2SPFDecisionTimeout", CM, None, SELF)),
    ("T66", Row(BOTH, {f"{S2}DecisionTimeout"}, "acknowledgeStage2SPFDecisionTimeout", CR, None, f"{S2}DecisionTimeoutEnd")),
    ("T67", Row(BOTH, {f"{S2}Confirmation"}, "acknowledgeStage2SPFConfirmation", CR, "adult", f"{S2}ConfirmationEnd")),
    ("T68", Row(RTA, {f"{S2}Confirmation"}, "acknowledgeStage2SPFConfirmation", CR, "child", START_AD)),
    ("T69", Row(ELPL, {f"{S2}Confirmation"}, "acknowledgeStage2SPFConfirmation", CR, "child", "CourtProceedingsPackForm")),
    ("T70", Row(BOTH, {f"{S2}Repudiation"}, "acknowledgeStage2SPFRepudiation", CR, None, f"{S2}RepudiationEnd")),
    ("T71", Row(BOTH, {f"{S2}CounterOfferDecision"}, "setStage2SPFCounterOfferNeeded", CR, "needed", f"{S2}CounterOffer")),
    ("T73", Row(BOTH, {f"{S2}CounterOfferDecision"}, "setStage2SPFCounterOfferNeeded", CR, "not-needed", f"{S2}AgreementDecision")),
    ("T74", Row(BOTH, {f"{S2}CounterOffer"}, "addStage2SPFCounterOfferByCR", CR, "in-time", f"{S2}CounterOfferByCM")),
    ("T75", Row(BOTH, {f"{S2}CounterOffer"}, "addStage2SPFCounterOfferByCR", CR, "in-the-last-days", f"{S2}AgreementDecision", acts=CM)),
    ("T76", Row(BOTH, {f"{S2}CounterOfferByCM"}, "addStage2SPFCounterOfferByCM", CM, "accepted", f"{S2}Agreed")),
    ("T77", Row(BOTH, {f"{S2}CounterOfferByCM"}, "addStage2SPFCounterOfferByCM", CM, "new-offer", f"{S2}CounterOfferDecision")),
    ("T78", Row(BOTH, {f"{S2}CounterOfferByCM"}, "addStage2SPFCounterOfferByCM", CM, "new-offer-in-the-last-days", f"{S2}CounterOfferDecision")),
    ("T79", Row(BOTH, NEGOTIATING, "extendStage2SPFCounterOfferTimeout", HOLDER, None, SELF)),
    ("T80", Row(BOTH, {f"{S2}AgreementDecision"}, "setStage2SPFAgreementDecision", CR, "agreed", f"{S2}Agreed", turn=CR)),
    ("T81", Row(RTA, {f"{S2}AgreementDecision"}, "setStage2SPFAgreementDecision", CR, "not-agreed", START_AD, turn=CR)),
    ("T82", Row(ELPL, {f"{S2}AgreementDecision"}, "setStage2SPFAgreementDecision", CR, "not-agreed", "CourtProceedingsPackForm", turn=CR)),
    ("T83", Row(BOTH, {f"{S2}AgreementDecision"}, "setStage2SPFAgreementDecision", CM, "agreed", f"{S2}Agreed", turn=CM)),
    ("T83", Row(BOTH, {f"{S2}AgreementDecision"}, "addStage2SPFCounterOfferByCM", CM, "agreed", f"{S2}Agreed", turn=CM)),
    ("T84", Row(BOTH, {f"{S2}AgreementDecision"}, "setStage2SPFAgreementDecision", CM, "not-agreed", f"{S2}NotAgreed", turn=CM)),
    ("T84", Row(BOTH, {f"{S2}AgreementDecision"}, "addStage2SPFCounterOfferByCM", CM, "not-agreed", f"{S2}NotAgreed", turn=CM)),
    ("T85", Row(BOTH, {f"{S2}Agreed"}, "acknowledgeStage2SPFAgreed", OTHER, "adult", f"{S2}AgreedEnd")),
    ("T86", Row(RTA, {f"{S2}Agreed"}, "acknowledgeStage2SPFAgreed", OTHER, "child", START_AD)),
    ("T87", Row(ELPL, {f"{S2}Agreed"}, "acknowledgeStage2SPFAgreed", OTHER, "child", "CourtProceedingsPackForm")),
    ("T88", Row(RTA, {f"{S2}NotAgreed"}, "acknowledgeStage2SPFNotAgreed", CR, None, START_AD)),
    ("T89", Row(ELPL, {f"{S2}NotAgreed"}, "acknowledgeStage2SPFNotAgreed", CR, None, "CourtProceedingsPackForm")),
    # additional damages
    ("T100", Row(RTA, {START_AD}, "setAdditionalDamagesExistence", CR, "exist", f"{AD}Form")),
    ("T101", Row(RTA, {START_AD}, "setAdditionalDamagesExistence", CR, "none", "CourtProceedingsPackForm")),
    ("T102", Row(RTA, {f"{AD}Form"}, "addS2SPFAdditionalDamagesRequest", CR, None, f"{AD}Decision")),
    ("T103", Row(RTA, {f"{AD}Decision"}, "addS2SPFAdditionalDamagesResponse", CM, "agreed", f"{S2}AllDamagesAgreed")),
    ("T104", Row(RTA, {f"{AD}Decision"}, "addS2SPFAdditionalDamagesResponse", CM, "counter-offer", f"{AD}AgreementDecision")),
    ("T105", Row(RTA, {f"{AD}Decision"}, "extendAdditionalDamagesDecisionTimeout", CM, None, SELF)),
    ("T107", Row(RTA, {f"{AD}DecisionTimeout"}, "acknowledgeAdditionalDamagesDecisionTimeout", CR, None, f"{AD}DecisionTimeoutEnd")),
    ("T108", Row(RTA, {f"{S2}AllDamagesAgreed"}, "acknowledgeAllDamagesAgreed", CR, "adult", f"{S2}AllDamagesAgreedEnd")),
    ("T109", Row(RTA, {f"{S2}AllDamagesAgreed"}, "acknowledgeAllDamagesAgreed", CR, "child", "CourtProceedingsPackForm")),
    ("T110", Row(RTA, {f"{AD}AgreementDecision"}, "setS2SPFAdditionalDamagesDecision", CR, "agreed", f"{AD}Agreement")),
    ("T111", Row(RTA, {f"{AD}AgreementDecision"}, "setS2SPFAdditionalDamagesDecision", CR, "not-agreed", "CourtProceedingsPackForm")),
    ("T112", Row(RTA, {f"{AD}Agreement"}, "acknowledgeAdditionalDamagesAgreement", CM, "adult", f"{AD}AgreementEnd")),
    ("T113", Row(RTA, {f"{AD}Agreement"}, "acknowledgeAdditionalDamagesAgreement", CM, "child", "CourtProceedingsPackForm")),
    ("T114", Row(RTA, {f"{AD}DecisionTimeout"}, "acknowledgeAdditionalDamagesAgreement", CR, "timed-out", f"{AD}DecisionTimeoutEnd")),
    # court pack, exits, fraud
    ("T120", Row(BOTH, {"CourtProceedingsPackForm"}, "addCPPFRequest", CR, None, "CourtProceedingsPackResponse")),
    ("T121", Row(BOTH, {"CourtProceedingsPackResponse"}, "addCPPFResponse", CM, None, "EndOfStage2")),
    ("T123", Row(BOTH, {"EndOfStage2"}, "acknowledgeCPPFResponse", CR, None, "EndOfStage2End")),
    ("T124", Row(BOTH, EXIT, "exitProcess", EITHER, None, "ExitProcess")),
    ("T125", Row(BOTH, {"ExitProcess"}, "acknowledgeExitProcess", OTHER, None, "ExitProcessEnd")),
    ("T126", Row(BOTH, FRAUD, "stateFraud", CM, None, "FraudStated")),
    ("T127", Row(BOTH, {"FraudStated"}, "acknowledgeFraudStated", CR, None, "FraudStatedEnd")),
]


class State(NamedTuple):
    """One phase. `acts` None: the claim has ended."""

    name: str
    acts: str | None
    clock: str | None = None
    processes: tuple[str, ...] = BOTH
    since: str | None = None
    gone_after: int | None = None


PHASES = {
    "ClaimSubmitted": State("Claim submitted", CM, "liability"),
    "ClaimAcknowledged": State("Claim acknowledged", CM, "liability", ELPL),
    "AcknowledgeRejectedClaim": State("Acknowledge Rejected Claim", CR, since="R5"),
    "ClaimRejectedToCR": State("Claim Rejected to CR", CR, gone_after=60),
    "ExitRejectedClaim": State("Exit Rejected Claim", None, since="R5"),
    "Article75Decision": State("Article 75 decision", CM, "liability", RTA),
    "LiabilityDecision": State("Liability decision", CM, "liability"),
    "LiabilityDecisionTimeout": State("Liability Decision Timeout", CR),
    "LiabilityDecisionTimeoutEnd": State("Liability Decision Timeout End", None),
    "LiabilityAdmitted": State("Liability admitted", CR),
    "LiabilityAdmittedForChild": State("Liability admitted for child", CR),
    "LiabilityAdmittedWithNeg": State("Liability admitted with negligence", CR),
    "LiabilityAdmittedWithNegEnd": State("Liability admitted with negligence End", None),
    "DeniedLiability": State("Liability denied", CR),
    "DeniedLiabilityEnd": State("Liability denied End", None),
    "StartOfStage21": State("Start of Stage 2.1", CR),
    "InterimSettlementPackForm": State("Interim Settlement Pack Form", CR),
    "InterimPaymentDecision": State("Interim Payment decision", CM, "interim"),
    "InterimPaymentDecisionTimeout": State("Interim Payment Decision Timeout", CR),
    "InterimSettlementPackRejected": State("Interim Settlement Pack rejected", CR),
    "AcceptanceOfPartialInterimPayment": State("Acceptance of partial Interim payment", CR),
    "PartialPaymentDecision": State("Partial payment decision", CM),
    "WaitingForInterimPayment": State("Waiting for Interim Payment", CR),
    "InterimPaymentNotReceivedEnd": State("Interim Payment not received End", None),
    "PartialPaymentNotAcceptedEnd": State("Partial Payment not accepted End", None),
    "Stage2SettlementPackForm": State("Stage 2 Settlement Pack Form", CR),
    "Stage2SettlementPackDecision": State("Stage 2 settlement pack decision", CM, "settlement"),
    "Stage2SettlementPackConfirmation": State("Stage 2 Settlement Pack confirmation", CR),
    "Stage2SettlementPackConfirmationEnd": State("Stage 2 Settlement Pack confirmation End", None),
    "Stage2SettlementPackRepudiation": State("Stage 2 Settlement Pack repudiation", CR),
    "Stage2SettlementPackRepudiationEnd": State("Stage 2 Settlement Pack repudiation End", None),
    "Stage2SettlementPackCounterOfferDecision": State("Stage 2 Settlement Pack counter offer decision", CR, "negotiation"),
    "Stage2SettlementPackCounterOffer": State("Stage 2 Settlement Pack counter offer", CR, "negotiation"),
    "Stage2SettlementPackAgreementDecision": State("Stage 2 Settlement Pack agreement decision", CR, "negotiation"),
    "Stage2SettlementPackCounterOfferByCM": State("Stage 2 Settlement Pack counter offer by compensator", CM, "negotiation"),
    "Stage2SettlementPackAgreed": State("Stage 2 Settlement Pack agreed", OTHER),
    "Stage2SettlementPackAgreedEnd": State("Stage 2 Settlement Pack agreed End", None),
    "Stage2SettlementPackNotAgreed": State("Stage 2 Settlement Pack not agreed", CR),
    "Stage2SettlementPackDecisionTimeout": State("Stage 2 Settlement Pack Decision Timeout", CR),
    "Stage2SettlementPackDecisionTimeoutEnd": State("Stage 2 Settlement Pack Decision Timeout End", None),
    "StartOfStage2SettlementPackAdditionalDamages": State("Start of Stage 2 Settlement Pack Additional Damages", CR, None, RTA),
    "Stage2AdditionalDamagesForm": State("Stage 2 Additional Damages Form", CR, None, RTA),
    "Stage2AdditionalDamagesDecision": State("Stage 2 Additional Damages decision", CM, "additional-damages", RTA),
    "Stage2AdditionalDamagesAgreementDecision": State("Stage 2 Additional Damages agreement decision", CR, None, RTA),
    "Stage2SettlementPackAllDamagesAgreed": State("Stage 2 Settlement Pack all damages agreed", CR, None, RTA),
    "Stage2SettlementPackAllDamagesAgreedEnd": State("Stage 2 Settlement Pack all damages agreed End", None, None, RTA),
    "Stage2AdditionalDamagesAgreement": State("Stage 2 Additional Damages agreement", CM, None, RTA),
    "Stage2AdditionalDamagesAgreementEnd": State("Stage 2 Additional Damages agreement End", None, None, RTA),
    "Stage2AdditionalDamagesDecisionTimeout": State("Stage 2 Additional Damages Decision Timeout", CR, None, RTA),
    "Stage2AdditionalDamagesDecisionTimeoutEnd": State("Stage 2 Additional Damages Decision Timeout End", None, None, RTA),
    "CourtProceedingsPackForm": State("Court Proceedings Pack Form", CR),
    "CourtProceedingsPackResponse": State("Court Proceedings Pack response", CM, "court"),
    "EndOfStage2": State("End of Stage 2", CR),
    "EndOfStage2End": State("End of Stage 2 End", None),
    "ExitProcess": State("Exit process", OTHER),
    "ExitProcessEnd": State("Exit process End", None),
    "FraudStated": State("Fraud stated", CR),
    "FraudStatedEnd": State("Fraud stated End", None),
}

# clock: row, where it leads, warning so many business days before the end
CLOCKS = {
    "liability": ("T19", "LiabilityDecisionTimeout", 5),
    "interim": ("T39", "InterimPaymentDecisionTimeout", 3),
    "settlement": ("T65", "Stage2SettlementPackDecisionTimeout", 3),
    "negotiation": ("T65", "Stage2SettlementPackDecisionTimeout", 3),
    "additional-damages": ("T106", "Stage2AdditionalDamagesDecisionTimeout", 3),
    "court": ("T122", "EndOfStage2", None),
}
# limit: clock, business days, process, days once extended. K5 (stage 1 payment, before R3) and K8 (the date of K6 or K7) move nothing,
# K14 is the phase's (gone_after)
LIMITS = {
    "K1": ("liability", 15, RTA, None),
    "K2": ("liability", 30, RTA, None),
    "K3": ("liability", 30, ELPL, None),
    "K4": ("liability", 40, ELPL, None),
    "K6": ("interim", 10, BOTH, None),
    "K7": ("interim", 15, BOTH, 30),
    "K9": ("settlement", 15, BOTH, None),
    "K10": ("negotiation", 35, BOTH, None),
    "K11": ("negotiation", 5, BOTH, None),
    "K12": ("additional-damages", 15, RTA, None),
    "K13": ("court", 5, BOTH, None),
}


@pytest.mark.parametrize(
    ("service", "file", "number"),
    [("rta-token", "PIPWSTK", 81), ("rta-userauth", "PIPWS", 78), ("elpl-token", "ELPLWSTK", 72), ("elpl-userauth", "ELPLWS", 69)],
)
def test_table_and_wsdl_have_the_same_operations(service, file, number):
    process, generation = service.split("-")
    told = {operation.name for operation in contract().of_process(process)}
    if generation == "userauth":
        told -= WITHOUT_CREDENTIALS
    assert told == set(published(f"{file}.wsdl").requests)
    assert len(told) == number
    assert contract().services[service].wsdl == f"{file}.wsdl"


def test_operations_of_one_process_only():
    assert {name for name, one in contract().operations.items() if one.processes == RTA} == RTA_ONLY
    assert {name for name, one in contract().operations.items() if one.processes == ELPL} == ELPL_ONLY
    assert {name for name, one in contract().operations.items() if one.actor == "anonymous"} == WITHOUT_CREDENTIALS


def test_operations_that_came_later():
    found = {release: {name for name, one in contract().operations.items() if one.since == release} for release in SINCE}
    assert found == SINCE
    others = contract().operations.keys() - set().union(*SINCE.values())
    assert {name for name in others if contract().operations[name].since != "R0"} == WITHOUT_CREDENTIALS


def test_every_document_argument_is_in_the_wsdl():
    told = {(one.name, one.payload) for one in contract().of_process("rta") if one.payload}
    wsdl = published("PIPWSTK.wsdl")
    named_like_documents = {
        (name, field.name) for name, message in wsdl.requests.items() for field in message.fields if field.name.lower().endswith("xml")
    }
    assert told == named_like_documents
    assert len(told) == 13


# the rows


def who(operation, move):
    """The side that makes a step."""
    if operation.actor != HOLDER or move.turn:
        return move.turn or operation.actor
    acting = {contract().phases[source].acts for source in move.sources}
    return acting.pop() if len(acting) == 1 else HOLDER


def test_the_rows_are_those_of_the_process():
    found = [
        (
            move.row,
            Row(
                move.processes,
                set(move.sources),
                operation.name,
                who(operation, move),
                move.outcome,
                move.to,
                (move.releases.since, move.releases.until),
                move.turn,
                move.acts,
            ),
        )
        for operation in contract().operations.values()
        for move in operation.moves
    ]
    expected = {(number, row.operation): row for number, row in ROWS}
    assert {(number, row.operation): row for number, row in found} == expected
    assert len(found) == len(expected) == len(ROWS)


def test_no_row_is_forgotten():
    numbers = {*range(1, 28), *range(30, 51), *range(60, 90), *range(100, 115), *range(120, 128)}
    told = {int(number[1:]) for number, _ in ROWS}
    assert told | REFUSALS | CLOCKS_ROWS == numbers
    assert not told & (REFUSALS | CLOCKS_ROWS)
    assert {int(clock.row[1:]) for clock in contract().clocks.values()} == CLOCKS_ROWS


def test_only_the_side_whose_turn_it_is_may_do_what_both_sides_have():
    held = {name for name, one in contract().operations.items() if one.actor == HOLDER}
    assert held == {
        *("extendStage2SPFCounterOfferTimeout", "setStage2SPFAgreementDecision", "acknowledgeStage2SPFAgreed"),
        *("acknowledgeAdditionalDamagesAgreement", "acknowledgeExitProcess"),
    }


@every_claim
def test_the_compensators_yes_or_no_is_open_in_its_turn_only(process, release):
    def rows(operation, acts):
        return [move.row for move in contract().moves(process, release, f"{S2}AgreementDecision", operation, acts)]

    refused = "T81" if process == "rta" else "T82"
    assert rows("setStage2SPFAgreementDecision", CR) == ["T80", refused]
    assert rows("setStage2SPFAgreementDecision", CM) == ["T83", "T84"]
    assert rows("addStage2SPFCounterOfferByCM", CR) == []
    assert rows("addStage2SPFCounterOfferByCM", CM) == ["T83", "T84"]


def test_an_exit_is_possible_where_it_is_not_excluded():
    assert EXIT.isdisjoint(NO_EXIT)
    assert {name for name, phase in PHASES.items() if phase.acts} == EXIT | NO_EXIT


def test_fraud_is_stated_where_the_compensator_acts_on_a_document():
    assert {name for name, phase in PHASES.items() if phase.acts == CM and name in EXIT} > FRAUD


# phases and clocks


def test_the_phases_are_those_of_the_process():
    found = {
        phase.id: State(phase.name, phase.acts, phase.clock, phase.processes, phase.releases.since, phase.vanishes_after)
        for phase in contract().phases.values()
    }
    assert found == PHASES
    assert {phase.id for phase in contract().phases.values() if phase.end} == {name for name, state in PHASES.items() if state.acts is None}
    assert {phase.releases.until for phase in contract().phases.values()} == {None}


def test_ids_fit_the_columns_of_the_legacy_programs():
    assert max(map(len, PHASES)) <= 50


def test_every_pending_phase_has_its_end():
    """Where X waits for a click, XEnd is reached by it."""
    ends = {name for name, state in PHASES.items() if state.acts is None}
    pairs = {name for name in ends if name.endswith("End") and name.removesuffix("End") in PHASES}
    assert all(PHASES[name].name == f"{PHASES[name.removesuffix('End')].name} End" for name in pairs)
    assert ends - pairs == {"ExitRejectedClaim", "InterimPaymentNotReceivedEnd", "PartialPaymentNotAcceptedEnd"}


def test_the_clocks_are_those_of_the_process():
    assert {name: (one.row, one.expires_to, one.days_left_warning) for name, one in contract().clocks.items()} == CLOCKS
    found = {row: (one.clock, one.days, one.processes, one.extended_days) for row, one in contract().variants.items()}
    assert found == LIMITS


@every_claim
def test_a_deadline_leads_to_a_phase_of_the_claim(process, release):
    for name, state in PHASES.items():
        if state.clock and process in state.processes:
            target = contract().phases[CLOCKS[state.clock][1]]
            assert process in target.processes, name
            assert release in target.releases, name
            assert any(process in limit[2] for limit in LIMITS.values() if limit[0] == state.clock), name


def of(process, release):
    """Phases that a claim of that release can be in."""
    return {name for name, one in PHASES.items() if process in one.processes and (one.since is None or int(one.since[1]) <= int(release[1]))}


def ways(process, release):
    """From each phase ("" is the beginning) to those that follow, by calls or by the clock."""
    table = contract()
    found = {name: set() for name in ("", *of(process, release))}
    for phase in found:
        for operation in table.of_process(process):
            if exists_in(operation, release):
                moves = table.moves(process, release, phase, operation.name)
                found[phase] |= {phase if move.to == SELF else move.to for move in moves}
        if phase and (clock := table.phases[phase].clock):
            found[phase].add(table.clocks[clock].expires_to)
    return found


def reachable(graph, start):
    found, new = set(), {start}
    while new:
        phase = new.pop()
        found.add(phase)
        new |= graph[phase] - found
    return found


def test_releases_that_are_kept():
    assert {process: tuple(release.name for release in schemas.releases(process)) for process in KEPT} == KEPT


@every_claim
def test_every_phase_of_a_claim_can_be_reached_and_no_other(process, release):
    assert reachable(ways(process, release), "") - {""} == of(process, release)


@every_claim
def test_every_phase_but_the_last_can_be_left(process, release):
    graph = ways(process, release)
    staying = {name for name, following in graph.items() if not following - {name}}
    assert staying == {name for name in of(process, release) if PHASES[name].acts is None}


@every_claim
def test_from_everywhere_a_claim_can_come_to_an_end(process, release):
    graph = ways(process, release)
    ends = {name for name in of(process, release) if PHASES[name].acts is None}
    assert {name for name in graph if not reachable(graph, name) & ends} == set()


@every_claim
def test_every_end_has_its_way(process, release):
    """The steps that end a claim, from where: never from a phase in which the other side has still to answer, but for a refused part payment."""
    graph = ways(process, release)
    ends = {name for name in of(process, release) if PHASES[name].acts is None}
    before = {(name, end) for name, following in graph.items() for end in following & ends}
    expected = {(end.removesuffix("End"), end) for end in ends if end.endswith("End") and end.removesuffix("End") in PHASES}
    expected |= {("WaitingForInterimPayment", "InterimPaymentNotReceivedEnd"), ("PartialPaymentDecision", "PartialPaymentNotAcceptedEnd")}
    if release != "R3":
        expected.add(("ClaimRejectedToCR", "ExitRejectedClaim"))
    assert before == expected


def test_the_oldest_claims_were_left_by_the_stage_1_payment():
    """Rows of releases that are no longer kept (T22-T24, T48)."""
    moves = contract().moves
    assert [move.row for move in moves("rta", "R2", "LiabilityAdmitted", "setStage1Payment")] == ["T22", "T23"]
    assert moves("rta", "R3", "LiabilityAdmitted", "setStage1Payment") == ()
    assert moves("rta", "R2", "LiabilityAdmitted", "acknowledgeLiabilityAdmitted") == ()
    assert [move.row for move in moves("rta", "R2", "WaitingForInterimPayment", "setStage21Payment")] == ["T48", "T50"]
    assert [move.row for move in moves("rta", "R3", "WaitingForInterimPayment", "setStage21Payment")] == ["T47", "T50"]


def test_rejecting_before_and_since_release_5():
    def rows(process, release, phase):
        return [move.row for move in contract().moves(process, release, phase, "rejectClaimToCR")]

    assert rows("rta", "R3", "ClaimSubmitted") == ["T8"]
    assert rows("rta", "R5", "ClaimSubmitted") == ["T7"]
    assert rows("elpl", "R6", "ClaimAcknowledged") == ["T7"]
    assert rows("rta", "R7", "LiabilityDecision") == []


def test_accepting_an_el_claim_needs_its_acknowledgement():
    """T6."""
    assert contract().moves("elpl", "R6", "ClaimSubmitted", "acceptClaim") == ()
    assert [move.row for move in contract().moves("elpl", "R6", "ClaimAcknowledged", "acceptClaim")] == ["T5"]
    assert [move.row for move in contract().moves("rta", "R7", "ClaimSubmitted", "acceptClaim")] == ["T3", "T4"]


OPEN = [
    ("rta", "R7", "LiabilityDecision", {(CM, "sendLiabilityDecision"), (EITHER, "exitProcess"), (CM, "stateFraud")}),
    ("elpl", "R6", "ClaimRejectedToCR", {(CR, "resendRejectedClaim"), (CR, "exitRejectedClaim")}),
    ("rta", "R3", "ClaimRejectedToCR", {(CR, "resendRejectedClaim")}),
    ("rta", "R7", "DeniedLiabilityEnd", set()),
    ("rta", "R7", "ExitProcess", {(HOLDER, "acknowledgeExitProcess")}),
    (
        *("rta", "R7", f"{AD}DecisionTimeout"),
        {(CR, "acknowledgeAdditionalDamagesDecisionTimeout"), (HOLDER, "acknowledgeAdditionalDamagesAgreement")},
    ),
    (
        *("elpl", "R6", f"{S2}CounterOfferByCM"),
        {(CM, "addStage2SPFCounterOfferByCM"), (HOLDER, "extendStage2SPFCounterOfferTimeout"), (EITHER, "exitProcess"), (CM, "stateFraud")},
    ),
]


@pytest.mark.parametrize(("process", "release", "phase", "expected"), OPEN, ids=[f"{one[0]}-{one[2]}" for one in OPEN])
def test_what_is_open_in_a_phase(process, release, phase, expected):
    assert set(contract().open_in(process, release, phase)) == expected


def test_an_outcome_nobody_knows_is_a_defect():
    with pytest.raises(KeyError, match="0 rows for outcome 'perhaps'"):
        contract().move("rta", "R7", "LiabilityDecision", "sendLiabilityDecision", "perhaps")


def test_an_outcome_out_of_turn_is_a_defect():
    with pytest.raises(KeyError, match="2 rows for outcome 'agreed'"):  # both sides' rows, when it is not said whose turn it is
        contract().move("rta", "R7", f"{S2}AgreementDecision", "setStage2SPFAgreementDecision", "agreed")
    assert contract().move("rta", "R7", f"{S2}AgreementDecision", "setStage2SPFAgreementDecision", "agreed", CM).row == "T83"


@every_claim
def test_every_way_in_is_told_once(process, release):
    """No two rows of a process and release lead an operation from one phase with one outcome in one turn."""
    for phase, operation, acts in product(of(process, release), contract().of_process(process), (CR, CM)):
        outcomes = [move.outcome for move in contract().moves(process, release, phase, operation.name, acts)]
        assert len(outcomes) == len(set(outcomes)), (phase, operation.name)
