"""Why a document is not valid, in words a person can act on.

lxml decides validity; this module is asked only when it has said no. It walks the document beside the schema's model, as the package
xmlschema reads it, and reports every mistake at once, each one time. xmlschema is imported late: it takes longer to load than most calls
last. The findings quote the document and are for its sender only; never log them.
"""

from __future__ import annotations

import difflib
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from gateway.errors import Finding
from gateway.xml.explain_value import quoted, what_is_wrong
from gateway.xml.schemas import Schema

if TYPE_CHECKING:
    from xmlschema import XMLSchema10
    from xmlschema.validators import XsdElement

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_MOST = 100
_SPELLING = "(the published schema spells it so)"
_loading = threading.Lock()


def explain(root: etree._Element, schema: Schema) -> list[Finding]:
    """The mistakes of a document that `schema` refuses, in document order; the first hundred. Never empty for such a document."""
    found = list(islice(_document(root, _model(schema.path)), _MOST)) or list(islice(_as_lxml_says(root, schema), _MOST))
    if len(found) == _MOST:
        found.append(_finding(root, _path(root), f"there may be more; these are the first {_MOST} findings"))
    return found


def _model(path: Path) -> XMLSchema10:
    with _loading:
        return _load(path)


@cache
def _load(path: Path) -> XMLSchema10:
    from xmlschema import XMLSchema10  # late on purpose, see above

    return XMLSchema10(str(path), allow="local")


def _document(root: etree._Element, model: XMLSchema10) -> Iterator[Finding]:
    declared = model.elements.get(str(root.tag))
    if declared is not None:
        yield from _element(root, declared)
        return
    expected = str(next(iter(model.elements)))
    name = etree.QName(root)
    if name.namespace and name.localname in model.elements:
        wrong = f"{name.localname} must be in no namespace; found {quoted(name.namespace)}"
    else:
        wrong = f"the root element must be {expected}; found {quoted(name.localname)}"
    yield _finding(root, f"/{name.localname}", wrong)


def _element(element: etree._Element, declared: XsdElement) -> Iterator[Finding]:
    yield from _attributes(element, declared)
    yield from _text(element, declared)
    yield from _children(element, declared)


# attributes


def _attributes(element: etree._Element, declared: XsdElement) -> Iterator[Finding]:
    known: dict[str, Any] = {str(name): attribute for name, attribute in declared.attributes.items() if name}
    given = dict.fromkeys(str(name) for name in element.attrib)  # names only: reading many values at once takes lxml quadratic time
    missing = [name for name, attribute in known.items() if attribute.use == "required" and name not in given]
    for key in given:
        name = etree.QName(key)
        if name.namespace == _XSI:
            continue
        meant = key if key in known else _meant(name.localname, (other for other in known if other not in given))
        if meant != key:
            yield _finding(element, f"{_path(element)}/@{name.localname}", _unknown(name, meant))
        if meant is None:
            continue
        missing = [other for other in missing if other != meant]
        wrong = what_is_wrong(str(element.get(key)), known[meant].type, required=known[meant].use == "required")
        if wrong:
            yield _finding(element, f"{_path(element)}/@{name.localname}", wrong)
    # what was written as a child element is not missing; _children says what it should be
    written = {etree.QName(child).localname for child in _elements(element)}
    for absent in missing:
        if absent not in written:
            yield _finding(element, f"{_path(element)}/@{absent}", "must be given")


# text


def _text(element: etree._Element, declared: XsdElement) -> Iterator[Finding]:
    kind: Any = declared.type
    if kind.is_simple() or kind.has_simple_content():
        wrong = what_is_wrong(element.text or "", kind, required=True)
        if wrong:
            yield _finding(element, _path(element), wrong)
        return
    text = "".join(piece for piece in (element.text, *(child.tail for child in element)) if piece)
    if text.strip() and not kind.mixed:
        yield _finding(element, _path(element), f"text is not allowed here; found {quoted(text)}")
    elif text and kind.is_empty() and not len(element):
        yield _finding(element, _path(element), "must be empty, without even a blank or line break between its tags")


# children


