"""Nothing that a party wrote in a pack is lost between its document and getClaim, save what this page lists with the reason."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from test_get_claim_content import Writer, model_of, values, view
from test_get_claim_packs import BIRTH, day

from gateway.operations import view_packs
from gateway.xml.get_claim import Sent, build
from gateway.xml.get_claim_plan import Attribute, Element
from gateway.xml.schemas import releases, schema_for

FIXTURES = Path(__file__).parents[2] / "fixtures"

INTERIM = "InterimSettlementPackList/InterimSettlementPack"
S2SP = "Stage2SettlementPack"
AD = "Stage2AdditionalDamagesPack"
CPP = "CourtProceedingsPack"
IDS = "ApplicationData/ApplicationIDs"

# Each document: those before it in the shortest story, and where its content goes by the longest beginning of a path. Written by hand: what
# is tested must not be asked.
BEFORE = {
    "addInterimSPFRequest": (),
    "addInterimSPFResponse": ("addInterimSPFRequest",),
    "addStage2SPFRequest": (),
    "addStage2SPFResponse": ("addStage2SPFRequest",),
    "addStage2SPFCounterOfferByCR": ("addStage2SPFRequest", "addStage2SPFResponse"),
    "addStage2SPFCounterOfferByCM": ("addStage2SPFRequest", "addStage2SPFResponse", "addStage2SPFCounterOfferByCR"),
    "addS2SPFAdditionalDamagesRequest": (),
    "addS2SPFAdditionalDamagesResponse": ("addS2SPFAdditionalDamagesRequest",),
    "addCPPFRequest": (),
    "addCPPFResponse": ("addCPPFRequest",),
}
MOVED = {
    "addInterimSPFRequest": {
        "": f"{INTERIM}/",
        "ClaimantLosses/": f"{INTERIM}/LossesToDate/ClaimantLosses/",
        "ClaimantRepresentative/MedCoCase/@MedCoCaseID": f"{IDS}/@MedCoCaseID",
    },
    "addInterimSPFResponse": {
        "": f"{INTERIM}/",
        "DefendantReplies/": f"{INTERIM}/LossesToDate/DefendantReplies/",
        "Total/": f"{INTERIM}/LossesToDate/Total/",
        "DefendantRepresentative/CRUReference/@CRUReferenceNumber": f"{IDS}/@CRUReferenceNumber",
    },
    "addStage2SPFRequest": {
        "": f"{S2SP}/",
        "ClaimantLosses/": f"{S2SP}/LossesToDate/ClaimantLosses/",
        "ClaimantRepresentative/@": f"{S2SP}/ClaimantRepresentative/CompanyDetails/@",
        "ClaimantRepresentative/MedCoCase/@MedCoCaseID": f"{IDS}/@MedCoCaseID",
        "AgreementData/@Comments": f"{S2SP}/AgreementData/ClaimantResponsesToDefendantReplies/@Comments",
    },
    "addStage2SPFResponse": {
        "": f"{S2SP}/",
        "DefendantReplies/": f"{S2SP}/LossesToDate/DefendantReplies/",
        "DefendantReplies/CurrentDefendantResponse/@GrossValueClaimed": (
            f"{S2SP}/LossesToDate/DefendantReplies/CurrentDefendantResponse/@GrossValueOffered"
        ),
        "Total/": f"{S2SP}/LossesToDate/Total/",
    },
    "addStage2SPFCounterOfferByCR": {"": f"{S2SP}/", "ClaimantLosses/": f"{S2SP}/LossesToDate/ClaimantLosses/"},
    "addStage2SPFCounterOfferByCM": {
        "": f"{S2SP}/",
        "DefendantReplies/": f"{S2SP}/LossesToDate/DefendantReplies/",
        "Total/": f"{S2SP}/LossesToDate/Total/",
    },
    "addS2SPFAdditionalDamagesRequest": {"": f"{AD}/", "ClaimantLosses/": f"{AD}/LossesToDate/ClaimantLosses/"},
    "addS2SPFAdditionalDamagesResponse": {
        "": f"{AD}/",
        "DefendantReplies/": f"{AD}/LossesToDate/DefendantReplies/",
        "Total/": f"{AD}/LossesToDate/Total/",
    },
    "addCPPFRequest": {
        "": f"{CPP}/",
        "ClaimAndClaimantDetails/ClaimantRepresentative/": f"{CPP}/ClaimantRepresentative/",
        "ClaimantLosses/": f"{CPP}/LossesToDate/ClaimantLosses/",
        "DefendantLegalRepresentative/@": f"{CPP}/CourtProceedingsPackPartB/@",
    },
    "addCPPFResponse": {
        "": f"{CPP}/",
        "DefendantReplies/": f"{CPP}/LossesToDate/DefendantReplies/",
        "DefendantLegalRepresentative/@": f"{CPP}/CourtProceedingsPackPartB/@",
    },
}
# In EL/PL the settlement pack of getClaim has no place for the reference of the CRU, the claim has one for its number.
MOVED_IN = {"elpl": {"addStage2SPFResponse": {"DefendantRepresentative/CRUReference/@CRUReferenceNumber": f"{IDS}/@CRUReferenceNumber"}}}
# Where the figures of an offer stay for good, whatever is offered later.
OFFERS = {
    "addStage2SPFResponse": f"{S2SP}/AgreementData/DefendantResponsesToClaimantReplies",
    "addStage2SPFCounterOfferByCR": f"{S2SP}/AgreementData/ClaimantResponsesToDefendantReplies",
    "addStage2SPFCounterOfferByCM": f"{S2SP}/AgreementData/DefendantResponsesToClaimantReplies",
    "addS2SPFAdditionalDamagesRequest": f"{AD}/AgreementData/ClaimantResponsesToDefendantReplies",
    "addS2SPFAdditionalDamagesResponse": f"{AD}/AgreementData/DefendantResponsesToClaimantReplies",
}

# What getClaim has no place for: reason by operation and path.
NO_PLACE = {
    ("addInterimSPFRequest", "ClaimantRepresentative/MedCoCase/@SoftTissue"): "only the number of the case has a place",
    ("addStage2SPFRequest", "ClaimantRepresentative/MedCoCase/@SoftTissue"): "only the number of the case has a place",
    ("addInterimSPFResponse", "DefendantRepresentative/CRUReference/@CRUComment"): "only the settlement pack has a place for it",
    (
        "addStage2SPFCounterOfferByCM",
        "AgreementData/FinalAgreementDetails/@SettlementPackCounterOfferDecision",
    ): "no such attribute; AgreementReached and the figures tell",
    ("addCPPFResponse", "DefendantRepresentative/DefendantsInsurer/Address/@AddressType"): "the court pack has no address of the compensator",
}
NO_PLACE_IN = {
    ("elpl", release, "addCPPFResponse", "DefendantReplies/LastDefendantResponse/@EvidenceAttached"): "dropped from getClaim after release 3"
    for release in ("R5", "R6")
} | {
    ("elpl", release, "addStage2SPFResponse", "DefendantRepresentative/CRUReference/@CRUComment"): "EL/PL has no place for it"
    for release in ("R5", "R6")
}
# Of these getClaim takes fewer than the form: process, releases, operation, element, how many.
FEWER = {
    ("rta", release, operation, element): 12
    for release in ("R3", "R5", "R6")
    for operation, element in (
        ("addCPPFRequest", "ClaimantLosses/LastClaimantOffer"),
        ("addCPPFResponse", "DefendantReplies/LastDefendantResponse"),
    )
} | {
    ("elpl", release, "addCPPFResponse", "DisbursementDisputed/DisbursementDisputedRequestResponse"): 11  # nor can more be asked
    for release in ("R3", "R5", "R6")
}
# Codes that the form admits and getClaim does not: the claimant's form has not got them either, so that such an answer is refused.
NOT_ADMITTED = {("elpl", "addInterimSPFResponse", "DefendantReplies/DefendantResponse/@LossType"): {"0", "1", "2", "3"}}


@dataclass
class PackWriter(Writer):
    """Numbers disbursements as the rules ask: from 1, the answer as the request."""

    disbursement: int = 0

    def element(self, model: Element, parent: etree._Element | None = None) -> etree._Element:
        if parent is None:
            self.disbursement = 0
        return super().element(model, parent)

    def value(self, attribute: Attribute) -> str:
        if attribute.name == "DisbursementId":
            self.disbursement += 1
            return str(self.disbursement)
        if attribute.name == "MedCoCaseID":
            return "123456789/1"
        return super().value(attribute)


def packs_of(process: str) -> list[str]:
    return [operation for operation in BEFORE if process == "rta" or "Additional" not in operation]


INPUTS = [
    pytest.param(process, each.name, operation, id=f"{process}-{each.name}-{operation}")
    for process in ("rta", "elpl")
    for each in releases(process)
    for operation in packs_of(process)
]


def shown(process: str, release: str, form: etree._Element, documents: Sequence[tuple[str, etree._Element]]) -> etree._Element:
    sent = (
        Sent("addClaim", etree.tostring(form), day(-5), 1),
        *(Sent(operation, etree.tostring(root), day(step), 10 + step) for step, (operation, root) in enumerate(documents)),
    )
    claim = replace(view(process, release, {}), documents=sent, packs=view_packs.read(process, sent, {}, BIRTH))
    found = etree.fromstring(build(claim))
    schema = schema_for(process, release, "getClaim")
    assert schema.is_valid(found), schema.compiled.error_log.last_error
    return found


def moved(process: str, operation: str, path: str) -> str:
    places = MOVED[operation] | MOVED_IN.get(process, {}).get(operation, {})
    beginning = max((each for each in places if path.startswith(each)), key=len)
    return places[beginning] + path[len(beginning) :]


def lost(process: str, operation: str, sent: etree._Element, document: etree._Element) -> dict[str, set[str]]:
    """The paths of `sent` with the values that are not where they belong; only the last element on the way ever repeats."""
    there = {(path, way): value for path, way, value in values(document)}
    missing: dict[str, set[str]] = {}
    for path, way, value in values(sent):
        target = moved(process, operation, path)
        depth = target.count("/")
        if there.get((target, (1,) * (depth - 1) + (way[-1:] or (1,)))) != value:
            missing.setdefault(path, set()).add(value)
    return missing


def attributes(model: Element) -> Iterator[str]:
    for element in model.walk():
        for name in element.attributes:
            yield f"{element.path}/@{name}".lstrip("/")


@pytest.mark.parametrize(("process", "release", "operation"), INPUTS)
def test_every_value_of_a_document_filled_to_the_brim_is_in_its_place(process: str, release: str, operation: str) -> None:
    writer = PackWriter()
    form, *documents = (writer.element(model_of(process, release, each)) for each in ("addClaim", *BEFORE[operation], operation))
    sent = documents[-1]
    assert schema_for(process, release, operation).is_valid(sent), schema_for(process, release, operation).compiled.error_log.last_error
    document = shown(process, release, form, list(zip((*BEFORE[operation], operation), documents, strict=True)))
    if operation == "addStage2SPFRequest":
        # no attribute repeats the way of the pack itself
        assert document.find(f"{S2SP}/ClaimantRepresentative/CompanyDetails") is not None
    missing = lost(process, operation, sent, document)
    expected = {path for known, path in NO_PLACE if known == operation}
    expected |= {path for its, known, op, path in NO_PLACE_IN if (its, known, op) == (process, release, operation)}
    model = set(attributes(model_of(process, release, operation)))
    expected &= model
    for (its, known, op, element), most in FEWER.items():
        if (its, known, op) == (process, release, operation):
            assert len(sent.findall(element)) > most
            assert len(document.findall(moved(process, op, f"{element}/").rstrip("/"))) == most
            expected |= {path for path in model if path.startswith(f"{element}/@")}
    for (its, op, path), codes in NOT_ADMITTED.items():
        if (its, op) == (process, operation):
            assert missing.pop(path) <= codes
    assert missing.keys() == expected


@pytest.mark.parametrize(("process", "release"), [(process, each.name) for process in ("rta", "elpl") for each in releases(process)])
def test_the_figures_of_every_offer_stay_when_others_follow(process: str, release: str) -> None:
    writer = PackWriter()
    operations = [each for each in packs_of(process) if "Interim" not in each and "CPPF" not in each]
    form, *roots = (writer.element(model_of(process, release, each)) for each in ("addClaim", *operations))
    documents = list(zip(operations, roots, strict=True))
    document = shown(process, release, form, documents)
    seen: dict[str, int] = {f"{S2SP}/AgreementData/ClaimantResponsesToDefendantReplies": 1}  # the comment of the pack itself
    for operation, root in documents:
        if operation not in OFFERS:
            continue
        place = OFFERS[operation]
        nth = seen.get(place, 0)
        seen[place] = nth + 1
        figures = root.find("AgreementData/FinalAgreementDetails/AgreementDetails")
        assert figures is not None
        assert dict(figures.items()).items() <= dict(document.findall(place)[nth].items()).items()
    assert {place: len(document.findall(place)) for place in seen} == seen


@pytest.mark.parametrize(("process", "release"), [("rta", "R7"), ("elpl", "R6")])
@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("addInterimSPFRequest", "everything-filled.xml"),
        ("addInterimSPFResponse", "partial-to-everything-filled.xml"),
        ("addStage2SPFRequest", "everything-filled.xml"),
        ("addStage2SPFResponse", "counter-offer-to-everything-filled.xml"),
        ("addStage2SPFCounterOfferByCR", "everything-filled.xml"),
        ("addStage2SPFCounterOfferByCM", "new-offer-to-everything-filled.xml"),
        ("addS2SPFAdditionalDamagesRequest", "everything-filled.xml"),
        ("addS2SPFAdditionalDamagesResponse", "counter-offer-to-everything-filled.xml"),
        ("addCPPFRequest", "everything-filled.xml"),
        ("addCPPFResponse", "answer-to-everything-filled.xml"),
    ],
)
def test_so_is_every_value_of_the_fixtures_in_which_everything_is_filled(process: str, release: str, operation: str, name: str) -> None:
    if operation not in packs_of(process):
        return
    folder = FIXTURES / process / "valid"
    known = {
        "addInterimSPFRequest": "everything-filled.xml",
        "addStage2SPFRequest": "everything-filled.xml",
        "addStage2SPFResponse": "counter-offer-to-everything-filled.xml",
        "addStage2SPFCounterOfferByCR": "everything-filled.xml",
        "addS2SPFAdditionalDamagesRequest": "everything-filled.xml",
        "addCPPFRequest": "everything-filled.xml",
    }
    chain = [(each, etree.parse(folder / each / known[each]).getroot()) for each in BEFORE[operation]]
    sent = etree.parse(folder / operation / name).getroot()
    form = etree.parse(folder / "addClaim" / "everything-filled.xml").getroot()
    missing = lost(process, operation, sent, shown(process, release, form, [*chain, (operation, sent)]))
    expected = {path for op, path in NO_PLACE if op == operation}
    expected |= {path for its, its_release, op, path in NO_PLACE_IN if (its, its_release, op) == (process, release, operation)}
    assert missing.keys() == expected & {path for path, _, _ in values(sent)}


def test_the_exceptions_are_all_needed() -> None:
    known = {
        (process, release, operation, path)
        for process, release, operation in (each.values for each in INPUTS)
        for path in attributes(model_of(str(process), str(release), str(operation)))
    }
    assert set(NO_PLACE) <= {(operation, path) for _, _, operation, path in known}
    assert set(NO_PLACE_IN) <= known
    assert set(BEFORE) == set(MOVED)
    for operation, table in MOVED.items():
        for beginning in table:
            assert any(path.startswith(beginning) for _, _, op, path in known if op == operation), (operation, beginning)


@pytest.mark.parametrize(("process", "release"), [(process, each.name) for process in ("rta", "elpl") for each in releases(process)])
def test_whatever_valid_documents_were_sent_the_answer_is_valid(process: str, release: str) -> None:
    """Also when answers do not fit what they answer: that is for the rules to refuse, and old claims may know other rules."""
    stories: list[list[str]] = [
        packs_of(process),
        [each for each in packs_of(process) if "Response" not in each],
        ["addInterimSPFRequest", "addInterimSPFRequest", "addInterimSPFResponse", "addStage2SPFRequest", "addStage2SPFResponse", "addCPPFRequest"],
    ]
    for seed in range(15):
        writer = PackWriter(random.Random(f"{process} {release} {seed}"))
        documents: list[tuple[str, Any]] = [(each, writer.element(model_of(process, release, each))) for each in stories[seed % len(stories)]]
        for operation, root in documents:
            assert schema_for(process, release, operation).is_valid(root), "the writer of this test"
        shown(process, release, writer.element(model_of(process, release, "addClaim")), documents)
