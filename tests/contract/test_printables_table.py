"""The printable documents of the table against lists written by hand from process notes 7; and what a table may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.contract.load import TABLES, BadTable, contract
from gateway.contract.printables import CLAIM_TYPES, load, printables
from gateway.documents.kinds import MAKERS

TABLE = printables()
COMMON = {
    "T1": ("cnf", "defendant-only-cnf"),
    "T10": ("cnf",),
    **dict.fromkeys(("T15", "T16", "T17", "T18"), ("cnf-with-response",)),
    **dict.fromkeys(("T33", "T34", "T35"), ("interim-settlement-pack",)),
    **dict.fromkeys(("T60", "T61", "T62", "T63", "T74", "T75", "T76", "T77", "T78", "T80", "T83", "T84"), ("settlement-pack",)),
    **dict.fromkeys(("T120", "T121"), ("court-pack",)),
}
MADE = {"elpl": COMMON, "rta": COMMON | dict.fromkeys(("T102", "T103", "T104", "T110", "T111"), ("additional-damages-pack",))}
FORMS = {
    "cnf": "RTA1 EL1 ELD1 PL1",
    "defendant-only-cnf": "RTA2 EL2 ELD2 PL2",
    "cnf-with-response": "RTA1 EL1 ELD1 PL1",
    "interim-settlement-pack": "RTA4 EPL4 EPL4 EPL4",
    "settlement-pack": "RTA5 EPL5 EPL5 EPL5",
    "additional-damages-pack": "RTA5",
    "court-pack": "RTA6 EPL6 EPL6 EPL6",
}
GOOD = 'title = "A form"\nforms = { RTA = "RTA9" }\nrows = ["T1"]\nonly = "rta"\nbasis = "U"\n'


@pytest.mark.parametrize("process", MADE)
def test_what_each_step_makes(process: str) -> None:
    """All other steps make none."""
    rows = {move.row for operation in contract().operations.values() for move in operation.moves if process in move.processes}
    made = {row: tuple(kind.key for kind in TABLE.of_row(process, row)) for row in rows}
    assert {row: keys for row, keys in made.items() if keys} == MADE[process]
    assert {clock.row for clock in contract().clocks.values()}.isdisjoint(MADE[process])


def test_the_numbers_of_the_forms() -> None:
    assert {key: " ".join(kind.forms.values()) for key, kind in TABLE.all.items()} == FORMS


def test_each_kind_has_a_maker() -> None:
    assert MAKERS.keys() == TABLE.all.keys()


def test_claim_types_are_those_of_the_schemas() -> None:
    """EL/PL names its types in the form; in RTA there is one."""
    assert CLAIM_TYPES == {"rta": ("RTA",), "elpl": ("EL", "ELD", "PL")}


def test_a_good_table(tmp_path: Path) -> None:
    assert list(_load(tmp_path, GOOD).all) == ["form"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("title", "titel"), "title is missing"),
        (GOOD + 'colour = "red"\n', "nobody knows colour"),
        (GOOD.replace('"T1"', '"T1", "T1"'), "says something twice"),
        (GOOD.replace('"T1"', ""), "nothing makes it"),
        (GOOD.replace("T1", "T999"), "rows has T999, which nobody knows"),
        (GOOD.replace("T1", "T19"), "rows has T19, which nobody knows"),
        (GOOD.replace("T1", "T2"), "rows has T2, which its process does not have"),
        (GOOD.replace("RTA =", "EL ="), "forms must be told for RTA, in this order"),
        (GOOD.replace('only = "rta"\n', ""), "forms must be told for RTA, EL, ELD, PL"),
        (GOOD.replace("RTA9", "RTA 9/1"), "a form is letters and digits"),
        (GOOD.replace("rta", "oic"), "only is 'oic'"),
    ],
)
def test_a_bad_table(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(BadTable, match=said) as caught:
        _load(tmp_path, wrong)
    assert "documents.toml [form]" in str(caught.value)


def test_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "documents.toml").write_text("# nothing\n")
    with pytest.raises(BadTable, match="there is no document in it"):
        load(tmp_path / "documents.toml", contract())


def test_the_table_says_what_it_knows_from_where() -> None:
    assert {kind.key for kind in TABLE.all.values() if "U" not in kind.basis.split(":")[0] and kind.basis.startswith("S")} == TABLE.all.keys()
    assert (TABLES / "documents.toml").read_text(encoding="utf-8").count("basis = ") == len(TABLE.all)


def _load(folder: Path, text: str):
    path = folder / "documents.toml"
    path.write_text(f"[form]\n{text}")
    return load(path, contract())
