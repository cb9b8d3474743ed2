"""The Stage 2 Settlement Pack (RTA5, EPL5): the pack, the answer, the counter offers in order, the agreement."""

from __future__ import annotations

from datetime import date

from gateway.documents import packs_offers, packs_words
from gateway.documents.content import Source, title
from gateway.documents.model import Document
from gateway.documents.packs_offers import Steps
from gateway.xml.get_claim_table import SETTLEMENT
from gateway.xml.get_claim_view import ClaimView

KIND = "settlement-pack"
CLOCKS = ("settlement",)
STEPS = Steps(
    {"addStage2SPFRequest": "Settlement pack", "addStage2SPFCounterOfferByCR": "Counter offer"},
    ("addStage2SPFResponse", "addStage2SPFCounterOfferByCM"),
    settled="Head agreed",
)


def document(view: ClaimView, form: str, created_on: date) -> Document:
    """The settlement pack as it stands."""
    pack = view.packs.settlement
    assert pack is not None, "there is no settlement pack to print"
    request, response = Source.of(view, pack.request), packs_words.answer(view, pack.response)
    said = packs_offers.rounds(view, pack, STEPS)
    return packs_words.whole(
        view,
        title(KIND),
        form,
        created_on,
        (
            packs_words.representative(request, "ClaimantRepresentative"),
            packs_words.compensator(response),
            packs_words.medical(request, "MedicalReport/@MedicalReportStage2"),
            packs_offers.losses(view, pack, STEPS, said),
            packs_offers.offers(view, pack, said),
            packs_offers.agreement(pack, said, view.child_at_stage2_agreement),
            packs_words.time_limit(view, CLOCKS, pack.extension, f"{SETTLEMENT}/LastExtendedTime/@ReasonForExtension"),
            packs_words.statement(request, pack.request.on, "settlement pack"),
        ),
    )
