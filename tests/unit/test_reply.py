"""Replies are written as text, by the plan the WSDL gives."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from gateway.errors import NotOurMessage
from gateway.xml.reply import fault, writer
from gateway.xml.wsdl import published

WSDL = published("PIPWSTK.wsdl")


def write(operation, values):
    return writer(WSDL, WSDL.responses[operation])(values)


def body_of(reply):
    return etree.fromstring(reply)[0][0]


CLAIM = {"attachmentsCount": 0, "lockStatus": 0, "printableDocumentsCount": 2, "versionMajor": 7, "versionMinor": 0}


def test_children_are_unqualified_in_published_order_and_valid():
    reply = write("getClaimsList", {"claimsListResponse": {"claimsList": [{**CLAIM, "applicationId": "0000000000000001"}, CLAIM], "code": "Ok"}})
    body = body_of(reply)
    WSDL.schema.assertValid(etree.fromstring(etree.tostring(body)))
    assert body.tag == "{http://wstk.pip.crif.com/}getClaimsListResponse"
    assert [child.tag for child in body[0]] == ["code", "claimsList", "claimsList"]


def test_an_empty_list_is_absent():
    assert b"claimsList>" not in write("getClaimsList", {"claimsListResponse": {"code": "Ok", "claimsList": []}})


def test_none_is_absent_and_empty_text_is_not():
    reply = write("getClaim", {"stringResponse": {"code": "Failure", "message": "", "details": None}})
    assert reply.endswith(b"<stringResponse><code>Failure</code><message></message></stringResponse></ns2:getClaimResponse></S:Body></S:Envelope>")


def test_a_document_in_a_string_survives():
    document = '<Data a="&lt;&quot;&#10;é">]]&gt;\r\n</Data>'
    reply = write("getClaim", {"stringResponse": {"code": "Ok", "value": document}})
    assert body_of(reply)[0].findtext("value") == document


def test_what_xml_cannot_carry_is_dropped():
    reply = write("getClaim", {"stringResponse": {"code": "Ok", "message": "a\x00b\x0bc\ufffed"}})
    assert body_of(reply)[0].findtext("message") == "abcd"


def test_times_are_of_london():
    moment = datetime(2026, 7, 1, 10, 30, 0, 5000, tzinfo=UTC)
    reply = write("getClaimsList", {"claimsListResponse": {"code": "Ok", "claimsList": [{**CLAIM, "creationTime": moment}]}})
    assert b"<creationTime>2026-07-01T11:30:00.005+01:00</creationTime>" in reply


def test_bytes_go_as_base64():
    reply = write("getAttachment", {"attachmentResponse": {"code": "Ok", "attachment": {"dataAttachmentFileZip": b"hello"}}})
    assert b"<dataAttachmentFileZip>aGVsbG8=</dataAttachmentFileZip>" in reply


@pytest.mark.parametrize(
    "values",
    [
        {"code": "Ok", "valu": "misspelt"},
        {"code": "Okay"},
        {"code": "Ok", "claimsList": [{}]},  # required children missing
    ],
)
def test_what_the_contract_does_not_know_is_a_defect(values):
    with pytest.raises(ValueError):
        write("getClaimsList", {"claimsListResponse": values})


def test_a_fault_is_soap_11():
    body = body_of(fault(NotOurMessage("a < b", "VersionMismatch")))
    assert body.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Fault"
    assert (body.findtext("faultcode"), body.findtext("faultstring")) == ("S:VersionMismatch", "a < b")
    assert body.find("faultcode").nsmap["S"] == "http://schemas.xmlsoap.org/soap/envelope/"
