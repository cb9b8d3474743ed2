"""Where the files are that come with the program: schemas, contracts, fixtures."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `name`: in an installed package `gateway/data/<name>`, in a checkout the top-level one."""
    candidates = (_PACKAGE / "data" / name, _PACKAGE.parent / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"The folder {name!r} is missing; looked for {' and '.join(map(str, candidates))}.")
