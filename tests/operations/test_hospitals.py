"""The list of hospitals: searching it, and putting another in its place."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest

from gateway.store import hospitals, list_file
from gateway.store.engine import Store
from gateway.store.grid import BadList
from gateway.store.hospitals import Hospital

HEADER = "name,addressLine1,addressLine2,addressLine3,addressLine4,postCode\n"
MIDSHIRE = "Northbridge Royal Infirmary,Infirmary Road,Northbridge,Midshire,,ZZ99 1NA\n"
OTHERS = 'St Osyth’s Hospital,"Priory Street, North",,,,zz991nd\nYsbyty Môr Glas,,,,,ZZ9 7LB\n100% Care_Home,,,,,Z9Z 9ZZ\n'


@pytest.fixture
def put(store: Store, tmp_path: Path) -> object:
    """Makes a text the store's list of hospitals."""

    def put(text: str) -> int:
        (tmp_path / "hospitals.csv").write_text(text, "utf-8")
        with store.writing() as connection:
            return hospitals.replace(connection, list_file.read(tmp_path / "hospitals.csv", hospitals.LAYOUT))

    return put


def names(store: Store, name: str = "", post_code: str = "") -> list[str]:
    with store.reading() as connection:
        return [one.name for one in hospitals.search(connection, name, post_code)]


def test_what_is_kept(store, put):
    assert put(HEADER + MIDSHIRE + OTHERS) == 4
    with store.reading() as connection:
        assert hospitals.search(connection) == [  # by name
            Hospital("100% Care_Home", ("", "", "", ""), "Z9Z 9ZZ"),
            Hospital("Northbridge Royal Infirmary", ("Infirmary Road", "Northbridge", "Midshire", ""), "ZZ99 1NA"),
            Hospital("St Osyth’s Hospital", ("Priory Street, North", "", "", ""), "ZZ99 1ND"),
            Hospital("Ysbyty Môr Glas", ("", "", "", ""), "ZZ9 7LB"),
        ]


@pytest.mark.parametrize(
    ("name", "post_code", "found"),
    [
        ("", "", ["100% Care_Home", "Northbridge Royal Infirmary", "St Osyth’s Hospital", "Ysbyty Môr Glas"]),
        ("ROYAL", "", ["Northbridge Royal Infirmary"]),
        ("  royal   infirmary ", "", ["Northbridge Royal Infirmary"]),
        ("st osyth's", "", ["St Osyth’s Hospital"]),
        ("MÔR", "", ["Ysbyty Môr Glas"]),
        ("%", "", ["100% Care_Home"]),
        ("_", "", ["100% Care_Home"]),
        ("priory", "", []),  # of the address
        ("", "zz99", ["Northbridge Royal Infirmary", "St Osyth’s Hospital"]),
        ("", "ZZ9 9 1n", ["Northbridge Royal Infirmary", "St Osyth’s Hospital"]),
        ("", "zz991nd", ["St Osyth’s Hospital"]),
        ("", "9 1NA", []),  # not the beginning
        ("", "ZZ99 1NA 0", []),
        ("hospital", "ZZ99", ["St Osyth’s Hospital"]),
        ("hospital", "ZZ99 1NA", []),
        ("x\0", "\ud800", []),
    ],
)
def test_search(store, put, name, post_code, found):
    put(HEADER + MIDSHIRE + OTHERS)
    assert names(store, name, post_code) == found


def test_the_new_list_takes_the_place_of_the_old_one(store, put):
    put(HEADER + MIDSHIRE + OTHERS)
    assert put(HEADER + "Sedge Fen,,,,,ZZ99 2ED\n") == 1
    assert names(store) == ["Sedge Fen"]


def test_a_bad_list_changes_nothing(store, put, tmp_path):
    put(HEADER + MIDSHIRE)
    rows = [
        "Sedge Fen,,,,,ZZ99 2ED",
        ",,,,,ZZ99 2ED",
        "Wren,,,,,",
        "Tit,,,,,ZZ99",
        "Tit,,,,,12345678",
        "SEDGE  FEN,x,,,,zz992ed",
        "Sedge Fen,,,,,ZZ99 2EE",
        f"{'x' * 101},,,,,ZZ99 2ED",
        "Kite,,,,,ZZ99  2ED1",
    ]
    with pytest.raises(BadList) as bad:
        put(HEADER + "\n".join(rows))
    assert [one.removeprefix(f"{tmp_path}/hospitals.csv:") for one in bad.value.problems] == [
        "3: name is blank; a text of up to 100 characters is needed.",
        "4: postCode is blank; a text of up to 8 characters is needed.",
        "5: postCode is 'ZZ99'; a postcode like ZZ99 1AA is needed.",
        "6: postCode is '12345678'; a postcode like ZZ99 1AA is needed.",
        "7: name is the same, with the same postcode, as in line 2; each hospital may come once.",
        "9: name has 101 characters; up to 100 are allowed.",
        "10: postCode has 9 characters; up to 8 are allowed.",
    ]
    assert names(store) == ["Northbridge Royal Infirmary"]


def test_what_is_written_is_what_is_there(store, put, tmp_path):
    put(HEADER + MIDSHIRE + OTHERS)
    with store.reading() as connection:
        before = hospitals.search(connection)
    for name in ("out.csv", "out.xlsx"):
        list_file.save(tmp_path / name, hospitals.LAYOUT, hospitals.lines(before))
        with store.writing() as connection:
            hospitals.replace(connection, list_file.read(tmp_path / name, hospitals.LAYOUT))
            assert hospitals.search(connection) == before


def test_two_lists_at_the_same_time(store, tmp_path):
    """One of them is there in the end, and not a mixture."""
    files = []
    for letter in "abcd":
        path = tmp_path / f"{letter}.csv"
        path.write_text(HEADER + "".join(f"{letter}{number},,,,,ZZ99 1AA\n" for number in range(50)))
        files.append(list_file.read(path, hospitals.LAYOUT))
    barrier, done = Barrier(len(files)), []

    def put(file):
        barrier.wait(10)
        with store.writing() as connection:
            done.append(hospitals.replace(connection, file))

    threads = [Thread(target=put, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == [50] * 4
    found = names(store)
    assert len(found) == 50
    assert len({name[0] for name in found}) == 1


def test_those_of_the_sandbox(seeded_store):
    with seeded_store.reading() as connection:
        found = hospitals.search(connection)
    assert len(found) == 40
    assert all(one.post_code.startswith("ZZ99 ") for one in found)  # no postcode area: nobody's hospital


def test_seeding_leaves_alone_what_is_there(store, put, tmp_path):
    put(HEADER + MIDSHIRE)
    (tmp_path / "more.csv").write_text(HEADER + "Sedge Fen,,,,,ZZ99 2ED\n")
    with store.writing() as connection:
        assert hospitals.seed(connection, tmp_path / "more.csv") == 0
    assert names(store) == ["Northbridge Royal Infirmary"]
