"""The contract table says what is known of the process. All expectations are written by hand."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.contract.load import TABLES, BadTable, contract, load
from gateway.xml.wsdl import published

CR, CM = "claimant-representative", "compensator"
BOTH, RTA, ELPL = ("rta", "elpl"), ("rta",), ("elpl",)

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


class Row(NamedTuple):
    processes: tuple[str, ...]
    phases: set[str]
    operation: str
    actor: str
    outcome: str | None
    to: str
    releases: tuple[str | None, str | None] = (None, None)


# T6 and T24 say "refuse": no row. T19 is the clock's.
STAGE_1 = {
    "T1": Row(BOTH, set(), "addClaim", CR, None, "ClaimSubmitted"),
    "T2": Row(ELPL, {"ClaimSubmitted"}, "acknowledgeClaim", CM, None, "ClaimAcknowledged"),
    "T3": Row(RTA, {"ClaimSubmitted"}, "acceptClaim", CM, "accepted", "Article75Decision"),
    "T4": Row(RTA, {"ClaimSubmitted"}, "acceptClaim", CM, "accepted-by-mib", "LiabilityDecision"),
    "T5": Row(ELPL, {"ClaimAcknowledged"}, "acceptClaim", CM, "accepted", "LiabilityDecision"),
    "T7": Row(BOTH, {"ClaimSubmitted", "ClaimAcknowledged"}, "rejectClaimToCR", CM, None, "AcknowledgeRejectedClaim", ("R5", None)),
    "T8": Row(BOTH, {"ClaimSubmitted", "ClaimAcknowledged"}, "rejectClaimToCR", CM, None, "ClaimRejectedToCR", (None, "R3")),
    "T9": Row(BOTH, {"AcknowledgeRejectedClaim"}, "acknowledgeRejectedClaim", CR, None, "ClaimRejectedToCR"),
    "T10": Row(BOTH, {"ClaimRejectedToCR"}, "resendRejectedClaim", CR, None, "ClaimSubmitted"),
    "T11": Row(BOTH, {"ClaimRejectedToCR"}, "exitRejectedClaim", CR, None, "ExitRejectedClaim", ("R5", None)),
    "T12": Row(BOTH, {"ClaimSubmitted", "ClaimAcknowledged"}, "reassignToAnotherCM", CM, None, "ClaimSubmitted"),
    "T13": Row(RTA, {"Article75Decision"}, "applyArticle75", CM, "not-applied", "LiabilityDecision"),
    "T14": Row(RTA, {"Article75Decision"}, "applyArticle75", CM, "applied", "LiabilityDecision"),
    "T15": Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "admitted", "LiabilityAdmitted"),
    "T16": Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "admitted-child", "LiabilityAdmittedForChild"),
    "T17": Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "admitted-with-negligence", "LiabilityAdmittedWithNeg"),
    "T18": Row(BOTH, {"LiabilityDecision"}, "sendLiabilityDecision", CM, "denied", "DeniedLiability"),
    "T20": Row(BOTH, {"LiabilityDecisionTimeout"}, "acknowledgeLiabilityDecisionTimeout", CR, None, "LiabilityDecisionTimeoutEnd"),
    "T21": Row(BOTH, {"LiabilityAdmitted"}, "acknowledgeLiabilityAdmitted", CR, None, "StartOfStage21", ("R3", None)),
    "T22": Row(RTA, {"LiabilityAdmitted"}, "setStage1Payment", CR, "paid", "StartOfStage21", (None, "R2")),
    "T23": Row(RTA, {"LiabilityAdmitted"}, "setStage1Payment", CR, "not-paid", "ExitProcess", (None, "R2")),
    "T25": Row(BOTH, {"LiabilityAdmittedForChild"}, "acknowledgeLiabilityAdmittedForChild", CR, None, "StartOfStage21"),
    "T26": Row(BOTH, {"LiabilityAdmittedWithNeg"}, "acknowledgeLiabilityAdmittedWithNeg", CR, None, "LiabilityAdmittedWithNegEnd"),
    "T27": Row(BOTH, {"DeniedLiability"}, "acknowledgeDeniedLiability", CR, None, "DeniedLiabilityEnd"),
}
LAST_OF_STAGE_1 = 27
PURE_ARROWS = {
    "acknowledgeClaim",
    "acknowledgeRejectedClaim",
    "exitRejectedClaim",
    "acknowledgeLiabilityDecisionTimeout",
    "acknowledgeLiabilityAdmitted",
    "acknowledgeLiabilityAdmittedForChild",
    "acknowledgeLiabilityAdmittedWithNeg",
    "acknowledgeDeniedLiability",
}
ENDS = {"ExitRejectedClaim", "LiabilityDecisionTimeoutEnd", "LiabilityAdmittedWithNegEnd", "DeniedLiabilityEnd"}
AWAITING = {"StartOfStage21", "ExitProcess"}  # nothing leads out of them before the later stages are built
# What a claim of the oldest release kept can go through; the other releases and processes are told as differences.
SINCE_R3 = ENDS - {"ExitRejectedClaim"} | {
    "ClaimSubmitted",
    "ClaimRejectedToCR",
    "LiabilityDecision",
    "LiabilityDecisionTimeout",
    "LiabilityAdmitted",
    "LiabilityAdmittedForChild",
    "LiabilityAdmittedWithNeg",
    "DeniedLiability",
    "StartOfStage21",
}
OWN = {"rta": {"Article75Decision"}, "elpl": {"ClaimAcknowledged"}}
SINCE_R5 = {"AcknowledgeRejectedClaim", "ExitRejectedClaim"}
KNOWN = SINCE_R3 | OWN["rta"] | OWN["elpl"] | SINCE_R5


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


def test_every_document_argument_is_in_the_wsdl():
    told = {(one.name, one.payload) for one in contract().of_process("rta") if one.payload}
    wsdl = published("PIPWSTK.wsdl")
    named_like_documents = {
        (name, field.name) for name, message in wsdl.requests.items() for field in message.fields if field.name.lower().endswith("xml")
    }
    assert told == named_like_documents
    assert len(told) == 13


def test_the_rows_of_stage_1_are_those_of_the_process():
    found = {
        move.row: Row(
            move.processes, set(move.sources), operation.name, operation.actor, move.outcome, move.to, (move.releases.since, move.releases.until)
        )
        for operation in contract().operations.values()
        for move in operation.moves
        if int(move.row[1:]) <= LAST_OF_STAGE_1
    }
    assert found == STAGE_1


def test_the_liability_clock_is_row_19():
    clock = contract().clocks["liability"]
    assert (clock.row, clock.expires_to, clock.days_left_warning) == ("T19", "LiabilityDecisionTimeout", 5)
    running = {phase.id for phase in contract().phases.values() if phase.clock == "liability"}
    assert running == {"ClaimSubmitted", "ClaimAcknowledged", "Article75Decision", "LiabilityDecision"}


@pytest.mark.parametrize(("row", "process", "days"), [("K1", "rta", 15), ("K2", "rta", 30), ("K3", "elpl", 30), ("K4", "elpl", 40)])
def test_clock_days(row, process, days):
    assert (contract().variants[row].processes, contract().variants[row].days) == ((process,), days)


def test_pure_arrows():
    for name in PURE_ARROWS:
        operation = contract().operations[name]
        assert operation.payload is None
        assert [move.outcome for move in operation.moves] == [None]


def reachable(process, release):
    """Phases a new claim can come to, by calls or by the clock."""
    table = contract()
    found, new = set(), {""}
    while new:
        phase = new.pop()
        found.add(phase)
        calls = {move.to for name in table.operations for move in table.moves(process, release, phase, name)}
        clock = table.phases[phase].clock if phase else None
        new |= (calls | ({table.clocks[clock].expires_to} if clock else set())) - found
    return found - {""}


@pytest.mark.parametrize("process", BOTH)
@pytest.mark.parametrize(("release", "more"), [("R3", set()), ("R5", SINCE_R5), ("R6", SINCE_R5), ("R7", SINCE_R5)])
def test_what_a_claim_can_go_through(process, release, more):
    assert reachable(process, release) & KNOWN == SINCE_R3 | OWN[process] | more


def test_before_release_3_the_stage_1_payment_is_the_way_on():
    assert reachable("rta", "R2") >= SINCE_R3 | OWN["rta"] | {"ExitProcess"}
    assert [move.row for move in contract().moves("rta", "R2", "LiabilityAdmitted", "setStage1Payment")] == ["T22", "T23"]
    assert contract().moves("rta", "R3", "LiabilityAdmitted", "setStage1Payment") == ()
    assert contract().moves("rta", "R2", "LiabilityAdmitted", "acknowledgeLiabilityAdmitted") == ()


def test_every_phase_is_left_ends_or_awaits():
    table = contract()
    left = {source for one in table.operations.values() for move in one.moves for source in move.sources}
    ends = {phase.id for phase in table.phases.values() if phase.end}
    assert ends & left == set()
    assert {phase.id for phase in table.phases.values() if phase.stage == "1" and phase.end} == ENDS
    assert set(table.phases) - left - ends == AWAITING


def test_rejecting_before_and_since_release_5():
    def rows(process, release, phase):
        return [move.row for move in contract().moves(process, release, phase, "rejectClaimToCR")]

    assert rows("rta", "R3", "ClaimSubmitted") == ["T8"]
    assert rows("rta", "R5", "ClaimSubmitted") == ["T7"]
    assert rows("elpl", "R7", "ClaimAcknowledged") == ["T7"]
    assert rows("rta", "R7", "LiabilityDecision") == []


def test_accepting_an_el_claim_needs_its_acknowledgement():
    assert contract().moves("elpl", "R6", "ClaimSubmitted", "acceptClaim") == ()
    assert [move.row for move in contract().moves("elpl", "R6", "ClaimAcknowledged", "acceptClaim")] == ["T5"]
    assert [move.row for move in contract().moves("rta", "R7", "ClaimSubmitted", "acceptClaim")] == ["T3", "T4"]


def test_what_is_open_in_a_phase():
    assert contract().open_in("rta", "R7", "LiabilityDecision") == ((CM, "sendLiabilityDecision"),)
    assert set(contract().open_in("elpl", "R6", "ClaimRejectedToCR")) == {(CR, "resendRejectedClaim"), (CR, "exitRejectedClaim")}
    assert contract().open_in("rta", "R7", "DeniedLiabilityEnd") == ()


def test_an_outcome_nobody_knows_is_a_defect():
    with pytest.raises(KeyError, match="0 rows for outcome 'perhaps'"):
        contract().move("rta", "R7", "LiabilityDecision", "sendLiabilityDecision", "perhaps")


@pytest.fixture
def tables(tmp_path) -> Path:
    shutil.copytree(TABLES, tmp_path / "tables")
    return tmp_path / "tables"


CLAIMS, LIABILITY = "operations/claims.toml", "operations/liability.toml"
BROKEN = [
    (CLAIMS, '[addClaim]\nactor = "claimant-representative"', '[addClaim]\nactor = "claimant"', "claims.toml .*actor is 'claimant'"),
    (CLAIMS, '[addClaim]\nactor = "claimant-representative"\n', "[addClaim]\n", "claims.toml .*actor is missing"),
    (CLAIMS, 'payload = "claimXML"', "payload = 1", "claims.toml .*payload must be str"),
    (CLAIMS, 'payload = "claimXML"', 'document = "claimXML"', "claims.toml .*nobody knows document"),
    (CLAIMS, 'only = "elpl"\nactor', 'only = "el"\nactor', "claims.toml .*only is 'el'"),
    (CLAIMS, 'to = "ClaimAcknowledged"', 'to = "Acknowledged"', r"claims.toml \[acknowledgeClaim\] T2: there is no phase Acknowledged"),
    (CLAIMS, 'from = ["AcknowledgeRejectedClaim"]', 'from = ["Rejected"]', r"claims.toml .* T9: there is no phase Rejected"),
    (CLAIMS, 'from = ["AcknowledgeRejectedClaim"]', 'from = "AcknowledgeRejectedClaim"', "claims.toml .* T9: from must be list"),
    (CLAIMS, 'T9 = { from = ["AcknowledgeRejectedClaim"]', "T9 = { phase = []", "claims.toml .* T9: nobody knows phase"),
    (CLAIMS, "T9 = {", 'T9 = "x"\nT99 = {', "claims.toml .* T9: must be a table"),
    (CLAIMS, "T4 = {", "T3 = {", "claims.toml: Cannot overwrite"),
    (CLAIMS, "[acceptClaim]\n", "[addClaim]\n", "claims.toml: Cannot declare"),
    (CLAIMS, 'since = "R5", to', 'since = "R9", to', "claims.toml .* T7: there is no release R9"),
    (LIABILITY, "T13 = {", "T12 = {", r"liability.toml \[applyArticle75\]: T12 is told by claims.toml \[reassignToAnotherCM\] too"),
    (LIABILITY, "[applyArticle75]\n", "[acceptClaim]\n", "liability.toml: acceptClaim is already in claims.toml"),
    ("phases.toml", 'clock = "liability"', 'clock = "lunch"', r"phases.toml \[ClaimSubmitted\]: there is no clock lunch"),
    ("phases.toml", "end = true", 'end = "yes"', "phases.toml .*end must be bool"),
    ("phases.toml", "[Article75Decision]", "[Article76Decision]", "there is no phase Article75Decision"),
    ("clocks.toml", 'expires-to = "LiabilityDecisionTimeout"', 'expires-to = "Timeout"', r"clocks.toml \[liability\]: there is no phase Timeout"),
    ("clocks.toml", "days = 15", "days = true", "clocks.toml .*K1: days must be int"),
    ("clocks.toml", "days = 15", 'days = "15"', "clocks.toml .*K1: days must be int"),
    ("services.toml", "[rta-token]", "one = 1\n[rta-token]", r"services.toml \[one\]: must be a table"),
    ("services.toml", 'generation = "token"', 'kind = "token"', "services.toml .*generation is missing"),
]


@pytest.mark.parametrize(("file", "before", "after", "said"), BROKEN, ids=[f"{file}: {after.strip()[:40]}" for file, _, after, _ in BROKEN])
def test_a_broken_table_stops_the_start_and_says_where(tables, file, before, after, said):
    path = tables / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(BadTable, match=said):
        load(tables)


def test_the_tables_as_they_are_load(tables):
    assert load(tables) == contract()
