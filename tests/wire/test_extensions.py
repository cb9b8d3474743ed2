"""Moving a time limit (T64, T79, T105; T38 is in test_interim.py): by whom, to which days, and what follows from it."""

import time
from collections.abc import Callable
from datetime import datetime

import pytest
from life import DAMAGES, SETTLEMENT, Life, day
from limits import FURTHER, NEGOTIATION, OFFERED, k9, k10_offer_made, k10_offer_to_be_made, k11_compensators, k12
from routes import reached
from story import RUNNING
from world import COMP1, CR1, World

both_processes = pytest.mark.parametrize("process", ["rta", "elpl"])
EXTENDED = "Stage2SettlementPack/LastExtendedTime/@%s"


def _moves(claim: Life, row: str, operation: str, to: str, reason: str | None = None) -> Life:
    who = claim.holder if operation != "extendStage2SPFCounterOfferTimeout" or claim.phase.endswith("ByCM") else CR1
    shows = {EXTENDED % "NewTimeOutDate": to, EXTENDED % "ReasonForExtension": reason, SETTLEMENT: to}
    return claim.goes(row, who, operation, claim.phase, newTimeOut=day(to), reasonForExtension=reason, limit=to, shows=shows)


@both_processes
def test_the_first_answer_gets_more_time(world: World, process: str) -> None:
    """T64: with a reason or without, as often as the parties agree, to any later day. What is further than the 35 days stays when an offer comes."""
    claim = k9(Life(world, process, "token", "userauth").to_stage21())
    _moves(claim, "T64", "extendStage2SPFDecisionTimeout", "2026-12-16", "1")
    _moves(claim, "T64", "extendStage2SPFDecisionTimeout", "2026-12-26")
    _moves(claim, "T64", "extendStage2SPFDecisionTimeout", "2027-01-30", "2")
    claim.refuses(CR1, "extendStage2SPFDecisionTimeout", "is for the compensator", newTimeOut=day("2027-02-10"))
    claim.sends("T62", COMP1, "addStage2SPFResponse", "counter-offer-to-plain.xml", OFFERED, limit="2027-01-30")
    claim.expires("2027-01-30T00:00:00")


