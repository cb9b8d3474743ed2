"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)
_LISTED = (
    *("gone_at", "claim_type", "cm_branch", "cr_reference", "cm_reference", "phase", "guid"),
    *("created_at", "sent_at", "updated_at", "dispatched_at", "due_at", "current_user", "cr_user", "cm_user"),
    *("lock_user", "lock_side", "lock_until", "deleted_at", "attachments_count", "documents_count", "version_major", "version_minor"),
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calendars",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("holidays", _JSON, nullable=False, comment="ISO dates of bank holidays, England and Wales"),
        sa.PrimaryKeyConstraint("version", name="pk_calendars"),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(50), nullable=False, comment="CR00001, COMP001"),
        sa.Column("path", sa.String(200), nullable=False, comment="/COMP001; opaque to callers"),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False, comment="CR or COMP"),
        sa.Column("compensator_type", sa.String(1), nullable=True, comment="I, S or M; COMP only"),
        sa.Column("rta", sa.Boolean(), nullable=False),
        sa.Column("elpl", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("address", _JSON, nullable=False, comment="the fields of the WSDL's address type"),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("path", name="uq_organisations_path"),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Integer(), nullable=False, comment="one row: what ran last"),
        sa.Column("ended_at", _TIME, nullable=False, comment="by the wall clock, which no sandbox moves"),
        sa.Column("milliseconds", sa.Integer(), nullable=False, comment="how long all jobs took"),
        sa.Column("failed", sa.Integer(), nullable=False, comment="how many of them went wrong"),
        sa.PrimaryKeyConstraint("id", name="pk_job_runs"),
    )
    op.create_table(
        "sandbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offset_seconds", sa.BigInteger(), nullable=False, comment="how far the process clock is ahead of the wall clock"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sandbox"),
    )
    op.create_table(
        "branches",
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("id", sa.String(3), nullable=False, comment="001, 002 …"),
        sa.Column("path", sa.String(200), nullable=False, comment="/COMP001/002"),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False, comment="central or handling"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("address", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_branches"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_branches_organisation_id_organisations"),
        sa.UniqueConstraint("path", name="uq_branches_path"),
    )
    op.create_table(
        "claims",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False, comment="the applicationId without its leading zeros"),
        sa.Column("process", sa.String(4), nullable=False, comment="rta or elpl"),
        sa.Column("claim_type", sa.String(3), nullable=False, comment="RTA, EL, PL or ELD"),
        sa.Column("release", sa.String(3), nullable=False),
        sa.Column("version_major", sa.Integer(), nullable=False),
        sa.Column("version_minor", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.Integer(), nullable=False, comment="frozen when the claim was created"),
        sa.Column("cr_organisation", sa.String(50), nullable=False),
        sa.Column("cm_organisation", sa.String(50), nullable=False),
        sa.Column("cm_branch", sa.String(3), nullable=False),
        sa.Column("compensator_type", sa.String(1), nullable=False),
        sa.Column("cr_reference", sa.String(50), nullable=True),
        sa.Column("cm_reference", sa.String(50), nullable=True),
        sa.Column("phase", sa.String(50), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False, comment="process status END"),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False, comment="number of the last event"),
        sa.Column("birth_date", sa.Date(), nullable=False, comment="the claimant's"),
        sa.Column("accident_date", sa.Date(), nullable=True, comment="none in a disease claim"),
        sa.Column("acts", sa.String(23), nullable=True, comment="the side whose turn it is; none when the claim has ended"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("dispatched_at", _TIME, nullable=True),
        sa.Column("deadlines", _JSON, nullable=False, comment="clock row (K1 …) to the stored date on which it runs out, ISO"),
        sa.Column("running", sa.String(4), nullable=True, comment="the clock row that runs now"),
        sa.Column("due_at", _TIME, nullable=True, comment="when it runs out"),
        sa.Column("next_at", _TIME, nullable=True, comment="when the clock next does something: a warning before due_at, or at due_at itself"),
        sa.Column("state", _JSON, nullable=False, comment="what was decided on the way and getClaim shows"),
        sa.Column("current_user", sa.String(50), nullable=True, comment="whoever changed the claim last"),
        sa.Column("lock_user", sa.String(50), nullable=True),
        sa.Column("gone_at", _TIME, nullable=True, comment="from when on the claim is there for nobody: a rejected claim not resent"),
        sa.Column("attachments_count", sa.Integer(), nullable=False),
        sa.Column("documents_count", sa.Integer(), nullable=False),
        sa.Column("cr_user", sa.String(50), nullable=True, comment="the user of the claimant representative it is allocated to"),
        sa.Column("cm_user", sa.String(50), nullable=True, comment="the user of the compensator it is allocated to"),
        sa.Column("lock_side", sa.String(23), nullable=True, comment="the side of lock_user"),
        sa.Column("lock_until", _TIME, nullable=True, comment="when the lock of lock_user ends by itself"),
        sa.Column("deleted_at", _TIME, nullable=True, comment="deleted for good by one side (GDPR): shown as such until gone_at"),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
        sa.ForeignKeyConstraint(["calendar"], ["calendars.version"], name="fk_claims_calendar_calendars"),
        sa.ForeignKeyConstraint(["cr_organisation"], ["organisations.id"], name="fk_claims_cr_organisation_organisations"),
        sa.ForeignKeyConstraint(["cm_organisation"], ["organisations.id"], name="fk_claims_cm_organisation_organisations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_claims_cm_list", "claims", ["cm_organisation", "process", "ended", "next_at", "id", *_LISTED])
    op.create_index("ix_claims_cr_list", "claims", ["cr_organisation", "process", "ended", "next_at", "id", "cm_organisation", *_LISTED])
    op.create_index("ix_claims_open", "claims", ["process", "phase"], sqlite_where=sa.text("ended = 0"), postgresql_where=sa.text("NOT ended"))
    for column in ("gone_at", "next_at"):
        known = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_claims_{column}", "claims", [column], sqlite_where=known, postgresql_where=known)
    op.create_table(
        "software_houses",
        sa.Column("id", sa.String(50), nullable=False, comment="SH0001; travels as clientID"),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_software_houses"),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.String(50), nullable=False, comment="the A2A user name, lower case"),
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False, comment="argon2id"),
        sa.Column("password_version", sa.Integer(), nullable=False, comment="grows with each change; ends what was cached"),
        sa.Column("password_on", sa.Date(), nullable=True, comment="day the password was set; none: it does not expire"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True, comment="the first day it may be used"),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="the last"),
        sa.Column("locked_at", _TIME, nullable=True, comment="since when it is locked after too many wrong passwords"),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("suspended_for", sa.String(200), nullable=False, comment="the reason, told to who has the password"),
        sa.Column("rta", sa.Boolean(), nullable=False, comment="may use the RTA services"),
        sa.Column("elpl", sa.Boolean(), nullable=False, comment="may use the EL/PL services"),
        sa.Column("software_house", sa.String(50), nullable=True, comment="whose program uses it, where that is known"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_identities_organisation_id_organisations"),
        sa.ForeignKeyConstraint(["software_house"], ["software_houses.id"], name="fk_identities_software_house_software_houses"),
    )
    op.create_table(
        "password_history",
        sa.Column("identity_id", sa.String(50), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="the password_version it had"),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", "version", name="pk_password_history"),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name="fk_password_history_identity_id_identities"),
    )
    op.create_table(
        "login_failures",
        sa.Column(
            "digest", sa.LargeBinary(32), nullable=False, comment="SHA-256 of the name that was given, whether or not there is such an identity"
        ),
        sa.Column("count", sa.Integer(), nullable=False, comment="wrong passwords in a row"),
        sa.Column("last_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_login_failures"),
    )
    op.create_index("ix_login_failures_last_at", "login_failures", ["last_at"])
    op.create_table(
        "users",
        sa.Column("id", sa.String(50), nullable=False, comment="lower case: user ids are unique whatever their case"),
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("branch_id", sa.String(3), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("second_name", sa.String(50), nullable=False),
        sa.Column("surname", sa.String(50), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, comment="unique within the organisation"),
        sa.Column("phone", sa.String(50), nullable=False),
        sa.Column("profiles", _JSON, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, comment="cleared only by an administrator, together with enabled"),
        sa.Column("disabled_for", sa.String(13), nullable=False, comment="why enabled was cleared: administrator, idle or expired"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="the last day the user is good; none: does not expire"),
        sa.Column(
            "used_on",
            sa.Date(),
            nullable=True,
            comment="day of the last use, at first of the creation: idle days count from it; none: they do not count",
        ),
        sa.Column("warned_on", sa.Date(), nullable=True, comment="day of the last warning that it expires soon"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_users_organisation_id_organisations"),
    )
    op.create_index("ix_users_organisation_id", "users", ["organisation_id"])
    op.create_table(
        "agreements",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False, comment="a higher number is a newer text"),
        sa.Column("version", sa.String(50), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("published_at", _TIME, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False, comment="the last day without acceptance: who has not accepted by then is shut out"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_agreements"),
        sa.UniqueConstraint("version", name="uq_agreements_version"),
    )
    op.create_table(
        "acceptances",
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("agreement", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(50), nullable=False, comment="the administrator who accepted"),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "agreement", name="pk_acceptances"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_acceptances_organisation_id_organisations"),
        sa.ForeignKeyConstraint(["agreement"], ["agreements.number"], name="fk_acceptances_agreement_agreements"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_acceptances_user_id_users"),
    )
    op.create_table(
        "audit",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False, comment="only for their order"),
        sa.Column("at", _TIME, nullable=False, comment="by the wall clock"),
        sa.Column("who", sa.String(100), nullable=False, comment="whoever runs the gateway, an A2A account, or gateway"),
        sa.Column("what", sa.String(50), nullable=False, comment="user.disable"),
        sa.Column("subject", sa.String(100), nullable=False, comment="the id of what was changed"),
        sa.Column("organisation_id", sa.String(50), nullable=True, comment="whose it is, if it is an organisation's"),
        sa.Column("detail", _JSON, nullable=False, comment="what was changed, without secrets"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "documents",
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="the event's number"),
        sa.Column("operation", sa.String(50), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the claim document as it was sent"),
        sa.PrimaryKeyConstraint("claim_id", "number", name="pk_documents"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_documents_claim_id_claims"),
    )
    op.create_table(
        "events",
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1, in order"),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("row", sa.String(4), nullable=False, comment="the transition row, T1 …"),
        sa.Column("operation", sa.String(50), nullable=False, comment="empty where the clock moved the claim"),
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("user_id", sa.String(50), nullable=False),
        sa.Column("identity_id", sa.String(50), nullable=False),
        sa.Column("from_phase", sa.String(50), nullable=False),
        sa.Column("to_phase", sa.String(50), nullable=False),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("detail", _JSON, nullable=False),
        sa.Column("frozen", _JSON, nullable=True, comment="where the step makes documents: which, and what they show that may change later"),
        sa.PrimaryKeyConstraint("claim_id", "number", name="pk_events"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_events_claim_id_claims"),
    )
    printed = sa.text("frozen IS NOT NULL")
    op.create_index("ix_events_printed_at", "events", ["at"], sqlite_where=printed, postgresql_where=printed)
    op.create_table(
        "printables",
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="the event's number"),
        sa.Column("kind", sa.String(30), nullable=False, comment="documents.toml"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the PDF, from when it was first asked for: the same bytes ever after"),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "number", "kind", name="pk_printables"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_printables_claim_id_claims"),
    )
    op.create_table(
        "attachments",
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1, in the order in which they were added"),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("side", sa.String(23), nullable=False, comment="of whoever added it: claimant-representative or compensator"),
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("user_id", sa.String(50), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("description", sa.String(500), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="of the file, in bytes"),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "number", name="pk_attachments"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_attachments_claim_id_claims"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_attachments_organisation_id_organisations"),
        sa.UniqueConstraint("guid", name="uq_attachments_guid"),
    )
    op.create_table(
        "attachment_bodies",
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the file as it was sent"),
        sa.PrimaryKeyConstraint("claim_id", "number", name="pk_attachment_bodies"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_attachment_bodies_claim_id_claims"),
        sa.ForeignKeyConstraint(["claim_id", "number"], ["attachments.claim_id", "attachments.number"], name="fk_attachment_bodies_attachments"),
    )
    op.create_table(
        "transfers",
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1, in order"),
        sa.Column("from_organisation", sa.String(50), nullable=False),
        sa.Column("to_organisation", sa.String(50), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(100), nullable=False, comment="who ran the gateway then"),
        sa.PrimaryKeyConstraint("claim_id", "number", name="pk_transfers"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_transfers_claim_id_claims"),
        sa.ForeignKeyConstraint(["from_organisation"], ["organisations.id"], name="fk_transfers_from_organisation_organisations"),
        sa.ForeignKeyConstraint(["to_organisation"], ["organisations.id"], name="fk_transfers_to_organisation_organisations"),
    )
    op.create_table(
        "archived_claims",
        sa.Column("id", _BIG_ID, autoincrement=False, nullable=False, comment="the claim's"),
        sa.Column("process", sa.String(4), nullable=False, comment="rta or elpl"),
        sa.Column("claim_type", sa.String(3), nullable=False),
        sa.Column("phase", sa.String(50), nullable=False, comment="in which it ended"),
        sa.Column("cr_organisation", sa.String(50), nullable=False),
        sa.Column("cm_organisation", sa.String(50), nullable=False),
        sa.Column("cr_reference", sa.String(50), nullable=True),
        sa.Column("cm_reference", sa.String(50), nullable=True),
        sa.Column("archived_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False, comment="from when on it is there for nobody"),
        sa.Column("cr_document", sa.Text(), nullable=False, comment="getClaim as the claimant representative last saw it"),
        sa.Column("cm_document", sa.Text(), nullable=False, comment="the same of the compensator"),
        sa.Column("attachments", _JSON, nullable=False, comment="a list of what was attached, without the files"),
        sa.PrimaryKeyConstraint("id", name="pk_archived_claims"),
        sa.ForeignKeyConstraint(["cr_organisation"], ["organisations.id"], name="fk_archived_claims_cr_organisation_organisations"),
        sa.ForeignKeyConstraint(["cm_organisation"], ["organisations.id"], name="fk_archived_claims_cm_organisation_organisations"),
    )
    for column in ("cr_organisation", "cm_organisation", "expires_at"):
        op.create_index(f"ix_archived_claims_{column}", "archived_claims", [column])
    op.create_table(
        "archived_documents",
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1, in the order in which they were made"),
        sa.Column("file_name", sa.String(100), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("at", _TIME, nullable=False, comment="of the step that made it"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the PDF"),
        sa.PrimaryKeyConstraint("claim_id", "number", name="pk_archived_documents"),
        sa.ForeignKeyConstraint(["claim_id"], ["archived_claims.id"], name="fk_archived_documents_claim_id_archived_claims"),
    )
    op.create_table(
        "notices",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False, comment="only for their order"),
        sa.Column("guid", sa.String(36), nullable=False),
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("process", sa.String(4), nullable=False, comment="of the claim: rta or elpl"),
        sa.Column("organisation_id", sa.String(50), nullable=False, comment="whom it tells"),
        sa.Column("key", sa.String(50), nullable=False, comment="which notification it is, notifications.toml"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False, comment="when what it tells happened"),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("removed_web", sa.Boolean(), nullable=False),
        sa.Column("removed_a2a", sa.Boolean(), nullable=False, comment="programs have a set of their own, which people do not clear"),
        sa.Column("farewell", sa.Boolean(), nullable=False, comment="shown to the organisation although it no longer has the claim"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_notices_claim_id_claims"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_notices_organisation_id_organisations"),
        sa.UniqueConstraint("guid", name="uq_notices_guid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_claim_id", "notices", ["claim_id"])
    op.create_index("ix_notices_expires_at", "notices", ["expires_at"])
    op.create_index("ix_notices_list", "notices", ["organisation_id", "process", "at"])
    op.create_table(
        "tokens",
        sa.Column("digest", sa.LargeBinary(32), nullable=False, comment="SHA-256 of the token; the token itself is not kept"),
        sa.Column("kind", sa.String(7), nullable=False, comment="access or refresh"),
        sa.Column("identity_id", sa.String(50), nullable=False),
        sa.Column("password_version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(50), nullable=False),
        sa.Column("client_id", sa.String(50), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False, comment="by the wall clock"),
        sa.PrimaryKeyConstraint("digest", name="pk_tokens"),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name="fk_tokens_identity_id_identities"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tokens_user_id_users"),
    )
    op.create_index("ix_tokens_expires_at", "tokens", ["expires_at"])
    op.create_table(
        "hospitals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="its place in the list that was imported"),
        sa.Column("name", sa.String(100), nullable=False),
        *(sa.Column(f"address_line{number}", sa.String(100), nullable=False) for number in range(1, 5)),
        sa.Column("post_code", sa.String(8), nullable=False, comment="in capitals, with one blank"),
        sa.PrimaryKeyConstraint("number", name="pk_hospitals"),
    )
    op.create_table(
        "insurer_index_issues",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("imported_at", _TIME, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_insurer_index_issues"),
    )
    op.create_table(
        "insurer_index",
        sa.Column(
            "number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="its place in the newest issue, the only one whose rows are kept",
        ),
        sa.Column("insurer_id", sa.String(50), nullable=False, comment="in the Motor Insurance Database (MID)"),
        sa.Column("insurer_name", sa.String(100), nullable=False),
        sa.Column("contact_id", sa.String(50), nullable=False, comment="of the insurer to be contacted, in the MID"),
        sa.Column("contact_name", sa.String(100), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False, comment="both names as searches compare them, a line each"),
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_insurer_index"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_insurer_index_organisation_id_organisations"),
    )
    op.create_table(
        "identity_limits",
        sa.Column("identity_id", sa.String(50), nullable=False),
        sa.Column("calls_per_minute", sa.Integer(), nullable=True, comment="0: no limit; none: what the settings say, here and below"),
        sa.Column("concurrent_calls", sa.Integer(), nullable=True),
        sa.Column("poll_seconds", sa.Integer(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False, comment="the kill switch: every call is refused"),
        sa.Column("stopped_for", sa.String(200), nullable=False, comment="the reason, told to the caller"),
        sa.PrimaryKeyConstraint("identity_id", name="pk_identity_limits"),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name="fk_identity_limits_identity_id_identities"),
    )
    op.create_table(
        "call_counts",
        sa.Column("identity_id", sa.String(50), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False, comment="since 1970"),
        sa.Column("taken", sa.Integer(), nullable=False, comment="calls of that minute that workers have taken"),
        sa.PrimaryKeyConstraint("identity_id", name="pk_call_counts"),
    )
    op.create_table(
        "polls",
        sa.Column("digest", sa.LargeBinary(32), nullable=False, comment="SHA-256 of who asks for which list with what arguments"),
        sa.Column("at", _TIME, nullable=False, comment="when it was last asked and answered"),
        sa.PrimaryKeyConstraint("digest", name="pk_polls"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "maintenance_windows",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False, comment="told to callers"),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True, comment="when it was ended by hand: before its start, that called it off"),
        sa.Column("ended_by", sa.String(100), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_maintenance_windows"),
    )
    op.create_table(
        "repeats",
        sa.Column("digest", sa.LargeBinary(32), nullable=False, comment="SHA-256 of who sent which document with addClaim"),
        sa.Column("claim_id", _BIG_ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_repeats"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """There is nothing before."""
    raise NotImplementedError("0001 is the first state of the store")
