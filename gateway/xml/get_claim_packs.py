"""getClaim, chapter two: the interim settlement packs, the stage 2 settlement pack and the additional damages."""

from __future__ import annotations

from datetime import date

from lxml import etree

from gateway.xml.get_claim_pack_view import InterimPack, Losses, NegotiatedPack, Offer, Totals
from gateway.xml.get_claim_sent import Sent
from gateway.xml.get_claim_table import DAMAGES, INTERIM, SETTLEMENT
from gateway.xml.get_claim_view import ClaimView
from gateway.xml.project import Part

_FORM_COMPANY = "ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails"
_FIGURES = "AgreementData/FinalAgreementDetails/AgreementDetails"
_WORD = {
    "claimant-representative": "AgreementData/ClaimantResponsesToDefendantReplies",
    "compensator": "AgreementData/DefendantResponsesToClaimantReplies",
}


def fill(view: ClaimView, claim: Part) -> None:
    """Put the packs of stage 2 into `claim`."""
    claim.give(
        "ApplicationData/ClaimantDetails",
        isClaimantChildAtStage2Request=view.child_at_stage2_request,
        isClaimantChildAtStage2Agreement=view.child_at_stage2_agreement,
        isClaimantChildAtStage2AgreementAD=view.child_at_additional_damages_agreement,
    )
    packs = view.packs
    if packs.interims:
        _interims(view, claim)
    if packs.settlement is not None:
        settlement = packs.settlement
        contacts(view, claim, SETTLEMENT, answered=settlement.response is not None)
        _negotiated(claim, SETTLEMENT, settlement)
        claim.give(f"{SETTLEMENT}/AgreementData/FinalAgreementDetails", SettlementPackDecision=settlement.decision)
        by_claimant, by_compensator = settlement.replied_on
        dates = f"{SETTLEMENT}/Phase2ClaimantDefendantDates"
        claim.give(
            f"{dates}/ClaimantRepresentativeDates",
            DateOfClaimantFirstOffer=settlement.request.on,
            DateOfClaimantReplyToInsurer=by_claimant,
        )
        claim.give(
            f"{dates}/DefendantRepresentativeDates",
            DateOfInsurerFirstOffer=day(settlement.response),
            DateOfReplyToClaimant=by_compensator,
        )
    if packs.additional_damages is not None:
        damages = packs.additional_damages
        _negotiated(claim, DAMAGES, damages)
        claim.give(f"{DAMAGES}/AgreementData/FinalAgreementDetails", AdditionalDamagesDecision=damages.decision)
        dates = f"{DAMAGES}/Phase2ClaimantDefendantDates"
        claim.give(f"{dates}/ClaimantRepresentativeDates", DateOfNotification=damages.request.on)
        claim.give(f"{dates}/DefendantRepresentativeDates", DateOfInsurerResponse=day(damages.response))


def _interims(view: ClaimView, claim: Part) -> None:
    for pack in view.packs.interims:
        part = Part(INTERIM, sources={"claim": claim.sources["claim"]}, here=pack.request.root)
        if pack.response is not None:
            part.sources = {**part.sources, "interim-response": pack.response.root}
        _interim(view, part, pack)
        claim.add(part)
    # the three below are as old as the single interim pack; of several packs the last one counts (I)
    last = view.packs.interims[-1]
    claim.give("ApplicationData/ClaimDetails", InterimPaymentTimeoutExtended=last.extended)
    claim.give("ClaimAndClaimantDetails/ClaimantRepresentative", PaymentMoreRequested=last.more_requested)
    rejections = [pack.rejection for pack in view.packs.interims if pack.rejection is not None]
    claim.give("ApplicationData/InterimPackRejected", InterimPackRejectionComment=rejections[-1] if rejections else None)


def _interim(view: ClaimView, part: Part, pack: InterimPack) -> None:
    contacts(view, part, INTERIM, answered=pack.response is not None)
    part.give(INTERIM, InterimPaymentNumber=str(pack.number))
    part.give(f"{INTERIM}/ClaimantRepresentative", PaymentMoreRequested=pack.more_requested)
    losses(part, INTERIM, pack.losses, "ClaimantLosses/ClaimantLossesToDate", "DefendantReplies/DefendantResponse")
    _totals(part, INTERIM, "Total/LossesTotal", pack.totals, pack.response)
    payment = f"{INTERIM}/InterimPayment"
    part.give(
        f"{payment}/ClaimantRequestForInterimPayment",
        DateOfRequest=pack.request.on,
        ValueOfInterimRequest=pack.requested,
        PaymentDecision=pack.decision,
    )
    if pack.response is not None:
        part.give(
            f"{payment}/DefendantResponsesToInterimPaymentRequest",
            DateOfResponse=pack.response.on,
            ValueOfInterimPaymentAgreed=pack.agreed,
        )
    dates = f"{INTERIM}/Phase2ClaimantDefendantDates"
    part.give(f"{dates}/ClaimantRepresentativeDates", DateOfNotification=pack.request.on)
    part.give(f"{dates}/DefendantRepresentativeDates", DateOfInsurerResponse=pack.answered_on)


