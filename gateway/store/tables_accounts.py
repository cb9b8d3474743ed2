"""The tables of those who call: users, A2A identities, their tokens and passwords, agreements. They live by the wall clock."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from gateway.store.columns import BigId, Day, Json, Names, UtcDateTime, metadata

users = Table(
    "users",
    metadata,
    Column("id", String(50), primary_key=True, comment="lower case: user ids are unique whatever their case"),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("branch_id", String(3), nullable=False),
    Column("name", String(50), nullable=False),
    Column("second_name", String(50), nullable=False, default=""),
    Column("surname", String(50), nullable=False),
    Column("email", String(254), nullable=False, default="", comment="unique within the organisation"),
    Column("phone", String(50), nullable=False, default=""),
    Column("profiles", Names, nullable=False, default=list),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("active", Boolean, nullable=False, default=True, comment="cleared only by an administrator, together with enabled"),
    Column("disabled_for", String(13), nullable=False, default="", comment="why enabled was cleared: administrator, idle or expired"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_on", Day, comment="the last day the user is good; none: does not expire"),
    Column("used_on", Day, comment="day of the last use, at first of the creation: idle days count from it; none: they do not count"),
    Column("warned_on", Day, comment="day of the last warning that it expires soon"),
)

software_houses = Table(
    "software_houses",
    metadata,
    Column("id", String(50), primary_key=True, comment="SH0001; travels as clientID"),
    Column("name", String(100), nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
)

identities = Table(
    "identities",
    metadata,
    Column("id", String(50), primary_key=True, comment="the A2A user name, lower case"),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("password_hash", String(200), nullable=False, comment="argon2id"),
    Column("password_version", Integer, nullable=False, default=1, comment="grows with each change; ends what was cached"),
    Column("password_on", Day, comment="day the password was set; none: it does not expire"),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("valid_from", Day, comment="the first day it may be used"),
    Column("valid_until", Day, comment="the last"),
    Column("locked_at", UtcDateTime, comment="since when it is locked after too many wrong passwords"),
    Column("suspended", Boolean, nullable=False, default=False),
    Column("suspended_for", String(200), nullable=False, default="", comment="the reason, told to who has the password"),
    Column("rta", Boolean, nullable=False, default=True, comment="may use the RTA services"),
    Column("elpl", Boolean, nullable=False, default=True, comment="may use the EL/PL services"),
    Column("software_house", ForeignKey("software_houses.id"), comment="whose program uses it, where that is known"),
)

password_history = Table(
    "password_history",
    metadata,
    Column("identity_id", ForeignKey("identities.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="the password_version it had"),
    Column("password_hash", String(200), nullable=False),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="SHA-256 of the name that was given, whether or not there is such an identity"),
    Column("count", Integer, nullable=False, comment="wrong passwords in a row"),
    Column("last_at", UtcDateTime, nullable=False, index=True),
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

agreements = Table(
    "agreements",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True, comment="a higher number is a newer text"),
    Column("version", String(50), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("due_on", Day, nullable=False, comment="the last day without acceptance: who has not accepted by then is shut out"),
    Column("text", Text, nullable=False),
)

acceptances = Table(
    "acceptances",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id"), primary_key=True),
    Column("agreement", ForeignKey("agreements.number"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, comment="the administrator who accepted"),
    Column("at", UtcDateTime, nullable=False),
)

# It names what it is about without referring to it: a row stays as it was written.
audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True, comment="only for their order"),
    Column("at", UtcDateTime, nullable=False, index=True, comment="by the wall clock"),
    Column("who", String(100), nullable=False, comment="whoever runs the gateway, an A2A account, or gateway"),
    Column("what", String(50), nullable=False, comment="user.disable"),
    Column("subject", String(100), nullable=False, comment="the id of what was changed"),
    Column("organisation_id", String(50), comment="whose it is, if it is an organisation's"),
    Column("detail", Json, nullable=False, default=dict, comment="what was changed, without secrets"),
    sqlite_autoincrement=True,
)
