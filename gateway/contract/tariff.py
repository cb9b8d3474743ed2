"""Reads the whiplash tariff (tables/tariff.toml), as strictly as the rest of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

from gateway.contract.load import TABLES, BadTable, Row, rows

_COLUMNS = {"1": "whiplash", "2": "with-psychological-injury"}  # C33_TariffType


@dataclass(frozen=True, slots=True)
class Tariff:
    """The amounts for accidents from a day on: by tariff type (1, 2), band 1 first."""

    since: date
    bands: tuple[int, ...]
    amounts: Mapping[str, tuple[Decimal, ...]]
    basis: str


@cache
def tariffs() -> tuple[Tariff, ...]:
    """The tariffs of this gateway, oldest first."""
    return load(TABLES / "tariff.toml")


def load(path: Path) -> tuple[Tariff, ...]:
    """Read and check a tariff table. Raises BadTable."""
    found = tuple(_tariff(row) for _, row in rows(path))
    for earlier, later in pairwise(found):
        if earlier.since >= later.since:
            raise BadTable(f"{path.name}: the tariff from {later.since} stands after the one from {earlier.since}")
    return found


def _tariff(row: Row) -> Tariff:
    bands = _rising(row, "bands")
    columns = {kind: _rising(row, name) for kind, name in _COLUMNS.items()}
    for kind, amounts in columns.items():
        if len(amounts) != len(bands):
            raise BadTable(f"{row.where}: {_COLUMNS[kind]} has {len(amounts)} amounts for {len(bands)} bands")
    tariff = Tariff(
        since=row.take("from", date),
        bands=bands,
        amounts={kind: tuple(map(Decimal, amounts)) for kind, amounts in columns.items()},
        basis=row.take("basis", str),
    )
    row.done()
    return tariff


def _rising(row: Row, key: str) -> tuple[int, ...]:
    numbers = tuple(row.take(key, list))
    if not numbers or not all(type(number) is int for number in numbers) or any(one >= other for one, other in pairwise((0, *numbers))):
        raise BadTable(f"{row.where}: {key} must be whole numbers above 0, each higher than the one before")
    return numbers
