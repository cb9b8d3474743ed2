"""getClaim, last chapter: the court proceedings pack, exits and fraud."""

from __future__ import annotations

from gateway.xml.get_claim_pack_view import CourtPack
from gateway.xml.get_claim_packs import contacts, day, losses
from gateway.xml.get_claim_table import COURT
from gateway.xml.get_claim_view import ClaimView
from gateway.xml.project import Part

_EXIT = {"claimant-representative": "ApplicationData/ExitProcess/ExitCR", "compensator": "ApplicationData/ExitProcess/ExitCM"}
_DISBURSEMENTS = {"rta": "DisbursmentDisputed", "elpl": "DisbursementDisputed"}  # each as published


def fill(view: ClaimView, claim: Part) -> None:
    """Put into `claim` how it ended, or is about to."""
    if view.exit is not None:
        claim.give(_EXIT[view.exit.by], ExitReasonCode=view.exit.code, ExitComment=view.exit.comment)
    if view.fraud is not None:
        claim.give("ApplicationData/FraudStated", FraudReasonCode=view.fraud.code, FraudComment=view.fraud.description)
    if view.packs.court is not None:
        contacts(view, claim, COURT, answered=view.packs.court.response is not None)
        _court(view.process, claim, view.packs.court)


def _court(process: str, claim: Part, pack: CourtPack) -> None:
    losses(claim, COURT, pack.losses, "ClaimantLosses/LastClaimantOffer", "DefendantReplies/LastDefendantResponse")
    disbursement = f"{_DISBURSEMENTS[process]}/DisbursementDisputedRequestResponse"
    for element, reason in zip(pack.request.root.iterfind(disbursement), pack.reasons, strict=True):
        part = Part(f"{COURT}/{disbursement}", here=element)
        part.give(f"{COURT}/{disbursement}", ReasonForNotPayingFullDisbursement=reason)
        claim.add(part)
    # the two attributes belong together: those of the last side that spoke of a representative
    sides = (pack.request,) if pack.response is None else (pack.response, pack.request)
    spoken = (found for side in sides if (found := side.root.find("DefendantLegalRepresentative")) is not None)
    representative = next((each for each in spoken if each.get("HasDefendantNamedLegalRep")), None)
    if representative is not None:
        claim.give(
            f"{COURT}/CourtProceedingsPackPartB",
            HasDefendantNamedLegalRep=representative.get("HasDefendantNamedLegalRep"),
            DefendantLegalDetails=representative.get("DefendantLegalDetails"),
        )
    claim.give(f"{COURT}/ClaimAndClaimantDetails/ClaimantDetails", Age_CPP=str(pack.age))
    dates = f"{COURT}/Phase2ClaimantDefendantDates"
    claim.give(f"{dates}/ClaimantRepresentativeDates", DateOfNotificationCourtProceedingsPack=pack.request.on)
    claim.give(f"{dates}/DefendantRepresentativeDates", DateOfInsurerResponseCourtProceedingsPack=day(pack.response))
