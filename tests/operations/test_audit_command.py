"""`gateway audit`, and what comes into the log over the wire (portal notes 3.3, 3.7)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from administrator import NEWTOWN, OAK, REAL, Administrator

from gateway import clock
from gateway.store import audit, credentials, identities
from gateway.store.admission import BadLogin, BadUser, Locked
from gateway.store.engine import Store

PASSWORD = "Sandbox-Key-2026!"
FRESH = "Another-Key-2027!"


@pytest.fixture
def admin(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(seeded_store, monkeypatch)


def _log_in(store: Store, identity: str = "comp1-a2a", password: str = PASSWORD, as_user: str = "comp1-handler") -> None:
    with store.session() as session:
        credentials.by_password(session, "rta", identity, password, as_user)


def test_as_a_table(admin: Administrator) -> None:
    assert admin.lines("audit") == ["Nothing was changed."]
    admin.does("org", "disable", "COMP001", "--by", "Jo Fern")
    admin.does("user", "profiles", "cr1-handler", "CR RTA Team Leader", "--by", "early")
    admin.does("user", "profiles", "cr1-handler", "CR Administrator")
    assert [line for line in admin.lines("audit") if "early" not in line] == [
        "when                 who      what           subject      detail",
        "2026-11-22 09:30:00  Jo Fern  org.disable    COMP001      enabled yes → no",
        "2026-11-22 09:30:00  ops      user.profiles  cr1-handler  profiles CR RTA Team Leader → CR Administrator",
    ]


def test_as_lines_of_json(admin: Administrator) -> None:
    admin.does("org", "disable", "COMP001")
    admin.does("software-house", "add", "Casework")
    lines = [json.loads(line) for line in admin.lines("audit", "--json")]
    assert lines[0].pop("id") < lines[1].pop("id")
    assert lines == [
        {
            "at": "2026-11-22T09:30:00+00:00",
            "who": "ops",
            "what": "org.disable",
            "subject": "COMP001",
            "organisation_id": "COMP001",
            "detail": {"enabled": {"from": True, "to": False}},
        },
        {
            "at": "2026-11-22T09:30:00+00:00",
            "who": "ops",
            "what": "software-house.add",
            "subject": "SH0001",
            "organisation_id": None,
            "detail": {"name": "Casework"},
        },
    ]


def test_asking_for_some(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days and times are those of London, which in June is an hour ahead of UTC."""
    done = [
        (datetime(2027, 6, 13, 22, 59, tzinfo=UTC), ("user", "disable", "cr1-handler")),
        (datetime(2027, 6, 13, 23, 0, tzinfo=UTC), ("user", "enable", "cr1-handler", "--by", "Jo")),
        (datetime(2027, 6, 14, 22, 59, tzinfo=UTC), ("branch", "disable", "COMP001", "002")),
        (datetime(2027, 6, 14, 23, 0, tzinfo=UTC), ("software-house", "add", "User House")),
    ]
    for at, words in done:
        monkeypatch.setattr(clock, "wall", lambda at=at: at)
        admin.does(*words)
    off, on, branch, house = "user.disable", "user.enable", "branch.disable", "software-house.add"
    for words, expected in {
        (): [off, on, branch, house],
        ("--since", "2027-06-14"): [on, branch, house],
        ("--until", "2027-06-14"): [off, on, branch],
        ("--since", "2027-06-14", "--until", "2027-06-14"): [on, branch],
        ("--since", "2027-06-14T00:01"): [branch, house],
        ("--until", "2027-06-14T00:00"): [off],
        ("--who", "Jo"): [on],
        ("--what", "user"): [off, on],
        ("--what", "user.enable"): [on],
        ("--what", "use"): [],
        ("--what", "%"): [],
        ("--subject", "cr1-handler"): [off, on],
        ("--subject", "/COMP001/002"): [branch],
        ("--organisation", "comp001"): [branch],
        ("--limit", "2"): [branch, house],
        ("--limit", "1", "--what", "user"): [on],
    }.items():
        assert [json.loads(line)["what"] for line in admin.lines("audit", "--json", *words)] == expected, words
    assert admin.refused("audit", "--since", "yesterday") == "'yesterday' is no date and time. Write 2027-01-04T09:00 (London time)."


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "--who", "\udcff"),
        ("audit", "--subject", "\udcff"),
        ("user", "show", "\udcff"),
        ("org", "show", "\udcff"),
        ("software-house", "add", "\udcff"),
        ("user", "disable", "cr1-handler", "--by", "\udcff"),
    ],
    ids=" ".join,
)
def test_what_is_no_text(admin: Administrator, words: tuple[str, ...]) -> None:
    """Bytes that are no UTF-8 come so from the operating system."""
    before = admin.everything()
    refused = admin.types(*words)
    assert refused.exit_code == 2 or (words[0] == "audit" and refused.stdout == "Nothing was changed.\n"), refused.exception
    assert admin.everything() == before


