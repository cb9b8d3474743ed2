"""`gateway contract`: the ledger, the generated files, and looking things up."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.commands.contract import app
from gateway.operations.call import HANDLERS

GENERATED = ["OPERATIONS.md", "docs/phases-rta.svg", "docs/phases-rta.dot", "docs/phases-elpl.svg", "docs/phases-elpl.dot"]


def run(*arguments: object, columns: int = 100) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": str(columns), "TERM": "dumb"})


def line_of(name: str, result: Result) -> list[str]:
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(f"{name} ")]
    return line.split()[1:]


def test_coverage_tells_each_service():
    result = run("coverage")
    assert result.exit_code == 0
    assert line_of("getToken", result) == ["served", "-", "served", "-"]
    assert line_of("applyArticle75", result) == ["served", "served", "-", "-", "T13-T14"]
    assert line_of("acceptClaim", result) == ["served", "served", "served", "served", "T3-T5"]
    assert line_of("exitProcess", result) == ["served", "served", "served", "served", "T124"]
    assert line_of("addStage2SPFCounterOfferByCM", result) == ["served", "served", "served", "served", "T76-T78,", "T83-T84"]
    assert line_of("lockClaim", result) == ["served"] * 4


def test_coverage_sums_up():
    lines = run("coverage").stdout.splitlines()
    assert lines[-5:] == [
        "rta-token: 81 of 81 operations served",
        "rta-userauth: 78 of 78 operations served",
        "elpl-token: 72 of 72 operations served",
        "elpl-userauth: 69 of 69 operations served",
        "together: 300 of 300",
    ]


@pytest.mark.parametrize(("columns", "widest"), [(80, 80), (100, 100), (120, 120), (300, 120)])
def test_coverage_fits_the_terminal(columns, widest):
    result = run("coverage", columns=columns)
    assert max(map(len, result.stdout.splitlines())) <= widest
    assert "T15-T18" in result.stdout


def test_coverage_of_one_process():
    result = run("coverage", "--process", "elpl")
    assert line_of("acknowledgeClaim", result) == ["served", "served", "T2"]
    assert "applyArticle75" not in result.stdout
    assert result.stdout.splitlines()[-1] == "together: 141 of 141"


def test_coverage_of_what_is_missing():
    result = run("coverage", "--missing")
    assert "acceptClaim" not in result.stdout
    assert "Article 75" not in result.stdout  # a chapter that is complete
    assert result.stdout.splitlines()[-1] == "together: 300 of 300"


def test_coverage_for_programs():
    report = json.loads(run("coverage", "--format", "json").stdout)
    assert report["services"]["rta-userauth"] == {"served": 78, "awaiting": 0, "operations": 78}
    operations = {one["name"]: one for one in report["operations"]}
    assert len(operations) == 82
    assert operations["setStage1Payment"] == {
        "name": "setStage1Payment",
        "chapter": "liability",
        "status": {"rta-token": "served", "rta-userauth": "served"},
        "awaits": None,
        "steps": ["T22", "T23"],
    }
    missing = json.loads(run("coverage", "--format", "json", "--missing", "--process", "rta").stdout)
    assert missing["operations"] == []
    assert missing["services"]["rta-token"]["served"] == 81


def test_coverage_for_documents():
    lines = run("coverage", "--format", "markdown").stdout.splitlines()
    assert lines[0] == "| Operation | Chapter | rta-token | rta-userauth | elpl-token | elpl-userauth | Steps | Awaits |"
    (row,) = [line for line in lines if line.startswith("| `sendLiabilityDecision`")]
    assert row == "| `sendLiabilityDecision` | Article 75 and the liability decision | served | served | served | served | T15-T18 |  |"
    assert lines[-1] == "- together: 300 of 300"


def test_coverage_is_not_told_of_a_table_that_the_handlers_contradict(monkeypatch):
    monkeypatch.delitem(HANDLERS, "getClaim")
    result = run("coverage")
    assert result.exit_code == 1
    assert "getClaim (search.toml) is served, moves nothing and has no handler" in result.stderr
    assert result.stdout == ""


@pytest.fixture
def repository(tmp_path) -> Path:
    (tmp_path / "setup.cfg").write_text("")
    return tmp_path


def test_render_writes_and_then_has_nothing_to_do(repository):
    first = run("render", "--into", repository)
    assert first.stdout.splitlines() == [f"{name} written" for name in GENERATED]
    assert run("render", "--into", repository).stdout == "Up to date.\n"
    assert run("render", "--check", "--into", repository).exit_code == 0


def test_render_check_names_what_differs_and_writes_nothing(repository):
    run("render", "--into", repository)
    (repository / "OPERATIONS.md").write_text("old")
    (repository / "docs/phases-rta.svg").unlink()
    result = run("render", "--check", "--into", repository)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "OPERATIONS.md is not what the contract table gives",
        "docs/phases-rta.svg is not what the contract table gives",
        "Run: make contract",
    ]
    assert (repository / "OPERATIONS.md").read_text() == "old"
    assert not (repository / "docs/phases-rta.svg").exists()


def test_render_writes_only_what_differs(repository):
    run("render", "--into", repository)
    (repository / "docs/phases-elpl.dot").write_text("old")
    assert run("render", "--into", repository).stdout == "docs/phases-elpl.dot written\n"


def test_render_refuses_a_file_of_the_tests_that_does_not_fit(repository):
    (repository / "tests").mkdir()
    (repository / "tests/rows-walked.json").write_text('{"elpl": {"T3": ["tests/a.py::test_a"]}}')
    result = run("render", "--into", repository)
    assert result.exit_code == 1
    assert result.stderr == "tests/rows-walked.json: elpl has no T3; let the tests write it anew\n"
    assert not (repository / "OPERATIONS.md").exists()


def test_render_check_looks_at_the_file_of_the_tests(repository):
    run("render", "--into", repository)
    (repository / "tests").mkdir()
    (repository / "tests/rows-walked.json").write_text('{"rta": {"T3": ["tests/a.py::test_a"]}}')
    assert run("render", "--check", "--into", repository).stderr.startswith("OPERATIONS.md is not")
    assert run("render", "--into", repository).stdout == "OPERATIONS.md written\n"
    assert "[test_a](tests/a.py)" in (repository / "OPERATIONS.md").read_text()


def test_render_needs_a_repository(tmp_path):
    result = run("render", "--into", tmp_path)
    assert result.exit_code == 2
    assert "There is no repository at" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_show_tells_who_when_and_where_to():
    text = run("show", "sendLiabilityDecision").stdout
    assert "who         compensator" in text
    assert "status      served" in text
    assert "  T17  LiabilityDecision - admitted-with-negligence -> LiabilityAdmittedWithNeg" in text
    assert "document    insurerResponseXml, valid against" in text
    assert "RTA R3    schemas/rta/SendLiabilityDecision_InsurerResponse-v2.0.xsd (InsurerResponseA2A)" in text
    assert "RTA R5    schemas/rta/SendLiabilityDecision_InsurerResponse-v3.0.xsd (InsurerResponseA2A)" in text


def test_show_tells_the_shape_of_each_generation():
    text = run("show", "sendLiabilityDecision").stdout
    parts = {part.splitlines()[0]: part for part in text.split("\n\n") if part.startswith("re")}
    assert list(parts) == [
        "request (rta-token, elpl-token)",
        "request (rta-userauth, elpl-userauth)",
        "response (rta-token, elpl-token)",
        "response (rta-userauth, elpl-userauth)",
    ]
    assert "    claimData  claimData, 0..1\n      activityEngineGuid  string, 0..1\n" in parts["request (rta-token, elpl-token)"]
    assert "    accessToken  string" in parts["request (rta-token, elpl-token)"]
    assert "      asUser  string, 0..1" in parts["request (rta-userauth, elpl-userauth)"]
    assert "code  responseCode, 0..1, Ok|Failure|Error" in parts["response (rta-token, elpl-token)"]
    assert "details" not in parts["response (rta-userauth, elpl-userauth)"]


def test_show_of_an_operation_without_steps():
    text = run("show", "lockclaim").stdout  # small letters will do
    assert text.startswith("lockClaim - Who works on a claim\n")
    assert "status      served" in text
    assert "steps" not in text


def test_show_tells_whose_turn_it_must_be():
    text = run("show", "setStage2SPFAgreementDecision").stdout
    assert "who         the side whose turn it is" in text
    assert "      both; in the compensator's turn; when: no, inside the further five days\n" in text
    assert "; then it is the turn of the compensator\n" in run("show", "addStage2SPFCounterOfferByCR").stdout
    assert "  T38  InterimPaymentDecision -> the same\n" in run("show", "extendInterimPaymentDecisionTimeout").stdout


def test_show_of_a_reply_document():
    text = run("show", "getClaim").stdout
    assert "document    in the reply, valid against" in text
    assert "RTA R5    schemas/rta/GetClaim_ClaimData-v3.3.xsd (Data)" in text


def test_phase_tells_both_processes():
    text = run("phase", "LiabilityDecision").stdout
    assert "K2  30 business days from the sending of the CNF (mib-or-article-75)" in text
    assert "K4  40 business days from the notification date (PL)" in text
    rta, elpl = text.split("\n\n")[2:]
    assert "  T15  sendLiabilityDecision (compensator) - admitted -> LiabilityAdmitted" in rta
    assert "  T19  liability limit passed -> LiabilityDecisionTimeout" in rta
    assert "  T4  acceptClaim (compensator) - accepted-by-mib <- ClaimSubmitted" in rta
    assert "T4" not in elpl
    assert "  T5  acceptClaim (compensator) - accepted <- ClaimAcknowledged" in elpl


def test_phase_of_one_process_and_release():
    text = run("phase", "acknowledgerejectedclaim").stdout
    assert "claims      from R5" in text
    assert "T7  rejectClaimToCR (compensator), claims from R5 <- ClaimSubmitted" in text
    assert "EL/PL" not in run("phase", "Article75Decision").stdout


def test_phase_that_ends_phase_that_begins_phase_that_goes():
    ended = run("phase", "DeniedLiabilityEnd").stdout
    assert "nobody, the claim has ended" in ended
    assert "RTA: what can happen here\n  nothing\n" in ended
    assert "  T1  addClaim (claimant representative) <- no claim yet" in run("phase", "ClaimSubmitted").stdout
    assert "limit       gone 60 days after coming here" in run("phase", "ClaimRejectedToCR").stdout


def test_phase_tells_whose_turn_it_can_be():
    text = run("phase", "Stage2SettlementPackAgreementDecision").stdout
    assert "who acts    claimant representative; after T75 the compensator acts" in text
    assert "  T80  setStage2SPFAgreementDecision (claimant representative) - agreed -> Stage2SettlementPackAgreed" in text
    assert "  T83  setStage2SPFAgreementDecision (compensator) - agreed -> Stage2SettlementPackAgreed" in text
    assert "  T79  extendStage2SPFCounterOfferTimeout (the side whose turn it is) -> Stage2SettlementPackAgreementDecision" in text
    assert "T79" not in text.partition("how a claim gets here")[2].partition("EL/PL")[0]  # it is here already
    assert "who acts    the other side" in run("phase", "ExitProcess").stdout


@pytest.mark.parametrize(
    ("command", "given", "said"),
    [
        ("show", "sendLiabilityDecisions", "There is no operation sendLiabilityDecisions. Did you mean: sendLiabilityDecision"),
        ("phase", "LiabilityDecison", "There is no phase LiabilityDecison. Did you mean: LiabilityDecision,"),
        ("phase", "zzz", "There is no phase zzz.\n"),
    ],
)
def test_a_name_nobody_knows(command, given, said):
    result = run(command, given)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
