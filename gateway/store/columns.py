"""What all tables share: the types of their columns, and the names of their keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Integer, MetaData, TypeDecorator
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


class Day(TypeDecorator[date]):
    """A date. On SQLite it is the text SQLAlchemy's own type keeps, in a fraction of the time."""

    impl = Date
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[date | None], Any] | None:
        return None if dialect.name == "postgresql" else lambda value: None if value is None else value.isoformat()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], date | None] | None:
        return None if dialect.name == "postgresql" else lambda value: None if value is None else date.fromisoformat(value)


class Names(TypeDecorator[tuple[str, ...]]):
    """A list of texts of which there are few different ones: each is read once."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], tuple[str, ...]]:
        return tuple if dialect.name == "postgresql" else _read_names


@lru_cache(maxsize=1000)
def _read_names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")
NullableJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
