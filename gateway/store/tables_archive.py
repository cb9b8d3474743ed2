"""The tables of the archive. They refer to no claim: what is in the archive is no longer among the claims."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from gateway.store.columns import BigId, Json, UtcDateTime, metadata

archived_claims = Table(
    "archived_claims",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False, comment="the claim's"),
    Column("process", String(4), nullable=False, comment="rta or elpl"),
    Column("claim_type", String(3), nullable=False),
    Column("phase", String(50), nullable=False, comment="in which it ended"),
    Column("cr_organisation", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("cm_organisation", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("cr_reference", String(50)),
    Column("cm_reference", String(50)),
    Column("archived_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True, comment="from when on it is there for nobody"),
    Column("cr_document", Text, nullable=False, comment="getClaim as the claimant representative last saw it"),
    Column("cm_document", Text, nullable=False, comment="the same of the compensator"),
    Column("attachments", Json, nullable=False, comment="a list of what was attached, without the files"),
)

archived_documents = Table(
    "archived_documents",
    metadata,
    Column("claim_id", ForeignKey("archived_claims.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1, in the order in which they were made"),
    Column("file_name", String(100), nullable=False),
    Column("title", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False, comment="of the step that made it"),
    Column("body", LargeBinary, nullable=False, comment="the PDF"),
)
