"""Spyne services derived from the WSDL and the contract table; nothing about an operation is typed here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from spyne.application import Application
from spyne.decorator import rpc
from spyne.model.binary import ByteArray
from spyne.model.complex import ComplexModel, ComplexModelMeta
from spyne.model.enum import Enum
from spyne.model.primitive import Boolean, DateTime, Integer32, Unicode
from spyne.service import ServiceBase, ServiceMeta

from gateway.contract.model import Contract, Service
from gateway.soap.protocol import A2ASoap11
from gateway.xml.wsdl import Field, Wsdl, published

Body = Callable[[Any, Any], Any]
logging.getLogger("spyne.util.appreg").setLevel(logging.ERROR)  # it warns of applications that are made anew, as with every reload
_PRIMITIVES: Mapping[str, Any] = {
    "string": Unicode,
    "boolean": Boolean,
    "int": Integer32,
    "dateTime": DateTime,
    "base64Binary": ByteArray,
}


class Disagreement(ValueError):
    """WSDL and contract table do not name the same operations."""


def application(service: Service, contract: Contract, body: Body) -> Application:
    """The Spyne application of one endpoint; `body(ctx, read)` is run for each of its operations."""
    wsdl = published(service.wsdl)
    _agree(service, contract, wsdl)
    types = _Types(wsdl)
    members = {name: _operation(name, wsdl, types, body) for name in wsdl.requests}
    spyne_service = ServiceMeta(wsdl.service, (ServiceBase,), members)
    incoming, outgoing = A2ASoap11(wsdl), A2ASoap11(wsdl)
    return Application([spyne_service], tns=wsdl.namespace, name=wsdl.service, in_protocol=incoming, out_protocol=outgoing)


def _agree(service: Service, contract: Contract, wsdl: Wsdl) -> None:
    told = {operation.name for operation in contract.of_process(service.process)}
    if service.generation == "userauth":
        told -= {operation.name for operation in contract.of_process(service.process) if operation.actor == "anonymous"}
    if told != set(wsdl.requests):
        raise Disagreement(f"{wsdl.path.name} and the contract table differ in: {', '.join(sorted(told ^ set(wsdl.requests)))}")
    for operation in contract.of_process(service.process):
        if operation.payload and operation.name in wsdl.requests and operation.payload not in {f.name for f in wsdl.requests[operation.name].fields}:
            raise Disagreement(f"{operation.name} has no element {operation.payload} in {wsdl.path.name}")


def _operation(name: str, wsdl: Wsdl, types: _Types, body: Body) -> Any:
    request, response = wsdl.requests[name], wsdl.responses[name]

    def call(ctx: Any, read: Any) -> Any:
        return body(ctx, read)

    call.__name__ = name
    return rpc(
        *[types.of(field) for field in request.fields],
        _args=[field.name for field in request.fields],
        _returns=types.of(response.only),
        _out_variable_name=response.only.name,
    )(call)


class _Types:
    """The WSDL's types as Spyne classes, each made once."""

    def __init__(self, wsdl: Wsdl) -> None:
        self._wsdl = wsdl
        self.named = cache(self._named)

    def of(self, field: Field) -> Any:
        """The class of one element, with its cardinality."""
        return self.named(field.type).customize(
            min_occurs=field.minimum, max_occurs="unbounded" if field.many else 1, nillable=field.nillable, sub_name=field.name
        )

    def _named(self, name: str) -> Any:
        if name in _PRIMITIVES:
            return _PRIMITIVES[name]
        if name in self._wsdl.enums:
            made = Enum(*self._wsdl.enums[name], type_name=name)
            made.__namespace__ = self._wsdl.namespace
            return made
        base = self._wsdl.bases[name]
        inherited = len(self._wsdl.types[base]) if base else 0
        own = [(field.name, self.of(field)) for field in self._wsdl.types[name][inherited:]]
        parent = self.named(base) if base else ComplexModel
        return ComplexModelMeta(name, (parent,), {"__namespace__": self._wsdl.namespace, "_type_info": own})
