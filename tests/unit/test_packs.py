"""Reading the packs."""

import tomllib
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from gateway.domain import packs
from gateway.domain.money import Head
from gateway.domain.packs import Disbursement, Offer
from gateway.domain.packs_layout import ANSWERS, LAYOUTS, layout
from gateway.xml.node import Node

SCHEMAS = Path(__file__).parents[2] / "schemas"
IN_FORCE = [
    (process, release, operation, row["messages"][operation])
    for process in ("rta", "elpl")
    for release, row in tomllib.loads((SCHEMAS / process / "releases.toml").read_text(encoding="utf-8")).items()
    for operation in LAYOUTS
    if operation in row["messages"]
]
XS = "{http://www.w3.org/2001/XMLSchema}"


def d(text):
    return Decimal(text)


def node(text):
    return Node(etree.fromstring(text))


@cache
def schema(process, name):
    return etree.parse(SCHEMAS / process / f"{name}.xsd").getroot()


def declared(root, path):
    """The declaration of `path` (A/B/@C) below the document's root element; None when the schema knows no such thing."""
    here = root.find(f"{XS}element")
    for step in path.split("/"):
        kind = here.find(f"{XS}complexType") if here.get("type") is None else root.find(f"{XS}complexType[@name='{here.get('type')}']")
        here = None
        if kind is not None:
            here = kind.find(f"{XS}attribute[@name='{step[1:]}']" if step.startswith("@") else f"{XS}sequence/{XS}element[@name='{step}']")
        if here is None:
            return None
    return here


@pytest.mark.parametrize(("process", "release", "operation", "name"), IN_FORCE)
def test_every_place_is_declared_in_every_schema_in_force(process, release, operation, name):
    at, root = layout(process, operation), schema(process, name)
    came_with_release_5 = {"medco"} if process == "rta" else set()
    came_with_release_5 |= {"cru_reference"}
    absent = {"medco"} if process == "elpl" else set()
    absent |= came_with_release_5 if release == "R3" else set()
    for field in fields(at):
        value = getattr(at, field.name)
        if value:
            place = declared(root, f"{at.heads}/{value}" if value.startswith("@") else value)
            assert (place is None) == (field.name in absent), field.name
    assert declared(root, f"{at.heads}/@LossType") is not None
    if at.offer:
        assert declared(root, f"{at.offer}/@GrossAmount").get("use") == declared(root, f"{at.offer}/@InterimPaymentAmount").get("use") == "required"


def test_every_message_of_the_packs_has_a_layout():
    assert {operation for _, _, operation, _ in IN_FORCE} == set(LAYOUTS)
    assert {process for process, _, operation, _ in IN_FORCE if "AdditionalDamages" in operation} == {"rta"}
    assert set(ANSWERS) | set(ANSWERS.values()) | {"addStage2SPFRequest"} == set(LAYOUTS)


def test_an_interim_request():
    document = node(
        """<InterimSettlementPackRequest><ClaimantLosses>
        <ClaimantLossesToDate LossType="3" GrossValueClaimed="1000" PercContribNegDeductions="10" EvidenceAttached="1"/>
        <ClaimantLossesToDate LossType="5" GrossValueClaimed="50.5" PercContribNegDeductions="0" EvidenceAttached="1" ItemBeingPursued="0"/>
        <ClaimantLossesToDate LossType="6" GrossValueClaimed="20.00" PercContribNegDeductions="0" EvidenceAttached="0" ItemBeingPursued="1"/>
        </ClaimantLosses></InterimSettlementPackRequest>"""
    )
    read = packs.interim_request("rta", document)
    assert read.heads == (Head("3", d("1000"), d("10")), Head("5", d("50.50"), pursued=False), Head("6", d("20")))
    assert read.requested == d("1020.00")


