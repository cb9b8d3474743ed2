"""Who makes which printable document; the kinds are those of contract/tables/documents.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from gateway.documents import additional_damages, cnf, court, defendant_only, interim, response, settlement
from gateway.documents.model import Document
from gateway.xml.get_claim_view import ClaimView

Maker = Callable[[ClaimView, str, date], Document]

MAKERS: Mapping[str, Maker] = {
    "cnf": cnf.document,
    "defendant-only-cnf": defendant_only.document,
    "cnf-with-response": response.document,
    "interim-settlement-pack": interim.document,
    "settlement-pack": settlement.document,
    "additional-damages-pack": additional_damages.document,
    "court-pack": court.document,
}
