from datetime import date

import pytest
from lxml import etree
from samples import TODAY, Sample, changed, sample, setting

from gateway.domain.rules import check_liability_response

RTA = sample("rta", "sendLiabilityDecision", "admitted-everything-filled")
ELPL = sample("elpl", "sendLiabilityDecision", "admitted-everything-filled")
DECISION = "LiabilityCausation/@LiabilityDecision"
REASONS = "LiabilityCausation/@UnadmittedLiabilityReasons"
ADMITS = "LiabilityCausation/DefendantAdmits"
BOXES = tuple(f"{ADMITS}/@{name}" for name in ("AccidentOccurred", "CausedByDefendant", "CausedSomeLossToTheClaimant"))
BIRTH = "DefendantDetails/PersonalDetails/@DefendantsDOB"

both = pytest.mark.parametrize("of", [RTA, ELPL], ids=["rta", "elpl"])


def found(of: Sample, values: dict[str, str | None], **claim) -> list[tuple[str, str]]:
    def change(root: etree._Element) -> None:
        for path, value in values.items():
            setting(path, value)(root)

    release = "R7" if of.process == "rta" else "R6"
    findings = check_liability_response(of.process, release, changed(of, change), today=TODAY, **claim)
    return [(one.code, one.at.removeprefix("/InsurerResponseA2A/")) for one in findings]


@both
@pytest.mark.parametrize("box", BOXES)
def test_v11_an_admission_admits_everything(of, box):
    assert found(of, {DECISION: "A", box: "0"}) == [("WrongValue", box)]
    assert found(of, {DECISION: "A", box: None}) == [("MustBeProvided", box)]


@both
def test_v11_an_admission_with_negligence_admits_something(of):
    assert found(of, {DECISION: "AN", **dict.fromkeys(BOXES, "0")}) == [("AtLeastOne", ADMITS)]
    assert found(of, {DECISION: "AN", **dict.fromkeys(BOXES)}) == [("AtLeastOne", ADMITS)]
    for box in BOXES:
        assert found(of, {DECISION: "AN", **dict.fromkeys(BOXES, "0"), box: "1"}) == []


@both
def test_v11_a_denial_gives_reasons(of):
    denied = {DECISION: "N", **dict.fromkeys(BOXES, "0")}
    assert found(of, {**denied, REASONS: None}) == [("MustBeProvided", REASONS)]
    assert found(of, {**denied, REASONS: " "}) == [("MustBeProvided", REASONS)]
    assert found(of, {**denied, REASONS: "No contact between the vehicles."}) == []


def test_v12_another_capacity_is_named():
    assert found(RTA, {"@Capacity": "4", "@OtherCapacity": None}) == [("OtherMustBeProvided", "@OtherCapacity")]
    assert found(RTA, {"@Capacity": "0", "@OtherCapacity": None}) == []


@pytest.mark.parametrize(("article75", "right"), [(True, True), (False, False), (None, True)])
def test_v12_article_75_insurer_only_once_article_75_was_applied(article75, right):
    assert found(RTA, {"@Capacity": "2"}, article75=article75) == ([] if right else [("WrongValue", "@Capacity")])


@pytest.mark.parametrize(("kind", "right"), [("M", True), ("I", False), ("S", False), (None, True)])
def test_v12_only_the_mib_answers_as_mib(kind, right):
    assert found(RTA, {"@Capacity": "3"}, compensator_type=kind) == ([] if right else [("WrongValue", "@Capacity")])


def test_the_defendant_was_born_before_the_accident():
    accident = date(2026, 6, 12)
    assert found(RTA, {BIRTH: "2026-11-23"}) == [("FutureDate", BIRTH)]
    assert found(RTA, {BIRTH: "2026-06-12"}, accident=accident) == [("DateAfterOrOnAccidentDate", BIRTH)]
    assert found(RTA, {BIRTH: "2026-06-11"}, accident=accident) == []
    assert found(RTA, {BIRTH: "2026-06-12"}) == []  # the date of the accident is not known
    assert found(RTA, {BIRTH: None}, accident=accident) == []
