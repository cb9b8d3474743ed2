"""How arguments are read: whatever order, prefixes and extras a program sends; and never a wrong value as if it had not been given."""

import pytest
from client import Client, document, envelope
from letters import RTA, Poster, soap
from lxml import etree
from world import COMP1, CR1, World

PARTS = {
    "claimData": "<claimData><activityEngineGuid>g</activityEngineGuid><applicationId>1</applicationId></claimData>",
    "isArticle75": "<isArticle75>true</isArticle75>",
}


@pytest.fixture
def holder(shared_world: World) -> Client:
    return shared_world.client(COMP1, "rta-token")


@pytest.fixture
def sender(shared_world: World) -> Client:
    return shared_world.client(CR1, "rta-token")


def article_75(token: str, value: str) -> str:
    return soap(f'<t:applyArticle75 xmlns:t="{RTA}">{PARTS["claimData"]}{value}<accessToken>{token}</accessToken></t:applyArticle75>')


@pytest.mark.parametrize("value", ["maybe", "yes", "TRUE", "True", "2", "-1", "01", "t", "0.0", "", "  ", "wahr"])
def test_a_boolean_that_is_none(poster: Poster, holder: Client, value: str) -> None:
    text = article_75(holder.credentials["accessToken"], f"<isArticle75>{value}</isArticle75>")
    reply = poster.reply(text, operation="applyArticle75").refused("isArticle75")
    assert "/applyArticle75/isArticle75" in reply.details


@pytest.mark.parametrize("value", ["true", "false", "1", "0", " true ", "\n1\n"])
def test_a_boolean(poster: Poster, holder: Client, value: str) -> None:
    """It is then the claim that is not there."""
    text = article_75(holder.credentials["accessToken"], f"<isArticle75>{value}</isArticle75>")
    poster.reply(text, operation="applyArticle75").refused("There is no claim 0000000000000001")


@pytest.mark.parametrize(
    "value", ["", '<isArticle75 i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>', "<isarticle75>true</isarticle75>"]
)
def test_a_boolean_that_must_be_given(poster: Poster, holder: Client, value: str) -> None:
    reply = poster.reply(article_75(holder.credentials["accessToken"], value), operation="applyArticle75").refused("isArticle75 must be given")
    assert "MustBeProvided: /applyArticle75/isArticle75" in reply.details


@pytest.mark.parametrize("value", ["!!!", "abc", "=", "QUJD!", "ÄÖ", "QQ=A"])
def test_base64_that_is_none(sender: Client, value: str) -> None:
    element = sender.request("addAttachment", attachment={"dataAttachmentFileZip": b"PLACE"})
    element.find(".//dataAttachmentFileZip").text = value
    reply = sender.send(element).refused("dataAttachmentFileZip is not valid base64")
    assert "/addAttachment/attachment/dataAttachmentFileZip" in reply.details


@pytest.mark.parametrize("value", ["yesterday", "31/12/2026", "2026-13-01T00:00:00", "2026-02-30", "1234567890"])
def test_a_date_that_is_none(sender: Client, value: str) -> None:
    element = sender.request("searchClaims", searchClaimCriteria={"startDateFrom": "x", "sortOrder": "Asc"})
    element.find(".//startDateFrom").text = value
    sender.send(element).refused("startDateFrom")


@pytest.mark.parametrize("value", ["asc", "Ascending", "1"])
def test_a_word_that_is_not_in_the_list(sender: Client, value: str) -> None:
    element = sender.request("searchClaims", searchClaimCriteria={"sortOrder": value})
    sender.send(element).refused("sortOrder", "Asc, Desc")


def test_everything_wrong_is_told_at_once(sender: Client) -> None:
    element = sender.request("searchClaims", searchClaimCriteria={"startDateFrom": "x", "startDateTo": "y", "sortField": "z"})
    reply = sender.send(element).refused()
    assert len(reply.details.splitlines()) == 3


def test_the_claim_as_child_xml(sender: Client) -> None:
    """Unescaped, it is no text; the answer says how to send it."""
    element = sender.request("addClaim", claimXML="")
    element.find("claimXML").append(etree.fromstring(document("rta", "addClaim", "adult-driver.xml").encode()))
    sender.send(element).refused("claimXML holds the element DocumentInput", "CDATA")


def test_the_claim_escaped_twice(sender: Client) -> None:
    claim = document("rta", "addClaim", "adult-driver.xml").replace("&", "&amp;").replace("<", "&lt;")
    assert "escaped twice" in sender.call("addClaim", claimXML=claim).refused("is not XML").details


