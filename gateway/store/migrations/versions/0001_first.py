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
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
        sa.ForeignKeyConstraint(["calendar"], ["calendars.version"], name="fk_claims_calendar_calendars"),
        sa.ForeignKeyConstraint(["cr_organisation"], ["organisations.id"], name="fk_claims_cr_organisation_organisations"),
        sa.ForeignKeyConstraint(["cm_organisation"], ["organisations.id"], name="fk_claims_cm_organisation_organisations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_claims_cm_work", "claims", ["cm_organisation", "process", "ended", "id"])
    op.create_index("ix_claims_cr_work", "claims", ["cr_organisation", "process", "ended", "id"])
    op.create_index("ix_claims_gone_at", "claims", ["gone_at"])
    op.create_index("ix_claims_next_at", "claims", ["next_at"])
    op.create_table(
        "identities",
        sa.Column("id", sa.String(50), nullable=False, comment="the A2A user name, lower case"),
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False, comment="argon2id"),
        sa.Column("password_version", sa.Integer(), nullable=False, comment="grows with each change; ends what was cached"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_identities_organisation_id_organisations"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(50), nullable=False, comment="lower case: user ids are unique whatever their case"),
        sa.Column("organisation_id", sa.String(50), nullable=False),
        sa.Column("branch_id", sa.String(3), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("second_name", sa.String(50), nullable=False),
        sa.Column("surname", sa.String(50), nullable=False),
        sa.Column("profiles", _JSON, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_users_organisation_id_organisations"),
    )
    op.create_index("ix_users_organisation_id", "users", ["organisation_id"])
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
        sa.PrimaryKeyConstraint("claim_id", "number", name="pk_events"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_events_claim_id_claims"),
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


def downgrade() -> None:
    """There is nothing before."""
    raise NotImplementedError("0001 is the first state of the store")
