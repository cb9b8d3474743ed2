"""The getClaim document: valid in every state of stage 1, and everything in its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.xml import get_claim_stage1
from gateway.xml.get_claim import ClaimView, Party, Sent, User, _plan, build
from gateway.xml.get_claim_table import DEADLINES, ROWS
from gateway.xml.project import Part
from gateway.xml.schemas import releases, schema_for

FIXTURES = Path(__file__).parents[2] / "fixtures"
FORMS = ("addClaim", "resendRejectedClaim")

QUILL = Party(
    "CR00001",
    "/CR00001",
    "Quillfeather Injury Law LLP",
    "001",
    "Head office",
    {"addressType": "F", "houseName": "Quill House", "houseNumber": "12", "street1": "Elm Row", "city": "Northbridge", "postCode": "ZZ99 1AA"},
)
THISTLE = Party(
    "COMP001",
    "/COMP001",
    "Thistledown Insurance plc",
    "002",
    "Saltmouth claims centre",
    {"addressType": "F", "street1": "Ropewalk", "city": "Saltmouth", "postCode": "ZZ99 3DD"},
)
MIB = Party("COMP900", "/COMP900", "Motor Insurers' Bureau (sandbox)", "001", "Central point")


@cache
def fixture(process: str, operation: str, name: str) -> bytes:
    return (FIXTURES / process / "valid" / operation / name).read_bytes()


def sent(documents: dict[str, bytes | str]) -> tuple[Sent, ...]:
    """As if sent in this order, all on one day."""
    return tuple(Sent(operation, body, date(2026, 11, 20), number) for number, (operation, body) in enumerate(documents.items(), 1))


def view(process: str = "rta", release: str = "R7", form: str | bytes = "adult-driver.xml", **fields: Any) -> ClaimView:
    """A claim just sent. `form` is a fixture's name, or the form itself."""
    body = form if isinstance(form, bytes) else fixture(process, "addClaim", form)
    given: dict[str, Any] = {
        "process": process,
        "release": release,
        "viewer": "compensator",
        "application_id": "0000000000017776",
        "claimant_representative": QUILL,
        "compensator": THISTLE,
        "sent_on": date(2026, 11, 20),
        "documents": sent({"addClaim": body}),
    }
    return ClaimView(**(given | fields))


def answered(claim: ClaimView, response: str = "admitted.xml") -> ClaimView:
    answer = Sent("sendLiabilityDecision", fixture(claim.process, "sendLiabilityDecision", response), date(2026, 12, 1), 5)
    return replace(claim, documents=(*claim.documents, answer), responded_on=date(2026, 12, 1), child_at_stage1_response=False)


def at(document: str, path: str) -> Any:
    """What is at a relative XPath: the value of an attribute, None when it is not there; or the number of elements."""
    found: Any = etree.fromstring(document).xpath(path)
    if "@" not in path:
        return len(found)
    assert len(found) <= 1
    return str(found[0]) if found else None


def cases() -> Iterator[Any]:
    for process in ("rta", "elpl"):
        index = tomllib.loads((FIXTURES / process / "index.toml").read_text())["valid"]
        for operation in FORMS:
            for name, meta in index[operation].items():
                for release in meta["releases"]:
                    responses = [each for each, its in index["sendLiabilityDecision"].items() if release in its["releases"]]
                    yield pytest.param(process, operation, name, release, responses, id=f"{process}-{release}-{operation}-{name}")


