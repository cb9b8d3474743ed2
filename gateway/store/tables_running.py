"""The tables of how the gateway is run: limits on those who call, windows of maintenance, what was just sent. They live by the wall clock."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from gateway.store.columns import BigId, UtcDateTime, metadata

identity_limits = Table(
    "identity_limits",
    metadata,
    Column("identity_id", ForeignKey("identities.id"), primary_key=True),
    Column("calls_per_minute", Integer, comment="0: no limit; none: what the settings say, here and below"),
    Column("concurrent_calls", Integer),
    Column("poll_seconds", Integer),
    Column("stopped", Boolean, nullable=False, default=False, comment="the kill switch: every call is refused"),
    Column("stopped_for", String(200), nullable=False, default="", comment="the reason, told to the caller"),
)

# One row for each account, written over from minute to minute: nothing to purge. Without a reference, which each write would look up.
call_counts = Table(
    "call_counts",
    metadata,
    Column("identity_id", String(50), primary_key=True),
    Column("minute", Integer, nullable=False, comment="since 1970"),
    Column("taken", Integer, nullable=False, comment="calls of that minute that workers have taken"),
)

polls = Table(
    "polls",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="SHA-256 of who asks for which list with what arguments"),
    Column("at", UtcDateTime, nullable=False, comment="when it was last asked and answered"),
    sqlite_with_rowid=False,
)

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("reason", String(200), nullable=False, default="", comment="told to callers"),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(100), nullable=False),
    Column("ended_at", UtcDateTime, comment="when it was ended by hand: before its start, that called it off"),
    Column("ended_by", String(100)),
)

# It names the claim without referring to it: a claim that leaves the store need not ask here.
repeats = Table(
    "repeats",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="SHA-256 of who sent which document with addClaim"),
    Column("claim_id", BigId, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
