from datetime import date

import pytest
from lxml import etree
from samples import TODAY, Sample, changed, sample, setting

from gateway.domain.rules import check_cnf
from gateway.xml.node import Node

DRIVER = sample("rta", "addClaim", "adult-driver")
EVERYTHING = sample("rta", "addClaim", "everything-filled")
EL = sample("elpl", "addClaim", "el-adult")
PL = sample("elpl", "addClaim", "pl-adult")
DISEASE = sample("elpl", "addClaim", "eld")

CLAIM = "ApplicationData/ClaimDetails"
DEFENDANT = "ClaimAndClaimantDetails/DefendantDetails"
CLAIMANT = "ClaimAndClaimantDetails/ClaimantDetails"
BIRTH = f"{CLAIMANT}/PersonalDetails/@DateOfBirth"
CHILD = f"{CLAIMANT}/@ChildClaim"
NI_NUMBER = f"{CLAIMANT}/@NationalInsuranceNumber"
ACCIDENT = "AccidentData/AccidentDetails"
ACCIDENT_DATE = f"{ACCIDENT}/@AccidentDate"
TREATED = "MedicalDetails/Injury/@MedicalAttentionFirstDate"


def found(of: Sample, values: dict[str, str | None], today: date = TODAY) -> list[tuple[str, str]]:
    """Code and path of every finding, once the attributes named have those values."""

    def change(root: etree._Element) -> None:
        for path, value in values.items():
            setting(path, value)(root)

    return codes(of, changed(of, change), today)


def codes(of: Sample, document: Node, today: date = TODAY) -> list[tuple[str, str]]:
    release = "R7" if of.process == "rta" else "R6"
    return [(one.code, one.at.removeprefix("/DocumentInput/")) for one in check_cnf(of.process, release, document, today)]


both = pytest.mark.parametrize("of", [DRIVER, EL], ids=["rta", "elpl"])


@both
@pytest.mark.parametrize("prefix", ["GB", "NK", "TN", "ZZ"])
def test_v1_prefixes_that_are_not_issued(of, prefix):
    assert found(of, {NI_NUMBER: f"{prefix}123456A"}) == [("FormatNotValid", NI_NUMBER)]


def test_v1_a_blank_may_stand_for_the_last_letter():
    assert found(DRIVER, {NI_NUMBER: "JR482913 "}) == []


@both
def test_v2_number_or_comment(of):
    comment = f"{CLAIMANT}/@NINComment"
    assert found(of, {comment: "Visitor"}) == [("NINEnteredCommet", NI_NUMBER)]
    assert found(of, {NI_NUMBER: None}) == [("NINMissingCommet", NI_NUMBER)]
    assert found(of, {NI_NUMBER: None, comment: "  "}) == [("NINMissingCommet", NI_NUMBER)]
    assert found(of, {NI_NUMBER: None, comment: "Visitor"}) == []
    assert found(of, {comment: ""}) == []  # an empty attribute is as good as none


@both
@pytest.mark.parametrize(
    ("birth", "said", "right"),
    [
        ("2008-11-23", "1", True),  # eighteen tomorrow
        ("2008-11-23", "0", False),
        ("2008-11-22", "0", True),  # eighteen today
        ("2008-11-22", "1", False),
        ("2008-11-23", "01", True),  # the same number to the schema
    ],
)
def test_v15_child_claim_agrees_with_the_age_on_the_day(of, birth, said, right):
    assert found(of, {BIRTH: birth, CHILD: said}) == ([] if right else [("WrongValue", CHILD)])


@both
def test_v18_a_solicitor_who_signs_keeps_the_signed_copy(of):
    retained = f"{CLAIM}/@RetainedCopy"
    assert found(of, {retained: "0"}) == [("WrongValue", retained)]
    assert found(of, {retained: "0", f"{CLAIM}/@Signatory": "C"}) == []


@both
@pytest.mark.parametrize("path", [ACCIDENT_DATE, BIRTH, TREATED])
@pytest.mark.parametrize("value", ["2026-11-23", "2026-11-23Z", "12026-01-01"])
def test_nothing_happened_tomorrow(of, path, value):
    values = {path: value, f"{CLAIMANT}/@NINComment": None}
    assert found(of, values) == [("FutureDate", path)]


