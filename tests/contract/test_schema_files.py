"""The claim-document schemas: that ordinary tools accept them, what is in force when, and the code lists and facets."""

import copy
import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from gateway import resources
from gateway.xml import schemas

FOLDER = Path(__file__).parents[2] / "schemas"
FILES = sorted(FOLDER.glob("*/*.xsd"))
XS = "{http://www.w3.org/2001/XMLSchema}"

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")

# Root element of each operation's document, the same in all releases but for one exception.
ROOTS = {
    "addClaim": "DocumentInput",
    "resendRejectedClaim": "DocumentInput",
    "sendLiabilityDecision": "InsurerResponseA2A",
    "addInterimSPFRequest": "InterimSettlementPackRequest",
    "addInterimSPFResponse": "InterimSettlementPackResponse",
    "addStage2SPFRequest": "Stage2SettlementPackRequest",
    "addStage2SPFResponse": "Stage2SettlementPackResponse",
    "addStage2SPFCounterOfferByCM": "Stage2SettlementPackCounterOfferByCM",
    "addStage2SPFCounterOfferByCR": "Stage2SettlementPackCounterOfferByCR",
    "addCPPFRequest": "CourtProceedingPackRequest",
    "addCPPFResponse": "CourtProceedingPackResponse",
    "getClaim": "Data",
}
RTA_ONLY = {
    "addS2SPFAdditionalDamagesRequest": "Stage2SettlementPackAdditionalDamagesRequest",
    "addS2SPFAdditionalDamagesResponse": "Stage2SettlementPackAdditionalDamagesResponse",
}
EXCEPTIONS = {("rta", "R3", "resendRejectedClaim"): "TempDocumentInput"}

# One head of loss of a counter offer as release 7 allows it.
OFFER = '<CurrentClaimantOffer LossType="16" EvidenceAttached="1" GrossValueClaimed="240" PercContribNegDeductions="0" Interest="0"/>'
RELEASES = [("rta", "R3"), ("rta", "R5"), ("rta", "R6"), ("rta", "R7"), ("elpl", "R3"), ("elpl", "R5"), ("elpl", "R6")]

every_release = pytest.mark.parametrize(("process", "release"), RELEASES)


def documentation(node: etree._Element) -> str:
    """Return the description a schema component carries itself."""
    return " ".join((node.findtext(f"{XS}annotation/{XS}documentation") or "").split())


def type_named(process: str, release: str, operation: str, name: str) -> etree._Element:
    """Return the definition of a named type in the schema in force."""
    root = etree.parse(str(schemas.schema_for(process, release, operation).path)).getroot()
    (found,) = [node for node in root if node.get("name") == name and node.tag != f"{XS}element"]
    return found


def codes(process: str, release: str, holder: str, attribute: str) -> set[str]:
    """Return the values that getClaim allows for an attribute of one of its types."""
    owner = type_named(process, release, "getClaim", holder)
    (field,) = [node for node in owner.iter(f"{XS}attribute") if node.get("name") == attribute]
    listed = type_named(process, release, "getClaim", str(field.get("type"))).iter(f"{XS}enumeration")
    return {str(node.get("value")) for node in listed}


# --- the files -----------------------------------------------------------------------------------------------------


def test_there_are_53_files() -> None:
    assert len(list(FOLDER.glob("rta/*.xsd"))) == 37
    assert len(list(FOLDER.glob("elpl/*.xsd"))) == 16


@every_file
def test_both_engines_compile_it(path: Path) -> None:
    etree.XMLSchema(etree.parse(str(path)))
    xmlschema.XMLSchema10(path)


@every_file
def test_it_stands_alone_and_qualifies_nothing(path: Path) -> None:
    root = etree.parse(str(path)).getroot()
    assert not root.findall(f"{XS}import") + root.findall(f"{XS}include")
    assert root.get("targetNamespace") is None
    assert (root.get("elementFormDefault"), root.get("attributeFormDefault")) == ("unqualified", "unqualified")


