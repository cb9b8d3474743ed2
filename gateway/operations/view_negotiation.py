"""The offers to and fro on a stage 2 settlement pack, or on additional damages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.domain import money, packs
from gateway.operations.view_losses import Settled, Stand, later_losses, negotiated_losses, settled, totals
from gateway.xml.get_claim_pack_view import Extension, NegotiatedPack, Offer
from gateway.xml.get_claim_sent import Sent, Side
from gateway.xml.node import Node

State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is negotiated: the operations of either side, the first of each being the pack and the first answer, and where the state has more."""

    claims: tuple[str, ...]
    answers: tuple[str, ...]
    agreement: str
    clocks: tuple[str, ...]


SETTLEMENT = Kind(
    ("addStage2SPFRequest", "addStage2SPFCounterOfferByCR"),
    ("addStage2SPFResponse", "addStage2SPFCounterOfferByCM"),
    "agreement",
    ("settlement", "negotiation"),
)
DAMAGES = Kind(
    ("addS2SPFAdditionalDamagesRequest",),
    ("addS2SPFAdditionalDamagesResponse",),
    "additional-damages-agreement",
    ("additional-damages",),
)

_AGREED = {"C": True, "R": False, "ACO": True, "A": True}  # by a decision in a document; CO and NEWCO leave it open


@dataclass(slots=True)
class Negotiation:
    """A negotiation, read in the order in which the documents came.

    `claim` and `answer` are where the heads stand last: an offer of a single sum leaves them as they are. `interim` are the interim payments
    to take off, `cru_deductions` what the compensator named last.
    """

    kind: Kind
    request: Sent
    claim: Stand
    answer: Stand | None = None
    answers: list[Sent] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    interim: Decimal | None = None
    cru_deductions: Decimal = money.ZERO

    @property
    def repudiated(self) -> bool:
        """Whether the compensator refuses the pack as a whole."""
        return "R" in self.decisions

    @property
    def settled(self) -> Settled:
        """Which heads are agreed."""
        return settled(self.claim, self.answer, repudiated=self.repudiated)

    def claimed(self, process: str, sent: Sent) -> None:
        """Take in a document of the claimant representative."""
        node = Node(sent.root)
        if sent.operation == SETTLEMENT.claims[0]:
            self.claim = Stand(sent, packs.settlement_request(process, node).heads)
            if node.get("AgreementData/@Comments"):
                self.offers.append(Offer("claimant-representative", sent))
            return
        asked = packs.counter_offer(process, node, sent.operation)
        self._offered("claimant-representative", sent, asked.offer)
        if self.interim is None:
            self.interim = asked.offer.interim
        if asked.heads or not self.claim.heads:
            self.claim = Stand(sent, asked.heads)

    def answered(self, process: str, sent: Sent) -> None:
        """Take in a document of the compensator; the interim payments it names count (C11)."""
        answer = packs.settlement_response(process, Node(sent.root), sent.operation)
        self.answers.append(sent)
        self.decisions.append(answer.decision)
        self.interim, self.cru_deductions = answer.offer.interim, answer.cru_deductions
        self._offered("compensator", sent, answer.offer)
        if answer.heads or self.answer is None:
            self.answer = Stand(sent, answer.heads)

    def _offered(self, by: Side, sent: Sent, offer: packs.Offer) -> None:
        net = money.agreed_amount(money.global_offer(offer.gross), offer.interim, self.cru_deductions)
        self.offers.append(Offer(by, sent, net))

    def shown(self, state: State, earlier: Sequence[Settled]) -> NegotiatedPack:
        """What getClaim shows of it; `earlier` are negotiations that may have settled some of its heads."""
        decided: State = state.get(self.kind.agreement) or {}
        on = date.fromisoformat(decided["on"]) if decided else None
        offered = None if self.answer is None else money.losses_offered(self.answer.heads, repudiated=self.repudiated)
        net = None if offered is None or self.interim is None else money.net_value(offered, self.interim, self.cru_deductions)
        if self.kind is SETTLEMENT:
            losses = negotiated_losses(self.claim, self.answer, repudiated=self.repudiated)
        else:
            losses = later_losses(self.claim, self.answer, earlier)
        by_document = _AGREED.get(self.decisions[-1]) if self.decisions else None
        return NegotiatedPack(
            request=self.request,
            response=self.answers[0] if self.answers else None,
            answer=self.answers[-1] if self.answers else None,
            losses=losses,
            totals=totals(self.claim.heads, offered, self.interim, net),
            offers=tuple(self.offers),
            decision=self.decisions[0] if self.decisions else None,
            agreed=bool(decided["agreed"]) if decided else by_document,
            agreed_on=on,
            replied_on=(
                on if decided.get("by") == "claimant-representative" else self._last_reply("claimant-representative"),
                on if decided.get("by") == "compensator" else self._last_reply("compensator"),
            ),
            extension=_extension(state, self.kind.clocks),
        )

    def _last_reply(self, side: Side) -> date | None:
        first = (self.kind.claims[0], self.kind.answers[0])
        return next((offer.document.on for offer in reversed(self.offers) if offer.by == side and offer.document.operation not in first), None)


def negotiation(process: str, kind: Kind, sent: Sequence[Sent], interim: Decimal | None) -> Negotiation | None:
    """The negotiation among the documents `sent`, if it began. `interim`: what was paid through the portal, where that counts at first."""
    found: Negotiation | None = None
    for document in sent:
        if document.operation == kind.claims[0]:
            found = Negotiation(kind, document, Stand(document), interim=interim)
        if found is not None and document.operation in kind.claims:
            found.claimed(process, document)
        elif found is not None and document.operation in kind.answers:
            found.answered(process, document)
    return found


def _extension(state: State, clocks: Sequence[str]) -> Extension | None:
    found = [one for one in state.get("extensions") or () if one["clock"] in clocks]
    return Extension(date.fromisoformat(found[-1]["to"]), found[-1].get("reason")) if found else None
