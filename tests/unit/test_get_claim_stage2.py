"""getClaim after liability, in literals: each pack, offer, decision, date, exit and limit in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import etree
from test_get_claim import at, fixture, view
from test_get_claim_packs import BIRTH, PAID, after, assert_valid, index, told

from gateway.operations import view_packs
from gateway.xml.get_claim import build
from gateway.xml.get_claim_view import Exit, Fraud

PACK = "InterimSettlementPackList/InterimSettlementPack"
S2SP = "Stage2SettlementPack"
AD = "Stage2AdditionalDamagesPack"
CPP = "CourtProceedingsPack"

ASKED, GRANTED, LESS = "addInterimSPFRequest/plain.xml", "addInterimSPFResponse/full-to-plain.xml", "addInterimSPFResponse/partial-to-plain.xml"
SENT, COUNTERED = "addStage2SPFRequest/plain.xml", "addStage2SPFResponse/counter-offer-to-plain.xml"
REPUDIATED, CONFIRMED = "addStage2SPFResponse/repudiation-to-plain.xml", "addStage2SPFResponse/confirm-to-plain.xml"
BY_CR = "addStage2SPFCounterOfferByCR/plain.xml"
NEW, ACCEPTED = "addStage2SPFCounterOfferByCM/new-offer-to-plain.xml", "addStage2SPFCounterOfferByCM/acceptance-to-plain.xml"
MORE, LESS_MORE = "addS2SPFAdditionalDamagesRequest/plain.xml", "addS2SPFAdditionalDamagesResponse/counter-offer-to-plain.xml"
ALL_MORE = "addS2SPFAdditionalDamagesResponse/agreed-to-plain.xml"


def shown(document: str, expected: dict[str, Any], below: str = "") -> None:
    """Each place has what is expected there."""
    assert {path: at(document, f"{below}{path}") for path in expected} == expected


def names(document: str, path: str) -> list[str]:
    """The elements below a place, in order."""
    found = etree.fromstring(document).find(path)
    return [] if found is None else [str(each.tag) for each in found]


# The first pack of the known sample: 1000 at 10 %.
INTERIM_ASKED = {
    "@InterimPaymentNumber": "1",
    "ClaimantRepresentative/@PaymentMoreRequested": "0",
    "ClaimantRepresentative/CompanyDetails/@CompanyName": "Quillfeather Injury Law LLP",
    "ClaimantRepresentative/CompanyDetails/@ContactSurname": "Wexcombe",
    "ClaimantRepresentative/CompanyDetails/@ReferenceNumber": "QF/2026/04561",
    "ClaimantRepresentative/CompanyDetails/Address/@Street1": "Larch Row",
    "MedicalReport/@MedicalReportStage2_1": "1",
    "LossesToDate/ClaimantLosses/ClaimantLossesToDate/@LossType": "11",
    "LossesToDate/ClaimantLosses/ClaimantLossesToDate/@GrossValueClaimed": "1000.00",
    "LossesToDate/ClaimantLosses/ClaimantLossesToDate/@PercContribNegDeductions": "10.00",
    "LossesToDate/ClaimantLosses/ClaimantLossesToDate/@ValueClaimedAfterContrib": "900.00",
    "LossesToDate/Total/LossesTotal/@TotalHeads": "900.00",
    "LossesToDate/Total/LossesTotal/@TotalPSLA": "900.00",
    "LossesToDate/Total/LossesTotal/@TotalTariff": "0.00",
    "LossesToDate/Total/LossesTotal/@TotalOtherLosses": "0.00",
    "InterimPayment/ClaimantRequestForInterimPayment/@DateOfRequest": "2027-01-04",
    "InterimPayment/ClaimantRequestForInterimPayment/@ValueOfInterimRequest": "1000.00",
    "StatementOfTruth/@SignatoryType": "S",
    "Phase2ClaimantDefendantDates/ClaimantRepresentativeDates/@DateOfNotification": "2027-01-04",
}
UNANSWERED = {
    "DefendantRepresentative": 0,
    "LossesToDate/DefendantReplies": 0,
    "LossesToDate/Total/LossesTotal/@LossesOffered": None,
    "LossesToDate/Total/LossesTotal/@NetValue": None,
    "InterimPayment/ClaimantRequestForInterimPayment/@PaymentDecision": None,
    "InterimPayment/DefendantResponsesToInterimPaymentRequest": 0,
    "Phase2ClaimantDefendantDates/DefendantRepresentativeDates": 0,
}
INTERIM_ANSWERED = {
    "DefendantRepresentative/DefendantsInsurer/@CompanyName": "Thistledown Insurance plc",
    "LossesToDate/DefendantReplies/DefendantResponse/@GrossValueOffered": "1000.00",
    "LossesToDate/DefendantReplies/DefendantResponse/@ValueOfferedAfterContrib": "900.00",
    "LossesToDate/DefendantReplies/DefendantResponse/@AmountInDispute": "0.00",
    "LossesToDate/DefendantReplies/DefendantResponse/@IsGrossAmountAgreed": "1",
    "LossesToDate/Total/LossesTotal/@CRUDeductions": "0.00",
    "LossesToDate/Total/LossesTotal/@LossesOffered": "900.00",
    "LossesToDate/Total/LossesTotal/@NetValue": "900.00",
    "InterimPayment/DefendantResponsesToInterimPaymentRequest/@DateOfResponse": "2027-01-11",
    "InterimPayment/DefendantResponsesToInterimPaymentRequest/@ValueOfInterimPaymentAgreed": "900.00",
    "Phase2ClaimantDefendantDates/DefendantRepresentativeDates/@DateOfInsurerResponse": "2027-01-11",
}


def test_an_interim_pack() -> None:
    asked, granted = "addInterimSPFRequest/exactly-1000-with-contribution.xml", "addInterimSPFResponse/full-to-exactly-1000-with-contribution.xml"
    shown(build(after("rta", "R7", [asked])), INTERIM_ASKED | UNANSWERED, f"{PACK}/")
    document = build(after("rta", "R7", [asked, granted]))
    shown(document, INTERIM_ASKED | INTERIM_ANSWERED, f"{PACK}/")
    assert at(document, "ClaimAndClaimantDetails/ClaimantRepresentative/@PaymentMoreRequested") == "0"


def test_two_interim_packs_the_first_rejected() -> None:
    state = {
        "interims": [
            {"deadline": "K7", "due": "2027-01-25", "extended": True, "rejected": "No medical report", "answered-on": "2027-01-08"},
            {"deadline": "K7", "due": "2027-02-01", "extended": False, "decision": "AC", "paid": True, "paid-on": "2027-01-29"},
        ]
    }
    document = assert_valid(after("rta", "R6", [ASKED, ASKED, LESS], state))
    shown(
        document,
        {
            f"{PACK}[1]/@InterimPaymentNumber": "1",
            f"{PACK}[1]/ClaimantRepresentative/@PaymentMoreRequested": "1",
            f"{PACK}[1]/InterimPayment/ClaimantRequestForInterimPayment/@DateOfRequest": "2027-01-04",
            f"{PACK}[1]/InterimPayment/ClaimantRequestForInterimPayment/@PaymentDecision": None,
            f"{PACK}[1]/InterimPayment/DefendantResponsesToInterimPaymentRequest": 0,
            f"{PACK}[1]/Phase2ClaimantDefendantDates/DefendantRepresentativeDates/@DateOfInsurerResponse": "2027-01-08",
            f"{PACK}[2]/@InterimPaymentNumber": "2",
            f"{PACK}[2]/InterimPayment/ClaimantRequestForInterimPayment/@DateOfRequest": "2027-01-11",
            f"{PACK}[2]/InterimPayment/ClaimantRequestForInterimPayment/@ValueOfInterimRequest": "2400.00",
            f"{PACK}[2]/InterimPayment/ClaimantRequestForInterimPayment/@PaymentDecision": "AC",
            f"{PACK}[2]/InterimPayment/DefendantResponsesToInterimPaymentRequest/@DateOfResponse": "2027-01-18",
            f"{PACK}[2]/InterimPayment/DefendantResponsesToInterimPaymentRequest/@ValueOfInterimPaymentAgreed": "2000.00",
            "ApplicationData/InterimPackRejected/@InterimPackRejectionComment": "No medical report",
            "ApplicationData/ClaimDetails/@InterimPaymentTimeoutExtended": "0",
        },
    )
    assert at(document, PACK) == 2


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_answers_belong_to_the_pack_before_them(process: str) -> None:
    release = "R6"
    document = assert_valid(after(process, release, [ASKED, GRANTED, ASKED, LESS, ASKED], {"interims": [{"paid": True}, {"decision": "NAC"}]}))
    answer = "InterimPayment/DefendantResponsesToInterimPaymentRequest"
    decision = "InterimPayment/ClaimantRequestForInterimPayment/@PaymentDecision"
    shown(
        document,
        {
            f"{PACK}[1]/{answer}/@ValueOfInterimPaymentAgreed": "2400.00",
            f"{PACK}[2]/{answer}/@ValueOfInterimPaymentAgreed": "2000.00",
            f"{PACK}[2]/LossesToDate/Total/LossesTotal/@NetValue": "2000.00",
            f"{PACK}[2]/{decision}": "NAC",
            f"{PACK}[3]/{answer}": 0,
            f"{PACK}[3]/@InterimPaymentNumber": "3",
        },
    )


def test_an_extended_interim_limit() -> None:
    state = {"interims": [{"deadline": "K7", "extended": True}]}
    high = {"interim-high": date(2027, 2, 16)}
    document = build(after("rta", "R7", [ASKED], state, deadlines=high, running=("interim-high", date(2027, 2, 16))))
    shown(
        document,
        {
            "ApplicationData/ClaimDetails/@InterimPaymentTimeoutExtended": "1",
            "Timeouts/PreCalculatedTimeouts/InterimSettlementPack/HighPayment/@InterimPaymentTimeout": "2027-02-16",
            "Timeouts/PreCalculatedTimeouts/InterimSettlementPack/LowPayment/@InterimPaymentTimeout": None,
            "Timeouts/CurrentTimeout/@SelectedTimeOut": "2027-02-16",
            "Timeouts/CurrentTimeout/@TimeOutType": "21",
        },
    )


@pytest.mark.parametrize(
    ("kind", "path", "letter"),
    [
        ("interim-low", "InterimSettlementPack/LowPayment/@InterimPaymentTimeout", "21"),
        ("interim-high", "InterimSettlementPack/HighPayment/@InterimPaymentTimeout", "21"),
        ("settlement", "Stage2SettlementPack/Stage2DecisionOrCounterOffer/@Stage2DecisionOrCounterOfferTimeout", "22"),
        ("additional-damages", "Stage2AdditionalDamagesPack/Stage2AdditionalDamagesDecision/@Stage2AdditionalDamagesDecisionTimeout", "AD"),
        ("court", "CourtProceedingsPack/CourtProceedings/@CourtProceedingsTimeout", "CPP"),
    ],
)
def test_limits(kind: str, path: str, letter: str) -> None:
    document = build(view(deadlines={kind: date(2027, 3, 1)}, running=(kind, date(2027, 3, 1))))
    shown(document, {f"PreCalculatedTimeouts/{path}": "2027-03-01", "CurrentTimeout/@TimeOutType": letter}, "Timeouts/")


def test_what_was_paid_counts_until_the_compensator_says_otherwise() -> None:
    received = f"{S2SP}/LossesToDate/Total/CurrentTotal/@InterimPaymentReceived"
    two = [ASKED, GRANTED, ASKED, LESS, SENT]
    assert at(build(after("rta", "R7", two, {"interims": [{"paid": True}, {"paid": True}]})), received) == "4400.00"
    assert at(build(after("rta", "R7", two, {"interims": [{"paid": False}, {"paid": True}]})), received) == "2000.00"
    assert at(build(after("rta", "R7", [SENT])), received) == "0.00"
    assert at(build(after("rta", "R7", [SENT, COUNTERED])), received) == "2400.00"


SETTLEMENT_SENT = {
    "ClaimantRepresentative/CompanyDetails/@ContactName": "Ada",
    "ClaimantRepresentative/CompanyDetails/@TelephoneNumber": "01632 960142",
    "MedicalReport/@MedicalReportStage2": "1",
    "LossesToDate/ClaimantLosses/CurrentClaimantOffer": 4,
    "LossesToDate/ClaimantLosses/CurrentClaimantOffer[2]/@Interest": "15.60",
    "LossesToDate/ClaimantLosses/CurrentClaimantOffer[2]/@ValueClaimedAfterContrib": "1250.00",
    "LossesToDate/ClaimantLosses/CurrentClaimantOffer[2]/@AgreedInS2SP": None,
    "LossesToDate/DefendantReplies": 0,
    "LossesToDate/Total/CurrentTotal/@TotalHeads": "5645.20",
    "LossesToDate/Total/CurrentTotal/@NetValue": None,
    "AgreementData/ClaimantResponsesToDefendantReplies/@Comments": "The claimant went back to full duties on 29 June 2026. An early reply would be welcome.",
    "AgreementData/ClaimantResponsesToDefendantReplies/@DateOfReply": "2027-01-04",
    "AgreementData/ClaimantResponsesToDefendantReplies/@GrossAmount": None,
    "AgreementData/FinalAgreementDetails": 0,
    "StatementOfTruth/@RetainedSignedCopy": "1",
    "Phase2ClaimantDefendantDates/ClaimantRepresentativeDates/@DateOfClaimantFirstOffer": "2027-01-04",
    "Phase2ClaimantDefendantDates/ClaimantRepresentativeDates/@DateOfClaimantReplyToInsurer": None,
    "Phase2ClaimantDefendantDates/DefendantRepresentativeDates": 0,
    "LastExtendedTime": 0,
}
SETTLEMENT_COUNTERED = {
    "DefendantRepresentative/DefendantsInsurer/@ContactName": "Ivo",
    "DefendantRepresentative/DefendantsInsurer/@CompanyName": "Thistledown Insurance plc",
    "DefendantRepresentative/CRUReference/@CRUReferenceNumber": "QXK417",
    # called GrossValueClaimed in the answer
    "LossesToDate/DefendantReplies/CurrentDefendantResponse[1]/@GrossValueOffered": "2900.00",
    "LossesToDate/DefendantReplies/CurrentDefendantResponse[1]/@ValueOfferedAfterContrib": "2900.00",
    "LossesToDate/DefendantReplies/CurrentDefendantResponse[1]/@AmountInDispute": "700.00",
    "LossesToDate/DefendantReplies/CurrentDefendantResponse[1]/@AgreedInS2SP": "0",
    "LossesToDate/DefendantReplies/CurrentDefendantResponse[2]/@AgreedInS2SP": "1",
    "LossesToDate/ClaimantLosses/CurrentClaimantOffer[1]/@AgreedInS2SP": "0",
    "LossesToDate/ClaimantLosses/CurrentClaimantOffer[2]/@AgreedInS2SP": "1",
    "LossesToDate/Total/CurrentTotal/@LossesOffered": "4945.20",
    "LossesToDate/Total/CurrentTotal/@NetValue": "2545.20",
    "AgreementData/DefendantResponsesToClaimantReplies/@GrossAmount": "4945.20",
    "AgreementData/DefendantResponsesToClaimantReplies/@InterimPaymentAmount": "2400.00",
    "AgreementData/DefendantResponsesToClaimantReplies/@AgreedAmount": "2545.20",
    "AgreementData/DefendantResponsesToClaimantReplies/@DateOfReply": "2027-01-11",
    "AgreementData/FinalAgreementDetails/@SettlementPackDecision": "CO",
    "AgreementData/FinalAgreementDetails/@AgreementReached": None,
    "AgreementData/FinalAgreementDetails/AgreementDetails/@GrossAmount": "4945.20",
    "Phase2ClaimantDefendantDates/DefendantRepresentativeDates/@DateOfInsurerFirstOffer": "2027-01-11",
    "Phase2ClaimantDefendantDates/DefendantRepresentativeDates/@DateOfReplyToClaimant": None,
}


def test_a_settlement_pack_and_its_first_answer() -> None:
    shown(build(after("rta", "R7", [SENT])), SETTLEMENT_SENT, f"{S2SP}/")
    document = build(after("rta", "R7", [SENT, COUNTERED]))
    shown(document, SETTLEMENT_COUNTERED, f"{S2SP}/")
    shown(document, {"MedCoCaseID": "2061184/1", "CRUReferenceNumber": "QXK417"}, "ApplicationData/ApplicationIDs/@")


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_before_release_5_a_claim_has_no_case_numbers(process: str) -> None:
    document = build(after(process, "R3", index(process)["flow"]["r3-to-court"]["documents"]))
    assert "MedCo" not in document
    assert "CRUReference" not in document


def test_offers_stand_in_the_order_in_which_they_were_made() -> None:
    document = build(after("rta", "R6", [SENT, COUNTERED, BY_CR, NEW]))
    agreement = f"{S2SP}/AgreementData"
    assert names(document, agreement) == [
        "ClaimantResponsesToDefendantReplies",
        "DefendantResponsesToClaimantReplies",
        "ClaimantResponsesToDefendantReplies",
        "DefendantResponsesToClaimantReplies",
        "FinalAgreementDetails",
    ]
    shown(
        document,
        {
            "DefendantResponsesToClaimantReplies[1]/@GrossAmount": "4945.20",
            "ClaimantResponsesToDefendantReplies[2]/@GrossAmount": "5345.20",
            "ClaimantResponsesToDefendantReplies[2]/@AgreedAmount": "2945.20",
            "ClaimantResponsesToDefendantReplies[2]/@Comments": "£5,345.20 gross, less the interim payment.",
            "ClaimantResponsesToDefendantReplies[2]/@DateOfReply": "2027-01-18",
            "DefendantResponsesToClaimantReplies[2]/@GrossAmount": "5145.20",
            "DefendantResponsesToClaimantReplies[2]/@DateOfReply": "2027-01-25",
            "FinalAgreementDetails/@SettlementPackDecision": "CO",
            "FinalAgreementDetails/AgreementDetails/@GrossAmount": "5145.20",
            "FinalAgreementDetails/AgreementDetails/@AgreedAmount": "2745.20",
        },
        f"{agreement}/",
    )
    heads = "LossesToDate/{}[1]/@{}"
    shown(
        document,
        {
            heads.format("ClaimantLosses/CurrentClaimantOffer", "GrossValueClaimed"): "3300.00",
            heads.format("DefendantReplies/CurrentDefendantResponse", "GrossValueOffered"): "3100.00",
            heads.format("DefendantReplies/CurrentDefendantResponse", "AmountInDispute"): "200.00",
            "Phase2ClaimantDefendantDates/ClaimantRepresentativeDates/@DateOfClaimantReplyToInsurer": "2027-01-18",
            "Phase2ClaimantDefendantDates/DefendantRepresentativeDates/@DateOfReplyToClaimant": "2027-01-25",
        },
        f"{S2SP}/",
    )


AGREED = [
    pytest.param([SENT, COUNTERED], None, None, "4945.20", "2027-01-11", id="open"),
    pytest.param([SENT, CONFIRMED], None, "1", "5645.20", "2027-01-11", id="confirmed"),
    pytest.param([SENT, REPUDIATED], None, "0", "0.00", "2027-01-11", id="repudiated"),
    pytest.param([SENT, COUNTERED, BY_CR, ACCEPTED], None, "1", "5345.20", "2027-01-25", id="accepted"),
    pytest.param([SENT, COUNTERED], ("claimant-representative", True), "1", "4945.20", "2027-02-01", id="by the claimant representative"),
    pytest.param([SENT, COUNTERED, BY_CR, NEW], ("claimant-representative", False), "0", "5145.20", "2027-02-01", id="refused"),
    pytest.param([SENT, COUNTERED, BY_CR], ("compensator", True), "1", "5345.20", "2027-02-01", id="by the compensator in the last days"),
    pytest.param([SENT, COUNTERED, BY_CR], ("compensator", False), "0", "5345.20", "2027-02-01", id="refused in the last days"),
]


@pytest.mark.parametrize(("documents", "decision", "reached", "gross", "on"), AGREED)
def test_the_agreement(documents: list[str], decision: tuple[str, bool] | None, reached: str | None, gross: str, on: str) -> None:
    state: dict[str, Any] = {}
    if decision is not None:
        state["agreement"] = {"by": decision[0], "agreed": decision[1], "on": "2027-02-01"}
    document = build(after("rta", "R7", documents, state))
    final = {"@AgreementReached": reached, "AgreementDetails/@GrossAmount": gross, "AgreementDetails/@DateOfReply": on}
    shown(document, final, f"{S2SP}/AgreementData/FinalAgreementDetails/")
    dates = f"{S2SP}/Phase2ClaimantDefendantDates"
    if decision is not None and decision[0] == "compensator":
        assert at(document, f"{dates}/DefendantRepresentativeDates/@DateOfReplyToClaimant") == "2027-02-01"
    elif decision is not None:
        assert at(document, f"{dates}/ClaimantRepresentativeDates/@DateOfClaimantReplyToInsurer") == "2027-02-01"


def test_after_a_repudiation_the_net_value_is_negative() -> None:
    document = assert_valid(after("rta", "R7", [ASKED, GRANTED, SENT, REPUDIATED], PAID))
    shown(
        document,
        {"@LossesOffered": "0.00", "@InterimPaymentReceived": "2400.00", "@NetValue": "-2400.00"},
        f"{S2SP}/LossesToDate/Total/CurrentTotal/",
    )
    shown(document, {"@SettlementPackDecision": "R", "AgreementDetails/@AgreedAmount": "-2400.00"}, f"{S2SP}/AgreementData/FinalAgreementDetails/")
    assert at(document, f"{S2SP}/LossesToDate/ClaimantLosses/CurrentClaimantOffer[1]/@AgreedInS2SP") == "0"


def test_the_totals_of_release_7() -> None:
    documents = index("rta")["flow"]["uplift-accepted"]["documents"]
    claimed = {"@TotalTariff": "1595.00", "@TotalPSLA": "0.00", "@TotalOtherLosses": "1265.60"}
    for steps, sums in (
        (1, {"@TotalUplift": "239.25", "@TotalHeads": "3099.85", "@LossesOffered": None}),  # 15 %
        (2, {"@TotalUplift": "239.25", "@TotalHeads": "3099.85", "@LossesOffered": "2940.35"}),  # 15 %; 5 %
        (3, {"@TotalUplift": "159.50", "@TotalHeads": "3020.10", "@LossesOffered": "2940.35"}),  # 10 %; 5 %
        (4, {"@TotalUplift": "159.50", "@TotalHeads": "3020.10", "@LossesOffered": "3020.10"}),  # 10 %
    ):
        shown(build(after("rta", "R7", documents[:steps])), claimed | sums, f"{S2SP}/LossesToDate/Total/CurrentTotal/")


def test_a_counter_offer_of_a_single_sum_leaves_the_heads_as_they_are() -> None:
    first = [(path.split("/")[0], fixture("rta", *path.split("/"))) for path in (SENT, COUNTERED)]
    single = etree.fromstring(fixture("rta", *BY_CR.split("/")))
    losses = single.find("ClaimantLosses")
    assert losses is not None
    del losses[:]
    claim = told(after("rta", "R7", []), [*first, ("addStage2SPFCounterOfferByCR", etree.tostring(single))])
    document = assert_valid(claim)
    shown(
        document,
        {
            "LossesToDate/ClaimantLosses/CurrentClaimantOffer": 4,
            "LossesToDate/ClaimantLosses/CurrentClaimantOffer[1]/@GrossValueClaimed": "3600.00",
            "AgreementData/ClaimantResponsesToDefendantReplies[2]/@GrossAmount": "5345.20",
        },
        f"{S2SP}/",
    )


def test_extensions_the_last_counts() -> None:
    state = {
        "extensions": [
            {"clock": "settlement", "to": "2027-02-10", "reason": "1", "on": "2027-01-20"},
            {"clock": "negotiation", "to": "2027-03-05", "reason": None, "on": "2027-02-20"},
            {"clock": "additional-damages", "to": "2027-05-06", "reason": "2", "on": "2027-04-30"},
        ]
    }
    document = assert_valid(after("rta", "R5", [SENT, COUNTERED, BY_CR, NEW, MORE], state))
    shown(document, {"@NewTimeOutDate": "2027-03-05", "@ReasonForExtension": None}, f"{S2SP}/LastExtendedTime/")
    shown(document, {"@NewTimeOutDate": "2027-05-06", "@ReasonForExtension": "2"}, f"{AD}/LastExtendedTime/")
    state["extensions"].pop(1)
    shown(build(after("elpl", "R6", [SENT], state)), {"@NewTimeOutDate": "2027-02-10", "@ReasonForExtension": "1"}, f"{S2SP}/LastExtendedTime/")


def test_additional_damages() -> None:
    before = [SENT, COUNTERED, BY_CR, NEW]
    document = assert_valid(after("rta", "R7", [*before, MORE]))
    shown(
        document,
        {
            "LossesToDate/ClaimantLosses/CurrentClaimantOffer": 3,
            "LossesToDate/ClaimantLosses/CurrentClaimantOffer[2]/@ValueClaimedAfterContrib": "884.00",
            "LossesToDate/ClaimantLosses/CurrentClaimantOffer[2]/@AgreedInS2SP": "0",
            "LossesToDate/Total/CurrentTotal/@TotalHeads": "1285.30",
            "AgreementData/ClaimantResponsesToDefendantReplies/@GrossAmount": "1285.30",
            "AgreementData/ClaimantResponsesToDefendantReplies/@AgreedAmount": "1285.30",
            "AgreementData/FinalAgreementDetails/@AdditionalDamagesDecision": None,
            "Phase2ClaimantDefendantDates/ClaimantRepresentativeDates/@DateOfNotification": "2027-02-01",
            "Phase2ClaimantDefendantDates/DefendantRepresentativeDates": 0,
        },
        f"{AD}/",
    )
    document = assert_valid(after("rta", "R7", [*before, MORE, LESS_MORE]))
    shown(
        document,
        {
            "LossesToDate/DefendantReplies/CurrentDefendantResponse[2]/@GrossValueOffered": "612.00",
            "LossesToDate/DefendantReplies/CurrentDefendantResponse[2]/@AmountInDispute": "272.00",
            "LossesToDate/Total/CurrentTotal/@LossesOffered": "1013.30",
            "LossesToDate/Total/CurrentTotal/@NetValue": "1013.30",
            "AgreementData/DefendantResponsesToClaimantReplies/@GrossAmount": "1013.30",
            "AgreementData/FinalAgreementDetails/@AdditionalDamagesDecision": "CO",
            "AgreementData/FinalAgreementDetails/@AgreementReached": None,
            "AgreementData/FinalAgreementDetails/AgreementDetails/@GrossAmount": "1013.30",
            "Phase2ClaimantDefendantDates/DefendantRepresentativeDates/@DateOfInsurerResponse": "2027-02-08",
        },
        f"{AD}/",
    )
    # the settlement pack stays as it was
    assert at(document, f"{S2SP}/AgreementData/FinalAgreementDetails/AgreementDetails/@GrossAmount") == "5145.20"


@pytest.mark.parametrize(
    ("answer", "agreed", "reached"),
    [(ALL_MORE, None, "1"), (LESS_MORE, True, "1"), (LESS_MORE, False, "0")],
)
def test_the_agreement_on_additional_damages(answer: str, agreed: bool | None, reached: str) -> None:
    state: dict[str, Any] = {"agreement": {"by": "claimant-representative", "agreed": False, "on": "2027-01-30"}}
    if agreed is not None:
        state["additional-damages-agreement"] = {"by": "claimant-representative", "agreed": agreed, "on": "2027-03-01"}
    document = build(after("rta", "R6", [SENT, COUNTERED, MORE, answer], state))
    assert at(document, f"{AD}/AgreementData/FinalAgreementDetails/@AgreementReached") == reached
    assert at(document, f"{S2SP}/AgreementData/FinalAgreementDetails/@AgreementReached") == "0"


COURT_PACK = [SENT, COUNTERED, BY_CR, NEW, MORE, LESS_MORE, "addCPPFRequest/after-additional-damages.xml"]


def test_a_court_pack() -> None:
    document = assert_valid(after("rta", "R7", COURT_PACK))
    shown(
        document,
        {
            "ClaimantRepresentative/CompanyDetails/@ContactSurname": "Thornbury",
            "DefendantRepresentative": 0,
            "LossesToDate/ClaimantLosses/LastClaimantOffer": 7,
            "LossesToDate/ClaimantLosses/LastClaimantOffer[1]/@GrossValueClaimed": "3300.00",
            "LossesToDate/ClaimantLosses/LastClaimantOffer[1]/@PercInterestRate": "2.00",
            # settled before: the loss of earnings in the settlement pack, the loss of use in the additional damages
            "LossesToDate/ClaimantLosses/LastClaimantOffer[1]/@AgreedInS2SP": "0",
            "LossesToDate/ClaimantLosses/LastClaimantOffer[2]/@AgreedInS2SP": "1",
            "LossesToDate/ClaimantLosses/LastClaimantOffer[2]/@Interest": "15.60",
            "LossesToDate/ClaimantLosses/LastClaimantOffer[5]/@AgreedInS2SP": "1",
            "LossesToDate/ClaimantLosses/LastClaimantOffer[6]/@AgreedInS2SP": "0",
            "LossesToDate/ClaimantLosses/LastClaimantOffer[6]/@Interest": "4.40",
            "CourtProceedingsPackPartA/@AllDisbursementAgreedAndPaid": "0",
            "CourtProceedingsPackPartA/@CRUBenefitsReceived": None,
            "DisbursmentDisputed/DisbursementDisputedRequestResponse": 2,
            "DisbursmentDisputed/DisbursementDisputedRequestResponse[2]/@DisbursementId": "2",
            "DisbursmentDisputed/DisbursementDisputedRequestResponse[2]/@ReasonForNotPayingFullDisbursement": None,
            "CourtProceedingsPackPartB/@ClaimantFinalOffer": "6630.50",
            "CourtProceedingsPackPartB/@DefendantFinalOffer": "6158.50",
            "CourtProceedingsPackPartB/@HasDefendantNamedLegalRep": "0",
            "CourtProceedingsPackPartB/FixedCosts/@Stage1FixedCostsPaid": "1",
            "StatementOfTruth/@SignatoryType": "S",
            "Phase2ClaimantDefendantDates/ClaimantRepresentativeDates/@DateOfNotificationCourtProceedingsPack": "2027-02-15",
            "Phase2ClaimantDefendantDates/DefendantRepresentativeDates": 0,
            "ClaimAndClaimantDetails/ClaimantDetails/@Age_CPP": "36",
            "ClaimAndClaimantDetails/ClaimantDetails/@Occupation_CPP": "Warehouse supervisor",
        },
        f"{CPP}/",
    )


def test_the_answer_to_a_court_pack() -> None:
    answer = fixture("rta", "addCPPFResponse", "answer-to-after-additional-damages.xml")
    answer = answer.replace(b'DefendantFinalOffer="6158.50"', b'DefendantFinalOffer="6200.00"')
    answer = answer.replace(b'HasDefendantNamedLegalRep="0"', b'HasDefendantNamedLegalRep="1" DefendantLegalDetails="Pennymoor LLP"')
    # the other way round than asked
    answer = answer.replace(b'DisbursementId="1"', b'DisbursementId="9"').replace(b'DisbursementId="2"', b'DisbursementId="1"')
    answer = answer.replace(b'DisbursementId="9"', b'DisbursementId="02"')
    documents = [(path.split("/")[0], fixture("rta", *path.split("/"))) for path in COURT_PACK]
    document = assert_valid(told(after("rta", "R7", []), [*documents, ("addCPPFResponse", answer)], birth=date(2009, 2, 15)))
    shown(
        document,
        {
            "DefendantRepresentative/DefendantsInsurer/@CompanyName": "Thistledown Insurance plc",
            "LossesToDate/DefendantReplies/LastDefendantResponse": 7,
            "LossesToDate/DefendantReplies/LastDefendantResponse[1]/@AmountInDispute": "200.00",
            "LossesToDate/DefendantReplies/LastDefendantResponse[1]/@IsGrossAmountAgreed": "0",
            "LossesToDate/DefendantReplies/LastDefendantResponse[1]/@AgreedInS2SP": "0",
            "LossesToDate/DefendantReplies/LastDefendantResponse[2]/@IsGrossAmountAgreed": "1",
            "LossesToDate/DefendantReplies/LastDefendantResponse[2]/@AgreedInS2SP": "1",
            "LossesToDate/DefendantReplies/LastDefendantResponse[6]/@ValueOfferedAfterContrib": "612.00",
            "CourtProceedingsPackPartA/@AllDisbursementAgreedAndPaid": "0",
            "CourtProceedingsPackPartA/@CRUBenefitsReceived": "0.00",
            "CourtProceedingsPackPartA/@UpToDateCRUCertificateAttachedComments": "Certificate of 16 November 2026.",
            "DisbursmentDisputed/DisbursementDisputedRequestResponse[1]/@AmountClaimed": "50.00",
            "DisbursmentDisputed/DisbursementDisputedRequestResponse[1]/@ReasonForNotPayingFullDisbursement": (
                "No inspection was needed: the car was a total loss by agreement."
            ),
            "DisbursmentDisputed/DisbursementDisputedRequestResponse[2]/@ReasonForNotPayingFullDisbursement": (
                "GP records are capped at £30.00 plus VAT, which was paid."
            ),
            "CourtProceedingsPackPartB/@DefendantFinalOffer": "6200.00",
            "CourtProceedingsPackPartB/@ClaimantFinalOffer": "6630.50",
            "CourtProceedingsPackPartB/@HasDefendantNamedLegalRep": "1",
            "CourtProceedingsPackPartB/@DefendantLegalDetails": "Pennymoor LLP",
            "Phase2ClaimantDefendantDates/DefendantRepresentativeDates/@DateOfInsurerResponseCourtProceedingsPack": "2027-02-22",
            "ClaimAndClaimantDetails/ClaimantDetails/@Age_CPP": "18",
        },
        f"{CPP}/",
    )


def test_in_the_court_pack_the_parties_state_the_value_after_contribution() -> None:
    answer = fixture("rta", "addCPPFResponse", "answer-to-after-additional-damages.xml")
    answer = answer.replace(b'ValueOfferedAfterContrib="612.00"', b'ValueOfferedAfterContrib="600.00"')
    documents = [(path.split("/")[0], fixture("rta", *path.split("/"))) for path in COURT_PACK]
    documents[-1] = (documents[-1][0], documents[-1][1].replace(b'ValueClaimedAfterContrib="884.00"', b'ValueClaimedAfterContrib="800.00"'))
    document = build(told(after("rta", "R7", []), [*documents, ("addCPPFResponse", answer)]))
    shown(
        document,
        {
            "ClaimantLosses/LastClaimantOffer[6]/@ValueClaimedAfterContrib": "800.00",
            "DefendantReplies/LastDefendantResponse[6]/@ValueOfferedAfterContrib": "600.00",
            "DefendantReplies/LastDefendantResponse[6]/@AmountInDispute": "200.00",
        },
        f"{CPP}/LossesToDate/",
    )


def test_a_childs_court_pack_in_elpl() -> None:
    documents = index("elpl")["flow"]["child-to-court"]["documents"]
    flags = {"child_at_stage2_request": True, "child_at_stage2_agreement": True, "child_at_additional_damages_agreement": True}
    document = assert_valid(after("elpl", "R6", documents, **flags))
    shown(
        document,
        {
            "ApplicationData/ClaimantDetails/@isClaimantChildAtStage2Request": "1",
            "ApplicationData/ClaimantDetails/@isClaimantChildAtStage2Agreement": "1",
            "ApplicationData/ClaimantDetails/@isClaimantChildAtStage2AgreementAD": None,  # no additional damages there
            f"{CPP}/LossesToDate/ClaimantLosses/LastClaimantOffer[1]/@AgreedInS2SP": "1",
            f"{CPP}/LossesToDate/ClaimantLosses/LastClaimantOffer[1]/@Interest": None,
            f"{CPP}/DisbursementDisputed": 1,
        },
    )


def test_age_flags_of_rta() -> None:
    flags = {"child_at_stage2_request": True, "child_at_stage2_agreement": False, "child_at_additional_damages_agreement": False}
    expected = {"Request": "1", "Agreement": "0", "AgreementAD": "0"}
    shown(build(after("rta", "R7", [], **flags)), expected, "ApplicationData/ClaimantDetails/@isClaimantChildAtStage2")


@pytest.mark.parametrize(("process", "release"), [("rta", "R3"), ("rta", "R7"), ("elpl", "R3"), ("elpl", "R6")])
@pytest.mark.parametrize(("side", "element", "other"), [("claimant-representative", "ExitCR", "ExitCM"), ("compensator", "ExitCM", "ExitCR")])
def test_an_exit(process: str, release: str, side: Any, element: str, other: str) -> None:
    claim = after(process, release, [], exit=Exit(side, "10", 'Settled "elsewhere"'), ended_on=date(2027, 2, 1))
    document = assert_valid(claim)
    shown(
        document,
        {
            f"ExitProcess/{element}/@ExitReasonCode": "10",
            f"ExitProcess/{element}/@ExitComment": 'Settled "elsewhere"',
            f"ExitProcess/{other}": 1,
            f"ExitProcess/{other}/@ExitReasonCode": None,
            "ApplicationIDs/@EndDate": "2027-02-01",
        },
        "ApplicationData/",
    )


def test_an_exit_without_a_comment() -> None:
    assert '<ExitCM ExitReasonCode="6"/>' in build(view(exit=Exit("compensator", "6")))


def test_fraud() -> None:
    document = assert_valid(after("elpl", "R5", [SENT], fraud=Fraud("0", "Staged.")))
    shown(document, {"@FraudReasonCode": "0", "@FraudComment": "Staged."}, "ApplicationData/FraudStated/")


def test_a_sum_too_large_for_its_place_is_left_out() -> None:
    """Amounts have fifteen digits in the schemas; sums of such amounts may have more."""
    most = b'GrossValueClaimed="9999999999999.99"'
    request = fixture("rta", "addInterimSPFRequest", "plain.xml").replace(b'GrossValueClaimed="1250.00"', most)
    request = request.replace(b'GrossValueClaimed="360.00"', most)
    document = assert_valid(told(after("rta", "R7", []), [("addInterimSPFRequest", request)]))
    assert at(document, f"{PACK}/LossesToDate/Total/LossesTotal/@TotalHeads") is None
    assert at(document, f"{PACK}/LossesToDate/ClaimantLosses/ClaimantLossesToDate[1]/@ValueClaimedAfterContrib") == "9999999999999.99"


def test_a_document_is_parsed_once_for_the_sums_and_for_the_answer() -> None:
    claim = after("rta", "R7", [SENT])
    roots = [sent.root for sent in claim.documents]
    build(replace(claim, packs=view_packs.read("rta", claim.documents, {}, BIRTH)))
    assert all(sent.root is root for sent, root in zip(claim.documents, roots, strict=True))
