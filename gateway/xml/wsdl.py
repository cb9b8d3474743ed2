"""What a message looks like, read from the published WSDL. Nothing about a message's shape is written anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from gateway.resources import folder

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"


@dataclass(frozen=True, slots=True)
class Field:
    """One child element. `type` is an XSD base type name (string, boolean, int, dateTime, base64Binary) or a key of `Wsdl.types`/`enums`."""

    name: str
    type: str
    minimum: int
    many: bool
    nillable: bool

    @property
    def required(self) -> bool:
        """Must stand in every message."""
        return self.minimum > 0


@dataclass(frozen=True, slots=True)
class Message:
    """The children of an operation's request or response element, in published order."""

    element: str
    fields: tuple[Field, ...]

    @property
    def only(self) -> Field:
        """The single child of a response: the irregularly named wrapper."""
        (field,) = self.fields
        return field


@dataclass(frozen=True, slots=True)
class Wsdl:
    """One published contract. `types` holds each complex type's fields with those it inherits first."""

    path: Path
    namespace: str
    service: str
    requests: Mapping[str, Message]
    responses: Mapping[str, Message]
    types: Mapping[str, tuple[Field, ...]]
    bases: Mapping[str, str | None]
    enums: Mapping[str, tuple[str, ...]]
    schema: etree.XMLSchema

    def text(self, address: str) -> bytes:
        """The file, byte for byte, but for the address of the port."""
        start, end = _around_address(self.path)
        return start + _escape(address).encode() + end


@cache
def published(file_name: str) -> Wsdl:
    """The WSDL of that name (PIPWSTK.wsdl …)."""
    return read(folder("wsdl") / file_name)


def read(path: Path) -> Wsdl:
    """Read a WSDL 1.1 file with one inline schema, document/literal wrapped."""
    root = etree.parse(path).getroot()
    schema = root.find(f"{WSDL}types/{XS}schema")
    if schema is None:
        raise ValueError(f"{path.name} has no inline schema")
    own, bases = _complex_types(schema)
    elements = {element.get("name", ""): _element_fields(element, own) for element in schema.findall(f"{XS}element")}
    names = [operation.get("name", "") for operation in root.findall(f"{WSDL}portType/{WSDL}operation")]
    return Wsdl(
        path=path,
        namespace=root.get("targetNamespace", ""),
        service=_attribute(root, f"{WSDL}service", "name"),
        requests={name: Message(name, elements[name]) for name in names},
        responses={name: Message(f"{name}Response", elements[f"{name}Response"]) for name in names},
        types={name: _inherited(name, own, bases) for name in own if name not in elements},
        bases={name: base for name, base in bases.items() if name not in elements},
        enums={
            simple.get("name", ""): tuple(value.get("value", "") for value in simple.iter(f"{XS}enumeration"))
            for simple in schema.findall(f"{XS}simpleType")
        },
        schema=etree.XMLSchema(etree.fromstring(etree.tostring(schema))),
    )


def _attribute(root: etree._Element, path: str, name: str) -> str:
    element = root.find(path)
    return "" if element is None else element.get(name, "")


def _complex_types(schema: etree._Element) -> tuple[dict[str, tuple[Field, ...]], dict[str, str | None]]:
    own: dict[str, tuple[Field, ...]] = {}
    bases: dict[str, str | None] = {}
    for complex_type in schema.findall(f"{XS}complexType"):
        name = complex_type.get("name", "")
        extension = complex_type.find(f"{XS}complexContent/{XS}extension")
        own[name] = _fields(complex_type if extension is None else extension)
        bases[name] = None if extension is None else _local(extension.get("base", ""))
    return own, bases


def _fields(holder: etree._Element) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=element.get("name", ""),
            type=_local(element.get("type", "")),
            minimum=int(element.get("minOccurs", "1")),
            many=element.get("maxOccurs", "1") != "1",
            nillable=element.get("nillable") == "true",
        )
        for element in holder.findall(f"{XS}sequence/{XS}element")
    )


def _element_fields(element: etree._Element, own: Mapping[str, tuple[Field, ...]]) -> tuple[Field, ...]:
    inline = element.find(f"{XS}complexType")
    return _fields(inline) if inline is not None else own[_local(element.get("type", ""))]


def _inherited(name: str, own: Mapping[str, tuple[Field, ...]], bases: Mapping[str, str | None]) -> tuple[Field, ...]:
    base = bases[name]
    return (() if base is None else _inherited(base, own, bases)) + own[name]


def _local(qualified: str) -> str:
    return qualified.rpartition(":")[2]


@cache
def _around_address(path: Path) -> tuple[bytes, bytes]:
    text = path.read_bytes()
    start = text.index(b'location="', text.index(b"<soap:address")) + len(b'location="')
    return text[:start], text[text.index(b'"', start) :]


def _escape(address: str) -> str:
    return address.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
