"""Parts of the claim notification form that RTA and EL/PL share. Labels are those of the printed forms in short; wording U."""

from __future__ import annotations

from gateway.documents.content import CONTACT, PLAIN, under
from gateway.documents.declared import Address, Joined, Part, Person, Row, Ticked, Value

CLAIM = "ApplicationData/ClaimDetails"
DETAILS = "ClaimAndClaimantDetails"
FIRM = f"{DETAILS}/ClaimantRepresentative/CompanyDetails"
CLAIMANT = f"{DETAILS}/ClaimantDetails"
DEFENDANT = f"{DETAILS}/DefendantDetails"
COMPENSATOR = f"{DEFENDANT}/InsurerInformation"
INJURY = "MedicalDetails/Injury"
ACCIDENT = "AccidentData/AccidentDetails"
FUNDING = "LiabilityFunding/Funding"


def contact(path: str) -> tuple[Row, ...]:
    """How to reach the person in charge at a company."""
    return (
        Person("Contact", path, CONTACT),
        Value("Telephone", f"{path}/@TelephoneNumber"),
        Value("E-mail", f"{path}/@EmailAddress"),
        Value("Reference", f"{path}/@ReferenceNumber"),
    )


def vehicle(path: str) -> tuple[Row, ...]:
    """A vehicle as far as it is known."""
    return (
        Value("Registration number", under(path, "VRN")),
        Joined("Make and model", (under(path, "Make"), under(path, "Model")), " "),
        Value("Engine size", under(path, "EngineSize"), unit=" cc"),
        Value("Colour", under(path, "Color")),
    )


def insurer(path: str) -> tuple[Row, ...]:
    """The insurance of a vehicle other than the defendant's."""
    return (
        Value("Insurance company", f"{path}/@CompanyName"),
        Value("Policy number", f"{path}/@PolicyNumber"),
        Address("Address", f"{path}/Address"),
    )


def someone(path: str) -> tuple[Row, ...]:
    """A person who is not a party: no title is asked for."""
    return (Person("Name", path, PLAIN), Address("Address", f"{path}/Address"))


def representative(*more: Row) -> Part:
    """The firm that sends the form."""
    return Part(
        "Claimant's representative",
        (
            Value("Name of the firm", f"{FIRM}/@CompanyName"),
            Value("Branch", f"{FIRM}/@BranchName"),
            Address("Address", f"{FIRM}/Address"),
            *contact(FIRM),
            *more,
        ),
    )


def claimant(*more: Row, parts: tuple[Part, ...] = ()) -> Part:
    """The claimant as a person."""
    return Part(
        "Claimant's details",
        (
            Person("Name", f"{CLAIMANT}/PersonalDetails"),
            Address("Address", f"{CLAIMANT}/PersonalDetails/Address"),
            Value("Date of birth", f"{CLAIMANT}/PersonalDetails/@DateOfBirth"),
            Value("Is this a child claim?", f"{CLAIMANT}/@ChildClaim"),
            Value("Occupation", f"{CLAIMANT}/@Occupation"),
            Value("National Insurance number", f"{CLAIMANT}/@NationalInsuranceNumber"),
            Value("Why no National Insurance number is given", f"{CLAIMANT}/@NINComment"),
            *more,
        ),
        parts,
    )


