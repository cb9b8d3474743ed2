"""Checks on the claim notification form (CNF) that both processes share, beyond its schema.

Rule numbers V1-V28 and field error codes 9.1 are those of the process description. Marks: S stated by a source, I inferred, U our choice.
Nothing is left to check for V17 (a litigant in person uses the web only, the form has no such field) and V21 (first day, time and length of
post codes are in the schema). V25 and V28, the limits of value and period, refuse nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.domain.age import is_child
from gateway.domain.rules.read import british, day, finding, flag
from gateway.errors import Finding
from gateway.xml.node import Node

CLAIM = "ApplicationData/ClaimDetails"
DEFENDANT = "ClaimAndClaimantDetails/DefendantDetails"
CLAIMANT = "ClaimAndClaimantDetails/ClaimantDetails"
INJURY = "MedicalDetails/Injury"
ACCIDENT = "AccidentData/AccidentDetails"

NI_NUMBER = f"{CLAIMANT}/@NationalInsuranceNumber"
BIRTH = f"{CLAIMANT}/PersonalDetails/@DateOfBirth"
DEFENDANT_BIRTH = f"{DEFENDANT}/PersonalDetails/@DateOfBirth"
FIRST_ATTENTION = f"{INJURY}/@MedicalAttentionFirstDate"
ACCIDENT_DATE = f"{ACCIDENT}/@AccidentDate"

NI_PREFIXES_NOT_ISSUED = ("FY", "GB", "NK", "TN", "TT", "ZZ")
_OTHER_TITLE = "5"
_MIB = "M"


def ni_number_prefix(cnf: Node, today: date) -> Iterator[Finding]:
    """V1: a National Insurance number never begins with certain pairs of letters. S (the rest of its form is in the schema)."""
    number = cnf.get(NI_NUMBER)
    if number and number.startswith(NI_PREFIXES_NOT_ISSUED):
        yield finding(cnf, NI_NUMBER, "FormatNotValid", f"no National Insurance number begins with {number[:2]}")


def ni_number_or_comment(cnf: Node, today: date) -> Iterator[Finding]:
    """V2: the National Insurance number, or a comment why there is none; never both, never neither. S"""
    number, comment = cnf.get(NI_NUMBER), cnf.get(f"{CLAIMANT}/@NINComment")
    if number and comment:
        yield finding(cnf, NI_NUMBER, "NINEnteredCommet", "must not be given together with NINComment, which says why there is no number")
    if not number and not comment:
        yield finding(cnf, NI_NUMBER, "NINMissingCommet", "must be given, or NINComment must say why there is no number")


def child_claim(cnf: Node, today: date) -> Iterator[Finding]:
    """V15: ChildClaim says whether the claimant is under 18 on the day of sending. I"""
    path = f"{CLAIMANT}/@ChildClaim"
    birth, said = day(cnf, BIRTH), flag(cnf, path)
    if birth is None or said is None or birth > today or is_child(birth, today) == said:
        return
    fact = "under 18" if not said else "18 or older"
    yield finding(cnf, path, "WrongValue", f"must be {int(not said)}: by the date of birth the claimant is {fact} on {british(today)}")


def signed_copy_retained(cnf: Node, today: date) -> Iterator[Finding]:
    """V18: a claimant representative who signs the statement of truth keeps the copy that the claimant signed. I"""
    if cnf.get(f"{CLAIM}/@Signatory") == "S" and flag(cnf, f"{CLAIM}/@RetainedCopy") is False:
        yield finding(cnf, f"{CLAIM}/@RetainedCopy", "WrongValue", "must be 1 when the claimant's solicitor signs (Signatory S)")


def nothing_in_the_future(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 FutureDate: accident, birth and first medical attention lie in the past. I"""
    for path in (ACCIDENT_DATE, BIRTH, DEFENDANT_BIRTH, FIRST_ATTENTION):
        yield from not_after(cnf, path, today)


