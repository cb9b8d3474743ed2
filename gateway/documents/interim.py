"""The Interim Settlement Pack (RTA4, EPL4): the claimant's request for an interim payment, and the answer once there is one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from gateway.documents import packs_losses, packs_words
from gateway.documents.content import Source, title
from gateway.documents.declared import Value, blocks
from gateway.documents.model import Block, Document, Section
from gateway.documents.packs_words import code, fields, section
from gateway.domain.packs_layout import layout
from gateway.xml.get_claim_pack_view import InterimPack
from gateway.xml.get_claim_table import INTERIM
from gateway.xml.get_claim_view import ClaimView

KIND = "interim-settlement-pack"
CLOCKS = ("interim-low", "interim-high")

_REASONS = (Value("Reasons for the request", "InterimPayment/ClaimantRequestForInterimPayment/@ReasonsForInterimPaymentRequest", long=True),)
_COMMENTS = (Value("Compensator's comments", "InterimPayment/DefendantResponsesToInterimPaymentRequest/@AdditionalComments", long=True),)
_DECISION = f"{INTERIM}/InterimPayment/ClaimantRequestForInterimPayment/@PaymentDecision"


def document(view: ClaimView, form: str, created_on: date) -> Document:
    """The last interim pack of the claim as it stands."""
    pack = view.packs.interims[-1]
    request, response = Source.of(view, pack.request), packs_words.answer(view, pack.response)
    cru = None if response is None else response.amount(layout(view.process, "addInterimSPFResponse").cru_deductions)
    return packs_words.whole(
        view,
        title(KIND),
        form,
        created_on,
        (
            packs_words.representative(request, "ClaimantRepresentative/CompanyDetails"),
            packs_words.compensator(response),
            packs_words.medical(request, "MedicalReport/@MedicalReportStage2_1"),
            section("Request for an interim payment", _request(pack), *blocks(_REASONS, request)),
            _losses(view, pack, cru),
            section("Answer", _answer(view, pack), *(blocks(_COMMENTS, response) if response else ())),
            packs_words.time_limit(view, CLOCKS, extended=pack.extended),
            packs_words.statement(request, pack.request.on, "interim settlement pack"),
        ),
    )


def _request(pack: InterimPack) -> Block | None:
    return fields(
        ("Number of the pack", str(pack.number)),
        ("Requested on", pack.request.on),
        ("Interim payment requested", pack.requested),
        ("More than £1,000 requested", pack.more_requested),
    )


def _losses(view: ClaimView, pack: InterimPack, cru_deductions: Decimal | None) -> Section | None:
    sums = packs_losses.totals(view, pack.totals, cru_deductions)
    return section("Losses to date", *packs_losses.standing(view, pack.losses), *sums)


def _answer(view: ClaimView, pack: InterimPack) -> Block | None:
    return fields(
        ("Answered on", pack.answered_on),
        ("Interim payment agreed", pack.agreed),
        ("Comment on the rejection", pack.rejection),
        ("Partial payment", code(view, _DECISION, pack.decision)),
    )
