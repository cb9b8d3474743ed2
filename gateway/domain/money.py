"""What the portal computes in the packs, so that neither side sends it: sums, deductions, net values, the whiplash tariff.

C1-C24 are the calculations of the process description, each with its mark (S stated by a source, I inferred, U unknown and our choice).
Everything is Decimal, rounded half up to the penny where a product is made. C16, C17, C23 and C24 compare documents: see packs.py and the
rules of the packs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from gateway.contract.tariff import Tariff, tariffs

ZERO = Decimal("0.00")
INTERIM_MINIMUM = Decimal("1000.00")
TARIFF = "16"
PSLA = "11"  # general damages: pain, suffering and loss of amenity

_PENNY = Decimal("0.01")
_HUNDRED = Decimal(100)
_NO_BAND = "0"


@dataclass(frozen=True, slots=True)
class Head:
    """A head of loss as one side sees it. `gross` is claimed or offered, by the message; `percent` the contributory negligence taken off.

    What a message has no field for is zero: the percentage in EL/PL, interest in the interim pack, the uplift (per cent) before release 7 and
    on every head but the tariff. `agreed` is None in what the claimant sends. A head not `pursued` counts in no sum.
    """

    loss_type: str | None
    gross: Decimal
    percent: Decimal = ZERO
    interest: Decimal = ZERO
    pursued: bool = True
    agreed: bool | None = None
    tariff_type: str | None = None
    duration: str | None = None
    uplift: Decimal = ZERO

    @property
    def after_contribution(self) -> Decimal:
        """C1, C2 of this head."""
        return after_contribution(self.gross, self.percent)

    @property
    def value(self) -> Decimal:
        """What it counts for in a sum: after contribution, with its interest."""
        return self.after_contribution + self.interest


def pounds(value: Decimal) -> Decimal:
    """To the penny, halves up (away from zero)."""
    return value.quantize(_PENNY, ROUND_HALF_UP)


def after_contribution(gross: Decimal, percent: Decimal) -> Decimal:
    """C1 ValueClaimedAfterContrib, C2 ValueOfferedAfterContrib: gross x (100 - percent) / 100. S for C1 in RTA, I for C2 and EL/PL (percent 0)."""
    return pounds(gross * (_HUNDRED - percent) / _HUNDRED)


def gross_agreed(claimed: Decimal, offered: Decimal) -> bool:
    """C3: IsGrossAmountAgreed 1 means that the gross offered is the gross claimed. I"""
    return claimed == offered


def amount_in_dispute(claimed: Decimal, offered: Decimal) -> Decimal:
    """C4 AmountInDispute: claimed less offered, both after contribution (I); not below zero (U)."""
    return max(claimed - offered, ZERO)


def total_heads(heads: Iterable[Head]) -> Decimal:
    """C5 TotalHeads: the heads pursued, after contribution (S: 900.00 of 1000 at 10 %), with interest (U; only the stage 2 packs have any)."""
    return sum((head.value for head in heads if head.pursued), ZERO)


def interim_requested(heads: Iterable[Head]) -> Decimal:
    """C6 ValueOfInterimRequest: the gross of the heads pursued. I/U (a known answer shows 1000 where TotalHeads is 900)"""
    return sum((head.gross for head in heads if head.pursued), ZERO)


def payment_more_requested(requested: Decimal) -> bool:
    """C7 PaymentMoreRequested: more than 1,000 pounds, which gives the compensator the longer limit. I"""
    return requested > INTERIM_MINIMUM


def reaches_interim_minimum(requested: Decimal) -> bool:
    """C8: an interim request is for 1,000 pounds at least. S"""
    return requested >= INTERIM_MINIMUM


def losses_offered(heads: Iterable[Head], *, repudiated: bool = False) -> Decimal:
    """C9 LossesOffered: the heads after contribution with the interest offered (I); nothing when the pack is repudiated (S).

    The uplift offered on the tariff counts in as the one claimed does in C22, or a pack confirmed would fall short of its own total. U
    """
    offered = tuple(heads)
    return ZERO if repudiated else total_heads(offered) + total_uplift(offered)


def net_value(losses: Decimal, interim: Decimal, cru_deductions: Decimal) -> Decimal:
    """C10 NetValue: LossesOffered less interim payments received and CRU deductions; below zero when more was paid than is offered. S"""
    return losses - interim - cru_deductions


def interim_received(paid: Iterable[Decimal]) -> Decimal:
    """C11 InterimPaymentReceived: the interim payments agreed and confirmed as paid. S. The compensator's answer may say otherwise (S)."""
    return sum(paid, ZERO)


