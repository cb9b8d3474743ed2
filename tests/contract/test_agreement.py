"""A gateway whose table, handlers, schemas and releases contradict each other does not start, and says where."""

import time
from dataclasses import replace
from types import MappingProxyType

import pytest

from gateway import dispatch
from gateway.config import Settings
from gateway.contract.load import contract
from gateway.contract.model import Contract, Span
from gateway.dispatch import Dispatcher
from gateway.operations.agreement import Disagreement, check
from gateway.operations.call import HANDLERS
from gateway.xml import schemas

TABLE = contract()
PURE_ARROWS = {
    "acknowledgeClaim",
    "acknowledgeRejectedClaim",
    "exitRejectedClaim",
    "acknowledgeLiabilityDecisionTimeout",
    "acknowledgeLiabilityAdmitted",
    "acknowledgeLiabilityAdmittedForChild",
    "acknowledgeLiabilityAdmittedWithNeg",
    "acknowledgeDeniedLiability",
    "acknowledgeRejectedInterimSettlementPack",
    "acknowledgeInterimPaymentDecisionTimeout",
    "returnToStartOfStage21",
    "acknowledgeStage2SPFDecisionTimeout",
    "acknowledgeStage2SPFRepudiation",
    "acknowledgeStage2SPFNotAgreed",
    "acknowledgeAdditionalDamagesDecisionTimeout",
    "addCPPFResponse",
    "acknowledgeCPPFResponse",
    "acknowledgeExitProcess",
    "acknowledgeFraudStated",
}


def with_operation(name: str, **changes) -> Contract:
    return replace(TABLE, operations={**TABLE.operations, name: replace(TABLE.operations[name], **changes)})


def with_move(name: str, row: str, **changes) -> Contract:
    moves = tuple(replace(move, **changes) if move.row == row else move for move in TABLE.operations[name].moves)
    return with_operation(name, moves=moves)


def with_phase(name: str, **changes) -> Contract:
    return replace(TABLE, phases={**TABLE.phases, name: replace(TABLE.phases[name], **changes)})


def problems(table: Contract = TABLE, handlers=HANDLERS) -> list[str]:
    """What it says, without its heading."""
    with pytest.raises(Disagreement) as caught:
        check(table, handlers)
    return [line.removeprefix("- ") for line in str(caught.value).splitlines()[1:]]


def test_everything_agrees():
    check(TABLE, HANDLERS)


def test_asking_costs_next_to_nothing():
    check(TABLE, HANDLERS)
    start = time.perf_counter()
    check(TABLE, HANDLERS)
    assert time.perf_counter() - start < 0.2  # 1 ms in fact; the rest is for a busy machine


def test_what_is_left_to_the_table_alone():
    moving = {name for name, one in TABLE.operations.items() if one.moves}
    assert moving - set(HANDLERS) == PURE_ARROWS
    several = {name: [move.row for move in TABLE.operations[name].moves] for name in PURE_ARROWS if len(TABLE.operations[name].moves) > 1}
    assert several == {"returnToStartOfStage21": ["T41", "T42"], "acknowledgeStage2SPFNotAgreed": ["T88", "T89"]}
    assert {move.outcome for name in PURE_ARROWS for move in TABLE.operations[name].moves} == {None}


def test_a_handler_of_an_operation_nobody_knows():
    assert problems(handlers={*HANDLERS, "getClaims"}) == ["getClaims has a handler and is not in the table"]


def test_a_handler_of_an_operation_that_awaits():
    table = with_operation("acceptClaim", awaits="the year after next")
    assert problems(table) == ["acceptClaim has a handler, and claims.toml says that it awaits the year after next"]


def test_an_operation_said_to_be_served_without_handler():
    handlers = {name: one for name, one in HANDLERS.items() if name != "searchClaims"}
    assert problems(handlers=handlers) == ["searchClaims (search.toml) is served, moves nothing and has no handler to answer it"]


def test_outcomes_without_handler():
    handlers = set(HANDLERS) - {"sendLiabilityDecision", "acceptClaim"}
    assert problems(handlers=handlers) == [
        "acceptClaim (claims.toml) has no handler to decide the outcomes of T3, T4, T5",
        "sendLiabilityDecision (liability.toml) has no handler to decide the outcomes of T15, T16, T17, T18",
    ]


def test_a_way_to_a_phase_of_the_other_process():
    table = with_move("acknowledgeDeniedLiability", "T27", to="Article75Decision")
    assert problems(table) == ["acknowledgeDeniedLiability T27 (liability.toml) leads to Article75Decision, which elpl does not have"]


