"""Every command that changes something says so in the audit log, under its own name and that of whoever gave it (portal notes 3.7)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from administrator import NEWTOWN, Administrator
from claim_rows import add_claim
from sqlalchemy import update
from typer.main import get_command

from gateway import clock
from gateway.__main__ import app
from gateway.store import audit
from gateway.store.engine import Store
from gateway.store.tables import identities

JANE = ("COMP001", "--name", "Jane", "--surname", "Smith", "--profile", "COMP Advanced user - delete claims")
FILES = {"index import": "index.csv", "hospitals import": "hospitals.csv"}
LONG_AGO = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

ANOTHER = """[[organisation]]
id = "COMP777"
name = "Another"
kind = "COMP"
compensator_type = "I"
processes = ["rta"]
address = { city = "Elsewhere" }
branches = [{ id = "001", name = "Central", kind = "central" }]
"""

# In an order in which each has something to do. {claim}: one of COMP001's; {folder}: one for files.
CHANGES: dict[str, tuple[str, ...]] = {
    "db seed": ("--directory", "{folder}/another.toml"),
    "org register": NEWTOWN[2:],
    "org disable": ("CR00002",),
    "org enable": ("CR00002",),
    "org address": ("CR00002", "--address", "city=Elsewhere"),
    "org claim-types": ("CR00002", "rta"),
    "branch add": ("COMP003", "Quay"),
    "branch edit": ("COMP003", "002", "--name", "Harbour"),
    "branch disable": ("COMP003", "002"),
    "branch enable": ("COMP003", "002"),
    "user add": ("jsmith", *JANE),
    "user edit": ("jsmith", "--branch", "002"),
    "user profiles": ("comp3-handler", "COMP Branch Claim Handler"),
    "user disable": ("comp3-handler",),
    "user enable": ("comp3-handler",),
    "user expire": ("comp3-handler",),
    "user extend": ("comp3-handler",),
    "software-house add": ("Casework",),
    "software-house disable": ("SH0001",),
    "software-house enable": ("SH0001",),
    "identity add": ("pilot", "COMP001"),
    "identity disable": ("pilot",),
    "identity enable": ("pilot",),
    "identity suspend": ("pilot",),
    "identity unsuspend": ("pilot",),
    "identity release": ("pilot",),
    "identity reset": ("pilot",),
    "identity dates": ("pilot", "--until", "2027-06-14"),
    "identity edit": ("pilot", "--services", "rta"),
    "agreement publish": ("2027-1", "--title", "Agreement", "--due", "2027-06-14", "--file", "-"),
    "agreement accept": ("--organisation", "COMP001", "--by-user", "comp1-admin"),
    "limits set": ("pilot", "--calls-per-minute", "5"),
    "limits clear": ("pilot",),
    "limits kill": ("pilot",),
    "limits unkill": ("pilot",),
    "maintenance plan": ("2027-01-04T20:00", "2027-01-04T22:00"),
    "maintenance start": ("--for", "30m"),
    "maintenance end": (),
    "index import": ("{folder}/index.csv", "--version", "2"),
    "hospitals import": ("{folder}/hospitals.csv",),
    "calendar add": ("2027-06-14",),
    "calendar remove": ("2027-06-14",),
    "claim delete": ("{claim}", "--user", "jsmith", "--yes"),
    "transfer": ("COMP001", "COMP002", "--do"),
    "retention run": ("--do",),
    "clock advance": ("1d",),
    "clock set": ("2027-01-04",),
    "clock reset": (),
}
NAMED_OTHERWISE = {"transfer": "claim.transfer"}
# They make and keep the store itself, run what is done unasked, or write nothing into it.
UNASKED = {"serve", "jobs run", "jobs serve", "db upgrade", "db backup", "db restore"}
LOOKS = {
    *("top", "validate", "audit", "archive export", "maintenance list", "db show", "db check", "config show", "config check"),
    *("contract coverage", "contract render", "contract show", "contract phase", "hospitals export", "index export", "claim history"),
}


def _leaves(command: Any, path: str = "") -> dict[str, Any]:
    below = getattr(command, "commands", None)
    if below is None:
        return {path: command}
    return {name: leaf for word, one in below.items() for name, leaf in _leaves(one, f"{path} {word}".strip()).items()}


def test_a_command_that_asks_who_is_one_that_changes_something() -> None:
    leaves = _leaves(get_command(app))
    assert {name for name, one in leaves.items() if any("--by" in parameter.opts for parameter in one.params)} == CHANGES.keys()
    rest = leaves.keys() - CHANGES.keys() - UNASKED - LOOKS
    assert {name for name in rest if name.split()[-1] not in ("list", "show")} == set()


def test_each_is_in_the_log(seeded_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    admin = Administrator(seeded_store, monkeypatch)
    monkeypatch.setenv("GATEWAY_SANDBOX", "on")
    for name, file in FILES.items():
        admin.does(name.split()[0], "export", str(tmp_path / file))
    (tmp_path / "another.toml").write_text(ANOTHER)
    with seeded_store.writing() as connection:
        deleted = add_claim(connection)
        add_claim(connection)
        add_claim(connection, phase="ExitProcessEnd", running=None, acts=None, ended=True, updated_at=LONG_AGO)
    for name, words in CHANGES.items():
        with seeded_store.writing() as connection:
            before = len(audit.entries(connection))
            if name == "identity release":
                connection.execute(update(identities).where(identities.c.id == "pilot").values(locked_at=clock.wall()))
        given = [word.format(claim=deleted.id, folder=tmp_path) for word in words]
        admin.does(*name.split(), *given, "--by", f"who gave {name}", given="Be good.")
        noted = {what for who, what, *_ in admin.log()[before:] if who == f"who gave {name}"}
        assert NAMED_OTHERWISE.get(name, name.replace(" ", ".")) in noted, noted