def interim_agreed(losses: Decimal, cru_deductions: Decimal) -> Decimal:
    """C12 ValueOfInterimPaymentAgreed: the net value of the interim answer; earlier interim payments are not taken off. I"""
    return net_value(losses, ZERO, cru_deductions)


def interim_fully_agreed(agreed: Decimal, requested: Decimal) -> bool:
    """C13: whether the interim answer meets the request (T34) or is a partial offer (T35). I"""
    return agreed >= requested


def global_offer(gross_amount: Decimal) -> Decimal:
    """C14 GrossAmount: the figure that binds is the one typed, whatever the heads come to; it may exceed their sum. S, P-RTA 7.41"""
    return pounds(gross_amount)


def agreed_amount(gross_amount: Decimal, interim: Decimal, cru_deductions: Decimal) -> Decimal:
    """C15 AgreedAmount, the net of a global offer: GrossAmount less InterimPaymentAmount and CRU deductions. I"""
    return gross_amount - interim - cru_deductions


def interim_number(packs_before: int) -> int:
    """C18 InterimPaymentNumber: 1, 2, 3 ... by pack. I"""
    return packs_before + 1


def total_tariff(heads: Iterable[Head]) -> Decimal:
    """C19 TotalTariff: the tariff heads. I"""
    return total_heads(head for head in heads if head.loss_type == TARIFF)


def total_psla(heads: Iterable[Head]) -> Decimal:
    """C20 TotalPSLA: general damages. I"""
    return total_heads(head for head in heads if head.loss_type == PSLA)


def total_other_losses(heads: Iterable[Head]) -> Decimal:
    """C20 TotalOtherLosses: what is neither tariff nor general damages. I"""
    return total_heads(head for head in heads if head.loss_type not in (TARIFF, PSLA))


def total_uplift(heads: Iterable[Head]) -> Decimal:
    """C21 TotalUplift: each tariff x its uplift for exceptional circumstances / 100 (I), on the tariff after contribution, without interest (U)."""
    return sum((pounds(head.after_contribution * head.uplift / _HUNDRED) for head in heads if head.loss_type == TARIFF and head.pursued), ZERO)


def total_with_uplift(heads: Iterable[Head]) -> Decimal:
    """C22 TotalHeads from release 7: C19 + C20 + C21, which is C5 and the uplift. U"""
    counted = tuple(heads)
    return total_tariff(counted) + total_psla(counted) + total_other_losses(counted) + total_uplift(counted)


@dataclass(frozen=True, slots=True)
class TariffWarning:
    """A tariff head with another amount than the law's; `expected` is None where the law has no tariff. Nobody is refused for it."""

    claimed: Decimal
    expected: Decimal | None

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.claimed} is claimed as whiplash tariff for an accident before there was one"
        return f"{self.claimed} is claimed as whiplash tariff; the tariff is {self.expected}"


def tariff_on(accident: date) -> Tariff | None:
    """The tariff that holds for an accident on that day. S"""
    return next((tariff for tariff in reversed(tariffs()) if tariff.since <= accident), None)


def tariff_amount(accident: date, tariff_type: str, duration: str) -> Decimal | None:
    """What the tariff gives; None before the first one, and for an injury without a band (0: none chosen, or over 24 months). Amounts S, codes I"""
    tariff = tariff_on(accident)
    if tariff is None or tariff_type not in tariff.amounts or not duration.isdecimal() or duration == _NO_BAND:
        return None
    amounts = tariff.amounts[tariff_type]
    return amounts[int(duration) - 1] if int(duration) <= len(amounts) else None


def tariff_warning(head: Head, accident: date) -> TariffWarning | None:
    """Whether a tariff head departs from the law; the portal is not known to enforce it. U"""
    if head.loss_type != TARIFF or head.tariff_type is None or head.duration is None:
        return None
    expected = tariff_amount(accident, head.tariff_type, head.duration)
    if (expected is None and tariff_on(accident) is not None) or expected == head.gross:
        return None
    return TariffWarning(head.gross, expected)
