"""Which dates are stored when a claim is sent, and which of them runs (process K1-K4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gateway.contract.model import ClockVariant, Contract
from gateway.domain.calendar import BusinessCalendar

_MIB = "M"


def at_sending(contract: Contract, process: str, claim_type: str, start: date, calendar: BusinessCalendar) -> dict[str, date]:
    """The liability dates of a claim sent on `start`, by clock row. RTA stores both, the insurer's and the longer one (K1, K2)."""
    return {variant.row: calendar.deadline(start, variant.days) for variant in _liability(contract, process) if _concerns(variant, claim_type)}


def running_at_sending(contract: Contract, process: str, claim_type: str, compensator_type: str) -> str:
    """The clock row that runs from the start: the MIB has the longer limit from the beginning (T4)."""
    rows = [variant for variant in _liability(contract, process) if _concerns(variant, claim_type)]
    wanted = "mib-or-article-75" if compensator_type == _MIB else "insurer"
    return next((row.row for row in rows if row.applies == wanted), rows[0].row)


def after_article_75(contract: Contract, process: str) -> str:
    """The clock row that runs once Article 75 is applied (T14)."""
    return next(variant.row for variant in _liability(contract, process) if variant.applies == "mib-or-article-75")


def _liability(contract: Contract, process: str) -> tuple[ClockVariant, ...]:
    return tuple(variant for variant in contract.clocks["liability"].variants if process in variant.processes)


def _concerns(variant: ClockVariant, claim_type: str) -> bool:
    return variant.applies in ("insurer", "mib-or-article-75") or claim_type in variant.applies.split()


def to_text(dates: Mapping[str, date]) -> dict[str, str]:
    """As the store keeps them."""
    return {row: day.isoformat() for row, day in dates.items()}
