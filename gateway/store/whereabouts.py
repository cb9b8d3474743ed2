"""Where a store is and how much is in it, for people."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, func, make_url, select, text

from gateway.store.tables import metadata


def exists(url: str | URL) -> bool:
    """Whether there is a store to open. A SQLite file that is not there would be made by looking into it, so ask first."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:" or Path(parsed.database).exists()


def place(url: str | URL) -> str:
    """The file, or the URL without its passwords."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or ":memory:"
    secrets = {name: "***" for name in parsed.query if "password" in name}  # libpq takes some there, too
    return parsed.update_query_dict(secrets).render_as_string(hide_password=True)


def row_counts(connection: Connection) -> dict[str, int]:
    """Table to its number of rows."""
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables}


def version(connection: Connection) -> str:
    """The database and its version."""
    if connection.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"