@pytest.mark.parametrize(("process", "operation", "name", "release", "responses"), list(cases()))
def test_the_document_is_valid_in_every_state(process: str, operation: str, name: str, release: str, responses: list[str]) -> None:
    form = fixture(process, operation, name)
    new = view(process, release, form, documents=sent({operation: form}))
    deadlines = {kind: date(2026, 12, 12) for kind in DEADLINES}
    accepted = replace(
        new,
        article75=True,
        deadlines=deadlines,
        running=("liability-mib", date(2026, 12, 12)),
        accepting_branch_id="001",
        accepting_branch_name="Central point",
        insurer_claim_reference_number="TI/26/1",
        compensator_user=User("comp1-handler", "Ivo", "Larkfield"),
        claimant_representative_user=User("cr1-handler", "Ada", "Thornbury"),
    )
    rejected = replace(new, rejection_reason_code="1", running=None, ended_on=date(2026, 12, 24))
    states = [new, accepted, rejected, *(answered(accepted, response) for response in responses)]
    schema = schema_for(process, release, "getClaim")
    for state in states:
        for viewer in ("claimant-representative", "compensator"):
            document = build(replace(state, viewer=viewer))
            assert schema.is_valid(etree.fromstring(document)), schema.compiled.error_log.last_error


def test_the_fixtures_are_there_for_every_release() -> None:
    seen = {(case.values[0], case.values[1], case.values[3]) for case in cases()}
    assert seen == {(process, form, each.name) for process in ("rta", "elpl") for form in FORMS for each in releases(process)}


RTA = {
    "ApplicationData/ApplicationIDs/@ClaimID": "0000000000017776",
    "ApplicationData/ApplicationIDs/@RepresentativeID": "CR00001",
    "ApplicationData/ApplicationIDs/@RepresentativeName": "Quillfeather Injury Law LLP",
    "ApplicationData/ApplicationIDs/@RepresentativeBranchID": "001",
    "ApplicationData/ApplicationIDs/@RepresentativeBranchName": "Head office",
    "ApplicationData/ApplicationIDs/@RepresentativeOrgPath": "/CR00001",
    "ApplicationData/ApplicationIDs/@InsurerID": "COMP001",
    "ApplicationData/ApplicationIDs/@InsurerName": "Thistledown Insurance plc",
    "ApplicationData/ApplicationIDs/@InsurerBranchID": "002",
    "ApplicationData/ApplicationIDs/@InsurerBranchName": "Saltmouth claims centre",
    "ApplicationData/ApplicationIDs/@InsurerAcceptingBranchID": "001",
    "ApplicationData/ApplicationIDs/@InsurerAcceptingBranchName": "Central point",
    "ApplicationData/ApplicationIDs/@InsurerClaimReferenceNumber": "TI/26/1",
    "ApplicationData/ApplicationIDs/@AllocatedUserId": "comp1-handler",
    "ApplicationData/ApplicationIDs/@AllocatedSurname": "Larkfield",
    "ApplicationData/ApplicationIDs/@ClaimValue": "1",
    "ApplicationData/ApplicationIDs/@AskCUEPIReference": "ASKCUEPI3300417",
    "ApplicationData/ApplicationIDs/@EndDate": None,
    "ApplicationData/ClaimDetails/@SentDate": "2026-11-20",
    "ApplicationData/ClaimDetails/@Article75": "0",
    "ApplicationData/ClaimDetails/@ClaimValue": "1",
    "ApplicationData/ClaimDetails/@OICReferenceNumber": "OIC-1204873",
    "ApplicationData/ClaimantDetails/@isClaimantChildAtStage1Response": "0",
    "ApplicationData/StatementOfTruth/@SignatoryType": "S",
    "ApplicationData/StatementOfTruth/@RetainedSignedCopy": "1",
    "ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserId": "comp1-handler",
    "ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserName": "Ivo",
    "ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserSurname": "Larkfield",
    "ApplicationData/AllocatedUser/AllocatedCR/@AllocatedUserId": None,
    "ApplicationData/Rejection/@RejectionReasonCode": None,
    "ApplicationData/TransfersList/@Transferred": "0",
    "ApplicationData/TransfersList/Transfer": 0,
    "ClaimAndClaimantDetails/ClaimantRepresentative/@LitigantInPerson": "0",
    "ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails/@ReferenceNumber": "QF/2026/04417",
    "ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails/Address/@Street1": "Larch Row",
    "ClaimAndClaimantDetails/DefendantDetails/@PolicyNumberReference": "TI-7710482/26",
    "ClaimAndClaimantDetails/DefendantDetails/PersonalDetails/@Surname": "Sutcliffe",
    "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/@InsurerType": "I",
    "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/@InsurerOrganizationID": "COMP001",
    "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/BranchDetails/@BranchPath": "/COMP001/002",
    "ClaimAndClaimantDetails/DefendantDetails/CompanyDetails": 1,
    "ClaimAndClaimantDetails/ClaimantDetails/@NationalInsuranceNumber": "JR482913B",
    "ClaimAndClaimantDetails/ClaimantDetails/Vehicle/@VRN": "LS44 KJE",
    "MedicalDetails/Injury/@TimeOffPeriod": "9",
    "MedicalDetails/Hospital": 0,
    "MedicalDetails/HospitalSearch": 1,
    "RepairsAndAlternativeVehicleProvision/Repairs/@ClaiimingDamageOwnVehicle": "1",
    "AccidentData/AccidentDetails/@AccidentTime": "08:25",
    "AccidentData/AccidentDetails/Driver/Address": 1,
    "AccidentData/BusCoach/@BussOrCoach": "0",
    "OtherPartyDetails/OtherParty": 0,
    "LiabilityFunding/Liability/@OP1Responsability": None,
    "LiabilityFunding/Funding": 0,
    "InsurerResponse/@Capacity": "1",
    "InsurerResponse/LiabilityCausation/@LiabilityDecision": "N",
    "InsurerResponse/LiabilityCausation/DefendantAdmits/@CausedByDefendant": "0",
    "InsurerResponse/ProvidedServices/@PreparedToProvideReabilitation": "0",
    "InsurerResponse/ProvidedServices/@NotificationDate": "2026-11-20",
    "InsurerResponse/ProvidedServices/@ResponseDate": "2026-12-01",
    "InsurerResponse/ProvidedServices/DefendantsInsurer/@CompanyName": "Thistledown Insurance plc",
    "InsurerResponse/ProvidedServices/DefendantsInsurer/@BranchName": "Saltmouth claims centre",
    "InsurerResponse/ProvidedServices/DefendantsInsurer/@ContactSurname": "Larkfield",
    "InsurerResponse/ProvidedServices/DefendantsInsurer/Address/@City": "Saltmouth",
    "InterimSettlementPackList": 0,
    "Timeouts/PreCalculatedTimeouts/ClaimNotificationForm/Insurer/@LiabilityDecisionTimeout": "2026-12-12",
}

