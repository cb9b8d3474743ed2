"""The tables. Times are UTC; dates are London dates; history (events, documents) is only ever added to."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from gateway.store.columns import BigId, Json, NullableJson, UtcDateTime, metadata
from gateway.store.tables_accounts import (
    acceptances,
    agreements,
    audit,
    identities,
    login_failures,
    password_history,
    software_houses,
    tokens,
    users,
)
from gateway.store.tables_archive import archived_claims, archived_documents
from gateway.store.tables_running import call_counts, identity_limits, maintenance_windows, polls, repeats

__all__ = (
    "acceptances",
    "agreements",
    "archived_claims",
    "archived_documents",
    "audit",
    "call_counts",
    "identities",
    "identity_limits",
    "login_failures",
    "maintenance_windows",
    "metadata",
    "password_history",
    "polls",
    "repeats",
    "software_houses",
    "tokens",
    "users",
)
# what this module has from others; its own tables follow

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(50), primary_key=True, comment="CR00001, COMP001"),
    Column("path", String(200), nullable=False, unique=True, comment="/COMP001; opaque to callers"),
    Column("name", String(100), nullable=False),
    Column("kind", String(4), nullable=False, comment="CR or COMP"),
    Column("compensator_type", String(1), comment="I, S or M; COMP only"),
    Column("rta", Boolean, nullable=False),
    Column("elpl", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("address", Json, nullable=False, default=dict, comment="the fields of the WSDL's address type"),
)

branches = Table(
    "branches",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id"), primary_key=True),
    Column("id", String(3), primary_key=True, comment="001, 002 …"),
    Column("path", String(200), nullable=False, unique=True, comment="/COMP001/002"),
    Column("name", String(100), nullable=False),
    Column("kind", String(8), nullable=False, comment="central or handling"),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("address", Json, nullable=False, default=dict),
)

calendars = Table(
    "calendars",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("holidays", Json, nullable=False, comment="ISO dates of bank holidays, England and Wales"),
)

# What lists of claims show, and what claims are searched and sorted by. Both list indexes hold all of it: the claims of one organisation lie
# scattered among everybody's, and its list must not read a page for each. A column that decides who sees a claim belongs here too.
LISTED = (
    *("gone_at", "claim_type", "cm_branch", "cr_reference", "cm_reference", "phase", "guid"),
    *("created_at", "sent_at", "updated_at", "dispatched_at", "due_at", "current_user", "cr_user", "cm_user"),
    *("lock_user", "lock_side", "lock_until", "deleted_at", "attachments_count", "documents_count", "version_major", "version_minor"),
)

claims = Table(
    "claims",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True, comment="the applicationId without its leading zeros"),
    Column("process", String(4), nullable=False, comment="rta or elpl"),
    Column("claim_type", String(3), nullable=False, comment="RTA, EL, PL or ELD"),
    Column("release", String(3), nullable=False),
    Column("version_major", Integer, nullable=False),
    Column("version_minor", Integer, nullable=False),
    Column("calendar", ForeignKey("calendars.version"), nullable=False, comment="frozen when the claim was created"),
    Column("cr_organisation", ForeignKey("organisations.id"), nullable=False),
    Column("cm_organisation", ForeignKey("organisations.id"), nullable=False),
    Column("cm_branch", String(3), nullable=False),
    Column("compensator_type", String(1), nullable=False),
    Column("cr_reference", String(50)),
    Column("cm_reference", String(50)),
    Column("phase", String(50), nullable=False),
    Column("ended", Boolean, nullable=False, default=False, comment="process status END"),
    Column("guid", String(36), nullable=False),
    Column("event_number", Integer, nullable=False, comment="number of the last event"),
    Column("birth_date", Date, nullable=False, comment="the claimant's"),
    Column("accident_date", Date, comment="none in a disease claim"),
    Column("acts", String(23), comment="the side whose turn it is; none when the claim has ended"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("dispatched_at", UtcDateTime),
    Column("deadlines", Json, nullable=False, comment="clock row (K1 …) to the stored date on which it runs out, ISO"),
    Column("running", String(4), comment="the clock row that runs now"),
    Column("due_at", UtcDateTime, comment="when it runs out"),
    Column("next_at", UtcDateTime, comment="when the clock next does something: a warning before due_at, or at due_at itself"),
    Column("state", Json, nullable=False, default=dict, comment="what was decided on the way and getClaim shows"),
    Column("current_user", String(50), comment="whoever changed the claim last"),
    Column("lock_user", String(50)),
    Column("gone_at", UtcDateTime, comment="from when on the claim is there for nobody: a rejected claim not resent"),
    Column("attachments_count", Integer, nullable=False, default=0),
    Column("documents_count", Integer, nullable=False, default=0),
    Column("cr_user", String(50), comment="the user of the claimant representative it is allocated to"),
    Column("cm_user", String(50), comment="the user of the compensator it is allocated to"),
    Column("lock_side", String(23), comment="the side of lock_user"),
    Column("lock_until", UtcDateTime, comment="when the lock of lock_user ends by itself"),
    Column("deleted_at", UtcDateTime, comment="deleted for good by one side (GDPR): shown as such until gone_at"),
    Index("ix_claims_cr_list", "cr_organisation", "process", "ended", "next_at", "id", "cm_organisation", *LISTED),
    Index("ix_claims_cm_list", "cm_organisation", "process", "ended", "next_at", "id", *LISTED),
    Index("ix_claims_next_at", "next_at", sqlite_where=text("next_at IS NOT NULL"), postgresql_where=text("next_at IS NOT NULL")),
    Index("ix_claims_open", "process", "phase", sqlite_where=text("ended = 0"), postgresql_where=text("NOT ended")),
    Index("ix_claims_gone_at", "gone_at", sqlite_where=text("gone_at IS NOT NULL"), postgresql_where=text("gone_at IS NOT NULL")),
    sqlite_autoincrement=True,
)

documents = Table(
    "documents",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="the event's number"),
    Column("operation", String(50), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="the claim document as it was sent"),
)

events = Table(
    "events",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1, in order"),
    Column("at", UtcDateTime, nullable=False),
    Column("row", String(4), nullable=False, comment="the transition row, T1 …"),
    Column("operation", String(50), nullable=False, comment="empty where the clock moved the claim"),
    Column("organisation_id", String(50), nullable=False, default=""),
    Column("user_id", String(50), nullable=False, default=""),
    Column("identity_id", String(50), nullable=False, default=""),
    Column("from_phase", String(50), nullable=False, default=""),
    Column("to_phase", String(50), nullable=False),
    Column("guid", String(36), nullable=False),
    Column("detail", Json, nullable=False, default=dict),
    Column("frozen", NullableJson, comment="where the step makes documents: which, and what they show that may change later"),
    Index("ix_events_printed_at", "at", sqlite_where=text("frozen IS NOT NULL"), postgresql_where=text("frozen IS NOT NULL")),
)

printables = Table(
    "printables",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="the event's number"),
    Column("kind", String(30), primary_key=True, comment="documents.toml"),
    Column("body", LargeBinary, nullable=False, comment="the PDF, from when it was first asked for: the same bytes ever after"),
    Column("made_at", UtcDateTime, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1, in the order in which they were added"),
    Column("guid", String(36), nullable=False, unique=True),
    Column("side", String(23), nullable=False, comment="of whoever added it: claimant-representative or compensator"),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("user_id", String(50), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("title", String(255), nullable=False),
    Column("description", String(500), nullable=False),
    Column("size", Integer, nullable=False, comment="of the file, in bytes"),
    Column("at", UtcDateTime, nullable=False),
)

# apart from the table above, which is read for every list and every limit
attachment_bodies = Table(
    "attachment_bodies",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False, comment="the file as it was sent"),
    ForeignKeyConstraint(["claim_id", "number"], ["attachments.claim_id", "attachments.number"], name="fk_attachment_bodies_attachments"),
)

transfers = Table(
    "transfers",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1, in order"),
    Column("from_organisation", ForeignKey("organisations.id"), nullable=False),
    Column("to_organisation", ForeignKey("organisations.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(100), nullable=False, comment="who ran the gateway then"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True, comment="only for their order"),
    Column("guid", String(36), nullable=False, unique=True),
    Column("claim_id", ForeignKey("claims.id"), nullable=False, index=True),
    Column("process", String(4), nullable=False, comment="of the claim: rta or elpl"),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False, comment="whom it tells"),
    Column("key", String(50), nullable=False, comment="which notification it is, notifications.toml"),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, comment="when what it tells happened"),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("removed_web", Boolean, nullable=False, default=False),
    Column("removed_a2a", Boolean, nullable=False, default=False, comment="programs have a set of their own, which people do not clear"),
    Column("farewell", Boolean, nullable=False, default=False, comment="shown to the organisation although it no longer has the claim"),
    Index("ix_notices_list", "organisation_id", "process", "at"),
    sqlite_autoincrement=True,
)

hospitals = Table(
    "hospitals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="its place in the list that was imported"),
    Column("name", String(100), nullable=False),
    *(Column(f"address_line{number}", String(100), nullable=False) for number in range(1, 5)),
    Column("post_code", String(8), nullable=False, comment="in capitals, with one blank"),
)

insurer_index_issues = Table(
    "insurer_index_issues",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("dated", Date, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("row_count", Integer, nullable=False),
)

insurer_index = Table(
    "insurer_index",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="its place in the newest issue, the only one whose rows are kept"),
    Column("insurer_id", String(50), nullable=False, comment="in the Motor Insurance Database (MID)"),
    Column("insurer_name", String(100), nullable=False),
    Column("contact_id", String(50), nullable=False, comment="of the insurer to be contacted, in the MID"),
    Column("contact_name", String(100), nullable=False),
    Column("sought", Text, nullable=False, comment="both names as searches compare them, a line each"),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", Integer, primary_key=True, comment="one row: what ran last"),
    Column("ended_at", UtcDateTime, nullable=False, comment="by the wall clock, which no sandbox moves"),
    Column("milliseconds", Integer, nullable=False, comment="how long all jobs took"),
    Column("failed", Integer, nullable=False, comment="how many of them went wrong"),
)

sandbox = Table(
    "sandbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offset_seconds", BigInteger, nullable=False, comment="how far the process clock is ahead of the wall clock"),
    Column("note", Text, nullable=False, default=""),
)
