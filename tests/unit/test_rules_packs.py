"""Rules of the packs beyond their schemas. Codes and places of the invalid samples are those of the index, written from the process."""

import re
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from samples import changed, sample, samples, setting

from gateway.domain import money, packs
from gateway.domain.packs_layout import ANSWERS, layout
from gateway.domain.rules import packs_answered, packs_claimed, packs_common, packs_tariff
from gateway.domain.rules.packs_check import PACKS, SCOPE, check_extension, check_pack
from gateway.domain.rules.packs_common import PackFacts
from gateway.domain.rules.read import day
from gateway.errors import Finding
from gateway.xml.node import Node

# the field errors the portal is known to use that a pack can meet
CODES = {
    "MustBeProvided",
    "MustNotBeProvided",
    "FormatNotValid",
    "AtLeastOne",
    "WrongValue",
    "EqualGreaterThanZero",
    "LessThan1000",
}
NEWEST = {"rta": "R7", "elpl": "R6"}


def of_packs(verdict):
    return [one for one in samples(verdict, None if verdict == "valid" else "rule") if one.operation in PACKS]


def request_of(one):
    answered = ANSWERS.get(one.operation)
    return sample(one.process, answered, one.facts["answers"].removesuffix(".xml")).node if answered else None


def check(operation, document, request=None, process="rta", release=None):
    return [(found.code, found.at) for found in check_pack(operation, process, release or NEWEST[process], document, PackFacts(request))]


@pytest.mark.parametrize("one", of_packs("valid"), ids=str)
def test_a_valid_sample_breaks_no_rule(one):
    for release in one.facts["releases"]:
        for request in (request_of(one), None):
            assert check(one.operation, one.node, request, one.process, release) == []


@pytest.mark.parametrize("one", of_packs("invalid"), ids=str)
def test_an_invalid_sample_breaks_exactly_its_rule(one):
    found = check_pack(one.operation, one.process, one.facts["release"], one.node, PackFacts(request_of(one)))
    assert [(finding.code, finding.at) for finding in found] == [(one.facts["code"], one.facts["at"])]
    assert found[0].line


@pytest.mark.parametrize("one", [one for one in of_packs("valid") if "total" in one.facts], ids=str)
def test_sums_of_the_samples_are_those_of_the_index(one):
    at = layout(one.process, one.operation)
    heads = packs.heads(one.node, at)
    assert str(sum((head.gross for head in heads if head.pursued), money.ZERO)) == one.facts["gross"]
    assert str(money.total_heads(heads)) == str(money.total_with_uplift(heads)) == one.facts["total"]
    if "net" in one.facts:
        interim = packs.offer(one.node, at).interim if at.offer else money.ZERO
        repudiated = one.facts.get("decision") == "R"
        losses = money.losses_offered(heads, repudiated=repudiated)
        assert str(money.net_value(losses, interim, packs.amount(one.node, at.cru_deductions))) == one.facts["net"]


@pytest.mark.parametrize("one", [one for one in of_packs("valid") if one.process == "rta" and one.facts["releases"] == ["R7"]], ids=str)
def test_tariff_heads_of_the_samples_are_those_of_the_law(one):
    accident = day(sample("rta", "addClaim", "adult-driver").node, "AccidentData/AccidentDetails/@AccidentDate")
    heads = packs.heads(one.node, layout("rta", one.operation))
    assert [money.tariff_warning(head, accident) for head in heads] == [None] * len(heads)
    if "Interim" not in one.operation:
        assert all(head.tariff_type and head.duration for head in heads if head.loss_type == "16")


def test_every_rule_says_its_mark_and_is_used():
    used = {rule for rules in PACKS.values() for rule in rules}
    written = {
        value
        for module in (packs_common, packs_claimed, packs_answered, packs_tariff)
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_") and callable(value) and not isinstance(value, type)
    }
    assert written == used
    assert set(SCOPE) <= used
    for rule in used:
        assert re.search(r"\b[SIU](/[SIU])?\b", rule.__doc__.rpartition("9.1")[2]), rule.__name__


def test_the_codes_are_those_of_the_portal():
    source = "".join(Path(module.__file__).read_text() for module in (packs_common, packs_claimed, packs_answered, packs_tariff))
    assert set(re.findall(r'"((?:[A-Z][a-z]+){2,}(?:1000)?)"', source)) <= CODES
    assert CODES - set(re.findall(r'"(\w+)"', source)) == set()


