"""The four WSDL files: what each offers, how they differ, and that ordinary tools accept them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import zeep
from lxml import etree

FOLDER = Path(__file__).parents[2] / "wsdl"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
XS = "{http://www.w3.org/2001/XMLSchema}"

NAMES = ("PIPWSTK", "PIPWS", "ELPLWSTK", "ELPLWS")
RTA = ("PIPWSTK", "PIPWS")
ELPL = ("ELPLWSTK", "ELPLWS")
TOKEN = ("PIPWSTK", "ELPLWSTK")
PAIRS_OF_GENERATIONS = (RTA, ELPL)
PAIRS_OF_PROCESSES = (("PIPWSTK", "ELPLWSTK"), ("PIPWS", "ELPLWS"))

# file: target namespace, prefix of all names, path of the address, number of operations
SERVICES = {
    "PIPWSTK": ("http://wstk.pip.crif.com/", "PIP", "/PIP.WSTK/PIPWSTK", 81),
    "PIPWS": ("http://ws.pip.crif.com/", "PIP", "/PIP.WS/PIPWS", 78),
    "ELPLWSTK": ("http://wstk.elpl.crif.com/", "ELPL", "/ELPL.WSTK/ELPLWSTK", 72),
    "ELPLWS": ("http://ws.elpl.crif.com/", "ELPL", "/ELPL.WS/ELPLWS", 69),
}

SESSION_OPERATIONS = {"getToken", "refreshToken", "changePassword"}
RTA_OPERATIONS = {
    "acknowledgeAdditionalDamagesAgreement",
    "acknowledgeAdditionalDamagesDecisionTimeout",
    "acknowledgeAllDamagesAgreed",
    "addS2SPFAdditionalDamagesRequest",
    "addS2SPFAdditionalDamagesResponse",
    "applyArticle75",
    "extendAdditionalDamagesDecisionTimeout",
    "setAdditionalDamagesExistence",
    "setS2SPFAdditionalDamagesDecision",
    "setStage1Payment",
}
ELPL_OPERATIONS = {"acknowledgeClaim"}

# Reply elements that are not called like their type: operation -> element, type.
IRREGULAR_REPLIES = {
    "getAttachmentsList": ("attachmentListResponse", "attachmentsListResponse"),
    "getSystemProcessVersion": ("claimInfoResponse", "systemProcessVersionResponse"),
    "searchClaims": ("claimInfosListResponse", "claimsListResponse"),
    "searchCompensatorsByInsurerIndex": ("InsurerIndexList", "insurerIndexList"),
    "setStage1Payment": ("response", "claimInfoResponse"),
}
# Request elements whose spelling follows no rule.
IRREGULAR_REQUESTS = {
    "addCPPFRequest": ["CPPFRequestXML"],
    "addCPPFResponse": ["CPPFResponseXML"],
    "addClaim": ["claimXML"],
    "addInterimSPFRequest": ["ISPFRequestXML"],
    "addInterimSPFResponse": ["ISPFResponseXML"],
    "addS2SPFAdditionalDamagesRequest": ["additionalDamagesRequestXML"],
    "addS2SPFAdditionalDamagesResponse": ["additionalDamagesResponseXML"],
    "addStage2SPFCounterOfferByCM": ["S2SPFCounterOfferByCMXML"],
    "addStage2SPFCounterOfferByCR": ["S2SPFCounterOfferByCRXML"],
    "addStage2SPFRequest": ["S2SPFRequestXML"],
    "addStage2SPFResponse": ["S2SPFResponseXML"],
    "allocateUser": ["targetUserID"],
    "extendAdditionalDamagesDecisionTimeout": ["NewTimeOutDate", "ReasonForExtension"],
    "extendStage2SPFCounterOfferTimeout": ["newTimeOut", "reasonForExtension"],
    "extendStage2SPFDecisionTimeout": ["newTimeOut", "reasonForExtension"],
    "resendRejectedClaim": ["claimXML"],
    "sendLiabilityDecision": ["insurerResponseXml"],
}
# List types: the repeated element and what it holds.
LISTS = {
    "attachmentsListResponse": ("attachemntsList", "tns:attachment"),
    "claimsListResponse": ("claimsList", "tns:claim"),
    "hospitalsListResponse": ("hospitalsList", "tns:hospital"),
    "insurerIndexList": ("insurerInfoList", "tns:insurerInfo"),
    "notificationsListResponse": ("notificationsList", "tns:notification"),
    "organisationInfosListResponse": ("organisationInfosList", "tns:organisationInfo"),
    "userInfosListResponse": ("userInfosList", "tns:userInfo"),
}
FIELD_ORDER = {
    "userAuth": ["asUser", "password", "username"],
    "tokenResponse": ["accessToken", "refreshToken", "accessTokenExpiresIn", "refreshTokenExpiresIn"],
    "claimData": ["activityEngineGuid", "applicationId"],
    "claimInfo": ["activityEngineGuid", "applicationId", "phaseCacheId", "phaseCacheName"],
    "claimInfo2Response": ["claimInfo", "gdprClaimDeleted"],
    "attachmentInput": [
        "applicationId",
        "dataAttachmentDesc",
        "dataAttachmentFileName",
        "dataAttachmentFileZip",
        "dataAttachmentGuid",
        "dataAttachmentTitle",
    ],
    "attachment": ["dataAttachmentDate", "dataAttachmentOwner"],
}

# Request elements that must be there, credentials apart.
MANDATORY = {
    ("acceptPartialInterimPayment", "isPartialInterimPaymentAccepted"),
    ("exitRejectedClaim", "claimData"),
    ("rejectClaimToCR", "rejectionReasonCode"),
    ("setInterimPaymentNeeded", "isInterimPaymentNeeded"),
    ("setStage21Payment", "isStage21Paid"),
    ("setStage2SPFAgreementDecision", "isAgreed"),
    ("setStage2SPFCounterOfferNeeded", "isStage2SPFCounterOfferNeeded"),
}
MANDATORY_RTA = {("applyArticle75", "isArticle75"), ("setStage1Payment", "isStage1Paid")}
MANDATORY_ELPL = {("acknowledgeRejectedClaim", "claimData")}
MANDATORY_TOKEN = {
    ("getToken", "userID"),
    ("getToken", "userAsID"),
    ("getToken", "password"),
    ("refreshToken", "userID"),
    ("refreshToken", "userAsID"),
    ("refreshToken", "refreshToken"),
    ("changePassword", "userID"),
    ("changePassword", "oldPassword"),
    ("changePassword", "newPassword"),
}
MANDATORY_IN_FILE = {
    "PIPWSTK": MANDATORY | MANDATORY_RTA | MANDATORY_TOKEN,
    "PIPWS": MANDATORY | MANDATORY_RTA,
    "ELPLWSTK": MANDATORY | MANDATORY_ELPL | MANDATORY_TOKEN | {("addClaim", "claimXML")},
    "ELPLWS": MANDATORY | MANDATORY_ELPL,
}
# Where the credentials are not as everywhere else in the file.
CREDENTIAL_EXCEPTIONS = {
    "PIPWSTK": set(),
    "PIPWS": {"exitRejectedClaim"},
    "ELPLWSTK": {"addAttachment"},
    "ELPLWS": {"acknowledgeRejectedClaim", "exitRejectedClaim"},
}


class Field(NamedTuple):
    """One element of a sequence."""

    name: str
    type: str
    least: str
    most: str
    nillable: bool


@dataclass(frozen=True)
class Contract:
    """A WSDL file as the tests look at it."""

    name: str
    root: etree._Element

    @property
    def schema(self) -> etree._Element:
        """The inline schema."""
        (schema,) = self.root.findall(f"{WSDL}types/*")
        return schema

    @property
    def types(self) -> dict[str, etree._Element]:
        """Named types, simple and complex, by name."""
        return {node.get("name"): node for node in self.schema.iterchildren(f"{XS}simpleType", f"{XS}complexType")}

    @property
    def operations(self) -> dict[str, etree._Element]:
        """Operations of the port type, by name."""
        return {node.get("name"): node for node in self.root.findall(f"{WSDL}portType/{WSDL}operation")}

    @property
    def shared_types(self) -> set[str]:
        """Types that are not the wrapper of a request or reply."""
        return self.types.keys() - {name + end for name in self.operations for end in ("", "Response")}

    @property
    def credential(self) -> str:
        """Name of the element that carries the credentials."""
        return "accessToken" if self.name in TOKEN else "userAuth"

    def fields(self, type_name: str) -> list[Field]:
        """Return the own elements of a complex type, in order."""
        return [
            Field(
                node.get("name"),
                node.get("type"),
                node.get("minOccurs", "1"),
                node.get("maxOccurs", "1"),
                node.get("nillable") == "true",
            )
            for node in self.types[type_name].iter(f"{XS}element")
        ]

    def base(self, type_name: str) -> str | None:
        """Return what a complex type extends."""
        extension = self.types[type_name].find(f"{XS}complexContent/{XS}extension")
        return None if extension is None else extension.get("base")


@cache
def contract(name: str) -> Contract:
    """Parse one of the files."""
    return Contract(name, etree.parse(str(FOLDER / f"{name}.wsdl")).getroot())


each_file = pytest.mark.parametrize("wsdl", [pytest.param(contract(name), id=name) for name in NAMES])


def test_there_are_four_files() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.wsdl" for name in NAMES}


@each_file
def test_names_and_address(wsdl: Contract) -> None:
    namespace, prefix, path, count = SERVICES[wsdl.name]
    assert wsdl.root.get("targetNamespace") == wsdl.schema.get("targetNamespace") == wsdl.root.nsmap["tns"] == namespace
    assert wsdl.root.get("name") == f"{prefix}Service"
    assert [node.get("name") for node in wsdl.root.findall(f"{WSDL}portType")] == [prefix]
    assert [node.get("name") for node in wsdl.root.findall(f"{WSDL}binding")] == [f"{prefix}Binding"]
    assert [node.get("name") for node in wsdl.root.findall(f"{WSDL}service")] == [f"{prefix}Service"]
    (port,) = wsdl.root.findall(f"{WSDL}service/{WSDL}port")
    assert (port.get("name"), port.get("binding")) == (f"{prefix}Port", f"tns:{prefix}Binding")
    assert port.find(f"{SOAP}address").get("location") == f"http://localhost:8000{path}"
    assert len(wsdl.operations) == count


@pytest.mark.parametrize(("token", "userauth"), PAIRS_OF_GENERATIONS)
def test_token_generation_adds_the_session_operations(token: str, userauth: str) -> None:
    assert contract(token).operations.keys() - contract(userauth).operations.keys() == SESSION_OPERATIONS
    assert contract(userauth).operations.keys() <= contract(token).operations.keys()


@pytest.mark.parametrize(("rta", "elpl"), PAIRS_OF_PROCESSES)
def test_processes_differ_in_these_operations(rta: str, elpl: str) -> None:
    assert contract(rta).operations.keys() - contract(elpl).operations.keys() == RTA_OPERATIONS
    assert contract(elpl).operations.keys() - contract(rta).operations.keys() == ELPL_OPERATIONS


@pytest.mark.parametrize(("token", "userauth"), PAIRS_OF_GENERATIONS)
def test_generations_differ_in_the_credentials_alone(token: str, userauth: str) -> None:
    new, old = contract(token), contract(userauth)
    swap = {"accessToken": "userAuth"}
    for name in old.operations:
        assert [swap.get(field.name, field.name) for field in new.fields(name)] == [f.name for f in old.fields(name)]
        assert new.fields(f"{name}Response") == old.fields(f"{name}Response")
    assert new.shared_types - old.shared_types == {"tokenResponse"}
    assert old.shared_types - new.shared_types == {"userAuth"}
    common = new.shared_types & old.shared_types
    assert {name for name in common if new.fields(name) != old.fields(name)} == {"response"}
    assert [field.name for field in new.fields("response")] == ["code", "message", "details", "trace"]
    assert [field.name for field in old.fields("response")] == ["code", "message", "trace"]


@pytest.mark.parametrize(("rta", "elpl"), PAIRS_OF_PROCESSES)
def test_processes_differ_in_the_claim_type_and_what_is_mandatory(rta: str, elpl: str) -> None:
    motor, liability = contract(rta), contract(elpl)
    assert liability.shared_types - motor.shared_types == {"claimType"}
    assert motor.shared_types <= liability.shared_types
    for name in motor.shared_types:
        assert motor.fields(name) == [field for field in liability.fields(name) if field.type != "tns:claimType"]
        assert motor.base(name) == liability.base(name)
    holders = {name for name in liability.shared_types for f in liability.fields(name) if f.type == "tns:claimType"}
    assert holders == {"claim", "searchClaimCriteria"}
    for name in motor.operations.keys() & liability.operations.keys():
        assert [f[:2] for f in motor.fields(name)] == [f[:2] for f in liability.fields(name)]
        assert motor.fields(f"{name}Response") == liability.fields(f"{name}Response")


@pytest.mark.parametrize("name", ELPL)
def test_place_of_the_claim_type(name: str) -> None:
    wsdl = contract(name)
    claim = [field.name for field in wsdl.fields("claim")]
    criteria = [field.name for field in wsdl.fields("searchClaimCriteria")]
    assert claim[claim.index("claimType") - 1] == "attachmentsCount"
    assert criteria[criteria.index("claimType") - 1] == "CRReferenceNumber"


@each_file
def test_credentials_come_last(wsdl: Contract) -> None:
    for name in wsdl.operations.keys() - SESSION_OPERATIONS:
        names = [field.name for field in wsdl.fields(name)]
        followers = names[names.index(wsdl.credential) + 1 :]
        expected = ["A2ANotification"] if name in {"getNotificationsList", "removeNotification"} else []
        assert followers == expected, name
    for name in wsdl.operations.keys() & SESSION_OPERATIONS:
        assert wsdl.credential not in {field.name for field in wsdl.fields(name)}


@each_file
def test_credentials_are_mandatory_in_the_token_generation(wsdl: Contract) -> None:
    usual, kind = ("1", "xs:string") if wsdl.name in TOKEN else ("0", "tns:userAuth")
    exceptions = set()
    for name in wsdl.operations.keys() - SESSION_OPERATIONS:
        (field,) = [field for field in wsdl.fields(name) if field.name == wsdl.credential]
        assert field.type == kind
        if field.least != usual:
            exceptions.add(name)
    assert exceptions == CREDENTIAL_EXCEPTIONS[wsdl.name]


@each_file
def test_mandatory_request_elements(wsdl: Contract) -> None:
    found = {(name, field.name) for name in wsdl.operations for field in wsdl.fields(name) if field.least == "1" and field.name != wsdl.credential}
    assert found == MANDATORY_IN_FILE[wsdl.name]


@each_file
def test_requests_repeat_nothing_and_allow_no_nil(wsdl: Contract) -> None:
    for name in wsdl.operations:
        for field in (*wsdl.fields(name), *wsdl.fields(f"{name}Response")):
            assert (field.most, field.nillable) == ("1", False), (name, field)


@each_file
def test_irregular_reply_names(wsdl: Contract) -> None:
    irregular = {}
    for name in wsdl.operations:
        (field,) = wsdl.fields(f"{name}Response")
        kind = field.type.removeprefix("tns:")
        if field.name != kind:
            irregular[name] = (field.name, kind)
    expected = {name: pair for name, pair in IRREGULAR_REPLIES.items() if name in wsdl.operations}
    assert irregular == expected
    assert IRREGULAR_REPLIES.keys() - expected.keys() == ({"setStage1Payment"} if wsdl.name in ELPL else set())


@each_file
def test_irregular_request_names(wsdl: Contract) -> None:
    for name, expected in IRREGULAR_REQUESTS.items():
        if name in wsdl.operations:
            names = [field.name for field in wsdl.fields(name)]
            assert [n for n in names if n not in {"claimData", wsdl.credential}] == expected
        else:
            assert name in RTA_OPERATIONS


@each_file
def test_mandatory_replies(wsdl: Contract) -> None:
    mandatory = {name for name in wsdl.operations if wsdl.fields(f"{name}Response")[0].least == "1"}
    assert mandatory == {"acknowledgeRejectedClaim", "exitRejectedClaim"}


@each_file
def test_lists_repeat_one_nillable_element(wsdl: Contract) -> None:
    repeated = {name for name in wsdl.shared_types for field in wsdl.fields(name) if field.most != "1"}
    assert repeated == LISTS.keys()
    for name, (element, item) in LISTS.items():
        assert wsdl.fields(name) == [Field(element, item, "0", "unbounded", nillable=True)]


@each_file
def test_order_of_fields(wsdl: Contract) -> None:
    absent = "userAuth" if wsdl.name in TOKEN else "tokenResponse"
    for name in FIELD_ORDER.keys() - {absent}:
        assert [field.name for field in wsdl.fields(name)] == FIELD_ORDER[name]


@each_file
def test_replies_extend_response(wsdl: Contract) -> None:
    for name in wsdl.operations:
        (field,) = wsdl.fields(f"{name}Response")
        kind = field.type.removeprefix("tns:")
        assert kind == "response" or wsdl.base(kind) == "tns:response"
    assert wsdl.base("attachment") == "tns:attachmentInput"
    assert wsdl.base("organisation") == "tns:organisationInfo"


@each_file
def test_code_lists(wsdl: Contract) -> None:
    lists = {
        name: [node.get("value") for node in wsdl.types[name].iter(f"{XS}enumeration")]
        for name in wsdl.types
        if wsdl.types[name].tag == f"{XS}simpleType"
    }
    expected = {
        "responseCode": ["Ok", "Failure", "Error"],
        "sortField": ["StartDate", "UpdateDate", "ApplicationId", "Priority", "DispatchDate"],
        "sortOrder": ["Asc", "Desc"],
    }
    assert lists == expected | ({"claimType": ["EL", "PL", "ELD"]} if wsdl.name in ELPL else {})


@each_file
def test_every_operation_is_wired(wsdl: Contract) -> None:
    prefix = SERVICES[wsdl.name][1]
    wrappers = {name + end for name in wsdl.operations for end in ("", "Response")}
    elements = {node.get("name"): node.get("type") for node in wsdl.schema.findall(f"{XS}element")}
    assert elements == {name: f"tns:{name}" for name in wrappers}
    assert wrappers <= wsdl.types.keys()
    messages = {node.get("name"): [(part.get("name"), part.get("element")) for part in node] for node in wsdl.root.findall(f"{WSDL}message")}
    assert messages == {f"{prefix}_{name}": [("parameters", f"tns:{name}")] for name in wrappers}
    for name, operation in wsdl.operations.items():
        ends = [(node.tag, node.get("message")) for node in operation if node.tag != f"{WSDL}documentation"]
        assert ends == [
            (f"{WSDL}input", f"tns:{prefix}_{name}"),
            (f"{WSDL}output", f"tns:{prefix}_{name}Response"),
        ]


@each_file
def test_every_operation_is_bound_without_a_soap_action(wsdl: Contract) -> None:
    (binding,) = wsdl.root.findall(f"{WSDL}binding")
    assert binding.get("type") == f"tns:{SERVICES[wsdl.name][1]}"
    soap = binding.find(f"{SOAP}binding")
    assert (soap.get("style"), soap.get("transport")) == ("document", "http://schemas.xmlsoap.org/soap/http")
    bound = binding.findall(f"{WSDL}operation")
    assert len(bound) == len(wsdl.operations)
    assert {node.get("name") for node in bound} == wsdl.operations.keys()
    for operation in bound:
        assert [dict(node.attrib) for node in operation.findall(f"{SOAP}operation")] == [{"soapAction": ""}]
        for end in ("input", "output"):
            assert [dict(node.attrib) for node in operation.findall(f"{WSDL}{end}/*")] == [{"use": "literal"}]


@each_file
def test_no_faults_and_no_exception_type(wsdl: Contract) -> None:
    assert not list(wsdl.root.iter(f"{WSDL}fault"))
    assert not [name for name in wsdl.types if "Exception" in name]
    assert any("PIPException" in node.text for node in wsdl.root.iterchildren(etree.Comment))


@each_file
def test_schema_stands_alone(wsdl: Contract) -> None:
    assert not list(wsdl.schema.iter(f"{XS}import", f"{XS}include"))
    etree.XMLSchema(etree.fromstring(etree.tostring(wsdl.schema)))


@each_file
def test_children_are_unqualified(wsdl: Contract) -> None:
    assert wsdl.schema.get("elementFormDefault") == "unqualified"
    assert not wsdl.root.xpath("//@form")
    schema = etree.XMLSchema(wsdl.schema)
    namespace = SERVICES[wsdl.name][0]
    credential = "<accessToken>t</accessToken>" if wsdl.name in TOKEN else "<userAuth><asUser>u</asUser></userAuth>"
    request = f'<t:getClaim xmlns:t="{namespace}"><applicationId>1</applicationId>{credential}</t:getClaim>'
    assert schema.validate(etree.fromstring(request))
    assert not schema.validate(etree.fromstring(request.replace("applicationId>", "t:applicationId>")))
    out_of_order = f'<t:getClaim xmlns:t="{namespace}">{credential}<applicationId>1</applicationId></t:getClaim>'
    assert not schema.validate(etree.fromstring(out_of_order))


@each_file
def test_everything_is_documented(wsdl: Contract) -> None:
    for name, operation in wsdl.operations.items():
        assert operation.findtext(f"{WSDL}documentation", "").strip().startswith("Caller: "), name
    for name, node in wsdl.types.items():
        assert node.findtext(f"{XS}annotation/{XS}documentation", "").strip(), name
    for node in wsdl.schema.iter(f"{XS}enumeration"):
        assert node.findtext(f"{XS}annotation/{XS}documentation", "").strip(), node.get("value")


@each_file
def test_layout(wsdl: Contract) -> None:
    longest = 160
    data = (FOLDER / f"{wsdl.name}.wsdl").read_bytes()
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    assert data.isascii()
    assert data.endswith(b">\n")
    for number, line in enumerate(data.decode().splitlines(), start=1):
        assert len(line) <= longest, number
        assert line == line.rstrip(), number
        assert "\t" not in line, number
        assert (len(line) - len(line.lstrip(" "))) % 2 == 0, number


@each_file
def test_zeep_loads_it(wsdl: Contract) -> None:
    client = zeep.Client(str(FOLDER / f"{wsdl.name}.wsdl"))
    prefix = SERVICES[wsdl.name][1]
    (service,) = client.wsdl.services.values()
    operations = service.ports[f"{prefix}Port"].binding.all()
    assert operations.keys() == wsdl.operations.keys()
    assert not any(operation.soapaction for operation in operations.values())