ELPL = {
    "ApplicationData/ApplicationIDs/@ClaimID": "0000000000017776",
    "ApplicationData/ApplicationIDs/@InsurerID": "COMP001",
    "ApplicationData/ClaimDetails/@NotificationDate": "2026-11-16",
    "ApplicationData/ClaimDetails/@ClaimType": "EL",
    "ApplicationData/ClaimDetails/@ClaimValue": "1",
    "ApplicationData/StatementOfTruth/@SignatoryType": "S",
    "ApplicationData/TransfersList/@Transferred": "0",
    "ClaimAndClaimantDetails/ClaimantRepresentative/@LitigantInPerson": "0",
    "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/@InsurerName": "Thistledown Insurance plc",
    "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/BranchDetails/@BranchID": "002",
    "ClaimAndClaimantDetails/DefendantDetails/CompanyDetails/@CompanyName": "Calderbrook Fasteners Ltd",
    "ClaimAndClaimantDetails/DefendantDetails/PersonalDetails/Address": 1,
    "ClaimAndClaimantDetails/ClaimantDetails/@EmploymentPeriod": "From 3 February 2014 to date",
    "MedicalDetails/Hospital/HospitalAddress/@AddressLine2": "Salterlee Road",
    "AccidentData/AccidentDetails/@IncidentReported": "1",
    "LiabilityFunding/Funding": 1,
    "LiabilityFunding/Funding/@Comments": None,
    "InsurerResponse/LiabilityCausation/@LiabilityDecision": "A",
    "InsurerResponse/ProvidedServices/@PreparedToProvideRehabilitation": "0",
    "InsurerResponse/ProvidedServices/DefendantsInsurer/@CompanyName": "Thistledown Insurance plc",
    "InsurerResponse/ProvidedServices/DefendantsInsurer/@ReferenceNumber": "TI/EL/26/20418",
    "Timeouts/PreCalculatedTimeouts/ClaimNotificationForm/Insurer/@LiabilityDecisionTimeout": "2026-12-12",
    "Timeouts/PreCalculatedTimeouts/ClaimNotificationForm/MIBorArt75": 0,
}


