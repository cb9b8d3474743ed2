"""How old a person is in law."""

from __future__ import annotations

from datetime import date

ADULT_AT = 18


def birthday(birth: date, age: int) -> date:
    """The day on which somebody born on `birth` reaches `age`.

    In England an age is attained at the start of the anniversary of the birth (Family Law Reform Act 1969, s. 9). Somebody born on
    29 February has that anniversary on 1 March in a year without one.
    """
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 3, 1)


def is_child(birth: date, on: date) -> bool:
    """Under 18 on that day: the claim is then a child's, and its settlement goes to the court."""
    return on < birthday(birth, ADULT_AT)
