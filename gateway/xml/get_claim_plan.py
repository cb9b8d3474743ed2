"""What a published schema lets a document say, read from the XSD file once: elements, order, occurrence, attributes and their types.

Made for the getClaim schemas and as large as they need: no namespaces, no text in elements, no wildcards; sequences, of which an optional
one makes each element in it optional; and one repeated choice (the offers of a negotiation, in the order in which they were made).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

_XS = "{http://www.w3.org/2001/XMLSchema}"
_NUMBERS = {"xs:integer", "xs:decimal"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the content of one place is found when it is not at the same path of the document that the walk is in.

    `to` is a path of the written document below its root: `A/B` an element, `A/B/@C` an attribute, "" the root. `origins` are tried in
    order; each is `document:path`, the path again below the root. `prefix` is put before a value that lacks it.
    """

    to: str
    origins: tuple[str, ...]
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Type:
    """What of a simple type is heeded when a value is written. Ranges of numbers and dates are not: values come from our own code or are checked.

    `labels` are the documented meanings of `values`, in the order of the schema; `name` is "" for a built-in type and for one without a name.
    """

    base: str = "xs:anySimpleType"
    shortest: int = 0
    longest: int | None = None
    values: frozenset[str] | None = None
    pattern: re.Pattern[str] | None = None
    name: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    def fit(self, value: str) -> str | None:
        """`value`, cut where it is too long; None when the type does not admit it."""
        if self.longest is not None and len(value) > self.longest:
            value = value[: self.longest]
        if len(value) < self.shortest or (self.values is not None and value not in self.values):
            return None
        if self.pattern is not None and not self.pattern.fullmatch(value):
            return None
        return value

    @property
    def emptiest(self) -> str | None:
        """What stands in a required attribute that nobody filled: nothing, or zero; None when neither is admitted."""
        if self.base == "xs:date":
            return None
        candidates = ("0",) if self.base in _NUMBERS else ("", "0")
        return next((value for value in candidates if self.fit(value) is not None), None)


