"""Nothing that a party wrote is lost between its document and getClaim, save what this page lists with the reason."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.xml.get_claim import ClaimView, Party, Sent, build
from gateway.xml.get_claim_plan import Attribute, Choice, Element, plan
from gateway.xml.schemas import releases, schema_for

FIXTURES = Path(__file__).parents[2] / "fixtures"
INPUTS = [
    pytest.param(each.process, each.name, operation, id=f"{each.process}-{each.name}-{operation}")
    for process in ("rta", "elpl")
    for each in releases(process)
    for operation in ("addClaim", "resendRejectedClaim", "sendLiabilityDecision")
]

REPRESENTATIVE = "ClaimAndClaimantDetails/ClaimantRepresentative"
DEFENDANT = "ClaimAndClaimantDetails/DefendantDetails"

# Where a value goes when it does not stay at its path. Written by hand: what is tested must not be asked.
MOVED = {
    "ApplicationData/ClaimDetails/@Signatory": "ApplicationData/StatementOfTruth/@SignatoryType",
    "ApplicationData/ClaimDetails/@RetainedCopy": "ApplicationData/StatementOfTruth/@RetainedSignedCopy",
    "ClaimAndClaimantDetails/ClaimantDetails/@AskCUEPIReference": "ApplicationData/ApplicationIDs/@AskCUEPIReference",
    f"{REPRESENTATIVE}/ReferralSourceInfo/@ReferralSource": f"{DEFENDANT}/@ReferralSource",
}
MOVED_IN = {
    # there is a place beside the company's other details from release 7 on, and never in EL/PL
    "R6": {f"{REPRESENTATIVE}/CompanyDetails/@BranchName": "ApplicationData/ApplicationIDs/@RepresentativeBranchName"},
}

# What getClaim has no place for: process, path, reason.
NO_PLACE = {
    ("rta", f"{REPRESENTATIVE}/ReferralSourceInfo/@{name}"): "for the fraud bureau, not for the file; no such attribute"
    for name in ("CMCName", "MOJCMCAuthorisationNumber", "ReferralSourceWebsite", "ReferralSourceSource")
} | {
    ("elpl", f"{DEFENDANT}/CompanyDetails/@{name}"): "the company of EL/PL's getClaim has no such attribute"
    for name in ("PolicyNumber", "ProviderAddress")
}
# What getClaim allows less room for: process, releases, path, characters.
SHORTENED = {("rta", release, "LiabilityFunding/Funding/@Comments"): 500 for release in ("R3", "R5", "R6")}

# One value for each pattern in the form schemas.
PATTERNED = ("ASKCUEPI1234567890", "OIC-1234567890", "1234567", "AB123456C", "23:59:59", "Professor", "A/1.2-b", "ABC123")


@dataclass
class Writer:
    """Writes a document from a schema: everything filled to the brim, or by the toss of a coin."""

    chance: random.Random | None = None
    serial: int = 0

    def element(self, model: Element, parent: etree._Element | None = None) -> etree._Element:
        written = etree.Element(model.name) if parent is None else etree.SubElement(parent, model.name)
        for attribute in model.attributes.values():
            if attribute.required or self.wanted():
                written.set(attribute.name, self.value(attribute))
        for child in model.children:
            assert not isinstance(child, Choice), "no form has one"
            for _ in range(self.times(child)):
                self.element(child, written)
        return written

    def wanted(self) -> bool:
        return self.chance is None or self.chance.random() < 0.5

    def times(self, model: Element) -> int:
        most = 3 if model.most is None else model.most
        return most if self.chance is None else self.chance.randint(model.least, most)

    def value(self, attribute: Attribute) -> str:
        """Another one each time where the type leaves room for it, and of the greatest length allowed."""
        self.serial += 1
        kind = attribute.type
        if kind.values:
            return sorted(kind.values)[self.serial % len(kind.values)]
        if kind.pattern:
            return next(value for value in PATTERNED if kind.fit(value) == value)
        if kind.base == "xs:date":
            return (date(1990, 1, 1) + timedelta(self.serial)).isoformat()
        if kind.base in ("xs:integer", "xs:decimal"):
            return str(1 + self.serial % 99)
        room = 60 if kind.longest is None else kind.longest
        return f"{self.serial}é&<\"'>\n"[:room].ljust(room, "x")


def view(process: str, release: str, documents: dict[str, bytes], **fields: Any) -> ClaimView:
    given: dict[str, Any] = {
        "process": process,
        "release": release,
        "viewer": "claimant-representative",
        "application_id": "0000000000017776",
        "claimant_representative": Party("CR00001", "/CR00001", "Quillfeather Injury Law LLP", "001", "Head office"),
        "compensator": Party("COMP001", "/COMP001", "Thistledown Insurance plc", "001", "Central point"),
        "sent_on": date(2026, 11, 20),
        "documents": tuple(Sent(operation, body, date(2026, 11, 20), number) for number, (operation, body) in enumerate(documents.items(), 1)),
    }
    return ClaimView(**(given | fields))


def model_of(process: str, release: str, operation: str) -> Element:
    schema = schema_for(process, release, operation)
    return plan(schema.path, schema.root_name)


def values(root: etree._Element) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Every attribute: its path, which instance of each element on the way, its value."""

    def below(element: etree._Element, path: str, way: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...], str]]:
        for name, value in element.items():
            yield f"{path}@{name}", way, str(value)
        seen: dict[str, int] = {}
        for child in element.iterchildren(etree.Element):
            seen[child.tag] = seen.get(child.tag, 0) + 1
            yield from below(child, f"{path}{child.tag}/", (*way, seen[child.tag]))

    return below(root, "", ())


