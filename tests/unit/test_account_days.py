"""How long users and passwords are good, to the day (portal notes 3.3, 3.4, 4.7)."""

from datetime import date

import pytest

from gateway.domain.accounts import expiry, is_about_to_expire, is_idle, last_day_of_password


def test_a_password_lives_ninety_days() -> None:
    assert last_day_of_password(date(2027, 1, 1)) == date(2027, 4, 1)  # 31 + 28 + 31 days on


@pytest.mark.parametrize(
    ("used_on", "today", "idle"),
    [
        (date(2027, 1, 1), date(2027, 4, 1), False),
        (date(2027, 1, 1), date(2027, 4, 2), True),
        (date(2027, 1, 1), date(2026, 1, 1), False),
        (None, date(2099, 1, 1), False),
    ],
)
def test_idle_days(used_on: date | None, today: date, idle: bool) -> None:
    assert is_idle(used_on, today) is idle


@pytest.mark.parametrize(
    ("created", "last"), [(date(2026, 11, 23), date(2028, 11, 23)), (date(2028, 2, 29), date(2030, 2, 28)), (date(2026, 2, 28), date(2028, 2, 28))]
)
def test_two_years(created: date, last: date) -> None:
    assert expiry(created) == last


@pytest.mark.parametrize(
    ("expires", "warned"),
    [(date(2026, 12, 8), False), (date(2026, 12, 7), True), (date(2026, 11, 23), True), (date(2026, 11, 22), False), (None, False)],
)
def test_the_warning(expires: date | None, warned: bool) -> None:
    """On 23 November 2026: from 14 days before on, until it has expired."""
    assert is_about_to_expire(expires, date(2026, 11, 23)) is warned