@every_file
def test_every_type_says_what_it_is(path: Path) -> None:
    root = etree.parse(str(path)).getroot()
    silent = []
    for node in root.iter(f"{XS}complexType", f"{XS}simpleType"):
        speaker = node if node.get("name") else node.getparent()
        if speaker is None or len(documentation(speaker)) < 3:
            silent.append((node.sourceline, None if speaker is None else speaker.get("name")))
    assert not silent
    assert all(documentation(element) for element in root.findall(f"{XS}element"))
    assert documentation(root)


@every_file
def test_every_code_value_has_its_meaning(path: Path) -> None:
    values = list(etree.parse(str(path)).iter(f"{XS}enumeration"))
    assert values
    assert [node.get("value") for node in values if not documentation(node)] == []


@every_file
def test_it_is_laid_out(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    assert text.endswith("</xs:schema>\n")
    lines = text.splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 160 or "\t" in line or line != line.rstrip()] == []
    assert all((len(line) - len(line.lstrip(" "))) % 2 == 0 for line in lines)


# --- what is in force ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_releases_are_complete_and_in_order(process: str) -> None:
    found = schemas.releases(process)
    assert [(process, release.name) for release in found] == [pair for pair in RELEASES if pair[0] == process]
    for numbering in ("production", "integration"):
        versions = [release.versions(numbering) for release in found]
        assert [one.first.number for one in versions] == sorted({one.first.number for one in versions})
        for release, one in zip(found, versions, strict=True):
            stamped = schemas.version_to_release(process, one.stamp.major, one.stamp.minor, numbering)
            assert stamped == release.name
            assert one.stamp.minor < 10
    assert all(release.basis[:2] in ("S:", "I:", "U:") for release in found)


@every_release
def test_every_operation_has_its_document(process: str, release: str) -> None:
    expected = ROOTS | (RTA_ONLY if process == "rta" else {})
    assert set(schemas.release_named(process, release).messages) == set(expected)
    for operation, root in expected.items():
        schema = schemas.schema_for(process, release, operation)
        assert schema.path.is_file()
        assert schema.name == schema.path.stem
        assert schema.root_name == EXCEPTIONS.get((process, release, operation), root)
        assert len(schema.root_names) == 1 or operation == "getClaim"
        assert isinstance(schema.compiled, etree.XMLSchema)
        assert schema is schemas.schema_for(process, release, operation)
        assert schema.compiled is schema.compiled


def test_every_file_is_in_force_in_some_release() -> None:
    used = {(process, name) for process, release in RELEASES for name in schemas.release_named(process, release).messages.values()}
    assert {(path.parent.name, path.stem) for path in FILES} == used
    assert {(process, name) for process in ("rta", "elpl") for name in schemas.schema_names(process)} == used


@pytest.mark.parametrize(
    ("process", "numbering", "version", "release"),
    [
        ("rta", "production", "3.3", "R3"),
        ("rta", "production", "4.1", "R3"),
        ("rta", "production", "4.2", "R5"),
        ("rta", "production", "5.0", "R5"),
        ("rta", "production", "6.0", "R6"),
        ("rta", "production", "6.9", "R6"),
        ("rta", "production", "7.0", "R7"),
        ("rta", "production", "12.0", "R7"),
        ("rta", "production", "4.10", "R3"),  # read as 4.1
        ("rta", "integration", "5.5", "R3"),
        ("rta", "integration", "6.7", "R3"),
        ("rta", "integration", "6.8", "R5"),
        ("rta", "integration", "7.0", "R5"),
        ("rta", "integration", "8.2", "R6"),
        ("rta", "integration", "9.0", "R7"),
        ("elpl", "production", "1.0", "R3"),
        ("elpl", "production", "1.8", "R3"),
        ("elpl", "production", "1.9", "R5"),
        ("elpl", "production", "5.1", "R5"),
        ("elpl", "production", "6.0", "R6"),
        ("elpl", "integration", "2.2", "R3"),
        ("elpl", "integration", "2.3", "R5"),
        ("elpl", "integration", "5.0", "R5"),
        ("elpl", "integration", "5.1", "R6"),
    ],
)
def test_a_process_version_means_a_release(process: str, numbering: str, version: str, release: str) -> None:
    parsed = schemas.Version.parse(version)
    assert schemas.version_to_release(process, parsed.major, parsed.minor, numbering) == release


