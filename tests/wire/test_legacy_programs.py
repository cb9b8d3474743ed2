"""The letters that old programs send, as their libraries write them: each is answered like any other, over HTTP and in this process."""

import pytest
from client import PASSWORD, SOAP, Client, contract, document
from door import Door
from live import LiveWorld
from world import COMP1, World

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"

DOT_NET = (
    '<?xml version="1.0" encoding="utf-8"?>'
    f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:xsi="{XSI}" xmlns:xsd="{XSD}"><soap:Body>'
    '<addClaim xmlns="{namespace}">'
    '<claimXML xmlns="">{claim}</claimXML>'
    '<userAuth xmlns=""><asUser>cr1-handler</asUser><password>{password}</password><username>cr1-a2a</username></userAuth>'
    "</addClaim></soap:Body></soap:Envelope>"
)
WCF = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Header><Action s:mustUnderstand="0" xmlns="http://schemas.microsoft.com/ws/2005/05/addressing/none"/></s:Header>'
    f'<s:Body xmlns:xsi="{XSI}" xmlns:xsd="{XSD}">'
    '<addClaim xmlns="{namespace}"><claimXML xmlns="">{claim}</claimXML><userAuth xmlns="">'
    "<asUser>cr1-handler</asUser><password>{password}</password><username>cr1-a2a</username></userAuth></addClaim></s:Body></s:Envelope>"
)
PHP = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}" xmlns:ns1="{{namespace}}"><SOAP-ENV:Body><ns1:addClaim>'
    "<claimXML>{claim}</claimXML><userAuth><asUser>cr1-handler</asUser><password>{password}</password><username>cr1-a2a</username></userAuth>"
    "</ns1:addClaim></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
)
SUDS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<SOAP-ENV:Envelope xmlns:ns0="{{namespace}}" xmlns:ns1="{SOAP}" xmlns:xsi="{XSI}" xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header/>'
    "<ns1:Body><ns0:addClaim><claimXML>{claim}</claimXML><userAuth><asUser>cr1-handler</asUser><password>{password}</password>"
    "<username>cr1-a2a</username></userAuth></ns0:addClaim></ns1:Body></SOAP-ENV:Envelope>"
)
JAX_WS = (
    f'<?xml version="1.0" ?><S:Envelope xmlns:S="{SOAP}"><S:Body>'
    '<ns2:addClaim xmlns:ns2="{namespace}"><claimXML>{claim}</claimXML>'
    "<userAuth><asUser>cr1-handler</asUser><password>{password}</password><username>cr1-a2a</username></userAuth></ns2:addClaim></S:Body></S:Envelope>"
)
AXIS_1 = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:xsd="{XSD}" xmlns:xsi="{XSI}">\n <soapenv:Body>\n  '
    '<addClaim xmlns="{namespace}">\n   <claimXML xsi:type="xsd:string" xmlns="">{claim}</claimXML>\n   '
    '<userAuth xsi:type="ns1:userAuth" xmlns="" xmlns:ns1="{namespace}">\n    <asUser xsi:type="xsd:string">cr1-handler</asUser>\n    '
    '<password xsi:type="xsd:string">{password}</password>\n    <username xsi:type="xsd:string">cr1-a2a</username>\n   </userAuth>\n  '
    "</addClaim>\n </soapenv:Body>\n</soapenv:Envelope>"
)
MSXML = (
    f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}" SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">\r\n<SOAP-ENV:Body>\r\n'
    '<m:addClaim xmlns:m="{namespace}">\r\n<userAuth>\r\n<username>cr1-a2a</username>\r\n<password>{password}</password>\r\n<asUser>cr1-handler</asUser>\r\n'
    "</userAuth>\r\n<claimXML>{claim}</claimXML>\r\n</m:addClaim>\r\n</SOAP-ENV:Body>\r\n</SOAP-ENV:Envelope>\r\n"
)
SOAP_LITE = (
    f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope soap:encodingStyle="" xmlns:soap="{SOAP}" xmlns:xsd="{XSD}" xmlns:xsi="{XSI}">'
    '<soap:Body><tns:addClaim xmlns:tns="{namespace}"><tns:claimXML xsi:type="xsd:string">{claim}</tns:claimXML><tns:userAuth>'
    "<tns:asUser>cr1-handler</tns:asUser><tns:password>{password}</tns:password><tns:username>cr1-a2a</tns:username></tns:userAuth>"
    "</tns:addClaim></soap:Body></soap:Envelope>"
)
LETTERS = {
    ".NET (ASMX)": (DOT_NET, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}),
    ".NET (WCF)": (WCF, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}),
    "PHP SoapClient": (PHP, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "User-Agent": "PHP-SOAP/8.1"}),
    "Python suds": (SUDS, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}),
    "JAX-WS": (JAX_WS, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept": "text/xml, multipart/related"}),
    "Axis 1": (AXIS_1, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Cache-Control": "no-cache", "Pragma": "no-cache"}),
    "VB6 with MSXML": (MSXML, {"Content-Type": "text/xml", "SOAPAction": "addClaim"}),
    "Perl SOAP::Lite": (SOAP_LITE, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:x#addClaim"'}),
    "curl --data": (PHP, {"Content-Type": "text/xml", "SOAPAction": None, "User-Agent": "curl/8.5"}),
    "nothing said": (JAX_WS, {"Content-Type": None, "SOAPAction": None}),
}
CLAIMS = {
    "rta-userauth": document("rta", "addClaim", "adult-driver.xml"),
    "elpl-userauth": document("elpl", "addClaim", "el-adult.xml"),
}
each_letter = pytest.mark.parametrize(("letter", "headers"), LETTERS.values(), ids=LETTERS)
each_service = pytest.mark.parametrize("service", CLAIMS)


def _send(door: Door, service: str, letter: str, headers: dict[str, str | None], claim: str) -> str:
    escaped = claim.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = letter.format(namespace=contract(service).namespace, claim=escaped, password=PASSWORD)
    reply = Client(door, service).post(text.encode(), "addClaim", headers).ok()
    assert reply.claim["phaseCacheId"] == "ClaimSubmitted"
    return reply.claim["applicationId"]


@each_service
@each_letter
def test_a_claim_from_an_old_program(shared_world: World, service: str, letter: str, headers: dict[str, str | None]) -> None:
    number = _send(shared_world.door, service, letter, headers, CLAIMS[service])
    shared_world.client(COMP1, service).call("getClaimsStatus", applicationId=number).ok()


@each_letter
def test_and_over_http(live: LiveWorld, letter: str, headers: dict[str, str | None]) -> None:
    _send(live.door, "rta-userauth", letter, headers, CLAIMS["rta-userauth"])


def test_the_declaration_of_dot_net_strings(shared_world: World) -> None:
    """A .NET string declares itself utf-16 and may be sent so, inside an envelope in UTF-8."""
    claim = CLAIMS["rta-userauth"].replace("UTF-8", "utf-16")
    _send(shared_world.door, "rta-userauth", DOT_NET, {}, claim)
    _send(shared_world.door, "rta-userauth", DOT_NET, {}, f"\ufeff{claim}")
