from datetime import date

import pytest

from gateway.domain.age import birthday, is_child

# An age is attained at the start of the anniversary of the birth: Family Law Reform Act 1969, s. 9.


@pytest.mark.parametrize(
    ("birth", "on", "child"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), True),
        (date(2008, 11, 22), date(2026, 11, 22), False),  # the eighteenth birthday itself
        (date(2008, 11, 23), date(2026, 11, 22), True),
        (date(2008, 2, 29), date(2026, 2, 28), True),  # 2026 has no 29 February
        (date(2008, 2, 29), date(2026, 3, 1), False),
        (date(2026, 11, 22), date(2026, 11, 22), True),
        (date(1940, 1, 1), date(2026, 11, 22), False),
    ],
)
def test_under_eighteen(birth, on, child):
    assert is_child(birth, on) is child


def test_a_leap_day_stays_one_in_a_leap_year():
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
