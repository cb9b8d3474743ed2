"""How long users and passwords are good (portal notes 3.3, 3.4, 4.7). All days are London days of the wall clock, never of a sandbox's."""

from __future__ import annotations

from datetime import date, timedelta

PASSWORD_DAYS = 90
IDLE_DAYS = 90
USER_YEARS = 2
WARNING_DAYS = 14

ADMINISTRATOR = "administrator"
"""Why a user is disabled (`disabled_for`): by hand …"""
IDLE = "idle"
"""… or by the portal, at a log-in after 90 days of non-use …"""
EXPIRED = "expired"
"""… or at one after the expiry date."""


def last_day_of_password(set_on: date) -> date:
    """The last day a password set on that day is good: the ninetieth after it (S 90 calendar days; I which the last is)."""
    return set_on + timedelta(days=PASSWORD_DAYS)


def is_idle(used_on: date | None, today: date) -> bool:
    """Whether a user last used on that day has been idle for more than 90 days. None: idle days do not count."""
    return used_on is not None and today > used_on + timedelta(days=IDLE_DAYS)


def is_good(enabled: bool, active: bool, expires_on: date | None, used_on: date | None, today: date) -> bool:
    """Whether a user could log in today."""
    return enabled and active and (expires_on is None or today <= expires_on) and not is_idle(used_on, today)


def expiry(created_on: date) -> date:
    """The last day of a user created on that day: two years later (S); of one created on 29 February, 28 February."""
    try:
        return created_on.replace(year=created_on.year + USER_YEARS)
    except ValueError:
        return date(created_on.year + USER_YEARS, 2, 28)


def is_about_to_expire(expires_on: date | None, today: date) -> bool:
    """Whether administrators are warned: from 14 days before the last day on, and no more when it has passed (S: 14 days before)."""
    return expires_on is not None and timedelta() <= expires_on - today <= timedelta(days=WARNING_DAYS)
