"""SOAP 1.1, document/literal: what is no message of the service gets a Fault that says why; what is one is read, however it is written."""

import pytest
from client import SOAP, contract
from letters import RTA, RTA_PATH, Poster, branches, fault_in, soap

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
NEXT = "http://schemas.xmlsoap.org/soap/actor/next"


@pytest.mark.parametrize("content_type", ["text/xml; charset=utf-8", "application/soap+xml; charset=utf-8", 'application/soap+xml; action=""', None])
def test_soap_1_2(poster: Poster, content_type: str | None) -> None:
    fault = poster.fault(soap(branches(poster.token), namespace=SOAP12), content_type)
    assert (fault.status, fault.code) == (500, "VersionMismatch")
    assert "SOAP 1.1" in fault.text


def test_an_envelope_of_no_version(poster: Poster) -> None:
    assert poster.fault(soap(branches("x"), namespace="http://example.org/soap")).code == "VersionMismatch"
    assert poster.fault("<Envelope><Body/></Envelope>").code == "VersionMismatch"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "empty"),
        (" \r\n\t", "empty"),
        ("\ufeff", ""),
        ("hello", "XML"),
        ("<a/>", "no SOAP envelope"),
        (branches("x"), "no SOAP envelope"),
        (f'<s:Envelope xmlns:s="{SOAP}"/>', "no Body"),
        (f'<s:Envelope xmlns:s="{SOAP}"><s:Header/></s:Envelope>', "no Body"),
        (f'<s:Envelope xmlns:s="{SOAP}"><Body/></s:Envelope>', "no Body"),
        (soap(""), "is empty"),
        (soap("   "), "is empty"),
        (soap("<!-- nothing -->"), "is empty"),
        (soap("text"), "is empty"),
        (soap(branches("x") * 2), "2 children"),
        (soap(branches("x") + "<other/>"), "2 children"),
        (soap(branches("x")).replace("</s:Body>", "</s:Body><s:Body/>"), "two Body"),
        (soap(branches("x"))[:-10], "XML"),
        (soap(branches("x"))[:100], "XML"),
        (soap(branches("x")) + "<more/>", "XML"),
        (soap(branches("x")).replace("</s:Body>", ""), "XML"),
        (soap(branches("x")).replace("xmlns:t", "xmlns:u"), "XML"),
    ],
)
def test_what_is_no_envelope(poster: Poster, data: str, says: str) -> None:
    fault = poster.fault(data)
    assert (fault.status, fault.code) == (500, "Client")
    assert says in fault.text


@pytest.mark.parametrize(
    "element",
    [
        branches("x").replace(RTA, contract("rta-userauth").namespace),
        branches("x").replace(RTA, contract("elpl-token").namespace),
        branches("x").replace(RTA, RTA.rstrip("/")),
        branches("x").replace(RTA, RTA.upper()),
        branches("x").replace("t:", "").replace("xmlns:t", "about"),
        branches("x").replace("getBranchesList", "getbrancheslist"),
        branches("x").replace("getBranchesList", "getBranchesListResponse"),
        branches("x").replace("getBranchesList", "acknowledgeClaim"),  # of EL/PL
        branches("x").replace("getBranchesList", "a" * 5000),
        branches("x").replace("getBranchesList", "__class__"),
    ],
    ids=["gen 1", "EL/PL", "no slash", "upper case", "none", "lower case", "a response", "of the other process", "long", "of Python"],
)
def test_an_operation_that_is_not_here(poster: Poster, element: str) -> None:
    """Most often the address of the other generation: so the answer names the namespace that is served."""
    fault = poster.fault(soap(element))
    assert (fault.status, fault.code) == (500, "Client")
    assert RTA in fault.text
    assert "?wsdl" in fault.text
    assert len(fault.text) < 1000


def test_each_service_names_its_own_namespace(poster: Poster) -> None:
    for service in ("rta-userauth", "elpl-token", "elpl-userauth"):
        answer = poster.door.send("POST", contract(service).path, poster.good.encode())
        fault = fault_in(answer)
        assert contract(service).namespace in fault.text
        assert RTA in fault.text  # and the one that was sent
    assert contract("rta-token").path == RTA_PATH


HEADERS = {
    "empty": "<s:Header/>",
    "blank": "<s:Header> \n </s:Header>",
    "of no concern": '<s:Header><x:Trace xmlns:x="urn:x">1</x:Trace></s:Header>',
    "not to be understood": '<s:Header><x:Trace xmlns:x="urn:x" s:mustUnderstand="0"/></s:Header>',
    "for somebody else": '<s:Header><x:Trace xmlns:x="urn:x" s:mustUnderstand="1" s:actor="http://example.org/proxy"/></s:Header>',
    "with a comment": "<s:Header><!-- mustUnderstand --></s:Header>",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_headers_that_are_passed_over(poster: Poster, header: str) -> None:
    poster.reply(soap(branches(poster.token), header)).ok()


SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


@pytest.mark.parametrize("actor", ["", f' s:actor="{NEXT}"', ' s:actor=""'], ids=["nobody named", "next", "empty"])
@pytest.mark.parametrize("word", ["1", "true", " 1 "])
def test_a_header_that_must_be_understood(poster: Poster, actor: str, word: str) -> None:
    """None is: the caller must not believe that its demand was met."""
    header = f'<s:Header><w:Security xmlns:w="{SECURITY}" s:mustUnderstand="{word}"{actor}/></s:Header>'
    fault = poster.fault(soap(branches(poster.token), header))
    assert (fault.status, fault.code) == (500, "MustUnderstand")
    assert f"{{{SECURITY}}}Security" in fault.text


def test_prefixes_are_the_callers(poster: Poster) -> None:
    """Default namespaces, one prefix for everything, prefixes declared late or twice."""
    token = poster.token
    for text in (
        f'<Envelope xmlns="{SOAP}"><Body><getBranchesList xmlns="{RTA}"><accessToken xmlns="">{token}</accessToken></getBranchesList></Body></Envelope>',
        f'<Envelope xmlns="{SOAP}"><Body><getBranchesList xmlns="{RTA}"><accessToken>{token}</accessToken></getBranchesList></Body></Envelope>',
        soap(f'<t:getBranchesList xmlns:t="{RTA}"><t:accessToken>{token}</t:accessToken></t:getBranchesList>'),
        soap(f'<s:getBranchesList xmlns:s="{RTA}"><accessToken>{token}</accessToken></s:getBranchesList>'),
        soap(f'<t:getBranchesList xmlns:t="{RTA}"><u:accessToken xmlns:u="urn:else">{token}</u:accessToken></t:getBranchesList>'),
    ):
        poster.reply(text).ok()


def test_what_stands_around_is_passed_over(poster: Poster) -> None:
    """Comments, processing instructions, blanks, attributes, elements before and after the Body."""
    text = poster.good.replace("<s:Body>", "<!-- a --><?b c?>\n<s:Body>\n<!-- d -->").replace("</s:Body>", "<?e?></s:Body><trailer/>")
    text = text.replace("<s:Envelope", '<s:Envelope s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" xml:lang="en"')
    poster.reply(text).ok()


@pytest.mark.parametrize(
    "action", ["", '""', '"getBranchesList"', "http://example.org/anything", '"urn:acceptClaim"', None, "\u00e4".encode().decode("latin-1")]
)
def test_any_soap_action(poster: Poster, action: str | None) -> None:
    """The body says which operation it is."""
    poster.reply(poster.good, SOAPAction=action).ok()
