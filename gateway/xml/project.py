"""Writes a document after a published schema, with content taken from other documents and from plain values.

The schema alone says which elements there are, in what order and how often (get_claim_plan.py reads it). A `Part` is what there is to say.
Every attribute is looked for
  1. among the values of the part,
  2. in the source: under the same name in the element that the walk has come to, unless a `Place` says that it comes from elsewhere,
  3. among the fallbacks of the part,
and, where the schema requires it and nobody has it, is given the emptiest value its type admits. A value too long for its type is cut, one
that its type does not admit is left out, because those who read the document rely on its schema.
An element is written when the schema requires it, when the source has it, or when something was found for it or below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from gateway.xml.get_claim_plan import Element

Value = str | date | bool | None


@dataclass(slots=True)
class Part:
    """What is to be written: the whole document (`at` is ""), or one instance of the element at path `at`.

    `sources` are the roots of the documents to draw on; `here` is the source element of this very instance, if it has one. All paths are
    those of the written document, below its root, also in the parts of a part.
    """

    at: str = ""
    sources: Mapping[str, etree._Element] = field(default_factory=dict)
    here: etree._Element | None = None
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    fallbacks: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    _reach: set[str] = field(default_factory=set)

    def set(self, path: str, **attributes: Value) -> None:
        """Give attributes of the element at `path`; they win over the source. None leaves the source its say."""
        self._put(self.values, path, attributes)

    def fall_back(self, path: str, **attributes: Value) -> None:
        """Give attributes for the element at `path`, used only when the source lacks that element as a whole."""
        self._put(self.fallbacks, path, attributes)

    def add(self, part: Part) -> None:
        """Give one more instance of an element. Where an element has parts, its instances in the source do not count."""
        self.parts.append(part)
        self._reach.update(_prefixes(part.at))

    def reaches(self, path: str) -> bool:
        """Whether this part has something to say at or below `path`."""
        return path in self._reach

    def _put(self, target: dict[str, dict[str, str]], path: str, attributes: Mapping[str, Value]) -> None:
        given = {name: _text(value) for name, value in attributes.items() if value is not None}
        if given:
            target.setdefault(path, {}).update(given)
            self._reach.update(_prefixes(path))


def project(plan: Element, part: Part) -> etree._Element:
    """The document that `plan` describes, with the content of `part`."""
    here = part.here
    if here is None:
        here = next((found for origin in plan.origins for found in origin.find(part.sources)), None)
    root = etree.Element(plan.name, _attributes(plan, part, here))
    _write_children(root, plan, part, here)
    return root


def _write_children(parent: etree._Element, plan: Element, part: Part, here: etree._Element | None) -> None:
    in_source: dict[str, list[etree._Element]] = {}
    if here is not None:
        for source in here:
            in_source.setdefault(str(source.tag), []).append(source)
    for child in plan.children:
        if isinstance(child, Element):
            _write_instances(parent, child, part, in_source.get(child.name, []))
            continue
        by_path = {element.path: element for element in child.elements.values()}
        told = [each for each in part.parts if each.at in by_path]
        for each in told:
            _write(parent, by_path[each.at], each, each.here)
        if here is not None and not told:
            for source in here.iterchildren(*child.elements):
                _write(parent, child.elements[str(source.tag)], part, source)


def _write_instances(parent: etree._Element, plan: Element, part: Part, same_path: list[etree._Element]) -> None:
    told = [each for each in part.parts if each.at == plan.path]
    if told:
        for each in told[: plan.most]:
            _write(parent, plan, each, each.here)
        return
    found = same_path
    if plan.origins:
        found = next((there for origin in plan.origins if (there := origin.find(part.sources))), [])
    if found:
        for source in found[: plan.most]:
            _write(parent, plan, part, source)
    elif plan.least:
        _write(parent, plan, part, None)
    elif part.reaches(plan.path) or not plan.fed.isdisjoint(part.sources):
        # only writing it tells whether there is anything to write
        written = _write(parent, plan, part, None)
        if not any(each.attrib for each in written.iter()):
            parent.remove(written)


def _write(parent: etree._Element, plan: Element, part: Part, here: etree._Element | None) -> etree._Element:
    written = etree.SubElement(parent, plan.name, _attributes(plan, part, here))
    if plan.children:
        _write_children(written, plan, part, here)
    return written


def _attributes(plan: Element, part: Part, here: etree._Element | None) -> dict[str, str]:
    given = part.values.get(plan.path, {})
    in_source = part.fallbacks.get(plan.path, {}) if here is None else {str(name): str(value) for name, value in here.items()}
    written = {}
    for attribute in plan.attributes:
        value = given.get(attribute.name)
        if value is None and attribute.origins:
            value = attribute.read(part.sources)
        if value is None:
            value = in_source.get(attribute.name)
        if value is not None:
            value = attribute.type.fit(value)
        if value is None and attribute.required:
            value = attribute.type.emptiest
            if value is None:
                raise ValueError(f"{plan.path}/@{attribute.name} is required, and there is nothing to put there.")
        if value is not None:
            written[attribute.name] = value
    return written


def _text(value: str | date | bool) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat() if isinstance(value, date) else value


def _prefixes(path: str) -> Iterator[str]:
    names = path.split("/")
    return ("/".join(names[:length]) for length in range(1, len(names) + 1))
