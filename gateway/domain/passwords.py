"""What a password must be like (portal notes 4.6, in force for A2A accounts since 17 January 2023)."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Iterator

from gateway.errors import Finding

SHORTEST = 12
LONGEST = 128
"""U; no longest is known. Hashing megabytes would be a gift to whoever sends them."""
SPECIAL = "|!\"£$€%&/=?^'*+@°#,;:.-_()"
FORBIDDEN = ("password", "pswd", "pwd")
"""S: no abbreviation of the word, of which two are named; I: nor the word itself."""
SHORTEST_NAME = 3
"""I: a name of one or two characters is in most passwords by accident."""

_MADE_OF = string.ascii_letters + string.digits + "!%=?*+@#:.-_"
_MADE_LENGTH = 20


def broken(password: str, names: Iterable[str], at: str) -> list[Finding]:
    """Every rule that the password breaks; none of the texts shows anything of it. `names` may not be part of it: of the organisation and the account.

    `at` is the element it came in.
    """
    return [Finding("Password", at, problem) for problem in _problems(password, names)]


def _problems(password: str, names: Iterable[str]) -> Iterator[str]:
    if len(password) < SHORTEST:
        yield f"at least {SHORTEST} characters are needed"
    if len(password) > LONGEST:
        yield f"at most {LONGEST} characters are allowed"
    if not any(character in SPECIAL for character in password):
        yield f"one of {SPECIAL} is needed"
    if not any(character.isdecimal() for character in password):
        yield "a digit is needed"
    if not any(character.isupper() for character in password):
        yield "an upper case letter is needed"
    if not any(character.islower() for character in password):
        yield "a lower case letter is needed"
    folded = password.casefold()
    if any(word in folded for word in FORBIDDEN):
        yield "the word password and its abbreviations (pswd, pwd) are not allowed in it"
    if any(name.casefold() in folded for name in names if len(name) >= SHORTEST_NAME):
        yield "the name of the organisation, its id and the user ID are not allowed in it"


def repeated(number: int, at: str) -> Finding:
    """It is one of so many previous ones."""
    return Finding(
        "Password", at, f"it is one of the last {number} passwords of this account" if number > 1 else "it is the password of this account"
    )


def make(names: Iterable[str]) -> str:
    """A random password that breaks no rule."""
    names = tuple(names)
    while True:
        made = "".join(secrets.choice(_MADE_OF) for _ in range(_MADE_LENGTH))
        if not broken(made, names, ""):
            return made