def test_an_interim_response():
    document = node(
        """<InterimSettlementPackResponse><DefendantReplies>
        <DefendantResponse LossType="3" GrossValueOffered="800" PercContribNegDeductions="25" IsGrossAmountAgreed="0" Comments="Too much"/>
        </DefendantReplies><Total><LossesTotal CRUDeductions="12.3"/></Total></InterimSettlementPackResponse>"""
    )
    read = packs.interim_response("rta", document)
    assert read.heads == (Head("3", d("800"), d("25"), agreed=False),)
    assert str(read.cru_deductions) == "12.30"


@pytest.mark.parametrize(("process", "name"), [("rta", "GrossValueClaimed"), ("elpl", "GrossValueOffered")])
def test_what_a_settlement_response_offers_has_another_name_in_each_process(process, name):
    document = node(
        f"""<Stage2SettlementPackResponse><DefendantReplies>
        <CurrentDefendantResponse LossType="11" {name}="1500" IsGrossAmountAgreed="01" Interest="7.5"/>
        </DefendantReplies><Total><CurrentTotal CRUDeductions="0"/></Total>
        <AgreementData><FinalAgreementDetails SettlementPackDecision="CO"><AgreementDetails GrossAmount="1600" InterimPaymentAmount="1000"/>
        </FinalAgreementDetails></AgreementData></Stage2SettlementPackResponse>"""
    )
    read = packs.settlement_response(process, document)
    assert read.heads == (Head("11", d("1500"), interest=d("7.5"), agreed=True),)
    assert (read.cru_deductions, read.offer, read.decision) == (d("0"), Offer(d("1600"), d("1000")), "CO")


@pytest.mark.parametrize(
    ("operation", "attribute", "decision"),
    [
        ("addStage2SPFCounterOfferByCM", "SettlementPackCounterOfferDecision", "ACO"),
        ("addS2SPFAdditionalDamagesResponse", "AdditionalDamagesDecision", "A"),
    ],
)
def test_the_other_decisions(operation, attribute, decision):
    document = node(
        f"""<Any><DefendantReplies><CurrentDefendantResponse LossType="11" GrossValueOffered="10" IsGrossAmountAgreed="1" Interest="0"/></DefendantReplies>
        <AgreementData><FinalAgreementDetails {attribute}="{decision}"/></AgreementData></Any>"""
    )
    read = packs.settlement_response("rta", document, operation)
    assert read.decision == decision
    assert read.heads == (Head("11", d("10"), agreed=True),)


def test_a_tariff_head():
    document = node(
        """<Stage2SettlementPackRequest><ClaimantLosses>
        <CurrentClaimantOffer LossType="16" GrossValueClaimed="240" PercContribNegDeductions="0" Interest="0" TariffType="1"
            SelectDurationOfTheInjury="1" ExcepCircumstancesUplift="1" ExcepCircumstancesUpliftPerc="20" ExcepCircumstancesUpliftNote="Because"/>
        <CurrentClaimantOffer LossType="16" GrossValueClaimed="240" PercContribNegDeductions="0" Interest="0" TariffType="1"
            SelectDurationOfTheInjury="1" ExcepCircumstancesUplift="0" ExcepCircumstancesUpliftPerc="20"/>
        </ClaimantLosses></Stage2SettlementPackRequest>"""
    )
    first, second = packs.settlement_request("rta", document).heads
    assert first == Head("16", d("240"), tariff_type="1", duration="1", uplift=d("20"))
    assert second.uplift == 0


@pytest.mark.parametrize("operation", ["addStage2SPFCounterOfferByCR", "addS2SPFAdditionalDamagesRequest"])
def test_a_counter_offer(operation):
    document = node(
        """<Any><ClaimantLosses><CurrentClaimantOffer LossType="4" GrossValueClaimed="12.34" Interest="0.66" EvidenceAttached="1"/></ClaimantLosses>
        <AgreementData><FinalAgreementDetails><AgreementDetails GrossAmount="5000" InterimPaymentAmount="0"/></FinalAgreementDetails></AgreementData></Any>"""
    )
    read = packs.counter_offer("rta", document, operation)
    assert read.heads == (Head("4", d("12.34"), interest=d("0.66")),)
    assert read.offer == Offer(d("5000"), d("0"))


