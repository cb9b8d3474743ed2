"""What is deleted when its time is over: rejected claims with all that is theirs (K14), notices, tokens."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from claim_rows import SENT
from handles import AddClaims, Do
from sqlalchemy import func, select

from gateway import clock
from gateway.config import Settings
from gateway.jobs.retention import remove_gone, remove_notices, remove_tokens
from gateway.operations import notify
from gateway.store import account_rules, claims, credentials
from gateway.store import tokens as token_store
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.store.tables import claims as claims_table
from gateway.store.tables import metadata, notices, tokens

GONE = datetime(2027, 2, 1, tzinfo=UTC)


def fill(store: Store, claim: Claim) -> None:
    """Something in every table that refers to a claim."""
    with store.writing() as connection:
        event = {"claim_id": claim.id, "number": 1, "at": SENT, "row": "T1", "operation": "addClaim", "to_phase": claim.phase, "guid": claim.guid}
        claims.add_event(connection, event)
        claims.add_document(connection, claim.id, 1, "addClaim", b"<ClaimData/>")
        notify.step(connection, claim, "T12", SENT, "compensator")


def rows_of(store: Store, claim: Claim) -> dict[str, int]:
    """Table to rows that refer to the claim, zeros left out."""
    found = {}
    with store.reading() as connection:
        for table in metadata.tables.values():
            for key in table.foreign_keys:
                if key.column.table is claims_table:
                    found[table.name] = connection.scalar(select(func.count()).where(key.parent == claim.id)) or 0
        found["claims"] = connection.scalar(select(func.count()).where(claims_table.c.id == claim.id)) or 0
    return {name: count for name, count in found.items() if count}


def test_a_rejected_claim_is_deleted_with_all_that_is_its(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    rejected, also, later, running = (
        add_claims(phase="ClaimRejectedToCR", running=None, acts="claimant-representative", gone_at=GONE)[0],
        add_claims(phase="ClaimRejectedToCR", running=None, acts="claimant-representative", gone_at=GONE)[0],
        add_claims(phase="ClaimRejectedToCR", running=None, acts="claimant-representative", gone_at=GONE + timedelta(days=1))[0],
        add_claims()[0],
    )
    for claim in (rejected, also, later, running):
        fill(seeded_store, claim)
    everything = {"claims": 1, "events": 1, "documents": 1, "notices": 2}
    assert do(remove_gone, "2027-01-31T23:59:59") == {}
    assert rows_of(seeded_store, rejected) == everything
    assert do(remove_gone, "2027-02-01T00:00:00") == {"rejected claims deleted": 2}
    assert rows_of(seeded_store, rejected) == rows_of(seeded_store, also) == {}
    assert rows_of(seeded_store, later) == rows_of(seeded_store, running) == everything
    assert do(remove_gone, "2027-02-01T00:00:00") == {}


def test_its_number_is_not_given_again(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    (claim,) = add_claims(phase="ClaimRejectedToCR", running=None, gone_at=GONE)
    do(remove_gone, "2027-02-01T00:00:00")
    assert add_claims()[0].id > claim.id


def test_several_workers_delete(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    given = add_claims(30, phase="ClaimRejectedToCR", running=None, gone_at=GONE)
    for claim in given:
        fill(seeded_store, claim)
    deleted: list[int] = []
    threads = [
        threading.Thread(target=lambda: deleted.append(do(remove_gone, "2027-02-01T00:00:00").get("rejected claims deleted", 0))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(deleted) == 30
    assert [rows_of(seeded_store, claim) for claim in given] == [{}] * 30


def test_notices_after_fifteen_days(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """More of them than are removed in one transaction."""
    (claim,) = add_claims()
    with seeded_store.writing() as connection:
        for _ in range(600):
            notify.step(connection, claim, "T1", SENT, "claimant-representative")
        notify.step(connection, claim, "T1", SENT + timedelta(hours=1), "claimant-representative")
    assert do(remove_notices, "2026-12-08T09:59:59") == {}
    assert do(remove_notices, "2026-12-08T10:00:00") == {"notices removed": 600}
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(notices)) == 1


def test_expired_tokens_by_the_real_time(seeded_store: Store, do: Do, monkeypatch: pytest.MonkeyPatch) -> None:
    """However far the process clock is ahead."""
    monkeypatch.setattr(clock, "wall", lambda: SENT)
    account_rules.configure(Settings())
    with seeded_store.session() as session:
        caller = credentials.by_password(session, "rta", "comp1-a2a", "Sandbox-Key-2026!", "comp1-handler")
    with seeded_store.writing() as connection:
        for _ in range(150):
            token_store.issue(connection, caller)
    assert do(remove_tokens, "2028-01-01T00:00:00") == {}
    monkeypatch.setattr(clock, "wall", lambda: SENT + timedelta(hours=1))
    assert do(remove_tokens, "2026-11-23T10:00:00") == {"expired tokens removed": 150}
    monkeypatch.setattr(clock, "wall", lambda: SENT + timedelta(hours=24))
    assert do(remove_tokens, "2026-11-23T10:00:00") == {"expired tokens removed": 150}
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tokens)) == 0
