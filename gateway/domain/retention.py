"""When the time of a claim is over (portal notes 11.1, 11.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from gateway.clock import LONDON, start_of_day
from gateway.contract.retention import Rule
from gateway.domain.age import ADULT_AT, birthday

_MONTHS = 12


def due_on(rule: Rule, since: date, birth: date) -> date:
    """The day from whose beginning the rule applies to a claim; `since` is the London date of what the rule counts from."""
    day = since + timedelta(days=rule.days)
    return max(day, birthday(birth, ADULT_AT)) if rule.children_exempt else day


def vanishes_at(rule: Rule, since: date, birth: date) -> datetime:
    """The instant from which on a claim is there for nobody."""
    return start_of_day(due_on(rule, since, birth))


def shadow_ends(rule: Rule, deleted_at: datetime) -> datetime:
    """When a claim that was deleted for good is gone: so many days later, at the same time of day in London."""
    return (deleted_at.astimezone(LONDON) + timedelta(days=rule.days)).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day if it has no such day."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    first_of_next = date(year + (month + 1) // _MONTHS, (month + 1) % _MONTHS + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))