@both_processes
@pytest.mark.parametrize("begins", NEGOTIATION)
def test_an_offer_gets_more_time_by_whoever_holds_it(world: World, process: str, begins: Callable[[Life], Life]) -> None:
    """T79: in every phase of the negotiation; the last five days move with it."""
    claim = begins(Life(world, process, "token", "userauth").to_stage21())
    other, whose = (CR1, "the compensator") if begins is k10_offer_made else (COMP1, "the claimant representative")
    claim.refuses(other, "extendStage2SPFCounterOfferTimeout", f"it is the turn of {whose}", newTimeOut=day("2027-01-27"))
    _moves(claim, "T79", "extendStage2SPFCounterOfferTimeout", "2027-01-27", "1")
    if begins is k10_offer_to_be_made:
        world.set_clock("2027-01-14T23:00:00")
        claim.sends("T74", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", "Stage2SettlementPackCounterOfferByCM")
    else:
        claim.expires("2027-01-27T00:00:00")


@both_processes
@pytest.mark.parametrize("begins", FURTHER)
def test_the_further_period_is_not_extended(world: World, process: str, begins: Callable[[Life], Life]) -> None:
    claim = begins(Life(world, process).to_stage21())
    holder = COMP1 if begins is k11_compensators else CR1
    claim.refuses(holder, "extendStage2SPFCounterOfferTimeout", "further consideration period cannot be extended", newTimeOut=day("2027-03-01"))


def test_additional_damages_get_more_time(world: World) -> None:
    """T105: here a reason must be given."""
    claim = k12(Life(world, "rta", "token", "userauth").to_stage21())
    extend = "extendAdditionalDamagesDecisionTimeout"
    told = claim.refuses(COMP1, extend, "ReasonForExtension must be given", NewTimeOutDate=day("2027-01-05"))
    assert (told.details or told.message.splitlines()[1]).startswith(f"MustBeProvided: /{extend}/ReasonForExtension: ")
    shows = {DAMAGES: "2027-01-05"}
    claim.goes("T105", COMP1, extend, claim.phase, limit="2027-01-05", shows=shows, NewTimeOutDate=day("2027-01-05"), ReasonForExtension="1")
    claim.expires("2027-01-05T00:00:00")


MOVED = [
    ("rta", "Stage2SettlementPackDecision", "extendStage2SPFDecisionTimeout", "newTimeOut", "2026-12-15"),
    ("elpl", "Stage2SettlementPackCounterOfferByCM", "extendStage2SPFCounterOfferTimeout", "newTimeOut", "2027-01-15"),
    ("rta", "Stage2AdditionalDamagesDecision", "extendAdditionalDamagesDecisionTimeout", "NewTimeOutDate", "2026-12-15"),
]


@pytest.mark.parametrize(("process", "phase", "operation", "argument", "current"), MOVED)
def test_a_limit_moves_to_a_later_day_only(world: World, process: str, phase: str, operation: str, argument: str, current: str) -> None:
    """Not to the day on which it runs out anyway; what counts is the day in London, whatever the zone it is told in."""
    claim = reached(world, process, phase)
    reasons = {"newTimeOut": "reasonForExtension", "NewTimeOutDate": "ReasonForExtension"}
    shown = {"2026-12-15": "15 December 2026", "2027-01-15": "15 January 2027"}[current]
    not_later = [day(current), day("2026-11-24"), datetime.fromisoformat(f"{current}T23:59:59+00:00"), datetime.fromisoformat(current)]
    for new in (*not_later, datetime.fromisoformat(f"{current}T00:30:00+01:00")):
        told = claim.refuses(COMP1, operation, argument, shown, **{argument: new, reasons[argument]: "1"})
        assert told.details == f"AfterCurrentTimeoutDate: /{operation}/{argument}: must lie after the present limit, {shown}"
    told = claim.refuses(COMP1, operation, f"{argument} must be given", **{reasons[argument]: "1"})
    assert told.details.startswith(f"MustBeProvided: /{operation}/{argument}: ")
    for reason in ("0", "3", "by agreement"):
        told = claim.refuses(COMP1, operation, reasons[argument], "1, 2", **{argument: day("2027-02-01"), reasons[argument]: reason})
        assert told.details.startswith(f"WrongValue: /{operation}/{reasons[argument]}: ")
    tomorrow = f"{current[:8]}{int(current[8:]) + 1}"
    there = datetime.fromisoformat(f"{current}T22:30:00-03:00")  # half past one of the next day in London
    reply = claim.client(COMP1).call(operation, claimData=claim.data, **{argument: there, reasons[argument]: "1"}).ok()
    assert reply.claim["phaseCacheId"] == phase
    assert claim.seen_by(COMP1).xpath(RUNNING) == [tomorrow]


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_the_ends_of_the_calendar(world: World, moment: str) -> None:
    """Two times that no clock in London can show."""
    claim = reached(world, "rta", "Stage2SettlementPackDecision")
    told = claim.refuses(COMP1, "extendStage2SPFDecisionTimeout", "newTimeOut is beyond the years", newTimeOut=datetime.fromisoformat(moment))
    assert told.details.startswith("FormatNotValid: /extendStage2SPFDecisionTimeout/newTimeOut: ")


def test_a_limit_that_is_never_reached(world: World) -> None:
    """Nothing forbids it; the last five days of it are far away, and that is seen at once."""
    claim = Life(world, "rta").to_stage2().walks("T60", "T62")
    _moves(claim, "T79", "extendStage2SPFCounterOfferTimeout", "9999-12-31")
    claim.walks("T71")
    began = time.perf_counter()
    claim.steps("T74")
    assert time.perf_counter() - began < 1
