"""The tables. Times are UTC; dates are London dates; history (events, documents) is only ever added to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite, which has no zones, keeps it as naive UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        if dialect.name == "postgresql":
            return lambda value: None if value is None else value.astimezone(UTC)
        # the text SQLAlchemy's own type keeps, in a tenth of the time
        return lambda value: None if value is None else value.astimezone(UTC).isoformat(" ", "microseconds")[:26]  # no zone

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        if dialect.name == "postgresql":
            return lambda value: None if value is None else value.astimezone(UTC)
        return lambda value: None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

users = Table(
    "users",
    metadata,
    Column("id", String(50), primary_key=True, comment="lower case: user ids are unique whatever their case"),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("branch_id", String(3), nullable=False),
    Column("name", String(50), nullable=False),
    Column("second_name", String(50), nullable=False, default=""),
    Column("surname", String(50), nullable=False),
    Column("profiles", Json, nullable=False, default=list),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("active", Boolean, nullable=False, default=True),
)

identities = Table(
    "identities",
    metadata,
    Column("id", String(50), primary_key=True, comment="the A2A user name, lower case"),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("password_hash", String(200), nullable=False, comment="argon2id"),
    Column("password_version", Integer, nullable=False, default=1, comment="grows with each change; ends what was cached"),
    Column("enabled", Boolean, nullable=False, default=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="SHA-256 of the token; the token itself is not kept"),
    Column("kind", String(7), nullable=False, comment="access or refresh"),
    Column("identity_id", ForeignKey("identities.id"), nullable=False),
    Column("password_version", Integer, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("client_id", String(50), nullable=False, default=""),
    Column("expires_at", UtcDateTime, nullable=False, index=True, comment="by the wall clock"),
)

calendars = Table(
    "calendars",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("holidays", Json, nullable=False, comment="ISO dates of bank holidays, England and Wales"),
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
    Index("ix_claims_cr_work", "cr_organisation", "process", "ended", "id"),
    Index("ix_claims_cm_work", "cm_organisation", "process", "ended", "id"),
    Index("ix_claims_next_at", "next_at"),
    Index("ix_claims_gone_at", "gone_at"),
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

sandbox = Table(
    "sandbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offset_seconds", BigInteger, nullable=False, comment="how far the process clock is ahead of the wall clock"),
    Column("note", Text, nullable=False, default=""),
)
