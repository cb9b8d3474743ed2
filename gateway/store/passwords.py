"""Keeping and checking passwords: argon2id with the library's own parameters."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1024
"""A password with more characters is wrong, unseen: hashing megabytes would be a gift to whoever sends them."""

_hasher = PasswordHasher()
_nobody = ""


def use(hasher: PasswordHasher) -> None:
    """Hash with other parameters from now on. Tests do, for the proper ones are slow on purpose."""
    global _hasher, _nobody
    _hasher, _nobody = hasher, ""


def keep(password: str) -> str:
    """What to keep of a password."""
    return _hasher.hash(_bytes(password))


def verify(kept: str | None, password: str) -> bool:
    """Whether `kept` was made of `password`. Without `kept` (no such identity) the answer is no, and takes as long."""
    global _nobody
    if not _nobody:  # before the question is looked at, so that the first answer of a process tells nothing either
        _nobody = keep("of nobody")
    try:
        right = _hasher.verify(kept or _nobody, _bytes(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None and len(password) <= LONGEST


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # whatever came in can be hashed, and then is wrong
