"""The sample documents under fixtures/ are what their index says they are."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
PROCESSES = ("rta", "elpl")
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
DOTTED_NAME = re.compile(r"\b(?:[A-Za-z0-9-]+\.)+([A-Za-z]{2,})\b(?!@)")
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


@pytest.mark.parametrize("process", PROCESSES)
def test_index_and_files_agree(process: str) -> None:
    folder = ROOT / "fixtures" / process
    on_disk = {
        path.relative_to(folder).as_posix() for kind in ("valid", "invalid") for path in folder.glob(f"{kind}/**/*.*")
    }
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
    assert document.xpath("string(//@LiabilityDecision)") == entry.get("decision", "")
    if "capacity" in entry:
        assert document.xpath("string(//@Capacity)") == entry["capacity"]


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
