"""The claim notification forms of employers' and public liability (EL1, ELD1, PL1), in the order of the printed forms."""

from __future__ import annotations

from gateway.documents.cnf_parts import (
    ACCIDENT,
    CLAIM,
    CLAIMANT,
    COMPENSATOR,
    DEFENDANT,
    claimant,
    defendant_business,
    defendant_person,
    funding,
    medical,
    representative,
)
from gateway.documents.declared import Part, Value

DISEASE = "ELD"
INJURIES = (
    ("Respiratory", "Respiratory"),
    ("Deafness", "Deafness"),
    ("VibrationInjury", "Vibration injury"),
    ("Dermatitis", "Dermatitis"),
    ("Other", "Other"),
)
PERIODS = (
    Value("Period of employment", f"{CLAIMANT}/@EmploymentPeriod", long=True),
    Value("Period of exposure", f"{CLAIMANT}/@ExposurePeriod", long=True),
)


def accident(claim_type: str) -> Part:
    """What happened, as an accident or as a disease."""
    what = "disease" if claim_type == DISEASE else "accident"
    return Part(
        f"{what.capitalize()} details",
        (
            Value("Date of the accident", f"{ACCIDENT}/@AccidentDate"),
            Value("Time of the accident", f"{ACCIDENT}/@AccidentTime"),
            Value("Location", f"{ACCIDENT}/@AccidentLocation"),
            Value("Where the claimant was", f"{ACCIDENT}/@ClaimantLocation"),
            Value("Other place", f"{ACCIDENT}/@ClaimantLocationOther"),
            Value(f"Description of the {what}", f"{ACCIDENT}/@AccidentDescription", long=True),
            Value(f"Was the {what} reported?", f"{ACCIDENT}/@IncidentReported"),
            Value("When and to whom it was reported", f"{ACCIDENT}/@ReportedDateAndToWhom", long=True),
        ),
    )


RESPONSIBLE = Value("Why the defendant is responsible", "LiabilityFunding/Liability/@DefendantResponsibility", long=True)

_DEFENDANT = Part(
    "Defendant's details",
    (Value("The defendant is", f"{DEFENDANT}/@DefendantStatus"),),
    (defendant_person(), defendant_business()),
)

_INSURER = Part(
    "Defendant's insurer",
    (
        Value("Compensator", f"{COMPENSATOR}/@InsurerName"),
        Value("Policy number or reference", f"{DEFENDANT}/@PolicyNumberReference"),
    ),
    (Part("Insurer found", (Value("Name", "@InsurerName"), Value("Was it chosen?", "@Selected")), each=f"{DEFENDANT}/InsurerFound"),),
)


def form(claim_type: str) -> tuple[Part, ...]:
    """The form for a claim of type EL, ELD or PL."""
    return (
        Part(
            "The claim",
            (
                Value("Type of claim", f"{CLAIM}/@ClaimType"),
                Value("Value of the claim (£)", f"{CLAIM}/@ClaimValue"),
                Value("Date of notification", f"{CLAIM}/@NotificationDate"),
            ),
        ),
        representative(),
        claimant(*PERIODS),
        *medical(INJURIES),
        accident(claim_type),
        Part("Liability", (RESPONSIBLE,)),
        _DEFENDANT,
        _INSURER,
        *funding("Other"),
    )
