"""The tables are read strictly: what does not hold together stops the start, with a sentence that names the file."""

import shutil
from pathlib import Path

import pytest

from gateway.contract.load import TABLES, BadTable, contract, load


@pytest.fixture
def tables(tmp_path) -> Path:
    shutil.copytree(TABLES, tmp_path / "tables")
    return tmp_path / "tables"


CLAIMS, LIABILITY, STAGE_2 = "operations/claims.toml", "operations/liability.toml", "operations/stage2.toml"
BROKEN = [
    (CLAIMS, '[addClaim]\nactor = "claimant-representative"', '[addClaim]\nactor = "claimant"', "claims.toml .*actor is 'claimant'"),
    (CLAIMS, '[addClaim]\nactor = "claimant-representative"\n', "[addClaim]\n", "claims.toml .*actor is missing"),
    (CLAIMS, 'payload = "claimXML"', "payload = 1", "claims.toml .*payload must be str"),
    (CLAIMS, 'payload = "claimXML"', 'document = "claimXML"', "claims.toml .*nobody knows document"),
    (CLAIMS, 'only = "elpl"\nactor', 'only = "el"\nactor', "claims.toml .*only is 'el'"),
    (CLAIMS, 'to = "ClaimAcknowledged"', 'to = "Acknowledged"', r"claims.toml \[acknowledgeClaim\] T2: there is no phase Acknowledged"),
    (CLAIMS, 'from = ["AcknowledgeRejectedClaim"]', 'from = ["Rejected"]', r"claims.toml .* T9: there is no phase Rejected"),
    (CLAIMS, 'from = ["AcknowledgeRejectedClaim"]', 'from = "AcknowledgeRejectedClaim"', "claims.toml .* T9: from must be list"),
    (CLAIMS, 'T9 = { from = ["AcknowledgeRejectedClaim"]', "T9 = { phase = []", "claims.toml .* T9: nobody knows phase"),
    (CLAIMS, "T9 = {", 'T9 = "x"\nT99 = {', "claims.toml .* T9: must be a table"),
    (CLAIMS, "T4 = {", "T3 = {", "claims.toml: Cannot overwrite"),
    (CLAIMS, "[acceptClaim]\n", "[addClaim]\n", "claims.toml: Cannot declare"),
    (CLAIMS, 'since = "R5", to', 'since = "R9", to', "claims.toml .* T7: there is no release R9"),
    (LIABILITY, "T13 = {", "T12 = {", r"liability.toml \[applyArticle75\]: T12 is told by claims.toml \[reassignToAnotherCM\] too"),
    (LIABILITY, "[applyArticle75]\n", "[acceptClaim]\n", "liability.toml: acceptClaim is already in claims.toml"),
    ("phases.toml", 'clock = "liability"', 'clock = "lunch"', r"phases.toml \[ClaimSubmitted\]: there is no clock lunch"),
    ("phases.toml", "end = true", 'end = "yes"', "phases.toml .*end must be bool"),
    ("phases.toml", "[Article75Decision]", "[Article76Decision]", "there is no phase Article75Decision"),
    ("clocks.toml", 'expires-to = "LiabilityDecisionTimeout"', 'expires-to = "Timeout"', r"clocks.toml \[liability\]: there is no phase Timeout"),
    ("clocks.toml", "days = 15", "days = true", "clocks.toml .*K1: days must be int"),
    ("clocks.toml", "days = 15", 'days = "15"', "clocks.toml .*K1: days must be int"),
    ("clocks.toml", 'after = "K10"', 'after = "K99"', r"clocks.toml \[negotiation\] K11: there is no limit K99"),
    ("clocks.toml", "extended-days = 30", 'extended-days = "30"', "clocks.toml .*K7: extended-days must be int"),
    (STAGE_2, 'turn = "compensator"', 'turn = "either"', "stage2.toml .* T83: turn is 'either'; allowed: claimant-representative, compensator"),
    (STAGE_2, 'acts = "compensator"', 'acts = "holder"', "stage2.toml .* T75: acts is 'holder'"),
    (
        STAGE_2,
        'turn = "compensator", when = "ACO',
        'when = "ACO',
        r"stage2.toml \[setStage2SPFAgreementDecision\]: T83 is told by .* too, and otherwise",
    ),
    ("services.toml", "[rta-token]", "one = 1\n[rta-token]", r"services.toml \[one\]: must be a table"),
    ("services.toml", 'generation = "token"', 'kind = "token"', "services.toml .*generation is missing"),
]


@pytest.mark.parametrize(("file", "before", "after", "said"), BROKEN, ids=[f"{file}: {after.strip()[:40]}" for file, _, after, _ in BROKEN])
def test_a_broken_table_stops_the_start_and_says_where(tables, file, before, after, said):
    path = tables / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(BadTable, match=said):
        load(tables)


def test_the_tables_as_they_are_load(tables):
    assert load(tables) == contract()
