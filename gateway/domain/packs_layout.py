"""Where the messages of the packs keep what the process needs: one table, for both processes and every release.

The schemas differ little where the process looks:

- EL/PL has no contributory negligence in percent, no additional damages, and spells DisbursementDisputed right;
- the RTA answer to a stage 2 settlement pack calls what it offers GrossValueClaimed;
- release 5 added MedCoCase (RTA) and CRUReference (both), release 7 the tariff (RTA), each within what was there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a message has what the process needs; "" = it has none. `gross` and `after` are attributes of a head."""

    heads: str
    gross: str
    after: str = ""
    medical_reports: str = ""
    medco: str = ""
    statement_of_truth: str = ""
    cru_reference: str = ""
    cru_deductions: str = ""
    cru_benefits: str = ""
    decision: str = ""
    offer: str = ""
    disbursements: str = ""
    legal_representative: str = ""
    final_offers: str = ""


_AGREEMENT = "AgreementData/FinalAgreementDetails"
_OFFER = f"{_AGREEMENT}/AgreementDetails"
_ASKED = Layout("ClaimantLosses/CurrentClaimantOffer", "@GrossValueClaimed")
_ANSWERED = Layout(
    "DefendantReplies/CurrentDefendantResponse", "@GrossValueOffered", cru_deductions="Total/CurrentTotal/@CRUDeductions", offer=_OFFER
)
_COURT = Layout(
    "ClaimantLosses/LastClaimantOffer",
    "@GrossValueClaimed",
    after="@ValueClaimedAfterContrib",
    disbursements="DisbursmentDisputed/DisbursementDisputedRequestResponse",
    legal_representative="DefendantLegalRepresentative",
    final_offers="CourtProceedingsPackPartB",
)

LAYOUTS: Mapping[str, Layout] = {
    "addInterimSPFRequest": Layout(
        "ClaimantLosses/ClaimantLossesToDate",
        "@GrossValueClaimed",
        medco="ClaimantRepresentative/MedCoCase",
        statement_of_truth="StatementOfTruth",
    ),
    "addInterimSPFResponse": Layout(
        "DefendantReplies/DefendantResponse",
        "@GrossValueOffered",
        cru_reference="DefendantRepresentative/CRUReference",
        cru_deductions="Total/LossesTotal/@CRUDeductions",
    ),
    "addStage2SPFRequest": replace(
        _ASKED,
        medical_reports="MedicalReport/@MedicalReportStage2",
        medco="ClaimantRepresentative/MedCoCase",
        statement_of_truth="StatementOfTruth",
    ),
    "addStage2SPFResponse": replace(
        _ANSWERED,
        gross="@GrossValueClaimed",
        cru_reference="DefendantRepresentative/CRUReference",
        decision=f"{_AGREEMENT}/@SettlementPackDecision",
    ),
    "addStage2SPFCounterOfferByCR": replace(_ASKED, offer=_OFFER),
    "addStage2SPFCounterOfferByCM": replace(_ANSWERED, decision=f"{_AGREEMENT}/@SettlementPackCounterOfferDecision"),
    "addS2SPFAdditionalDamagesRequest": replace(_ASKED, offer=_OFFER),
    "addS2SPFAdditionalDamagesResponse": replace(_ANSWERED, decision=f"{_AGREEMENT}/@AdditionalDamagesDecision"),
    "addCPPFRequest": replace(_COURT, statement_of_truth="StatementOfTruth"),
    "addCPPFResponse": replace(
        _COURT,
        heads="DefendantReplies/LastDefendantResponse",
        gross="@GrossValueOffered",
        after="@ValueOfferedAfterContrib",
        cru_benefits="CourtProceedingsPackPartA/@CRUBenefitsReceived",
    ),
}

_ELPL: Mapping[str, Mapping[str, str]] = {
    "addStage2SPFResponse": {"gross": "@GrossValueOffered"},
    "addCPPFRequest": {"disbursements": "DisbursementDisputed/DisbursementDisputedRequestResponse"},
    "addCPPFResponse": {"disbursements": "DisbursementDisputed/DisbursementDisputedRequestResponse"},
}

# an answer, and what it answers: the last such document that was sent
ANSWERS: Mapping[str, str] = {
    "addInterimSPFResponse": "addInterimSPFRequest",
    "addStage2SPFResponse": "addStage2SPFRequest",
    "addStage2SPFCounterOfferByCM": "addStage2SPFCounterOfferByCR",
    "addS2SPFAdditionalDamagesResponse": "addS2SPFAdditionalDamagesRequest",
    "addCPPFResponse": "addCPPFRequest",
}


def layout(process: str, operation: str) -> Layout:
    """Where the document of `operation` has what the process needs."""
    found = LAYOUTS[operation]
    return replace(found, **_ELPL.get(operation, {})) if process == "elpl" else found