def test_every_thing_in_its_place_rta() -> None:
    claim = view(
        article75=False,
        deadlines={"liability-insurer": date(2026, 12, 12)},
        accepting_branch_id="001",
        accepting_branch_name="Central point",
        insurer_claim_reference_number="TI/26/1",
        compensator_user=User("comp1-handler", "Ivo", "Larkfield"),
    )
    document = build(answered(claim, "denied.xml"))
    assert {path: at(document, path) for path in RTA} == RTA


def test_every_thing_in_its_place_elpl() -> None:
    claim = view("elpl", "R6", "el-adult.xml", deadlines={"liability-insurer": date(2026, 12, 12), "liability-mib": date(2026, 12, 12)})
    document = build(answered(claim))
    assert {path: at(document, path) for path in ELPL} == ELPL


def test_it_is_text_without_declaration_on_one_line() -> None:
    document = build(view())
    assert document.startswith("<Data><ApplicationData>")
    assert "\n" not in document


def test_before_the_response_there_is_its_place_and_nothing_in_it() -> None:
    empty = (
        "<InsurerResponse><LiabilityCausation><DefendantAdmits/></LiabilityCausation>"
        "<ProvidedServices><DefendantsInsurer/></ProvidedServices></InsurerResponse>"
    )
    assert empty in build(view())


def test_in_elpl_the_date_of_notification_is_that_of_the_form_also_in_the_response() -> None:
    document = build(answered(view("elpl", "R3", "r3-el-adult.xml")))
    assert at(document, "InsurerResponse/ProvidedServices/@NotificationDate") == at(document, "ApplicationData/ClaimDetails/@NotificationDate")
    assert at(document, "InsurerResponse/ProvidedServices/@ResponseDate") == "2026-12-01"


@pytest.mark.parametrize(("article75", "expected"), [(None, None), (False, "0"), (True, "1")])
def test_article_75_is_shown_once_decided(article75: bool | None, expected: str | None) -> None:
    assert at(build(view(article75=article75)), "ApplicationData/ClaimDetails/@Article75") == expected


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("liability-insurer", "ClaimNotificationForm/Insurer/@LiabilityDecisionTimeout"),
        ("liability-mib", "ClaimNotificationForm/MIBorArt75/@LiabilityDecisionTimeout"),
        ("stage1-payment-insurer", "ClaimNotificationForm/Insurer/@Stage1PaymentTimeout"),
        ("stage1-payment-mib", "ClaimNotificationForm/MIBorArt75/@Stage1PaymentTimeout"),
    ],
)
def test_deadlines(kind: str, path: str) -> None:
    day = date(2026, 12, 12)
    waiting = build(view(deadlines={kind: day}, running=(kind, day)))
    assert at(waiting, f"Timeouts/PreCalculatedTimeouts/{path}") == "2026-12-12"
    assert waiting.count("2026-12-12") == 2
    assert at(waiting, "Timeouts/CurrentTimeout/@SelectedTimeOut") == "2026-12-12"
    assert at(waiting, "Timeouts/CurrentTimeout/@TimeOutType") == "1"
    over = build(view(deadlines={kind: day}))
    assert at(over, f"Timeouts/PreCalculatedTimeouts/{path}") == "2026-12-12"
    assert "<CurrentTimeout/>" in over


@pytest.mark.parametrize(("process", "release", "form"), [("rta", "R7", "adult-driver.xml"), ("elpl", "R6", "el-adult.xml")])
def test_a_rejection_is_shown_by_its_code(process: str, release: str, form: str) -> None:
    assert at(build(view(process, release, form, rejection_reason_code="1")), "ApplicationData/Rejection/@RejectionReasonCode") == "1"


