"""Every row of the contract table, in each process and release that has it: made once, from each of its phases, and refused twice.

The claim is put into the store as it is in that phase; how a claim gets there is told by tests/wire and the random walks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from claim_rows import add_claim
from inprocess import CM, CR, KEPT, OTHER_SIDE, START, Portal, check_claim, data, document, named, organisation_of, portal_over

from gateway.contract.load import contract
from gateway.contract.model import OTHER, SELF, Move
from gateway.operations.agreement import exists_in
from gateway.store import claims
from gateway.store.claims import Claim
from gateway.store.engine import Store

ADULT, CHILD = date(1985, 3, 14), date(2012, 6, 17)
LATER = datetime(2027, 3, 1, tzinfo=START.tzinfo)
SIX_LEFT, FIVE_LEFT = "2026-12-01", "2026-11-28"  # business days, with the Monday on which all this happens
PACK = {"deadline": "K7", "due": "2026-12-15", "extended": False, "sent-on": "2026-11-23"}
NOT_REACHABLE = {"T22", "T23", "T48"}  # for claims of releases before R3


@dataclass(frozen=True)
class Case:
    """How a row comes about. `by`: who calls, where the table leaves it open; `sends`: what is told of the document in the fixtures."""

    arguments: Mapping[str, Any] = field(default_factory=dict)
    sends: Mapping[str, str] = field(default_factory=dict)
    like: str = ""
    birth: date = ADULT
    state: Mapping[str, Any] = field(default_factory=dict)
    running: str | None = None
    due: str = "2026-12-15"
    holder: str = "COMP001"


def args(**arguments: Any) -> Case:
    return Case(arguments)


def with_flag(name: str, *, child: bool) -> Case:
    return Case(state={f"child-at-{name}-agreement": child})


CASES = {
    "T1": Case(),
    "T2": Case(),
    "T3": args(insurerClaimReferenceNumber="TI/26/1"),
    "T4": Case(holder="COMP900", running="K2"),
    "T5": Case(),
    "T7": args(rejectionReasonCode="1"),
    "T8": Case(),
    "T9": Case(),
    "T10": Case(),
    "T11": Case(),
    "T12": args(organisationPath="/COMP003"),
    "T13": args(isArticle75=False),
    "T14": args(isArticle75=True),
    "T15": Case(sends={"decision": "A"}),
    "T16": Case(sends={"decision": "A"}, birth=CHILD),
    "T17": Case(sends={"decision": "AN"}),
    "T18": Case(sends={"decision": "N"}),
    "T20": Case(),
    "T21": Case(),
    "T25": Case(birth=CHILD),
    "T26": Case(),
    "T27": Case(),
    "T30": args(isInterimPaymentNeeded=True),
    "T32": args(isInterimPaymentNeeded=False),
    "T33": Case(),
    "T34": Case(like="full"),
    "T35": Case(like="partial"),
    "T36": args(rejectionComment="No loss is proved."),
    "T37": Case(),
    "T38": Case(),
    "T40": Case(),
    "T41": Case(),
    "T42": Case(),
    "T43": args(isPartialInterimPaymentAccepted=True),
    "T44": args(isPartialInterimPaymentAccepted=False),
    "T45": Case(state={"interims": [{**PACK, "decision": "AC"}]}),
    "T46": Case(state={"interims": [{**PACK, "decision": "NAC"}]}),
    "T47": args(isStage21Paid=True),
    "T50": Case({"isStage21Paid": False}, state={"interims": [{**PACK, "due": "2026-11-23"}]}),
    "T60": Case(),
    "T61": Case(sends={"decision": "C"}),
    "T62": Case(sends={"decision": "CO"}),
    "T63": Case(sends={"decision": "R"}),
    "T64": args(newTimeOut=LATER),
    "T66": Case(),
    "T67": with_flag("stage-2", child=False),
    "T68": with_flag("stage-2", child=True),
    "T69": with_flag("stage-2", child=True),
    "T70": Case(),
    "T71": args(isStage2SPFCounterOfferNeeded=True),
    "T73": args(isStage2SPFCounterOfferNeeded=False),
    "T74": Case(due=SIX_LEFT),
    "T75": Case(due=FIVE_LEFT),
    "T76": Case(sends={"decision": "ACO"}),
    "T77": Case(sends={"decision": "NEWCO"}, due=SIX_LEFT),
    "T78": Case(sends={"decision": "NEWCO"}, due=FIVE_LEFT),
    "T79": args(newTimeOut=LATER, reasonForExtension="1"),
    "T80": args(isAgreed=True),
    "T81": args(isAgreed=False),
    "T82": args(isAgreed=False),
    "T83": Case({"isAgreed": True}, {"decision": "ACO"}, running="K11"),
    "T84": Case({"isAgreed": False}, {"decision": "NEWCO"}, running="K11"),
    "T85": with_flag("stage-2", child=False),
    "T86": with_flag("stage-2", child=True),
    "T87": with_flag("stage-2", child=True),
    "T88": Case(),
    "T89": Case(),
    "T100": args(additionalDamagesExist=True),
    "T101": args(additionalDamagesExist=False),
    "T102": Case(),
    "T103": Case(sends={"decision": "A"}),
    "T104": Case(sends={"decision": "CO"}),
    "T105": args(NewTimeOutDate=LATER, ReasonForExtension="2"),
    "T107": Case(),
    "T108": with_flag("additional-damages", child=False),
    "T109": with_flag("additional-damages", child=True),
    "T110": args(isAgreed=True),
    "T111": args(isAgreed=False),
    "T112": with_flag("additional-damages", child=False),
    "T113": with_flag("additional-damages", child=True),
    "T114": Case(),
    "T120": Case(),
    "T121": Case(),
    "T123": Case(),
    "T124": args(exitReasonCode="10", exitComment="Settled between the parties."),
    "T125": Case(),
    "T126": args(reasonCode="0", reasonDescription="The collision was staged."),
    "T127": Case(),
}
RUNS = {
    ("rta", "liability"): "K1",
    ("elpl", "liability"): "K3",
    ("rta", "interim"): "K7",
    ("elpl", "interim"): "K7",
    ("rta", "settlement"): "K9",
    ("elpl", "settlement"): "K9",
    ("rta", "negotiation"): "K10",
    ("elpl", "negotiation"): "K10",
    ("rta", "additional-damages"): "K12",
    ("rta", "court"): "K13",
    ("elpl", "court"): "K13",
}
VERSIONS = {"rta": {"R3": (3, 3), "R5": (5, 0), "R6": (6, 0), "R7": (7, 0)}, "elpl": {"R3": (1, 0), "R5": (5, 0), "R6": (6, 0)}}
# what the parties have sent by the time a document is answered: operation, and what its name says
SENT_BEFORE = (
    ("addInterimSPFRequest", ""),
    ("addInterimSPFResponse", "full"),
    ("addStage2SPFRequest", ""),
    ("addStage2SPFResponse", "counter-offer"),
    ("addStage2SPFCounterOfferByCR", ""),
    ("addS2SPFAdditionalDamagesRequest", ""),
    ("addS2SPFAdditionalDamagesResponse", "counter-offer"),
    ("addCPPFRequest", ""),
)


@pytest.fixture(scope="module")
def portal(sqlite: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with sqlite.new("seeded", tmp_path_factory.mktemp("moves")) as url:
        store = Store(url, sqlite_synchronous="NORMAL")
        with portal_over(store) as portal:
            yield portal
        store.engine.dispose()


def all_moves() -> Iterator[tuple[str, str, Move]]:
    for process, releases in KEPT.items():
        for release in releases:
            for operation in contract().of_process(process):
                if exists_in(operation, release):
                    yield from ((process, release, move) for move in operation.moves if process in move.processes and release in move.releases)


MOVES = list(all_moves())
OPENINGS = [one for one in MOVES if not one[2].sources]  # there is no claim yet
STEPS = [one for one in MOVES if one[2].sources]


def each(moves: list[tuple[str, str, Move]]) -> pytest.MarkDecorator:
    ids = [f"{process}-{release}-{move.row}-{move.operation}" for process, release, move in moves]
    return pytest.mark.parametrize(("process", "release", "move"), moves, ids=ids)


def test_no_row_is_left_out():
    rows = {move.row for operation in contract().operations.values() for move in operation.moves}
    assert rows - {move.row for _, _, move in MOVES} == NOT_REACHABLE
    assert set(CASES) == rows - NOT_REACHABLE


def starts(process: str, release: str, move: Move) -> Iterator[tuple[str, str, str]]:
    """Phase, whose turn it is there, who makes the step: every way in which the row can be made."""
    actor = contract().operations[move.operation].actor
    for source in move.sources:
        phase = contract().phases[source]
        if process not in phase.processes or release not in phase.releases:
            continue
        for acts in (CR, CM) if phase.acts == OTHER else (move.turn or str(phase.acts),):
            for by in (CR, CM) if actor == "either" else (acts if actor == "holder" else actor,):
                yield source, acts, by


def put(portal: Portal, process: str, release: str, phase: str, acts: str | None, case: Case) -> Claim:
    """A claim that has come to this phase."""
    clock = contract().phases[phase].clock
    running = (case.running or RUNS[process, clock]) if clock else None
    major, minor = VERSIONS[process][release]
    liability = {"rta": {"K1": "2026-12-15", "K2": "2027-01-08"}, "elpl": {"K3": "2026-12-31"}}[process]
    with portal.store.writing() as connection:
        claim = add_claim(
            connection,
            phase,
            running,
            case.due,
            process=process,
            claim_type={"rta": "RTA", "elpl": "EL"}[process],
            release=release,
            version_major=major,
            version_minor=minor,
            acts=acts,
            ended=contract().phases[phase].end,
            event_number=20,
            birth_date=case.birth,
            cm_organisation=case.holder,
            compensator_type="M" if case.holder == "COMP900" else "I",
            deadlines={**liability, **({running: case.due} if running else {})},
            state={"interims": [PACK], "settlement-sent-on": "2026-11-23", **case.state},
        )
        sent = ("addClaim", ""), ("sendLiabilityDecision", ""), *SENT_BEFORE
        for number, (operation, like) in enumerate(sent, 1):
            if process in contract().operations[operation].processes:
                name = pick(process, release, operation, like=like)
                claims.add_document(connection, claim.id, number, operation, document(process, operation, name).encode())
    return claim


def pick(process: str, release: str, operation: str, *, like: str = "", **facts: str) -> str:
    """The plainest valid document of its kind."""
    return next(name for name in named(process, release, operation, **facts) if like in name)


def arguments_of(process: str, release: str, move: Move, case: Case) -> dict[str, Any]:
    payload = contract().operations[move.operation].payload
    if payload is None:
        return dict(case.arguments)
    name = pick(process, release, move.operation, like=case.like, **case.sends)
    return {payload: document(process, move.operation, name)}


@each(OPENINGS)
def test_a_claim_is_opened(portal: Portal, process: str, release: str, move: Move) -> None:
    arguments = arguments_of(process, release, move, CASES[move.row])
    refused = portal.call(process, release, "COMP001", move.operation, **arguments)
    assert (refused.code, "is for the claimant representative" in refused.message) == ("Failure", True)
    number = int(portal.call(process, release, "CR00001", move.operation, **arguments).claim["applicationId"])
    claim = portal.claim(number)
    assert (claim.phase, claim.acts, claim.release) == (move.to, CM, release)
    check_claim(claim, portal.history(number))


@each(STEPS)
def test_it_is_made(portal: Portal, process: str, release: str, move: Move) -> None:
    case = CASES[move.row]
    arguments = arguments_of(process, release, move, case)
    ways = list(starts(process, release, move))
    assert ways
    for phase, acts, by in ways:
        before = put(portal, process, release, phase, acts, case)
        answer = portal.call(process, release, organisation_of(before, by), move.operation, claimData=data(before), **arguments)
        after = portal.claim(before.id)
        to = phase if move.to == SELF else move.to
        assert answer.claim == {**data(after), "phaseCacheId": to, "phaseCacheName": contract().phases[to].name}
        assert (after.phase, after.ended, after.event_number) == (to, contract().phases[to].end, 21)
        assert after.guid != before.guid
        turn = acts if move.to == SELF else move.acts or contract().phases[to].acts
        assert after.acts == (OTHER_SIDE[by] if turn == OTHER else turn)
        (event,) = portal.history(before.id)
        assert (event.number, event.row, event.operation, event.from_phase, event.to_phase) == (21, move.row, move.operation, phase, to)
        check_claim(after)


def unchanged(portal: Portal, before: Claim) -> bool:
    return portal.claim(before.id) == before and portal.history(before.id) == []


@each(STEPS)
def test_it_is_refused_to_the_other_side(portal: Portal, process: str, release: str, move: Move) -> None:
    case = CASES[move.row]
    actor = contract().operations[move.operation].actor
    arguments = arguments_of(process, release, move, case)
    for phase, acts, by in starts(process, release, move):
        before = put(portal, process, release, phase, acts, case)
        # what either side may do is refused to a side that has nothing to do with the claim
        stranger = {CR: "CR00002", CM: "COMP002"}[by] if actor == "either" else organisation_of(before, OTHER_SIDE[by])
        answer = portal.call(process, release, stranger, move.operation, claimData=data(before), **arguments)
        assert answer.code == "Failure"
        said = "There is no claim" if actor == "either" else "it is the turn of" if actor == "holder" else "is for the"
        assert said in answer.message
        assert unchanged(portal, before)


@each(STEPS)
def test_it_is_refused_in_another_phase(portal: Portal, process: str, release: str, move: Move) -> None:
    """When the claim has ended, and in a phase that offers other things."""
    case = CASES[move.row]
    arguments = arguments_of(process, release, move, case)
    living = ("EndOfStage2", CR) if move.operation != "acknowledgeCPPFResponse" else ("FraudStated", CR)
    for phase, acts in (("FraudStatedEnd", None), living):
        _, _, by = next(starts(process, release, move))
        before = put(portal, process, release, phase, acts, case)
        answer = portal.call(process, release, organisation_of(before, by), move.operation, claimData=data(before), **arguments)
        assert answer.code == "Failure"
        assert f"is not possible: claim {before.application_id} is in phase {phase}" in answer.message
        assert unchanged(portal, before)


REFUSED = {  # the rows that say "refuse": phase, operation, how it was brought about, what is said
    "T6": (("elpl",), "ClaimSubmitted", "acceptClaim", Case(), "acknowledgeClaim (the compensator)"),
    "T24": (("rta",), "LiabilityAdmitted", "setStage1Payment", args(isStage1Paid=True), "acknowledgeLiabilityAdmitted"),
    "T31": (("rta", "elpl"), "StartOfStage21", "setInterimPaymentNeeded", Case({"isInterimPaymentNeeded": True}, birth=CHILD), "under 18"),
    "T49": (
        *(("rta", "elpl"), "WaitingForInterimPayment", "setStage21Payment"),
        *(Case({"isStage21Paid": False}, state={"interims": [{**PACK, "due": "2026-11-24"}]}), "runs out on 24 November 2026"),
    ),
    "T72": (
        *(("rta", "elpl"), "Stage2SettlementPackCounterOfferDecision", "setStage2SPFCounterOfferNeeded"),
        *(Case({"isStage2SPFCounterOfferNeeded": True}, running="K11"), "No more offers"),
    ),
}


REFUSALS = [(row, process, release) for row, told in REFUSED.items() for process in told[0] for release in KEPT[process]]


@pytest.mark.parametrize(("row", "process", "release"), REFUSALS, ids=["-".join(one) for one in REFUSALS])
def test_a_row_that_is_a_refusal(portal: Portal, row: str, process: str, release: str) -> None:
    _, phase, operation, case, said = REFUSED[row]
    before = put(portal, process, release, phase, contract().phases[phase].acts, case)
    by = organisation_of(before, str(contract().phases[phase].acts))
    answer = portal.call(process, release, by, operation, claimData=data(before), **case.arguments)
    assert answer.code == "Failure"
    assert said in answer.message
    assert unchanged(portal, before)


CLOCKS = [
    (process, release, clock.row, phase.id, running)
    for process in KEPT
    for release in KEPT[process]
    for clock in contract().clocks.values()
    for phase in contract().phases.values()
    if phase.clock == clock.name and process in phase.processes
    for running in [variant.row for variant in clock.variants if process in variant.processes]
]


@pytest.mark.parametrize(("process", "release", "row", "phase", "running"), CLOCKS, ids=["-".join(one) for one in CLOCKS])
def test_a_row_of_the_clock(portal: Portal, process: str, release: str, row: str, phase: str, running: str) -> None:
    """It has been made when somebody looks on the day on which the limit runs out, and not a moment before."""
    before = put(portal, process, release, phase, contract().phases[phase].acts, Case(running=running, due="2026-11-24"))
    limit = datetime(2026, 11, 24, tzinfo=START.tzinfo)
    portal.set_clock(limit - timedelta(seconds=1))
    answer = portal.call(process, release, before.cr_organisation, "getClaimsStatus", applicationId=before.application_id)
    assert answer.claim["phaseCacheId"] == phase
    portal.set_clock(limit)
    answer = portal.call(process, release, before.cr_organisation, "getClaimsStatus", applicationId=before.application_id)
    portal.set_clock(START)
    to = contract().clocks[str(contract().phases[phase].clock)].expires_to
    assert answer.claim["phaseCacheId"] == to
    after = portal.claim(before.id)
    assert (after.phase, after.acts, after.running, after.due_at) == (to, CR, None, None)
    (event,) = portal.history(before.id)
    assert (event.number, event.row, event.operation, event.from_phase, event.to_phase) == (21, row, "", phase, to)
    assert event.at == limit == before.due_at
    check_claim(after)


def test_a_limit_that_had_passed_at_the_sending_runs_out_at_the_sending(portal: Portal) -> None:
    """An EL/PL form may name a day of notification long ago; history does not go back behind the sending."""
    text = document("elpl", "addClaim", "el-adult.xml").replace('NotificationDate="2026-11-16"', 'NotificationDate="2026-09-01"')
    number = int(portal.call("elpl", "R6", "CR00001", "addClaim", claimXML=text).claim["applicationId"])
    assert portal.claim(number).due_at == datetime(2026, 10, 13, 23, tzinfo=START.tzinfo)  # 30 business days, in London still summer time
    answer = portal.call("elpl", "R6", "COMP001", "getClaimsStatus", applicationId=f"{number:016d}")
    assert answer.claim["phaseCacheId"] == "LiabilityDecisionTimeout"
    history = portal.history(number)
    assert [(event.row, event.at) for event in history] == [("T1", START), ("T19", START)]
    assert portal.claim(number).updated_at == START
    check_claim(portal.claim(number), history)
