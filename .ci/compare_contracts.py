"""Compare the WSDL files with a folder of contract facts.

Usage: compare_contracts.py FOLDER      (FOLDER/contracts/*.json, one file for each service)

A WSDL file is read into the form of the facts, from its service down to the fields, and the two are compared in both
directions. Prints a line for each difference and exits with 1 if there is any.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

WSDL_FOLDER = Path(__file__).parents[1] / "wsdl"
NS = {
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/",
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "xs": "http://www.w3.org/2001/XMLSchema",
}
# Facts that say how to read the others and have no counterpart in a WSDL.
LEGEND = ("process", "authentication", "fieldRow")


def one(node: etree._Element, path: str) -> etree._Element:
    """Return the only element found by an XPath."""
    found = node.xpath(path, namespaces=NS)
    if len(found) != 1:
        raise SystemExit(f"{node.getroottree().docinfo.URL}: {len(found)} results for {path}")
    return found[0]


def local(name: str) -> str:
    """Strip the prefix of the target namespace; that of XML Schema stays."""
    return name.removeprefix("tns:")


def joined(values: Iterable[str]) -> str:
    """Return what should be one value, or all that there are."""
    return " / ".join(sorted(set(values)))


def by_name(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Index records by name, refusing duplicates."""
    index = {item["name"]: {key: value for key, value in item.items() if key != "name"} for item in items}
    if len(index) != len(items):
        raise SystemExit(f"duplicate names among {[item['name'] for item in items]}")
    return index


def field_rows(parent: etree._Element) -> list[list[Any]]:
    """Return a type's own elements as rows: name, type, minOccurs, maxOccurs and perhaps nillable."""
    rows = []
    for node in parent.xpath("xs:sequence/xs:element", namespaces=NS):
        most = node.get("maxOccurs", "1")
        row = [
            node.get("name"),
            local(node.get("type")),
            int(node.get("minOccurs", "1")),
            most if most == "unbounded" else int(most),
        ]
        rows.append([*row, "nillable"] if node.get("nillable") in {"true", "1"} else row)
    return rows


def complex_type(node: etree._Element) -> dict[str, Any]:
    """Return name, base and own fields of a complex type."""
    extensions = node.xpath("xs:complexContent/xs:extension", namespaces=NS)
    base = local(extensions[0].get("base")) if extensions else None
    return {"name": node.get("name"), "extends": base, "fields": field_rows(extensions[0] if extensions else node)}


