"""getClaim through the life of a claim after liability: valid after every step of every flow, and the sums of the index in their places."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from lxml import etree
from test_get_claim import FIXTURES, at, fixture, view

from gateway.operations import view_packs
from gateway.xml import get_claim_ends, get_claim_packs
from gateway.xml.get_claim import ClaimView, Sent, _plan, build
from gateway.xml.get_claim_table import COURT, DAMAGES, DEADLINES, INTERIM, SETTLEMENT
from gateway.xml.get_claim_view import Exit, Fraud
from gateway.xml.project import Part
from gateway.xml.schemas import releases, schema_for

FORM = {
    "rta": {"R3": "r3-adult-driver.xml", "R5": "r5-adult-driver.xml", "R6": "r6-adult-driver.xml", "R7": "adult-driver.xml"},
    "elpl": {"R3": "r3-el-adult.xml", "R5": "r3-el-adult.xml", "R6": "el-adult.xml"},
}
RESPONSE = "sendLiabilityDecision/admitted.xml"
BIRTH = date(1990, 5, 1)
START = date(2027, 1, 4)  # of the first pack; every further document comes a week later
PAID = {"interims": [{"paid": True}]}


@cache
def index(process: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / process / "index.toml").read_text())


def day(step: int) -> date:
    """The day of a pack document, the first being 0."""
    return START + timedelta(weeks=step)


def told(claim: ClaimView, documents: list[tuple[str, bytes]], state: dict[str, Any] | None = None, birth: date = BIRTH) -> ClaimView:
    """The claim after these further documents, a week apart."""
    packs = tuple(Sent(operation, body, day(step), 10 + step) for step, (operation, body) in enumerate(documents))
    sent = (*claim.documents, *packs)
    return replace(claim, documents=sent, packs=view_packs.read(claim.process, sent, state or {}, birth))


def after(process: str, release: str, documents: list[str], state: dict[str, Any] | None = None, **fields: Any) -> ClaimView:
    """A claim that liability was admitted for, after these documents of the fixtures (`operation/file`)."""
    claim = view(process, release, FORM[process][release], **fields)
    answer = Sent("sendLiabilityDecision", fixture(process, *RESPONSE.split("/")), date(2026, 12, 1), 5)
    bodies = [(path.split("/")[0], fixture(process, *path.split("/"))) for path in documents]
    return told(replace(claim, documents=(*claim.documents, answer)), bodies, state)


def assert_valid(claim: ClaimView) -> str:
    """Valid for either side; gives what the compensator sees."""
    schema = schema_for(claim.process, claim.release, "getClaim")
    for viewer in ("claimant-representative", "compensator"):
        document = build(replace(claim, viewer=viewer))
        assert schema.is_valid(etree.fromstring(document)), schema.compiled.error_log.last_error
    return document


def flows() -> Iterator[Any]:
    for process in ("rta", "elpl"):
        for name, flow in index(process)["flow"].items():
            for release in flow["releases"]:
                yield pytest.param(process, release, flow["documents"], id=f"{process}-{release}-{name}")


def test_there_is_a_flow_for_every_release() -> None:
    assert {each.values[:2] for each in flows()} == {(process, each.name) for process in ("rta", "elpl") for each in releases(process)}


@pytest.mark.parametrize(("process", "release", "documents"), list(flows()))
def test_the_document_is_valid_after_every_step(process: str, release: str, documents: list[str]) -> None:
    busy: dict[str, Any] = {
        "interims": [{"paid": True, "decision": "AC", "extended": True, "rejected": "No <report>.", "answered-on": "2027-02-01"}],
        "agreement": {"by": "claimant-representative", "agreed": False, "on": "2027-03-01"},
        "additional-damages-agreement": {"by": "claimant-representative", "agreed": True, "on": "2027-03-01"},
        "extensions": [{"clock": clock, "to": "2027-04-01", "reason": "1", "on": "2027-03-01"} for clock in ("negotiation", "additional-damages")],
    }
    for steps in range(len(documents) + 1):
        for state in ({}, busy):
            claim = after(process, release, documents[:steps], state)
            assert_valid(claim)
            assert_valid(replace(claim, deadlines={kind: day(20) for kind in DEADLINES}, running=("settlement", day(20))))


def sums(process: str, path: str) -> dict[str, str]:
    operation, _, name = path.partition("/")
    return dict(index(process)["valid"][operation][name])


# The place of each sum of the index, by the document that it is the sum of.
SUMS = {
    "addInterimSPFRequest": {
        "gross": f"{INTERIM}/InterimPayment/ClaimantRequestForInterimPayment/@ValueOfInterimRequest",
        "total": f"{INTERIM}/LossesToDate/Total/LossesTotal/@TotalHeads",
    },
    "addInterimSPFResponse": {
        "total": f"{INTERIM}/LossesToDate/Total/LossesTotal/@LossesOffered",
        "net": f"{INTERIM}/InterimPayment/DefendantResponsesToInterimPaymentRequest/@ValueOfInterimPaymentAgreed",
    },
    "addStage2SPFRequest": {"total": f"{SETTLEMENT}/LossesToDate/Total/CurrentTotal/@TotalHeads"},
    "addStage2SPFResponse": {
        "total": f"{SETTLEMENT}/LossesToDate/Total/CurrentTotal/@LossesOffered",
        "net": f"{SETTLEMENT}/LossesToDate/Total/CurrentTotal/@NetValue",
    },
    "addStage2SPFCounterOfferByCR": {"total": f"{SETTLEMENT}/LossesToDate/Total/CurrentTotal/@TotalHeads"},
    "addStage2SPFCounterOfferByCM": {
        "total": f"{SETTLEMENT}/LossesToDate/Total/CurrentTotal/@LossesOffered",
        "net": f"{SETTLEMENT}/LossesToDate/Total/CurrentTotal/@NetValue",
    },
    "addS2SPFAdditionalDamagesRequest": {"total": f"{DAMAGES}/LossesToDate/Total/CurrentTotal/@TotalHeads"},
    "addS2SPFAdditionalDamagesResponse": {
        "total": f"{DAMAGES}/LossesToDate/Total/CurrentTotal/@LossesOffered",
        "net": f"{DAMAGES}/LossesToDate/Total/CurrentTotal/@NetValue",
    },
}
# the court pack has no sums: its heads add up to those of the index
HEADS = {
    "addCPPFRequest": (f"{COURT}/LossesToDate/ClaimantLosses/LastClaimantOffer", "@GrossValueClaimed", "@ValueClaimedAfterContrib"),
    "addCPPFResponse": (f"{COURT}/LossesToDate/DefendantReplies/LastDefendantResponse", "@GrossValueOffered", "@ValueOfferedAfterContrib"),
}


@pytest.mark.parametrize(("process", "release", "documents"), list(flows()))
def test_the_sums_of_the_index_are_in_their_places_after_every_step(process: str, release: str, documents: list[str]) -> None:
    for steps in range(1, len(documents) + 1):
        path = documents[steps - 1]
        operation = path.partition("/")[0]
        document = build(after(process, release, documents[:steps], PAID))
        expected = sums(process, path)
        for name, place in SUMS.get(operation, {}).items():
            if name in expected:
                assert at(document, place) == expected[name], path
        if operation in HEADS:
            heads, gross, net = HEADS[operation]
            found = etree.fromstring(document)
            assert f"{found.xpath(f'sum({heads}/{gross})'):.2f}" == expected["gross"]
            assert "total" not in expected or f"{found.xpath(f'sum({heads}/{net})'):.2f}" == expected["total"]


def test_the_sums_are_put_where_they_are_put_by_hand() -> None:
    """SUMS says where to look; this says once in literals what is to be seen."""
    documents = index("rta")["flow"]["to-court"]["documents"]
    document = build(after("rta", "R6", documents, PAID))
    total = "Stage2SettlementPack/LossesToDate/Total/CurrentTotal"
    expected = {
        "CRUDeductions": "0.00",
        "TotalHeads": "5345.20",
        "LossesOffered": "5145.20",
        "InterimPaymentReceived": "2400.00",
        "NetValue": "2745.20",
    }
    assert {name: at(document, f"{total}/@{name}") for name in expected} == expected
    assert at(document, "InterimSettlementPackList/InterimSettlementPack/LossesToDate/Total/LossesTotal/@NetValue") == "2400.00"


def said(part: Part) -> set[tuple[str, str]]:
    """What a part is told, at or below its place."""
    own = {(path, name) for table in (part.values, part.fallbacks) for path, attributes in table.items() for name in attributes}
    return own.union(*(said(each) for each in part.parts))


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_what_the_gateway_adds_has_its_place_in_some_schema(process: str) -> None:
    """A path or name mistyped in the chapters would be passed over in silence."""
    release = releases(process)[-1].name
    state = {
        "interims": [{"decision": "AC", "rejected": "No report."}],
        "agreement": {"by": "compensator", "agreed": True, "on": "2027-03-01"},
        "extensions": [{"clock": clock, "to": "2027-04-01", "reason": "1"} for clock in ("settlement", "additional-damages")],
    }
    claim = replace(
        after(process, release, index(process)["flow"]["everything-filled"]["documents"], state),
        child_at_stage2_request=True,
        child_at_stage2_agreement=True,
        child_at_additional_damages_agreement=True,
        exit=Exit("compensator", "10", "x"),
        fraud=Fraud("0", "x"),
    )
    part = Part(sources={"claim": etree.fromstring(fixture(process, "addClaim", FORM[process][release]))})
    get_claim_packs.fill(claim, part)
    get_claim_ends.fill(claim, part)
    known = {
        (element.path, name)
        for each in releases("rta") + releases("elpl")
        for element in _plan(each.process, each.name, "compensator").walk()
        for name in element.attributes
    }
    # every pack is offered all sums of release 7, and has room for those its schema has
    nowhere = {path.rpartition("/")[2] for path, _ in said(part) - known}
    assert {name for _, name in said(part) - known} <= {"TotalTariff", "TotalPSLA", "TotalOtherLosses", "TotalUplift"}
    assert nowhere <= {"LossesTotal", "CurrentTotal"}
    assert len(said(part)) > 60


def test_a_claim_of_stage_1_has_no_packs() -> None:
    document = build(after("rta", "R7", []))
    for name in ("InterimSettlementPackList", "Stage2SettlementPack", "Stage2AdditionalDamagesPack", "CourtProceedingsPack"):
        assert at(document, name) == 0
    assert at(document, "ApplicationData/ClaimDetails/@InterimPaymentTimeoutExtended") is None
