"""The Claim Notification Form (RTA1, EL1, ELD1, PL1), made when a claim is sent and when it is sent again."""

from __future__ import annotations

from datetime import date

from gateway.documents import cnf_elpl, cnf_rta
from gateway.documents.cnf_parts import CLAIM, CLAIMANT, FIRM
from gateway.documents.content import NOTIFICATIONS, Source, day, notification, parties, references, title
from gateway.documents.declared import Part, sections
from gateway.documents.model import Document, Fields, Section, Text
from gateway.xml.get_claim_view import ClaimView

STATEMENT = (f"{CLAIM}/@Signatory", f"{CLAIM}/@RetainedCopy")
_IN_PERSON = "C"
_BELIEVED = "I believe that the facts stated in this claim notification form are true."
_ON_BEHALF = (
    "The claimant believes that the facts stated in this claim notification form are true. "
    "I am authorised by the claimant to sign this statement on the claimant's behalf."
)


def document(view: ClaimView, form: str, created_on: date) -> Document:
    """The form as it was last sent."""
    return Document(
        title=title("cnf"),
        form=form,
        application_id=view.application_id,
        created_on=created_on,
        parties=parties(view),
        references=references(view),
        sections=cnf_sections(view),
    )


def cnf_sections(view: ClaimView) -> tuple[Section, ...]:
    """All of the form, the statement of truth last."""
    source = notification(view)
    return (*sections(layout(view.process, source), source), _statement(view, source))


def layout(process: str, source: Source) -> tuple[Part, ...]:
    """The form that the process has for the claim's type."""
    return cnf_rta.FORM if process == "rta" else cnf_elpl.form(source.raw(f"{CLAIM}/@ClaimType") or "")


def _statement(view: ClaimView, source: Source) -> Section:
    signatory, retained = STATEMENT
    in_person = source.raw(signatory) == _IN_PERSON
    rows = (
        ("Signed by", source.value(signatory)),
        ("Name", source.person(f"{CLAIMANT}/PersonalDetails") if in_person else source.value(f"{FIRM}/@CompanyName")),
        ("Is a signed copy kept by the representative?", source.value(retained)),
        ("Date sent", day(_sent_on(view))),
    )
    return Section(
        "Statement of truth",
        (Text("Statement", _BELIEVED if in_person else _ON_BEHALF), Fields(tuple((label, value) for label, value in rows if value))),
    )


def _sent_on(view: ClaimView) -> date:
    return max(sent.on for sent in view.documents if sent.operation in NOTIFICATIONS)