class Reader:
    """Follows a WSDL file from its service to the types, noting what it has passed."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.root = etree.parse(str(path)).getroot()
        self.schema = one(self.root, "wsdl:types/xs:schema")
        self.seen: set[etree._Element] = set()

    def named(self, parent: etree._Element, tag: str, name: str) -> etree._Element:
        """Return the child of that tag and name."""
        node = one(parent, f"{tag}[@name='{local(name)}']")
        self.seen.add(node)
        return node

    def wrapper(self, message_name: str) -> tuple[str, list[list[Any]]]:
        """Return the element that a message carries and the fields in it."""
        part = one(self.named(self.root, "wsdl:message", message_name), "wsdl:part[@name='parameters']")
        element = self.named(self.schema, "xs:element", part.get("element"))
        wrapper_type = self.named(self.schema, "xs:complexType", element.get("type"))
        return element.get("name"), field_rows(wrapper_type)

    def facts(self) -> dict[str, Any]:
        """Return the file's content in the form of the facts."""
        service = one(self.root, "wsdl:service")
        port = one(service, "wsdl:port")
        binding = self.named(self.root, "wsdl:binding", port.get("binding"))
        port_type = self.named(self.root, "wsdl:portType", binding.get("type"))
        messages, requests, replies, operations = [], [], [], []
        for node in port_type.findall("wsdl:operation", NS):
            name = node.get("name")
            sent, returned = (local(one(node, f"wsdl:{end}").get("message")) for end in ("input", "output"))
            request, request_rows = self.wrapper(sent)
            reply, reply_rows = self.wrapper(returned)
            messages.append(f"{sent} and {returned}".replace(name, "<operation>"))
            requests.append(request.replace(name, "<operation>", 1))
            replies.append(reply.replace(name, "<operation>", 1))
            operations.append({"name": name, "request": request_rows, "response": reply_rows})
        types = self.schema.findall("xs:complexType", NS)
        bodies = binding.xpath("wsdl:operation/*/soap:body", namespaces=NS)
        uses = joined(body.get("use", "no use") for body in bodies)
        return {
            "targetNamespace": joined([self.root.get("targetNamespace"), self.schema.get("targetNamespace")]),
            "elementFormDefault": self.schema.get("elementFormDefault", "unqualified"),
            "definitionsName": self.root.get("name"),
            "portType": port_type.get("name"),
            "binding": binding.get("name"),
            "service": service.get("name"),
            "port": port.get("name"),
            "path": urlsplit(one(port, "soap:address").get("location")).path,
            "soapVersion": "1.1",  # the namespace of soap:binding, without which the next line fails
            "style": f"{one(binding, 'soap:binding').get('style')}/{uses} wrapped",
            "soapAction": joined(one(node, "soap:operation").get("soapAction", "none") for node in binding.findall("wsdl:operation", NS)),
            "messageNames": joined(messages),
            "requestElement": joined(requests),
            "responseElement": joined(replies),
            "simpleTypes": {
                node.get("name"): node.xpath("xs:restriction/xs:enumeration/@value", namespaces=NS)
                for node in self.schema.findall("xs:simpleType", NS)
            },
            "types": by_name([complex_type(node) for node in types if node not in self.seen]),
            "operations": by_name(operations),
            "bound operations": sorted(binding.xpath("wsdl:operation/@name", namespaces=NS)),
            "bound bodies": len(bodies),
            "unreached": [
                node.get("name") for node in (*self.root.findall("wsdl:message", NS), *self.schema.findall("xs:element", NS)) if node not in self.seen
            ],
        }


def expected(facts: dict[str, Any]) -> dict[str, Any]:
    """Return a facts file in the form that a reader gives."""
    names = [operation["name"] for operation in facts["operations"]]
    return {
        **{key: value for key, value in facts.items() if key not in LEGEND},
        "types": by_name(facts["types"]),
        "operations": by_name(facts["operations"]),
        "bound operations": sorted(names),
        "bound bodies": 2 * len(names),
        "unreached": [],
    }


def differences(found: Any, wanted: Any, place: str) -> Iterator[str]:
    """Yield a line for each difference between two nests of values."""
    if not (isinstance(found, dict) and isinstance(wanted, dict)):
        if found != wanted:
            yield f"{place}: the WSDL has {found!r}, the facts have {wanted!r}"
        return
    for key in sorted(found.keys() | wanted.keys()):
        if key not in wanted:
            yield f"{place}: {key} is not in the facts"
        elif key not in found:
            yield f"{place}: {key} is not in the WSDL"
        else:
            yield from differences(found[key], wanted[key], f"{place}: {key}")


def compare(folder: Path) -> Iterator[str]:
    """Yield the differences between all WSDL files and all contract facts."""
    readers = [Reader(path) for path in sorted(WSDL_FOLDER.glob("*.wsdl"))]
    files = {reader.root.get("targetNamespace"): reader for reader in readers}
    contracts = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("contracts/*.json"))]
    facts = {contract["targetNamespace"]: contract for contract in contracts}
    for namespace in sorted(files.keys() | facts.keys()):
        if namespace not in facts:
            yield f"{files[namespace].name}: no facts for {namespace}"
        elif namespace not in files:
            yield f"no WSDL file for {namespace}"
        else:
            yield from differences(files[namespace].facts(), expected(facts[namespace]), files[namespace].name)


def main(arguments: list[str]) -> int:
    """Run the comparison and return the exit status."""
    if len(arguments) != 1 or not Path(arguments[0], "contracts").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    found = list(compare(Path(arguments[0])))
    print("\n".join(found) if found else "The WSDL files and the facts agree.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
