"""Claims put into a store as they are, for tests that need many or odd ones and no gateway."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from gateway.clock import start_of_day
from gateway.operations import notify
from gateway.store import Connection, claims
from gateway.store.claims import Claim

SENT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
PARTIES = {"cr_organisation": "CR00001", "cm_organisation": "COMP001"}


def add_claim(connection: Connection, phase: str = "ClaimSubmitted", running: str | None = "K1", due: str = "2026-12-15", **values: Any) -> Claim:
    """A claim of RTA, sent on SENT to COMP001; `due` is the date on which the clock `running` runs out."""
    claim = Claim(
        **{
            "id": 0,
            "process": "rta",
            "claim_type": "RTA",
            "release": "R7",
            "version_major": 7,
            "version_minor": 0,
            "calendar": 1,
            **PARTIES,
            "cm_branch": "001",
            "compensator_type": "I",
            "cr_reference": None,
            "cm_reference": None,
            "phase": phase,
            "ended": False,
            "guid": str(uuid.uuid4()),
            "event_number": 1,
            "birth_date": date(1980, 1, 1),
            "accident_date": None,
            "acts": "compensator",
            "created_at": SENT,
            "sent_at": SENT,
            "updated_at": SENT,
            "dispatched_at": None,
            "deadlines": {running: due} if running else {},
            "running": running,
            "due_at": start_of_day(date.fromisoformat(due)) if running else None,
            "next_at": None,
            "state": {},
            "current_user": None,
            "lock_user": None,
            "gone_at": None,
            "attachments_count": 0,
            "documents_count": 0,
            **values,
        }
    )
    claim = replace(claim, next_at=notify.next_at(connection, claim, SENT))
    return replace(claim, id=claims.add(connection, {name: getattr(claim, name) for name in Claim.__slots__ if name != "id"}))