def test_a_way_from_phases_of_the_other_process():
    table = with_move("acknowledgeDeniedLiability", "T27", sources=("ClaimAcknowledged",))
    assert problems(table) == ["acknowledgeDeniedLiability T27 (liability.toml) starts from ClaimAcknowledged; rta has none of them"]


def test_one_phase_in_each_process_is_enough():
    check(with_move("acknowledgeDeniedLiability", "T27", sources=("ClaimAcknowledged", "Article75Decision")), HANDLERS)


def test_a_way_to_a_phase_of_a_later_release():
    table = with_move("rejectClaimToCR", "T8", to="AcknowledgeRejectedClaim")
    assert problems(table) == ["rejectClaimToCR T8 (claims.toml) leads to AcknowledgeRejectedClaim, which release R0 does not have"]


def test_an_operation_of_a_later_release_may_lead_to_its_phases():
    table = replace(
        with_phase("LiabilityDecisionTimeoutEnd", releases=Span("R3", None)),
        operations=with_operation("acknowledgeLiabilityDecisionTimeout", since="R3").operations,
    )
    check(table, HANDLERS)


def test_two_rows_for_one_outcome():
    table = with_move("sendLiabilityDecision", "T16", outcome="admitted")
    assert problems(table) == [
        "sendLiabilityDecision (liability.toml): T15 and T16 are both for LiabilityDecision in rta",
        "sendLiabilityDecision (liability.toml): T15 and T16 are both for LiabilityDecision in elpl",
    ]


def test_a_clock_that_leads_out_of_the_process():
    table = with_phase("LiabilityDecisionTimeout", processes=("rta",))
    found = problems(table)
    assert "clock liability leads from ClaimAcknowledged to LiabilityDecisionTimeout, which elpl does not have" in found


def test_a_clock_without_length():
    clock = TABLE.clocks["liability"]
    table = replace(TABLE, clocks={**TABLE.clocks, "liability": replace(clock, variants=clock.variants[:2])})
    assert problems(table) == [
        f"clock liability runs in {phase} and has no length in elpl" for phase in ("ClaimSubmitted", "ClaimAcknowledged", "LiabilityDecision")
    ]


@pytest.fixture
def in_r5(monkeypatch):
    """Puts other schemas into force in release R5 of RTA; None takes one out."""

    def change(**messages):
        real = schemas.releases
        kept = {name: schema for name, schema in {**schemas.release_named("rta", "R5").messages, **messages}.items() if schema}
        changed = tuple(replace(one, messages=MappingProxyType(kept)) if one.name == "R5" else one for one in schemas.releases("rta"))
        monkeypatch.setattr(schemas, "releases", lambda process: changed if process == "rta" else real(process))

    return change


def test_a_document_without_schema(in_r5):
    in_r5(addClaim=None)
    assert problems() == ["addClaim in release R5 of rta (releases.toml) has no schema, and the table says that it has a document"]


def test_a_schema_without_document(in_r5):
    in_r5(acceptClaim="AddClaim_ClaimData-v3.3")
    assert problems() == ["acceptClaim in release R5 of rta (releases.toml) has a schema, and the table knows no document of it"]


def test_a_schema_that_is_not_there(in_r5):
    in_r5(addClaim="AddClaim_ClaimData-v9.9")
    assert problems() == ["addClaim in release R5 of rta: there is no AddClaim_ClaimData-v9.9.xsd"]


def test_a_document_is_needed_only_where_the_operation_exists(in_r5):
    in_r5(addCPPFResponse=None)
    assert problems() == ["addCPPFResponse in release R5 of rta (releases.toml) has no schema, and the table says that it has a document"]
    found = problems(with_operation("addCPPFResponse", since="R6"))
    assert [line for line in found if "R5 of rta" in line] == []
    assert "addCPPFResponse in release R3 of rta (releases.toml) has a schema, and the table knows no document of it" in found


def test_all_is_told_at_once():
    assert len(problems(handlers={*set(HANDLERS) - {"getClaim", "applyArticle75"}, "a", "b"})) == 4


def test_the_dispatcher_does_not_start(monkeypatch):
    monkeypatch.setitem(dispatch.HANDLERS, "getClaims", print)
    with pytest.raises(Disagreement, match="getClaims has a handler"):
        Dispatcher(None, Settings(), contract())
