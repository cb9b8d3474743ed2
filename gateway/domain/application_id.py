"""The applicationId of a claim."""

from __future__ import annotations

from gateway.errors import Refused

_DIGITS = 16


class BadApplicationId(Refused):
    """No applicationId, or one that can be none."""


def application_number(text: str | None) -> int:
    """The number in an applicationId, with or without its leading zeros (portal notes 12.3). Raises BadApplicationId."""
    digits = (text or "").strip()
    if not digits:
        raise BadApplicationId("applicationId must be given.")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
        raise BadApplicationId("applicationId must be a number of up to 16 digits.")
    return int(digits)
