"""What the packs say besides their losses and offers: who made them, the medical evidence, the statement of truth, time limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from gateway.documents import content
from gateway.documents.content import CONTACT, Source, day, pounds
from gateway.documents.declared import Person, Row, Value, blocks
from gateway.documents.model import Block, Document, Fields, Section, Table, Text
from gateway.xml.get_claim_pack_view import Extension
from gateway.xml.get_claim_sent import Sent, Side
from gateway.xml.get_claim_view import ClaimView
from gateway.xml.labels import kinds

Cells = Sequence[str | None]

SIDES: dict[Side, str] = {"claimant-representative": "Claimant's representative", "compensator": "Compensator"}

SHORT: dict[Side, str] = {"claimant-representative": "Claimant", "compensator": "Compensator"}

_UNPUBLISHED = "Meaning not published; here: "
_SIGNED = {
    "S": (
        "The claimant believes that the facts stated in this {form} are true. "
        "I am authorised by the claimant to sign this statement on the claimant's behalf."
    ),
    "C": "I believe that the facts stated in this {form} are true.",
}


def whole(view: ClaimView, title: str, form: str, created_on: date, parts: Iterable[Section | None]) -> Document:
    """The document of these sections, without those that have nothing to say."""
    return Document(
        title=title,
        form=form,
        application_id=view.application_id,
        created_on=created_on,
        parties=content.parties(view),
        references=content.references(view),
        sections=tuple(part for part in parts if part is not None),
    )


def section(title: str, *content_: Block | None, within: Iterable[Section | None] = ()) -> Section | None:
    """A section with what there is of these, None when there is nothing."""
    made = Section(title, tuple(block for block in content_ if block is not None), tuple(one for one in within if one is not None))
    return made if made.blocks or made.sections else None


def fields(*facts: tuple[str, str | date | Decimal | bool | None]) -> Fields | None:
    """The facts that are known, as a person reads them; None when none is."""
    known = tuple((label, _written(value)) for label, value in facts if value is not None and value != "")
    return Fields(known) if known else None


def _written(fact: str | date | Decimal | bool) -> str:
    if isinstance(fact, bool):
        return content.yes_no(fact)
    if isinstance(fact, Decimal):
        return pounds(fact)
    return day(fact) if isinstance(fact, date) else fact


def table(header: Sequence[str], rows: Iterable[Cells], right: Collection[str] = (), label: str = "", total: Iterable[Cells] = ()) -> Table:
    """A table without the columns that no row has anything in; `right` are the headers of the columns set to the right, `total` rows at the end."""
    cells = [[cell or "" for cell in row] for row in rows]
    used = [at for at in range(len(header)) if any(row[at] for row in cells)]
    return Table(
        header=tuple(header[at] for at in used),
        rows=tuple(tuple(row[at] for at in used) for row in cells),
        right=frozenset(new for new, at in enumerate(used) if header[at] in right),
        total=tuple(tuple(row[at] or "" for at in used) for row in total),
        label=label,
    )


def code(view: ClaimView, path: str, raw: str | None) -> str | None:
    """The label of a code that stands at `path` of getClaim."""
    if raw is None:
        return None
    kind = kinds(view.process, view.release, "getClaim").get(path)
    return raw if kind is None else content.written(raw, kind).removeprefix(_UNPUBLISHED)


def representative(request: Source, at: str) -> Section | None:
    """Who answers for the pack at the claimant's representative: the element `at`. The firm itself stands among the parties."""
    return section(SIDES["claimant-representative"], *blocks(_contact(at), request))


def compensator(response: Source | None) -> Section | None:
    """Who answers for the compensator in its first answer, and the reference of the Compensation Recovery Unit."""
    if response is None:
        return None
    unit = (
        Value("CRU reference number", "DefendantRepresentative/CRUReference/@CRUReferenceNumber"),
        Value("Comment on the CRU reference", "DefendantRepresentative/CRUReference/@CRUComment", long=True),
    )
    return section(SIDES["compensator"], *blocks((*_contact("DefendantRepresentative/DefendantsInsurer"), *unit), response))


def _contact(at: str) -> tuple[Row, ...]:
    return (
        Person("Contact", at, CONTACT),
        Value("Reference", f"{at}/@ReferenceNumber"),
        Value("Telephone", f"{at}/@TelephoneNumber"),
        Value("E-mail", f"{at}/@EmailAddress"),
    )


def medical(request: Source, reports: str) -> Section | None:
    """How many reports come with the pack, and the case at MedCo."""
    rows = (
        Value("Medical reports attached", reports),
        Value("Soft tissue injury claim", "ClaimantRepresentative/MedCoCase/@SoftTissue"),
        Value("MedCo case number", "ClaimantRepresentative/MedCoCase/@MedCoCaseID"),
    )
    return section("Medical evidence", *blocks(rows, request))


def statement(request: Source, on: date, form: str) -> Section | None:
    """Who signed, in the usual words; `form` is what the signature stands under."""
    at = "StatementOfTruth/@SignatoryType"
    words = _SIGNED.get(request.raw(at) or "")
    signed = fields(
        ("Signed by", request.value(at)),
        ("Is a signed copy kept by the representative?", request.value("StatementOfTruth/@RetainedSignedCopy")),
        ("Date sent", on),
    )
    return section("Statement of truth", Text("Statement", words.format(form=form)) if words else None, signed)


def time_limit(
    view: ClaimView, clocks: Collection[str], extension: Extension | None = None, reason_at: str = "", *, extended: bool = False
) -> Section | None:
    """The limit that runs, if it is one of the pack's, and how it was moved. `reason_at` is the place of the reason in getClaim.

    A limit is reached when its day begins, so that day is too late.
    """
    due = view.running[1] if view.running is not None and view.running[0] in clocks else None
    return section(
        "Time limits",
        fields(
            ("Next step due before", due),
            ("Extended", extended or None),
            ("Extended to", extension.to if extension else None),
            ("Reason for the extension", code(view, reason_at, extension.reason) if extension else None),
        ),
    )


def answer(view: ClaimView, sent: Sent | None) -> Source | None:
    """The document of an answer, if there is one."""
    return None if sent is None else Source.of(view, sent)
