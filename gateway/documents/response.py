"""The Claim Notification Form with the compensator's response on liability at its end."""

from __future__ import annotations

from datetime import date

from gateway.documents.cnf import cnf_sections
from gateway.documents.cnf_parts import contact
from gateway.documents.content import Source, day, latest, parties, references, title, yes_no
from gateway.documents.declared import Address, Part, Ticked, Value, sections
from gateway.documents.model import Document, Fields, Section
from gateway.xml.get_claim_view import ClaimView

_CAUSATION = "LiabilityCausation"
_SERVICES = "ProvidedServices"
_CONTACT = f"{_SERVICES}/DefendantsInsurer"

_LIABILITY = (
    Value("Decision on liability", f"{_CAUSATION}/@LiabilityDecision"),
    Ticked(
        "The defendant admits",
        f"{_CAUSATION}/DefendantAdmits",
        (
            ("AccidentOccurred", "The accident occurred"),
            ("CausedByDefendant", "It was caused by the defendant's breach of duty"),
            ("CausedSomeLossToTheClaimant", "It caused some loss to the claimant"),
        ),
    ),
    Value("Reasons for not admitting liability", f"{_CAUSATION}/@UnadmittedLiabilityReasons", long=True),
)


def _services(spelled: str) -> tuple[Value, ...]:
    """Rehabilitation, which the RTA schema misspells."""
    return (
        Value("Is the compensator prepared to provide rehabilitation?", f"{_SERVICES}/@PreparedToProvide{spelled}"),
        Value("Has rehabilitation been provided?", f"{_SERVICES}/@{spelled}Provided"),
        Value("Details of rehabilitation", f"{_SERVICES}/@{spelled}Details", long=True),
    )


_COMPENSATOR = Part(
    "Compensator's contact",
    (*contact(_CONTACT), Address("Address", f"{_CONTACT}/Address")),
)

FORMS = {
    "rta": (
        Part(
            "Liability and causation",
            (
                Value("Capacity", "@Capacity"),
                Value("Other capacity", "@OtherCapacity"),
                *_LIABILITY,
                Value("Does the compensator lack authority to admit?", f"{_CAUSATION}/@NoAuthority"),
                Value("Defendant's date of birth", "DefendantDetails/PersonalDetails/@DefendantsDOB"),
            ),
        ),
        Part(
            "Services provided",
            (
                *_services("Reabilitation"),
                Value("Has an alternative vehicle been provided?", f"{_SERVICES}/@AltVchlProvided"),
                Value("Details of the alternative vehicle", f"{_SERVICES}/@AltVhclDetails", long=True),
                Value("Have repairs been provided?", f"{_SERVICES}/@RepairsProvided"),
                Value("Details of the repairs", f"{_SERVICES}/@RepairsDetails", long=True),
            ),
        ),
        _COMPENSATOR,
    ),
    "elpl": (Part("Liability and causation", _LIABILITY), Part("Services provided", _services("Rehabilitation")), _COMPENSATOR),
}


def document(view: ClaimView, form: str, created_on: date) -> Document:
    """The form as last sent, and the last response to it."""
    response = latest(view, "sendLiabilityDecision")
    assert response is not None, "the document is made when the response comes in"
    return Document(
        title=title("cnf-with-response"),
        form=form,
        application_id=view.application_id,
        created_on=created_on,
        parties=parties(view),
        references=references(view),
        sections=(*cnf_sections(view), _response(view, response)),
    )


def _response(view: ClaimView, response: Source) -> Section:
    rows = [("Compensator", view.compensator.name)]
    if view.responded_on is not None:
        rows.append(("Date of the response", day(view.responded_on)))
    if view.article75 is not None:
        rows.append(("Is the claim dealt with under Article 75?", yes_no(view.article75)))
    return Section("Compensator's response", (Fields(tuple(rows)),), sections(FORMS[view.process], response))
