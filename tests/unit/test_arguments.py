"""Reading arguments: liberal about form, never about meaning. Shapes come from the published WSDL of the token service, RTA."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from gateway.xml.arguments import BadArgument, read_arguments
from gateway.xml.wsdl import published

WSDL = published("PIPWSTK.wsdl")
NS = WSDL.namespace


def read(operation, inner):
    element = etree.fromstring(f'<n:{operation} xmlns:n="{NS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inner}</n:{operation}>')
    return read_arguments(element, WSDL.requests[operation], WSDL)


ARTICLE_75 = "<claimData><activityEngineGuid>g</activityEngineGuid><applicationId>7</applicationId></claimData>{}<accessToken>t</accessToken>"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), (" false ", False), ("0", False)])
def test_booleans(text, value):
    assert read("applyArticle75", ARTICLE_75.format(f"<isArticle75>{text}</isArticle75>"))["isArticle75"] is value


@pytest.mark.parametrize("text", ["maybe", "TRUE", "yes", "2", "-1"])
def test_a_boolean_that_is_none_is_refused_by_name(text):
    with pytest.raises(BadArgument) as refusal:
        read("applyArticle75", ARTICLE_75.format(f"<isArticle75>{text}</isArticle75>"))
    (finding,) = refusal.value.findings
    assert (finding.code, finding.at) == ("WrongValue", "/applyArticle75/isArticle75")


@pytest.mark.parametrize("inner", ["", "<isArticle75/>", '<isArticle75 xsi:nil="true"/>'])
def test_a_required_element_that_is_missing_empty_or_nil_is_refused(inner):
    with pytest.raises(BadArgument) as refusal:
        read("applyArticle75", ARTICLE_75.format(inner))
    assert [(finding.code, finding.at) for finding in refusal.value.findings] == [("MustBeProvided", "/applyArticle75/isArticle75")]


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(BadArgument) as refusal:
        read("applyArticle75", "<isArticle75>maybe</isArticle75>")
    assert [finding.at for finding in refusal.value.findings] == ["/applyArticle75/isArticle75", "/applyArticle75/accessToken"]


def test_order_unknown_children_and_namespaces_do_not_matter():
    inner = (
        f'<x:accessToken xmlns:x="{NS}">t</x:accessToken><somethingNew>1</somethingNew><isArticle75 xmlns="">1</isArticle75>'
        "<claimData><applicationId>7</applicationId><extra/><activityEngineGuid>g</activityEngineGuid></claimData>"
    )
    assert read("applyArticle75", inner) == {
        "claimData": {"activityEngineGuid": "g", "applicationId": "7"},
        "isArticle75": True,
        "accessToken": "t",
    }


def test_an_element_given_twice_is_refused():
    with pytest.raises(BadArgument, match="more than once"):
        read("getClaim", "<applicationId>1</applicationId><applicationId>2</applicationId><accessToken>t</accessToken>")


def test_a_document_sent_as_markup_is_refused_with_the_way_out():
    with pytest.raises(BadArgument, match="CDATA"):
        read("addClaim", "<claimXML><DocumentInput/></claimXML><accessToken>t</accessToken>")


def test_text_in_cdata_and_escaped_is_the_same():
    escaped = read("addClaim", "<claimXML>&lt;a&gt;</claimXML><accessToken>t</accessToken>")
    assert read("addClaim", "<claimXML><![CDATA[<a>]]></claimXML><accessToken>t</accessToken>") == escaped
    assert escaped["claimXML"] == "<a>"


ATTACHMENT = "<attachment><dataAttachmentFileZip>{}</dataAttachmentFileZip></attachment><accessToken>t</accessToken>"


def test_base64_with_line_breaks_comes_back_as_bytes():
    assert read("addAttachment", ATTACHMENT.format("aGVs\r\n bG8="))["attachment"]["dataAttachmentFileZip"] == b"hello"


@pytest.mark.parametrize("text", ["!!!", "aGVsbG8", "aGVsbG8=="])
def test_bad_base64_is_refused(text):
    with pytest.raises(BadArgument, match="base64"):
        read("addAttachment", ATTACHMENT.format(text))


EXTEND = "<newTimeOut>{}</newTimeOut><accessToken>t</accessToken>"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T00:00:00", datetime(2026, 12, 1, tzinfo=UTC)),  # no zone: London, which is on UTC in winter
        ("2026-07-01T00:00:00", datetime(2026, 6, 30, 23, tzinfo=UTC)),
        ("2026-12-01T00:00:00.000+01:00", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("2026-12-01T10:00:00Z", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_dates(text, moment):
    assert read("extendStage2SPFDecisionTimeout", EXTEND.format(text))["newTimeOut"] == moment


def test_a_date_in_another_style_is_refused():
    with pytest.raises(BadArgument, match="2026-11-30T00:00:00"):
        read("extendStage2SPFDecisionTimeout", EXTEND.format("01/12/2026"))


def test_an_enumeration_takes_its_own_values_only():
    search = "<searchClaimCriteria><sortOrder>{}</sortOrder></searchClaimCriteria><accessToken>t</accessToken>"
    assert read("searchClaims", search.format("Desc"))["searchClaimCriteria"]["sortOrder"] == "Desc"
    with pytest.raises(BadArgument, match="Asc, Desc"):
        read("searchClaims", search.format("descending"))


def test_a_reference_to_elsewhere_is_refused_not_followed():
    with pytest.raises(BadArgument, match="document/literal"):
        read("getClaim", '<applicationId href="#id1"/><accessToken>t</accessToken>')
