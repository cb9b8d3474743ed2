"""The sample documents and what their index says of them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.xml.node import Node
from gateway.xml.parser import Limits, parse

FIXTURES = Path(__file__).parents[2] / "fixtures"
TODAY = date(2026, 11, 22)  # the day the index is written for


@dataclass(frozen=True)
class Sample:
    process: str
    operation: str
    path: Path
    facts: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.process}-{self.operation}-{self.path.stem}"

    @property
    def root(self) -> etree._Element:
        return parse(self.path.read_bytes(), Limits())

    @property
    def node(self) -> Node:
        return Node(self.root)


def samples(verdict: str, kind: str | None = None) -> list[Sample]:
    """The "valid" or "invalid" samples; of the invalid ones those of `kind`."""
    return [sample for process in ("rta", "elpl") for sample in _indexed(process, verdict) if kind in (None, sample.facts.get("kind"))]


def _indexed(process: str, verdict: str) -> Iterator[Sample]:
    index = tomllib.loads((FIXTURES / process / "index.toml").read_text(encoding="utf-8"))
    for operation, files in index[verdict].items():
        for name, facts in files.items():
            yield Sample(process, operation, FIXTURES / process / verdict / operation / name, facts)


def sample(process: str, operation: str, name: str) -> Sample:
    """A valid sample by name."""
    return Sample(process, operation, FIXTURES / process / "valid" / operation / f"{name}.xml", {})


def changed(of: Sample, change: Callable[[etree._Element], object]) -> Node:
    """The sample after `change` has worked on its root."""
    root = of.root
    change(root)
    return Node(etree.fromstring(etree.tostring(root)))


def setting(path: str, value: str | None) -> Callable[[etree._Element], None]:
    """A change that sets the attribute at `path` (`A/B/@C`), or takes it away."""
    way, _, name = path.rpartition("@")

    def change(root: etree._Element) -> None:
        element = root.find(way.rstrip("/")) if way else root
        assert element is not None
        if value is None:
            element.attrib.pop(name, None)
        else:
            element.set(name, value)

    return change