CLAIM = document("rta", "addClaim", "adult-driver.xml")
BARE = CLAIM.partition("?>")[2]
ESCAPED = CLAIM.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
WAYS = {
    "escaped": ESCAPED,
    "with quotes escaped": ESCAPED.replace('"', "&quot;").replace("'", "&apos;"),
    "by numbers": "".join(f"&#x{ord(letter):x};" for letter in BARE),
    "in CDATA": f"<![CDATA[{CLAIM}]]>",
    "in CDATA among blanks": f"\n    <![CDATA[{CLAIM}]]>\n  ",
    "in two CDATA sections": f"<![CDATA[{CLAIM[:500]}]]><![CDATA[{CLAIM[500:]}]]>",
    "half and half": ESCAPED.partition("&lt;DocumentInput")[0] + f"<![CDATA[<DocumentInput{BARE.partition('<DocumentInput')[2]}]]>",
    "with a byte order mark": f"\ufeff{ESCAPED}",
    "declared as utf-16": ESCAPED.replace("UTF-8", "utf-16"),
    "declared as something else": ESCAPED.replace("UTF-8", "ISO-8859-1"),
    "without declaration": BARE.replace("&", "&amp;").replace("<", "&lt;"),
    "on one line": ESCAPED.replace("\n", " "),
    "with Windows line ends": ESCAPED.replace("\n", "&#13;\n"),
    "with tabs": ESCAPED.replace("  ", "\t"),
    "with a comment between": f"{ESCAPED[:700]}<!-- break -->{ESCAPED[700:]}",
    "with an instruction between": f"{ESCAPED[:700]}<?break?>{ESCAPED[700:]}",
    "with a style sheet": ESCAPED.replace("?&gt;", '?&gt;&lt;?xml-stylesheet href="a.xsl"?&gt;', 1),
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_the_claim_in_whatever_wrapping(poster: Poster, sender: Client, text: str) -> None:
    body = f'<t:addClaim xmlns:t="{RTA}"><claimXML>{text}</claimXML><accessToken>{poster.token}</accessToken></t:addClaim>'
    sent = poster.reply(soap(body), operation="addClaim").ok()
    shown = sender.call("getClaim", applicationId=sent.claim["applicationId"]).ok().payload["value"]
    assert 'Surname="Whitcombe"' in shown


@pytest.mark.parametrize("href", ["#1", "#self", "http://example.org/x"])
def test_a_reference_of_soap_encoding(poster: Poster, href: str) -> None:
    """Also one that refers to itself."""
    for text in (
        f'<t:getBranchesList xmlns:t="{RTA}"><accessToken id="self" href="{href}"/></t:getBranchesList>',
        f'<t:getClaim xmlns:t="{RTA}" id="self" href="{href}"><applicationId href="{href}"/><accessToken>x</accessToken></t:getClaim>',
    ):
        operation = "getClaim" if "getClaim" in text else "getBranchesList"
        poster.reply(soap(text), operation=operation).refused("is a reference", "document/literal")


def test_an_element_that_stands_twice(poster: Poster) -> None:
    body = f'<t:getBranchesList xmlns:t="{RTA}"><accessToken>x</accessToken><accessToken>{poster.token}</accessToken></t:getBranchesList>'
    poster.reply(soap(body)).refused("accessToken stands more than once")


def test_children_in_any_order_with_others_between(shared_world: World, sender: Client, holder: Client) -> None:
    sent = sender.call("addClaim", claimXML=CLAIM).ok().claim
    element = holder.request(
        "acceptClaim", claimData={name: sent[name] for name in ("activityEngineGuid", "applicationId")}, insurerClaimReferenceNumber="TI/1"
    )
    for parent in (element, element.find("claimData")):
        parent[:] = reversed(parent)
        parent.insert(0, etree.Element("unheardOf"))
        parent.append(etree.Element("{urn:else}unheardOf", nil="true"))
        parent.append(etree.Comment("a comment"))
        parent.insert(1, etree.ProcessingInstruction("an", "instruction"))
    assert not holder.contract.schema.validate(element)
    reply = holder.post(envelope(element), "acceptClaim").ok()
    assert reply.claim["phaseCacheId"] == "Article75Decision"


@pytest.mark.parametrize("namespace", [RTA, "", "urn:else"])
def test_children_qualified_or_not(sender: Client, holder: Client, namespace: str) -> None:
    """At every level."""
    sent = sender.call("addClaim", claimXML=CLAIM).ok().claim
    element = holder.request(
        "rejectClaimToCR", claimData={name: sent[name] for name in ("activityEngineGuid", "applicationId")}, rejectionReasonCode="1"
    )
    for child in element.iterdescendants():
        child.tag = f"{{{namespace}}}{child.tag}" if namespace else child.tag
    reply = holder.post(envelope(element), "rejectClaimToCR").ok()
    assert reply.claim["phaseCacheId"] == "AcknowledgeRejectedClaim"


def test_a_value_with_everything_xml_can_carry_comes_back_unchanged(sender: Client) -> None:
    """In the reference of the claimant representative, shown by the work list and getClaim."""
    reply = sender.call("getOrganisation", organisationPath="]]> &amp; <b> \" ' \t é \U0001f511").refused()
    assert reply.message.startswith("organisationPath names no organisation or branch")


def test_long_wrong_values_are_cut_in_the_answer(sender: Client) -> None:
    element = sender.request("searchClaims", searchClaimCriteria={"sortOrder": "A" * 100_000})
    assert len(sender.send(element).refused().answer.body) < 2000