# interim


def interim(*heads, more=""):
    losses = "".join(f'<ClaimantLossesToDate EvidenceAttached="1" {head}/>' for head in heads)
    return Node(etree.fromstring(f"<InterimSettlementPackRequest>{more}<ClaimantLosses>{losses}</ClaimantLosses></InterimSettlementPackRequest>"))


LOSSES = "/InterimSettlementPackRequest/ClaimantLosses"


@pytest.mark.parametrize(
    ("heads", "found"),
    [
        ((), [("AtLeastOne", LOSSES)]),  # and not LessThan1000 as well
        (('LossType="3" GrossValueClaimed="2000" ItemBeingPursued="0"',), [("AtLeastOne", LOSSES)]),
        (('LossType="3" GrossValueClaimed="999.99"',), [("LessThan1000", LOSSES)]),
        (('LossType="3" GrossValueClaimed="1000" PercContribNegDeductions="90"',), []),  # gross counts
        (('LossType="3" GrossValueClaimed="500"', 'LossType="5" GrossValueClaimed="500.00" ItemBeingPursued="1"'), []),
        (('LossType="3" GrossValueClaimed="1000"', 'LossType="5" GrossValueClaimed="0"'), []),
        (('LossType="10" GrossValueClaimed="1000"', 'LossType="10" GrossValueClaimed="1"', 'LossType="10" GrossValueClaimed="2"'), []),
    ],
)
def test_the_interim_minimum(heads, found):
    assert check("addInterimSPFRequest", interim(*heads)) == found


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ('SoftTissue="1" MedCoCaseID="1/1"', []),
        ('SoftTissue="0"', []),
        ('SoftTissue="0" MedCoCaseID=" "', []),
        ('SoftTissue="1" MedCoCaseID=""', ["MustBeProvided"]),
        ('SoftTissue="0" MedCoCaseID="1/1"', ["MustNotBeProvided"]),
    ],
)
def test_v4_medco(case, found):
    document = interim('LossType="3" GrossValueClaimed="1000"', more=f"<ClaimantRepresentative><MedCoCase {case}/></ClaimantRepresentative>")
    assert [code for code, _ in check("addInterimSPFRequest", document, release="R5")] == found
    assert check("addInterimSPFRequest", document, release="R3") == []
    assert check("addInterimSPFRequest", document, process="elpl") == []


@pytest.mark.parametrize("operation", ["addInterimSPFResponse", "addStage2SPFResponse"])
@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ('CRUReferenceNumber="ABC123"', []),
        ('CRUReferenceNumber="abc123" CRUComment="Both"', []),
        ('CRUComment="None yet"', []),
        ("", ["MustBeProvided"]),
        ('CRUReferenceNumber=" " CRUComment=""', ["MustBeProvided"]),
        ('CRUReferenceNumber="123ABC"', ["FormatNotValid"]),
        ('CRUReferenceNumber="ABC1234" CRUComment="x"', ["FormatNotValid"]),
        ('CRUReferenceNumber="ABC12²"', ["FormatNotValid"]),
    ],
)
def test_v5_reference_of_the_recovery_unit(operation, reference, found):
    document = Node(etree.fromstring(f"<R><DefendantRepresentative><CRUReference {reference}/></DefendantRepresentative></R>"))
    for process in ("rta", "elpl"):
        assert [code for code, _ in check(operation, document, process=process, release="R5")] == found
        assert check(operation, document, process=process, release="R3") == []


# answers


def asked(*heads, more=""):
    losses = "".join(f'<CurrentClaimantOffer Interest="0" {head}/>' for head in heads)
    return Node(etree.fromstring(f"<Q><ClaimantLosses>{losses}</ClaimantLosses>{more}</Q>"))


def answer(decision, *heads, name="SettlementPackDecision", gross_amount="0"):
    replies = "".join(f'<CurrentDefendantResponse Interest="0" {head}/>' for head in heads)
    details = f'<AgreementDetails GrossAmount="{gross_amount}" InterimPaymentAmount="0"/>'
    agreement = f'<AgreementData><FinalAgreementDetails {name}="{decision}">{details}</FinalAgreementDetails></AgreementData>'
    cru = '<DefendantRepresentative><CRUReference CRUComment="-"/></DefendantRepresentative>'
    return Node(etree.fromstring(f"<R>{cru}<DefendantReplies>{replies}</DefendantReplies>{agreement}</R>"))


