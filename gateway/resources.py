"""What comes with the program: the folders of schemas, contracts and fixtures, and its version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `name`: in an installed package `gateway/data/<name>`, in a checkout the top-level one."""
    candidates = (_PACKAGE / "data" / name, _PACKAGE.parent / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"The folder {name!r} is missing; looked for {' and '.join(map(str, candidates))}.")


def version() -> str:
    """The version of this program; "unknown" in a checkout that was never installed."""
    try:
        return version_of("a2a-gateway")
    except PackageNotFoundError:
        return "unknown"
