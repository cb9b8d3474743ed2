"""A claim that ends with a court pack: archived by the daily job, read by those with the profile, and gone after twelve months."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from attached import attach
from life import Life
from lxml import etree
from pypdf import PdfReader
from test_deleted_claims import deleter
from transferring import gateway
from world import COMP1, COMP2, CR1, World, on_both_databases

from gateway.contract.load import contract
from gateway.jobs.run import begin, run


def ran(world: World) -> dict[str, int]:
    return {one.what: one.count for one in run(begin(world.store, contract(), lambda: False)) if one.count}


def to_the_end(world: World, process: str) -> Life:
    """The compensator does not agree; the court pack is answered on the first day and acknowledged."""
    claim = Life(world, process, "token", "userauth").to_stage2().walks("T60", "T62", "T73")
    on = ("T81", "T101") if process == "rta" else ("T82",)
    return claim.walks(*on, "T120", "T121")


@on_both_databases
@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_from_the_court_pack_to_the_end_of_the_archive(world: World, process: str, tmp_path: Path) -> None:
    claim = to_the_end(world, process)
    attach(claim.client(CR1), claim.number, name="report.pdf", Title="A report").ok()
    claim.guid = claim.status(CR1)["activityEngineGuid"]
    claim.rows = [event.row for event in world.history(claim.number)]
    claim.walks("T123")
    seen = {party: claim.client(party).call("getClaim", applicationId=claim.number).ok().payload["value"] for party in (CR1, COMP1)}
    listed = claim.client(CR1).call("getPrintableDocumentsList", applicationId=claim.number).ok().payload["attachemntsList"]
    (first, *_) = listed
    printed = claim.client(CR1).call("getPrintableDocument", printableDocumentId=first["dataAttachmentGuid"]).ok().payload["attachment"]
    readers = {party: deleter(world, party, profile) for party, profile in PROFILES.items()}

    world.set_clock("2026-12-22T23:59:59")
    assert "claims archived" not in ran(world)
    claim.status(CR1)
    world.set_clock("2026-12-23T02:00:00")
    assert ran(world)["claims archived"] == 1
    for party in (CR1, COMP1):
        claim.client(party).call("getClaimsStatus", applicationId=claim.number).refused("There is no claim")
        assert claim.client(party).call("searchClaims", searchClaimCriteria={}).ok().payload["claimsList"] == []

    for party in (CR1, COMP1):
        (line,) = json.loads(archive(world, "list", "--user", readers[party], "--format", "json"))
        assert (line["claim"], line["phase"], line["until"]) == (claim.number, "EndOfStage2End", "2027-12-23T00:00:00+00:00")
        folder = tmp_path / party.organisation
        archive(world, "export", claim.number, str(folder), "--user", readers[party])
        assert (folder / f"claim-{claim.number}.xml").read_text() == seen[party]
        facts = json.loads((folder / f"claim-{claim.number}.json").read_text())
        assert [one["file_name"] for one in facts["documents"]] == [one["dataAttachmentFileName"] for one in listed]
        assert [(one["file_name"], one["title"]) for one in facts["attachments"]] == [("report.pdf", "A report")]
        assert (folder / printed["dataAttachmentFileName"]).read_bytes() == printed["dataAttachmentFileZip"]
        for one in listed:
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO((folder / one["dataAttachmentFileName"]).read_bytes())).pages)
            assert claim.number in text
    shown = archive(world, "show", claim.number, "--user", readers[CR1])
    assert "until 23/12/2027 00:00" in shown
    assert "Attached was report.pdf: A report" in shown
    again = gateway(world, "archive", "export", claim.number, str(tmp_path / "CR00001"), "--user", readers[CR1])
    assert again.exit_code == 2
    assert "--force" in again.stderr

    refused = gateway(world, "archive", "list", "--user", "cr1-leader")
    assert (refused.exit_code, refused.stderr) == (1, "User cr1-leader has no profile to search archived claims.\n")
    stranger = deleter(world, COMP2, "COMP Search archived claims user")
    assert json.loads(archive(world, "list", "--user", stranger, "--format", "json")) == []
    for words in (["show", claim.number], ["export", claim.number, str(tmp_path / "x")]):
        refused = gateway(world, "archive", *words, "--user", stranger)
        assert (refused.exit_code, refused.stderr) == (1, f"There is no claim {claim.number} of COMP002 in the archive.\n")
    assert not (tmp_path / "x").exists()

    world.set_clock("2027-12-23T00:00:00")
    assert json.loads(archive(world, "list", "--user", readers[CR1], "--format", "json")) == []
    assert ran(world)["claims removed from the archive"] == 1


PROFILES = {CR1: "CR Search archived claims user", COMP1: "COMP Search archived claims user"}


def archive(world: World, *words: str) -> str:
    done = gateway(world, "archive", *words)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_what_is_kept_can_be_read_as_xml(world: World, tmp_path: Path) -> None:
    """Alone, by a program that knows only the schema."""
    claim = to_the_end(world, "rta").walks("T123")
    reader: Any = deleter(world, CR1, PROFILES[CR1])
    world.set_clock("2026-12-23T02:00:00")
    ran(world)
    archive(world, "export", claim.number, str(tmp_path), "--user", reader)
    root = etree.parse(str(tmp_path / f"claim-{claim.number}.xml")).getroot()
    assert root.xpath("ApplicationData/ApplicationIDs/@ClaimID") == [claim.number]
