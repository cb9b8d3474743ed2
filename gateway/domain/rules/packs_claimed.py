"""Checks on what the claimant representative sends in the packs: requests, counter offers, the court pack; beyond the schemas."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.domain.money import INTERIM_MINIMUM, interim_requested, reaches_interim_minimum
from gateway.domain.rules.packs_common import Pack
from gateway.domain.rules.read import finding, flag, whole
from gateway.errors import Finding

_ALL_PAID = "CourtProceedingsPackPartA/@AllDisbursementAgreedAndPaid"


def some_head(pack: Pack) -> Iterator[Finding]:
    """V24, 9.1 AtLeastOne: a request, like a counter offer, claims one head of loss at least. I"""
    if not any(head.pursued for head in pack.heads):
        container = pack.at.heads.partition("/")[0]
        yield finding(pack.document, container, "AtLeastOne", "must have at least one head of loss that is pursued")


def heads_have_a_type(pack: Pack) -> Iterator[Finding]:
    """9.1 MustBeProvided: each head says what kind of loss it is; before release 7, and in EL/PL, the schemas do not ask. U"""
    for node in pack.nodes:
        if node.get("@LossType") is None:
            yield finding(node, "@LossType", "MustBeProvided", "must be given: the compensator answers head by head")


def interim_minimum(pack: Pack) -> Iterator[Finding]:
    """C8, 9.1 LessThan1000: an interim payment is asked for from 1,000 pounds on, gross. S (gross U)"""
    asked = interim_requested(pack.heads)
    if any(head.pursued for head in pack.heads) and not reaches_interim_minimum(asked):
        container = pack.at.heads.partition("/")[0]
        yield finding(pack.document, container, "LessThan1000", f"the heads pursued come to {asked}, and must come to {INTERIM_MINIMUM} at least")


def medical_report(pack: Pack) -> Iterator[Finding]:
    """V24: a stage 2 settlement pack comes with a medical report. I/U"""
    if whole(pack.document, pack.at.medical_reports) == 0:
        yield finding(pack.document, pack.at.medical_reports, "WrongValue", "must be 1 at least: the pack comes with a medical report")


def medco_case(pack: Pack) -> Iterator[Finding]:
    """V4 (road traffic, from release 5): the MedCo case is named for a soft tissue injury, and for no other. Field S, rule I"""
    soft_tissue, path = flag(pack.document, f"{pack.at.medco}/@SoftTissue"), f"{pack.at.medco}/@MedCoCaseID"
    named = pack.document.get(path) is not None
    if soft_tissue and not named:
        yield finding(pack.document, path, "MustBeProvided", "must be given for a soft tissue injury (SoftTissue 1)")
    if soft_tissue is False and named:
        yield finding(pack.document, path, "MustNotBeProvided", "must not be given unless the injury is one of soft tissue (SoftTissue 1)")


def signed_copy_retained(pack: Pack) -> Iterator[Finding]:
    """V18: a claimant representative who signs the statement of truth keeps the copy that the claimant signed. I"""
    truth = pack.at.statement_of_truth
    if pack.document.get(f"{truth}/@SignatoryType") == "S" and flag(pack.document, f"{truth}/@RetainedSignedCopy") is False:
        yield finding(pack.document, f"{truth}/@RetainedSignedCopy", "WrongValue", "must be 1 when the claimant's solicitor signs (SignatoryType S)")


def disbursements_disputed(pack: Pack) -> Iterator[Finding]:
    """9.1: disbursements are disputed when not all are agreed and paid (AllDisbursementAgreedAndPaid 0), and only then; each has its number. I"""
    all_paid, listed = flag(pack.document, _ALL_PAID), pack.document.all(pack.at.disbursements)
    container = pack.at.disbursements.partition("/")[0]
    if all_paid and listed:
        yield finding(pack.document, container, "MustNotBeProvided", "must be empty when AllDisbursementAgreedAndPaid is 1")
    if all_paid is False and not listed:
        yield finding(pack.document, container, "AtLeastOne", "must name the disputed disbursements when AllDisbursementAgreedAndPaid is 0")
    seen: set[int | None] = set()
    for node in listed:
        number = whole(node, "@DisbursementId")
        if number in seen:
            yield finding(node, "@DisbursementId", "WrongValue", f"{number} is the number of another disbursement")
        seen.add(number)
