"""The packs of a claim for getClaim: their documents, with the values that the portal computes or was told beside them.

Everything here is plain and already worked out; gateway/operations/view_packs.py makes it. `None` = not known, or not happened yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.xml.get_claim_sent import Sent, Side


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the portal adds to a head of loss claimed. The court pack states the value after contribution, and leaves out the interest."""

    after_contribution: Decimal | None
    agreed_in_s2sp: bool | None = None
    interest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What the portal adds to the answer to a head of loss. The court pack leaves out whether the gross amount is agreed."""

    after_contribution: Decimal | None
    in_dispute: Decimal | None = None
    agreed_in_s2sp: bool | None = None
    gross_agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class Losses:
    """The heads of loss as they stand: the documents that name them last, and the additions to each head in the order of the document."""

    claim: Sent
    claimed: tuple[Claimed, ...]
    answer: Sent | None = None
    offered: tuple[Offered, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a pack: of what is claimed, and once there is an answer of what is offered."""

    heads: Decimal
    tariff: Decimal
    psla: Decimal
    other_losses: Decimal
    uplift: Decimal
    offered: Decimal | None = None
    interim_received: Decimal | None = None
    net: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InterimPack:
    """An interim settlement pack. `agreed` is the amount offered; `answered_on` also the day of a rejection, which is no document."""

    number: int
    request: Sent
    response: Sent | None
    losses: Losses
    totals: Totals
    requested: Decimal
    more_requested: bool
    agreed: Decimal | None = None
    answered_on: date | None = None
    decision: str | None = None
    extended: bool = False
    rejection: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A word in a negotiation: the document that brought it, and the net of its global offer, if it makes one."""

    by: Side
    document: Sent
    net: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A time limit moved by a party."""

    to: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NegotiatedPack:
    """A stage 2 settlement pack, or additional damages.

    `response` is the compensator's first answer, `answer` its latest. `offers` are those of both sides in order, the last being the one
    that stands; `agreed_on` is the day of the decision where that was no document. `replied_on` are the days on which each side last
    answered the other (the claimant representative, the compensator).
    """

    request: Sent
    response: Sent | None
    answer: Sent | None
    losses: Losses
    totals: Totals
    offers: tuple[Offer, ...] = ()
    decision: str | None = None
    agreed: bool | None = None
    agreed_on: date | None = None
    replied_on: tuple[date | None, date | None] = (None, None)
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class CourtPack:
    """The court proceedings pack. `reasons`: the compensator's words on each disbursement of the request, in its order."""

    request: Sent
    response: Sent | None
    losses: Losses
    age: int
    reasons: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Packs:
    """All packs of a claim."""

    interims: tuple[InterimPack, ...] = ()
    settlement: NegotiatedPack | None = None
    additional_damages: NegotiatedPack | None = None
    court: CourtPack | None = None
