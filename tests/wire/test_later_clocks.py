"""The time limits of the later stages, to the second (K6-K14). How they are moved is told in test_extensions.py.

A limit of N business days, counted from the day after sending, runs out at 00:00 in London on the calendar day after the Nth. Bank holidays on
the way: Friday 25 and Monday 28 December 2026, Friday 1 January 2027; Good Friday is 26 March, Easter Monday 29 March 2027.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from life import SETTLEMENT, Life
from limits import DECIDED, FURTHER, NEGOTIATION, OFFERED, k6, k7, k7_extended, k9, k10_offer_to_be_made, k11_claimants, k12, k13
from story import INSURER_LIMIT
from world import COMP1, CR1, World, on_both_databases

from gateway.store import calendars

both_processes = pytest.mark.parametrize("process", ["rta", "elpl"])

SILENCE = [(process, begins) for begins in (k6, k7, k7_extended, k9, *NEGOTIATION, *FURTHER, k13) for process in ("rta", "elpl")] + [("rta", k12)]


@pytest.mark.parametrize(("process", "begins"), SILENCE)
def test_silence(world: World, process: str, begins: Callable[[Life], Life]) -> None:
    """One second before midnight nothing has happened; at midnight the claim is with the claimant representative."""
    claim = begins(Life(world, process, "token", "userauth").to_stage21())
    assert claim.limit
    claim.expires(f"{claim.limit}T00:00:00")
    told = claim.refuses(COMP1, "addCPPFResponse", f"{claim.phase} (", CPPFResponseXML="<CourtProceedingPackResponse/>")
    assert "acknowledge" in told.message.partition("possible there: ")[2]


@pytest.mark.parametrize(
    ("begins", "last"),
    [
        (k9, ("T66", "acknowledgeStage2SPFDecisionTimeout", "Stage2SettlementPackDecisionTimeoutEnd")),
        (k11_claimants, ("T66", "acknowledgeStage2SPFDecisionTimeout", "Stage2SettlementPackDecisionTimeoutEnd")),
        (k12, ("T107", "acknowledgeAdditionalDamagesDecisionTimeout", "Stage2AdditionalDamagesDecisionTimeoutEnd")),
        (k12, ("T114", "acknowledgeAdditionalDamagesAgreement", "Stage2AdditionalDamagesDecisionTimeoutEnd")),
        (k13, ("T123", "acknowledgeCPPFResponse", "EndOfStage2End")),
    ],
)
@on_both_databases
def test_silence_ends_the_claim(world: World, begins: Callable[[Life], Life], last: tuple[str, str, str]) -> None:
    claim = begins(Life(world, "rta", "userauth", "token").to_stage21())
    claim.expires(f"{claim.limit}T00:00:00")
    row, operation, to = last
    claim.goes(row, CR1, operation, to)


def _days_on_which_limits_run_out() -> list[pytest.param]:
    """Sent on that day, what runs out when."""
    return [
        # Friday 18 December: 21, 22, 23, 24, 29 are five; the day after the 29th
        pytest.param("2026-12-18", "court", "2026-12-30", id="K13 over Christmas"),
        # Saturday 19 December counts from Monday 21
        pytest.param("2026-12-19", "court", "2026-12-30", id="K13 from a Saturday"),
        # Friday 18 December + 10: 21-24 (4), 29-31 (7), 4-6 January (10)
        pytest.param("2026-12-18", "low", "2027-01-07", id="K6 over Christmas"),
        # Christmas Day itself + 15: 29-31 (3), 4-8 January (8), 11-15 (13), 18, 19 (15)
        pytest.param("2026-12-25", "settlement", "2027-01-20", id="K9 from Christmas Day"),
        # Friday 12 March + 10: 15-19 (5), 22-25 (9), 30 March (10); summer time has begun on the 28th
        pytest.param("2027-03-12", "low", "2027-03-31", id="K6 over Easter"),
    ]


@both_processes
@pytest.mark.parametrize(("sent", "what", "limit"), _days_on_which_limits_run_out())
def test_counting(world: World, process: str, sent: str, what: str, limit: str) -> None:
    to_court = {"rta": "T32 T60 T62 T73 T81 T101", "elpl": "T32 T60 T62 T73 T82"}
    ways = {
        "court": (to_court[process], "T120", "addCPPFRequest", "plain.xml", "CourtProceedingsPackResponse"),
        "low": ("T30", "T33", "addInterimSPFRequest", "exactly-1000.xml", "InterimPaymentDecision"),
        "settlement": ("T32", "T60", "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision"),
    }
    before, row, operation, name, to = ways[what]
    claim = Life(world, process).to_stage21().walks(*before.split())
    world.set_clock(f"{sent}T23:59:59")
    claim.sends(row, CR1, operation, name, to, limit=limit)
    claim.expires(f"{limit}T00:00:00")
    summer = 1 if limit > "2027-03-28" else 0
    midnight = datetime.fromisoformat(limit).replace(tzinfo=UTC).timestamp() - summer * 3600
    assert world.history(claim.number)[-1].at.timestamp() == midnight


@both_processes
def test_the_last_five_days_begin_at_midnight(world: World, process: str) -> None:
    """Of the limit of 15 January: Friday 8 and Monday 11 to Thursday 14 are five; on Thursday 7 six are left."""
    for moment, row, to, limit in (
        ("2027-01-07T23:59:59", "T74", "Stage2SettlementPackCounterOfferByCM", "2027-01-15"),
        ("2027-01-08T00:00:00", "T75", DECIDED, "2027-01-22"),
        ("2027-01-14T23:59:59", "T75", DECIDED, "2027-01-22"),
    ):
        world.set_clock("2026-11-23T10:00:00")
        claim = k10_offer_to_be_made(Life(world, process).to_stage21())
        world.set_clock(moment)
        claim.sends(row, CR1, "addStage2SPFCounterOfferByCR", "plain.xml", to, limit=limit)


@both_processes
@pytest.mark.parametrize(("sent", "first", "limit"), [("2026-12-18", "2027-02-11", "2027-02-18"), ("2026-12-01", "2027-01-23", "2027-01-30")])
def test_five_more_days_are_business_days(world: World, process: str, sent: str, first: str, limit: str) -> None:
    """Sent on Friday 18 December, 35 business days end on Wednesday 10 February; sent on Tuesday 1 December, on Friday 22 January."""
    claim = Life(world, process).to_stage2()
    world.set_clock(f"{sent}T10:00:00")
    claim.walks("T60")
    claim.sends("T62", COMP1, "addStage2SPFResponse", "counter-offer-to-plain.xml", OFFERED, limit=first)
    claim.walks("T71")
    eve = date.fromisoformat(first).replace(day=int(first[-2:]) - 1)
    world.set_clock(f"{eve}T22:00:00")
    claim.sends("T75", CR1, "addStage2SPFCounterOfferByCR", "plain.xml", DECIDED, limit=limit)


@both_processes
def test_a_rejected_claim_that_is_not_resent_is_there_for_nobody(world: World, process: str) -> None:
    """K14: 60 calendar days after the rejection came to the claimant representative, on Friday 22 January at 00:00."""
    claim = Life(world, process).sent().walks("T7", "T9")
    world.set_clock("2027-01-21T23:59:59")
    claim.read_by_both_sides()
    world.set_clock("2027-01-22T00:00:00")
    for party in (CR1, COMP1):
        client = claim.client(party)
        for operation in ("getClaim", "getClaimsStatus"):
            client.call(operation, applicationId=claim.number).refused(f"There is no claim {claim.number} that you can see.")
        assert client.call("getClaimsList").ok().payload["claimsList"] == []
    client = claim.client(CR1)
    client.call("exitRejectedClaim", claimData=claim.data).refused("There is no claim")


@both_processes
def test_a_calendar_that_changes_leaves_running_claims_alone(world: World, process: str) -> None:
    """A new bank holiday on Monday 30 November: claims sent before it are counted without it to the end; a claim sent after counts it."""
    old = k9(Life(world, process).to_stage21())
    with world.store.writing() as connection:
        calendars.add(connection, [date(2026, 11, 30)])
    old.read_by_both_sides()
    old.sends("T62", COMP1, "addStage2SPFResponse", "counter-offer-to-plain.xml", OFFERED, limit="2027-01-15", shows={SETTLEMENT: "2027-01-15"})
    limit = {"rta": "2026-12-16", "elpl": "2027-01-01"}[process]
    new = Life(world, process)
    new.opens({"rta": "adult-driver.xml", "elpl": "el-adult.xml"}[process], at=COMP1, limit=limit, shows={INSURER_LIMIT: limit})
    new.walks(*{"rta": ("T3", "T13"), "elpl": ("T2", "T5")}[process], "T15", "T21", "T32")
    new.sends("T60", CR1, "addStage2SPFRequest", "plain.xml", "Stage2SettlementPackDecision", limit="2026-12-16")
    new.expires("2026-12-16T00:00:00")
    old.expires("2027-01-15T00:00:00")
