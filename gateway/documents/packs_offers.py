"""A negotiation in print: the stage 2 settlement pack, and the additional damages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from gateway.documents import packs_losses
from gateway.documents.content import Source, day, pounds
from gateway.documents.model import Section, Text
from gateway.documents.packs_words import SHORT, SIDES, fields, section, table
from gateway.domain.packs_layout import Layout, layout
from gateway.xml.get_claim_pack_view import NegotiatedPack
from gateway.xml.get_claim_sent import Sent, Side
from gateway.xml.get_claim_view import ClaimView

CLAIMANT: Side = "claimant-representative"
COMPENSATOR: Side = "compensator"

_ACCEPTING = {"C", "ACO", "A"}  # decisions in a document that are an agreement
_NEW_OFFER = "NEWCO"


@dataclass(frozen=True, slots=True)
class Steps:
    """The operations of a negotiation, with what the claimant's are called in it; an answer bears the name of its decision.

    `settled`: what it is called there that a head is settled.
    """

    claims: dict[str, str]
    answers: tuple[str, ...]
    settled: str


@dataclass(frozen=True, slots=True)
class Round:
    """A document of a negotiation. `cru_deductions` are those named last, which the `net` takes off."""

    number: int
    sent: Sent
    by: Side
    what: str
    source: Source
    at: Layout
    net: Decimal | None
    cru_deductions: Decimal | None

    @property
    def decision(self) -> str | None:
        """The code of the compensator's decision."""
        return self.source.raw(self.at.decision) if self.at.decision else None

    @property
    def comments(self) -> str | None:
        """What its sender says of it."""
        return self.source.value(f"{self.at.offer}/@Comments") if self.at.offer else self.source.value("AgreementData/@Comments")

    def row(self) -> tuple[str | None, ...]:
        """The round in the table of offers."""
        gross, interim = (
            self.source.value(f"{self.at.offer}/@{name}") if self.at.offer else None for name in ("GrossAmount", "InterimPaymentAmount")
        )
        cru = pounds(self.cru_deductions) if self.cru_deductions is not None and gross else None
        net = pounds(self.net) if self.net is not None else None
        return (str(self.number), day(self.sent.on), SHORT[self.by], self.what, gross, interim, cru, net)


_HEADER = ("No.", "Date", "By", "Offer or answer", "Gross", "Less interim payments", "Less CRU deductions", "Net")


def rounds(view: ClaimView, pack: NegotiatedPack, steps: Steps) -> list[Round]:
    """The documents of the negotiation in order."""
    return list(_rounds(view, pack, steps))


def _rounds(view: ClaimView, pack: NegotiatedPack, steps: Steps) -> Iterator[Round]:
    nets = {offer.document.number: offer.net for offer in pack.offers}
    sent = (one for one in view.documents if one.number >= pack.request.number and one.operation in (*steps.claims, *steps.answers))
    cru: Decimal | None = None
    for number, document in enumerate(sent, 1):
        at, source = layout(view.process, document.operation), Source.of(view, document)
        if document.operation in steps.answers:
            cru = source.amount(at.cru_deductions)
        yield Round(
            number=number,
            sent=document,
            by=COMPENSATOR if document.operation in steps.answers else CLAIMANT,
            what=steps.claims.get(document.operation) or source.value(at.decision) or "",
            source=source,
            at=at,
            net=nets.get(document.number),
            cru_deductions=cru,
        )


def losses(view: ClaimView, pack: NegotiatedPack, steps: Steps, said: list[Round]) -> Section | None:
    """The heads of loss as they stand, and their sums."""
    sums = packs_losses.totals(view, pack.totals, said[-1].cru_deductions)
    return section("Losses", *packs_losses.standing(view, pack.losses, steps.settled), *sums)


def offers(view: ClaimView, pack: NegotiatedPack, said: list[Round]) -> Section | None:
    """Every offer and answer in order, with its comments, and with the heads of loss it stated where a later one has replaced them."""
    comments = (Text(f"Comments on No. {one.number}, {SHORT[one.by].lower()}", one.comments) for one in said if one.comments)
    current = {pack.losses.claim.number, *([pack.losses.answer.number] if pack.losses.answer else [])}
    replaced = (
        section(f"Heads of loss stated in No. {one.number} ({one.what}), since replaced", *packs_losses.stated(view, one.sent))
        for one in said
        if one.sent.number not in current
    )
    return section("Offers and answers", table(_HEADER, (one.row() for one in said), _HEADER[4:]), *comments, within=replaced)


def agreement(pack: NegotiatedPack, said: list[Round], child: bool | None) -> Section | None:
    """Whether the negotiation ended, how, by whose decision and on what day; with an agreement its sum, that of the offer that stands."""
    if pack.agreed is None:
        return None
    last = said[-1]
    decided_on = pack.agreed_on or last.sent.on
    by = _decider(pack, last)
    offer = next((one for one in reversed(said) if one.net is not None), None) if pack.agreed else None
    gross = None if offer is None else offer.source.value(f"{offer.at.offer}/@GrossAmount")
    return section(
        "Agreement",
        fields(
            ("Agreement reached", pack.agreed),
            ("Decided by", SIDES[by] if by else None),
            ("Decided on", decided_on),
            ("Gross amount agreed", gross),
            ("Net amount agreed", offer.net if offer else None),
            ("Claimant a child at the agreement", child if pack.agreed else None),
        ),
    )


def _decider(pack: NegotiatedPack, last: Round) -> Side | None:
    """Who ended the negotiation: whoever answered the last offer.

    Where the last word is a new offer of the compensator and there is no agreement, either it was itself the compensator's no (in the further
    consideration period) or the claimant's representative refused it; when all was on one day that cannot be told, and is not said.
    """
    if last.by == CLAIMANT or pack.agreed_on is None or last.decision in _ACCEPTING:
        return COMPENSATOR
    if pack.agreed or last.decision != _NEW_OFFER or last.sent.on != pack.agreed_on:
        return CLAIMANT
    return None if pack.replied_on[0] == pack.agreed_on else COMPENSATOR
