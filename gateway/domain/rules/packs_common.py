"""Checks that several packs share, beyond their schemas, and what every check of a pack gets to see.

V rules, calculations (C) and field error codes (9.1) are those of the process description. Marks: S stated by a source, I inferred, U our
choice. Nothing is left to check for V16 (a pack has no fields for a litigation friend) and V20 (the number of reports is in the schema); V10,
the scope of the whiplash tariff, and its amounts refuse nothing: see money.tariff_warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.domain.money import Head
from gateway.domain.packs import amount, heads
from gateway.domain.packs_layout import ANSWERS, Layout, layout
from gateway.domain.rules.read import finding, flag
from gateway.errors import Finding
from gateway.xml.node import Node

_REPEATABLE = "10"  # other losses


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What the rules must know beside the document; what depends on a fact that is None is not checked.

    `request`: the last document of the kind this one answers (packs_layout.ANSWERS).
    """

    request: Node | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A document of the packs under check."""

    process: str
    operation: str
    document: Node
    facts: PackFacts

    @property
    def at(self) -> Layout:
        """Where things are in it."""
        return layout(self.process, self.operation)

    @property
    def nodes(self) -> list[Node]:
        """The elements of its heads of loss."""
        return self.document.all(self.at.heads)

    @property
    def heads(self) -> tuple[Head, ...]:
        """Its heads of loss, in the order of `nodes`."""
        return heads(self.document, self.at)

    @property
    def decision(self) -> str | None:
        """The compensator's decision, where there is one to take."""
        return self.document.get(self.at.decision) if self.at.decision else None

    @property
    def claimed(self) -> tuple[Head, ...]:
        """The heads it answers; none when the request is not known, or was a counter offer of a single sum."""
        request = self.facts.request
        return () if request is None else heads(request, layout(self.process, ANSWERS[self.operation]))


def loss_types_once(pack: Pack) -> Iterator[Finding]:
    """V22: a pack has each loss type once at most; only other losses (10) may repeat. U"""
    seen: set[str] = set()
    for node, head in zip(pack.nodes, pack.heads, strict=True):
        kind = head.loss_type
        if kind in seen and kind != _REPEATABLE:
            yield finding(node, "@LossType", "WrongValue", f"loss type {kind} is there already; only 10 (Other Losses) may repeat")
        seen.add(kind or "")


def no_amount_below_zero(pack: Pack) -> Iterator[Finding]:
    """9.1 EqualGreaterThanZero: what is claimed, offered, paid or taken off is no negative amount. I; that nothing must be above zero U"""
    at, document = pack.at, pack.document
    for node in pack.nodes:
        yield from _not_below_zero(node, *(path for path in (at.gross, "@Interest", at.after) if path))
    for node in document.all(at.disbursements) if at.disbursements else ():
        yield from _not_below_zero(node, "@AmountClaimed", "@AmountPaid")
    if at.offer:
        yield from _not_below_zero(document, f"{at.offer}/@GrossAmount", f"{at.offer}/@InterimPaymentAmount")
    if at.final_offers:
        yield from _not_below_zero(document, f"{at.final_offers}/@ClaimantFinalOffer", f"{at.final_offers}/@DefendantFinalOffer")
    if at.cru_deductions:
        yield from _not_below_zero(document, at.cru_deductions)
    if at.cru_benefits:
        yield from _not_below_zero(document, at.cru_benefits)


def legal_representative_named(pack: Pack) -> Iterator[Finding]:
    """9.1 MustBeProvided: who says that the defendant has a legal representative says who it is. I"""
    where = pack.at.legal_representative
    if flag(pack.document, f"{where}/@HasDefendantNamedLegalRep") and pack.document.get(f"{where}/@DefendantLegalDetails") is None:
        yield finding(pack.document, f"{where}/@DefendantLegalDetails", "MustBeProvided", "must be given when HasDefendantNamedLegalRep is 1")


def _not_below_zero(node: Node, *paths: str) -> Iterator[Finding]:
    for path in paths:
        if (amount(node, path) or 0) < 0:
            yield finding(node, path, "EqualGreaterThanZero", "must not be below 0")
