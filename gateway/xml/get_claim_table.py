"""Where the getClaim document departs from "the same name at the same path of the notification form". The one place that says so.

Marks in `basis`: S stated by a source, I inferred, U unknown and our choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.xml.get_claim_plan import Place
from gateway.xml.get_claim_view import Viewer

# A source and the operations whose documents feed it; the first that was sent counts.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "claim": ("resendRejectedClaim", "addClaim"),
    "first-claim": ("addClaim",),
    "liability": ("sendLiabilityDecision",),
}


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
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Where a deadline's date stands below Timeouts/PreCalculatedTimeouts, and its letter in CurrentTimeout/@TimeOutType."""

    element: str
    attribute: str
    type: str
    basis: str


_STAGE1 = "date S; type U, by the scheme of 21"
DEADLINES: Mapping[str, Deadline] = {
    "liability-insurer": Deadline("ClaimNotificationForm/Insurer", "LiabilityDecisionTimeout", "1", _STAGE1),
    "liability-mib": Deadline("ClaimNotificationForm/MIBorArt75", "LiabilityDecisionTimeout", "1", _STAGE1),
    "stage1-payment-insurer": Deadline("ClaimNotificationForm/Insurer", "Stage1PaymentTimeout", "1", _STAGE1),
    "stage1-payment-mib": Deadline("ClaimNotificationForm/MIBorArt75", "Stage1PaymentTimeout", "1", _STAGE1),
}
