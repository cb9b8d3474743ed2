"""The phases of a claim, their names, which of them end it, and the clocks that run in them: written by hand from the process description."""

PHASES = {
    "ClaimSubmitted": "Claim submitted",
    "ClaimAcknowledged": "Claim acknowledged",
    "AcknowledgeRejectedClaim": "Acknowledge Rejected Claim",
    "ClaimRejectedToCR": "Claim Rejected to CR",
    "ExitRejectedClaim": "Exit Rejected Claim",
    "Article75Decision": "Article 75 decision",
    "LiabilityDecision": "Liability decision",
    "LiabilityDecisionTimeout": "Liability Decision Timeout",
    "LiabilityDecisionTimeoutEnd": "Liability Decision Timeout End",
    "LiabilityAdmitted": "Liability admitted",
    "LiabilityAdmittedForChild": "Liability admitted for child",
    "LiabilityAdmittedWithNeg": "Liability admitted with negligence",
    "LiabilityAdmittedWithNegEnd": "Liability admitted with negligence End",
    "DeniedLiability": "Liability denied",
    "DeniedLiabilityEnd": "Liability denied End",
    # stage 2.1
    "StartOfStage21": "Start of Stage 2.1",
    "InterimSettlementPackForm": "Interim Settlement Pack Form",
    "InterimPaymentDecision": "Interim Payment decision",
    "InterimPaymentDecisionTimeout": "Interim Payment Decision Timeout",
    "InterimSettlementPackRejected": "Interim Settlement Pack rejected",
    "AcceptanceOfPartialInterimPayment": "Acceptance of partial Interim payment",
    "PartialPaymentDecision": "Partial payment decision",
    "WaitingForInterimPayment": "Waiting for Interim Payment",
    "InterimPaymentNotReceivedEnd": "Interim Payment not received End",
    "PartialPaymentNotAcceptedEnd": "Partial Payment not accepted End",
    # stage 2
    "Stage2SettlementPackForm": "Stage 2 Settlement Pack Form",
    "Stage2SettlementPackDecision": "Stage 2 settlement pack decision",
    "Stage2SettlementPackConfirmation": "Stage 2 Settlement Pack confirmation",
    "Stage2SettlementPackConfirmationEnd": "Stage 2 Settlement Pack confirmation End",
    "Stage2SettlementPackRepudiation": "Stage 2 Settlement Pack repudiation",
    "Stage2SettlementPackRepudiationEnd": "Stage 2 Settlement Pack repudiation End",
    "Stage2SettlementPackCounterOfferDecision": "Stage 2 Settlement Pack counter offer decision",
    "Stage2SettlementPackCounterOffer": "Stage 2 Settlement Pack counter offer",
    "Stage2SettlementPackCounterOfferByCM": "Stage 2 Settlement Pack counter offer by compensator",
    "Stage2SettlementPackAgreementDecision": "Stage 2 Settlement Pack agreement decision",
    "Stage2SettlementPackAgreed": "Stage 2 Settlement Pack agreed",
    "Stage2SettlementPackAgreedEnd": "Stage 2 Settlement Pack agreed End",
    "Stage2SettlementPackNotAgreed": "Stage 2 Settlement Pack not agreed",
    "Stage2SettlementPackDecisionTimeout": "Stage 2 Settlement Pack Decision Timeout",
    "Stage2SettlementPackDecisionTimeoutEnd": "Stage 2 Settlement Pack Decision Timeout End",
    # additional damages
    "StartOfStage2SettlementPackAdditionalDamages": "Start of Stage 2 Settlement Pack Additional Damages",
    "Stage2AdditionalDamagesForm": "Stage 2 Additional Damages Form",
    "Stage2AdditionalDamagesDecision": "Stage 2 Additional Damages decision",
    "Stage2AdditionalDamagesAgreementDecision": "Stage 2 Additional Damages agreement decision",
    "Stage2SettlementPackAllDamagesAgreed": "Stage 2 Settlement Pack all damages agreed",
    "Stage2SettlementPackAllDamagesAgreedEnd": "Stage 2 Settlement Pack all damages agreed End",
    "Stage2AdditionalDamagesAgreement": "Stage 2 Additional Damages agreement",
    "Stage2AdditionalDamagesAgreementEnd": "Stage 2 Additional Damages agreement End",
    "Stage2AdditionalDamagesDecisionTimeout": "Stage 2 Additional Damages Decision Timeout",
    "Stage2AdditionalDamagesDecisionTimeoutEnd": "Stage 2 Additional Damages Decision Timeout End",
    # court pack, exits, fraud
    "CourtProceedingsPackForm": "Court Proceedings Pack Form",
    "CourtProceedingsPackResponse": "Court Proceedings Pack response",
    "EndOfStage2": "End of Stage 2",
    "EndOfStage2End": "End of Stage 2 End",
    "ExitProcess": "Exit process",
    "ExitProcessEnd": "Exit process End",
    "FraudStated": "Fraud stated",
    "FraudStatedEnd": "Fraud stated End",
}
ENDED = {phase for phase in PHASES if phase.endswith("End")} | {"ExitRejectedClaim"}

BEFORE_THE_DECISION = ("ClaimSubmitted", "ClaimAcknowledged", "Article75Decision", "LiabilityDecision")
NEGOTIATION = (
    "Stage2SettlementPackCounterOfferDecision",
    "Stage2SettlementPackCounterOffer",
    "Stage2SettlementPackCounterOfferByCM",
    "Stage2SettlementPackAgreementDecision",
)
# where a limit runs: TimeOutType as getClaim has it, the row of the clock, and where that leads
TIMED = {
    **dict.fromkeys(BEFORE_THE_DECISION, ("1", "T19", "LiabilityDecisionTimeout")),
    "InterimPaymentDecision": ("21", "T39", "InterimPaymentDecisionTimeout"),
    **dict.fromkeys(("Stage2SettlementPackDecision", *NEGOTIATION), ("22", "T65", "Stage2SettlementPackDecisionTimeout")),
    "Stage2AdditionalDamagesDecision": ("AD", "T106", "Stage2AdditionalDamagesDecisionTimeout"),
    "CourtProceedingsPackResponse": ("CPP", "T122", "EndOfStage2"),
}
# where nothing is left but a click before the end, or another way out is provided, nobody may leave
NO_WAY_OUT = {
    "AcknowledgeRejectedClaim",
    "ClaimRejectedToCR",
    "LiabilityDecisionTimeout",
    "LiabilityAdmitted",
    "LiabilityAdmittedWithNeg",
    "DeniedLiability",
    "Stage2SettlementPackConfirmation",
    "Stage2SettlementPackRepudiation",
    "Stage2SettlementPackAgreed",
    "Stage2SettlementPackDecisionTimeout",
    "Stage2SettlementPackAllDamagesAgreed",
    "Stage2AdditionalDamagesAgreement",
    "Stage2AdditionalDamagesDecisionTimeout",
    "EndOfStage2",
    "ExitProcess",
    "FraudStated",
}
# where fraud may be stated
HELD_BY_THE_COMPENSATOR = {
    "ClaimSubmitted",
    "ClaimAcknowledged",
    "Article75Decision",
    "LiabilityDecision",
    "InterimPaymentDecision",
    "Stage2SettlementPackDecision",
    "Stage2SettlementPackCounterOfferByCM",
    "Stage2AdditionalDamagesDecision",
}
