"""Rules of the house that import-linter cannot see."""

import ast
import configparser
from pathlib import Path

import pytest

GATEWAY = Path(__file__).parents[1] / "gateway"
MODULES = sorted(path for path in GATEWAY.rglob("*.py") if "migrations" not in path.parts)
ASKING_THE_TIME = {"now", "today", "utcnow", "time", "time_ns"}


def name_of(path):
    return str(path.relative_to(GATEWAY))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_clock_asks_for_the_time(path):
    if path.name == "clock.py" and path.parent == GATEWAY:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            called = (node.func.value.id, node.func.attr)
            assert not (called[0] in {"datetime", "date", "time"} and called[1] in ASKING_THE_TIME), f"{name_of(path)}:{node.lineno} {called}"


def test_every_package_travels_in_the_wheel():
    listed = configparser.ConfigParser()
    listed.read(GATEWAY.parent / "setup.cfg")
    packages = {name for name in listed["options"]["packages"].split() if not name.startswith("gateway.data")}
    folders = {path.parent for pattern in ("*.py", "*.toml") for path in GATEWAY.rglob(pattern) if "__pycache__" not in path.parts}
    assert packages == {".".join(("gateway", *folder.relative_to(GATEWAY).parts)) for folder in folders}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_small(path):
    assert len(path.read_text().splitlines()) <= 320


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent.name == "operations" and path.name != "move.py"], ids=name_of)
def test_only_move_writes_a_phase(path):
    writers = {"dict", "update", "change", "add"}  # columns are given to one of these: call.changes.update(…), claims.change(…)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in writers:
            given = {keyword.arg for keyword in node.keywords}
            given |= {key.value for one in node.args if isinstance(one, ast.Dict) for key in one.keys if isinstance(key, ast.Constant)}
            assert given.isdisjoint({"phase", "guid", "due_at", "ended"}), f"{name_of(path)}:{node.lineno}"
