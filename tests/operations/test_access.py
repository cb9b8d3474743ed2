"""Who may do what with which claim: every operation, by every profile, in every phase, for a claim in every relation to the user.

What each profile may do and see is written here by hand, from portal notes 2.2-2.6 and 2.10; the walk then asks the steps of the pipeline
themselves. `pytest -rP tests/operations/test_access.py` prints how many cases were asked and how they ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway import dispatch
from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.contract.profiles import holds, names_of, profiles
from gateway.errors import Refused
from gateway.operations import access
from gateway.operations.access import Locked, NoSuchClaim, NotPermitted, OutOfTurn
from gateway.operations.call import FINDERS, Call
from gateway.store.claims import Claim
from gateway.store.credentials import Caller
from gateway.store.directory import Organisation
from gateway.xml.wsdl import published

CR, CM = "claimant-representative", "compensator"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

LOOK_UP = {
    *("getOrganisation", "getBranchesList", "getMyUsersList", "getHospitalsList"),
    *("searchCompensators", "searchCompensatorsByInsurerIndex", "getSystemProcessVersion"),
}
READ = {
    *("getClaim", "getClaimsStatus", "getClaimsList", "searchClaims", "getNotificationsList", "removeNotification"),
    *("getAttachmentsList", "getAttachment", "getPrintableDocumentsList", "getPrintableDocument"),
}
FIRST_LINE = {
    *("acknowledgeClaim", "acceptClaim", "rejectClaimToCR", "reassignToAnotherCM", "allocateClaimToBranch"),
    *("lockClaim", "unlockClaim"),
}
ALLOCATE = {"allocateUser", "deallocateUser"}
UNLOCK = {"forceUnlockClaim"}
WORK = {  # by hand too: an operation that joins the table must be put somewhere
    *("addClaim", "acknowledgeRejectedClaim", "resendRejectedClaim", "exitRejectedClaim", "applyArticle75", "sendLiabilityDecision"),
    *("acknowledgeLiabilityDecisionTimeout", "acknowledgeLiabilityAdmitted", "setStage1Payment", "acknowledgeLiabilityAdmittedForChild"),
    *("acknowledgeLiabilityAdmittedWithNeg", "acknowledgeDeniedLiability", "setInterimPaymentNeeded", "addInterimSPFRequest"),
    *("addInterimSPFResponse", "rejectInterimSettlementPack", "acknowledgeRejectedInterimSettlementPack"),
    *("extendInterimPaymentDecisionTimeout", "acknowledgeInterimPaymentDecisionTimeout", "returnToStartOfStage21"),
    *("acceptPartialInterimPayment", "acknowledgePartialPaymentDecision", "setStage21Payment", "addStage2SPFRequest"),
    *("addStage2SPFResponse", "extendStage2SPFDecisionTimeout", "acknowledgeStage2SPFDecisionTimeout", "acknowledgeStage2SPFConfirmation"),
    *("acknowledgeStage2SPFRepudiation", "setStage2SPFCounterOfferNeeded", "addStage2SPFCounterOfferByCR", "addStage2SPFCounterOfferByCM"),
    *("extendStage2SPFCounterOfferTimeout", "setStage2SPFAgreementDecision", "acknowledgeStage2SPFAgreed", "acknowledgeStage2SPFNotAgreed"),
    *("setAdditionalDamagesExistence", "addS2SPFAdditionalDamagesRequest", "addS2SPFAdditionalDamagesResponse"),
    *("extendAdditionalDamagesDecisionTimeout", "acknowledgeAdditionalDamagesDecisionTimeout", "acknowledgeAllDamagesAgreed"),
    *("setS2SPFAdditionalDamagesDecision", "acknowledgeAdditionalDamagesAgreement", "addCPPFRequest", "addCPPFResponse"),
    *("acknowledgeCPPFResponse", "exitProcess", "acknowledgeExitProcess", "stateFraud", "acknowledgeFraudStated", "addAttachment"),
}
ANONYMOUS = {"getToken", "refreshToken", "changePassword"}
WITHOUT_CLAIM = LOOK_UP | {"addClaim", "getClaimsList", "searchClaims", "getNotificationsList", "removeNotification"}
HANDLER = LOOK_UP | READ | FIRST_LINE | WORK
LEADER = HANDLER | ALLOCATE | UNLOCK
DISPATCHER = LOOK_UP | READ | FIRST_LINE | ALLOCATE

JUST_RECEIVED = {"ClaimSubmitted", "ClaimAcknowledged"}
OWN = {"own", "own-mine", "own-other-branch", "own-other-branch-mine"}
OTHERS = {"own-anothers", "own-other-branch-anothers"}
FOREIGN = {"other-organisation", "other-side", "former-holder", "transferred-away"}
RELATIONS = OWN | OTHERS | FOREIGN


@dataclass(frozen=True)
class May:
    """What one profile may. `sees` are relations, `received` more of them while a claim is just received."""

    side: str
    processes: tuple[str, ...]
    operations: set[str]
    sees: set[str] = field(default_factory=set)
    received: set[str] = field(default_factory=set)


RTA, ELPL, BOTH = ("rta",), ("elpl",), ("rta", "elpl")
IN_BRANCH = {"own", "own-mine"}
MAY = {
    "CR Administrator": May(CR, BOTH, LOOK_UP),
    "CR RTA Claim Handler": May(CR, RTA, HANDLER, OWN),
    "CR ELPL Claim Handler": May(CR, ELPL, HANDLER, OWN),
    "CR RTA Team Leader": May(CR, RTA, LEADER, OWN | OTHERS),
    "CR ELPL Team Leader": May(CR, ELPL, LEADER, OWN | OTHERS),
    "CR Advanced user - delete claims": May(CR, BOTH, LOOK_UP),
    "CR Search archived claims user": May(CR, BOTH, LOOK_UP),
    "COMP Administrator": May(CM, BOTH, LOOK_UP),
    "COMP Claim Handler": May(CM, BOTH, HANDLER, OWN),
    "COMP RTA Claim Handler": May(CM, RTA, HANDLER, OWN),
    "COMP ELPL Claim Handler": May(CM, ELPL, HANDLER, OWN),
    "COMP Claim Handler Team Leader": May(CM, BOTH, LEADER, OWN | OTHERS),
    "COMP RTA Claim Handler Team Leader": May(CM, RTA, LEADER, OWN | OTHERS),
    "COMP ELPL Claim Handler Team Leader": May(CM, ELPL, LEADER, OWN | OTHERS),
    "COMP Branch Claim Handler": May(CM, BOTH, HANDLER, IN_BRANCH),
    "COMP RTA Branch Claim Handler": May(CM, RTA, HANDLER, IN_BRANCH),
    "COMP ELPL Branch Claim Handler": May(CM, ELPL, HANDLER, IN_BRANCH),
    "COMP Claim Dispatcher": May(CM, BOTH, DISPATCHER, set(), OWN | OTHERS),
    "COMP RTA Claim Dispatcher": May(CM, RTA, DISPATCHER, set(), OWN | OTHERS),
    "COMP ELPL Claim Dispatcher": May(CM, ELPL, DISPATCHER, set(), OWN | OTHERS),
    "COMP Branch Claim Dispatcher": May(CM, BOTH, DISPATCHER, set(), IN_BRANCH | {"own-anothers"}),
    "COMP RTA Branch Claim Dispatcher": May(CM, RTA, DISPATCHER, set(), IN_BRANCH | {"own-anothers"}),
    "COMP ELPL Branch Claim Dispatcher": May(CM, ELPL, DISPATCHER, set(), IN_BRANCH | {"own-anothers"}),
    "COMP Advanced user - delete claims": May(CM, BOTH, LOOK_UP),
    "COMP Search archived claims user": May(CM, BOTH, LOOK_UP),
}
ORGANISATION = {
    CR: Organisation("CR00001", "/CR00001", "Quillfeather", "CR", None, True, True),
    CM: Organisation("COMP001", "/COMP001", "Thistledown", "COMP", "I", True, True),
}
BRANCH = {CR: "001", CM: "002"}


def test_every_profile_has_its_expectations() -> None:
    assert MAY.keys() == {*names_of(CR), *names_of(CM)}
    assert len(profiles()) == 13


def test_every_operation_has_its_right() -> None:
    groups = [LOOK_UP, READ, FIRST_LINE, ALLOCATE, UNLOCK, WORK, ANONYMOUS]
    assert set().union(*groups) == contract().operations.keys()
    assert sum(map(len, groups)) == len(contract().operations), "an operation is in two groups"
    rights = dict(zip(("look-up", "read", "first-line", "allocate", "unlock", "work", None), groups, strict=True))
    assert {name: one.right for name, one in contract().operations.items()} == {name: right for right, group in rights.items() for name in group}


def test_the_pipeline_asks_all_four_questions_of_every_call_after_it_knows_the_caller() -> None:
    steps = [step.__name__ for step in dispatch.STEPS]
    asked = [
        "authenticate",
        "check_side",
        "check_permission",
        "load_claim",
        "check_visible",
        "check_lock",
        "check_guid",
        "check_turn",
        "read_payload",
    ]
    assert [step for step in steps if step in asked] == asked


def test_every_operation_that_names_a_claim_comes_past_the_step_that_asks_whether_it_is_seen() -> None:
    """By the requests in the WSDL files: what names a claim, or something kept with one, is found by load_claim, which check_visible follows."""
    naming = {"claimData", "applicationId", "attachment", "attachmentGuid", "printableDocumentId"}
    asked = {}
    for service in contract().services.values():
        for name, message in published(service.wsdl).requests.items():
            asked.setdefault(name, set()).update(field.name for field in message.fields)
    assert {name for name, fields in asked.items() if fields & naming} == contract().operations.keys() - WITHOUT_CLAIM - ANONYMOUS
    assert {name for name, fields in asked.items() if not fields & {"userAuth", "accessToken"}} == ANONYMOUS
    assert naming == {"claimData", "attachment", "applicationId", *FINDERS}


@pytest.mark.parametrize("name", MAY)
def test_operation_by_profile_by_phase_by_relation(name: str) -> None:
    ended: Counter[str] = Counter()
    for process in ("rta", "elpl"):
        for case in _walk(name, process):
            ended[_check(name, process, *case)] += 1
    assert sum(ended.values()) > 10_000
    print(f"{name}: {sum(ended.values()):,} cases: {', '.join(f'{count:,} {how}' for how, count in sorted(ended.items()))}")  # noqa: T201


def _walk(name: str, process: str) -> Iterator[tuple[str, str, str]]:
    phases = [phase.id for phase in contract().phases.values() if process in phase.processes]
    for operation in contract().of_process(process):
        if operation.name in ANONYMOUS:
            continue
        if operation.name in WITHOUT_CLAIM:
            yield operation.name, "", ""
            continue
        for phase in phases:
            for relation in RELATIONS:
                yield operation.name, phase, relation


def _check(name: str, process: str, operation: str, phase: str, relation: str) -> str:
    expected = _expected(MAY[name], process, operation, phase, relation)
    found = _asked((name,), MAY[name].side, process, operation, phase, relation)
    assert found == expected, f"{name}, {process}, {operation} in {phase or 'no phase'}, {relation or 'no claim'}: {found}, expected {expected}"
    return found


def _expected(may: May, process: str, operation: str, phase: str, relation: str) -> str:
    actor = contract().operations[operation].actor
    if actor in (CR, CM) and actor != may.side:
        return "other side's"
    if process not in may.processes or operation not in may.operations:
        return "not permitted"
    if operation in WITHOUT_CLAIM:
        return "allowed"
    return "allowed" if relation in may.sees or (phase in JUST_RECEIVED and relation in may.received) else "unseen"


_ENDS: dict[type[Refused], str] = {OutOfTurn: "other side's", NotPermitted: "not permitted", NoSuchClaim: "unseen", Locked: "locked"}


def _asked(held: tuple[str, ...], side: str, process: str, operation: str, phase: str, relation: str, **claim: Any) -> str:
    call = _call(held, side, process, operation)
    try:
        access.check_side(call)
        access.check_permission(call)
        if relation:
            call.claim = replace(_claim(side, process, relation), phase=phase, **claim)
        access.check_visible(call)
        access.check_lock(call)
    except Refused as refusal:
        return _ENDS[type(refusal)]
    return "allowed"


_calls: dict[tuple[tuple[str, ...], str, str], Call] = {}


def _call(held: tuple[str, ...], side: str, process: str, operation: str) -> Call:
    call = _calls.get((held, side, process))
    if call is None:
        service = next(one for one in contract().services.values() if one.process == process)
        settings: Any = None
        session: Any = None
        call = Call(service, contract().operations[operation], {}, contract(), settings, Moment(NOW), session)
        call.caller = Caller("an-identity", "me", BRANCH[side], "", ORGANISATION[side], profiles=held)
        _calls[held, side, process] = call
    call.operation = contract().operations[operation]
    call.claim = None
    return call


_claims: dict[tuple[str, str, str], Claim] = {}


def _claim(side: str, process: str, relation: str) -> Claim:
    key = (side, process, relation)
    if key not in _claims:
        _claims[key] = _made(side, process, relation)
    return _claims[key]


def _made(side: str, process: str, relation: str) -> Claim:
    mine = {CR: "cr_organisation", CM: "cm_organisation"}[side]
    theirs = {CR: "cm_organisation", CM: "cr_organisation"}[side]
    me = ORGANISATION[side].id
    other = {CR: "CR00002", CM: "COMP002"}[side]
    values: dict[str, Any] = {
        **dict.fromkeys(Claim.__slots__),
        "id": 7,
        "process": process,
        "release": "R6",
        "guid": "g",
        "state": {},
        "deadlines": {},
        "birth_date": date(1980, 1, 1),
        "created_at": NOW,
        "sent_at": NOW,
        "updated_at": NOW,
        "calendar": 1,
        "event_number": 1,
        "ended": False,
        "cr_organisation": "CR00009",
        "cm_organisation": "COMP009",
        "cm_branch": "002" if side == CM else "001",
    }
    if relation in FOREIGN:
        values[mine] = other
        if relation == "other-side":  # the organisation stands where only one of the other side may stand
            values[theirs] = me
        if relation in ("former-holder", "transferred-away"):  # traces of having had it give nothing
            values.update(current_user="me", lock_user="me", cr_user="me", cm_user="me")
    else:
        values[mine] = me
        if "other-branch" in relation:
            values["cm_branch"] = "001"
        allocated = "me" if relation.endswith("-mine") else "another" if relation.endswith("-anothers") else None
        values["cr_user" if side == CR else "cm_user"] = allocated
        values["cm_user" if side == CR else "cr_user"] = "somebody-there"
    return Claim(**values)


@pytest.mark.parametrize("side", [CR, CM])
def test_profiles_add_up(side: str) -> None:
    """A dispatcher who also handles the claims of a branch sees both; an administrator's profile takes nothing away."""
    if side == CR:
        assert _asked(("CR Administrator", "CR RTA Claim Handler"), CR, "rta", "getClaim", "StartOfStage21", "own") == "allowed"
        assert _asked(("CR Administrator", "CR RTA Claim Handler"), CR, "elpl", "getClaim", "StartOfStage21", "own") == "not permitted"
        assert _asked(("CR RTA Claim Handler", "CR ELPL Team Leader"), CR, "rta", "getClaim", "StartOfStage21", "own-anothers") == "unseen"
        assert _asked(("CR RTA Claim Handler", "CR ELPL Team Leader"), CR, "elpl", "getClaim", "StartOfStage21", "own-anothers") == "allowed"
        return
    both = ("COMP Branch Claim Handler", "COMP Claim Dispatcher")
    assert _asked(both, CM, "rta", "getClaim", "ClaimSubmitted", "own-other-branch") == "allowed"
    assert _asked(both, CM, "rta", "getClaim", "StartOfStage21", "own-other-branch") == "unseen"
    assert _asked(both, CM, "rta", "getClaim", "StartOfStage21", "own") == "allowed"
    assert _asked(both, CM, "rta", "allocateUser", "StartOfStage21", "own") == "allowed"


