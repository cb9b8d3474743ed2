"""The sample documents under fixtures/ are what their index says they are."""

import re
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
PROCESSES = ("rta", "elpl")
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
DOTTED_NAME = re.compile(r"\b(?:[A-Za-z0-9-]+\.)+([A-Za-z]{2,})\b(?!@)")
DECISIONS = ("LiabilityDecision", "SettlementPackDecision", "SettlementPackCounterOfferDecision", "AdditionalDamagesDecision")
ANSWERED = {  # what the document of an operation answers
    "addInterimSPFResponse": "addInterimSPFRequest",
    "addStage2SPFResponse": "addStage2SPFRequest",
    "addStage2SPFCounterOfferByCR": "addStage2SPFResponse",
    "addStage2SPFCounterOfferByCM": "addStage2SPFCounterOfferByCR",
    "addS2SPFAdditionalDamagesResponse": "addS2SPFAdditionalDamagesRequest",
    "addCPPFResponse": "addCPPFRequest",
}
DRAMA_NUMBER = re.compile(r"01632 960\d{3}|020 7946 0\d{3}|01(?:1[3-8]|21|31|41|51|61) 496 0\d{3}")


class Fixture(NamedTuple):
    process: str
    validity: str  # valid | invalid
    operation: str
    name: str
    entry: dict[str, Any]

    @property
    def path(self) -> Path:
        return ROOT / "fixtures" / self.process / self.validity / self.operation / self.name

    @property
    def document(self) -> Any:
        return etree.parse(self.path)

    def __str__(self) -> str:
        return f"{self.process}/{self.validity}/{self.operation}/{self.name}"


class Head(NamedTuple):
    """One head of loss, claimed or offered."""

    loss_type: str
    gross: Decimal
    percent: Decimal
    interest: Decimal
    agreed: str  # 1, 0, or nothing where the claimant speaks
    comment: str

    @property
    def after_contribution(self) -> Decimal:
        return (self.gross * (100 - self.percent) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def amount(value: str | None) -> Decimal:
    return Decimal(value or 0)


def heads(document: Any) -> list[Head]:
    return [
        Head(
            element.get("LossType"),
            amount(element.get("GrossValueOffered", element.get("GrossValueClaimed"))),  # the RTA answer offers in GrossValueClaimed
            amount(element.get("PercContribNegDeductions")),
            amount(element.get("Interest")),
            element.get("IsGrossAmountAgreed", ""),
            element.get("Comments", ""),
        )
        for element in document.xpath("//*[@LossType]")
    ]


@cache
def index(process: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "fixtures" / process / "index.toml").read_text(encoding="utf-8"))


@cache
def releases(process: str) -> dict[str, dict[str, str]]:
    """Release -> operation -> name of the schema in force."""
    table = tomllib.loads((ROOT / "schemas" / process / "releases.toml").read_text(encoding="utf-8"))
    return {release: row["messages"] for release, row in table.items() if "messages" in row}


@cache
def schema(process: str, name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ROOT / "schemas" / process / f"{name}.xsd"))


def accepted(fixture: Fixture, release: str) -> bool:
    name = releases(fixture.process)[release].get(fixture.operation)
    return name is not None and schema(fixture.process, name).validate(fixture.document)


def indexed(validity: str) -> list[Fixture]:
    return [
        Fixture(process, validity, operation, name, entry)
        for process in PROCESSES
        for operation, entries in index(process).get(validity, {}).items()
        for name, entry in entries.items()
    ]


VALID, INVALID = indexed("valid"), indexed("invalid")
each = pytest.mark.parametrize("fixture", VALID + INVALID, ids=str)
each_valid = pytest.mark.parametrize("fixture", VALID, ids=str)
each_invalid = pytest.mark.parametrize("fixture", INVALID, ids=str)
each_answer = pytest.mark.parametrize("fixture", [one for one in VALID if "answers" in one.entry], ids=str)


@pytest.mark.parametrize("process", PROCESSES)
def test_index_and_files_agree(process: str) -> None:
    folder = ROOT / "fixtures" / process
    on_disk = {path.relative_to(folder).as_posix() for kind in ("valid", "invalid") for path in folder.glob(f"{kind}/**/*.*")}
    in_index = {f.path.relative_to(folder).as_posix() for f in VALID + INVALID if f.process == process}
    assert on_disk == in_index


@each
def test_begins_with_one_comment(fixture: Fixture) -> None:
    declaration, comment, root, *_ = fixture.path.read_text(encoding="utf-8").splitlines()
    assert declaration == DECLARATION
    assert re.fullmatch(r"<!-- [A-Z].*\. -->", comment)
    assert re.match(r"<\w", root)


@each
def test_names_no_real_domain_and_no_real_telephone(fixture: Fixture) -> None:
    text = fixture.path.read_text(encoding="utf-8")
    comment, body = text.split("-->", 1)
    assert {name.lower() for name in DOTTED_NAME.findall(body)} <= {"example"}
    assert {name.lower() for name in DOTTED_NAME.findall(comment)} <= {"example", "xml"}
    numbers = fixture.document.xpath("//@TelephoneNumber")
    assert [number for number in numbers if not DRAMA_NUMBER.fullmatch(number)] == []


