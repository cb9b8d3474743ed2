"""Leaving the process (T124, T125) and fraud (T126, T127): from where, by whom, with which reasons."""

import re

import pytest
from life import Life
from phases import ENDED, HELD_BY_THE_COMPENSATOR, NO_WAY_OUT, PHASES
from routes import phases, reached
from story import ENDED_ON
from world import COMP1, CR1, Party, World

from gateway.config import Settings

# by process and release: codes of the claimant representative, and of the compensator before the liability decision
CODES = {
    ("rta", "R3"): ("2 3 4 5 6 7 8 10", "1 2 3 6 7 9 10"),
    ("rta", "R5"): ("2 3 4 5 6 7 8 10 11 12 13", "1 2 3 6 7 9 10"),
    ("rta", "R6"): ("2 3 4 5 6 7 8 10 11 12 13", "1 2 3 6 7 9 10"),
    ("rta", "R7"): ("2 3 4 5 6 7 8 10 11 12 13 14", "1 2 3 6 7 9 10 14"),
    ("elpl", "R3"): ("2 3 4 5 6 7 8 10", "1 2 3 6 7 9 10"),
    ("elpl", "R5"): ("2 3 4 5 6 7 8 10 11 12 13 14 15", "1 2 3 6 7 9 10"),
    ("elpl", "R6"): ("2 3 4 5 6 7 8 10 11 12 13 14 15", "1 2 3 6 7 9 10"),
}
EVERYWHERE = [(process, phase) for process in ("rta", "elpl") for phase in phases(process)]
WORDS = 'Settled elsewhere: "£2,000" & costs < £500\n– see our letter'
CR_SAID, COMP_SAID = (f"ApplicationData/ExitProcess/{side}/@Exit%s" for side in ("ExitCR", "ExitCM"))

both_processes = pytest.mark.parametrize("process", ["rta", "elpl"])


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """The release in force, where a test asks for one."""
    asked = {name: request.getfixturevalue(name) for name in ("process", "release") if name in request.fixturenames}
    chosen = {f"release_{asked['process']}": asked["release"]} if "release" in asked else {}
    return Settings(sandbox=True, sqlite_synchronous="NORMAL", **chosen)


def _leaves(claim: Life, who: Party, code: str, comment: str | None = None) -> Life:
    place = COMP_SAID if who.is_compensator else CR_SAID
    shows = {place % "ReasonCode": code, place % "Comment": comment}
    return claim.goes("T124", who, "exitProcess", "ExitProcess", exitReasonCode=code, exitComment=comment, shows=shows)


@pytest.mark.parametrize(("process", "phase"), EVERYWHERE)
def test_whose_turn_it_is_not_may_leave_too(world: World, process: str, phase: str) -> None:
    """In every phase either side leaves, even out of its turn; or neither does, and is told where the claim is. Likewise with fraud."""
    claim = reached(world, process, phase, "token", "userauth")
    sides = (claim.representative, claim.holder)
    if phase not in HELD_BY_THE_COMPENSATOR:
        claim.refuses(claim.holder, "stateFraud", f"in phase {phase} ({PHASES[phase]})", reasonCode="0", reasonDescription="Staged.")
    if phase in NO_WAY_OUT:
        for side in sides:
            told = claim.refuses(side, "exitProcess", f"in phase {phase} ({PHASES[phase]})", exitReasonCode="6")
            assert "possible there: " in told.message
        return
    leaves, other = sides if phase in HELD_BY_THE_COMPENSATOR else reversed(sides)
    _leaves(claim, leaves, "6")
    claim.refuses(leaves, "acknowledgeExitProcess", "ExitProcess (Exit process)", "the turn of")
    claim.goes("T125", other, "acknowledgeExitProcess", "ExitProcessEnd")


@both_processes
def test_whose_turn_it_is_leaves(world: World, process: str) -> None:
    claim = _leaves(Life(world, process).to_stage21(), CR1, "5")
    claim.goes("T125", COMP1, "acknowledgeExitProcess", "ExitProcessEnd", shows={ENDED_ON: "2026-11-23"})
    claim = _leaves(Life(world, process).to_stage2().walks("T60"), COMP1, "9", WORDS)
    claim.goes("T125", CR1, "acknowledgeExitProcess", "ExitProcessEnd")
    assert claim.phase in ENDED
    claim.refuses(CR1, "exitProcess", "ExitProcessEnd", "nothing can be done there", exitReasonCode="5")


@both_processes
@pytest.mark.parametrize("way", ["T124", "T126"])
def test_no_clock_runs_for_a_claim_that_is_leaving(world: World, process: str, way: str) -> None:
    """The limit of its pack passes, and years later it waits for the same acknowledgement."""
    claim = Life(world, process).to_stage2().walks("T60")
    claim.steps(way, "2029-01-01")
    claim.read_by_both_sides()
    last = {"T124": ("T125", COMP1, "acknowledgeExitProcess", "ExitProcessEnd"), "T126": ("T127", CR1, "acknowledgeFraudStated", "FraudStatedEnd")}
    claim.goes(*last[way], shows={ENDED_ON: "2029-01-01"})