@dataclass(frozen=True, slots=True)
class Origin:
    """A `Place` origin taken apart; `attribute` is "" for an element."""

    document: str
    path: str
    attribute: str

    @classmethod
    def parse(cls, text: str) -> Origin:
        """The origin written as `document:path`."""
        document, colon, path = text.partition(":")
        if not colon:
            raise ValueError(f"{text!r} is no origin; expected document:path")
        way, _, attribute = path.partition("@")
        return cls(document, way.rstrip("/"), attribute)

    def find(self, sources: Mapping[str, etree._Element]) -> list[etree._Element]:
        """The elements meant, none when the document is not there."""
        root = sources.get(self.document)
        if root is None:
            return []
        return root.findall(self.path) if self.path else [root]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute the schema knows. Without `origins` it comes from the same name in the source."""

    name: str
    type: Type
    required: bool
    origins: tuple[Origin, ...] = ()
    prefix: str = ""

    def read(self, sources: Mapping[str, etree._Element]) -> str | None:
        """The first value that the origins have."""
        for origin in self.origins:
            for element in origin.find(sources):
                value = str(element.get(origin.attribute, ""))
                if value:
                    return value if value.startswith(self.prefix) else self.prefix + value
        return None


@dataclass(frozen=True, slots=True)
class Element:
    """An element the schema knows, at one path.

    `most` is None for any number. `self_made` are the attributes that may be there although the source has none of that name. `fed` names
    the documents that places draw on at or below the element. `bare` is the element as it is written when nothing is known of it, None
    when an attribute is required that cannot be made up.
    """

    name: str
    path: str
    least: int
    most: int | None
    attributes: Mapping[str, Attribute]
    self_made: tuple[Attribute, ...]
    children: tuple[Element | Choice, ...]
    origins: tuple[Origin, ...]
    fed: frozenset[str]
    bare: str | None

    def walk(self) -> Iterator[Element]:
        """The element itself and all below it, in schema order."""
        yield self
        for child in self.children:
            for element in (child,) if isinstance(child, Element) else child.elements.values():
                yield from element.walk()


@dataclass(frozen=True, slots=True)
class Choice:
    """A repeated choice: its elements, by name, stand in the order in which they happened."""

    elements: Mapping[str, Element]

    @property
    def fed(self) -> frozenset[str]:
        """The documents that places draw on in any of the elements."""
        return frozenset().union(*(element.fed for element in self.elements.values()))


def plan(schema: Path, root: str, places: Iterable[Place] = ()) -> Element:
    """The content model of the element `root` in the XSD file at `schema`. A place that the schema does not have is an error."""
    reader = _Reader(etree.parse(str(schema), etree.XMLParser(no_network=True)).getroot(), places)
    found = reader.element(reader.elements[root], None)
    unused = reader.places.keys() - reader.used
    if unused:
        raise LookupError(f"{schema.name} has no such place: {', '.join(sorted(unused))}")
    return found


class _Reader:
    """Turns XSD markup into elements. Types are read once however often they are used."""

    def __init__(self, schema: etree._Element, places: Iterable[Place]) -> None:
        self.elements = _named(schema, "element")
        self.complex_types = _named(schema, "complexType")
        self.simple_types = _named(schema, "simpleType")
        self.places = {place.to: place for place in places}
        self.used: set[str] = set()
        self._types: dict[str, Type] = {}

    def element(self, markup: etree._Element, above: str | None, optional: bool = False) -> Element:
        """The element that `markup` declares or refers to; `above` is the path of its parent, None for the root."""
        declared = self.elements[markup.get("ref", "")] if markup.get("ref") else markup
        name = declared.get("name", "")
        path = "" if above is None else f"{above}/{name}" if above else name
        content = declared.find(f"{_XS}complexType")
        if content is None:
            content = self.complex_types[declared.get("type", "")]
        attributes = tuple(self._attribute(each, path) for each in content.iterfind(f"{_XS}attribute"))
        children = tuple(self._children(content, path, optional=False))
        origins = self._origins(path)
        fed = {origin.document for origin in origins}
        fed.update(origin.document for attribute in attributes for origin in attribute.origins)
        most = markup.get("maxOccurs", "1")
        return Element(
            name=name,
            path=path,
            least=0 if optional else int(markup.get("minOccurs", "1")),
            most=None if most == "unbounded" else int(most),
            attributes={attribute.name: attribute for attribute in attributes},
            self_made=tuple(attribute for attribute in attributes if attribute.required or attribute.origins),
            children=children,
            origins=origins,
            fed=frozenset(fed).union(*(child.fed for child in children)),
            bare=_bare(name, attributes, children),
        )

    def _children(self, group: etree._Element, path: str, *, optional: bool) -> Iterator[Element | Choice]:
        for particle in group.iterchildren(etree.Element):
            below_optional = optional or particle.get("minOccurs") == "0"
            if particle.tag == f"{_XS}sequence":
                yield from self._children(particle, path, optional=below_optional)
            elif particle.tag == f"{_XS}choice":
                elements = (self.element(each, path, optional=True) for each in particle.iterfind(f"{_XS}element"))
                yield Choice({element.name: element for element in elements})
            elif particle.tag == f"{_XS}element":
                yield self.element(particle, path, optional=optional)
            elif particle.tag not in (f"{_XS}attribute", f"{_XS}annotation"):
                raise NotImplementedError(f"{path}: {particle.tag}")

    def _attribute(self, markup: etree._Element, path: str) -> Attribute:
        to = f"{path}/@{markup.get('name')}".lstrip("/")
        place = self.places.get(to)
        return Attribute(
            name=markup.get("name", ""),
            type=self._type(markup),
            required=markup.get("use") == "required",
            origins=self._origins(to),
            prefix=place.prefix if place else "",
        )

    def _origins(self, path: str) -> tuple[Origin, ...]:
        if path not in self.places:
            return ()
        self.used.add(path)
        return tuple(Origin.parse(text) for text in self.places[path].origins)

    def _type(self, markup: etree._Element) -> Type:
        inline = markup.find(f"{_XS}simpleType")
        if inline is not None:
            return self._restricted(inline)
        name = markup.get("type", "xs:anySimpleType")
        if name not in self._types:
            self._types[name] = self._restricted(self.simple_types[name]) if name in self.simple_types else Type(name)
        return self._types[name]

    def _restricted(self, simple_type: etree._Element) -> Type:
        restriction = simple_type.find(f"{_XS}restriction")
        if restriction is None or restriction.get("base") in self.simple_types:
            raise NotImplementedError(f"the simple type {simple_type.get('name')} is no restriction of a built-in type")
        facets: dict[str, list[str]] = {}
        for facet in restriction.iterchildren(etree.Element):
            facets.setdefault(etree.QName(facet).localname, []).append(facet.get("value", ""))
        enumerated = restriction.iterfind(f"{_XS}enumeration")
        values = facets.get("enumeration")
        patterns = facets.get("pattern")
        return Type(
            base=restriction.get("base", ""),
            shortest=int(facets.get("minLength", ["0"])[0]),
            longest=int(facets["maxLength"][0]) if "maxLength" in facets else None,
            values=frozenset(values) if values else None,
            pattern=re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None,
            name=simple_type.get("name", ""),
            labels=tuple((each.get("value", ""), " ".join("".join(map(str, each.itertext())).split())) for each in enumerated),
        )


def _bare(name: str, attributes: Iterable[Attribute], children: Iterable[Element | Choice]) -> str | None:
    text = f"<{name}"
    for attribute in attributes:
        if attribute.required:
            if attribute.type.emptiest is None:
                return None
            text += f' {attribute.name}="{attribute.type.emptiest}"'
    below = [child.bare for child in children if isinstance(child, Element) and child.least]
    if None in below:
        return None
    return f"{text}>{''.join(map(str, below))}</{name}>" if below else f"{text}/>"


def _named(schema: etree._Element, kind: str) -> dict[str, etree._Element]:
    return {each.get("name", ""): each for each in schema.iterfind(f"{_XS}{kind}")}