def test_without_the_change_there_is_no_entry(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    """And without the entry no change: both are of one transaction."""
    before = admin.everything()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(audit, "write", broken)
        for words in (NEWTOWN, OAK, ("user", "disable", "cr1-handler"), ("identity", "reset", "cr1-a2a")):
            assert admin.types(*words).exit_code == 1
    assert admin.everything() == before


def test_a_password_changed_over_the_wire(admin: Administrator) -> None:
    with admin.store.session() as session:
        credentials.change_password(session, "rta", "Comp1-A2A", PASSWORD, FRESH)
        assert admin.log() == []  # not yet: it is kept together with the password
        session.commit()
    assert admin.log() == [("comp1-a2a", "identity.change-password", "comp1-a2a", "COMP001", {})]


def test_an_account_that_is_locked(admin: Administrator) -> None:
    """Once, at the fifth wrong password."""
    for number in range(1, 7):
        with pytest.raises(BadLogin if number <= 5 else Locked):
            _log_in(admin.store, password="wrong")
        assert len(admin.log()) == (number >= 5)
    assert admin.log() == [("gateway", "identity.lock", "comp1-a2a", "COMP001", {"reason": "too many wrong passwords in a row"})]
    with admin.store.reading() as connection:
        assert identities.by_id(connection, "comp1-a2a").locked_at == REAL


def test_names_of_nobody_are_not_logged_and_take_the_same_statements(admin: Administrator, statements: list[str]) -> None:
    sent = {}
    for name in ("comp1-a2a", "nobody"):
        for _ in range(5):
            statements.clear()
            with pytest.raises(BadLogin):
                _log_in(admin.store, name, "wrong")
        sent[name] = list(statements)
    assert sent["nobody"] == sent["comp1-a2a"]
    assert [subject for _, _, subject, _, _ in admin.log()] == ["comp1-a2a"]


@pytest.mark.parametrize(("more", "days", "reason"), [((), 91, "idle"), (("--until", "2026-11-30"), 9, "expired")])
def test_a_user_whom_the_gateway_disables(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], days: int, reason: str
) -> None:
    """At the first log-in after 90 days without use, or after the last day; once."""
    admin.does("user", "add", "jsmith", "COMP001", "--name", "Jane", "--surname", "Smith", "--profile", "COMP Claim Handler", *more)
    later = REAL + timedelta(days=days)
    monkeypatch.setattr(clock, "wall", lambda: later)
    for _ in range(2):
        with pytest.raises(BadUser):
            _log_in(admin.store, as_user="jsmith")
    with admin.store.reading() as connection:
        found = audit.entries(connection, what="user.lapse")
    assert [(one.at, one.who, one.subject, one.organisation_id, one.detail) for one in found] == [
        (later, "gateway", "jsmith", "COMP001", {"reason": reason})
    ]
