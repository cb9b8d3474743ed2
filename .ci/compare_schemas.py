"""Compare the claim-document schemas with a folder of schema facts.

Usage: compare_schemas.py FOLDER

FOLDER holds messages/<process>/*.json, one file for each schema, messages/releases.json and codes.json.

Every schema is read back into the form of the facts and compared in both directions; so are the labels of code values
and releases.toml. Prints one line for each difference and exits with 1 if there is any.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

SCHEMAS = Path(__file__).parents[1] / "schemas"
XS = "{http://www.w3.org/2001/XMLSchema}"
FACETS = ("minLength", "maxLength", "minInclusive", "maxInclusive", "totalDigits", "fractionDigits")
UNCONSTRAINED = ("xs:anySimpleType", "xs:anyType", None)


class Unreadable(Exception):
    """A construct the form of the facts has no word for."""


def parts(node: etree._Element, *allowed: str) -> list[etree._Element]:
    """The child elements without annotations; each must be one of `allowed`."""
    children = [child for child in node if isinstance(child.tag, str) and child.tag != f"{XS}annotation"]
    for child in children:
        if str(child.tag).removeprefix(XS) not in allowed:
            raise Unreadable(f"line {child.sourceline}: {child.tag} within {node.tag}")
    return children


def only(node: etree._Element, *allowed: str) -> dict[str, str]:
    """The attributes of `node`; each must be one of `allowed`."""
    for name in node.attrib:
        if name not in allowed:
            raise Unreadable(f"line {node.sourceline}: attribute {name!s} of {node.tag}")
    return {str(name): str(value) for name, value in node.attrib.items()}


def kind(node: etree._Element) -> str:
    """The local name of a schema component."""
    return str(node.tag).removeprefix(XS)


def type_name(written: str | None) -> str | None:
    """A type's name as the facts give it; None where there is no constraint."""
    return None if written in UNCONSTRAINED else str(written).removeprefix("xs:")


def read_schema(path: Path) -> dict[str, Any]:
    """A schema file in the form of the facts."""
    root = etree.parse(str(path)).getroot()
    only(root, "elementFormDefault", "attributeFormDefault", "targetNamespace")
    for default in ("elementFormDefault", "attributeFormDefault"):
        if root.get(default, "unqualified") != "unqualified":
            raise Unreadable(f"{default} is {root.get(default)}")
    facts: dict[str, Any] = {
        "message": path.stem,
        "targetNamespace": root.get("targetNamespace"),
        "root": {},
        "complexTypes": {},
        "simpleTypes": {},
    }
    for node in parts(root, "element", "complexType", "simpleType"):
        name = str(node.get("name"))
        if kind(node) == "element":
            only(node, "name")
            (inner,) = parts(node, "complexType")
            group, value = "root", {"complex": read_complex(inner)}
        elif kind(node) == "complexType":
            group, value = "complexTypes", read_complex(node)
        else:
            group, value = "simpleTypes", read_simple(node)
        if name in facts[group]:
            raise Unreadable(f"{name} is defined twice")
        facts[group][name] = value
    return facts


def read_complex(node: etree._Element) -> dict[str, Any]:
    """A complex type: its sequence, how often that occurs if not once, its attributes."""
    only(node, "name")
    facts: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for child in parts(node, "sequence", "attribute"):
        if kind(child) == "attribute":
            name = str(child.get("name"))
            if name in attributes:
                raise Unreadable(f"line {child.sourceline}: attribute {name} is there twice")
            attributes[name] = read_attribute(child)
        else:
            given = only(child, "minOccurs", "maxOccurs")
            occurs = [given.get("minOccurs", "1"), given.get("maxOccurs", "1")]
            facts["sequence"] = [read_particle(particle) for particle in parts(child, "element", "choice")]
            if occurs != ["1", "1"]:
                facts["occurs"] = occurs
    if attributes:
        facts["attributes"] = attributes
    return facts


def read_particle(node: etree._Element) -> dict[str, Any]:
    """An element or a choice inside a sequence."""
    given = only(node, "name", "ref", "type", "minOccurs", "maxOccurs")
    facts: dict[str, Any] = {"min": given.get("minOccurs", "1"), "max": given.get("maxOccurs", "1")}
    if kind(node) == "choice":
        return {"choice": [read_particle(child) for child in parts(node, "element")], **facts}
    if "ref" in given:
        return {"element": f"ref:{given['ref']}", **facts}
    facts["element"] = given["name"]
    inner = parts(node, "complexType", "simpleType")
    if "type" in given or not inner:
        facts["type"] = type_name(given.get("type"))
    for child in inner:
        if kind(child) == "complexType":
            facts["complex"] = read_complex(child)
        else:
            facts["inline"] = read_simple(child)
    return facts