@pytest.mark.parametrize(("major", "minor", "numbering"), [(3, 2, "production"), (5, 4, "integration"), (0, 9, "production")])
def test_older_versions_are_not_known(major: int, minor: int, numbering: str) -> None:
    with pytest.raises(LookupError, match=f"{major}.{minor}"):
        schemas.version_to_release("rta", major, minor, numbering)


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match="R7"):
        schemas.release_named("elpl", "R7")
    with pytest.raises(LookupError, match="addS2SPFAdditionalDamagesRequest"):
        schemas.schema_for("elpl", "R6", "addS2SPFAdditionalDamagesRequest")
    with pytest.raises(LookupError, match="motor"):
        schemas.releases("motor")
    with pytest.raises(LookupError, match="test"):
        schemas.version_to_release("rta", 7, 0, "test")
    with pytest.raises(LookupError, match="Nothing"):
        schemas.schema_named("rta", "Nothing-v1.0")
    with pytest.raises(FileNotFoundError, match="no-such-folder"):
        resources.folder("no-such-folder")


@pytest.mark.parametrize("text", ["7", "7.", ".1", "7.0.1", "seven", "-1.0", ""])
def test_a_version_is_major_dot_minor(text: str) -> None:
    with pytest.raises(ValueError, match="process version"):
        schemas.Version.parse(text)


