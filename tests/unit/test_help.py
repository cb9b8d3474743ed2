"""What the command line says of itself: everything has a help text, and the README names every command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from gateway.__main__ import app

GATEWAY = Path(__file__).parents[2] / "gateway"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ADMINISTER = README.partition("\n### Administer\n")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| `gateway ([a-z-]+)`((?: `[a-z-]+`)*) \|", re.MULTILINE)


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, (*path, name))


COMMANDS = dict(_commands(get_command(app)))
LEAVES = {path: command for path, command in COMMANDS.items() if not hasattr(command, "commands")}
TABLE = {group: re.findall(r"`([a-z-]+)`", verbs) for group, verbs in ROW.findall(ADMINISTER)}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_everything_has_a_help_text(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.help
    for parameter in command.params:
        if parameter.name != "help":
            assert parameter.help, parameter.name


def test_the_readme_tells_the_commands_to_administer_with() -> None:
    known: dict[str, list[str]] = {}
    for path in LEAVES:
        if path[0] in TABLE:
            known.setdefault(path[0], []).extend(path[1:])
    assert list(TABLE) == ["org", "branch", "user", "identity", "agreement", "software-house", "audit"]
    assert {group: sorted(verbs) for group, verbs in TABLE.items()} == {group: sorted(verbs) for group, verbs in known.items()}


@pytest.mark.parametrize("path", [path for path in LEAVES if path[0] in TABLE], ids=" ".join)
def test_an_example_is_one_of_the_command(path: tuple[str, ...]) -> None:
    """And it has only options that there are."""
    command = LEAVES[path]
    _, sign, example = command.help.partition("Example: ")
    assert sign
    assert re.match(rf"gateway {' '.join(path)}\b", example)
    assert set(re.findall(r" (--[a-z0-9-]+)", example)) <= {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("path", [path for path in COMMANDS if not path or path[0] in TABLE], ids=" ".join)
def test_help_fits_eighty_columns(path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_every_command_that_a_sentence_names_is_there() -> None:
    """In what the program says, and in its comments: a command stands in backticks, or after Run, or after a colon."""
    named = re.compile(r"(?:`|[Rr]un: |: )gateway ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
    unknown = []
    for file in sorted(GATEWAY.rglob("*.py")):
        for group, verb in named.findall(file.read_text(encoding="utf-8")):
            command = COMMANDS.get((group,))
            if command is None or (verb and hasattr(command, "commands") and verb not in command.commands):
                unknown.append(f"{file.name}: gateway {group} {verb}".strip())
    assert unknown == []


@pytest.mark.parametrize("path", [path for path in LEAVES if path[-1] in ("list", "show") and path[0] in TABLE] + [("audit",)], ids=" ".join)
def test_what_shows_something_has_json(path: tuple[str, ...]) -> None:
    assert "--json" in {name for parameter in LEAVES[path].params for name in parameter.opts}


@pytest.mark.parametrize(
    "path", [path for path in LEAVES if path[0] in TABLE and path[-1] not in ("list", "show", "audit")], ids=" ".join
)  # fmt: skip
def test_what_changes_something_asks_who(path: tuple[str, ...]) -> None:
    assert "--by" in {name for parameter in LEAVES[path].params for name in parameter.opts}


def test_the_version() -> None:
    """Of the program and of its tables, which a store must have."""
    told = CliRunner().invoke(app, ["--version"])
    assert told.exit_code == 0
    assert re.fullmatch(r"a2a-gateway \d+\.\d+\.\d+, tables at revision \d{4}\n", told.stdout)
