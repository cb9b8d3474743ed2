"""Spyne's SOAP 1.1 with two parts exchanged: how a request is opened and read, and how a reply is written.

Stock Spyne crashes or is silent on much that old programs send, qualifies every child of a reply, and spends most of its time building
trees. Here the envelope goes through the hardened parser, arguments are read by the WSDL's shapes, and replies are written by a text plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from spyne.protocol.soap.soap11 import Soap11

from gateway.errors import NotOurMessage
from gateway.xml.arguments import read_arguments
from gateway.xml.envelope import Request, open_envelope
from gateway.xml.parser import Limits
from gateway.xml.reply import Writer, writer
from gateway.xml.wsdl import Wsdl


class A2ASoap11(Soap11):  # type: ignore[misc]
    """The protocol of one endpoint. What a call needs of the transport it finds in `ctx.udc` (see server.Exchange)."""

    mime_type = "text/xml; charset=utf-8"

    def __init__(self, wsdl: Wsdl) -> None:
        super().__init__(validator=None)
        self.wsdl = wsdl
        self._writers: Mapping[str, Writer] = {name: writer(wsdl, message) for name, message in wsdl.responses.items()}

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Bytes to an opened envelope. Raises NotOurMessage."""
        limits: Limits = ctx.udc.limits
        data, ctx.in_string = ctx.in_string, b""  # the tree is enough; of a large request there is not more than need be
        ctx.in_document = open_envelope(data, limits, charset)

    def decompose_incoming_envelope(self, ctx: Any, message: str = Soap11.REQUEST) -> None:
        """The body element names the operation; SOAPAction does not matter. Raises NotOurMessage if there is none of that name here."""
        request: Request = ctx.in_document
        if request.namespace != self.wsdl.namespace or request.operation not in self.wsdl.requests:
            raise NotOurMessage(
                f"There is no operation {{{request.namespace[:100]}}}{request.operation[:100]} here; "
                f"this address serves the namespace {self.wsdl.namespace}, as its ?wsdl says."
            )
        ctx.in_body_doc = request.element
        ctx.method_request_string = f"{{{request.namespace}}}{request.operation}"

    def deserialize(self, ctx: Any, message: str) -> None:
        """The arguments are read inside the pipeline, so that what is wrong with them is answered in the reply."""
        request = self.wsdl.requests[ctx.descriptor.name]
        ctx.in_object = [partial(read_arguments, ctx.in_body_doc, request, self.wsdl)]

    def serialize(self, ctx: Any, message: str) -> None:
        """Values to the reply's bytes."""
        name = ctx.descriptor.name
        ctx.out_string = [self._writers[name]({self.wsdl.responses[name].only.name: ctx.out_object[0]})]
        ctx.out_document = ctx.out_string

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Done in serialize."""