AGREED = 'IsGrossAmountAgreed="1"'
TWO_OTHERS = ('LossType="10" GrossValueClaimed="5"', 'LossType="10" GrossValueClaimed="7"')
REPLIES, FIRST = "/R/DefendantReplies", "/R/DefendantReplies/CurrentDefendantResponse"


@pytest.mark.parametrize(
    ("decision", "heads", "found"),
    [
        ("CO", [f"{one} {AGREED}" for one in TWO_OTHERS], []),
        ("CO", [f"{TWO_OTHERS[0]} {AGREED}"], [("MustBeProvided", REPLIES)]),
        ("CO", [], [("MustBeProvided", REPLIES)] * 2),
        ("C", [], [("MustBeProvided", REPLIES)] * 2),
        ("R", [], []),
        ("R", [f'LossType="4" GrossValueClaimed="0" {AGREED}'], [("WrongValue", f"{FIRST}/@LossType")]),
        (
            "CO",
            [*(f"{one} {AGREED}" for one in TWO_OTHERS), f'LossType="10" GrossValueClaimed="9" {AGREED}'],
            [("WrongValue", f"{FIRST}[3]/@LossType")],
        ),
        ("CO", [f"{TWO_OTHERS[1]} {AGREED}", f"{TWO_OTHERS[0]} {AGREED}"], [("WrongValue", f"{FIRST}[{n}]/@GrossValueClaimed") for n in (1, 2)]),
        ("C", [f'{TWO_OTHERS[0]} IsGrossAmountAgreed="0"', f"{TWO_OTHERS[1]} {AGREED}"], [("WrongValue", f"{FIRST}[1]/@IsGrossAmountAgreed")]),
        (
            "C",
            [f'{TWO_OTHERS[0]} {AGREED} PercContribNegDeductions="5"', f"{TWO_OTHERS[1]} {AGREED}"],
            [("WrongValue", f"{FIRST}[1]/@PercContribNegDeductions")],
        ),
        ("CO", [f'{TWO_OTHERS[0]} {AGREED} PercContribNegDeductions="5"', f"{TWO_OTHERS[1]} {AGREED}"], []),  # the gross is agreed, not the share
        ("C", [f'LossType="10" GrossValueClaimed="6" {AGREED}', f"{TWO_OTHERS[1]} {AGREED}"], [("WrongValue", f"{FIRST}[1]/@GrossValueClaimed")]),
    ],
)
def test_v23_c3_c16_an_answer_to_two_heads(decision, heads, found):
    assert check("addStage2SPFResponse", answer(decision, *heads), asked(*TWO_OTHERS)) == found


def test_what_is_not_known_is_not_checked():
    document = answer("C", f'LossType="4" GrossValueClaimed="3" {AGREED}')
    assert check("addStage2SPFResponse", document) == []
    assert check("addStage2SPFResponse", document, asked()) == []  # a claim without heads leaves nothing to compare with


def test_v23_a_head_not_pursued_may_be_left_out():
    request = interim('LossType="3" GrossValueClaimed="1000"', 'LossType="5" GrossValueClaimed="9" ItemBeingPursued="0"')
    reply = f'<DefendantResponse LossType="3" GrossValueOffered="1000" {AGREED}/>'
    other = f'<DefendantResponse LossType="5" GrossValueOffered="9" {AGREED}/>'
    for replies in (reply, reply + other):
        document = Node(etree.fromstring(f"<R><DefendantReplies>{replies}</DefendantReplies></R>"))
        assert check("addInterimSPFResponse", document, request, release="R3") == []


@pytest.mark.parametrize(("gross_amount", "found"), [("1500.00", []), ("1500.01", ["WrongValue"]), ("0", ["WrongValue"])])
def test_c17_accepting_a_counter_offer(gross_amount, found):
    offer = '<AgreementData><FinalAgreementDetails><AgreementDetails GrossAmount="1500" InterimPaymentAmount="0"/></FinalAgreementDetails></AgreementData>'
    request = asked('LossType="11" GrossValueClaimed="1400"', more=offer)
    accepting = answer("ACO", name="SettlementPackCounterOfferDecision", gross_amount=gross_amount)  # no heads: they are the counter offer's
    assert [code for code, _ in check("addStage2SPFCounterOfferByCM", accepting, request)] == found
    other = answer("NEWCO", f'LossType="11" GrossValueOffered="1400" {AGREED}', name="SettlementPackCounterOfferDecision", gross_amount=gross_amount)
    assert check("addStage2SPFCounterOfferByCM", other, request) == []


