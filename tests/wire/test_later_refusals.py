"""What the later stages refuse: whatever the phase does not offer, the wrong side, whoever's turn it is not, and old guids."""

import pytest
from client import contract
from life import PAYLOADS, Life
from phases import ENDED, HELD_BY_THE_COMPENSATOR, NO_WAY_OUT, PHASES
from routes import ROUTES, reached
from world import COMP1, COMP3, CR1, World, on_both_databases

both_processes = pytest.mark.parametrize("process", ["rta", "elpl"])

# what a phase offers, exits and fraud apart
OPEN = {
    "StartOfStage21": {"setInterimPaymentNeeded"},
    "InterimSettlementPackForm": {"addInterimSPFRequest", "returnToStartOfStage21"},
    "InterimPaymentDecision": {"addInterimSPFResponse", "rejectInterimSettlementPack", "extendInterimPaymentDecisionTimeout"},
    "InterimPaymentDecisionTimeout": {"acknowledgeInterimPaymentDecisionTimeout", "returnToStartOfStage21"},
    "InterimSettlementPackRejected": {"acknowledgeRejectedInterimSettlementPack"},
    "AcceptanceOfPartialInterimPayment": {"acceptPartialInterimPayment"},
    "PartialPaymentDecision": {"acknowledgePartialPaymentDecision"},
    "WaitingForInterimPayment": {"setStage21Payment"},
    "Stage2SettlementPackForm": {"addStage2SPFRequest", "returnToStartOfStage21"},
    "Stage2SettlementPackDecision": {"addStage2SPFResponse", "extendStage2SPFDecisionTimeout"},
    "Stage2SettlementPackConfirmation": {"acknowledgeStage2SPFConfirmation"},
    "Stage2SettlementPackRepudiation": {"acknowledgeStage2SPFRepudiation"},
    "Stage2SettlementPackDecisionTimeout": {"acknowledgeStage2SPFDecisionTimeout"},
    "Stage2SettlementPackCounterOfferDecision": {"setStage2SPFCounterOfferNeeded", "extendStage2SPFCounterOfferTimeout"},
    "Stage2SettlementPackCounterOffer": {"addStage2SPFCounterOfferByCR", "extendStage2SPFCounterOfferTimeout"},
    "Stage2SettlementPackCounterOfferByCM": {"addStage2SPFCounterOfferByCM", "extendStage2SPFCounterOfferTimeout"},
    "Stage2SettlementPackAgreementDecision": {"setStage2SPFAgreementDecision", "extendStage2SPFCounterOfferTimeout"},
    "Stage2SettlementPackAgreed": {"acknowledgeStage2SPFAgreed"},
    "Stage2SettlementPackNotAgreed": {"acknowledgeStage2SPFNotAgreed"},
    "StartOfStage2SettlementPackAdditionalDamages": {"setAdditionalDamagesExistence"},
    "Stage2AdditionalDamagesForm": {"addS2SPFAdditionalDamagesRequest"},
    "Stage2AdditionalDamagesDecision": {"addS2SPFAdditionalDamagesResponse", "extendAdditionalDamagesDecisionTimeout"},
    "Stage2AdditionalDamagesDecisionTimeout": {"acknowledgeAdditionalDamagesDecisionTimeout", "acknowledgeAdditionalDamagesAgreement"},
    "Stage2SettlementPackAllDamagesAgreed": {"acknowledgeAllDamagesAgreed"},
    "Stage2AdditionalDamagesAgreementDecision": {"setS2SPFAdditionalDamagesDecision"},
    "Stage2AdditionalDamagesAgreement": {"acknowledgeAdditionalDamagesAgreement"},
    "CourtProceedingsPackForm": {"addCPPFRequest"},
    "CourtProceedingsPackResponse": {"addCPPFResponse"},
    "EndOfStage2": {"acknowledgeCPPFResponse"},
    "ExitProcess": {"acknowledgeExitProcess"},
    "FraudStated": {"acknowledgeFraudStated"},
}
BY_THE_COMPENSATOR = {
    "acknowledgePartialPaymentDecision",
    "addCPPFResponse",
    "addInterimSPFResponse",
    "addS2SPFAdditionalDamagesResponse",
    "addStage2SPFCounterOfferByCM",
    "addStage2SPFResponse",
    "extendAdditionalDamagesDecisionTimeout",
    "extendInterimPaymentDecisionTimeout",
    "extendStage2SPFDecisionTimeout",
    "rejectInterimSettlementPack",
}
BY_THE_HOLDER = {
    "acknowledgeAdditionalDamagesAgreement",
    "acknowledgeExitProcess",
    "acknowledgeStage2SPFAgreed",
    "extendStage2SPFCounterOfferTimeout",
    "setStage2SPFAgreementDecision",
}
FLAGS = {
    "acceptPartialInterimPayment": "isPartialInterimPaymentAccepted",
    "setAdditionalDamagesExistence": "additionalDamagesExist",
    "setInterimPaymentNeeded": "isInterimPaymentNeeded",
    "setS2SPFAdditionalDamagesDecision": "isAgreed",
    "setStage21Payment": "isStage21Paid",
    "setStage2SPFAgreementDecision": "isAgreed",
    "setStage2SPFCounterOfferNeeded": "isStage2SPFCounterOfferNeeded",
}
LATER = set().union(*OPEN.values())
PLACES = [(process, phase) for process in ("rta", "elpl") for phase in OPEN if phase in ROUTES[process]]


