"""A parsed claim document as the rules see it: read only, addressed by the paths people write in findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree


def line_of(element: etree._Element) -> int | None:
    """The line of an element in the document as sent, from 1."""
    line: Any = element.sourceline
    return int(line) if line else None


class Node:
    """An element of a claim document.

    Paths are relative and simple: `A/B` an element, `A/B/@C` an attribute, `@C` one of its own. Where a path crosses repeated elements,
    `get` takes the first and `all` gives each.
    """

    __slots__ = ("_element", "_found", "_root_path", "_values")

    def __init__(self, element: etree._Element, root_path: str | None = None) -> None:
        self._element = element
        self._root_path = root_path
        # looked for once: rules ask for one attribute of an element after the other, and for some of them several times
        self._found: dict[str, etree._Element | None] = {}
        self._values: dict[str, str | None] = {}

    @property
    def name(self) -> str:
        """The local name."""
        return etree.QName(self._element).localname

    @property
    def path(self) -> str:
        """The absolute XPath; a position only where the name repeats among siblings."""
        if self._root_path is None:
            self._root_path = self._element.getroottree().getpath(self._element)
        return self._root_path

    @property
    def line(self) -> int | None:
        """The line in the document as sent, from 1."""
        return line_of(self._element)

    @property
    def text(self) -> str | None:
        """The text before the first child."""
        return self._element.text

    @property
    def attributes(self) -> dict[str, str]:
        """All attributes of this element."""
        return {str(name): str(value) for name, value in self._element.attrib.items()}

    def get(self, path: str) -> str | None:
        """The value at `path`, blanks stripped; None when it is absent or empty."""
        if path not in self._values:
            self._values[path] = self._get(path)
        return self._values[path]

    def _get(self, path: str) -> str | None:
        way, at, attribute = path.rpartition("@")
        if not at:
            way = path
        element = self._at(way.rstrip("/")) if way else self._element
        if element is None:
            return None
        value = element.get(attribute) if at else element.text
        return (value.strip() or None) if value is not None else None

    def find(self, path: str) -> Node | None:
        """The first element at `path`."""
        element = self._at(path)
        return None if element is None else Node(element)

    def all(self, path: str) -> list[Node]:
        """Every element at `path`, in document order."""
        return [Node(element) for element in self._element.findall(path)]

    def _at(self, way: str) -> etree._Element | None:
        if way not in self._found:
            self._found[way] = self._look(way)
        return self._found[way]

    def _look(self, way: str) -> etree._Element | None:
        above, _, name = way.rpartition("/")
        if not name.isalnum() or "//" in way:
            return self._element.find(way)
        # one step down from what was found before takes a third of the time of a search from here
        parent = self._at(above) if above else self._element
        if parent is None:
            return None
        found = next(parent.iterchildren(name), None)
        return self._element.find(way) if found is None and above else found  # the first parent may lack what another one has

    def __iter__(self) -> Iterator[Node]:
        for child in self._element:
            if isinstance(child.tag, str):
                yield Node(child)

    def at(self, path: str) -> str:
        """The absolute XPath of `path`, whether or not anything is there."""
        way, _, last = path.rpartition("/")
        parent = self.find(way) if way else self
        base = parent.path if parent is not None else f"{self.path}/{way}"
        return f"{base}/{last}" if last else base

    def line_of(self, path: str) -> int | None:
        """The line of the element at `path` or of the nearest one above it that is there."""
        way = path.rpartition("@")[0].rstrip("/") if "@" in path else path
        while way:
            found = self.find(way)
            if found is not None:
                return found.line
            way = way.rpartition("/")[0]
        return self.line