def test_agreeing_to_additional_damages_is_agreeing_to_the_claimed_values():
    request = asked('LossType="3" GrossValueClaimed="300"')
    document = answer("A", f'LossType="3" GrossValueOffered="299" {AGREED}', name="AdditionalDamagesDecision")
    assert check("addS2SPFAdditionalDamagesResponse", document, request) == [("WrongValue", f"{FIRST}/@GrossValueOffered")]
    document = answer("CO", 'LossType="3" GrossValueOffered="299" IsGrossAmountAgreed="0" Comments="x"', name="AdditionalDamagesDecision")
    assert check("addS2SPFAdditionalDamagesResponse", document, request) == []


# tariff

WHIPLASH = 'LossType="16" GrossValueClaimed="240" TariffType="1" SelectDurationOfTheInjury="1"'


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (WHIPLASH, []),
        (f'{WHIPLASH} ExcepCircumstancesUplift="0"', []),
        (f'{WHIPLASH} ExcepCircumstancesUplift="1" ExcepCircumstancesUpliftPerc="20" ExcepCircumstancesUpliftNote="Because"', []),
        (f'{WHIPLASH} ExcepCircumstancesUplift="1"', ["ExcepCircumstancesUpliftPerc", "ExcepCircumstancesUpliftNote"]),
        (
            f'{WHIPLASH} ExcepCircumstancesUpliftPerc="1" ExcepCircumstancesUpliftNote="x"',
            ["ExcepCircumstancesUpliftPerc", "ExcepCircumstancesUpliftNote"],
        ),
        (WHIPLASH.replace('Injury="1"', 'Injury="0"'), []),  # over 24 months
        ('LossType="16" GrossValueClaimed="240"', ["TariffType", "SelectDurationOfTheInjury"]),
        ('LossType="11" GrossValueClaimed="240" ExcepCircumstancesUplift="0" SelectDurationOfTheInjury="0"', []),  # 0 says nothing
        (
            'LossType="11" GrossValueClaimed="1" TariffType="1" ExcepCircumstancesUplift="1" ExcepCircumstancesUpliftNote="x"',
            ["TariffType", "ExcepCircumstancesUplift", "ExcepCircumstancesUpliftNote"],
        ),
    ],
)
def test_v9_the_tariff(head, found):
    for operation in ("addStage2SPFCounterOfferByCR", "addS2SPFAdditionalDamagesRequest"):
        places = [at for _, at in check(operation, asked(head))]
        assert places == [f"/Q/ClaimantLosses/CurrentClaimantOffer/@{name}" for name in found]


def test_v9_the_compensator_gives_no_note():
    uplift = 'ExcepCircumstancesUplift="1" ExcepCircumstancesUpliftPerc="20"'
    document = answer("CO", f'{WHIPLASH} IsGrossAmountAgreed="0" Comments="x" {uplift}')
    assert check("addStage2SPFResponse", document) == []


def test_interim_packs_have_no_fields_for_the_tariff():
    assert check("addInterimSPFRequest", interim('LossType="16" GrossValueClaimed="4215"')) == []


# court pack


def court(paid, *numbers, name="DisbursmentDisputed"):
    listed = "".join(f'<DisbursementDisputedRequestResponse DisbursementId="{number}"/>' for number in numbers)
    part = "" if paid is None else f'<CourtProceedingsPackPartA AllDisbursementAgreedAndPaid="{paid}"/>'
    return Node(etree.fromstring(f"<P>{part}<{name}>{listed}</{name}></P>"))


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        (court(1), []),
        (court(0, 1, 2), []),
        (court(1, 1), ["MustNotBeProvided"]),
        (court(0), ["AtLeastOne"]),
        (court(0, 3, 3, 3), ["WrongValue", "WrongValue"]),
    ],
)
def test_disputed_disbursements(document, codes):
    assert [code for code, _ in check("addCPPFRequest", document)] == codes


