"""The packs of a claim as getClaim shows them: the documents, what the portal computes from them, and what was decided by argument.

Read from claim.state, where nothing has to be there:

- `interims`, a list with an object for each addInterimSPFRequest in the order in which they were sent: `extended` (bool), `rejected` (the
  comment), `answered-on` (ISO date), `decision` ("AC" or "NAC"), `paid` (bool);
- `agreement` and `additional-damages-agreement`: `by` (side), `agreed` (bool), `on` (ISO date), where it was decided, by argument or not;
- `extensions`, a list: `clock` ("settlement", "negotiation", "additional-damages"), `to` (ISO date), `reason` (text or null).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.domain import money, packs
from gateway.domain.packs_layout import LAYOUTS, layout
from gateway.operations.view_losses import Settled, Stand, court_losses, plain_losses, totals
from gateway.operations.view_negotiation import DAMAGES, SETTLEMENT, negotiation
from gateway.xml.get_claim_pack_view import CourtPack, InterimPack, Packs
from gateway.xml.get_claim_sent import Sent
from gateway.xml.node import Node

State = Mapping[str, Any]


def read(process: str, sent: Sequence[Sent], state: State, birth: date) -> Packs:
    """All packs among the documents `sent`. `birth` is the claimant's date of birth."""
    documents = [one for one in sent if one.operation in LAYOUTS]
    if not documents:
        return Packs()
    kept: Sequence[State] = state.get("interims") or ()
    interims = tuple(_interims(process, documents, kept))
    paid = money.interim_received(pack.agreed for pack, facts in zip(interims, kept, strict=False) if facts.get("paid") and pack.agreed is not None)
    settlement = negotiation(process, SETTLEMENT, documents, paid)
    damages = negotiation(process, DAMAGES, documents, None)
    before_damages = [settlement.settled] if settlement is not None else []
    before_court = [damages.settled, *before_damages] if damages is not None else before_damages
    return Packs(
        interims=interims,
        settlement=settlement.shown(state, ()) if settlement is not None else None,
        additional_damages=damages.shown(state, before_damages) if damages is not None else None,
        court=_court(process, documents, before_court, birth),
    )


def _interims(process: str, documents: Sequence[Sent], kept: Sequence[State]) -> Iterator[InterimPack]:
    pairs: list[tuple[Sent, Sent | None]] = []
    for document in documents:
        if document.operation == "addInterimSPFRequest":
            pairs.append((document, None))
        elif document.operation == "addInterimSPFResponse":
            pairs[-1] = (pairs[-1][0], document)
    for before, (request, response) in enumerate(pairs):
        yield _interim(process, before, request, response, kept[before] if before < len(kept) else {})


def _interim(process: str, before: int, request: Sent, response: Sent | None, facts: State) -> InterimPack:
    asked = packs.interim_request(process, Node(request.root))
    answer, offered, agreed = None, None, None
    answered_on = date.fromisoformat(facts["answered-on"]) if facts.get("answered-on") else None
    if response is not None:
        read_answer = packs.interim_response(process, Node(response.root))
        answer, answered_on = Stand(response, read_answer.heads), response.on
        offered = money.losses_offered(read_answer.heads)
        agreed = money.interim_agreed(offered, read_answer.cru_deductions)
    return InterimPack(
        number=money.interim_number(before),
        request=request,
        response=response,
        losses=plain_losses(Stand(request, asked.heads), answer),
        # earlier interim payments are not taken off (C12), and so not named: the net is what is agreed now
        totals=totals(asked.heads, offered, None, agreed),
        requested=asked.requested,
        more_requested=money.payment_more_requested(asked.requested),
        agreed=agreed,
        answered_on=answered_on,
        decision=facts.get("decision"),
        extended=bool(facts.get("extended")),
        rejection=facts.get("rejected"),
    )


def _court(process: str, documents: Sequence[Sent], earlier: Sequence[Settled], birth: date) -> CourtPack | None:
    latest = {one.operation: one for one in documents}
    request, response = latest.get("addCPPFRequest"), latest.get("addCPPFResponse")
    if request is None:
        return None
    asking = Node(request.root)
    asked = packs.court_pack_request(process, asking)
    answer: Stand | None = None
    reasons: dict[int, str] = {}
    if response is not None:
        node = Node(response.root)
        said = packs.court_pack_response(process, node)
        answer = Stand(response, said.heads, _typed(process, "addCPPFResponse", node))
        disputed = node.all(layout(process, "addCPPFResponse").disbursements)
        reasons = {one.number: each.attributes["ReasonForNotPayingFullDisbursement"] for one, each in zip(said.disbursements, disputed, strict=True)}
    return CourtPack(
        request=request,
        response=response,
        losses=court_losses(Stand(request, asked.heads, _typed(process, "addCPPFRequest", asking)), answer, earlier),
        age=packs.age_at_court_pack(birth, request.on),
        reasons=tuple(reasons.get(one.number) for one in asked.disbursements),
    )


def _typed(process: str, operation: str, document: Node) -> tuple[Decimal | None, ...]:
    """What the heads come to after contribution as the document itself says."""
    at = layout(process, operation)
    return tuple(packs.amount(node, at.after) for node in document.all(at.heads))
