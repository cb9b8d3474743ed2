"""The insurer index: searching it, its issues, and files that cannot be one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, update

from gateway.clock import Moment
from gateway.store import insurer_index, list_file
from gateway.store.engine import Store
from gateway.store.grid import BadList
from gateway.store.tables import organisations

NOW = Moment(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
HEADER = "MIDInsurerId,MIDInsurerName,MIDContactInsurerId,MIDContactInsurerName,OrganizationId,OrganizationPath,RAPIDInsurerName\n"
ONE = "501,Fernleaf Motor,502,Fernleaf Group,COMP001,/COMP001,Thistledown Insurance plc\n"
TWO = "511,Barley & Hops Fleet,511,Barley & Hops Fleet,COMP002,/COMP002,Copperfen Mutual Insurance Society\n"
MIB = "Motor Insurers' Bureau (sandbox)"


@pytest.fixture
def put(seeded_store: Store, tmp_path: Path) -> object:
    """Makes a text the newest issue."""

    def put(text: str, **more):
        (tmp_path / "index.csv").write_text(text, "utf-8")
        with seeded_store.writing() as connection:
            return insurer_index.replace(connection, list_file.read(tmp_path / "index.csv", insurer_index.LAYOUT), NOW, **more)

    return put


def present(store: Store) -> insurer_index.Index:
    with store.reading() as connection:
        found = insurer_index.newest(connection)
    assert found is not None
    return found


def insurers(store: Store, kind: str | None, name: str) -> list[str]:
    with store.reading() as connection:
        return [one.insurer_id for one in insurer_index.search(connection, kind, name)]


def test_that_of_the_sandbox(seeded_store):
    """Several insurers for each compensator, and the MIB."""
    index = present(seeded_store)
    assert (index.issue.version, index.issue.dated, index.issue.row_count, len(index.entries)) == (1, date(2026, 11, 2), 15, 15)
    assert {entry.organisation_id for entry in index.entries} == {"COMP001", "COMP002", "COMP003", "COMP900"}
    with seeded_store.reading() as connection:
        assert [one.version for one in insurer_index.issues(connection)] == [1]


def test_a_new_issue(seeded_store, put):
    issue, changed = put("RTA A2A Insurer Index\nVersion,7\nDate,2026-11-20\n" + HEADER + ONE + TWO)
    assert changed
    assert issue == insurer_index.Issue(7, date(2026, 11, 20), NOW.utc, 2)
    index = present(seeded_store)
    assert index.issue == issue
    assert index.entries == (
        insurer_index.Entry("501", "Fernleaf Motor", "502", "Fernleaf Group", "COMP001", "/COMP001", "Thistledown Insurance plc"),
        insurer_index.Entry("511", "Barley & Hops Fleet", "511", "Barley & Hops Fleet", "COMP002", "/COMP002", "Copperfen Mutual Insurance Society"),
    )
    assert issue.file_name(".xlsx") == "RTA-A2A-Insurer-Index-v7.xlsx"
    with seeded_store.reading() as connection:
        assert [(one.version, one.row_count) for one in insurer_index.issues(connection)] == [(7, 2), (1, 15)]


def test_a_file_that_states_neither_gets_the_next_number_and_the_date_in_london(put):
    """23:30 UTC in November is 23:30 in London."""
    first, _ = put(HEADER + ONE)
    second, _ = put(HEADER + ONE + TWO)
    assert [(one.version, one.dated) for one in (first, second)] == [(2, date(2026, 11, 23)), (3, date(2026, 11, 23))]


def test_what_is_said_beside_the_file_counts(put):
    issue, _ = put("Version,2\nDate,2026-11-20\n" + HEADER + ONE, version=9, dated=date(2027, 1, 2))
    assert (issue.version, issue.dated) == (9, date(2027, 1, 2))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_exported_is_the_present_issue(seeded_store, put, tmp_path, suffix):
    """Into the same store it changes nothing; into another it makes the same index."""
    put("Version,7\nDate,2026-11-20\n" + HEADER + TWO + ONE)
    before = present(seeded_store)
    path = tmp_path / f"out{suffix}"
    list_file.save(path, insurer_index.LAYOUT, before.lines())
    later = Moment(datetime(2027, 1, 1, tzinfo=UTC))
    with seeded_store.writing() as connection:
        again = insurer_index.replace(connection, list_file.read(path, insurer_index.LAYOUT), later)
    assert again == (before.issue, False)
    assert present(seeded_store) == before
    with seeded_store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM insurer_index")
        connection.exec_driver_sql("DELETE FROM insurer_index_issues")
        issue, changed = insurer_index.replace(connection, list_file.read(path, insurer_index.LAYOUT), later)
    assert (changed, issue.version, issue.dated, issue.row_count) == (True, 7, date(2026, 11, 20), 2)
    assert present(seeded_store).entries == before.entries


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Version,7\nDate,2026-11-20\n" + HEADER + ONE, 7),  # rows have changed
        ("Version,7\nDate,2026-11-21\n" + HEADER + ONE + TWO, 7),  # the date has
        ("Version,7\n" + HEADER + ONE + TWO, 7),
        ("Version,6\nDate,2026-11-20\n" + HEADER + ONE + TWO, 6),
    ],
)
def test_a_number_that_was_there_already(seeded_store, put, tmp_path, text, version):
    put("Version,7\nDate,2026-11-20\n" + HEADER + ONE + TWO)
    before = present(seeded_store)
    with pytest.raises(BadList) as bad:
        put(text)
    assert bad.value.problems == (
        f"{tmp_path}/index.csv:1: Version is {version}, but 7 is there with other rows or another date; a higher number is needed, or none.",
    )
    assert present(seeded_store) == before


def test_everything_wrong_is_told_at_once_and_nothing_changed(seeded_store, put, tmp_path):
    before = present(seeded_store)
    with seeded_store.writing() as connection:
        more = {"kind": "COMP", "compensator_type": "I", "address": {}}
        connection.execute(
            insert(organisations),
            [
                {"id": "COMP004", "path": "/COMP004", "name": "Gone Ltd", "rta": True, "elpl": True, "enabled": False, **more},
                {"id": "COMP005", "path": "/COMP005", "name": "Works Ltd", "rta": False, "elpl": True, "enabled": True, **more},
            ],
        )
    rows = [
        ONE,
        "503,Oak,502,Fernleaf Group,COMP099,/COMP099,Nobody\n",
        "503,Elm,502,Fernleaf Group,CR00001,/CR00001,Quillfeather Injury Law LLP\n",
        "503,Ash,502,Fernleaf Group,COMP004,/COMP004,Gone Ltd\n",
        "503,Yew,502,Fernleaf Group,COMP005,/COMP005,Works Ltd\n",
        "503,Fir,502,Fernleaf Group,COMP001,/COMP002,Thistledown Insurance plc\n",
        "503,Box,502,Fernleaf Group,COMP001,/COMP001,Copperfen Mutual Insurance Society\n",
        "503,FERNLEAF  motor,502,fernleaf group,COMP002,/COMP002,Copperfen Mutual Insurance Society\n",
        ",Bay,502,Fernleaf Group,COMP001,/COMP001,Thistledown Insurance plc\n",
        f"503,{'x' * 101},502,Fernleaf Group,COMP001,/COMP001,Thistledown Insurance plc\n",
        "503,Fernleaf Motor,503,Another contact,COMP001,/COMP001,Thistledown Insurance plc\n",  # that is allowed
    ]
    with pytest.raises(BadList) as bad:
        put("Version,x\n" + HEADER + "".join(rows))
    needed = "the id of an enabled compensator is needed"
    assert [one.removeprefix(f"{tmp_path}/index.csv:") for one in bad.value.problems] == [
        "1: Version is 'x'; a whole number from 1 is needed.",
        f"4: OrganizationId is 'COMP099', no organisation of the directory; {needed}.",
        f"5: OrganizationId is 'CR00001', no compensator; {needed}.",
        f"6: OrganizationId is 'COMP004', which is disabled; {needed}.",
        f"7: OrganizationId is 'COMP005', which is not registered for RTA claims; {needed}.",
        "8: OrganizationPath is '/COMP002'; for COMP001 '/COMP001' is needed.",
        "9: RAPIDInsurerName is 'Copperfen Mutual Insurance Society'; for COMP001 'Thistledown Insurance plc' is needed.",
        "10: MIDInsurerName names the same insurer and contact as line 3; each may come once.",
        "11: MIDInsurerId is blank; a text of up to 50 characters is needed.",
        "12: MIDInsurerName has 101 characters; up to 100 are allowed.",
    ]
    assert present(seeded_store) == before


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        (None, "", ["511", "501", "900", "520"]),  # by insurer: Barley, Fernleaf, Motor, Zebra
        ("I", "", ["511", "501"]),
        ("M", "", ["900"]),
        ("S", "", ["520"]),
        (None, "FERNLEAF MOTOR", ["501"]),  # the insurer's name
        (None, "leaf  group", ["501"]),  # the contact's
        (None, "copperfen", ["511"]),  # the organisation's
        ("I", "vale", []),
        ("S", "vale", ["520"]),
        (None, "COMP001", []),
        (None, "501", []),
        (None, "%", []),
        (None, "bureau", ["900"]),
        (None, "insurers’ bureau", ["900"]),
        (None, "x\0", []),
        (None, "\ud800", []),
        (None, "x" * 100_000, []),
        (None, "motor fernleaf", []),  # the end of one name and the beginning of another
        (None, "motor\nfernleaf", []),
        (None, "_", []),
        (None, "\\", []),
    ],
)
def test_search(seeded_store, put, kind, name, found):
    put(
        HEADER
        + ONE
        + TWO
        + f"900,Motor Insurers' Bureau,900,Motor Insurers' Bureau,COMP900,/COMP900,{MIB}\n"
        + "520,Zebra Buses,520,Zebra Buses,COMP003,/COMP003,Larkspur Vale Borough Council\n"
    )
    assert insurers(seeded_store, kind, name) == found


def test_a_compensator_that_takes_no_rta_claims_any_more_is_not_found(seeded_store, put):
    """The issue still has the row, for it was published so."""
    put(HEADER + ONE + TWO)
    with seeded_store.writing() as connection:
        connection.execute(update(organisations).where(organisations.c.id == "COMP001").values(enabled=False))
        connection.execute(update(organisations).where(organisations.c.id == "COMP002").values(rta=False))
    assert insurers(seeded_store, None, "") == []
    assert len(present(seeded_store).entries) == 2


def test_names_and_paths_are_those_of_the_directory(seeded_store, put):
    put(HEADER + ONE)
    with seeded_store.writing() as connection:
        connection.execute(update(organisations).where(organisations.c.id == "COMP001").values(name="Renamed plc"))
    assert insurers(seeded_store, None, "renamed") == ["501"]
    assert insurers(seeded_store, None, "thistledown") == []


def test_two_issues_at_the_same_time(seeded_store, tmp_path):
    """Each gets a number of its own, and the rows are those of the last."""
    files = []
    for number in range(4):
        path = tmp_path / f"{number}.csv"
        path.write_text(HEADER + "".join(f"{number},I{row},{number},C,COMP001,/COMP001,Thistledown Insurance plc\n" for row in range(number + 1)))
        files.append(list_file.read(path, insurer_index.LAYOUT))
    barrier, done = Barrier(len(files)), []

    def put(file):
        barrier.wait(10)
        with seeded_store.writing() as connection:
            done.append(insurer_index.replace(connection, file, NOW)[0])

    threads = [Thread(target=put, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(issue.version for issue in done) == [2, 3, 4, 5]
    index = present(seeded_store)
    (last,) = [issue for issue in done if issue.version == 5]
    assert index.issue == last
    assert len(index.entries) == last.row_count
    assert {entry.insurer_id for entry in index.entries} == {str(last.row_count - 1)}


def test_without_an_index(store):
    with store.reading() as connection:
        assert insurer_index.newest(connection) is None
        assert insurer_index.issues(connection) == []
        assert insurer_index.search(connection, None, "") == []


def test_seeding_leaves_alone_what_is_there(seeded_store, put, tmp_path):
    put(HEADER + ONE)
    before = present(seeded_store)
    with seeded_store.writing() as connection:
        assert insurer_index.seed(connection, tmp_path / "none.csv", NOW) == 0
    assert present(seeded_store) == before


def test_a_file_with_very_many_wrong_ids(seeded_store, put):
    """More than a statement may have parameters."""
    rows = 40_000
    with pytest.raises(BadList) as bad:
        put(HEADER + "".join(f"{number},I{number},1,C,X{number},/X{number},N\n" for number in range(rows)))
    assert len(bad.value.problems) == rows
