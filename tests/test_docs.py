"""What the documents say must be so."""

import re
from dataclasses import fields
from pathlib import Path

from gateway.config import Settings

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\|", re.MULTILINE)


def test_the_readme_lists_every_setting_with_its_default():
    told = dict(ROW.findall((ROOT / "README.md").read_text()))
    known = {}
    for one in fields(Settings):
        known[one.metadata["variable"]] = {"False": "off", "True": "on", "None": ""}.get(str(one.default), str(one.default))
    assert told == known


def test_every_file_the_documents_point_to_is_there():
    for name in ("README.md", "CONTRIBUTING.md", "DECISIONS.md"):
        for target in re.findall(r"\]\(((?!http)[^)#]+)\)", (ROOT / name).read_text()):
            assert (ROOT / target).exists(), f"{name} points to {target}"


def test_every_make_target_named_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z][a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)\b", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert {"run", "test"} <= named <= targets
