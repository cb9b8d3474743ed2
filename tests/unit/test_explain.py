import copy
import random
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from samples import sample, samples, setting

from gateway.errors import Finding
from gateway.xml.explain import explain
from gateway.xml.schemas import Schema, releases, schema_for, schema_named, schema_names

CNF = sample("rta", "addClaim", "adult-driver")
ADDRESS = "ClaimAndClaimantDetails/ClaimantDetails/PersonalDetails/Address"
CLAIMANT = "ClaimAndClaimantDetails/ClaimantDetails"


def findings(change, of=CNF, release="R7") -> list[Finding]:
    root = of.root
    change(root)
    root = etree.fromstring(etree.tostring(root))
    schema = schema_for(of.process, release, of.operation)
    assert not schema.is_valid(root)
    return explain(root, schema)


def message(path: str, value: str | None, **rest) -> str:
    (found,) = findings(setting(path, value), **rest)
    assert found.at == f"/DocumentInput/{path}"
    assert found.code == "Schema"
    return found.message


@pytest.mark.parametrize("invalid", samples("invalid", "schema"), ids=str)
def test_each_invalid_sample_has_the_finding_its_index_tells(invalid):
    schema = schema_for(invalid.process, invalid.facts["release"], invalid.operation)
    assert not schema.is_valid(invalid.root)
    assert [(found.code, found.at) for found in explain(invalid.root, schema)] == [("Schema", invalid.facts["at"])]


@pytest.mark.parametrize("valid", samples("valid"), ids=str)
def test_nothing_is_found_in_a_valid_sample(valid):
    for release in valid.facts["releases"]:
        assert explain(valid.root, schema_for(valid.process, release, valid.operation)) == []


def test_every_schema_can_be_read():
    for process in ("rta", "elpl"):
        for name in schema_names(process):
            (found,) = explain(etree.Element("Nothing"), schema_named(process, name))
            assert found.at == "/Nothing"
            assert found.message.startswith("the root element must be ")


# values


def test_a_value_that_is_not_listed_shows_the_list_with_its_meanings():
    assert message(f"{ADDRESS}/@AddressType", "ZZ") == '"ZZ" is not allowed; one of: P (Personal), A (As Address), F (Business)'


def test_a_yes_no_flag_shows_its_values_also_when_it_is_no_number():
    assert message("ApplicationData/ClaimDetails/@RetainedCopy", "yes") == '"yes" is not allowed; one of: 1 (Yes), 0 (No)'


def test_a_list_whose_meanings_are_not_published_shows_the_values_alone():
    said = message("ClaimAndClaimantDetails/ClaimantRepresentative/ReferralSourceInfo/@ReferralSource", "X")
    assert '"X" is not allowed; one of: R (Regulated claims management company), E, P, A, F, W (Website)' in said


def test_too_long():
    assert message(f"{ADDRESS}/@PostCode", "LS31 6TB GBR") == "is 12 characters long; at most 8 are allowed"


def test_empty_but_compulsory():
    assert message(f"{ADDRESS}/@City", "") == "is empty; something must be given"
    assert message(f"{CLAIMANT}/PersonalDetails/@TitleType", "") == "is empty; one of: 1 (Mr), 2 (Mrs), 3 (Ms), 4 (Miss), 5 (Other)"


def test_empty_and_optional_is_better_left_out():
    assert message("AccidentData/AccidentDetails/@PoliceReported", "") == "is empty; leave it out if there is nothing to say"


@pytest.mark.parametrize("value", ["31/12/2020", "2026-02-30", "20200131", " 2026-06-12"])
def test_dates(value):
    assert message("AccidentData/AccidentDetails/@AccidentDate", value) == f'"{value.strip()}" is not a date; write it as YYYY-MM-DD'


def test_a_date_too_early():
    assert message("AccidentData/AccidentDetails/@AccidentDate", "1899-12-31") == '"1899-12-31" is too early; 1900-01-01 is the first allowed'


@pytest.mark.parametrize("value", ["ten", "1.5", "1_0", "١٠"])
def test_whole_numbers(value):
    assert message("MedicalDetails/Injury/@TimeOffPeriod", value) == f'"{value}" is not a whole number'


def test_numbers_out_of_range():
    assert message("MedicalDetails/Injury/@TimeOffPeriod", "-1") == '"-1" is too low; 0 is the least allowed'
    assert message("MedicalDetails/Injury/@TimeOffPeriod", "100000") == '"100000" is too high; 99999 is the most allowed'
    assert message(f"{CLAIMANT}/Vehicle/@EngineSize", "1234567") == '"1234567" has too many digits; at most 6 are allowed'


