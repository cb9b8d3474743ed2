"""A client of the gateway that knows nothing of its code: it reads the published WSDL itself, and holds both envelopes of every call
against the schema in it."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from door import Answer, Door
from lxml import etree

ROOT = Path(__file__).parents[2]
PASSWORD: str = tomllib.loads((ROOT / "fixtures/directory/demo.toml").read_text(encoding="utf-8"))["password"]
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
FILES = {"rta-token": "PIPWSTK.wsdl", "rta-userauth": "PIPWS.wsdl", "elpl-token": "ELPLWSTK.wsdl", "elpl-userauth": "ELPLWS.wsdl"}


@dataclass(frozen=True)
class Part:
    """A child element as the WSDL declares it; `type` has no prefix."""

    name: str
    type: str
    required: bool
    many: bool


class Contract:
    """One WSDL file."""

    def __init__(self, path: Path) -> None:
        root = etree.parse(str(path)).getroot()
        self.file = path
        self.namespace: str = root.get("targetNamespace")
        self.operations: list[str] = [each.get("name") for each in root.findall(f"{WSDL}portType/{WSDL}operation")]
        address = root.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address").get("location")
        self.path: str = urlsplit(address).path
        markup = root.find(f"{WSDL}types/{XS}schema")
        self.schema = etree.XMLSchema(etree.fromstring(etree.tostring(markup)))
        self._elements = {each.get("name"): each for each in markup.findall(f"{XS}element")}
        self._types = {each.get("name"): each for each in markup.findall(f"{XS}complexType")}
        self.enumerations = {
            each.get("name"): [value.get("value") for value in each.iter(f"{XS}enumeration")] for each in markup.findall(f"{XS}simpleType")
        }
        self.message = cache(self._message)
        self.type = cache(self._type)

    def _message(self, element: str) -> tuple[Part, ...]:
        """The children of an operation's request or response element."""
        declared = self._elements[element]
        inline = declared.find(f"{XS}complexType")
        return self._parts(inline) if inline is not None else self.type(_local(declared.get("type")))

    def _type(self, name: str) -> tuple[Part, ...]:
        return self._parts(self._types[name])

    def is_complex(self, name: str) -> bool:
        return name in self._types

    def _parts(self, markup: Any) -> tuple[Part, ...]:
        inherited: tuple[Part, ...] = ()
        extension = markup.find(f"{XS}complexContent/{XS}extension")
        if extension is not None:
            inherited = self.type(_local(extension.get("base")))
            markup = extension
        return inherited + tuple(
            Part(each.get("name"), _local(each.get("type")), each.get("minOccurs", "1") != "0", each.get("maxOccurs", "1") != "1")
            for each in markup.findall(f"{XS}sequence/{XS}element")
        )


@cache
def contract(service: str) -> Contract:
    return Contract(ROOT / "wsdl" / FILES[service])


class SoapFault(Exception):
    """The call was answered by a Fault."""

    def __init__(self, answer: Answer, code: str, text: str) -> None:
        super().__init__(f"HTTP {answer.status} {code}: {text}")
        self.answer, self.status, self.code, self.text = answer, answer.status, code, text


@dataclass(frozen=True)
class Reply:
    """A reply, read. `payload` is what the response type has beyond code, message, details and trace."""

    operation: str
    code: str
    message: str | None
    details: str | None
    trace: str | None
    payload: dict[str, Any]
    answer: Answer = field(repr=False)

    @property
    def claim(self) -> dict[str, str]:
        """The claimInfo of a changing operation or of getClaimsStatus."""
        return self.payload["claimInfo"]

    def ok(self) -> Reply:
        assert self.code == "Ok", f"{self.operation}: {self.code}: {self.message}\n{self.details or ''}"
        return self

    def refused(self, *words: str) -> Reply:
        """A Failure, whose message has all these words, and nothing of a payload."""
        assert self.code == "Failure", f"{self.operation}: {self.code}: {self.message}"
        assert self.message
        for word in words:
            assert word in self.message, f"{word!r} is not in: {self.message}"
        assert not any(self.payload.values()), f"a refusal with a payload: {self.payload}"
        return self


