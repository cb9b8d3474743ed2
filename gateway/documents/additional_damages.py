"""The Stage 2 Settlement Pack with additional damages (RTA only): the request, the answer, the decision on it.

The forms of additional damages name no persons; who they are stands in the settlement pack that they follow.
"""

from __future__ import annotations

from datetime import date

from gateway.documents import packs_losses, packs_offers, packs_words
from gateway.documents.content import Source, title
from gateway.documents.model import Document
from gateway.documents.packs_offers import Steps
from gateway.xml.get_claim_table import DAMAGES
from gateway.xml.get_claim_view import ClaimView

KIND = "additional-damages-pack"
CLOCKS = ("additional-damages",)
STEPS = Steps({"addS2SPFAdditionalDamagesRequest": "Additional damages"}, ("addS2SPFAdditionalDamagesResponse",), settled=packs_losses.EARLIER)


def document(view: ClaimView, form: str, created_on: date) -> Document:
    """The additional damages as they stand, with the persons of the settlement pack."""
    pack = view.packs.additional_damages
    assert pack is not None, "there are no additional damages to print"
    said = packs_offers.rounds(view, pack, STEPS)
    persons = view.packs.settlement
    return packs_words.whole(
        view,
        title(KIND),
        form,
        created_on,
        (
            packs_words.representative(Source.of(view, persons.request), "ClaimantRepresentative") if persons else None,
            packs_words.compensator(packs_words.answer(view, persons.response)) if persons else None,
            packs_offers.losses(view, pack, STEPS, said),
            packs_offers.offers(view, pack, said),
            packs_offers.agreement(pack, said, view.child_at_additional_damages_agreement),
            packs_words.time_limit(view, CLOCKS, pack.extension, f"{DAMAGES}/LastExtendedTime/@ReasonForExtension"),
        ),
    )