def test_no_profile_or_an_unknown_one_gives_nothing() -> None:
    for held in ((), ("COMP Claim Handler",), ("cr rta claim handler",)):  # the other side's, and one misspelt
        assert _asked(held, CR, "rta", "getSystemProcessVersion", "", "") == "not permitted"


def _changing() -> set[str]:
    return FIRST_LINE | ALLOCATE | WORK - {"addClaim"}


@pytest.mark.parametrize(
    ("by", "for_seconds", "expected"), [("another", 60, "locked"), ("me", 60, "allowed"), ("another", 0, "allowed"), ("another", -1, "allowed")]
)
def test_a_lock_keeps_others_from_changing_and_from_nothing_else(by: str, for_seconds: int, expected: str) -> None:
    lock = {"lock_user": by, "lock_side": CM, "lock_until": NOW + timedelta(seconds=for_seconds)}
    for operation in contract().of_process("elpl"):
        if operation.name in WITHOUT_CLAIM | ANONYMOUS or operation.actor == CR:
            continue
        found = _asked(("COMP Claim Handler Team Leader",), CM, "elpl", operation.name, "ClaimSubmitted", "own", **lock)
        assert found == (expected if operation.name in _changing() else "allowed"), operation.name


@pytest.mark.parametrize(
    ("side", "who"), [(CM, "locked by user another until 23/11/2026 10:01"), (CR, "locked by the other side until 23/11/2026 10:01")]
)
def test_a_lock_names_its_holder_to_its_own_side_only(side: str, who: str) -> None:
    name = {CR: "CR RTA Team Leader", CM: "COMP Claim Handler"}[side]
    call = _call((name,), side, "rta", "exitProcess")
    call.claim = replace(_claim(side, "rta", "own"), lock_user="another", lock_side=CM, lock_until=NOW + timedelta(seconds=60))
    with pytest.raises(Locked) as refusal:
        access.check_lock(call)
    assert who in refusal.value.message
    assert ("another" in refusal.value.message) == (side == CM)


def test_what_a_profile_is_for_outside_this_interface() -> None:
    other: Callable[[str], set[str]] = lambda purpose: {name for name in MAY if holds([name], purpose)}
    assert other("administer") == {"CR Administrator", "COMP Administrator"}
    assert other("delete") == {"CR Advanced user - delete claims", "COMP Advanced user - delete claims"}
    assert other("archive") == {"CR Search archived claims user", "COMP Search archived claims user"}
