"""Where the getClaim document departs from "the same name at the same path of the notification form". The one place that says so.

Marks in `basis`: S stated by a source, I inferred, U unknown and our choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.xml.get_claim_plan import Place
from gateway.xml.get_claim_view import Viewer

# A source and the operations whose documents feed it: the latest document of the first of them that was sent at all.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "claim": ("resendRejectedClaim", "addClaim"),
    "first-claim": ("addClaim",),
    "liability": ("sendLiabilityDecision",),
    # at the top of the document those of the last interim pack; in a pack its own
    "interim-request": ("addInterimSPFRequest",),
    "interim-response": ("addInterimSPFResponse",),
    "settlement-request": ("addStage2SPFRequest",),
    "settlement-response": ("addStage2SPFResponse",),
    "damages-request": ("addS2SPFAdditionalDamagesRequest",),
    "court-request": ("addCPPFRequest",),
    "court-response": ("addCPPFResponse",),
}

INTERIM = "InterimSettlementPackList/InterimSettlementPack"
SETTLEMENT = "Stage2SettlementPack"
DAMAGES = "Stage2AdditionalDamagesPack"
COURT = "CourtProceedingsPack"


@dataclass(frozen=True, slots=True)
class Row:
    """A place, and for whom it holds: of which process, in which releases, to whose eyes. Empty means all."""

    place: Place
    basis: str
    process: str = ""
    releases: tuple[str, ...] = ()
    viewer: Viewer | None = None


ROWS: tuple[Row, ...] = (
    Row(Place("", ("claim:",)), "S: the document repeats the form"),
    Row(
        Place("ApplicationData/StatementOfTruth/@SignatoryType", ("claim:ApplicationData/ClaimDetails/@Signatory",)),
        "I: the same code list under another name",
    ),
    Row(
        Place("ApplicationData/StatementOfTruth/@RetainedSignedCopy", ("claim:ApplicationData/ClaimDetails/@RetainedCopy",)),
        "I: the same flag under another name",
    ),
    Row(
        Place("ApplicationData/ApplicationIDs/@ClaimValue", ("claim:ApplicationData/ClaimDetails/@ClaimValue",)),
        "I: the same code list, in both places since release 5",
        process="rta",
        releases=("R5", "R6", "R7"),
    ),
    Row(
        Place(
            "ApplicationData/ApplicationIDs/@AskCUEPIReference",
            # the form that resends a claim under release 5 has no such field
            tuple(f"{source}:ClaimAndClaimantDetails/ClaimantDetails/@AskCUEPIReference" for source in ("claim", "first-claim")),
            # the form may leave the letters out, getClaim may not
            prefix="ASKCUEPI",
        ),
        "S: the schemas; that the letters are added I",
        process="rta",
        releases=("R5", "R6", "R7"),
    ),
    Row(
        Place(
            "ApplicationData/ApplicationIDs/@RepresentativeBranchName",
            ("claim:ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails/@BranchName",),
        ),
        "U: the form of release 6 names a branch, and its getClaim has no such attribute beside the company's",
        releases=("R6",),
    ),
    Row(
        Place(
            "ClaimAndClaimantDetails/DefendantDetails/@ReferralSource",
            ("claim:ClaimAndClaimantDetails/ClaimantRepresentative/ReferralSourceInfo/@ReferralSource",),
        ),
        "S: not passed on to the compensator; I: that this older attribute, the only one of that name, shows it to the sender",
        process="rta",
        releases=("R6", "R7"),
        viewer="claimant-representative",
    ),
    Row(Place("InsurerResponse", ("liability:",)), "S: the schemas"),
    Row(
        Place(
            "ApplicationData/ApplicationIDs/@MedCoCaseID",
            ("settlement-request:ClaimantRepresentative/MedCoCase/@MedCoCaseID", "interim-request:ClaimantRepresentative/MedCoCase/@MedCoCaseID"),
        ),
        "I: the packs have no such attribute here, the claim has",
        process="rta",
        releases=("R5", "R6", "R7"),
    ),
    Row(
        Place(
            "ApplicationData/ApplicationIDs/@CRUReferenceNumber",
            (
                "settlement-response:DefendantRepresentative/CRUReference/@CRUReferenceNumber",
                "interim-response:DefendantRepresentative/CRUReference/@CRUReferenceNumber",
            ),
        ),
        "I: the interim pack has no such attribute here, the claim has; the later answer counts",
        releases=("R5", "R6", "R7"),
    ),
    Row(Place(f"{INTERIM}/DefendantRepresentative", ("interim-response:DefendantRepresentative",)), "S: the schemas"),
    Row(
        Place(
            f"{INTERIM}/InterimPayment/DefendantResponsesToInterimPaymentRequest",
            ("interim-response:InterimPayment/DefendantResponsesToInterimPaymentRequest",),
        ),
        "S: the schemas",
    ),
    Row(Place(SETTLEMENT, ("settlement-request:",)), "S: the schemas"),
    Row(Place(f"{SETTLEMENT}/ClaimantRepresentative/CompanyDetails", ("settlement-request:ClaimantRepresentative",)), "S: the same attributes"),
    Row(Place(f"{SETTLEMENT}/DefendantRepresentative", ("settlement-response:DefendantRepresentative",)), "S: the schemas"),
    Row(Place(DAMAGES, ("damages-request:",)), "S: the schemas", process="rta"),
    Row(Place(COURT, ("court-request:",)), "S: the schemas"),
    Row(Place(f"{COURT}/ClaimantRepresentative", ("court-request:ClaimAndClaimantDetails/ClaimantRepresentative",)), "S: the schemas"),
    Row(Place(f"{COURT}/DefendantRepresentative", ("court-response:DefendantRepresentative",)), "S: the schemas"),
    *(
        Row(Place(f"{COURT}/{place}", (f"court-response:{place}",)), "S: the schemas, each side fills its part")
        for place in (
            f"CourtProceedingsPackPartA/@{name}"
            for name in (
                "CRUBenefitsReceived",
                "CRUBenefitsReceivedComments",
                "UpToDateCRUCertificateAttached",
                "UpToDateCRUCertificateAttachedComments",
            )
        )
    ),
    Row(
        Place(
            f"{COURT}/CourtProceedingsPackPartB/@DefendantFinalOffer",
            tuple(f"{source}:CourtProceedingsPackPartB/@DefendantFinalOffer" for source in ("court-response", "court-request")),
        ),
        "I: both sides state it; the compensator's word counts",
    ),
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Where a deadline's date stands below Timeouts/PreCalculatedTimeouts, and its letter in CurrentTimeout/@TimeOutType."""

    element: str
    attribute: str
    type: str
    basis: str