@pytest.mark.parametrize(
    ("answered", "found"),
    [
        ((2, 1), []),
        ((1,), [("MustBeProvided", "/P/DisbursementDisputed")]),
        ((), [("MustBeProvided", "/P/DisbursementDisputed")] * 2),
        ((1, 2, 2), [("WrongValue", "/P/DisbursementDisputed/DisbursementDisputedRequestResponse[3]/@DisbursementId")]),
        ((1, 2, 3), [("WrongValue", "/P/DisbursementDisputed/DisbursementDisputedRequestResponse[3]/@DisbursementId")]),
    ],
)
def test_the_court_pack_is_answered_disbursement_by_disbursement(answered, found):
    request, response = court(0, 1, 2, name="DisbursementDisputed"), court(None, *answered, name="DisbursementDisputed")
    assert check("addCPPFResponse", response, request, process="elpl") == found


@pytest.mark.parametrize("operation", ["addCPPFRequest", "addCPPFResponse"])
@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ('HasDefendantNamedLegalRep="1"', ["MustBeProvided"]),
        ('HasDefendantNamedLegalRep="1" DefendantLegalDetails="Bell LLP"', []),
        ('HasDefendantNamedLegalRep="0"', []),
        ("", []),
    ],
)
def test_a_legal_representative_has_a_name(operation, said, codes):
    document = Node(etree.fromstring(f"<P><DefendantLegalRepresentative {said}/></P>"))
    assert [code for code, _ in check(operation, document)] == codes


# all packs


def test_everything_wrong_is_told_at_once_in_the_order_of_the_document():
    plain = sample("rta", "addStage2SPFRequest", "plain")

    def spoil(root):
        for path, value in (
            ("MedicalReport/@MedicalReportStage2", "0"),
            ("ClaimantRepresentative/MedCoCase/@MedCoCaseID", None),
            ("ClaimantLosses/CurrentClaimantOffer/@GrossValueClaimed", "-1"),
            ("ClaimantLosses/CurrentClaimantOffer/@Interest", "-0.01"),
            ("ClaimantLosses/CurrentClaimantOffer/@LossType", root.findall("ClaimantLosses/CurrentClaimantOffer")[1].get("LossType")),
            ("StatementOfTruth/@SignatoryType", "S"),
            ("StatementOfTruth/@RetainedSignedCopy", "0"),
        ):
            setting(path, value)(root)

    assert [code for code, _ in check("addStage2SPFRequest", changed(plain, spoil))] == [
        "MustBeProvided",
        "WrongValue",
        "EqualGreaterThanZero",
        "EqualGreaterThanZero",
        "WrongValue",
        "WrongValue",
    ]


@pytest.mark.parametrize(("process", "release", "code"), [("rta", "R3", "MustBeProvided"), ("elpl", "R6", "MustBeProvided")])
def test_a_head_needs_its_type_where_the_schema_does_not_ask(process, release, code):
    document = asked('GrossValueClaimed="5"', 'GrossValueClaimed="6" LossType="4"')
    found = check("addStage2SPFCounterOfferByCR", document, process=process, release=release)
    assert found == [(code, "/Q/ClaimantLosses/CurrentClaimantOffer[1]/@LossType")]


# extensions

TODAY_PLUS = {days: date(2026, 11, 22 + days) for days in (-1, 0, 1)}


@pytest.mark.parametrize(
    ("operation", "date_argument", "reason_argument"),
    [
        ("extendStage2SPFDecisionTimeout", "newTimeOut", "reasonForExtension"),
        ("extendStage2SPFCounterOfferTimeout", "newTimeOut", "reasonForExtension"),
        ("extendAdditionalDamagesDecisionTimeout", "NewTimeOutDate", "ReasonForExtension"),
    ],
)
@pytest.mark.parametrize(
    ("days", "reason", "dated", "reasoned"),
    [
        (1, "1", None, None),
        (1, "2", None, None),
        (0, "1", "AfterCurrentTimeoutDate", None),
        (-1, "3", "AfterCurrentTimeoutDate", "WrongValue"),
        (None, "1", "MustBeProvided", None),
        (1, "", None, "absent"),
        (1, None, None, "absent"),
    ],
)
def test_moving_a_limit(operation, date_argument, reason_argument, days, reason, dated, reasoned):
    if reasoned == "absent":
        reasoned = "MustBeProvided" if "AdditionalDamages" in operation else None
    found = check_extension(operation, "rta", "R7", new=TODAY_PLUS.get(days), reason=reason, current=TODAY_PLUS[0])
    expected = [(code, at) for code, at in ((dated, date_argument), (reasoned, reason_argument)) if code]
    assert [(one.code, one.at) for one in found] == expected
    assert all(isinstance(one, Finding) for one in found)