def _children(element: etree._Element, declared: XsdElement) -> Iterator[Finding]:
    particles, ordered = _model_of(declared)
    names = list(particles)
    children = list(_elements(element))
    given = Counter(str(child.tag) for child in children)
    absent = [name for name in names if not given[name]]
    seen: Counter[str] = Counter()
    places: list[int] = []
    for child in children:
        meant = str(child.tag)
        if meant not in particles:
            meant = _meant(etree.QName(child).localname, absent) or ""
            yield _finding(child, _path(child), _unknown_child(child, meant, declared, names, places))
        if not meant:
            continue
        absent = [name for name in absent if name != meant]
        seen[meant] += 1
        limit = particles[meant].max_occurs
        if limit is not None and seen[meant] > limit:
            yield _finding(child, _path(child), f"is {meant} number {seen[meant]}; at most {limit} {'is' if limit == 1 else 'are'} allowed")
        places.append(names.index(meant))
        if seen[meant] <= _MOST:  # bounds the work where the schema sets no bound
            yield from _element(child, particles[meant])
    for name in absent:
        if particles[name].min_occurs:
            yield _finding(element, _path(element), f"{name} must be given{_before(names, name, seen)}")
    if ordered:
        yield from _out_of_order(element, names, places)


def _model_of(declared: XsdElement) -> tuple[dict[str, XsdElement], bool]:
    """The child elements of the type by name, and whether they stand in that order; in one choice of getClaim they do not."""
    group: Any = declared.type.model_group
    particles = {str(particle.name): particle for particle in group.iter_elements() if particle.name} if group is not None else {}
    return particles, group is not None and len(particles) == len(group)


def _unknown_child(child: etree._Element, meant: str, declared: XsdElement, names: list[str], places: list[int]) -> str:
    name = etree.QName(child)
    if meant:
        return _unknown(name, meant)
    if name.localname in declared.attributes:
        return f"is an attribute of {declared.local_name}, not an element in it"
    following = names[max(places, default=-1) + 1 :]
    return "is not known here" + (f"; expected next: {_either(following)}" if following else "")


def _before(names: list[str], name: str, seen: Counter[str]) -> str:
    later = [other for other in names[names.index(name) + 1 :] if seen[other]]
    return f"; it stands before {later[0]}" if later else ""


def _out_of_order(element: etree._Element, names: list[str], places: list[int]) -> Iterator[Finding]:
    """The fewest children that would have to move, one finding for each name."""
    kept = _longest_ascent(places)
    if len(kept) == len(places):
        return
    stay = sorted({places[index] for index in kept})
    for place in dict.fromkeys(place for index, place in enumerate(places) if index not in kept):
        later = bisect_right(stay, place)
        where = f"before {names[stay[later]]}" if later < len(stay) else f"after {names[stay[-1]]}"
        yield _finding(element, _path(element), f"{names[place]} is out of order; it must stand {where}")


def _longest_ascent(places: list[int]) -> set[int]:
    """The indices of a longest non-descending run through `places` (patience sorting: a document may have very many children)."""
    tops: list[int] = []  # tops[n]: index of the lowest place that ends a run of n + 1
    before: list[int] = []
    for index, place in enumerate(places):
        pile = bisect_right(tops, place, key=places.__getitem__)
        before.append(tops[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [index]
    run: set[int] = set()
    index = tops[-1] if tops else -1
    while index >= 0:
        run.add(index)
        index = before[index]
    return run


# words


def _meant(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` is a near miss of; case alone does not count as a difference."""
    lower = {candidate.lower(): candidate for candidate in candidates}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.8)
    return lower[near[0]] if near else None


def _unknown(name: etree.QName, meant: str | None) -> str:
    if meant is None:
        return "is not known here"
    if meant == name.localname:
        return f"must be in no namespace; found {quoted(name.namespace or '')}"
    return f"is not known here; did you mean {meant}? {_SPELLING}"


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _elements(element: etree._Element) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str))


def _path(element: etree._Element) -> str:
    """As Node.path, but with plain names where a namespace was added by mistake."""
    path = element.getroottree().getpath(element)
    if "*" not in path and ":" not in path:
        return path
    parent = element.getparent()
    return f"{_path(parent) if parent is not None else ''}/{etree.QName(element).localname}"


def _finding(element: etree._Element, at: str, message: str) -> Finding:
    line: Any = element.sourceline
    return Finding("Schema", at, message, line or None)


def _as_lxml_says(root: etree._Element, schema: Schema) -> Iterator[Finding]:
    """The last resort, should the walk find nothing in a document that lxml refuses."""
    # a fresh copy, since the error log of the shared one belongs to all threads
    validator = etree.XMLSchema(etree.parse(str(schema.path)))
    if not validator.validate(root):
        log: Any = validator.error_log
        for error in log:
            yield Finding("Schema", error.path or _path(root), error.message, error.line or None)
