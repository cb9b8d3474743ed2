"""`gateway hospitals`. What it has in common with `gateway index` is tested there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from gateway.commands.hospitals import app
from gateway.store.engine import Store
from gateway.store.tables import audit

HEADER = "name,addressLine1,addressLine2,addressLine3,addressLine4,postCode\n"

Type = Callable[..., Result]


@pytest.fixture
def type_(seeded_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Type:
    """Types `gateway hospitals …` in an empty folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("GATEWAY_DATABASE_URL", seeded_store.engine.url.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(app, words)


def test_showing(type_: Type) -> None:
    shown = type_("show", "infirmary", "--postcode", "zz991")
    assert shown.exit_code == 0
    assert shown.stdout == (
        "name                         address                                postcode\n"
        "Northbridge Royal Infirmary  Infirmary Road, Northbridge, Midshire  ZZ99 1NA\n"
        "1 hospital\n"
    )
    assert type_("show").stdout.splitlines()[-1] == "40 hospitals"
    assert type_("show", "[nothing]").stdout == "0 hospitals\n"


def test_showing_for_programs(type_: Type) -> None:
    assert json.loads(type_("show", "ysbyty m", "--format", "json").stdout) == [
        {"name": "Ysbyty Môr Glas", "address": ["Ffordd y Traeth", "Glan Môr", "Gwyntshire", "Wales"], "postCode": "ZZ99 7LB"}
    ]


def test_importing(type_: Type, seeded_store: Store) -> None:
    Path("new.csv").write_text(f"{HEADER}Sedge Fen,2 Dyke Road,,,,zz992ed\nWickenholt,,,,,ZZ99 2EF\n")
    imported = type_("import", "new.csv", "--by", "Ines Ferro")
    assert (imported.exit_code, imported.stdout) == (0, "There are 2 hospitals now.\n")
    assert [one["postCode"] for one in json.loads(type_("show", "--format", "json").stdout)] == ["ZZ99 2ED", "ZZ99 2EF"]
    with seeded_store.reading() as connection:
        rows = connection.execute(select(audit.c.who, audit.c.what, audit.c.subject, audit.c.detail)).all()
    assert rows == [("Ines Ferro", "hospitals.import", "hospitals", {"rows": 2})]


def test_a_bad_file_changes_nothing(type_: Type) -> None:
    Path("new.csv").write_text(f"{HEADER}Sedge Fen,,,,,\nWickenholt,,,,,nowhere\n")
    refused = type_("import", "new.csv")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == (
        "new.csv:2: postCode is blank; a text of up to 8 characters is needed.\n"
        "new.csv:3: postCode is 'nowhere'; a postcode like ZZ99 1AA is needed.\n"
        "2 things are wrong. Nothing was changed.\n"
    )
    assert type_("show").stdout.splitlines()[-1] == "40 hospitals"


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_exporting_and_importing_again(type_: Type, name: str) -> None:
    before = type_("show", "--format", "json").stdout
    assert type_("export", name).stdout == f"Wrote {name}.\n"
    assert type_("import", name).stdout == "There are 40 hospitals now.\n"
    assert type_("show", "--format", "json").stdout == before


def test_where_to_export(type_: Type) -> None:
    printed = type_("export").stdout_bytes.decode("utf-8-sig")
    assert printed.splitlines()[0] == HEADER.strip()
    assert len(printed.splitlines()) == 41
    assert type_("export", ".").stdout == "Wrote hospitals.csv.\n"
    assert Path("hospitals.csv").read_bytes().decode("utf-8-sig") == printed


def test_without_hospitals(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
    assert CliRunner().invoke(app, ["show"]).stdout == "0 hospitals\n"
    refused = CliRunner().invoke(app, ["export"])
    assert (refused.exit_code, refused.stdout, refused.stderr) == (1, "", "There are no hospitals. Run: gateway hospitals import FILE\n")