_STAGE1 = "date S; type U, by the scheme of 21"
_LATER = "date S; type U"
DEADLINES: Mapping[str, Deadline] = {
    "liability-insurer": Deadline("ClaimNotificationForm/Insurer", "LiabilityDecisionTimeout", "1", _STAGE1),
    "liability-mib": Deadline("ClaimNotificationForm/MIBorArt75", "LiabilityDecisionTimeout", "1", _STAGE1),
    "stage1-payment-insurer": Deadline("ClaimNotificationForm/Insurer", "Stage1PaymentTimeout", "1", _STAGE1),
    "stage1-payment-mib": Deadline("ClaimNotificationForm/MIBorArt75", "Stage1PaymentTimeout", "1", _STAGE1),
    "interim-low": Deadline("InterimSettlementPack/LowPayment", "InterimPaymentTimeout", "21", "S"),
    "interim-high": Deadline("InterimSettlementPack/HighPayment", "InterimPaymentTimeout", "21", "S"),
    "settlement": Deadline("Stage2SettlementPack/Stage2DecisionOrCounterOffer", "Stage2DecisionOrCounterOfferTimeout", "22", _LATER),
    "additional-damages": Deadline(
        "Stage2AdditionalDamagesPack/Stage2AdditionalDamagesDecision", "Stage2AdditionalDamagesDecisionTimeout", "AD", _LATER
    ),
    "court": Deadline("CourtProceedingsPack/CourtProceedings", "CourtProceedingsTimeout", "CPP", _LATER),
}