def test_a_pattern_is_put_in_words():
    expected = '"QQ123456C" does not match the form: two letters, six digits and A, B, C, D or a blank, like AB123456C'
    assert message(f"{CLAIMANT}/@NationalInsuranceNumber", "QQ123456C") == expected


def test_long_content_is_not_quoted_whole():
    said = message(f"{ADDRESS}/@AddressType", "Secret " * 50)
    quote = said.partition(" is not allowed")[0].strip('"')
    assert len(quote) == 40
    assert quote.endswith("…")


# attributes


def test_a_missing_attribute():
    assert message(f"{CLAIMANT}/@Occupation", None) == "must be given"


def test_a_name_in_another_case_is_a_near_miss():
    def respell(root):
        address = root.find(ADDRESS)
        address.set("postcode", address.attrib.pop("PostCode"))

    (found,) = findings(respell)
    assert found.at == f"/DocumentInput/{ADDRESS}/@postcode"
    assert found.message == "is not known here; did you mean PostCode? (the published schema spells it so)"


def test_an_attribute_of_nowhere():
    assert message(f"{ADDRESS}/@Planet", "Earth") == "is not known here"


def test_an_attribute_written_as_an_element():
    def rewrite(root):
        address = root.find(ADDRESS)
        etree.SubElement(address, "City").text = address.attrib.pop("City")

    (found,) = findings(rewrite)
    assert found.at == f"/DocumentInput/{ADDRESS}/City"
    assert found.message == "is an attribute of Address, not an element in it"


def test_what_an_element_says_about_its_schema_is_no_attribute_of_ours():
    root = CNF.root
    root.set("{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation", "somewhere.xsd")
    assert explain(root, schema_for("rta", "R7", "addClaim")) == []


# elements


def test_an_unknown_element_tells_what_may_come_next():
    (found,) = findings(lambda root: root.find("LiabilityFunding").insert(0, etree.Element("Witnesses")))
    assert found.at == "/DocumentInput/LiabilityFunding/Witnesses"
    assert found.message == "is not known here; expected next: Liability or Funding"


def test_a_missing_element_tells_its_place():
    (found,) = findings(lambda root: root.remove(root.find("MedicalDetails")))
    assert found.at == "/DocumentInput"
    assert found.message == "MedicalDetails must be given; it stands before RepairsAndAlternativeVehicleProvision"


def test_every_missing_element_is_told():
    found = explain(etree.Element("DocumentInput"), schema_for("rta", "R7", "addClaim"))
    compulsory = (
        "ApplicationData",
        "ClaimAndClaimantDetails",
        "MedicalDetails",
        "RepairsAndAlternativeVehicleProvision",
        "AccidentData",
        "LiabilityFunding",
    )
    assert [one.message for one in found] == [f"{name} must be given" for name in compulsory]


def test_what_stands_in_a_misspelt_element_is_checked_too():
    def respell(root):
        injury = root.find("MedicalDetails/Injury")
        injury.tag = "Injuri"
        injury.set("TimeOffRequired", "2")

    assert [(one.at, one.message) for one in findings(respell)] == [
        ("/DocumentInput/MedicalDetails/Injuri", "is not known here; did you mean Injury? (the published schema spells it so)"),
        ("/DocumentInput/MedicalDetails/Injuri/@TimeOffRequired", '"2" is not allowed; one of: 1 (Yes), 0 (No)'),
    ]


def test_an_element_twice():
    (found,) = findings(lambda root: root.find("AccidentData").append(copy.deepcopy(root.find("AccidentData/BusCoach"))))
    assert found.at == "/DocumentInput/AccidentData/BusCoach[2]"
    assert found.message == "is BusCoach number 2; at most 1 is allowed"


def test_text_where_none_belongs():
    def write(root):
        root.find("MedicalDetails").text = "see  the\nletter"

    (found,) = findings(write)
    assert found.message == 'text is not allowed here; found "see the letter"'


def test_an_element_without_content_may_not_even_hold_a_line_break():
    def write(root):
        root.find("AccidentData/BusCoach").text = "\n"

    (found,) = findings(write)
    assert found.at == "/DocumentInput/AccidentData/BusCoach"
    assert found.message == "must be empty, without even a blank or line break between its tags"


def test_a_namespace_that_does_not_belong():
    text = etree.tostring(CNF.root).replace(b"<DocumentInput>", b'<DocumentInput xmlns="urn:ours">')
    (found,) = explain(etree.fromstring(text), schema_for("rta", "R7", "addClaim"))
    assert (found.at, found.message) == ("/DocumentInput", 'DocumentInput must be in no namespace; found "urn:ours"')


