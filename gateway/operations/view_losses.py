"""What the portal adds to the heads of loss and to their sums, from gateway/domain/money.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gateway.domain import money
from gateway.domain.money import Head
from gateway.domain.packs import agreed_in_s2sp, counterparts
from gateway.xml.get_claim_pack_view import Claimed, Losses, Offered, Totals
from gateway.xml.get_claim_sent import Sent

Heads = Sequence[Head]
Flags = Sequence[bool | None]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a claim or an answer names its heads of loss.

    `typed` is what each comes to after contribution in the sender's own words, where the form asks for it (the court pack).
    """

    document: Sent
    heads: tuple[Head, ...] = ()
    typed: tuple[Decimal | None, ...] = ()

    @property
    def after_contribution(self) -> list[Decimal]:
        """What each head comes to (C1, C2)."""
        typed = self.typed or (None,) * len(self.heads)
        return [head.after_contribution if own is None else own for head, own in zip(self.heads, typed, strict=True)]


@dataclass(frozen=True, slots=True)
class Settled:
    """The heads claimed in a negotiation, and which of them were agreed in it."""

    heads: tuple[Head, ...]
    agreed: tuple[bool, ...]


def plain_losses(claim: Stand, answer: Stand | None) -> Losses:
    """The interim pack: nothing was settled before."""
    return _losses(claim, answer, (None,) * len(claim.heads), (None,) * len(answer.heads) if answer else ())


def negotiated_losses(claim: Stand, answer: Stand | None, *, repudiated: bool) -> Losses:
    """The settlement pack: a head is agreed when both sides say the same of it now (C24). Not said before the first answer."""
    if answer is None:
        return plain_losses(claim, None)
    return _losses(
        claim,
        answer,
        [not repudiated and other is not None and agreed_in_s2sp(mine, other) for mine, other in _pairs(claim.heads, answer.heads)],
        [not repudiated and other is not None and agreed_in_s2sp(other, mine) for mine, other in _pairs(answer.heads, claim.heads)],
    )


def later_losses(claim: Stand, answer: Stand | None, earlier: Sequence[Settled]) -> Losses:
    """Additional damages: a head may have been agreed in an earlier negotiation (C24)."""
    return _losses(claim, answer, _agreed_before(claim.heads, earlier), _agreed_before(answer.heads, earlier) if answer else ())


def court_losses(claim: Stand, answer: Stand | None, earlier: Sequence[Settled]) -> Losses:
    """The court pack: as later_losses; its form leaves out the interest, and whether the gross amount is agreed (C3).

    The interest is that of the last offer on the same head. I
    """
    losses = later_losses(claim, answer, earlier)
    interest = (next((other.interest for other in others if other is not None), None) for others in _earlier(claim.heads, earlier))
    pairs = _pairs(answer.heads if answer else (), claim.heads)
    gross = (None if other is None else money.gross_agreed(other.gross, mine.gross) for mine, other in pairs)
    return replace(
        losses,
        claimed=tuple(replace(one, interest=amount) for one, amount in zip(losses.claimed, interest, strict=True)),
        offered=tuple(replace(one, gross_agreed=same) for one, same in zip(losses.offered, gross, strict=True)),
    )


def settled(claim: Stand, answer: Stand | None, *, repudiated: bool) -> Settled:
    """What a negotiation leaves settled."""
    pairs = _pairs(claim.heads, answer.heads if answer else ())
    return Settled(claim.heads, tuple(not repudiated and other is not None and agreed_in_s2sp(mine, other) for mine, other in pairs))


def totals(claimed: Heads, offered: Decimal | None, interim: Decimal | None, net: Decimal | None) -> Totals:
    """The sums of what is claimed (C5, C19-C22; without tariff and uplift C22 is C5), with those of the answer (C9-C11) as given."""
    return Totals(
        heads=money.total_with_uplift(claimed),
        tariff=money.total_tariff(claimed),
        psla=money.total_psla(claimed),
        other_losses=money.total_other_losses(claimed),
        uplift=money.total_uplift(claimed),
        offered=offered,
        interim_received=interim,
        net=net,
    )


def _losses(claim: Stand, answer: Stand | None, claimed_agreed: Flags, offered_agreed: Flags) -> Losses:
    claimed = [Claimed(None if claim.typed else amount, agreed) for amount, agreed in zip(claim.after_contribution, claimed_agreed, strict=True)]
    if answer is None:
        return Losses(claim.document, tuple(claimed))
    asked = dict(zip(map(id, claim.heads), claim.after_contribution, strict=True))
    others = (None if other is None else asked[id(other)] for other in counterparts(answer.heads, claim.heads))
    offered = (
        Offered(
            None if answer.typed else amount,
            None if other is None else money.amount_in_dispute(other, amount),
            agreed,
        )
        for amount, other, agreed in zip(answer.after_contribution, others, offered_agreed, strict=True)
    )
    return Losses(claim.document, tuple(claimed), answer.document, tuple(offered))


def _pairs(mine: Heads, theirs: Heads) -> list[tuple[Head, Head | None]]:
    return list(zip(mine, counterparts(mine, theirs), strict=True))


def _earlier(heads: Heads, earlier: Sequence[Settled]) -> list[tuple[Head | None, ...]]:
    """For each head what it was in each earlier negotiation."""
    found = [counterparts(heads, each.heads) for each in earlier]
    return [tuple(each[place] for each in found) for place in range(len(heads))]


def _agreed_before(heads: Heads, earlier: Sequence[Settled]) -> list[bool | None]:
    if not earlier:
        return [None] * len(heads)
    agreed = {id(head) for each in earlier for head, agreed in zip(each.heads, each.agreed, strict=True) if agreed}
    return [any(id(other) in agreed for other in others) for others in _earlier(heads, earlier)]
