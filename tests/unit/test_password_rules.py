"""Each rule for passwords at its bound (portal notes 4.6)."""

import pytest

from gateway.domain.passwords import SPECIAL, broken, make, repeated

NAMES = ("acme-a2a", "CR00123", "Acme & Sons", "ab")
GOOD = "Xy3-xxxxxxxx"  # twelve characters


def problems(password: str) -> list[str]:
    return [finding.message for finding in broken(password, NAMES, "newPassword")]


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        GOOD + "x" * 116,  # 128
        "Sandbox-Key-2026!",
        "Ünter-den-Linden-7",  # letters beyond ASCII are letters
        "A Blank Is Good 1.",
        "Word-and-Pass-99",  # both halves, apart
        "pw-d-Pw-d-Pw-d-1",
        "Absolutely-1-fab",  # a name of two letters is in most words
        "Acme-and-Sons-12",  # not the name as it is
    ],
)
def test_good(password: str) -> None:
    assert problems(password) == []


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        (GOOD[:-1], "at least 12 characters are needed"),
        (GOOD + "x" * 117, "at most 128 characters are allowed"),
        ("Xy3xxxxxxxxx", "one of |!\"£$€%&/=?^'*+@°#,;:.-_() is needed"),
        ("Xy3~xxxxxxxx", "one of |!\"£$€%&/=?^'*+@°#,;:.-_() is needed"),
        ("Xyz-xxxxxxxx", "a digit is needed"),
        ("xy3-xxxxxxxx", "an upper case letter is needed"),
        ("XY3-XXXXXXXX", "a lower case letter is needed"),
        ("My-pwd-is-1-Long", "the word password and its abbreviations (pswd, pwd) are not allowed in it"),
        ("My-PSWD-is-1-Long", "the word password and its abbreviations (pswd, pwd) are not allowed in it"),
        ("PassWord-1-Long!", "the word password and its abbreviations (pswd, pwd) are not allowed in it"),
        ("1-ACME-a2a-Known", "the name of the organisation, its id and the user ID are not allowed in it"),
        ("x-cr00123-Y-1234", "the name of the organisation, its id and the user ID are not allowed in it"),
        ("Acme & Sons 1234", "the name of the organisation, its id and the user ID are not allowed in it"),
    ],
)
def test_one_rule_broken(password: str, problem: str) -> None:
    assert problems(password) == [problem]


@pytest.mark.parametrize("character", "|!\"£$€%&/=?^'*+@°#,;:.-_()")
def test_each_special_character_does(character: str) -> None:
    assert problems(f"Xy3{character}xxxxxxxx") == []


def test_there_are_no_others() -> None:
    assert len(SPECIAL) == len(set(SPECIAL)) == 26


def test_an_empty_one_breaks_what_it_can() -> None:
    assert len(problems("")) == 5


def test_a_finding_says_where_and_never_what() -> None:
    (finding,) = broken(GOOD[:-1], NAMES, "newPassword")
    assert str(finding) == "Password: newPassword: at least 12 characters are needed"
    assert str(repeated(5, "newPassword")) == "Password: newPassword: it is one of the last 5 passwords of this account"


def test_made_ones_are_good_and_different() -> None:
    made = {make(NAMES) for _ in range(200)}
    assert len(made) == 200
    assert [one for one in made if problems(one)] == []
