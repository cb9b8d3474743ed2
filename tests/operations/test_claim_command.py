"""`gateway claim show` and `gateway claim history`: where a claim stands, and nothing of what the parties wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from claim_rows import SENT, add_claim
from typer.testing import CliRunner

from gateway import clock
from gateway.__main__ import app
from gateway.contract.load import contract
from gateway.operations.transfer import order, transfer
from gateway.store import claims
from gateway.store.engine import Store


@pytest.fixture
def number(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """A claim that was sent, and passed on the day after."""
    monkeypatch.setattr(clock, "wall", lambda: datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    with seeded_store.writing() as connection:
        claim = add_claim(connection, cr_reference="secret/1", cr_user="cr1-handler")
        first = {"number": 1, "at": SENT, "row": "T1", "operation": "addClaim", "organisation_id": "CR00001", "user_id": "cr1-handler"}
        claims.add_event(connection, {"claim_id": claim.id, **first, "to_phase": claim.phase, "guid": claim.guid})
        claims.add_document(connection, claim.id, 1, "addClaim", b"<ClaimData secret='1'/>")
        passed = order(connection, contract(), "COMP001", "COMP002", by="desk")
        assert transfer(connection, contract(), passed, claim.id, clock.Moment(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))) == "transferred"
    return str(claim.id)


def test_where_it_stands(number: str) -> None:
    shown = CliRunner().invoke(app, ["claim", "show", number]).stdout
    lines = dict(line.split(maxsplit=1) if not line.startswith("claimant side") else ("claimant side", line[18:]) for line in shown.splitlines())
    assert lines["claim"] == f"{number:0>16}"
    assert lines["phase"] == "ClaimSubmitted (Claim submitted)"
    assert lines["claimant side"] == "CR00001, allocated to cr1-handler"
    assert lines["compensator"] == "COMP002, branch 001"
    assert lines["limit"] == "K1, 15/12/2026 00:00"
    assert lines["transfers"] == "COMP001 to COMP002, 24/11/2026 10:00, by desk"
    assert "secret" not in shown
    as_data = json.loads(CliRunner().invoke(app, ["claim", "show", number, "--format", "json"]).stdout)
    assert as_data["phase"] == lines["phase"]
    assert "secret" not in json.dumps(as_data)


def test_what_happened(number: str) -> None:
    shown = CliRunner().invoke(app, ["claim", "history", number]).stdout
    assert [line.split() for line in shown.splitlines()[1:]] == [
        ["1", "23/11/2026", "10:00", "addClaim", "(T1)", "CR00001", "cr1-handler", "ClaimSubmitted"],
        ["2", "24/11/2026", "10:00", "transfer", "desk", "ClaimSubmitted"],
    ]
    as_data = json.loads(CliRunner().invoke(app, ["claim", "history", number, "--format", "json"]).stdout)
    assert [(one["operation"], one["by"]) for one in as_data] == [("addClaim", ""), ("transfer", "desk")]


def test_no_such_claim(number: str) -> None:
    for words in (["show", "999"], ["history", "999"]):
        refused = CliRunner().invoke(app, ["claim", *words])
        assert (refused.exit_code, refused.stderr) == (1, "There is no claim 0000000000000999.\n")
    refused = CliRunner().invoke(app, ["claim", "show", "x"])
    assert (refused.exit_code, refused.stderr) == (2, "applicationId must be a number of up to 16 digits.\n")
