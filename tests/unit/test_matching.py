"""What a search of a directory passes over."""

import pytest

from gateway.domain.matching import folded, squeezed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thistledown", "THISTLEDOWN"),
        ("  Copperfen \t Mutual\u00a0Insurance ", "copperfen mutual insurance"),
        ("Insurers\u2019 Bureau", "insurers' bureau"),
        ("\u00c9lan", "e\u0301lan"),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("Elan", "\u00c9lan"), ("St Petroc", "St. Petroc"), ("Northbridge", "North bridge")])
def test_not_the_same(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_postcodes() -> None:
    assert squeezed(" zz99 1\u00a0na") == "ZZ991NA"
    assert squeezed("") == ""