def _negotiated(claim: Part, at: str, pack: NegotiatedPack) -> None:
    losses(claim, at, pack.losses, "ClaimantLosses/CurrentClaimantOffer", "DefendantReplies/CurrentDefendantResponse")
    _totals(claim, at, "Total/CurrentTotal", pack.totals, pack.answer)
    for offer in pack.offers:
        word = f"{at}/{_WORD[offer.by]}"
        part = Part(word, here=_figures(offer))
        part.give(word, DateOfReply=offer.document.on, AgreedAmount=offer.net)
        claim.add(part)
    claim.give(f"{at}/AgreementData/FinalAgreementDetails", AgreementReached=pack.agreed)
    standing = next((offer for offer in reversed(pack.offers) if offer.net is not None), None)
    if standing is not None:
        part = Part(f"{at}/{_FIGURES}", here=_figures(standing))
        part.give(f"{at}/{_FIGURES}", DateOfReply=pack.agreed_on or standing.document.on, AgreedAmount=standing.net)
        claim.add(part)
    if pack.extension is not None:
        claim.give(f"{at}/LastExtendedTime", NewTimeOutDate=pack.extension.to, ReasonForExtension=pack.extension.reason)


def _figures(offer: Offer) -> etree._Element | None:
    found = offer.document.root.find(_FIGURES)
    return offer.document.root.find("AgreementData") if found is None else found  # the pack itself has only a comment there


def contacts(view: ClaimView, part: Part, pack: str, *, answered: bool) -> None:
    """Who sent a pack and who answered: its form has only the persons, so that the firms come from the claim. I"""
    company = part.sources["claim"].find(_FORM_COMPANY)
    at = f"{pack}/ClaimantRepresentative/CompanyDetails"
    named = None if company is None else company.get("CompanyName")
    part.give(at, CompanyName=named or view.claimant_representative.name)
    address = None if company is None else company.find("Address")
    if address is not None:
        part.add(Part(f"{at}/Address", here=address))
    if answered:
        part.give(f"{pack}/DefendantRepresentative/DefendantsInsurer", CompanyName=view.compensator.name)


def losses(part: Part, pack: str, heads: Losses, claimed: str, offered: str) -> None:
    """The heads of loss of both sides, each as its document has it, with what the portal adds. `claimed` and `offered` are their elements."""
    at = f"{pack}/LossesToDate/{claimed}"
    for element, claim in zip(heads.claim.root.iterfind(claimed), heads.claimed, strict=True):
        head = Part(at, here=element)
        head.give(
            at,
            ValueClaimedAfterContrib=claim.after_contribution,
            AgreedInS2SP=claim.agreed_in_s2sp,
            Interest=claim.interest,
        )
        part.add(head)
    if heads.answer is None:
        return
    at = f"{pack}/LossesToDate/{offered}"
    for element, offer in zip(heads.answer.root.iterfind(offered), heads.offered, strict=True):
        head = Part(at, here=element)
        head.give(
            at,
            GrossValueOffered=element.get("GrossValueClaimed"),  # so called in the answer to an RTA settlement pack alone
            ValueOfferedAfterContrib=offer.after_contribution,
            AmountInDispute=offer.in_dispute,
            AgreedInS2SP=offer.agreed_in_s2sp,
            IsGrossAmountAgreed=offer.gross_agreed,
        )
        part.add(head)


def _totals(part: Part, pack: str, name: str, totals: Totals, answer: Sent | None) -> None:
    at = f"{pack}/LossesToDate/{name}"
    sums = Part(at, here=None if answer is None else answer.root.find(name))
    sums.give(
        at,
        TotalHeads=totals.heads,
        TotalTariff=totals.tariff,
        TotalPSLA=totals.psla,
        TotalOtherLosses=totals.other_losses,
        TotalUplift=totals.uplift,
        LossesOffered=totals.offered,
        InterimPaymentReceived=totals.interim_received,
        NetValue=totals.net,
    )
    part.add(sums)


def day(sent: Sent | None) -> date | None:
    """When a document was sent, if it was."""
    return None if sent is None else sent.on
