import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
from samples import FIXTURES, TODAY, sample, samples
from typer.testing import CliRunner, Result

from gateway.clock import start_of_day
from gateway.commands.validate import validate
from gateway.xml.schemas import schema_for

app = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
app.command()(validate)

VALID = sample("rta", "addClaim", "adult-driver").path
INVALID = FIXTURES / "rta" / "invalid" / "addClaim" / "bad-date.xml"
RULE = FIXTURES / "rta" / "invalid" / "addClaim" / "child-claim-of-adult.xml"
AT = "/DocumentInput/AccidentData/AccidentDetails/@AccidentDate"


@pytest.fixture(autouse=True)
def the_day_of_the_samples(monkeypatch):
    monkeypatch.setattr("gateway.clock.wall", lambda: start_of_day(TODAY))


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, env={"COLUMNS": "200", "TERM": "dumb"})


def report(*arguments: object, stdin: bytes | None = None) -> dict:
    return json.loads(run("--format", "json", *arguments, stdin=stdin).stdout)


def only(*arguments: object, stdin: bytes | None = None) -> dict:
    (file,) = report(*arguments, stdin=stdin)["files"]
    return file


# exit codes


def test_valid_is_0():
    assert run(VALID).exit_code == 0


def test_invalid_is_1():
    assert run(VALID, INVALID).exit_code == 1
    assert run(RULE).exit_code == 1


def test_unreadable_is_2_whatever_the_others_are(tmp_path):
    assert run(VALID, tmp_path / "absent.xml").exit_code == 2
    assert run(INVALID, tmp_path / "absent.xml").exit_code == 2
    assert run(tmp_path).exit_code == 2  # a folder without XML


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "Missing argument"),
        (["--process", "clinical", VALID], "clinical"),
        (["--release", "R9", VALID], "known: R3, R5, R6, R7"),
        (["--process", "elpl", "--release", "R7", VALID], "known: R3, R5, R6"),
        (["--message", "addCliam", VALID], "known: addClaim"),
        (["--format", "yaml", VALID], "yaml"),
    ],
)
def test_wrong_use_is_2_and_says_why(arguments, why):
    result = run(*arguments)
    assert result.exit_code == 2
    assert why in " ".join(result.stderr.replace("│", " ").split())


# guessing


NEWEST = {"rta": "R7", "elpl": "R6"}


@pytest.mark.parametrize("valid", [one for one in samples("valid") if NEWEST[one.process] in one.facts["releases"]], ids=str)
def test_process_and_message_are_found_out(valid):
    newest = NEWEST[valid.process]
    file = only(valid.path)
    assert file["verdict"] == "valid"
    assert file["guessed"] == ["process", "release", "message"]
    assert (file["process"], file["release"]) == (valid.process, newest)
    # the forms of addClaim and resendRejectedClaim cannot be told apart where both schemas accept them
    assert schema_for(valid.process, newest, file["message"]).is_valid(valid.root)
    if valid.operation != "resendRejectedClaim":
        assert file["message"] == valid.operation


# they resemble another message more, or are right in the newest release
UNLIKE = ("wrong-root", "old-funding-section", "before-release-")


def by_itself(one):
    """Not a mistake that only the request it answers could show."""
    return not any(word in one.path.stem for word in UNLIKE) and not (one.facts["kind"] == "rule" and "answers" in one.facts)


@pytest.mark.parametrize("invalid", [one for one in samples("invalid") if by_itself(one)], ids=str)
def test_an_invalid_document_is_judged_as_what_it_resembles(invalid):
    file = only(invalid.path)
    assert (file["process"], file["message"]) == (invalid.process, invalid.operation)
    assert [finding["at"] for finding in file["findings"]] == [invalid.facts["at"]]


def test_an_older_release_is_asked_for_and_hinted_at():
    path = sample("rta", "addClaim", "r3-adult-driver").path
    file = only(path)
    assert file["verdict"] == "invalid"
    assert file["note"] == "valid in another release: rta R3 addClaim (AddClaim_ClaimData-v3.2)"
    assert only("--release", "r3", path)["verdict"] == "valid"
    assert only("--release", "R7", path)["note"] is None


def test_a_root_that_only_an_older_release_knows():
    file = only(sample("rta", "resendRejectedClaim", "r3-adult-driver-to-another-compensator").path)
    assert (file["verdict"], file["release"], file["message"]) == ("valid", "R3", "resendRejectedClaim")


def test_what_only_a_resent_claim_may_hold_is_said():
    path = FIXTURES / "elpl" / "invalid" / "addClaim" / "old-funding-section.xml"
    file = only(path)
    assert (file["verdict"], file["message"]) == ("valid", "resendRejectedClaim")
    assert file["note"] == "not valid as a new claim; --message addClaim says why"
    assert only("--message", "addClaim", path)["verdict"] == "invalid"


def test_what_is_given_is_not_guessed():
    file = only("--process", "rta", "--release", "R6", "--message", "resendRejectedClaim", VALID)
    assert file["guessed"] == []
    assert file["schema"] == "ResendRejectedClaim_ClaimData-v3.5"
    assert [finding["at"] for finding in file["findings"]] == ["/DocumentInput/ApplicationData/ClaimDetails/@OICReferenceNumber"]


