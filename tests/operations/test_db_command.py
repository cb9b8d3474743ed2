"""`gateway db`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.commands.db import app
from gateway.store.engine import Store


def type_(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("GATEWAY_DATABASE_URL", raising=False)
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_from_nothing(data: Path) -> None:
    shown = type_("show")
    assert (shown.exit_code, shown.stdout) == (0, f"Store:    {data}/gateway.db\nRevision: none, there is no such file. Run: gateway db upgrade\n")
    assert not data.exists()
    refused = type_("seed")
    assert refused.exit_code == 1
    assert "run: gateway db upgrade" in refused.stderr
    assert type_("upgrade").stdout == f"The store at {data}/gateway.db is now at revision 0001.\n"
    assert type_("upgrade").stdout == f"The store at {data}/gateway.db was at revision 0001.\n"
    seeded = type_("seed").stdout.splitlines()
    assert seeded == [
        "Put in the bank holidays of England and Wales.",
        "Put in 40 rows of organisations, branches, users and identities.",
        "Put in 40 rows of hospitals.",
        "Put in 15 rows of insurer index.",
    ]
    assert type_("seed").stdout == (
        "The bank holidays are there already.\n"
        "There already: organisations, branches, users and identities.\n"
        "There already: hospitals.\n"
        "There already: insurer index.\n"
    )
    shown = type_("show")
    assert "Revision: 0001\n" in shown.stdout
    assert "identities:               6\n" in shown.stdout
    assert "claims:                   0\n" in shown.stdout


def test_a_directory_of_ones_own(data: Path, tmp_path: Path) -> None:
    type_("upgrade")
    file = tmp_path / "bad.toml"
    file.write_text("[[organisation]]\nid = 1\n")
    refused = type_("seed", "--directory", str(file))
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"{file}: organisation 1: address, branches, kind, name, processes is missing")
    assert "calendars:                0\n" in type_("show").stdout  # all or nothing


def test_a_directory_of_ones_own_comes_without_the_sandboxs_lists(data: Path, tmp_path: Path) -> None:
    """The insurer index of the sandbox names organisations that are not in it."""
    type_("upgrade")
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[organisation]]\nid = "COMP777"\nname = "One"\nkind = "COMP"\ncompensator_type = "I"\nprocesses = ["rta"]\naddress = { city = "A" }\n'
        'branches = [{ id = "001", name = "Central", kind = "central" }]\n'
    )
    seeded = type_("seed", "--directory", str(file))
    assert seeded.stdout.splitlines()[1:] == ["Put in 2 rows of organisations, branches, users and identities."]
    shown = type_("show").stdout.split()
    assert [shown[shown.index(f"{table}:") + 1] for table in ("hospitals", "insurer_index", "insurer_index_issues")] == ["0", "0", "0"]


def test_on_both_databases(bare_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATABASE_URL", bare_store.engine.url.render_as_string(hide_password=False))
    assert [type_(word).exit_code for word in ("show", "upgrade", "seed", "seed", "show")] == [0] * 5
    assert "users:                   20\n" in type_("show").stdout


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GATEWAY_DATABASE_URL", f"postgresql+psycopg://user:secret@/name?host={tmp_path}")
    for word in ("show", "upgrade", "seed"):
        refused = type_(word)
        assert refused.exit_code == 1
        assert "cannot be used" in refused.stderr
        assert "secret" not in refused.output