def lost(process: str, release: str, sent: etree._Element, shown: etree._Element, below: str = "") -> set[str]:
    """The paths of `sent` whose values are not where they belong in `shown`, or not as they were."""
    there = {(path, way): value for path, way, value in values(shown)}
    moved = MOVED | MOVED_IN.get(release, {})
    missing = set()
    for path, way, value in values(sent):
        target = moved.get(path, f"{below}{path}")
        found = there.get((target, (1,) * (len(target.split("/")) - 1) if path in moved else ((1,) if below else ()) + way))
        if found != value:
            missing.add(path)
    return missing


def expected_losses(process: str, release: str, sent: etree._Element) -> set[str]:
    present = {path: value for path, _, value in values(sent)}
    no_place = {path for known, path in NO_PLACE if known == process and path in present}
    return no_place | {
        path for (known, its, path), room in SHORTENED.items() if (known, its) == (process, release) and len(present.get(path, "")) > room
    }


def compensator_of(form: etree._Element) -> dict[str, Any]:
    """The compensator that the form names, for then the form's own words stay."""
    named = form.find(f"{DEFENDANT}/InsurerInformation")
    assert named is not None
    identity = str(named.get("InsurerOrganizationID"))
    return {"compensator": Party(identity, f"/{identity}", "by another name"), "compensator_type": named.get("InsurerType", "I")}


@pytest.mark.parametrize(("process", "release", "operation"), INPUTS)
def test_every_value_of_a_document_filled_to_the_brim_is_in_its_place(process: str, release: str, operation: str) -> None:
    sent = Writer().element(model_of(process, release, operation))
    assert schema_for(process, release, operation).is_valid(sent), "the writer of this test"
    form = sent if operation != "sendLiabilityDecision" else Writer().element(model_of(process, release, "addClaim"))
    documents = {"addClaim": etree.tostring(form), operation: etree.tostring(sent)}
    if operation == "resendRejectedClaim":
        del documents["addClaim"]
    shown = etree.fromstring(build(view(process, release, documents, **compensator_of(form))))
    schema = schema_for(process, release, "getClaim")
    assert schema.is_valid(shown), schema.compiled.error_log.last_error
    below = "InsurerResponse/" if operation == "sendLiabilityDecision" else ""
    assert lost(process, release, sent, shown, below) == expected_losses(process, release, sent)


@pytest.mark.parametrize(("process", "release"), [("rta", "R7"), ("elpl", "R6")])
def test_so_is_every_value_of_the_fixtures_in_which_everything_is_filled(process: str, release: str) -> None:
    folder = FIXTURES / process / "valid"
    documents = {
        op: (folder / op / name).read_bytes()
        for op, name in (("addClaim", "everything-filled.xml"), ("sendLiabilityDecision", "admitted-everything-filled.xml"))
    }
    form, response = (etree.fromstring(documents[operation]) for operation in ("addClaim", "sendLiabilityDecision"))
    shown = etree.fromstring(build(view(process, release, documents, **compensator_of(form))))
    assert lost(process, release, form, shown) == expected_losses(process, release, form)
    assert lost(process, release, response, shown, "InsurerResponse/") == set()


@pytest.mark.parametrize("release", ["R3", "R5", "R6"])
def test_what_has_less_room_is_shortened_and_not_dropped(release: str) -> None:
    form = Writer().element(model_of("rta", release, "addClaim"))
    funding = form.find("LiabilityFunding/Funding")
    shown = etree.fromstring(build(view("rta", release, {"addClaim": etree.tostring(form)}))).find("LiabilityFunding/Funding")
    assert funding is not None
    assert shown is not None
    assert shown.get("Comments") == str(funding.get("Comments"))[:500]


def test_the_exceptions_are_all_needed() -> None:
    known = {
        (process, release, path)
        for process, release, operation in (each.values for each in INPUTS)
        for path in paths(str(process), str(release), str(operation))
    }
    assert {(process, path) for process, path in NO_PLACE} <= {(process, path) for process, _, path in known}
    assert set(SHORTENED) <= known
    assert set(MOVED) <= {path for _, _, path in known}
    assert {(release, path) for release, moved in MOVED_IN.items() for path in moved} <= {(release, path) for _, release, path in known}


def paths(process: str, release: str, operation: str) -> Iterator[str]:
    for element in model_of(process, release, operation).walk():
        for name in element.attributes:
            yield f"{element.path}/@{name}".lstrip("/")


@pytest.mark.parametrize(("process", "release"), [(process, each.name) for process in ("rta", "elpl") for each in releases(process)])
def test_whatever_valid_documents_were_sent_the_answer_is_valid(process: str, release: str) -> None:
    schema = schema_for(process, release, "getClaim")
    for seed in range(40):
        writer = Writer(random.Random(f"{process} {release} {seed}"))
        operations = ("addClaim", "resendRejectedClaim", "sendLiabilityDecision") if seed % 2 else ("addClaim",)
        sent = {operation: writer.element(model_of(process, release, operation)) for operation in operations}
        assert all(schema_for(process, release, operation).is_valid(root) for operation, root in sent.items()), "the writer of this test"
        document = build(view(process, release, {operation: etree.tostring(root) for operation, root in sent.items()}, viewer="compensator"))
        assert schema.is_valid(etree.fromstring(document)), (seed, schema.compiled.error_log.last_error)
