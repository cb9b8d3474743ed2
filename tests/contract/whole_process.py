"""A contract as large as the one to come: the table of today and the later stages in outline.

Only for trying the picture: who acts and where a step leads follow the real process, names of outcomes are made up.
"""

from dataclasses import replace

from gateway.contract.load import contract
from gateway.contract.model import PROCESSES, Clock, ClockVariant, Contract, Move, Phase, Span

# stage: id, name, who acts (R claimant representative, M compensator, O other side, - ended), clock, process
PHASES = {
    "2.1": """
        InterimSettlementPackForm | Interim Settlement Pack Form | R
        InterimPaymentDecision | Interim Payment decision | M | interim
        InterimPaymentDecisionTimeout | Interim Payment Decision Timeout | R
        InterimSettlementPackRejected | Interim Settlement Pack rejected | R
        AcceptanceOfPartialInterimPayment | Acceptance of partial Interim payment | R
        PartialPaymentDecision | Partial payment decision | M
        WaitingForInterimPayment | Waiting for Interim Payment | R
        InterimPaymentNotReceivedEnd | Interim Payment not received End | -
        PartialPaymentNotAcceptedEnd | Partial Payment not accepted End | -""",
    "2": """
        Stage2SettlementPackForm | Stage 2 Settlement Pack Form | R
        Stage2SettlementPackDecision | Stage 2 settlement pack decision | M | pack
        Stage2SettlementPackConfirmation | Stage 2 Settlement Pack confirmation | R
        Stage2SettlementPackConfirmationEnd | Stage 2 Settlement Pack confirmation End | -
        Stage2SettlementPackRepudiation | Stage 2 Settlement Pack repudiation | R
        Stage2SettlementPackRepudiationEnd | Stage 2 Settlement Pack repudiation End | -
        Stage2SettlementPackCounterOfferDecision | Stage 2 Settlement Pack counter offer decision | R | pack
        Stage2SettlementPackCounterOffer | Stage 2 Settlement Pack counter offer | R | pack
        Stage2SettlementPackCounterOfferByCM | Stage 2 Settlement Pack counter offer by compensator | M | pack
        Stage2SettlementPackAgreementDecision | Stage 2 Settlement Pack agreement decision | R | pack
        Stage2SettlementPackAgreed | Stage 2 Settlement Pack agreed | O
        Stage2SettlementPackAgreedEnd | Stage 2 Settlement Pack agreed End | -
        Stage2SettlementPackNotAgreed | Stage 2 Settlement Pack not agreed | R
        Stage2SettlementPackDecisionTimeout | Stage 2 Settlement Pack Decision Timeout | R
        Stage2SettlementPackDecisionTimeoutEnd | Stage 2 Settlement Pack Decision Timeout End | -""",
    "2 AD": """
        StartOfStage2SettlementPackAdditionalDamages | Start of Stage 2 Settlement Pack Additional Damages | R | | rta
        Stage2AdditionalDamagesForm | Stage 2 Additional Damages Form | R | | rta
        Stage2AdditionalDamagesDecision | Stage 2 Additional Damages decision | M | damages | rta
        Stage2AdditionalDamagesAgreementDecision | Stage 2 Additional Damages agreement decision | R | | rta
        Stage2SettlementPackAllDamagesAgreed | Stage 2 Settlement Pack all damages agreed | R | | rta
        Stage2SettlementPackAllDamagesAgreedEnd | Stage 2 Settlement Pack all damages agreed End | - | | rta
        Stage2AdditionalDamagesAgreement | Stage 2 Additional Damages agreement | M | | rta
        Stage2AdditionalDamagesAgreementEnd | Stage 2 Additional Damages agreement End | - | | rta
        Stage2AdditionalDamagesDecisionTimeout | Stage 2 Additional Damages Decision Timeout | R | | rta
        Stage2AdditionalDamagesDecisionTimeoutEnd | Stage 2 Additional Damages Decision Timeout End | - | | rta""",
    "3": """
        CourtProceedingsPackForm | Court Proceedings Pack Form | R
        CourtProceedingsPackResponse | Court Proceedings Pack response | M | court
        EndOfStage2 | End of Stage 2 | R
        EndOfStage2End | End of Stage 2 End | -""",
    "exits": """
        ExitProcessEnd | Exit process End | -
        FraudStated | Fraud stated | R
        FraudStatedEnd | Fraud stated End | -""",
}
HELD_BY_COMPENSATOR = (
    "ClaimSubmitted ClaimAcknowledged Article75Decision LiabilityDecision InterimPaymentDecision Stage2SettlementPackDecision"
    " Stage2SettlementPackCounterOfferByCM Stage2AdditionalDamagesDecision"
)
WITH_PACK_CLOCK = "Stage2SettlementPackCounterOfferDecision Stage2SettlementPackCounterOffer Stage2SettlementPackCounterOfferByCM"
# row, process, phases, operation, who acts, outcome, next phase
MOVES = f"""
    T30 | | StartOfStage21 | setInterimPaymentNeeded | R | needed | InterimSettlementPackForm
    T32 | | StartOfStage21 | setInterimPaymentNeeded | R | not-needed | Stage2SettlementPackForm
    T33 | | InterimSettlementPackForm | addInterimSPFRequest | R | | InterimPaymentDecision
    T34 | | InterimPaymentDecision | addInterimSPFResponse | M | agreed | WaitingForInterimPayment
    T35 | | InterimPaymentDecision | addInterimSPFResponse | M | partly-agreed | AcceptanceOfPartialInterimPayment
    T36 | | InterimPaymentDecision | rejectInterimSettlementPack | M | | InterimSettlementPackRejected
    T37 | | InterimSettlementPackRejected | acknowledgeRejectedInterimSettlementPack | R | | StartOfStage21
    T38 | | InterimPaymentDecision | extendInterimPaymentDecisionTimeout | M | | InterimPaymentDecision
    T40 | | InterimPaymentDecisionTimeout | acknowledgeInterimPaymentDecisionTimeout | R | | Stage2SettlementPackForm
    T41 | | InterimPaymentDecisionTimeout | returnToStartOfStage21 | R | | StartOfStage21
    T42 | | InterimSettlementPackForm Stage2SettlementPackForm | returnToStartOfStage21 | R | | StartOfStage21
    T43 | | AcceptanceOfPartialInterimPayment | acceptPartialInterimPayment | R | accepted | PartialPaymentDecision
    T44 | | AcceptanceOfPartialInterimPayment | acceptPartialInterimPayment | R | not-accepted | PartialPaymentDecision
    T45 | | PartialPaymentDecision | acknowledgePartialPaymentDecision | M | accepted | WaitingForInterimPayment
    T46 | | PartialPaymentDecision | acknowledgePartialPaymentDecision | M | not-accepted | PartialPaymentNotAcceptedEnd
    T47 | | WaitingForInterimPayment | setStage21Payment | R | paid | StartOfStage21
    T48 | rta | WaitingForInterimPayment | setStage21Payment | R | paid-before-r3 | Stage2SettlementPackForm
    T50 | | WaitingForInterimPayment | setStage21Payment | R | not-paid | InterimPaymentNotReceivedEnd
    T60 | | Stage2SettlementPackForm | addStage2SPFRequest | R | | Stage2SettlementPackDecision
    T61 | | Stage2SettlementPackDecision | addStage2SPFResponse | M | confirmed | Stage2SettlementPackConfirmation
    T62 | | Stage2SettlementPackDecision | addStage2SPFResponse | M | counter-offer | Stage2SettlementPackCounterOfferDecision
    T63 | | Stage2SettlementPackDecision | addStage2SPFResponse | M | repudiated | Stage2SettlementPackRepudiation
    T64 | | Stage2SettlementPackDecision | extendStage2SPFDecisionTimeout | M | | Stage2SettlementPackDecision
    T66 | | Stage2SettlementPackDecisionTimeout | acknowledgeStage2SPFDecisionTimeout | R | | Stage2SettlementPackDecisionTimeoutEnd
    T67 | | Stage2SettlementPackConfirmation | acknowledgeStage2SPFConfirmation | R | adult | Stage2SettlementPackConfirmationEnd
    T68 | rta | Stage2SettlementPackConfirmation | acknowledgeStage2SPFConfirmation | R | child | StartOfStage2SettlementPackAdditionalDamages
    T69 | elpl | Stage2SettlementPackConfirmation | acknowledgeStage2SPFConfirmation | R | child | CourtProceedingsPackForm
    T70 | | Stage2SettlementPackRepudiation | acknowledgeStage2SPFRepudiation | R | | Stage2SettlementPackRepudiationEnd
    T71 | | Stage2SettlementPackCounterOfferDecision | setStage2SPFCounterOfferNeeded | R | needed | Stage2SettlementPackCounterOffer
    T73 | | Stage2SettlementPackCounterOfferDecision | setStage2SPFCounterOfferNeeded | R | not-needed | Stage2SettlementPackAgreementDecision
    T74 | | Stage2SettlementPackCounterOffer | addStage2SPFCounterOfferByCR | R | in-time | Stage2SettlementPackCounterOfferByCM
    T75 | | Stage2SettlementPackCounterOffer | addStage2SPFCounterOfferByCR | R | late | Stage2SettlementPackAgreementDecision
    T76 | | Stage2SettlementPackCounterOfferByCM | addStage2SPFCounterOfferByCM | M | accepted | Stage2SettlementPackAgreed
    T77 | | Stage2SettlementPackCounterOfferByCM | addStage2SPFCounterOfferByCM | M | new-offer | Stage2SettlementPackCounterOfferDecision
    T78 | | Stage2SettlementPackCounterOfferByCM | addStage2SPFCounterOfferByCM | M | new-offer-late | Stage2SettlementPackCounterOfferDecision
    T79a | | {WITH_PACK_CLOCK.split()[0]} | extendStage2SPFCounterOfferTimeout | E | | {WITH_PACK_CLOCK.split()[0]}
    T79b | | {WITH_PACK_CLOCK.split()[1]} | extendStage2SPFCounterOfferTimeout | E | | {WITH_PACK_CLOCK.split()[1]}
    T79c | | {WITH_PACK_CLOCK.split()[2]} | extendStage2SPFCounterOfferTimeout | E | | {WITH_PACK_CLOCK.split()[2]}
    T80 | | Stage2SettlementPackAgreementDecision | setStage2SPFAgreementDecision | E | agreed | Stage2SettlementPackAgreed
    T81 | rta | Stage2SettlementPackAgreementDecision | setStage2SPFAgreementDecision | E | refused | StartOfStage2SettlementPackAdditionalDamages
    T82 | elpl | Stage2SettlementPackAgreementDecision | setStage2SPFAgreementDecision | E | refused | CourtProceedingsPackForm
    T83 | | Stage2SettlementPackAgreementDecision | setStage2SPFAgreementDecision | E | agreed-by-cm | Stage2SettlementPackAgreed
    T84 | | Stage2SettlementPackAgreementDecision | setStage2SPFAgreementDecision | E | refused-by-cm | Stage2SettlementPackNotAgreed
    T85 | | Stage2SettlementPackAgreed | acknowledgeStage2SPFAgreed | E | adult | Stage2SettlementPackAgreedEnd
    T86 | rta | Stage2SettlementPackAgreed | acknowledgeStage2SPFAgreed | E | child | StartOfStage2SettlementPackAdditionalDamages
    T87 | elpl | Stage2SettlementPackAgreed | acknowledgeStage2SPFAgreed | E | child | CourtProceedingsPackForm
    T88 | rta | Stage2SettlementPackNotAgreed | acknowledgeStage2SPFNotAgreed | R | | StartOfStage2SettlementPackAdditionalDamages
    T89 | elpl | Stage2SettlementPackNotAgreed | acknowledgeStage2SPFNotAgreed | R | | CourtProceedingsPackForm
    T100 | rta | StartOfStage2SettlementPackAdditionalDamages | setAdditionalDamagesExistence | R | some | Stage2AdditionalDamagesForm
    T101 | rta | StartOfStage2SettlementPackAdditionalDamages | setAdditionalDamagesExistence | R | none | CourtProceedingsPackForm
    T102 | rta | Stage2AdditionalDamagesForm | addS2SPFAdditionalDamagesRequest | R | | Stage2AdditionalDamagesDecision
    T103 | rta | Stage2AdditionalDamagesDecision | addS2SPFAdditionalDamagesResponse | M | agreed | Stage2SettlementPackAllDamagesAgreed
    T104 | rta | Stage2AdditionalDamagesDecision | addS2SPFAdditionalDamagesResponse | M | counter-offer | Stage2AdditionalDamagesAgreementDecision
    T105 | rta | Stage2AdditionalDamagesDecision | extendAdditionalDamagesDecisionTimeout | M | | Stage2AdditionalDamagesDecision
    T107 | rta | Stage2AdditionalDamagesDecisionTimeout | acknowledgeAdditionalDamagesDecisionTimeout | R | | Stage2AdditionalDamagesDecisionTimeoutEnd
    T108 | rta | Stage2SettlementPackAllDamagesAgreed | acknowledgeAllDamagesAgreed | R | adult | Stage2SettlementPackAllDamagesAgreedEnd
    T109 | rta | Stage2SettlementPackAllDamagesAgreed | acknowledgeAllDamagesAgreed | R | child | CourtProceedingsPackForm
    T110 | rta | Stage2AdditionalDamagesAgreementDecision | setS2SPFAdditionalDamagesDecision | R | agreed | Stage2AdditionalDamagesAgreement
    T111 | rta | Stage2AdditionalDamagesAgreementDecision | setS2SPFAdditionalDamagesDecision | R | refused | CourtProceedingsPackForm
    T112 | rta | Stage2AdditionalDamagesAgreement | acknowledgeAdditionalDamagesAgreement | E | adult | Stage2AdditionalDamagesAgreementEnd
    T113 | rta | Stage2AdditionalDamagesAgreement | acknowledgeAdditionalDamagesAgreement | E | child | CourtProceedingsPackForm
    T114 | rta | Stage2AdditionalDamagesDecisionTimeout | acknowledgeAdditionalDamagesAgreement | E | late | Stage2AdditionalDamagesDecisionTimeoutEnd
    T120 | | CourtProceedingsPackForm | addCPPFRequest | R | | CourtProceedingsPackResponse
    T121 | | CourtProceedingsPackResponse | addCPPFResponse | M | | EndOfStage2
    T123 | | EndOfStage2 | acknowledgeCPPFResponse | R | | EndOfStage2End
    T124 | | {HELD_BY_COMPENSATOR} InterimPaymentDecisionTimeout StartOfStage21 | exitProcess | E | | ExitProcess
    T125 | | ExitProcess | acknowledgeExitProcess | E | | ExitProcessEnd
    T126 | | {HELD_BY_COMPENSATOR} | stateFraud | M | | FraudStated
    T127 | | FraudStated | acknowledgeFraudStated | R | | FraudStatedEnd"""
