"""Makes Spyne 2.14 importable on Python 3.12 and 3.13. Imported before anything of Spyne.

Two things are missing there. Spyne bundles an old `six` whose lazy modules (`spyne.util.six.moves…`) rely on the importer protocol that
3.12 removed; the finder below serves them from six's own table. And `cgi` left the standard library in 3.13; the legacy-cgi package brings
it back (setup.cfg requires it there). Both are mended in Spyne's repository but in no release: this module can go with the first one.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_PREFIX = "spyne.util.six.moves"


class _SixMoves(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads what the bundled six would have, had its importer `find_spec`."""

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != _PREFIX and not fullname.startswith(_PREFIX + "."):
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=fullname == _PREFIX)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        six: Any = sys.modules["spyne.util.six"]
        known: ModuleType | Any = six._importer.known_modules[spec.name]
        return known._resolve() if hasattr(known, "_resolve") else known

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the module is six's own."""


def install() -> None:
    """Put the finder in place where it is needed; twice is once."""
    if sys.version_info >= (3, 12) and not any(isinstance(finder, _SixMoves) for finder in sys.meta_path):
        sys.meta_path.insert(0, _SixMoves())


install()
