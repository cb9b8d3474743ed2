import pytest
from lxml import etree
from samples import sample

from gateway.errors import Refused
from gateway.xml.parser import Limits
from gateway.xml.payload import read_document
from gateway.xml.schemas import schema_for

SCHEMA = schema_for("rta", "R7", "addClaim")
LIMITS = Limits()
TEXT = sample("rta", "addClaim", "adult-driver").path.read_text(encoding="utf-8")


def refused(text: str | None, limits: Limits = LIMITS, argument: str = "claimXML") -> Refused:
    with pytest.raises(Refused) as caught:
        read_document(text, SCHEMA, limits, argument)
    return caught.value


def test_a_valid_document():
    document = read_document(TEXT, SCHEMA, LIMITS)
    assert document.name == "DocumentInput"
    assert document.get("AccidentData/AccidentDetails/@AccidentDate") == "2026-06-12"


@pytest.mark.parametrize("before", ["\ufeff", "\r\n  ", '\ufeff<?xml version="1.0" encoding="utf-16"?>\r\n'])
def test_what_stands_before_the_root_does_not_matter(before):
    body = TEXT[TEXT.index("<DocumentInput") :]
    assert read_document(before + body, SCHEMA, LIMITS).name == "DocumentInput"


@pytest.mark.parametrize("text", [None, "", " \r\n", "\ufeff"])
def test_empty(text):
    error = refused(text)
    assert error.message == "claimXML is empty."
    assert error.findings == ()


def test_not_valid_counts_its_findings_and_names_the_schema():
    error = refused(TEXT.replace('ClaimValue="1"', 'ClaimValue="9"'))
    assert error.message == "claimXML is not valid against AddClaim_ClaimData-v3.8: 1 finding."
    error = refused(TEXT.replace('ClaimValue="1"', 'ClaimValue="9"').replace('Wet="1"', 'Wet="9"').replace('Rain="1"', 'Rain="9"'))
    assert error.message == "claimXML is not valid against AddClaim_ClaimData-v3.8: 3 findings."
    assert [finding.at.rpartition("/")[2] for finding in error.findings] == ["@ClaimValue", "@Rain", "@Wet"]


def test_the_name_of_the_argument_is_said():
    assert refused("", argument="insurerResponseXml").message == "insurerResponseXml is empty."


def test_not_xml():
    error = refused("<DocumentInput>\n  <ApplicationData>\n</DocumentInput>")
    assert error.message == "claimXML is not XML."
    (finding,) = error.findings
    assert (finding.code, finding.line) == ("NotXml", 3)


def test_a_dtd_is_refused():
    (finding,) = refused('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><DocumentInput>&e;</DocumentInput>').findings
    assert finding.code == "NotXml"
    assert "DTD" in finding.message


@pytest.mark.parametrize("text", ["&lt;DocumentInput/&gt;", "\n &lt;?xml version='1.0'?&gt;", "&#60;DocumentInput/&#62;"])
def test_escaped_twice_is_recognised(text):
    (finding,) = refused(text).findings
    assert finding.code == "NotXml"
    assert "escaped twice" in finding.message


def test_limits_hold():
    assert "larger" in refused(TEXT, Limits(max_bytes=1000)).findings[0].message
    assert "elements" in refused(TEXT, Limits(max_elements=5)).findings[0].message


def test_a_refusal_never_fails_to_say_why():
    root = etree.fromstring(TEXT.encode())
    root.find("LiabilityFunding/Liability").set("{urn:x}note", "1")
    assert refused(etree.tostring(root, encoding="unicode")).findings