def medical(boxes: tuple[tuple[str, str], ...]) -> tuple[Part, ...]:
    """The injury, with the boxes of the process, the hospitals, and rehabilitation."""
    rehabilitation = "MedicalDetails/Rehabilitation"
    return (
        Part(
            "Injury and medical details",
            (
                Ticked("Injury sustained", INJURY, boxes),
                Value("Description of the injury", f"{INJURY}/@InjurySustainedDescription", long=True),
                Value("Did the claimant need time off work?", f"{INJURY}/@TimeOffRequired"),
                Value("Is the claimant still off work?", f"{INJURY}/@StillOffWork"),
                Value("Days off work", f"{INJURY}/@TimeOffPeriod"),
                Value("Did the claimant seek medical attention?", f"{INJURY}/@MedicalAttentionSeeking"),
                Value("First medical attention", f"{INJURY}/@MedicalAttentionFirstDate"),
                Value("Did the claimant attend hospital?", f"{INJURY}/@HospitalAttendance"),
                Value("Was the claimant kept in overnight?", f"{INJURY}/@OvernightDetention"),
                Value("Number of days in hospital", f"{INJURY}/@DaysNumber"),
            ),
            (
                Part(
                    "Hospital",
                    (
                        Value("Type", "@HospitalType"),
                        Value("Name", "@HospitalName"),
                        Joined("Address", (*(f"HospitalAddress/@AddressLine{line}" for line in range(1, 5)), "@PostCode")),
                    ),
                    each="MedicalDetails/Hospital",
                ),
            ),
        ),
        Part(
            "Rehabilitation",
            (
                Value("Has a medical professional recommended rehabilitation?", f"{rehabilitation}/@RehabilitationUndertaken"),
                Value("Treatment", f"{rehabilitation}/@RehabilitationTreatment", long=True),
                Value("Are there further rehabilitation needs?", f"{rehabilitation}/@RehabilitationNeeds"),
                Value("Needs", f"{rehabilitation}/@RehabilitationDetails", long=True),
            ),
        ),
    )


def defendant_person(*more: Row) -> Part:
    """The defendant as a person."""
    return Part(
        "Person",
        (Person("Name", f"{DEFENDANT}/PersonalDetails"), Address("Address", f"{DEFENDANT}/PersonalDetails/Address"), *more),
    )


def defendant_business() -> Part:
    """The defendant as a business."""
    company = f"{DEFENDANT}/CompanyDetails"
    return Part(
        "Business",
        (
            Value("Name", f"{company}/@CompanyName"),
            Address("Address", f"{company}/Address"),
            *contact(company),
            Value("Policy number", f"{company}/@PolicyNumber"),
            Value("Provider's address", f"{company}/@ProviderAddress"),
        ),
    )


def funding(other: str, *more: Row) -> tuple[Part, ...]:
    """Funding, which the forms asked for up to release 5, and the comment that remained. `other` is the attribute for another arrangement,
    which the RTA schema misspells.
    """
    return (
        Part(
            "Funding",
            (
                Value("Has the claimant undertaken a funding arrangement?", f"{FUNDING}/@FundingUndertaken"),
                Value("Conditional fee agreement with a success fee (section 58, 1990 Act)", f"{FUNDING}/@Section58"),
                Value("Date of the conditional fee agreement", f"{FUNDING}/@ConditionalFeeDate"),
                Value("Insurance policy (section 29, 1999 Act)", f"{FUNDING}/@Section29"),
                Value("Insurance company", f"{FUNDING}/@ICName"),
                Value("Address of the insurance company", f"{FUNDING}/@ICAddress"),
                Value("Policy number", f"{FUNDING}/@PolicyNumber"),
                Value("Date of the policy", f"{FUNDING}/@PolicyDate"),
                Value("Level of cover", f"{FUNDING}/@LevelOfCover"),
                Value("Are the premiums staged?", f"{FUNDING}/@PremiumsStaged"),
                Value("When the premium rises", f"{FUNDING}/@IncreasingPoint"),
                Value("Arrangement with a membership organisation", f"{FUNDING}/@MembershipOrganisation"),
                Value("Name of the organisation", f"{FUNDING}/@OrganizationName"),
                Value("Date of the agreement", f"{FUNDING}/@AgreementDate"),
                Value("Another arrangement", f"{FUNDING}/@{other}"),
                Value("Details of the other arrangement", f"{FUNDING}/@OtherDetails"),
                *more,
            ),
        ),
        Part("Other relevant information", (Value("Comments", f"{FUNDING}/@Comments", long=True),)),
    )
