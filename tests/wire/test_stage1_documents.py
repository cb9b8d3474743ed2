"""Claim documents that are wrong: every invalid one of the fixtures is refused over the wire, with the place that its index names, and no
claim comes of it. Every valid one is taken."""

import re
import tomllib
from typing import Any, NamedTuple

import pytest
from client import ROOT, Reply, document
from story import Story
from world import COMP1, COMP2, CR1, EVERYBODY, MIB, World

from gateway.config import Settings

PROCESSES = ("rta", "elpl")
CURRENT = {"rta": "R7", "elpl": "R6"}
INDEX = {process: tomllib.loads((ROOT / "fixtures" / process / "index.toml").read_text(encoding="utf-8")) for process in PROCESSES}


class Case(NamedTuple):
    process: str
    operation: str
    name: str
    release: str
    at: str
    code: str | None

    def __str__(self) -> str:
        return f"{self.process}-{self.operation}-{self.name.removesuffix('.xml')}"


STAGE_1 = ("addClaim", "sendLiabilityDecision")
WRONG = [
    Case(process, operation, name, row["release"], row["at"], row.get("code"))
    for process in PROCESSES
    for operation in STAGE_1
    for name, row in INDEX[process]["invalid"][operation].items()
]
WRONG_FORMS = [case for case in WRONG if case.operation == "addClaim"]
WRONG_RESPONSES = [case for case in WRONG if case.operation == "sendLiabilityDecision"]
RIGHT = [
    (process, name, release) for process in PROCESSES for name, row in INDEX[process]["valid"]["addClaim"].items() for release in row["releases"]
]
RESPONSES = [
    (process, name) for process in PROCESSES for name, row in INDEX[process]["valid"]["sendLiabilityDecision"].items() if "capacity" not in row
]
generations = pytest.mark.parametrize("generation", ["token", "userauth"])


def test_the_fixtures_are_all_here() -> None:
    """Documents of stage 1 that are wrong in their schema, and such as break a rule."""
    for process in PROCESSES:
        for operation in STAGE_1:
            assert {row["kind"] for row in INDEX[process]["invalid"][operation].values()} == {"schema", "rule"}


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """The release under which the document is judged."""
    if "case" in request.fixturenames:
        case: Case = request.getfixturevalue("case")
        process, release = case.process, case.release
    else:
        process, release = request.getfixturevalue("process"), CURRENT[request.getfixturevalue("process")]
        if "release" in request.fixturenames:
            release = request.getfixturevalue("release")
    return Settings(sandbox=True, sqlite_synchronous="NORMAL", **{f"release_{process}": release})


def _names_the_place(reply: Reply, generation: str, case: Case) -> None:
    """In `details` one finding a line; the older generation has no such element, so there they follow the sentence in `message`."""
    sentence, *findings = reply.message.splitlines()
    assert sentence.endswith(".")
    if generation == "token":
        assert not findings, "the findings belong into details"
        findings = reply.details.splitlines()
    else:
        assert reply.details is None
    code = case.code or ""
    hits = [line for line in findings if line.startswith(f"{code}: " if code else "") and case.at in line]
    assert hits, "\n".join([f"not found: {code} {case.at}", *findings])
    assert hits[0].partition(": ")[2].partition(": ")[0].split(" (line ")[0] == case.at


def _numbers(world: World, party: Any, service: str) -> list[str]:
    return [row["applicationId"] for row in world.client(party, service).call("getClaimsList").ok().payload["claimsList"]]


@generations
@pytest.mark.parametrize("case", WRONG_FORMS, ids=str)
def test_a_form_that_is_wrong_makes_no_claim(world: World, case: Case, generation: str) -> None:
    service = f"{case.process}-{generation}"
    text = document(case.process, case.operation, case.name, "invalid")
    reply = world.client(CR1, service).call("addClaim", claimXML=text).refused("claimXML")
    _names_the_place(reply, generation, case)
    assert not any(_numbers(world, party, service) for party in (CR1, COMP1, COMP2, MIB))
    with world.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM claims").scalar() == 0


@generations
@pytest.mark.parametrize("case", WRONG_RESPONSES, ids=str)
def test_a_response_that_is_wrong_changes_nothing(world: World, case: Case, generation: str) -> None:
    claim = _at_the_decision(world, case.process, generation)
    text = document(case.process, case.operation, case.name, "invalid")
    reply = claim.refuses(COMP1, "sendLiabilityDecision", "insurerResponseXml", insurerResponseXml=text)
    _names_the_place(reply, generation, case)
    assert claim.status(COMP1)["phaseCacheId"] == "LiabilityDecision"


