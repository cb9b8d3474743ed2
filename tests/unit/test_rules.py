from datetime import date

import pytest
from samples import TODAY, Sample, sample, samples

from gateway.domain.rules import CNF, LIABILITY, check_cnf, check_liability_response
from gateway.errors import Finding
from gateway.xml.schemas import releases

# The field error codes of the portal, process description 9.1.
PORTAL_CODES = {
    "MustBeProvided",
    "MustNotBeProvided",
    "OtherMustBeProvided",
    "FormatNotValid",
    "AtLeastOne",
    "WrongValue",
    "FutureDate",
    "MissingAccidentDate",
    "DateBeforeAccidentDate",
    "DateAfterOrOnAccidentDate",
    "AccidentDateAfterMedicalAttentionDate",
    "NINEnteredCommet",
    "NINMissingCommet",
    "GreaterThanZero",
    "EqualGreaterThanZero",
    "LessThan1000",
    "InsurerNotSelected",
    "AfterCurrentTimeoutDate",
}


STAGE_1 = ("addClaim", "resendRejectedClaim", "sendLiabilityDecision")


def of_stage_1(verdict: str, kind: str | None = None) -> list[Sample]:
    return [one for one in samples(verdict, kind) if one.operation in STAGE_1]


def check(of: Sample, release: str, today: date = TODAY) -> list[Finding]:
    if of.operation == "sendLiabilityDecision":
        return check_liability_response(of.process, release, of.node, today=today)
    return check_cnf(of.process, release, of.node, today)


@pytest.mark.parametrize("invalid", of_stage_1("invalid", "rule"), ids=str)
def test_each_invalid_sample_breaks_the_rule_its_index_tells(invalid):
    found = check(invalid, invalid.facts["release"])
    assert [(one.code, one.at) for one in found] == [(invalid.facts["code"], invalid.facts["at"])]


@pytest.mark.parametrize("valid", of_stage_1("valid"), ids=str)
def test_a_valid_sample_breaks_no_rule(valid):
    for release in valid.facts["releases"]:
        assert check(valid, release) == []


@pytest.mark.parametrize("invalid", of_stage_1("invalid", "schema"), ids=str)
def test_the_rules_bear_any_document(invalid):
    for one in check(invalid, invalid.facts["release"]):
        assert one.code in PORTAL_CODES


def test_both_processes_have_rules_for_both_documents():
    assert set(CNF) == set(LIABILITY) == {"rta", "elpl"}


def test_every_rule_states_its_source_and_mark():
    for rule in {*CNF["rta"], *CNF["elpl"], *LIABILITY["rta"], *LIABILITY["elpl"]}:
        text = rule.__doc__ or ""
        assert text.startswith(("V", "9.1")), rule.__name__
        assert {"S", "I", "U"} & set(text.replace("(", " ").replace(")", " ").replace(".", " ").replace(";", " ").split()), rule.__name__


def test_all_releases_can_be_asked():
    for process in ("rta", "elpl"):
        for release in releases(process):
            assert check_cnf(process, release.name, sample(process, "addClaim", "minimal").node, TODAY) == []


def test_the_claims_company_is_asked_for_since_release_6():
    invalid = next(one for one in samples("invalid", "rule") if one.path.stem == "claims-company-without-name")
    assert check(invalid, "R6")
    assert check(invalid, "R5") == []


def test_findings_tell_their_line():
    invalid = next(one for one in samples("invalid", "rule") if one.process == "rta" and one.path.stem == "statement-of-truth-not-retained")
    (found,) = check(invalid, "R7")
    assert found.line == 5