def test_a_namespace_below_the_root():
    (found,) = findings(lambda root: setattr(root.find("AccidentData"), "tag", "{urn:ours}AccidentData"))
    assert (found.at, found.message) == ("/DocumentInput/AccidentData", 'must be in no namespace; found "urn:ours"')


# together


def test_all_mistakes_come_at_once_in_document_order_with_their_lines():
    text = etree.tostring(CNF.root).decode()
    for right, wrong in (('ClaimValue="1"', 'ClaimValue="3"'), ('PostCode="LS31 6TB"', 'PostCode="LS31  6TB"'), ('Wet="1"', 'Wett="1"')):
        assert right in text
        text = text.replace(right, wrong)
    root = etree.fromstring(text)
    found = explain(root, schema_for("rta", "R7", "addClaim"))
    assert [one.at.rpartition("@")[2] for one in found] == ["ClaimValue", "PostCode", "Wett"]
    assert [one.line for one in found] == sorted(one.line for one in found if one.line)


def test_very_many_mistakes_are_cut_short():
    found = findings(lambda root: root.find("MedicalDetails").extend([etree.Element("Hospital") for _ in range(5000)]))
    assert len(found) == 101
    assert found[-1].message == "there may be more; these are the first 100 findings"


def very_many_attributes(root):
    for number in range(20_000):
        root.set(f"a{number}", "")


def very_many_elements(root):
    root.set("unknown", "")
    insurer = root.find("ClaimAndClaimantDetails/DefendantDetails/InsurerInformation")
    attributes = {"InsurerOrganizationID": "C", "InsurerOrganizationPath": "/C", "InsurerType": "I"}
    for number in range(20_000):
        insurer.addnext(etree.Element("InsurerFound", attributes, InsurerName=str(number)))


@pytest.mark.parametrize("fill", [very_many_attributes, very_many_elements])
def test_a_huge_document_costs_little(fill):
    root = CNF.root
    fill(root)
    schema = schema_for("rta", "R7", "addClaim")
    explain(CNF.root, schema)  # loads the schema
    start = time.perf_counter()
    assert explain(root, schema)
    assert time.perf_counter() - start < 3


def test_several_threads_may_ask():
    schema: Schema = schema_for("elpl", "R6", "addClaim")
    answers: list[list[Finding]] = []
    threads = [threading.Thread(target=lambda: answers.append(explain(etree.Element("Nothing"), schema))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(answer == answers[0] and len(answer) == 1 for answer in answers)


VALUES = [
    "",
    "  ",
    "0",
    "01",
    "+1",
    "1_0",
    "1.0",
    "x",
    "A",
    "AB123456C",
    "2020-01-01",
    "2020-01-01Z",
    "2020-13-01",
    "1899-12-31",
    "9" * 12,
    "12:00",
    "x" * 600,
]
NAMES = ["Foo", "Name", "Adress", "{urn:x}a", "DateOfBirth", "VRN", "TitleType"]
ELEMENTS = ["Foo", "Address", "Vehicle", "{urn:x}Vehicle", "Hospital"]
VALID = samples("valid")


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0))
def test_something_is_found_exactly_when_lxml_refuses(seed):
    dice = random.Random(seed)
    valid = dice.choice(VALID)
    root = valid.root
    for _ in range(dice.randint(1, 3)):
        spoil(root, dice)
    root = etree.fromstring(etree.tostring(root))
    schema = schema_for(valid.process, dice.choice(releases(valid.process)).name, valid.operation)
    found = explain(root, schema)
    assert bool(found) != schema.is_valid(root)
    assert not [one for one in found if one.message.startswith("Element '")], "the words of libxml2 are for the last resort"


def spoil(root: etree._Element, dice: random.Random) -> None:
    element = dice.choice([one for one in root.iter() if isinstance(one.tag, str)])
    names, parent = list(element.attrib), element.getparent()
    what = dice.randrange(8)
    if what < 3 and names:
        element.set(dice.choice(names), dice.choice(VALUES))
    elif what == 3 and names:
        del element.attrib[dice.choice(names)]
    elif what == 4:
        element.set(dice.choice(NAMES), dice.choice(VALUES))
    elif what == 5:
        element.append(etree.Element(dice.choice(ELEMENTS)))
    elif what == 6 and parent is not None:
        parent.remove(element)
    elif what == 7 and parent is not None:
        parent.append(copy.deepcopy(element))