@generations
@pytest.mark.parametrize("process", PROCESSES)
def test_a_corrected_form_that_is_wrong_leaves_the_claim_where_it_is(world: World, process: str, generation: str) -> None:
    """The form that is resent is checked as the first was, by its own schema and the same rules."""
    corrected = {"rta": "adult-driver-to-another-compensator.xml", "elpl": "el-adult-to-another-compensator.xml"}[process]
    claim = Story(world, process, generation).begins()
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    text = claim.document("resendRejectedClaim", corrected)
    claimant = "/DocumentInput/ClaimAndClaimantDetails/ClaimantDetails"
    for right, wrong, code, place in (
        ('ChildClaim="0"', 'ChildClaim="1"', "WrongValue", f"{claimant}/@ChildClaim"),
        ('ChildClaim="0"', 'ChildClaim="no"', None, f"{claimant}/@ChildClaim"),
        ('RetainedCopy="1"', 'RetainedCopy="0"', "WrongValue", "/DocumentInput/ApplicationData/ClaimDetails/@RetainedCopy"),
        (
            "/COMP002",
            "/COMP777",
            "InsurerNotSelected",
            "/DocumentInput/ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/@InsurerOrganizationPath",
        ),
    ):
        assert right in text
        reply = claim.refuses(CR1, "resendRejectedClaim", "claimXML", claimXML=text.replace(right, wrong))
        _names_the_place(reply, generation, Case(process, "resendRejectedClaim", "", claim.release, place, code))


@pytest.mark.parametrize(("process", "name", "release"), RIGHT)
def test_a_form_that_is_right_makes_a_claim(world: World, process: str, name: str, release: str) -> None:
    """Both sides read it, valid against getClaim of the release; what was sent is kept byte for byte."""
    text = document(process, "addClaim", name)
    claim = Story(world, process, release=release)
    reply = claim.client(CR1).call("addClaim", claimXML=text).ok()
    claim.number = reply.claim["applicationId"]
    holder = MIB if name.startswith("mib-") else EVERYBODY[re.search(r'InsurerOrganizationID="(\w+)"', text)[1]]
    listed = [party for party in EVERYBODY.values() if claim.number in _numbers(world, party, f"{process}-token")]
    assert listed == [CR1, holder]
    for party in listed:
        assert claim.seen_by(party).xpath("string(ApplicationData/ApplicationIDs/@ClaimID)") == claim.number
    assert world.documents(claim.number)["addClaim"].decode() == text


@pytest.mark.parametrize(("process", "name"), RESPONSES)
def test_a_response_that_is_right_is_shown_to_both_sides(world: World, process: str, name: str) -> None:
    claim = _at_the_decision(world, process, "token")
    reply = claim.client(COMP1).call(
        "sendLiabilityDecision", claimData=claim.data, insurerResponseXml=document(process, "sendLiabilityDecision", name)
    )
    decision = INDEX[process]["valid"]["sendLiabilityDecision"][name]["decision"]
    phases = {"A": "LiabilityAdmitted", "AN": "LiabilityAdmittedWithNeg", "N": "DeniedLiability"}
    assert reply.ok().claim["phaseCacheId"] == phases[decision]
    for party in (CR1, COMP1):
        assert claim.seen_by(party).xpath("string(InsurerResponse/LiabilityCausation/@LiabilityDecision)") == decision


def _at_the_decision(world: World, process: str, generation: str) -> Story:
    """A claim in LiabilityDecision, without the readings in between."""
    form = {"rta": "adult-driver.xml", "elpl": "el-adult.xml"}[process]
    claim = Story(world, process, generation)
    last = claim.client(CR1).call("addClaim", claimXML=document(process, "addClaim", form)).ok().claim
    steps = {"rta": ("acceptClaim", "applyArticle75"), "elpl": ("acknowledgeClaim", "acceptClaim")}
    for step in steps[process]:
        data = {name: last[name] for name in ("activityEngineGuid", "applicationId")}
        arguments = {"isArticle75": False} if step == "applyArticle75" else {}
        last = claim.client(COMP1).call(step, claimData=data, **arguments).ok().claim
    claim.number, claim.guid, claim.holder = last["applicationId"], last["activityEngineGuid"], COMP1
    return claim