def read_attribute(node: etree._Element) -> dict[str, Any]:
    """An attribute: type and use, and its own restriction where it has one."""
    given = only(node, "name", "type", "use")
    facts: dict[str, Any] = {"type": type_name(given.get("type")), "use": given.get("use", "optional")}
    for child in parts(node, "simpleType"):
        facts["inline"] = read_simple(child)
    return facts


def read_simple(node: etree._Element) -> dict[str, Any]:
    """A restriction: base, facets, patterns, enumeration."""
    only(node, "name")
    (restriction,) = parts(node, "restriction")
    facts: dict[str, Any] = {"base": str(type_name(only(restriction, "base")["base"]))}
    for facet in parts(restriction, *FACETS, "pattern", "enumeration"):
        value = only(facet, "value")["value"]
        if kind(facet) == "pattern":
            facts.setdefault("pattern", []).append(value)
        elif kind(facet) == "enumeration":
            facts.setdefault("enum", []).append(value)
        else:
            facts[kind(facet)] = value
    return facts


def differences(stated: Any, written: Any, at: str) -> Iterator[str]:
    """One line for each point where the facts (`stated`) and a file (`written`) disagree."""
    if isinstance(stated, dict) and isinstance(written, dict):
        for key in sorted(stated.keys() | written.keys()):
            if key not in written:
                yield f"{at}/{key}: missing, facts have {json.dumps(stated[key], ensure_ascii=False)[:100]}"
            elif key not in stated:
                yield f"{at}/{key}: not in the facts"
            else:
                yield from differences(stated[key], written[key], f"{at}/{key}")
    elif isinstance(stated, list) and isinstance(written, list) and any(isinstance(item, dict) for item in stated):
        if len(stated) != len(written):
            yield f"{at}: facts have {len(stated)} items, the file {len(written)}"
        for number, (left, right) in enumerate(zip(stated, written, strict=False)):
            yield from differences(left, right, f"{at}[{number}]")
    elif stated != written or type(stated) is not type(written):
        yield f"{at}: facts {stated!r}, file {written!r}"


def compare_documents(messages: Path) -> Iterator[str]:
    """Schema files against facts, file by file."""
    stated = {f"{path.parent.name}/{path.stem}": path for path in messages.glob("*/*.json")}
    written = {f"{path.parent.name}/{path.stem}": path for path in SCHEMAS.glob("*/*.xsd")}
    if not stated:
        yield f"no facts in {messages}"
    for name in sorted(stated.keys() | written.keys()):
        if name not in written:
            yield f"{name}: no schema file"
        elif name not in stated:
            yield f"{name}: no facts"
        else:
            facts = json.loads(stated[name].read_text("utf-8"))
            try:
                yield from differences(facts, read_schema(written[name]), name)
            except (Unreadable, KeyError, ValueError) as error:
                yield f"{name}: cannot be read as facts: {error}"


def stem(name: str) -> str:
    """The part of a code list's name that its variants share: C18_LossType_A2A_R3 is a C18_LossType."""
    return "_".join(name.split("_")[:2])


def compare_labels(codes: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The documentation of each code value against the label the facts have for it."""
    for path in sorted(SCHEMAS.glob("*/*.xsd")):
        known: dict[tuple[str, str], tuple[str, bool]] = {}
        for table, exact in ((codes["also"], False), (codes[path.parent.name.upper()], True)):
            for name, labels in table.items():
                if isinstance(labels, dict):
                    known |= {(stem(name), value): (label, exact) for value, label in labels.items()}
        for value_node in etree.parse(str(path)).iter(f"{XS}enumeration"):
            owner = next(value_node.iterancestors(f"{XS}simpleType")).get("name") or ""
            key = (stem(owner), str(value_node.get("value")))
            label = " ".join((value_node.findtext(f"{XS}annotation/{XS}documentation") or "").split())
            if key in known:
                stated, exact = known[key]
                if label != stated if exact else not label.lower().startswith(stated.lower()):
                    yield f"{path.parent.name}/{path.stem}: {owner} {key[1]}: facts {stated!r}, file {label!r}"


def compare_releases(releases: dict[str, Any]) -> Iterator[str]:
    """releases.toml of each process against the facts."""
    written: dict[str, Any] = {}
    for path in SCHEMAS.glob("*/releases.toml"):
        tables = tomllib.loads(path.read_text("utf-8"))
        written[path.parent.name] = {name: table["messages"] for name, table in tables.items()}
    yield from differences(releases, written, "releases")


def main(arguments: list[str]) -> int:
    """Compare with the folder named in `arguments`; the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    facts = Path(arguments[0])
    messages = facts / "messages"
    found = [
        *compare_documents(messages),
        *compare_labels(json.loads((facts / "codes.json").read_text("utf-8"))),
        *compare_releases(json.loads((messages / "releases.json").read_text("utf-8"))),
    ]
    for line in found:
        print(line)
    print(f"{len(found)} differences" if found else "The schemas agree with the facts.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
