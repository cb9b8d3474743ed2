"""Checks on what the compensator answers to the packs, beyond the schemas."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.domain.money import gross_agreed
from gateway.domain.packs import amount, counterparts, disbursements, offer
from gateway.domain.packs_layout import ANSWERS, layout
from gateway.domain.rules.packs_common import Pack
from gateway.domain.rules.read import finding, whole
from gateway.errors import Finding

_CONFIRMING = ("C", "A")  # the claimed values, as they are
_WITHOUT_HEADS = ("R", "ACO")  # nothing is offered, or the other side's offer is taken as it is
_CRU_REFERENCE_LENGTH = 6


def same_heads(pack: Pack) -> Iterator[Finding]:
    """V23: an answer has exactly the heads that were claimed. I. A head not pursued may be left out, and all may in a repudiation or acceptance (U)."""
    claimed = pack.claimed
    if not claimed:
        return
    for node, head, asked in zip(pack.nodes, pack.heads, counterparts(pack.heads, claimed), strict=True):
        if asked is None:
            yield finding(node, "@LossType", "WrongValue", f"loss type {head.loss_type} was not claimed, or not this often")
    container = pack.at.heads.partition("/")[0]
    for head, answer in zip(claimed, counterparts(claimed, pack.heads), strict=True):
        if answer is None and head.pursued and pack.decision not in _WITHOUT_HEADS:
            yield finding(pack.document, container, "MustBeProvided", f"must answer loss type {head.loss_type}, which was claimed")


def gross_as_agreed(pack: Pack) -> Iterator[Finding]:
    """C3: a gross amount that is agreed is the one claimed (I); one that is not is commented on (S)."""
    for node, head, asked in zip(pack.nodes, pack.heads, counterparts(pack.heads, pack.claimed), strict=True):
        if head.agreed and asked is not None and pack.decision not in _CONFIRMING and not gross_agreed(asked.gross, head.gross):
            yield finding(node, pack.at.gross, "WrongValue", f"must be {asked.gross} as claimed when IsGrossAmountAgreed is 1")
        if head.agreed is False and node.get("@Comments") is None and pack.decision not in _CONFIRMING:
            yield finding(node, "@Comments", "MustBeProvided", "must be given when IsGrossAmountAgreed is 0")


def confirmed_as_claimed(pack: Pack) -> Iterator[Finding]:
    """C16: who confirms a settlement pack (C, S) or agrees to additional damages (A, I) has the values that were claimed."""
    if pack.decision not in _CONFIRMING:
        return
    for node, head, asked in zip(pack.nodes, pack.heads, counterparts(pack.heads, pack.claimed), strict=True):
        if asked is not None:
            pairs = ((pack.at.gross, asked.gross, head.gross), ("@PercContribNegDeductions", asked.percent, head.percent))
            for path, claimed, answered in (*pairs, ("@Interest", asked.interest, head.interest)):
                if claimed != answered:
                    yield finding(node, path, "WrongValue", f"must be {claimed} as claimed when the decision is {pack.decision}")
        if head.agreed is False:
            yield finding(node, "@IsGrossAmountAgreed", "WrongValue", f"must be 1 when the decision is {pack.decision}")


def accepted_as_offered(pack: Pack) -> Iterator[Finding]:
    """C17: who accepts a counter offer (ACO) accepts its amount. I"""
    request = pack.facts.request
    if pack.decision != "ACO" or request is None:
        return
    asked, path = offer(request, layout(pack.process, ANSWERS[pack.operation])), f"{pack.at.offer}/@GrossAmount"
    if amount(pack.document, path) != asked.gross:
        yield finding(pack.document, path, "WrongValue", f"must be {asked.gross}, the counter offer that is accepted (ACO)")


def cru_reference(pack: Pack) -> Iterator[Finding]:
    """V5 (from release 5): the reference of the Compensation Recovery Unit, three letters and three digits, or a comment why there is none. S"""
    where = pack.at.cru_reference
    reference = pack.document.get(f"{where}/@CRUReferenceNumber")
    if reference is None and pack.document.get(f"{where}/@CRUComment") is None:
        yield finding(pack.document, f"{where}/@CRUReferenceNumber", "MustBeProvided", "must be given, or CRUComment must say why there is none")
    if reference is not None and not _is_cru_reference(reference):
        yield finding(pack.document, f"{where}/@CRUReferenceNumber", "FormatNotValid", "must be three letters and three digits")


def same_disbursements(pack: Pack) -> Iterator[Finding]:
    """C23, T121: the answer to a court pack has the disputed disbursements of the request, by their numbers. S"""
    request = pack.facts.request
    if request is None:
        return
    waiting = {one.number for one in disbursements(request, layout(pack.process, ANSWERS[pack.operation]))}
    for node in pack.document.all(pack.at.disbursements):
        number = whole(node, "@DisbursementId")
        if number not in waiting:
            yield finding(node, "@DisbursementId", "WrongValue", f"{number} is no disputed disbursement of the request, or is there already")
        waiting.discard(number or 0)
    container = pack.at.disbursements.partition("/")[0]
    for number in sorted(waiting):
        yield finding(pack.document, container, "MustBeProvided", f"must answer the disputed disbursement {number}")


def _is_cru_reference(text: str) -> bool:
    return text.isascii() and len(text) == _CRU_REFERENCE_LENGTH and text[:3].isalpha() and text[3:].isdecimal()