@pytest.mark.parametrize(("process", "name"), [("rta", "DisbursmentDisputed"), ("elpl", "DisbursementDisputed")])
def test_a_court_pack(process, name):
    request = node(
        f"""<CourtProceedingPackRequest><ClaimantLosses><LastClaimantOffer LossType="11" PercInterestRate="2" GrossValueClaimed="900"
        ValueClaimedAfterContrib="900" EvidenceAttached="1"/></ClaimantLosses><{name}>
        <DisbursementDisputedRequestResponse DisbursementId="2" AmountClaimed="100" AmountPaid="25.5" DisbursementDisputed="Fee"/></{name}>
        <CourtProceedingsPackPartB ClaimantFinalOffer="5000" DefendantFinalOffer="3000"/></CourtProceedingPackRequest>"""
    )
    read = packs.court_pack_request(process, request)
    assert read.heads == (Head("11", d("900")),)
    assert read.disbursements == (Disbursement(2, d("100"), d("25.5")),)
    assert (read.claimant_final_offer, read.defendant_final_offer) == (d("5000"), d("3000"))
    response = node(
        f"""<CourtProceedingPackResponse><DefendantReplies><LastDefendantResponse LossType="11" GrossValueOffered="700"/></DefendantReplies>
        <{name}><DisbursementDisputedRequestResponse DisbursementId="2" ReasonForNotPayingFullDisbursement="Too dear"/></{name}>
        <CourtProceedingsPackPartB DefendantFinalOffer="3100"/></CourtProceedingPackResponse>"""
    )
    answer = packs.court_pack_response(process, response)
    assert answer.heads == (Head("11", d("700")),)
    assert answer.disbursements == (Disbursement(2),)
    assert answer.defendant_final_offer == d("3100")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "1.00"),
        ("+1.5", "1.50"),
        ("-.5", "-0.50"),
        (" 007. ", "7.00"),
        ("999999999999999", "999999999999999.00"),
        ("1000000000000000", None),
        ("1e3", None),
        ("١", None),
        ("", None),
        ("NaN", None),
    ],
)
def test_amounts_are_the_decimals_of_the_schemas(text, value):
    read = packs.amount(node(f'<A B="{text}"/>'), "@B")
    assert (None if read is None else str(read)) == value


def test_counterparts_by_loss_type_and_order():
    claimed = [Head("10", d("1")), Head("5", d("2")), Head("10", d("3"))]
    offered = [Head("10", d("4")), Head("6", d("5")), Head("10", d("6")), Head("10", d("7"))]
    assert packs.counterparts(claimed, offered) == (offered[0], None, offered[2])
    assert packs.counterparts(offered, claimed) == (claimed[0], None, claimed[2], None)


@pytest.mark.parametrize(
    ("claimed", "offered", "agreed"),
    [
        (Head("5", d("100")), Head("5", d("100")), True),
        (Head("5", d("100"), d("10")), Head("5", d("100"), d("20")), False),  # the gross alone is agreed
        (Head("5", d("100"), d("20")), Head("5", d("100"), d("10")), True),
        (Head("5", d("100"), interest=d("1")), Head("5", d("100")), False),
        (Head("5", d("100")), Head("5", d("99")), False),
    ],
)
def test_c24_agreed_in_the_settlement_pack(claimed, offered, agreed):
    assert packs.agreed_in_s2sp(claimed, offered) is agreed


@pytest.mark.parametrize(
    ("birth", "sent", "age"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), 17),
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_c23_age_at_the_court_pack(birth, sent, age):
    assert packs.age_at_court_pack(birth, sent) == age