@both
def test_today_is_no_future(of):
    values = {ACCIDENT_DATE: "2026-11-22", TREATED: "2026-11-22"} | ({f"{CLAIM}/@NotificationDate": "2026-11-22"} if of is EL else {})
    assert found(of, values) == []


@both
@pytest.mark.parametrize(("treated", "right"), [("2026-05-31", False), ("2026-06-01", True)])
def test_first_treated_on_the_day_of_the_accident_at_the_earliest(of, treated, right):
    values = {ACCIDENT_DATE: "2026-06-01", TREATED: treated}
    assert found(of, values) == ([] if right else [("AccidentDateAfterMedicalAttentionDate", TREATED)])


def test_born_before_the_accident():
    defendant = f"{DEFENDANT}/PersonalDetails/@DateOfBirth"
    values = {ACCIDENT_DATE: "2026-06-12", BIRTH: "2026-06-12", CHILD: "1", defendant: "2026-06-12"}
    assert found(DRIVER, values) == [("DateAfterOrOnAccidentDate", defendant), ("DateAfterOrOnAccidentDate", BIRTH)]
    assert found(DRIVER, {**values, BIRTH: "2026-06-11", defendant: "2026-06-11"}) == []


def test_an_accident_in_the_future_is_not_also_compared():
    assert found(DRIVER, {ACCIDENT_DATE: "2027-01-01"}) == [("FutureDate", ACCIDENT_DATE)]


@pytest.mark.parametrize("person", [f"{CLAIMANT}/PersonalDetails", f"{DEFENDANT}/PersonalDetails"])
def test_another_title_is_named_for_every_person(person):
    assert found(DRIVER, {f"{person}/@TitleType": "5"}) == [("OtherMustBeProvided", f"{person}/@OtherTitle")]
    assert found(DRIVER, {f"{person}/@TitleType": "5", f"{person}/@OtherTitle": "Dr"}) == []


def test_another_title_of_one_of_several_witnesses():
    def change(root: etree._Element) -> None:
        party = root.find("OtherPartyDetails/OtherParty[2]/PersonalDetails")
        party.set("TitleType", "5")
        party.attrib.pop("OtherTitle", None)

    assert codes(EVERYTHING, changed(EVERYTHING, change)) == [("OtherMustBeProvided", "OtherPartyDetails/OtherParty[2]/PersonalDetails/@OtherTitle")]


@both
def test_a_person_has_personal_details_and_a_business_company_details(of):
    def bare(status: str):
        def change(root: etree._Element) -> None:
            defendant = root.find(DEFENDANT)
            defendant.set("DefendantStatus", status)
            for name in ("PersonalDetails", "CompanyDetails"):
                for element in defendant.findall(name):
                    defendant.remove(element)

        return changed(of, change)

    assert codes(of, bare("P")) == [("MustBeProvided", f"{DEFENDANT}/PersonalDetails")]
    assert codes(of, bare("B")) == [("MustBeProvided", f"{DEFENDANT}/CompanyDetails")]


@both
def test_a_compensator_is_chosen_by_its_number_or_path(of):
    number, path = (f"{DEFENDANT}/InsurerInformation/@InsurerOrganization{name}" for name in ("ID", "Path"))
    assert found(of, {number: "", path: ""}) == [("InsurerNotSelected", number)]
    assert found(of, {number: ""}) == []
    assert found(of, {path: ""}) == []


def test_a_claim_for_the_mib_need_not_name_it():
    insurer = f"{DEFENDANT}/InsurerInformation"
    values = {f"{insurer}/@InsurerOrganizationID": "", f"{insurer}/@InsurerOrganizationPath": "", f"{insurer}/@InsurerType": "M"}
    assert found(DRIVER, values) == []


def test_one_injury_is_ticked():
    boxes = {f"MedicalDetails/Injury/@{name}": None for name in ("SoftTissue", "BoneInjury", "Whiplash", "Other")}
    assert found(DRIVER, boxes) == [("AtLeastOne", "MedicalDetails/Injury")]
    for box in boxes:
        assert found(DRIVER, {**boxes, box: "1"}) == []


