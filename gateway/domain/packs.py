"""The packs of stage 2 and after, read: heads of loss, global offers, decisions, disbursements. What else they say is only kept and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.domain.age import birthday
from gateway.domain.money import ZERO, Head, amount_in_dispute, gross_agreed, interim_requested, pounds
from gateway.domain.packs_layout import Layout, layout
from gateway.xml.node import Node

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_TOO_MUCH = Decimal(10) ** 15  # the schemas allow 15 digits


@dataclass(frozen=True, slots=True)
class Offer:
    """A global offer: the gross sum, and the interim payments that are taken off."""

    gross: Decimal
    interim: Decimal


@dataclass(frozen=True, slots=True)
class Disbursement:
    """A disputed disbursement. The answer has its number only."""

    number: int
    claimed: Decimal = ZERO
    paid: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class InterimRequest:
    """The claimant's interim settlement pack."""

    heads: tuple[Head, ...]

    @property
    def requested(self) -> Decimal:
        """C6 ValueOfInterimRequest."""
        return interim_requested(self.heads)


@dataclass(frozen=True, slots=True)
class InterimResponse:
    """The compensator's answer to it."""

    heads: tuple[Head, ...]
    cru_deductions: Decimal


@dataclass(frozen=True, slots=True)
class SettlementRequest:
    """The claimant's stage 2 settlement pack."""

    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """What the claimant asks with a global offer: a counter offer, or additional damages."""

    heads: tuple[Head, ...]
    offer: Offer


@dataclass(frozen=True, slots=True)
class SettlementResponse:
    """The compensator's answer with a decision: to a settlement pack (C, CO, R), a counter offer (ACO, NEWCO), additional damages (A, CO)."""

    heads: tuple[Head, ...]
    cru_deductions: Decimal
    offer: Offer
    decision: str


@dataclass(frozen=True, slots=True)
class CourtPackRequest:
    """The claimant's court proceedings pack, parts A and B."""

    heads: tuple[Head, ...]
    disbursements: tuple[Disbursement, ...]
    claimant_final_offer: Decimal
    defendant_final_offer: Decimal


@dataclass(frozen=True, slots=True)
class CourtPackResponse:
    """The compensator's comments on it."""

    heads: tuple[Head, ...]
    disbursements: tuple[Disbursement, ...]
    defendant_final_offer: Decimal


def interim_request(process: str, document: Node) -> InterimRequest:
    """Read addInterimSPFRequest."""
    return InterimRequest(heads(document, layout(process, "addInterimSPFRequest")))


def interim_response(process: str, document: Node) -> InterimResponse:
    """Read addInterimSPFResponse."""
    at = layout(process, "addInterimSPFResponse")
    return InterimResponse(heads(document, at), amount(document, at.cru_deductions) or ZERO)


def settlement_request(process: str, document: Node) -> SettlementRequest:
    """Read addStage2SPFRequest."""
    return SettlementRequest(heads(document, layout(process, "addStage2SPFRequest")))


def settlement_response(process: str, document: Node, operation: str = "addStage2SPFResponse") -> SettlementResponse:
    """Read addStage2SPFResponse, addStage2SPFCounterOfferByCM or addS2SPFAdditionalDamagesResponse."""
    at = layout(process, operation)
    return SettlementResponse(heads(document, at), amount(document, at.cru_deductions) or ZERO, offer(document, at), document.get(at.decision) or "")


def counter_offer(process: str, document: Node, operation: str = "addStage2SPFCounterOfferByCR") -> CounterOffer:
    """Read addStage2SPFCounterOfferByCR or addS2SPFAdditionalDamagesRequest."""
    at = layout(process, operation)
    return CounterOffer(heads(document, at), offer(document, at))


def court_pack_request(process: str, document: Node) -> CourtPackRequest:
    """Read addCPPFRequest."""
    at = layout(process, "addCPPFRequest")
    final = (amount(document, f"{at.final_offers}/@{side}FinalOffer") or ZERO for side in ("Claimant", "Defendant"))
    return CourtPackRequest(heads(document, at), disbursements(document, at), *final)


def court_pack_response(process: str, document: Node) -> CourtPackResponse:
    """Read addCPPFResponse."""
    at = layout(process, "addCPPFResponse")
    return CourtPackResponse(heads(document, at), disbursements(document, at), amount(document, f"{at.final_offers}/@DefendantFinalOffer") or ZERO)


def heads(document: Node, at: Layout) -> tuple[Head, ...]:
    """The heads of loss, in the order of the document."""
    return tuple(head(node, at) for node in document.all(at.heads))


def head(node: Node, at: Layout) -> Head:
    """One head of loss."""
    agreed = amount(node, "@IsGrossAmountAgreed")
    return Head(
        loss_type=node.get("@LossType"),
        gross=amount(node, at.gross) or ZERO,
        percent=amount(node, "@PercContribNegDeductions") or ZERO,
        interest=amount(node, "@Interest") or ZERO,
        pursued=amount(node, "@ItemBeingPursued") != 0,
        agreed=None if agreed is None else agreed == 1,
        tariff_type=node.get("@TariffType"),
        duration=node.get("@SelectDurationOfTheInjury"),
        uplift=(amount(node, "@ExcepCircumstancesUplift") and amount(node, "@ExcepCircumstancesUpliftPerc")) or ZERO,
    )


def offer(document: Node, at: Layout) -> Offer:
    """The global offer."""
    return Offer(amount(document, f"{at.offer}/@GrossAmount") or ZERO, amount(document, f"{at.offer}/@InterimPaymentAmount") or ZERO)


def disbursements(document: Node, at: Layout) -> tuple[Disbursement, ...]:
    """The disputed disbursements, in the order of the document."""
    return tuple(
        Disbursement(int(amount(node, "@DisbursementId") or 0), amount(node, "@AmountClaimed") or ZERO, amount(node, "@AmountPaid") or ZERO)
        for node in document.all(at.disbursements)
    )


def amount(node: Node, path: str) -> Decimal | None:
    """The amount, percentage or flag (1 yes, 0 no) at `path`, to the penny; None when there is none or it is no number of the schemas."""
    text = node.get(path)
    if text is None or not _DECIMAL.fullmatch(text):
        return None
    value = Decimal(text)
    return pounds(value) if abs(value) < _TOO_MUCH else None


def counterparts(mine: Iterable[Head], theirs: Iterable[Head]) -> tuple[Head | None, ...]:
    """For each of my heads the other side's: of the same loss type, in order where a type repeats; None where there is none."""
    waiting: dict[str | None, list[Head]] = {}
    for one in theirs:
        waiting.setdefault(one.loss_type, []).append(one)
    return tuple(waiting[one.loss_type].pop(0) if waiting.get(one.loss_type) else None for one in mine)


def agreed_in_s2sp(claimed: Head, offered: Head) -> bool:
    """C24 AgreedInS2SP: the head was settled before the additional damages or the court pack. I; that it means this U"""
    return gross_agreed(claimed.gross, offered.gross) and not amount_in_dispute(claimed.value, offered.value)


def age_at_court_pack(birth: date, sent: date) -> int:
    """C23 Age_CPP: the claimant's age in full years when the court pack is sent. I"""
    years = sent.year - birth.year
    return years if birthday(birth, years) <= sent else years - 1