@both_processes
def test_after_an_interim_pack_without_answer_there_are_three_ways(world: World, process: str) -> None:
    """The claimant representative goes on, goes back, or leaves."""
    claim = Life(world, process).to_stage21().walks("T30", "T33", "T39")
    told = claim.refuses(CR1, "acknowledgeStage2SPFAgreed", "InterimPaymentDecisionTimeout")
    for way in ("acknowledgeInterimPaymentDecisionTimeout", "returnToStartOfStage21", "exitProcess"):
        assert way in told.message
    _leaves(claim, CR1, "12")


def _allowed(text: str) -> str:
    return " ".join(re.findall(r"(?:: |, )(\d+) \(", text))


@pytest.mark.parametrize(("process", "release"), CODES)
@pytest.mark.parametrize("who", [CR1, COMP1], ids=["claimant representative", "compensator"])
def test_each_side_has_its_reasons(world: World, process: str, release: str, who: Party) -> None:
    """Every code from 0 to 16: taken and shown, valid against getClaim of the release, or refused with the list of those that are open."""
    codes = CODES[process, release][who.is_compensator]
    for code in map(str, range(17)):
        claim = Life(world, process, release=release).sent()
        if code in codes.split():
            claim.client(who).call("exitProcess", claimData=claim.data, exitReasonCode=code, exitComment="As agreed.").ok()
            place = COMP_SAID if who.is_compensator else CR_SAID
            assert claim.seen_by(CR1).xpath(place % "ReasonCode") == [code]
        else:
            told = claim.refuses(who, "exitProcess", f"exitReasonCode is '{code}'", exitReasonCode=code, exitComment="As agreed.")
            assert _allowed(told.message) == codes


@both_processes
@pytest.mark.parametrize("code", [None, "", "x", "1.0", "２", "-1", "2 3", "999999999999999"])
def test_a_reason_must_be_given(world: World, process: str, code: str | None) -> None:
    claim = Life(world, process).sent()
    claim.refuses(CR1, "exitProcess", "exitReasonCode", "allowed here: 2 (", exitReasonCode=code)


@both_processes
def test_an_incomplete_form_is_a_reason_only_before_the_liability_decision(world: World, process: str) -> None:
    claim = Life(world, process).sent().walks(*{"rta": ("T3", "T13"), "elpl": ("T2", "T5")}[process])
    claim.refuses(CR1, "exitProcess", "exitReasonCode is '1'", exitReasonCode="1")
    claim.walks("T15", "T21")
    told = claim.refuses(COMP1, "exitProcess", "exitReasonCode is '1'", exitReasonCode="1")
    assert "/exitProcess/exitReasonCode" in told.details
    assert _allowed(told.message).startswith("2 3 6")
    claim = _leaves(reached(world, process, "LiabilityDecision"), COMP1, "1")
    claim.goes("T125", CR1, "acknowledgeExitProcess", "ExitProcessEnd")


@both_processes
def test_another_reason_is_explained(world: World, process: str) -> None:
    for who in (CR1, COMP1):
        claim = Life(world, process).to_stage21()
        for nothing in (None, "", " \n"):
            claim.refuses(who, "exitProcess", "exitComment must be given", "10 (Other)", exitReasonCode="10", exitComment=nothing)
        _leaves(claim, who, "10", WORDS)


@both_processes
def test_a_comment_that_could_not_be_shown_is_refused(world: World, process: str) -> None:
    """getClaim has room for 500 characters."""
    claim = Life(world, process).sent()
    told = claim.refuses(CR1, "exitProcess", "exitComment is too long", exitReasonCode="5", exitComment="x" * 501)
    assert told.details.startswith("FormatNotValid: /exitProcess/exitComment: ")
    _leaves(claim, CR1, "5", "x" * 500)


FRAUD = "ApplicationData/FraudStated/@Fraud%s"


@pytest.mark.parametrize(("process", "phase"), [(process, phase) for process, phase in EVERYWHERE if phase in HELD_BY_THE_COMPENSATOR])
def test_fraud_is_stated_while_the_compensator_has_to_answer(world: World, process: str, phase: str) -> None:
    claim = reached(world, process, phase, "userauth", "token")
    claim.refuses(CR1, "stateFraud", "stateFraud is for the compensator.", reasonCode="0", reasonDescription="Staged.")
    shows = {FRAUD % "ReasonCode": "0", FRAUD % "Comment": WORDS}
    claim.goes("T126", claim.holder, "stateFraud", "FraudStated", reasonCode="0", reasonDescription=WORDS, shows=shows)
    claim.refuses(claim.holder, "acknowledgeFraudStated", "acknowledgeFraudStated is for the claimant representative.")
    claim.goes("T127", CR1, "acknowledgeFraudStated", "FraudStatedEnd")


@both_processes
@pytest.mark.parametrize(
    ("code", "description", "told"),
    [
        ("1", "Staged.", "reasonCode is '1'"),
        ("00", "Staged.", "reasonCode is '00'"),
        ("", "Staged.", "reasonCode must be given"),
        (None, "Staged.", "reasonCode must be given"),
        ("0", None, "reasonDescription must be given"),
        ("0", " ", "reasonDescription must be given"),
        ("0", "x" * 501, "reasonDescription is too long"),
    ],
)
def test_fraud_has_one_code_and_a_description(world: World, process: str, code: str | None, description: str | None, told: str) -> None:
    claim = Life(world, process).sent()
    claim.refuses(COMP1, "stateFraud", told, reasonCode=code, reasonDescription=description)
