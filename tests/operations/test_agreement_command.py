"""`gateway agreement` (portal notes 3.1)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from administrator import NEWTOWN, OAK, REAL, Administrator

from gateway import clock
from gateway.store.engine import Store

PUBLISH = ("agreement", "publish", "2026-1", "--title", "User Agreement", "--due", "2026-11-30")


@pytest.fixture
def admin(store: Store, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    made = Administrator(store, monkeypatch)
    made.does(*NEWTOWN)
    made.does(*OAK)
    return made


@pytest.fixture
def text(tmp_path: Path) -> str:
    (tmp_path / "agreement.txt").write_text("Be good.\nAlways.\n")
    return str(tmp_path / "agreement.txt")


def test_publishing(admin: Administrator, text: str) -> None:
    assert admin.lines("agreement", "list") == ["There is no user agreement. Run: gateway agreement publish"]
    assert admin.refused("agreement", "show") == "There is no user agreement. Run: gateway agreement publish"
    assert admin.does(*PUBLISH, "--file", text) == "User agreement 2026-1 is published; 2 organisations have until 2026-11-30 to accept it.\n"
    assert admin.last() == ("ops", "agreement.publish", "2026-1", None, {"title": "User Agreement", "due_on": "2026-11-30"})
    assert admin.lines("agreement", "show") == [
        "Version:   2026-1",
        "Title:     User Agreement",
        "Published: 2026-11-22 09:30",
        "Due:       2026-11-30",
        "",
        "Be good.",
        "Always.",
    ]
    assert admin.json("agreement", "show", "2026-1")["text"] == "Be good.\nAlways.\n"
    assert admin.refused("agreement", "show", "2") == "There is no user agreement 2."
    assert admin.refused(*PUBLISH, "--file", text) == "There is a user agreement 2026-1 already."


def test_a_text_that_cannot_be_published(admin: Administrator, tmp_path: Path) -> None:
    assert admin.refused(*PUBLISH, "--file", str(tmp_path / "none")).endswith("none cannot be read: No such file or directory.")
    (tmp_path / "latin").write_bytes(b"\xe9\xe9")
    assert admin.refused(*PUBLISH, "--file", str(tmp_path / "latin")).endswith("latin is no UTF-8 text.")
    (tmp_path / "empty").write_text(" \n")
    assert "empty" in admin.refused(*PUBLISH, "--file", str(tmp_path / "empty"))
    assert admin.refused(*PUBLISH[:-1], "tomorrow", "--file", str(tmp_path / "empty")) == "'tomorrow' is no date. Write 2027-06-14."


def test_accepting(admin: Administrator, text: str) -> None:
    admin.does(*PUBLISH, "--file", text)
    accept = ("agreement", "accept", "--organisation", "comp001", "--by-user", "Newtown-Admin")
    assert admin.does(*accept) == "COMP001 accepts user agreement 2026-1.\n"
    assert admin.last() == ("ops", "agreement.accept", "2026-1", "COMP001", {"user": "newtown-admin"})
    before = admin.everything()
    assert admin.does(*accept, "2026-1") == "COMP001 had already accepted user agreement 2026-1.\n"
    assert admin.everything() == before
    assert admin.lines("agreement", "list") == [
        "version  title           published         due         not accepted by",
        "2026-1   User Agreement  2026-11-22 09:30  2026-11-30  CR00001",
    ]
    assert admin.json("org", "show", "COMP001")["agreement"]["version"] == "2026-1"
    assert admin.lines("org", "show", "COMP001")[-1] == "Agreement:    2026-1 accepted by newtown-admin on 2026-11-22 09:30"


def test_an_administrator_who_could_not_log_in_cannot_accept(admin: Administrator, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expired, idle or disabled (portal notes 3.3): whoever accepts does so by logging in."""
    admin.does(*PUBLISH, "--file", text)
    accept = ("agreement", "accept", "--organisation", "COMP001", "--by-user", "newtown-admin")
    refusal = "newtown-admin is no enabled user with an administrator's profile, and only such a user can accept the agreement."
    admin.does("user", "expire", "newtown-admin")
    assert admin.refused(*accept) == refusal
    admin.does("user", "extend", "newtown-admin")
    monkeypatch.setattr(clock, "wall", lambda: REAL + timedelta(days=91))
    assert admin.refused(*accept) == refusal
    monkeypatch.setattr(clock, "wall", lambda: REAL + timedelta(days=90))
    admin.does(*accept)


def test_a_newer_version(admin: Administrator, text: str) -> None:
    """It counts for those before; who accepted an older one has not accepted it."""
    admin.does(*PUBLISH, "--file", text)
    admin.does("agreement", "accept", "--organisation", "COMP001", "--by-user", "newtown-admin")
    admin.does("agreement", "publish", "2026-2", *PUBLISH[3:], "--file", "-", given="More.")
    admin.does("agreement", "accept", "--organisation", "CR00001", "--by-user", "oak-admin")
    assert [(one["version"], one["missing"]) for one in admin.json("agreement", "list")] == [("2026-1", []), ("2026-2", ["COMP001"])]
    assert admin.lines("agreement", "list")[1].endswith("nobody")
    assert all("text" not in one for one in admin.json("agreement", "list"))


def test_only_an_administrator_of_the_organisation_accepts(admin: Administrator, text: str) -> None:
    admin.does(*PUBLISH, "--file", text)
    other = admin.refused("agreement", "accept", "--organisation", "COMP001", "--by-user", "oak-admin")
    assert other == "User oak-admin is of CR00001, and can accept the agreement only for that."
    admin.does("user", "profiles", "newtown-admin", "COMP Claim Handler")
    handler = admin.refused("agreement", "accept", "--organisation", "COMP001", "--by-user", "newtown-admin")
    assert "only such a user can accept the agreement" in handler
    assert admin.refused("agreement", "accept", "--organisation", "COMP001", "--by-user", "nobody") == "There is no user nobody."
    assert admin.refused("agreement", "accept", "--organisation", "COMP009", "--by-user", "oak-admin") == "There is no organisation COMP009."
