"""getClaim, chapter one: who holds the claim, the notification, the liability response and their deadlines."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.xml.get_claim_table import DEADLINES
from gateway.xml.get_claim_view import ClaimView, Party
from gateway.xml.project import Part

TRANSFERS = "ApplicationData/TransfersList"
_INSURER = "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation"


def fill(view: ClaimView, claim: Part) -> None:
    """Put into `claim` what the notification form and the response do not say themselves."""
    _holders(view, claim)
    _insurer(view, claim)
    _progress(view, claim)
    _response(view, claim)
    _timeouts(view, claim)


def _holders(view: ClaimView, claim: Part) -> None:
    representative, compensator = view.claimant_representative, view.compensator
    ids = "ApplicationData/ApplicationIDs"
    claim.give(
        ids,
        ClaimID=view.application_id,
        RepresentativeID=representative.organisation_id,
        RepresentativeName=representative.name,
        RepresentativeBranchID=representative.branch_id,
        RepresentativeOrgPath=representative.path,
        InsurerID=compensator.organisation_id,
        InsurerName=compensator.name,
        InsurerBranchID=compensator.branch_id,
        InsurerBranchName=compensator.branch_name,
        InsurerAcceptingBranchID=view.accepting_branch_id,
        InsurerAcceptingBranchName=view.accepting_branch_name,
        InsurerClaimReferenceNumber=view.insurer_claim_reference_number,
        EndDate=view.ended_on,
    )
    claim.fall_back(ids, RepresentativeBranchName=representative.branch_name)
    for name, user in (("AllocatedCR", view.claimant_representative_user), ("AllocatedCM", view.compensator_user)):
        if user is not None:
            claim.give(
                f"ApplicationData/AllocatedUser/{name}",
                AllocatedUserId=user.user_id,
                AllocatedUserName=user.name,
                AllocatedUserSurname=user.surname,
            )
    if view.compensator_user is not None:
        # older than the element AllocatedUser, and beside the compensator's branches: taken to mean the compensator's user (U)
        user = view.compensator_user
        claim.give(ids, AllocatedUserId=user.user_id, AllocatedUserName=user.name, AllocatedSurname=user.surname)
    company = "ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails"
    claim.give("ClaimAndClaimantDetails/ClaimantRepresentative", LitigantInPerson=view.litigant_in_person)
    claim.fall_back(f"{company}/Address", **_address(representative))


def _insurer(view: ClaimView, claim: Part) -> None:
    """The compensator that has the claim: in the form's words while it is the one the form names, in the directory's after a reassignment.

    The form may name nobody (a claim for the MIB), and has no letter for a self-insured compensator; getClaim has.
    """
    compensator = view.compensator
    named = claim.sources["claim"].find(_INSURER)
    said = {} if named is None else {str(name): str(value) for name, value in named.items()}
    chosen = said.get("InsurerOrganizationID", "").strip()
    reassigned = chosen not in ("", compensator.organisation_id)
    for attribute, value in (
        ("InsurerOrganizationID", compensator.organisation_id),
        ("InsurerOrganizationPath", compensator.path),
        ("InsurerName", compensator.name),
    ):
        if reassigned or not said.get(attribute, "").strip():
            claim.give(_INSURER, **{attribute: value})
    claim.give(_INSURER, InsurerType=view.compensator_type)
    claim.give(
        f"{_INSURER}/BranchDetails",
        BranchID=compensator.branch_id,
        BranchName=compensator.branch_name,
        BranchPath=compensator.branch_path,
    )


def _progress(view: ClaimView, claim: Part) -> None:
    claim.give("ApplicationData/ClaimDetails", SentDate=view.sent_on, Article75=view.article75)
    claim.give("ApplicationData/ClaimantDetails", isClaimantChildAtStage1Response=view.child_at_stage1_response)
    claim.give("ApplicationData/Rejection", RejectionReasonCode=view.rejection_reason_code)
    claim.give(TRANSFERS, Transferred=bool(view.transfers))
    for number, transfer in enumerate(view.transfers, 1):
        part = Part(f"{TRANSFERS}/Transfer")
        # a known program reads the sentence by this pattern: not a letter may change
        sentence = f"This claim has been transferred from {transfer.source} to {transfer.target} on {transfer.on:%d/%m/%Y}"
        part.give(part.at, TransferID=str(number), TransferDesc=sentence)
        claim.add(part)


def _response(view: ClaimView, claim: Part) -> None:
    if "liability" not in claim.sources:
        return
    form = claim.sources["claim"].find("ApplicationData/ClaimDetails")
    notified = form.get("NotificationDate") if form is not None else None  # EL/PL only; RTA counts from the sending
    services = "InsurerResponse/ProvidedServices"
    claim.give(services, NotificationDate=notified or view.sent_on, ResponseDate=view.responded_on)
    claim.give(f"{services}/DefendantsInsurer", CompanyName=view.compensator.name, BranchName=view.compensator.branch_name)
    claim.fall_back(f"{services}/DefendantsInsurer/Address", **_address(view.compensator))


def _timeouts(view: ClaimView, claim: Part) -> None:
    for kind, day in view.deadlines.items():
        deadline = DEADLINES[kind]
        claim.give(f"Timeouts/PreCalculatedTimeouts/{deadline.element}", **{deadline.attribute: day})
    if view.running is not None:
        kind, day = view.running
        claim.give("Timeouts/CurrentTimeout", SelectedTimeOut=day, TimeOutType=DEADLINES[kind].type)


def _address(party: Party) -> Mapping[str, str]:
    return {key[:1].upper() + key[1:]: value for key, value in party.address.items()}
