"""`gateway db check`: a store that calls have made is whole, and each way of breaking it is found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from inprocess import Portal, data, document, portal_over
from sqlalchemy import text
from typer.testing import CliRunner, Result

from gateway.commands.db import app
from gateway.contract.load import contract
from gateway.store import invariants
from gateway.store.engine import Store

PDF = b"%PDF-1.7\n%%EOF\n"
HISTORY, LAST, CHAIN, TWICE = "whole history", "guid and the phase of its last event", "begins in the phase", "no guid was given twice"
FILES, BYTES, PRINTED, BELONGS = "as many attachments", "has its bytes", "as many printable documents", "belongs to a step"
PHASE, LIMIT, ARCHIVE = "in a phase this program knows", "a time limit runs", "in the archive"
# what is done to claim 1, which is accepted and has one attachment, and which rules no longer hold. Its events are T1 and T3.
BROKEN = {
    "the last event is gone": ("DELETE FROM events WHERE claim_id = 1 AND number = 2", {HISTORY}),
    "no event at all": ("DELETE FROM events WHERE claim_id = 1", {HISTORY, PRINTED, BELONGS}),
    "an event too many": (
        """INSERT INTO events (claim_id, number, at, row, operation, organisation_id, user_id, identity_id, from_phase, to_phase, guid, detail)
        SELECT claim_id, 3, at, row, operation, organisation_id, user_id, identity_id, to_phase, to_phase, 'another', detail
        FROM events WHERE claim_id = 1 AND number = 2""",
        {HISTORY},
    ),
    "a number left out": ("UPDATE claims SET event_number = 3 WHERE id = 1", {HISTORY}),
    "another guid": ("UPDATE claims SET guid = 'another' WHERE id = 1", {LAST}),
    "another phase": ("UPDATE claims SET phase = 'ClaimSubmitted' WHERE id = 1", {LAST}),
    "a phase nobody knows": ("UPDATE claims SET phase = 'Nowhere' WHERE id = 1", {LAST, PHASE}),
    "ended without an end": ("UPDATE claims SET ended = true WHERE id = 1", {PHASE}),
    "a leap between events": ("UPDATE events SET from_phase = 'LiabilityDecision' WHERE claim_id = 1 AND number = 2", {CHAIN}),
    "two of the same guid": ("UPDATE events SET guid = (SELECT guid FROM claims WHERE id = 2) WHERE claim_id = 1 AND number = 1", {TWICE}),
    "a file that is not counted": ("UPDATE claims SET attachments_count = 0 WHERE id = 1", {FILES}),
    "a file too many counted": ("UPDATE claims SET attachments_count = 2 WHERE id = 1", {FILES}),
    "a file without its bytes": ("DELETE FROM attachment_bodies WHERE claim_id = 1", {BYTES}),
    "a file cut short": ("UPDATE attachments SET size = 16 WHERE claim_id = 1", {BYTES}),
    "a document not counted": ("UPDATE claims SET documents_count = 0 WHERE id = 1", {PRINTED}),
    "a document of no step": ("UPDATE documents SET operation = 'acceptClaim' WHERE claim_id = 1", {BELONGS}),
    "a limit without a date": ("UPDATE claims SET due_at = NULL WHERE id = 1", {LIMIT}),
    "a date without a limit": ("UPDATE claims SET running = NULL WHERE id = 1", {LIMIT}),
    "archived and there": (
        """INSERT INTO archived_claims
        (id, process, claim_type, phase, cr_organisation, cm_organisation, archived_at, expires_at, cr_document, cm_document, attachments)
        SELECT id, process, claim_type, phase, cr_organisation, cm_organisation, created_at, created_at, '', '', '[]' FROM claims WHERE id = 1""",
        {ARCHIVE},
    ),
}


@pytest.fixture
def portal(seeded_store: Store) -> Iterator[Portal]:
    """Two claims, the first accepted, with an attachment."""
    with portal_over(seeded_store) as portal:
        form = document("rta", "addClaim", "adult-driver.xml")
        for _ in range(2):
            portal.call("rta", "R7", "CR00001", "addClaim", claimXML=form).claim  # noqa: B018
        file = {
            "applicationId": "1",
            "dataAttachmentFileName": "a.pdf",
            "dataAttachmentFileZip": PDF,
            "dataAttachmentTitle": "a",
            "dataAttachmentDesc": "",
        }
        assert portal.call("rta", "R7", "CR00001", "addAttachment", attachment=file).code == "Ok"
        portal.call("rta", "R7", "COMP001", "acceptClaim", claimData=data(portal.claim(1))).claim  # noqa: B018
        yield portal


def test_each_way_of_breaking_a_store_is_found(portal: Portal) -> None:
    with portal.store.session() as session:
        session.write()
        assert _broken(session.connection) == {}
        for what, (statement, expected) in BROKEN.items():
            session.connection.execute(text(statement))
            found = _broken(session.connection)
            session.rollback()
            assert len(found) == len(expected), f"{what}: {found}"
            for words in expected:
                (ids,) = [ids for rule, ids in found.items() if words in rule]
                assert "0000000000000001" in ids, what
        assert _broken(session.connection) == {}


def _broken(connection: invariants.Connection) -> dict[str, tuple[str, ...]]:
    found = [invariants.ask(connection, rule) for rule in invariants.rules(connection, contract())]
    return {one.rule: one.first for one in found if one.count}


def type_(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def checked(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setenv("GATEWAY_DATABASE_URL", portal.store.engine.url.render_as_string(hide_password=False))
    return portal


def test_the_command(checked: Portal) -> None:
    told = type_("check")
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[-1] == "All is well."
    told = type_("check", "--json")
    found = json.loads(told.stdout)
    assert found["ok"] is True
    assert found["database"].split()[0] in ("SQLite", "PostgreSQL")
    assert {one["count"] for one in found["checks"]} == {0}


def test_what_is_wrong_is_told_with_its_claims(checked: Portal) -> None:
    with checked.store.writing() as connection:
        connection.execute(text("UPDATE claims SET attachments_count = 7"))
    told = type_("check")
    assert told.exit_code == 1
    assert "wrong  every claim has as many attachments as its row says" in told.stdout
    assert "2: 0000000000000001, 0000000000000002" in told.stdout
    assert told.stdout.splitlines()[-1] == "Something is wrong."
    found = json.loads(type_("check", "--json").stdout)
    assert found["ok"] is False
    assert [one["count"] for one in found["checks"] if one["count"]] == [2]


def test_tables_of_another_version(checked: Portal) -> None:
    with checked.store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    told = type_("check")
    assert told.exit_code == 1
    assert "revision 0000; run gateway db upgrade" in told.stdout


def test_a_reference_in_vain(checked: Portal) -> None:
    """Written by somebody who had switched the database's own rules off."""
    statement = "UPDATE attachments SET organisation_id = 'NOBODY'"
    if checked.store.is_sqlite:
        with closing(sqlite3.connect(str(checked.store.engine.url.database))) as somebody, somebody:
            somebody.execute(statement)
    else:
        with checked.store.writing() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
    told = type_("check")
    assert told.exit_code == 1
    assert "whatever is referred to is there" in told.stdout
    assert "organisations" in told.stdout


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_damaged_file(checked: Portal) -> None:
    """A page in the middle is overwritten."""
    checked.store.engine.dispose()
    file = Path(str(checked.store.engine.url.database))
    whole = file.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    file.write_bytes(whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :])
    told = type_("check")
    assert told.exit_code == 1
    assert "wrong" in told.stdout


def test_without_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWAY_DATABASE_URL", raising=False)
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "none"))
    told = type_("check")
    assert told.exit_code == 1
    assert "There is no store" in told.stderr
    assert not (tmp_path / "none").exists()
