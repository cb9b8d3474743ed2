"""Reason codes: the lists of the process, and the lists of the published getClaim schemas that have to show them."""

import tomllib
from pathlib import Path

import pytest
from lxml import etree

from gateway.contract import reasons
from gateway.contract.load import BadTable
from gateway.contract.reasons import exit_codes, exit_reasons, extension_codes, fraud_codes, rejection_codes

SCHEMAS = Path(__file__).parents[2] / "schemas"
CR, COMP = "claimant-representative", "compensator"
SHORT = "2 3 4 5 6 7 8 10"
IN_FORCE = [
    (process, release, row["messages"]["getClaim"])
    for process in ("rta", "elpl")
    for release, row in tomllib.loads((SCHEMAS / process / "releases.toml").read_text(encoding="utf-8")).items()
]


@pytest.mark.parametrize(
    ("process", "release", "side", "codes"),
    [
        ("rta", "R3", CR, SHORT),
        ("rta", "R5", CR, f"{SHORT} 11 12 13"),
        ("rta", "R6", CR, f"{SHORT} 11 12 13"),
        ("rta", "R7", CR, f"{SHORT} 11 12 13 14"),
        ("elpl", "R3", CR, SHORT),
        ("elpl", "R5", CR, f"{SHORT} 11 12 13 14 15"),
        ("elpl", "R6", CR, f"{SHORT} 11 12 13 14 15"),
        ("rta", "R3", COMP, "1 2 3 6 7 9 10"),
        ("rta", "R6", COMP, "1 2 3 6 7 9 10"),
        ("rta", "R7", COMP, "1 2 3 6 7 9 10 14"),
        ("elpl", "R3", COMP, "1 2 3 6 7 9 10"),
        ("elpl", "R6", COMP, "1 2 3 6 7 9 10"),
    ],
)
def test_exit_codes_of_each_side(process, release, side, codes):
    assert exit_codes(process, release, side) == tuple(codes.split())


@pytest.mark.parametrize(("process", "release", "schema"), IN_FORCE)
def test_get_claim_can_show_exactly_these(process, release, schema):
    tree = etree.parse(SCHEMAS / process / f"{schema}.xsd")

    def listed(element, attribute):
        """The values of the attribute, in an element with a type of its own or a named one."""
        declared = f"//*[local-name()='element'][@name='{element}']"
        holders = tree.xpath(declared) + [one for name in tree.xpath(f"{declared}/@type") for one in tree.xpath(f"//*[@name='{name}']")]
        types = {name for holder in holders for name in holder.xpath(f".//*[@name='{attribute}']/@type")}
        return {value for name in types for value in tree.xpath(f"//*[local-name()='simpleType'][@name='{name}']//@value")}

    assert listed("ExitCR", "ExitReasonCode") == set(exit_codes(process, release, CR))
    assert listed("ExitCM", "ExitReasonCode") == set(exit_codes(process, release, COMP))
    assert listed("Rejection", "RejectionReasonCode") == set(rejection_codes(process, release))
    assert listed("FraudStated", "FraudReasonCode") == set(fraud_codes(process, release))
    assert listed("LastExtendedTime", "ReasonForExtension") == set(extension_codes(process, release))


@pytest.mark.parametrize(
    ("process", "release", "codes"),
    [("rta", "R3", ""), ("elpl", "R3", ""), ("rta", "R5", "0 1 2"), ("rta", "R7", "0 1 2"), ("elpl", "R5", "0 1"), ("elpl", "R6", "0 1")],
)
def test_rejection_codes_came_with_release_5(process, release, codes):
    assert rejection_codes(process, release) == tuple(codes.split())


def test_an_incomplete_form_is_a_reason_before_the_decision_only():
    for phase in ("ClaimSubmitted", "ClaimAcknowledged", "Article75Decision", "LiabilityDecision"):
        assert exit_codes("elpl", "R6", COMP, phase)[0] == "1"
    assert exit_codes("elpl", "R6", COMP, "StartOfStage21") == ("2", "3", "6", "7", "9", "10")
    assert exit_codes("rta", "R7", CR, "StartOfStage21") == exit_codes("rta", "R7", CR)


def test_code_14_means_another_thing_in_each_process():
    texts = {process: exit_reasons(process, release, CR)[11].text for process, release in (("rta", "R7"), ("elpl", "R6"))}
    assert texts == {"rta": "Belongs to the small claims protocol (OIC)", "elpl": "Insurer not identified"}


def test_other_and_fraud_need_words():
    assert [reason.code for reason in exit_reasons("rta", "R7", CR) if reason.comment] == ["10"]
    assert [reason.comment for reason in reasons.reasons()["fraud"]] == [True]


def table(row='{ code = "0", text = "One", basis = "S" }', kinds=("exit", "rejection", "fraud", "extension")):
    return "\n".join(f"{kind} = [{row if kind == 'exit' else ''}]" for kind in kinds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (table(kinds=("exit", "rejection", "fraud")), "its lists must be"),
        (table(kinds=("rejection", "exit", "fraud", "extension")), "its lists must be"),
        (table('{ code = "0", text = "One" }'), "exits.toml exit 0: basis is missing"),
        (table('{ text = "One", basis = "S" }'), "code is missing"),
        (table('{ code = 0, text = "One", basis = "S" }'), "code must be str"),
        (table('{ code = "0", text = "One", basis = "S", when = "x" }'), "nobody knows when"),
        (table('{ code = "0", text = "One", basis = "S", only = "pl" }'), "only is 'pl'"),
        (table('{ code = "0", text = "One", basis = "S", sides = ["CR"] }'), "there is no side CR"),
        (table('{ code = "0", text = "One", basis = "S", phases = ["Start"] }'), "there is no phase Start"),
        (table('{ code = "0", text = "One", basis = "S", since = "R9" }'), "there is no release R9"),
        (table('{ code = "x", text = "One", basis = "S" }'), "must be numbers"),
        (table('{ code = "2", text = "A", basis = "S" }, { code = "1", text = "B", basis = "S" }'), "in their order"),
        (
            table('{ code = "2", text = "A", basis = "S", since = "R5" }, { code = "2", text = "B", basis = "S", only = "elpl" }'),
            "told twice: 2, elpl, R5",
        ),
    ],
)
def test_a_bad_table_stops_the_start(tmp_path, text, said):
    file = tmp_path / "exits.toml"
    file.write_text(text)
    with pytest.raises(BadTable, match=said):
        reasons.load(file)


def test_one_code_may_mean_two_things_where_they_do_not_meet(tmp_path):
    file = tmp_path / "exits.toml"
    file.write_text(table('{ code = "2", text = "A", basis = "S", until = "R4" }, { code = "2", text = "B", basis = "S", since = "R5" }'))
    assert [reason.text for reason in reasons.load(file)["exit"]] == ["A", "B"]