class Client:
    """One program that calls one service, in somebody's name once `as_` has been called."""

    def __init__(self, door: Door, service: str, credentials: Mapping[str, Any] | None = None) -> None:
        self.door, self.service = door, service
        self.process, self.generation = service.split("-")
        self.contract = contract(service)
        self.credentials = dict(credentials or {})

    def as_(self, identity: str, user: str, password: str = PASSWORD) -> Client:
        """The same program, logged in: by getToken, or from now on by userAuth in each call."""
        if self.generation == "userauth":
            return Client(self.door, self.service, {"userAuth": {"asUser": user, "password": password, "username": identity}})
        token = self.call("getToken", userID=identity, userAsID=user, password=password).ok().payload["accessToken"]
        return Client(self.door, self.service, {"accessToken": token})

    def call(self, operation: str, **arguments: Any) -> Reply:
        """Send a request that is valid by the WSDL; the reply has been found valid too."""
        element = self.request(operation, **arguments)
        assert self.contract.schema.validate(element), f"the test's own request: {self.contract.schema.error_log}"
        return self.send(element)

    def send(self, element: Any) -> Reply:
        """Send a body element as it is, valid or not."""
        return self.post(envelope(element), etree.QName(element).localname)

    def post(self, data: bytes, operation: str, headers: Mapping[str, str | None] | None = None) -> Reply:
        """Send these bytes, and read the reply of that operation."""
        return self.read(operation, self.door.send("POST", self.contract.path, data, headers))

    def request(self, operation: str, **arguments: Any) -> Any:
        """The request's body element: the children in the order of the WSDL, in no namespace, those that are None left out."""
        parts = self.contract.message(operation)
        names = {part.name for part in parts}
        values = {**{name: value for name, value in self.credentials.items() if name in names}, **arguments}
        element = etree.Element(f"{{{self.contract.namespace}}}{operation}", nsmap={"ns": self.contract.namespace})
        self._write(element, parts, values)
        return element

    def _write(self, element: Any, parts: tuple[Part, ...], values: Mapping[str, Any]) -> None:
        unknown = values.keys() - {part.name for part in parts}
        assert not unknown, f"{element.tag} has no {', '.join(unknown)}"
        for part in parts:
            value = values.get(part.name)
            if value is None:
                continue
            child = etree.SubElement(element, part.name)
            if self.contract.is_complex(part.type):
                self._write(child, self.contract.type(part.type), value)
            else:
                child.text = _text(value)

    def read(self, operation: str, answer: Answer) -> Reply:
        """The reply in an answer. Raises SoapFault."""
        root = etree.fromstring(answer.body)
        assert root.tag == f"{{{SOAP}}}Envelope", root.tag
        (body,) = root
        (element,) = body
        if element.tag == f"{{{SOAP}}}Fault":
            raise SoapFault(answer, element.findtext("faultcode"), element.findtext("faultstring"))
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        assert element.tag == f"{{{self.contract.namespace}}}{operation}Response"
        assert self.contract.schema.validate(element), self.contract.schema.error_log
        assert not [each.tag for each in element.iterdescendants() if each.tag.startswith("{")], "a qualified child"
        (wrapper,) = self.contract.message(f"{operation}Response")
        values = self._read(element[0], self.contract.type(wrapper.type))
        head = {name: values.pop(name, None) for name in ("code", "message", "details", "trace")}
        return Reply(operation=operation, payload=values, answer=answer, **head)

    def _read(self, element: Any, parts: tuple[Part, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for part in parts:
            found = [self._value(each, part.type) for each in element.findall(part.name)]
            values[part.name] = found if part.many else (found[0] if found else None)
        return values

    def _value(self, element: Any, kind: str) -> Any:
        if element.get(NIL) == "true":
            return None
        if self.contract.is_complex(kind):
            return self._read(element, self.contract.type(kind))
        text = element.text or ""
        read = {"int": int, "boolean": lambda word: word == "true", "dateTime": datetime.fromisoformat, "base64Binary": base64.b64decode}
        return read.get(kind, str)(text)


def envelope(element: Any) -> bytes:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
    etree.SubElement(root, f"{{{SOAP}}}Header")
    etree.SubElement(root, f"{{{SOAP}}}Body").append(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def document(process: str, operation: str, name: str, validity: str = "valid") -> str:
    """A claim document of the fixtures, as text."""
    return (ROOT / "fixtures" / process / validity / operation / name).read_text(encoding="utf-8")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _local(qualified: str) -> str:
    return qualified.rpartition(":")[2]
