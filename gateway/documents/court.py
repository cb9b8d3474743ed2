"""The Court Proceedings Pack, parts A and B, by both sides. The final offers stand in part B alone, which the court opens last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from gateway.documents import packs_losses, packs_words
from gateway.documents.content import Source, pounds, title
from gateway.documents.declared import Value, blocks
from gateway.documents.model import Block, Document, Section
from gateway.documents.packs_words import SIDES, fields, section, table
from gateway.domain import money, packs
from gateway.domain.packs_layout import layout
from gateway.xml.get_claim_pack_view import CourtPack
from gateway.xml.get_claim_view import ClaimView
from gateway.xml.node import Node

KIND = "court-pack"
CLOCKS = ("court",)

_PART_A, _PART_B, _LEGAL = "CourtProceedingsPackPartA", "CourtProceedingsPackPartB", "DefendantLegalRepresentative"

_BENEFITS = (
    Value("CRU benefits received", f"{_PART_A}/@CRUBenefitsReceived"),
    Value("Comments on the benefits", f"{_PART_A}/@CRUBenefitsReceivedComments", long=True),
    Value("Up-to-date CRU certificate attached", f"{_PART_A}/@UpToDateCRUCertificateAttached"),
    Value("Comments on the certificate", f"{_PART_A}/@UpToDateCRUCertificateAttachedComments", long=True),
)
_COSTS = (
    Value("Stage 1 fixed costs paid", f"{_PART_B}/FixedCosts/@Stage1FixedCostsPaid"),
    Value("Stage 2 fixed costs paid", f"{_PART_B}/FixedCosts/@Stage2FixedCostsPaid"),
)
_NAMED = (
    Value("Defendant has named a legal representative", f"{_LEGAL}/@HasDefendantNamedLegalRep"),
    Value("Details", f"{_LEGAL}/@DefendantLegalDetails", long=True),
)
_DISBURSEMENTS = ("No.", "Disbursement disputed", "Claimed", "Paid", "Reason for not paying in full")
_OFFERS = ("Stated by", "Claimant's final offer", "Defendant's final offer")


def document(view: ClaimView, form: str, created_on: date) -> Document:
    """The court pack as it stands."""
    pack = view.packs.court
    assert pack is not None, "there is no court pack to print"
    request = Source.of(view, pack.request)
    response = packs_words.answer(view, pack.response)
    return packs_words.whole(view, title(KIND), form, created_on, (_part_a(view, pack, request, response), _part_b(view, request, response)))


def _part_a(view: ClaimView, pack: CourtPack, request: Source, response: Source | None) -> Section | None:
    occupation = request.value("ClaimAndClaimantDetails/ClaimantDetails/@Occupation_CPP")
    return section(
        "Part A",
        fields(("Sent on", pack.request.on), ("Answered on", pack.response.on if pack.response else None)),
        within=(
            packs_words.representative(request, "ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails"),
            section("Claimant", fields(("Age when the pack was sent", str(pack.age)), ("Occupation", occupation))),
            packs_words.compensator(response),
            section("Losses", *packs_losses.court(view, pack.losses)),
            section("Disbursements", *_disbursements(view, pack, request)),
            section("CRU benefits", *(blocks(_BENEFITS, response) if response else ())),
            packs_words.time_limit(view, CLOCKS),
            packs_words.statement(request, pack.request.on, "court proceedings pack"),
        ),
    )


def _part_b(view: ClaimView, request: Source, response: Source | None) -> Section | None:
    said = [(SIDES["claimant-representative"], request), *([(SIDES["compensator"], response)] if response else [])]
    rows = ((side, *(one.value(f"{_PART_B}/@{name}FinalOffer") for name in ("Claimant", "Defendant"))) for side, one in said)
    part = section(
        "Part B",
        within=(
            section("Final offers", table(_OFFERS, rows, _OFFERS[1:])),
            section("Fixed costs", *blocks(_COSTS, request)),
            *(section(f"Legal representation, as the {side.lower()} states", *blocks(_NAMED, one)) for side, one in said),
        ),
    )
    return part and replace(part, new_page=True)  # the judge is given it apart from part A


def _disbursements(view: ClaimView, pack: CourtPack, request: Source) -> Iterator[Block]:
    agreed = fields(("All disbursements agreed and paid", request.value(f"{_PART_A}/@AllDisbursementAgreedAndPaid")))
    if agreed:
        yield agreed
    at = layout(view.process, "addCPPFRequest").disbursements
    said = packs.court_pack_request(view.process, Node(pack.request.root)).disbursements
    if not said:
        return
    rows = (
        (str(one.number), each.value("@DisbursementDisputed"), pounds(one.claimed), pounds(one.paid), reason)
        for one, each, reason in zip(said, request.each(at), pack.reasons, strict=True)
    )
    claimed, paid = (pounds(sum(amounts, money.ZERO)) for amounts in ((one.claimed for one in said), (one.paid for one in said)))
    yield table(_DISBURSEMENTS, rows, ("Claimed", "Paid"), total=((None, "Total", claimed, paid, None),))