# clock, row, where to, days
CLOCKS = """
    interim | T39 | InterimPaymentDecisionTimeout | 10 15
    pack | T65 | Stage2SettlementPackDecisionTimeout | 15 35
    damages | T106 | Stage2AdditionalDamagesDecisionTimeout | 15
    court | T122 | EndOfStage2 | 5"""
SIDES = {"R": "claimant-representative", "M": "compensator", "E": "either", "O": "the other side", "-": None}


def rows(text: str, columns: int) -> list[list[str]]:
    """The cells of each line, as many as asked for."""
    cells = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [[*row, *[""] * (columns - len(row))] for row in cells]


def whole_process() -> Contract:
    """The contract of today with the later stages added."""
    today = contract()
    phases = dict(today.phases)
    for stage, text in PHASES.items():
        for name, title, acts, clock, only in rows(text, 5):
            processes = (only,) if only else PROCESSES
            phases[name] = Phase(name, title, stage, processes, Span(), SIDES[acts], clock or None, acts == "-", "S, S")
    operations = dict(today.operations)
    for number, only, sources, name, actor, outcome, to in rows(MOVES, 7):
        processes = (only,) if only else PROCESSES
        move = Move(number, name, processes, Span(), tuple(sources.split()), outcome or None, to, "as it is", "S")
        known = operations[name]
        operations[name] = replace(known, actor=SIDES[actor], awaits=None, moves=(*known.moves, move))
    clocks = dict(today.clocks)
    for name, row, to, days in rows(CLOCKS, 4):
        variants = tuple(ClockVariant(f"K{name}", name, PROCESSES, int(number), "", "", "", "S") for number in days.split())
        clocks[name] = Clock(name, row, to, 3, "S", variants)
    return Contract(operations, phases, clocks, today.services)