@each_valid
def test_valid_under_exactly_the_listed_releases(fixture: Fixture) -> None:
    accepting = [release for release in releases(fixture.process) if accepted(fixture, release)]
    assert accepting == fixture.entry["releases"]


@each_valid
def test_index_tells_what_a_valid_document_says(fixture: Fixture) -> None:
    document, entry = fixture.document, fixture.entry
    if "claimant" in entry:
        assert document.xpath("string(//@ChildClaim)") == {"adult": "0", "child": "1"}[entry["claimant"]]
    assert document.xpath("string(//@ClaimType)") == entry.get("claim-type", "")
    assert [said for name in DECISIONS for said in document.xpath(f"//@{name}")] == ([entry["decision"]] if "decision" in entry else [])
    if "capacity" in entry:
        assert document.xpath("string(//@Capacity)") == entry["capacity"]


def answered(fixture: Fixture) -> Any:
    """The document that this one answers."""
    operation, name = ANSWERED[fixture.operation], fixture.entry["answers"]
    return Fixture(fixture.process, "valid", operation, name, index(fixture.process)["valid"][operation][name]).document


@each_valid
def test_every_answer_names_what_it_answers(fixture: Fixture) -> None:
    assert ("answers" in fixture.entry) == (fixture.operation in ANSWERED)


@each_answer
def test_answer_has_the_heads_of_what_it_answers(fixture: Fixture) -> None:
    mine, theirs = heads(fixture.document), heads(answered(fixture))
    assert [head.loss_type for head in mine] == [head.loss_type for head in theirs]
    for head, other in zip(mine, theirs, strict=True):
        assert head.agreed != "1" or head.gross == other.gross
        assert head.agreed != "0" or head.comment
    if fixture.entry.get("decision") in ("C", "A", "ACO"):
        assert [head[1:4] for head in mine] == [head[1:4] for head in theirs]


@each_answer
def test_answer_has_the_disbursements_and_the_final_offer_of_the_court_pack(fixture: Fixture) -> None:
    for path in ("//@DisbursementId", "//@DefendantFinalOffer"):
        assert fixture.document.xpath(path) == (answered(fixture).xpath(path) if fixture.operation == "addCPPFResponse" else [])


@pytest.mark.parametrize("fixture", [one for one in VALID if "gross" in one.entry], ids=str)
def test_sums_are_as_the_index_says(fixture: Fixture) -> None:
    document, entry, pack = fixture.document, fixture.entry, heads(fixture.document)
    total = sum(head.after_contribution + head.interest for head in pack)
    deducted = sum(map(Decimal, document.xpath("//@InterimPaymentAmount | //@CRUDeductions")))
    written = [Decimal(value) for value in document.xpath("//@ValueClaimedAfterContrib | //@ValueOfferedAfterContrib")]
    assert written == ([head.after_contribution for head in pack] if "CPPF" in fixture.operation else [])
    assert sum(head.gross for head in pack) == Decimal(entry["gross"])
    assert ("total" in entry) == (document.xpath("//@ExcepCircumstancesUplift[. = 1]") == [])
    assert "total" not in entry or total == Decimal(entry["total"])
    assert "net" not in entry or total - deducted == Decimal(entry["net"])


FLOWS = [pytest.param(process, flow, id=f"{process}-{name}") for process in PROCESSES for name, flow in index(process)["flow"].items()]


@pytest.mark.parametrize("process, flow", FLOWS)
def test_documents_of_a_flow_are_there_and_answer_each_other(process: str, flow: dict[str, Any]) -> None:
    valid, last = index(process)["valid"], {}
    in_force = set(releases(process))
    for document in flow["documents"]:
        operation, name = document.split("/")
        entry = valid[operation][name]
        in_force &= set(entry["releases"])
        if operation in ANSWERED:
            assert last[ANSWERED[operation]].replace("r3-", "") == entry["answers"].replace("r3-", "")  # later documents serve all releases
        last[operation] = name
    assert [release for release in releases(process) if release in in_force] == flow["releases"]


@each_invalid
def test_an_answer_that_breaks_a_rule_names_what_it_answers(fixture: Fixture) -> None:
    assert ("answers" in fixture.entry) == (fixture.entry["kind"] == "rule" and fixture.operation in ANSWERED)
    assert "answers" not in fixture.entry or answered(fixture) is not None


@each_invalid
def test_schema_refuses_only_its_own_kind(fixture: Fixture) -> None:
    assert fixture.entry["kind"] in ("schema", "rule")
    assert accepted(fixture, fixture.entry["release"]) == (fixture.entry["kind"] == "rule")


@each_invalid
def test_comment_names_the_kind_of_mistake(fixture: Fixture) -> None:
    comment = fixture.path.read_text(encoding="utf-8").splitlines()[1].removeprefix("<!-- ")
    entry = fixture.entry
    if entry["kind"] == "schema":
        assert comment.startswith("Schema: ")
    else:
        assert comment.startswith((f"Rule {entry['rule']}: ", f"Field error {entry['code']}: "))


@each_invalid
def test_place_of_the_mistake_can_be_found(fixture: Fixture) -> None:
    """What is missing cannot be found itself, but the element it belongs to can."""
    place = fixture.entry["at"]
    parent = place.rpartition("/")[0] if "@" in place else place
    assert len(fixture.document.xpath(parent)) == 1