def test_before_release_5_there_is_no_place_for_a_rejection() -> None:
    assert "Rejection" not in build(view("rta", "R3", "r3-adult-driver.xml", rejection_reason_code="1")).replace("InterimPackRejected", "")


def test_the_referral_source_is_for_the_sender_alone() -> None:
    place = "ClaimAndClaimantDetails/DefendantDetails/@ReferralSource"
    claim = view(form="everything-filled.xml")
    source = etree.fromstring(fixture("rta", "addClaim", "everything-filled.xml")).find(".//ReferralSourceInfo")
    assert source is not None
    assert at(build(replace(claim, viewer="claimant-representative")), place) == source.get("ReferralSource")
    shown = build(replace(claim, viewer="compensator"))
    assert "Referral" not in shown
    assert not [value for name, value in source.items() if len(str(value)) > 3 and str(value) in shown]


def test_a_resent_form_replaces_the_first() -> None:
    again = fixture("rta", "resendRejectedClaim", "adult-driver-to-another-compensator.xml")
    both = {"addClaim": fixture("rta", "addClaim", "everything-filled.xml"), "resendRejectedClaim": again}
    assert build(view(documents=sent(both))) == build(view(documents=sent({"resendRejectedClaim": again})))


def test_what_only_the_first_form_can_say_outlives_resending() -> None:
    again = fixture("rta", "resendRejectedClaim", "r5-adult-driver-to-another-compensator.xml")
    first = fixture("rta", "addClaim", "r5-adult-driver.xml")
    said = etree.fromstring(first).find("ClaimAndClaimantDetails/ClaimantDetails")
    assert said is not None
    assert b"AskCUE" not in again
    document = build(view(release="R5", documents=sent({"addClaim": first, "resendRejectedClaim": again})))
    assert at(document, "ApplicationData/ApplicationIDs/@AskCUEPIReference") == said.get("AskCUEPIReference")


def test_the_letters_that_the_form_may_leave_out_are_added() -> None:
    form = fixture("rta", "addClaim", "adult-driver.xml").replace(b'"ASKCUEPI3300417"', b'"3300417"')
    assert at(build(view(form=form)), "ApplicationData/ApplicationIDs/@AskCUEPIReference") == "ASKCUEPI3300417"


INSURER = "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation"


def insurer(claim: ClaimView) -> dict[str, str]:
    found = etree.fromstring(build(claim)).find(INSURER)
    assert found is not None
    return {str(name): str(value) for name, value in found.items()}


def test_a_form_for_the_mib_names_nobody_and_the_document_does() -> None:
    assert insurer(view(form="mib-untraced.xml", compensator=MIB, compensator_type="M")) == {
        "InsurerType": "M",
        "InsurerName": "Motor Insurers' Bureau (sandbox)",
        "InsurerOrganizationID": "COMP900",
        "InsurerOrganizationPath": "/COMP900",
    }


def test_after_a_reassignment_the_insurer_is_the_new_one() -> None:
    other = Party("COMP002", "/COMP002", "Copperfen Mutual Insurance Society")
    named = {
        "InsurerType": "I",
        "InsurerName": "Copperfen Mutual Insurance Society",
        "InsurerOrganizationID": "COMP002",
        "InsurerOrganizationPath": "/COMP002",
    }
    assert insurer(view(compensator=other)) == named


def test_while_it_is_the_insurer_of_the_form_it_is_named_as_in_the_form() -> None:
    renamed = replace(THISTLE, name="Thistledown and Sons plc", path="/COMP001/elsewhere")
    assert insurer(view(compensator=renamed, compensator_type="S")) == {
        "InsurerType": "S",
        "InsurerName": "Thistledown Insurance plc",
        "InsurerOrganizationID": "COMP001",
        "InsurerOrganizationPath": "/COMP001",
    }


def without_address(form: bytes) -> bytes:
    root = etree.fromstring(form)
    company = root.find("ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails")
    assert company is not None
    del company[:]
    return etree.tostring(root)