def test_one_injury_or_disease_is_ticked():
    boxes = {f"MedicalDetails/Injury/@{name}": None for name in ("Respiratory", "Deafness", "VibrationInjury", "Dermatitis", "Other")}
    assert found(EL, boxes) == [("AtLeastOne", "MedicalDetails/Injury")]
    for box in boxes:
        assert found(EL, {**boxes, box: "1"}) == []


# road traffic


def test_v6_a_claims_company_is_named_with_its_number():
    source = "ClaimAndClaimantDetails/ClaimantRepresentative/ReferralSourceInfo"
    company, number = f"{source}/@CMCName", f"{source}/@MOJCMCAuthorisationNumber"
    assert found(DRIVER, {f"{source}/@ReferralSource": "R"}) == [("MustBeProvided", company), ("MustBeProvided", number)]
    assert found(DRIVER, {f"{source}/@ReferralSource": "R", company: "Beacon", number: "1"}) == []


@pytest.mark.parametrize(
    ("choice", "value", "text"),
    [
        (f"{ACCIDENT}/@ClaimantType", "6", f"{ACCIDENT}/@OtherType"),
        (f"{ACCIDENT}/WeatherConditions/@Other", "1", f"{ACCIDENT}/WeatherConditions/@OtherDetails"),
        (f"{ACCIDENT}/RoadConditions/@Other", "1", f"{ACCIDENT}/RoadConditions/@OtherDetails"),
        (
            "RepairsAndAlternativeVehicleProvision/Repairs/@DetailsOfTheInsurance",
            "3",
            "RepairsAndAlternativeVehicleProvision/Repairs/@OtherDetails",
        ),
    ],
)
def test_other_needs_its_text(choice, value, text):
    assert found(DRIVER, {choice: value, text: None}) == [("OtherMustBeProvided", text)]
    assert found(DRIVER, {choice: value, text: "Hail"}) == []


def test_a_vehicle_is_not_hired_before_the_accident():
    start = "RepairsAndAlternativeVehicleProvision/AlternativeVehicleProvision/Provider/@StartDate"
    accident = EVERYTHING.node.get(ACCIDENT_DATE)
    assert found(EVERYTHING, {start: accident}) == []
    assert found(EVERYTHING, {start: "2020-01-01"}) == [("DateBeforeAccidentDate", start)]


# employers' and public liability


@pytest.mark.parametrize("of", [EL, PL], ids=["EL", "PL"])
def test_v13_an_accident_has_a_date(of):
    assert found(of, {ACCIDENT_DATE: None}) == [("MissingAccidentDate", ACCIDENT_DATE)]


def test_v13_a_disease_has_a_period_of_exposure():
    assert DISEASE.node.get(ACCIDENT_DATE) is None
    assert found(DISEASE, {f"{CLAIMANT}/@ExposurePeriod": None}) == [("MustBeProvided", f"{CLAIMANT}/@ExposurePeriod")]


@pytest.mark.parametrize("of", [EL, DISEASE], ids=["EL", "ELD"])
def test_v13_who_was_employed_says_when(of):
    assert found(of, {f"{CLAIMANT}/@EmploymentPeriod": None}) == [("MustBeProvided", f"{CLAIMANT}/@EmploymentPeriod")]


def test_v13_public_liability_asks_for_no_employment():
    assert PL.node.get(f"{CLAIMANT}/@EmploymentPeriod") is None
    assert found(PL, {}) == []


def test_v14_the_day_of_notification():
    notified = f"{CLAIM}/@NotificationDate"
    assert found(EL, {notified: "2026-11-23"}) == [("FutureDate", notified)]
    assert found(EL, {notified: "2026-05-05", ACCIDENT_DATE: "2026-05-06"}) == [("DateBeforeAccidentDate", notified)]
    assert found(EL, {notified: "2026-05-06", ACCIDENT_DATE: "2026-05-06"}) == []


def test_the_day_decides():
    assert found(EL, {}, today=date(2026, 11, 15)) == [("FutureDate", f"{CLAIM}/@NotificationDate")]
