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

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import cast

from lxml import etree

from gateway.xml.get_claim_plan import Choice, Element

Value = str | date | bool | Decimal | None

# the last three because a parser turns them into blanks when they stand bare in an attribute
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_TO_ESCAPE = re.compile(f"[{''.join(_ESCAPED)}]")
_TOO_MUCH = Decimal(10) ** 13  # amounts have fifteen digits, two of them pence; sums of such amounts can have more
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Part:
    """What is to be written: the whole document (`at` is ""), or one instance of the element at path `at`.

    `sources` are the roots of the documents to draw on; `here` is the source element of this very instance, if it has one; `reach` is every
    path at or below which the part has something to say. All paths are those of the written document, below its root, also in the parts of
    a part.
    """

    at: str = ""
    sources: Mapping[str, etree._Element] = field(default_factory=dict)
    here: etree._Element | None = None
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    fallbacks: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    reach: set[str] = field(default_factory=set, init=False)

    def give(self, path: str, **attributes: Value) -> None:
        """Give attributes of the element at `path`; they win over the source. None leaves the source its say."""
        self._put(self.values, path, attributes)

    def fall_back(self, path: str, **attributes: Value) -> None:
        """Give attributes for the element at `path`, used only when the source lacks that element as a whole."""
        self._put(self.fallbacks, path, attributes)

    def add(self, part: Part) -> None:
        """Give one more instance of an element. Where an element has parts, its instances in the source do not count."""
        self.parts.append(part)
        self.reach.update(_prefixes(part.at))

    def _put(self, target: dict[str, dict[str, str]], path: str, attributes: Mapping[str, Value]) -> None:
        given = {name: text for name, value in attributes.items() if value is not None and (text := _text(value)) is not None}
        if given:
            target.setdefault(path, {}).update(given)
            self.reach.update(_prefixes(path))


def project(plan: Element, part: Part) -> str:
    """The document that `plan` describes, with the content of `part`, as text on one line and without XML declaration."""
    here = part.here
    if here is None:
        here = next((found for origin in plan.origins for found in origin.find(part.sources)), None)
    out: list[str] = []
    _write(out, plan, part, here)
    return "".join(out)


# Text is put together here and not by lxml: a tree of some 400 attributes doubles the time.
def _write(out: list[str], plan: Element, part: Part, here: etree._Element | None) -> bool:
    """Write one instance of an element. The answer is whether anything was known of it, or of an element below it."""
    out.append(f"<{plan.name}")
    told = _write_attributes(out, plan, part, here)
    if plan.children:
        out.append(">")
        begin = len(out)
        told = _write_children(out, plan, part, here) or told
        if len(out) > begin:
            out.append(f"</{plan.name}>")
            return told
        out.pop()
    out.append("/>")
    return told


def _write_children(out: list[str], plan: Element, part: Part, here: etree._Element | None) -> bool:
    in_source: dict[str, list[etree._Element]] = {}
    if here is not None:
        for source in here:
            in_source.setdefault(source.tag, []).append(source)
    told = False
    for child in plan.children:
        if isinstance(child, Element):
            told = _write_instances(out, child, part, in_source.get(child.name)) or told
        else:
            told = _write_choice(out, child, part, here) or told
    return told


def _write_instances(out: list[str], plan: Element, part: Part, found: list[etree._Element] | None) -> bool:
    parts = [each for each in part.parts if each.at == plan.path] if part.parts and plan.path in part.reach else None
    if parts:
        told = [_write(out, plan, each, each.here) for each in parts[: plan.most]]
        return any(told)
    if plan.origins:
        found = next((there for origin in plan.origins if (there := origin.find(part.sources))), None)
    if found:
        told = [_write(out, plan, part, source) for source in found[: plan.most]]
        return any(told)
    told_elsewhere = plan.path in part.reach or not plan.fed.isdisjoint(part.sources)
    if plan.least:
        if told_elsewhere or plan.bare is None:
            return _write(out, plan, part, None)
        out.append(plan.bare)
    elif told_elsewhere:
        # only writing it tells whether there is anything to write
        begin = len(out)
        if _write(out, plan, part, None):
            return True
        del out[begin:]
    return False


def _write_choice(out: list[str], choice: Choice, part: Part, here: etree._Element | None) -> bool:
    by_path = {element.path: element for element in choice.elements.values()}
    parts = [each for each in part.parts if each.at in by_path]
    told = [_write(out, by_path[each.at], each, each.here) for each in parts]
    if here is not None and not parts:
        told = [_write(out, choice.elements[source.tag], part, source) for source in here.iterchildren(*choice.elements)]
    return any(told)


def _write_attributes(out: list[str], plan: Element, part: Part, here: etree._Element | None) -> bool:
    source = part.fallbacks.get(plan.path, ()) if here is None else cast("list[tuple[str, str]]", here.items())
    values = dict(source)
    for attribute in plan.self_made:
        if attribute.origins and (value := attribute.read(part.sources)) is not None:
            values[attribute.name] = value
    values.update(part.values.get(plan.path, ()))
    told = False
    for name, value in values.items():
        known = plan.attributes.get(name)
        fitting = known.type.fit(value) if known is not None else None
        if fitting is not None:
            if _TO_ESCAPE.search(fitting):
                fitting = _TO_ESCAPE.sub(_escaped, fitting)
            out.append(f' {name}="{fitting}"')
            told = True
    for attribute in plan.self_made:
        if attribute.required and (attribute.name not in values or attribute.type.fit(values[attribute.name]) is None):
            if attribute.type.emptiest is None:
                raise ValueError(f"{plan.path}/@{attribute.name} is required, and there is nothing to put there.")
            out.append(f' {attribute.name}="{attribute.type.emptiest}"')
    return told


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPED[found.group()]


def _text(value: str | date | bool | Decimal) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value) < _TOO_MUCH else None
    return _FORBIDDEN.sub("", value)


@cache  # paths are those of the chapters, not of what is written
def _prefixes(path: str) -> tuple[str, ...]:
    names = path.split("/")
    return tuple("/".join(names[:length]) for length in range(1, len(names) + 1))