@pytest.mark.parametrize(("process", "release", "form"), [("rta", "R6", "minimal.xml"), ("rta", "R7", "minimal.xml"), ("elpl", "R6", "el-adult.xml")])
def test_a_form_without_the_representatives_address_gets_that_of_the_directory(process: str, release: str, form: str) -> None:
    document = build(view(process, release, without_address(fixture(process, "addClaim", form))))
    address = "ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails/Address"
    assert at(document, f"{address}/@Street1") == "Elm Row"
    assert at(document, f"{address}/@AddressType") == "F"
    assert at(document, f"{address}/@County") is None


def test_text_of_every_kind_survives() -> None:
    text = "\"Quotes\", 'apostrophes' & <brackets>, Zoë Ní Dhónaill,\n a new line,\t a tab – £5 𝄞"
    root = etree.fromstring(fixture("rta", "addClaim", "adult-driver.xml"))
    details = root.find("AccidentData/AccidentDetails")
    assert details is not None
    details.set("AccidentDescription", text)
    for form in (etree.tostring(root), etree.tostring(root, encoding="unicode").encode(), b"\xef\xbb\xbf" + etree.tostring(root)):
        document = build(view(form=form))
        assert at(document, "AccidentData/AccidentDetails/@AccidentDescription") == text


def test_a_declaration_that_is_not_true_any_more_is_not_believed() -> None:
    form = fixture("rta", "addClaim", "everything-filled.xml").replace(b'encoding="UTF-8"', b'encoding="utf-16"')
    assert b"utf-16" in form
    assert build(view(form=form)) == build(view(form="everything-filled.xml"))
    assert build(view(documents=sent({"addClaim": form.decode()}))) == build(view(form="everything-filled.xml"))


def test_what_the_schema_does_not_admit_is_not_shown() -> None:
    long = replace(THISTLE, name="I" * 120)
    document = build(view(compensator=long, insurer_claim_reference_number="O'Brien {1}", rejection_reason_code="7"))
    assert at(document, "ApplicationData/ApplicationIDs/@InsurerName") == "I" * 100
    assert at(document, "ApplicationData/ApplicationIDs/@InsurerClaimReferenceNumber") is None
    assert at(document, "ApplicationData/Rejection/@RejectionReasonCode") is None
    assert schema_for("rta", "R7", "getClaim").is_valid(etree.fromstring(document))


def test_a_claim_without_a_form_is_a_defect() -> None:
    with pytest.raises(KeyError):
        build(view(documents=()))


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_what_the_gateway_adds_has_its_place_in_some_schema(process: str) -> None:
    """A path or name mistyped in get_claim_stage1.py would be passed over in silence."""
    user = User("u", "n", "s")
    full = view(
        accepting_branch_id="001",
        accepting_branch_name="Central point",
        insurer_claim_reference_number="R1",
        compensator_user=user,
        claimant_representative_user=user,
        article75=True,
        rejection_reason_code="0",
        ended_on=date(2026, 12, 24),
        deadlines={kind: date(2026, 12, 12) for kind in DEADLINES},
        running=("liability-insurer", date(2026, 12, 12)),
    )
    part = Part(sources={"claim": etree.fromstring("<DocumentInput/>"), "liability": etree.fromstring("<InsurerResponseA2A/>")})
    get_claim_stage1.fill(answered(full), part)
    known = {
        (element.path, name)
        for each in releases("rta") + releases("elpl")
        for element in _plan(each.process, each.name, "compensator").walk()
        for name in element.attributes
    }
    said = {(path, name) for table in (part.values, part.fallbacks) for path, attributes in table.items() for name in attributes}
    assert said <= known


def test_every_row_of_the_table_says_on_what_it_rests_and_is_used_somewhere() -> None:
    assert all(row.basis[:1] in "SIU" and row.basis[1:2] == ":" for row in ROWS)
    for row in ROWS:
        used = [
            each
            for each in releases("rta") + releases("elpl")
            if row.process in ("", each.process) and (not row.releases or each.name in row.releases)
        ]
        assert used
