"""What SQLAlchemy has no common word for."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, String, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def insert_missing(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with the same key is there, also when another transaction inserts it at the same time. True if it was inserted."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(values).on_conflict_do_nothing()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount > 0


def ascii_lower(text: str) -> str:
    """The text with A to Z in lower case."""
    return text.translate(_LOWER)


class AsciiLower(GenericFunction[str]):
    """The same in SQL: what is lower case beyond ASCII differs between databases and their locales."""

    type = String()
    inherit_cache = True


@compiles(AsciiLower)
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(AsciiLower, "postgresql")
def _postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f'lower({compiler.process(element.clauses, **options)} COLLATE "C")'


_ADMINISTERING = 0x41444D49  # "ADMI"; any number that nothing else in the database uses


def take_turns(connection: Connection) -> None:
    """Wait until nobody else administers, until the transaction ends: what is read in it then holds when it writes. On SQLite writers are alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADMINISTERING})


def lock_table(connection: Connection, table: Table) -> None:
    """Let nobody else write to the table until the transaction ends; reading goes on. On SQLite whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE"))