def test_threads_share_a_schema() -> None:
    schema = schemas.schema_for("rta", "R7", "addStage2SPFCounterOfferByCR")
    wrong: list[str] = []

    def ask(document: etree._Element, expected: bool) -> None:
        wrong.extend("verdict" for _ in range(200) if schema.is_valid(document) is not expected)

    threads = [threading.Thread(target=ask, args=(counter_offer(OFFER * (16 + n % 2)), n % 2 == 0)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# --- code lists ----------------------------------------------------------------------------------------------------

EXIT_BY_REPRESENTATIVE = {
    ("rta", "R3"): "2 3 4 5 6 7 8 10",
    ("rta", "R5"): "2 3 4 5 6 7 8 10 11 12 13",
    ("rta", "R6"): "2 3 4 5 6 7 8 10 11 12 13",
    ("rta", "R7"): "2 3 4 5 6 7 8 10 11 12 13 14",
    ("elpl", "R3"): "2 3 4 5 6 7 8 10",
    ("elpl", "R5"): "2 3 4 5 6 7 8 10 11 12 13 14 15",
    ("elpl", "R6"): "2 3 4 5 6 7 8 10 11 12 13 14 15",
}
EXIT_BY_COMPENSATOR = dict.fromkeys(RELEASES, "1 2 3 6 7 9 10") | {("rta", "R7"): "1 2 3 6 7 9 10 14"}
REJECTION = {
    ("rta", "R5"): ("CT_Rejection", "0 1 2"),
    ("rta", "R6"): ("CT_Rejection", "0 1 2"),
    ("rta", "R7"): ("CT_Rejection", "0 1 2"),
    ("elpl", "R5"): ("CT_Rejection_ELPL", "0 1"),
    ("elpl", "R6"): ("CT_Rejection_ELPL", "0 1"),
}
# The longest list of heads of loss that a settlement pack may hold, and the codes that may stand in it.
HEADS_OF_LOSS = {
    ("rta", "R3"): (15, "0 1 2 3 4 5 6 7 8 9 10 11 13 14 15"),
    ("rta", "R5"): (15, "0 1 2 3 4 5 6 7 8 9 10 11 13 14 15"),
    ("rta", "R6"): (15, "0 1 2 3 4 5 6 7 8 9 10 11 13 14 15"),
    ("rta", "R7"): (16, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"),
    ("elpl", "R3"): (11, "4 5 6 7 8 9 10 11 13 14 15"),
    ("elpl", "R5"): (11, "4 5 6 7 8 9 10 11 13 14 15"),
    ("elpl", "R6"): (11, "4 5 6 7 8 9 10 11 13 14 15"),
}


@every_release
def test_exit_codes(process: str, release: str) -> None:
    assert codes(process, release, "CT_ExitCR", "ExitReasonCode") == set(EXIT_BY_REPRESENTATIVE[process, release].split())
    assert codes(process, release, "CT_ExitCM", "ExitReasonCode") == set(EXIT_BY_COMPENSATOR[process, release].split())


@every_release
def test_rejection_codes_since_release_5(process: str, release: str) -> None:
    if (process, release) in REJECTION:
        holder, expected = REJECTION[process, release]
        assert codes(process, release, holder, "RejectionReasonCode") == set(expected.split())
    else:
        text = schemas.schema_for(process, release, "getClaim").path.read_text("utf-8")
        assert "RejectionReasonCode" not in text


@every_release
def test_heads_of_loss_of_the_stage_2_settlement_pack(process: str, release: str) -> None:
    root = etree.parse(str(schemas.schema_for(process, release, "addStage2SPFRequest").path)).getroot()
    (offer,) = [node for node in root.iter(f"{XS}element") if node.get("name") == "CurrentClaimantOffer"]
    holder = type_named(process, release, "addStage2SPFRequest", str(offer.get("type")))
    (kind,) = [node.get("type") for node in holder.iter(f"{XS}attribute") if node.get("name") == "LossType"]
    listed = type_named(process, release, "addStage2SPFRequest", str(kind)).iter(f"{XS}enumeration")
    most, expected = HEADS_OF_LOSS[process, release]
    assert int(str(offer.get("maxOccurs"))) == most
    assert {node.get("value") for node in listed} == set(expected.split())


# --- facets, on the real types -------------------------------------------------------------------------------------


@cache
def probe(process: str, name: str) -> tuple[etree.XMLSchema, xmlschema.XMLSchema10]:
    """Return the schema `name`, to which an element for each simple type has been added."""
    root = copy.deepcopy(etree.parse(str(FOLDER / process / f"{name}.xsd")).getroot())
    for node in root.findall(f"{XS}simpleType"):
        element = etree.SubElement(root, f"{XS}element", name=f"probe-{node.get('name')}")
        holder = etree.SubElement(element, f"{XS}complexType")
        etree.SubElement(holder, f"{XS}attribute", name="value", type=str(node.get("name")))
    return etree.XMLSchema(root), xmlschema.XMLSchema10(etree.tostring(root, encoding="unicode"))


def accepts(process: str, name: str, simple_type: str, value: str) -> bool:
    """Return what both engines say about a value of a simple type; they have to agree."""
    element = etree.Element(f"probe-{simple_type}", value=value)
    libxml2, pure = probe(process, name)
    verdict = bool(libxml2.validate(element))
    assert pure.is_valid(element) is verdict, f"the engines disagree on {value!r}"
    return verdict


CNF = "AddClaim_ClaimData-v3.8"
SAMPLES: list[tuple[str, str, str, list[str], list[str]]] = [
    (
        "rta",
        CNF,
        "ST_NationalInsuranceNumber",
        ["AB123456C", "AB123456 ", "ZZ999999A", "JG103759D"],
        ["", "AB123456E", "DA123456A", "QQ123456C", "AO123456A", "AB12345C", "AB1234567C", "ab123456c", "AB 123456"],
    ),
    ("rta", CNF, "ST_PostCode", ["", "SW1A 1AA", "M1 1AE", "x" * 8], ["x" * 9, "SW1A  1AA"]),
    (
        "rta",
        CNF,
        "ST_AskCUEPIReference",
        ["ASKCUEPI1", "ASKCUEPI1234567890", "1", "1234567890"],
        ["", "ASKCUEPI", "ASKCUEPI12345678901", "12345678901", "askcuepi1", "ASKCUEPI 1", "ASKCUEPI1 "],
    ),
    ("rta", "GetClaim_ClaimData-v4.0", "ST_AskCUEPIReference", ["ASKCUEPI1"], ["1", "1234567890"]),
    (
        "rta",
        CNF,
        "ST_Date",
        ["1900-01-01", "2021-05-31", "2024-02-29"],
        ["1899-12-31", "2023-02-29", "01/01/2020", "2020-1-1", "2020-01-01T00:00:00", ""],
    ),
    (
        "rta",
        CNF,
        "ST_Time",
        ["00:00", "23:59", "09:30", "19:05:59", "20:00"],
        ["24:00", "9:30", "09:60", "09:30:60", "09:30:00:00", "0930", "09.30", ""],
    ),
    (
        "rta",
        CNF,
        "ST_OICReferenceNumber",
        ["OIC-1", "OIC-12-34", "OIC-" + "1" * 28],
        ["OIC-", "OIC-" + "1" * 29, "OIC1"],
    ),
    ("rta", "ResendRejectedClaim_ClaimData-v3.6", "ST_OICReferenceNumber", ["OIC-1"], ["OIC-12-34", "OIC-12345678901"]),
    (
        "rta",
        "AddStage2SPFRequest_S2SPFRequestXML-v3.4",
        "ST_MedCoCaseID",
        ["1/2", "123456789/0"],
        ["", "12", "1/23", "1234567890/1", "1//2", "a/1"],
    ),
    (
        "rta",
        "AddStage2SPFResponse_S2SPFResponseXML-v3.3",
        "ST_CRUReferenceNumber",
        ["ABC123", "abc123"],
        ["", "AB1234"],
    ),
    ("rta", "AddStage2SPFResponse_S2SPFResponseXML-v3.2", "ST_CRUReferenceNumber", ["ABC123", "", "AB1234"], []),
    (
        "rta",
        CNF,
        "ST_INPUT_ReferenceNumber",
        ["A", "é", "(", "REF 1/2.3-4", "R\\1", "A" * 50],
        ["", *(f"{sign}1" for sign in "|¦#$,£~^`[]{}_€¬"), "A#", "A_1", "A" * 51],
    ),
    ("rta", CNF, "ST_OtherTitle", ["", "Dr", "Prof.", "Rev. A B"], ["Dr ", "Mr-", "Lord Mayor", "A0"]),
    ("rta", CNF, "C00_YNFlag", ["0", "1", "01"], ["2", "", "true", "Y"]),
    (
        "rta",
        "AddStage2SPFRequest_S2SPFRequestXML-v3.4",
        "ST_Value",
        ["0", "-1", "9999999999999.99", "1.5", "123456789012345"],
        ["1.005", "1234567890123456", "1,000.00", "£1", "", "1e3"],
    ),
    (
        "rta",
        "AddStage2SPFRequest_S2SPFRequestXML-v3.4",
        "ST_Percent",
        ["0", "100", "99.99", "100.00"],
        ["-0.01", "100.01", "5.005", "5%"],
    ),
    ("rta", "AddCPPFRequest_CPPFRequestXML-v3.1", "CT_DisbursementId", ["1", "12"], ["0", "13", "1.0"]),
    ("rta", "AddCPPFRequest_CPPFRequestXML-v3.3", "CT_DisbursementId", ["1", "17"], ["0", "18"]),
    ("rta", CNF, "ST_OccupantsNumber", ["0", "53"], ["-1", "1.5", "many"]),
    ("elpl", "AddClaim_ClaimData-v1.4", "ST_INPUT_Comments5000", ["x", "é" * 5000], ["", "x" * 5001]),
    ("elpl", "AddClaim_ClaimData-v1.4", "C30_ClaimType", ["EL", "ELD", "PL"], ["el", "RTA", ""]),
]


def each_sample() -> Iterator[tuple[str, str, str, str, bool]]:
    """Yield one case for each sample value."""
    for process, name, simple_type, good, bad in SAMPLES:
        yield from ((process, name, simple_type, value, True) for value in good)
        yield from ((process, name, simple_type, value, False) for value in bad)


@pytest.mark.parametrize(
    ("process", "name", "simple_type", "value", "expected"),
    [pytest.param(*case, id=re.sub(r"[^\w.-]", "?", f"{case[2]}-{case[3][:24]}-{case[4]}")) for case in each_sample()],
)
def test_a_facet_draws_the_line(process: str, name: str, simple_type: str, value: str, expected: bool) -> None:
    assert accepts(process, name, simple_type, value) is expected


# --- structure -----------------------------------------------------------------------------------------------------


def counter_offer(offers: str, agreement: str = '<AgreementDetails GrossAmount="1" InterimPaymentAmount="0"/>') -> etree._Element:
    """Return a counter offer of a claimant representative."""
    return etree.fromstring(
        f"<Stage2SettlementPackCounterOfferByCR><ClaimantLosses>{offers}</ClaimantLosses>"
        f"<AgreementData><FinalAgreementDetails>{agreement}</FinalAgreementDetails></AgreementData>"
        "</Stage2SettlementPackCounterOfferByCR>"
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(counter_offer(OFFER), True, id="one head"),
        pytest.param(counter_offer(OFFER * 16), True, id="as many heads as allowed"),
        pytest.param(counter_offer(OFFER * 17), False, id="one head too many"),
        pytest.param(counter_offer(""), True, id="no head"),
        pytest.param(counter_offer(OFFER, ""), False, id="no agreement"),
        pytest.param(counter_offer(OFFER.replace(' Interest="0"', "")), False, id="compulsory attribute missing"),
        pytest.param(counter_offer(OFFER.replace(" Interest", ' Reason="x" Interest')), False, id="unknown attribute"),
        pytest.param(counter_offer(OFFER.replace("/>", ' TariffType="1"/>')), True, id="optional attribute"),
        pytest.param(counter_offer(OFFER.replace("16", "17")), False, id="unknown head"),
        pytest.param(etree.fromstring("<Stage2SettlementPackCounterOfferByCM/>"), False, id="another root"),
    ],
)
def test_a_document_is_judged_alike_by_both_engines(document: etree._Element, expected: bool) -> None:
    schema = schemas.schema_for("rta", "R7", "addStage2SPFCounterOfferByCR")
    assert schema.is_valid(document) is expected
    assert xmlschema.XMLSchema10(schema.path).is_valid(document) is expected


def test_before_release_7_there_is_no_tariff() -> None:
    older = schemas.schema_for("rta", "R6", "addStage2SPFCounterOfferByCR")
    assert not older.is_valid(counter_offer(OFFER))
    assert older.is_valid(counter_offer(OFFER.replace("16", "11")))


def test_offers_and_replies_of_get_claim_come_in_any_order() -> None:
    schema = schemas.schema_for("rta", "R7", "getClaim")
    ours, theirs = '<ClaimantResponsesToDefendantReplies GrossAmount="1"/>', "<DefendantResponsesToClaimantReplies/>"
    for replies, expected in ((ours + theirs + ours, True), (theirs * 3 + ours, True), ("", True), ("<Other/>", False)):
        data = f"<AgreementData>{replies}<FinalAgreementDetails/></AgreementData>"
        pack = etree.fromstring(f"<Stage2SettlementPack>{data}</Stage2SettlementPack>")
        assert schema.is_valid(pack) is expected