@pytest.mark.parametrize(("text", "hint"), [("<Letter/>", "no message has this root element"), ("<s:Envelope xmlns:s='urn:s'/>", "SOAP message")])
def test_an_unknown_root(tmp_path, text, hint):
    path = tmp_path / "other.xml"
    path.write_text(text)
    (finding,) = only(path)["findings"]
    assert finding["code"] == "Schema"
    assert hint in finding["message"]
    assert "DocumentInput" in finding["message"]


# reading


def test_standard_input():
    result = run("-", stdin=VALID.read_bytes())
    assert result.exit_code == 0
    assert result.stdout.startswith("OK          -\n")


def test_utf_16(tmp_path):
    path = tmp_path / "wide.xml"
    path.write_bytes(VALID.read_text(encoding="utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"))
    assert only(path)["verdict"] == "valid"


def test_a_folder_means_every_xml_below_it(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("b.xml", "deep/er/A.XML", "deep/note.txt"):
        (tmp_path / name).write_bytes(VALID.read_bytes())
    assert [Path(file["file"]).name for file in report(tmp_path)["files"]] == ["b.xml", "A.XML"]


@pytest.mark.parametrize(("data", "line"), [(b"", None), (b" \n", None), (b"<DocumentInput>\n<", 2), (b"\xff\xfe<", None)])
def test_what_is_no_xml_is_invalid_not_unreadable(tmp_path, data, line):
    path = tmp_path / "broken.xml"
    path.write_bytes(data)
    file = only(path)
    assert file["verdict"] == "invalid"
    assert [finding["code"] for finding in file["findings"]] == ["NotXml"]
    assert file["findings"][0]["line"] == line


def test_a_file_beyond_the_limit_is_not_read_whole(tmp_path):
    path = tmp_path / "huge.xml"
    with path.open("wb") as file:
        file.write(b"<DocumentInput>")
        file.truncate(1 << 30)  # takes no room on disk
    assert "larger" in only(path)["findings"][0]["message"]


# rules


def test_rules_can_be_left_out():
    assert run("--no-rules", RULE).exit_code == 0
    assert only(RULE)["findings"][0]["code"] == "WrongValue"


def test_rules_wait_until_the_schema_is_satisfied(tmp_path):
    path = tmp_path / "both.xml"
    path.write_text(RULE.read_text(encoding="utf-8").replace('ClaimValue="1"', 'ClaimValue="8"'), encoding="utf-8")
    assert [finding["code"] for finding in only(path)["findings"]] == ["Schema"]


# formats


def test_text():
    assert run(VALID, INVALID).stdout == (
        f"OK          {VALID}\n"
        "            rta R7 addClaim (AddClaim_ClaimData-v3.8); guessed: process, release, message\n"
        f"INVALID     {INVALID}\n"
        "            rta R7 addClaim (AddClaim_ClaimData-v3.8); guessed: process, release, message\n"
        f"            line 107  {AT}\n"
        '              "12/06/2026" is not a date; write it as YYYY-MM-DD\n'
        "2 files: 1 valid, 1 invalid\n"
    )


def test_text_names_the_field_error_of_a_rule():
    assert "WrongValue: must be 0" in run(RULE).stdout


def test_text_counts_what_could_not_be_read(tmp_path):
    result = run(tmp_path / "absent.xml")
    assert result.stdout.endswith("            No such file or directory\n1 file: 0 valid, 0 invalid, 1 unreadable\n")


def test_text_lets_no_file_steer_the_terminal(tmp_path):
    path = tmp_path / "evil\x1b[31m.xml"
    path.write_text(VALID.read_text(encoding="utf-8").replace('ClaimValue="1"', 'ClaimValue="&#x9b;2J"'), encoding="utf-8")
    output = run(path).stdout
    assert "\x1b" not in output
    assert "\x9b" not in output
    assert "ClaimValue" in output


def test_json():
    assert report(INVALID, RULE) == {
        "format": 1,
        "files": [
            {
                "file": str(INVALID),
                "verdict": "invalid",
                "process": "rta",
                "release": "R7",
                "message": "addClaim",
                "schema": "AddClaim_ClaimData-v3.8",
                "guessed": ["process", "release", "message"],
                "note": None,
                "error": None,
                "findings": [{"code": "Schema", "at": AT, "message": '"12/06/2026" is not a date; write it as YYYY-MM-DD', "line": 107}],
            },
            report(RULE)["files"][0],
        ],
        "summary": {"files": 2, "valid": 0, "invalid": 2, "unreadable": 0},
    }


def test_junit(tmp_path):
    result = run("--format", "junit", VALID, INVALID, tmp_path / "absent.xml")
    assert result.exit_code == 2
    suites = ET.fromstring(result.stdout)
    suite = suites.find("testsuite")
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {"tests": "3", "failures": "1", "errors": "1"}
    valid, invalid, absent = suite.findall("testcase")
    assert (valid.get("name"), valid.get("classname"), len(valid)) == (str(VALID), "rta.R7.addClaim", 0)
    assert invalid.find("failure").get("message") == "1 finding"
    assert f'Schema: {AT} (line 107): "12/06/2026" is not a date' in invalid.find("failure").text
    assert absent.find("error").get("message") == "No such file or directory"


def test_help_teaches():
    text = run("--help").stdout
    for word in ("gateway validate claim.xml", "--no-rules", "junit", "Exit code"):
        assert word in text