def _operations(process: str) -> list[str]:
    return [name for name in contract(f"{process}-token").operations if name in LATER]


def _arguments(operation: str) -> dict[str, object]:
    if operation in PAYLOADS:
        return {PAYLOADS[operation]: "<x/>"}  # it does not come to that
    return {FLAGS[operation]: True} if operation in FLAGS else {}


@pytest.mark.parametrize(("process", "phase"), PLACES)
def test_everything_else_is_out_of_turn(world: World, process: str, phase: str) -> None:
    """The caller is told where the claim is, by id and name, and what is possible there, for whom. Nothing changes."""
    claim = reached(world, process, phase, "token", "userauth")
    before = world.snapshot(claim.number)
    for operation in _operations(process):
        if operation in OPEN[phase]:
            continue
        actor = COMP1 if operation in BY_THE_COMPENSATOR else CR1
        reply = claim.client(actor).call(operation, claimData=claim.data, **_arguments(operation))
        reply.refused(f"{operation} is not possible: claim {claim.number} is in phase {phase} ({PHASES[phase]}); possible there: ")
        possible = {one.split(" (")[0] for one in reply.message.partition("possible there: ")[2].rstrip(".").split(", ")}
        fraud = {"stateFraud"} if phase in HELD_BY_THE_COMPENSATOR else set()
        exits = set() if phase in NO_WAY_OUT else {"exitProcess"}
        assert possible == OPEN[phase] | fraud | exits
    assert world.snapshot(claim.number) == before


@both_processes
def test_every_operation_belongs_to_one_side(world: World, process: str) -> None:
    """The other side is told whose it is, whatever the phase; what belongs to the holder says where the claim is."""
    claim = Life(world, process).sent()
    for operation in _operations(process):
        if operation in BY_THE_HOLDER:
            for party in (CR1, COMP1):
                claim.refuses(party, operation, "ClaimSubmitted (Claim submitted)", **_arguments(operation))
            continue
        other, whose = (CR1, "the compensator") if operation in BY_THE_COMPENSATOR else (COMP1, "the claimant representative")
        claim.refuses(other, operation, f"{operation} is for {whose}.", **_arguments(operation))


@both_processes
@on_both_databases
def test_of_two_answers_the_second_is_stale(world: World, process: str) -> None:
    """Two programs of the compensator saw the pack; one confirms it, the other comes too late with its counter offer."""
    claim = Life(world, process, "token", "userauth").to_stage2().walks("T60")
    seen = claim.data
    claim.sends("T61", COMP1, "addStage2SPFResponse", "confirm-to-plain.xml", "Stage2SettlementPackConfirmation")
    late = claim.document("addStage2SPFResponse", "counter-offer-to-plain.xml")
    words = (f"claim {claim.number} has changed since", "Stage2SettlementPackConfirmation (Stage 2 Settlement Pack confirmation)")
    claim.refuses(COMP1, "addStage2SPFResponse", *words, data=seen, S2SPFResponseXML=late)


@both_processes
@on_both_databases
def test_an_answer_at_midnight_is_stale(world: World, process: str) -> None:
    """Nobody has looked since; the answer itself finds that the limit has passed, and that is kept."""
    claim = Life(world, process, "token", "userauth").to_stage2().walks("T60")
    world.set_clock("2026-12-15T00:00:00")
    late = claim.document("addStage2SPFResponse", "confirm-to-plain.xml")
    refused = claim.client(COMP1).call("addStage2SPFResponse", claimData=claim.data, S2SPFResponseXML=late)
    refused.refused("has changed since", "Stage2SettlementPackDecisionTimeout (Stage 2 Settlement Pack Decision Timeout)")
    assert world.history(claim.number)[-1].row == "T65"


@both_processes
def test_an_extension_makes_the_guid_old_too(world: World, process: str) -> None:
    """The phase is the same, and yet the claim has changed."""
    claim = Life(world, process).to_stage21().walks("T30", "T33")
    seen = claim.data
    claim.goes("T38", COMP1, "extendInterimPaymentDecisionTimeout", "InterimPaymentDecision", limit="2027-01-08")
    claim.refuses(COMP1, "rejectInterimSettlementPack", "has changed since", data=seen, rejectionComment="No.")


@both_processes
def test_the_compensator_that_passed_it_on_has_no_part_in_the_packs(world: World, process: str) -> None:
    """The claim went from COMP1 to COMP3; what the first still has of it opens nothing."""
    claim = Life(world, process, "token", "userauth").sent()
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP003", holder=COMP3)
    claim.walks(*{"rta": ("T3", "T13"), "elpl": ("T2", "T5")}[process], "T15", "T21", "T32", "T60")
    answer = claim.document("addStage2SPFResponse", "confirm-to-plain.xml")
    claim.refuses(COMP1, "addStage2SPFResponse", f"There is no claim {claim.number} that you can see.", S2SPFResponseXML=answer)
    claim.refuses(COMP1, "exitProcess", "There is no claim", exitReasonCode="6")
    claim.sends("T61", COMP3, "addStage2SPFResponse", "confirm-to-plain.xml", "Stage2SettlementPackConfirmation")


def test_what_has_ended_offers_nothing(world: World) -> None:
    claim = Life(world, "rta").to_stage2().walks("T60", "T61", "T67")
    assert claim.phase in ENDED
    for operation in _operations("rta"):
        actor = COMP1 if operation in BY_THE_COMPENSATOR else CR1
        claim.refuses(actor, operation, "Stage2SettlementPackConfirmationEnd", "nothing can be done there", **_arguments(operation))
