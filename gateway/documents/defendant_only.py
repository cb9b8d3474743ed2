"""The form that goes to the defendant alone (RTA2, EL2, ELD2, PL2): who claims, for what, and which compensator deals with it.

Of the claimant it says no more than the defendant needs to know which accident is meant: no date of birth, address, National Insurance
number, medical history or funding (I: the form is known to exist, its content is not).
"""

from __future__ import annotations

from datetime import date

from gateway.documents import cnf_elpl, cnf_rta
from gateway.documents.cnf_parts import ACCIDENT, CLAIM, CLAIMANT, DEFENDANT, FIRM, INJURY, contact
from gateway.documents.content import Source, defendant, notification, parties, references, title
from gateway.documents.declared import Address, Part, Person, Row, Ticked, Value, sections
from gateway.documents.model import Document, Fields, Section, Text
from gateway.xml.get_claim_view import ClaimView

_NOTICE = (
    "A claim has been made against you for the injury described below. The claim itself has been sent to the compensator named below, "
    "which deals with it and answers it. This copy is for your information and needs no answer to the claimant. "
    "If you know of anything that concerns the claim, or are insured elsewhere, tell your insurer at once."
)

_REPRESENTATIVE = Part(
    "Claimant's representative",
    (
        Value("Name of the firm", f"{FIRM}/@CompanyName"),
        Value("Branch", f"{FIRM}/@BranchName"),
        Address("Address", f"{FIRM}/Address"),
        *contact(FIRM),
    ),
)
_NAME = Person("Name", f"{CLAIMANT}/PersonalDetails")

RTA = (
    _REPRESENTATIVE,
    Part("Claimant", (_NAME, Value("Registration number of the claimant's vehicle", f"{CLAIMANT}/Vehicle/@VRN"))),
    Part(
        "Accident details",
        (
            Value("Date of the accident", f"{ACCIDENT}/@AccidentDate"),
            Value("Time of the accident", f"{ACCIDENT}/@AccidentTime"),
            Value("Location", f"{ACCIDENT}/@AccidentLocation"),
            Value("The claimant was", f"{ACCIDENT}/@ClaimantType"),
            Value("Other role of the claimant", f"{ACCIDENT}/@OtherType"),
            *cnf_rta.CONDITIONS,
            Value("Description of the accident", f"{ACCIDENT}/@AccidentDescription", long=True),
            Value("Why you are held responsible", "LiabilityFunding/Liability/@DefendantResponsability", long=True),
        ),
    ),
    Part("Injury", (Ticked("Injury sustained", INJURY, cnf_rta.INJURIES),)),
    Part(
        "Your vehicle",
        (
            Value("Registration number", f"{DEFENDANT}/Vehicle/@VRN"),
            Value("Driver", f"{DEFENDANT}/@DefDriverName"),
        ),
    ),
)


def elpl(claim_type: str) -> tuple[Part, ...]:
    """The form for a claim of type EL, ELD or PL."""
    work: tuple[Row, ...] = cnf_elpl.PERIODS if claim_type == cnf_elpl.DISEASE else ()
    return (
        Part("The claim", (Value("Type of claim", f"{CLAIM}/@ClaimType"),)),
        _REPRESENTATIVE,
        Part("Claimant", (_NAME, *work)),
        cnf_elpl.accident(claim_type),
        Part("Responsibility", (Value("Why you are held responsible", "LiabilityFunding/Liability/@DefendantResponsibility", long=True),)),
        Part("Injury", (Ticked("Injury sustained", INJURY, cnf_elpl.INJURIES),)),
    )


def document(view: ClaimView, form: str, created_on: date) -> Document:
    """What the defendant is told of the form as it was last sent."""
    source = notification(view)
    parts = RTA if view.process == "rta" else elpl(source.raw(f"{CLAIM}/@ClaimType") or "")
    return Document(
        title=title("defendant-only-cnf"),
        form=form,
        application_id=view.application_id,
        created_on=created_on,
        parties=parties(view),
        references=references(view),
        sections=(Section("To the defendant", (Text("Notice", _NOTICE),)), *sections(parts, source), _insurance(view, source)),
    )


def _insurance(view: ClaimView, source: Source) -> Section:
    rows = (
        ("Defendant", defendant(source)),
        ("Compensator", view.compensator.name),
        ("Policy number or reference", source.value(f"{DEFENDANT}/@PolicyNumberReference")),
    )
    return Section("Your insurance", (Fields(tuple((label, value) for label, value in rows if value)),))