def dates_in_order(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 DateAfterOrOnAccidentDate, AccidentDateAfterMedicalAttentionDate: born before the accident, treated after it.

    S for the defendant's birth (release 1), I for the rest. A date in the future is reported as that and compared with nothing.
    """
    accident = past(cnf, ACCIDENT_DATE, today)
    if accident is None:
        return
    for path in (BIRTH, DEFENDANT_BIRTH):
        birth = past(cnf, path, today)
        if birth is not None and birth >= accident:
            yield finding(cnf, path, "DateAfterOrOnAccidentDate", f"must lie before the accident on {british(accident)}")
    attention = past(cnf, FIRST_ATTENTION, today)
    if attention is not None and attention < accident:
        code = "AccidentDateAfterMedicalAttentionDate"
        yield finding(cnf, FIRST_ATTENTION, code, f"must not lie before the accident on {british(accident)}")


def other_title(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 OtherMustBeProvided: who has another title (TitleType 5) says which. I"""
    for person in cnf.all(f".//*[@TitleType='{_OTHER_TITLE}']"):
        yield from other_text(person, "@OtherTitle", "TitleType is 5 (Other)")


def defendant_named(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 MustBeProvided: a defendant who is a person (P) has personal details, a business (B) company details. U"""
    status = cnf.get(f"{DEFENDANT}/@DefendantStatus")
    needed = {"P": "PersonalDetails", "B": "CompanyDetails"}.get(status or "")
    if needed and cnf.find(f"{DEFENDANT}/{needed}") is None:
        yield finding(cnf, f"{DEFENDANT}/{needed}", "MustBeProvided", f"must be given when DefendantStatus is {status}")


def compensator_chosen(cnf: Node, today: date) -> Iterator[Finding]:
    """9.1 InsurerNotSelected: the form names the compensator it goes to; only one for the MIB (InsurerType M) need not. I"""
    insurer = f"{DEFENDANT}/InsurerInformation"
    organisation = f"{insurer}/@InsurerOrganizationID"
    if cnf.get(f"{insurer}/@InsurerType") == _MIB or cnf.get(organisation) or cnf.get(f"{insurer}/@InsurerOrganizationPath"):
        return
    yield finding(cnf, organisation, "InsurerNotSelected", "must say, with InsurerOrganizationPath, which compensator the claim goes to")


def injury_ticked(cnf: Node, boxes: tuple[str, ...]) -> Iterator[Finding]:
    """9.1 AtLeastOne: one box at least says what kind of injury it is. I"""
    if cnf.find(INJURY) is not None and not any(flag(cnf, f"{INJURY}/@{box}") for box in boxes):
        yield finding(cnf, INJURY, "AtLeastOne", f"at least one must be 1: {', '.join(boxes)}")


def not_after(cnf: Node, path: str, today: date) -> Iterator[Finding]:
    """The date at `path`, if given, is not in the future."""
    found = day(cnf, path)
    if found is not None and found > today:
        yield finding(cnf, path, "FutureDate", f"must not be after {british(today)}")


def not_before_accident(node: Node, path: str, accident: date | None) -> Iterator[Finding]:
    """9.1 DateBeforeAccidentDate: what the accident led to did not happen before it. I"""
    found = day(node, path)
    if found is not None and accident is not None and found < accident:
        yield finding(node, path, "DateBeforeAccidentDate", f"must not lie before the accident on {british(accident)}")


def past(cnf: Node, path: str, today: date) -> date | None:
    """The date at `path` unless it is in the future."""
    found = day(cnf, path)
    return found if found is not None and found <= today else None


def other_text(node: Node, path: str, because: str) -> Iterator[Finding]:
    """9.1 OtherMustBeProvided: the text at `path` says what is meant by "other"."""
    if node.get(path) is None:
        yield finding(node, path, "OtherMustBeProvided", f"must be given when {because}")
