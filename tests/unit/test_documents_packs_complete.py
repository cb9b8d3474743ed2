"""Nothing that a party wrote in a pack is missing from its printed document, and nothing in it is a code or a name of the schemas."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from lxml import etree
from printed import all_words, sections
from test_get_claim_content import model_of, values, view
from test_get_claim_packs import BIRTH, after, day, flows
from test_get_claim_packs_content import PackWriter, packs_of

from gateway.documents import additional_damages, court, interim, settlement
from gateway.documents.model import Document, Fields, Table, Text
from gateway.operations import view_packs
from gateway.xml.get_claim import ClaimView, Sent
from gateway.xml.get_claim_plan import Attribute
from gateway.xml.schemas import releases

MADE = date(2027, 3, 1)
# each kind of document, and the operations whose documents it shows, in the order of the shortest story that has them all
SHOWN: dict[ModuleType, tuple[str, ...]] = {
    interim: ("addInterimSPFRequest", "addInterimSPFResponse"),
    settlement: ("addStage2SPFRequest", "addStage2SPFResponse", "addStage2SPFCounterOfferByCR", "addStage2SPFCounterOfferByCM"),
    additional_damages: ("addS2SPFAdditionalDamagesRequest", "addS2SPFAdditionalDamagesResponse"),
    court: ("addCPPFRequest", "addCPPFResponse"),
}
STORIES = [
    pytest.param(process, each.name, kind, id=f"{process}-{each.name}-{kind.__name__.rpartition('.')[2]}")
    for process in ("rta", "elpl")
    for each in releases(process)
    for kind, operations in SHOWN.items()
    if operations[0] in packs_of(process)
]
FLOWS = list(flows())

NOT_PRINTED = {
    ("addCPPFResponse", "DefendantRepresentative/DefendantsInsurer/Address/@AddressType"): "the sort of an address that the pack does not have",
}


def claim_of(process: str, release: str, form: Sent, documents: Sequence[Sent]) -> ClaimView:
    told = (form, *documents)
    return replace(view(process, release, {}), documents=told, packs=view_packs.read(process, told, {}, BIRTH))


def sent(number: int, operation: str, root: etree._Element) -> Sent:
    return Sent(operation, etree.tostring(root, encoding="unicode"), day(number), 10 + number)


def printed(kind: ModuleType, claim: ClaimView) -> Document:
    document = kind.document(claim, "RTA0", MADE)
    assert isinstance(document, Document)
    return document


def another(attribute: Attribute, value: str) -> str:
    """Another value that the attribute may have."""
    if attribute.type.values:
        return next(each for each in sorted(attribute.type.values) if each != value)
    if attribute.type.base in ("xs:integer", "xs:decimal"):
        return str(int(value) + 1)
    return "987654321/1" if attribute.name == "MedCoCaseID" else f"Other{value[5:]}"


def changes(process: str, release: str, one: Sent) -> Iterator[tuple[str, Sent]]:
    """Each attribute of a document by its path, with the document in which the first of that path has another value."""
    for element in model_of(process, release, one.operation).walk():
        for name, attribute in element.attributes.items():
            root = etree.fromstring(str(one.body))
            found = root.find(element.path) if element.path else root
            assert found is not None, "the writer of this test fills everything"
            found.set(name, another(attribute, found.get(name, "")))
            yield f"{element.path}/@{name}".lstrip("/"), sent(one.number - 10, one.operation, root)


@pytest.mark.parametrize(("process", "release", "kind"), STORIES)
def test_another_value_anywhere_makes_another_document(process: str, release: str, kind: ModuleType) -> None:
    """So every attribute of every pack is printed, save those listed: when its document is the last one, and when all others have followed."""
    writer = PackWriter()
    form = sent(-5, "addClaim", writer.element(model_of(process, release, "addClaim")))
    documents = [sent(number, each, writer.element(model_of(process, release, each))) for number, each in enumerate(SHOWN[kind])]
    for at, one in enumerate(documents):
        for following in {at + 1, len(documents)}:
            before, behind = documents[:at], documents[at + 1 : following]
            expected = printed(kind, claim_of(process, release, form, [*before, one, *behind]))
            known, same = set(), set()
            for path, changed in changes(process, release, one):
                known.add(path)
                if printed(kind, claim_of(process, release, form, [*before, changed, *behind])) == expected:
                    same.add(path)
            assert same == {path for operation, path in NOT_PRINTED if operation == one.operation} & known


def test_what_is_not_printed_exists() -> None:
    known = {
        (operation, f"{element.path}/@{name}")
        for operations in SHOWN.values()
        for operation in operations
        for element in model_of("rta", "R7", operation).walk()
        for name in element.attributes
    }
    assert set(NOT_PRINTED) <= known


@pytest.mark.parametrize(("process", "release", "kind"), STORIES)
def test_every_text_is_printed_as_it_was_written(process: str, release: str, kind: ModuleType) -> None:
    writer = PackWriter()
    form = sent(-5, "addClaim", writer.element(model_of(process, release, "addClaim")))
    documents = [sent(number, each, writer.element(model_of(process, release, each))) for number, each in enumerate(SHOWN[kind])]
    page = "\n".join(all_words(printed(kind, claim_of(process, release, form, documents))))
    for one in documents:
        texts = {
            f"{element.path}/@{name}".lstrip("/")
            for element in model_of(process, release, one.operation).walk()
            for name, attribute in element.attributes.items()
            if attribute.type.base in ("xs:string", "xs:anySimpleType") and not attribute.type.values
        }
        written = {value.strip() for path, _, value in values(one.root) if path in texts}
        assert written
        missing = {value for value in written if value not in page}
        # the form of EL/PL has room for twelve answers to eleven disbursements; the rules refuse an answer to none
        assert len(missing) == (1 if (process, one.operation) == ("elpl", "addCPPFResponse") else 0)


@pytest.mark.parametrize(("process", "release", "documents"), FLOWS)
def test_no_code_and_no_name_of_the_schemas_is_printed(process: str, release: str, documents: list[str]) -> None:
    for kind, page, claim in pages(process, release, documents):
        codes, names = raw(claim, SHOWN[kind])
        told = [word for word in all_words(without_numbers(page)) if word]
        assert not codes.intersection(told)
        assert not [word for word in told for name in names if re.search(rf"\b{name}\b", word)]


@pytest.mark.parametrize(("process", "release", "documents"), FLOWS)
def test_what_is_missing_leaves_no_trace(process: str, release: str, documents: list[str]) -> None:
    for _, page, _ in pages(process, release, documents):
        well_made(page)


@pytest.mark.parametrize(("process", "release"), [(process, each.name) for process in ("rta", "elpl") for each in releases(process)])
def test_whatever_valid_documents_were_sent_a_document_is_made(process: str, release: str) -> None:
    """Also when answers do not fit what they answer."""
    for seed in range(15):
        writer = PackWriter(random.Random(f"{process} {release} {seed}"))
        form = sent(-5, "addClaim", PackWriter().element(model_of(process, release, "addClaim")))
        for kind, operations in SHOWN.items():
            if operations[0] in packs_of(process):
                documents = [sent(number, each, writer.element(model_of(process, release, each))) for number, each in enumerate(operations)]
                for following in range(1, len(documents) + 1):
                    well_made(printed(kind, claim_of(process, release, form, documents[:following])))


def pages(process: str, release: str, documents: list[str]) -> Iterator[tuple[ModuleType, Document, ClaimView]]:
    """The document that each step of a flow makes."""
    for following in range(1, len(documents) + 1):
        claim = after(process, release, documents[:following], BUSY)
        operation = documents[following - 1].partition("/")[0]
        kind = next(kind for kind, operations in SHOWN.items() if operation in operations)
        yield kind, printed(kind, replace(claim, running=("settlement", day(20)))), claim


BUSY: dict[str, Any] = {
    "interims": [{"paid": True, "decision": "AC", "extended": True}],
    "agreement": {"by": "claimant-representative", "agreed": False, "on": "2027-03-01"},
    "additional-damages-agreement": {"by": "claimant-representative", "agreed": True, "on": "2027-03-01"},
    "extensions": [{"clock": clock, "to": "2027-04-01", "reason": "1", "on": "2027-03-01"} for clock in ("negotiation", "additional-damages")],
}


def raw(claim: ClaimView, operations: Sequence[str]) -> tuple[set[str], set[str]]:
    """Every code in the documents of these operations, and every name in their schemas that is no word of the language."""
    codes, names = {"AC", "1"}, set()
    for one in claim.documents:
        if one.operation not in operations:
            continue
        coded = set()
        for element in model_of(claim.process, claim.release, one.operation).walk():
            names.update(name for name in (element.name, *element.attributes) if re.search(r"[a-z][A-Z0-9]|_", name))
            coded.update(f"{element.path}/@{name}".lstrip("/") for name, attribute in element.attributes.items() if attribute.type.values)
        codes.update(value for path, _, value in values(one.root) if path in coded)
    return codes, names


def without_numbers(page: Document) -> Document:
    """Without what counts or is a number of its own: the first column of the tables that is called so, the number of the pack."""

    def bare(block: Any) -> Any:
        if isinstance(block, Table) and block.header[0] == "No.":
            return replace(block, rows=tuple(("", *row[1:]) for row in block.rows))
        if isinstance(block, Fields):
            return Fields(tuple(row for row in block.rows if row[0] not in ("Number of the pack", "Age when the pack was sent")))
        return block

    return replace(page, sections=tuple(replace(one, blocks=tuple(map(bare, one.blocks)), sections=()) for one in sections(page)))


def well_made(page: Document) -> None:
    """No label without a value, no section without content, every row as long as its header."""
    for one in sections(page):
        assert one.title
        assert one.blocks or one.sections, one
        for block in one.blocks:
            if isinstance(block, Fields):
                assert block.rows
                assert all(label and value for label, value in block.rows), block
            elif isinstance(block, Text):
                assert block.label
                assert block.text
            else:
                assert all(block.header)
                columns = list(zip(block.header, *block.rows, *block.total, strict=True))
                assert len(columns) == len(block.header)
                assert all(any(column[1:]) for column in columns), block
