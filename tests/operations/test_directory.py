"""Organisations, branches, users and identities: the demo directory, looking things up, and files that cannot be used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from gateway import clock
from gateway.store import agreements, credentials, directory
from gateway.store import identities as identity_accounts
from gateway.store.directory_file import BadDirectory, read
from gateway.store.engine import Store
from gateway.store.tables import branches, identities, organisations, users
from gateway.store.whereabouts import row_counts

DEMO = Path(__file__).parents[2] / "fixtures" / "directory" / "demo.toml"
PASSWORD = "Sandbox-Key-2026!"


def test_the_demo_directory(seeded_store: Store) -> None:
    with seeded_store.reading() as connection:
        found = {row.id: (row.kind, row.compensator_type, row.rta, row.elpl, row.path) for row in connection.execute(select(organisations))}
        assert found == {
            "CR00001": ("CR", None, True, True, "/CR00001"),
            "CR00002": ("CR", None, True, True, "/CR00002"),
            "COMP001": ("COMP", "I", True, True, "/COMP001"),
            "COMP002": ("COMP", "I", True, True, "/COMP002"),
            "COMP003": ("COMP", "S", True, True, "/COMP003"),
            "COMP900": ("COMP", "M", True, True, "/COMP900"),
        }
        assert {one: [(b.id, b.kind, b.path) for b in directory.branches(connection, one)] for one in found} == {
            "CR00001": [("001", "handling", "/CR00001/001")],
            "CR00002": [("001", "handling", "/CR00002/001")],
            "COMP001": [("001", "central", "/COMP001/001"), ("002", "handling", "/COMP001/002")],
            "COMP002": [("001", "central", "/COMP002/001"), ("002", "handling", "/COMP002/002")],
            "COMP003": [("001", "central", "/COMP003/001")],
            "COMP900": [("001", "central", "/COMP900/001")],
        }
        assert {one: " ".join(user.id for user in directory.users_of(connection, one)) for one in found} == {
            "CR00001": "cr1-admin cr1-handler cr1-leader",
            "CR00002": "cr2-admin cr2-handler cr2-leader",
            "COMP001": "comp1-admin comp1-branch2 comp1-dispatcher comp1-handler comp1-leader",
            "COMP002": "comp2-admin comp2-branch2 comp2-dispatcher comp2-handler comp2-leader",
            "COMP003": "comp3-admin comp3-handler",
            "COMP900": "mib-admin mib-handler",
        }
        assert {row.id: row.organisation_id for row in connection.execute(select(identities))} == {
            "cr1-a2a": "CR00001",
            "cr2-a2a": "CR00002",
            "comp1-a2a": "COMP001",
            "comp2-a2a": "COMP002",
            "comp3-a2a": "COMP003",
            "mib-a2a": "COMP900",
        }
        assert [user.id for user in directory.users_of(connection, "COMP001") if user.branch_id == "002"] == ["comp1-branch2"]
        assert all(row.password_hash.startswith("$argon2id$") for row in connection.execute(select(identities)))


def test_seeding_again_changes_nothing(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        identity_accounts.set_password(connection, "cr1-a2a", "Another-Key-2027!")
        connection.execute(update(organisations).where(organisations.c.id == "COMP001").values(name="Renamed plc", enabled=False))
        before = {table.name: connection.execute(select(table)).all() for table in (organisations, branches, users, identities)}
        assert directory.seed(connection, DEMO) == 0
        assert {table.name: connection.execute(select(table)).all() for table in (organisations, branches, users, identities)} == before


def test_seeding_puts_in_what_is_missing(store: Store) -> None:
    with store.writing() as connection:
        assert directory.seed(connection, DEMO) == 6 + 8 + 20 + 6
        connection.execute(users.delete().where(users.c.id == "cr1-leader"))
        assert directory.seed(connection, DEMO) == 1
        counts = row_counts(connection)
    assert (counts["users"], counts["identities"]) == (20, 6)


def test_lookups(seeded_store: Store) -> None:
    with seeded_store.reading() as connection:
        insurer = directory.organisation(connection, "COMP001")
        assert insurer is not None
        assert insurer == directory.organisation_by_path(connection, "/COMP001")
        assert (insurer.name, insurer.address["city"]) == ("Thistledown Insurance plc", "Westhaven")
        assert insurer.works_in("rta")
        assert insurer.works_in("elpl")
        assert len({insurer, directory.organisation(connection, "COMP001")}) == 1

        branch = directory.branch_by_path(connection, "/COMP001/002")
        assert branch is not None
        assert (branch.organisation_id, branch.id, branch.kind, branch.address["city"]) == ("COMP001", "002", "handling", "Saltmouth")
        central = directory.branch_by_path(connection, "/COMP001/001")
        assert central is not None
        assert central.address == insurer.address

        user = directory.user(connection, "Comp1-BRANCH2")
        assert user is not None
        assert (user.id, user.organisation_id, user.branch_id, user.profiles) == ("comp1-branch2", "COMP001", "002", ("COMP Branch Claim Handler",))
        identity = directory.identity(connection, "CR1-A2A")
        assert identity is not None
        assert (identity.id, identity.organisation_id, identity.password_version, identity.enabled) == ("cr1-a2a", "CR00001", 1, True)
        mib = directory.mib(connection)
        assert mib is not None
        assert mib.id == "COMP900"


@pytest.mark.parametrize("nothing", ["", "nobody", "/", "%", "x" * 5000, "a\0b", "cr1-handler\n", "\ud800", "' OR 1=1 --"])
def test_what_is_not_there(seeded_store: Store, nothing: str) -> None:
    with seeded_store.reading() as connection:
        assert directory.organisation(connection, nothing) is None
        assert directory.organisation_by_path(connection, nothing) is None
        assert directory.branch_by_path(connection, nothing) is None
        assert directory.user(connection, nothing) is None
        assert directory.identity(connection, nothing) is None
        assert directory.branches(connection, nothing) == []
        assert directory.users_of(connection, nothing) == []


def _compensator(id: str, name: str, **more: Any) -> dict[str, Any]:
    common = {"kind": "COMP", "compensator_type": "I", "rta": True, "elpl": True, "enabled": True, "address": {}}
    return {"id": id, "path": f"/{id}", "name": name} | common | more


@pytest.mark.parametrize(
    ("kind", "name", "process", "found"),
    [
        (None, None, "rta", "C1 C2 COMP002 COMP003 COMP900 COMP001 C3"),
        ("", "", "elpl", "C1 C2 COMP002 COMP003 COMP900 COMP001"),
        ("I", None, "elpl", "C1 C2 COMP002 COMP001"),
        ("S", None, "rta", "COMP003"),
        ("M", "bureau", "rta", "COMP900"),
        ("S", "bureau", "rta", ""),
        ("X", None, "rta", ""),
        (None, "INSURANCE", "rta", "COMP002 COMP001"),
        (None, "%", "rta", "C1"),
        (None, "0%_", "rta", "C1"),
        (None, "_", "rta", "C1"),
        (None, "\\", "rta", ""),
        (None, "ÉLAN", "rta", "C3"),
        (None, "straße", "rta", "C2"),
        (None, "STRASSE", "rta", "C2"),
        (None, "disabled", "rta", ""),
        (None, "quillfeather", "rta", ""),  # no compensator
        (None, "x\0", "rta", ""),
    ],
)
def test_search(seeded_store: Store, kind: str | None, name: str | None, process: str, found: str) -> None:
    more = [
        _compensator("C1", "All 100%_sure Ltd"),
        _compensator("C2", "Alte Straße"),
        _compensator("C3", "Zélan élan", elpl=False),
        _compensator("C4", "Disabled Ltd", enabled=False),
    ]
    with seeded_store.writing() as connection:
        connection.execute(insert(organisations), more)
    with seeded_store.reading() as connection:
        assert " ".join(one.id for one in directory.search_compensators(connection, kind, name, process)) == found


def test_without_an_mib(store: Store) -> None:
    with store.reading() as connection:
        assert directory.mib(connection) is None
        assert directory.search_compensators(connection, None, None, "rta") == []


ONE = """
password = "x"
[[organisation]]
id = "COMP001"
name = "One"
kind = "COMP"
compensator_type = "I"
processes = ["rta"]
identities = ["One-A2A"]
address = { city = "A" }
branches = [{ id = "001", name = "Central", kind = "central" }]
users = [{ id = "One-User", name = "A", surname = "B", branch = "001", profiles = ["COMP Claim Handler"] }]
"""


def test_a_file_of_ones_own(tmp_path: Path, store: Store) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(ONE)
    with store.writing() as connection:
        assert directory.seed(connection, file) == 4
        user, identity = directory.user(connection, "one-user"), directory.identity(connection, "one-a2a")
        assert user is not None
        assert identity is not None
    with store.session() as session:
        assert credentials.by_password(session, "rta", "ONE-A2A", "x", "ONE-USER").organisation.elpl is False


def test_the_accounts_of_a_sandbox_are_there_when_they_are_needed(seeded_store: Store) -> None:
    """However old the store is: no user or password of the demo directory expires, and the agreement is accepted."""
    with seeded_store.reading() as connection:
        assert {(row.expires_on, row.used_on) for row in connection.execute(select(users))} == {(None, None)}
        assert {row.password_on for row in connection.execute(select(identities))} == {None}
        (agreement,) = agreements.all_of_them(connection)
        assert {(one.version, one.user_id, one.shut_out) for one in agreements.standings(connection)} == {
            (agreement.version, f"{name}-admin", False) for name in ("cr1", "cr2", "comp1", "comp2", "comp3", "mib")
        }


def test_other_accounts_expire(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two years for a user, from the day on for idle days and the password."""
    monkeypatch.setattr(clock, "wall", lambda: datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    file = tmp_path / "mine.toml"
    file.write_text(ONE)
    with store.writing() as connection:
        directory.seed(connection, file)
        assert [(row.expires_on, row.used_on) for row in connection.execute(select(users))] == [(date(2028, 11, 23), date(2026, 11, 23))]
        assert [row.password_on for row in connection.execute(select(identities))] == [date(2026, 11, 23)]
        assert agreements.all_of_them(connection) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('password = "x"\n', 'password = "x"\npermanent = 1\n', r"permanent is 1; a true or false is needed"),
        ('password = "x"\n', 'password = "x"\nagreement = { version = "1", title = "A" }\n', r"agreement: text is missing"),
        (
            'password = "x"\n',
            'password = "x"\nagreement = { version = "1", title = "A", text = "B" }\n',
            r"\(COMP001\): has no user with an administrator's profile, who could accept the agreement",
        ),
        ('id = "COMP001"\n', "", r"organisation 1: id is missing"),
        ('kind = "COMP"\n', 'kind = "C"\n', r"\(COMP001\): kind is 'C'; allowed: CR, COMP"),
        ('"I"', '"X"', "compensator_type is 'X'; allowed: I, S, M"),
        ('kind = "COMP"\n', 'kind = "CR"\n', r"compensator_type is 'I'; allowed: \(none\)"),
        ('["rta"]', '["rta", "oic"]', "processes is 'oic'; allowed: rta, elpl"),
        ('["rta"]', "[]", r"processes is \[\]; a list of texts is needed"),
        ('name = "One"', 'name = "One"\ncolour = "red"', "colour is not known here; allowed: address, branches"),
        ('name = "One"', "name = 1", "name is 1; a text is needed"),
        ('name = "One"', f'name = "{"x" * 101}"', "name is longer than 100 characters"),
        ('"001", name = "Central"', '"1", name = "Central"', "id is '1'; three digits are needed"),
        ('"001", name = "Central"', '"002", name = "Central"', "has no branch 001"),
        ('kind = "central"', 'kind = "handling"', "only central point"),
        ('branch = "001"', 'branch = "002"', "user 1: branch is '002'; allowed: 001"),
        ('city = "A"', 'town = "A"', "address: town is not known here"),
        ('["COMP Claim Handler"]', "[1]", r"profiles is \[1\]; a list of texts is needed"),
        ('["One-A2A"]', '["One-A2A", "ONE-a2a-x"]\n', None),
        ('["One-A2A"]', '[""]', "'' is no identity"),
        ('password = "x"', "", "has identities, but the file states no password"),
        ("[[organisation]]", "[[organisation", "mine.toml: "),
        ('branches = [{ id = "001", name = "Central", kind = "central" }]', 'branches = ["001"]', "branch 1: a table is needed"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, old: str, new: str, message: str | None) -> None:
    file = tmp_path / "mine.toml"
    assert old in ONE
    file.write_text(ONE.replace(old, new, 1))
    if message is None:
        assert len(read(file)[0].identities) == 2
        return
    with pytest.raises(BadDirectory, match=message):
        read(file)


def test_ids_are_unique(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(ONE + ONE.replace('password = "x"', "").replace('id = "COMP001"', 'id = "COMP002"'))
    with pytest.raises(BadDirectory, match="user one-user occurs more than once"):
        read(file)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadDirectory, match=r"none\.toml"):
        read(tmp_path / "none.toml")
