"""Requests written by hand, letter for letter: what no client library would send, and what odd ones do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from client import SOAP, Client, SoapFault, contract
from door import Answer, Door
from lxml import etree

RTA = contract("rta-token").namespace
RTA_PATH = contract("rta-token").path


def soap(body: str, header: str = "", namespace: str = SOAP) -> str:
    """An envelope around a body, without XML declaration."""
    return f'<s:Envelope xmlns:s="{namespace}">{header}<s:Body>{body}</s:Body></s:Envelope>'


def branches(token: str) -> str:
    """The body of a small call that anybody who has logged in may make."""
    return f'<t:getBranchesList xmlns:t="{RTA}"><accessToken>{token}</accessToken></t:getBranchesList>'


@dataclass(frozen=True)
class Poster:
    """Sends bytes or text to the RTA service of the token generation, and reads what comes back."""

    door: Door
    token: str

    @property
    def good(self) -> str:
        return soap(branches(self.token))

    def post(self, data: bytes | str, content_type: str | None = "text/xml; charset=utf-8", **headers: str | None) -> Answer:
        body = data if isinstance(data, bytes) else data.encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.door.send("POST", RTA_PATH, body, {"Content-Type": content_type, **named})

    def reply(
        self, data: bytes | str, content_type: str | None = "text/xml; charset=utf-8", operation: str = "getBranchesList", **headers: str | None
    ) -> Any:
        """The reply to a request that is read as one."""
        return Client(self.door, "rta-token").read(operation, self.post(data, content_type, **headers))

    def fault(self, data: bytes | str, content_type: str | None = "text/xml; charset=utf-8", **headers: str | None) -> SoapFault:
        """The Fault that a request is answered with: a SOAP 1.1 one, never a page or a stack trace."""
        answer = self.post(data, content_type, **headers)
        return fault_in(answer)


def fault_in(answer: Answer) -> SoapFault:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8", answer
    root = etree.fromstring(answer.body)
    (fault,) = root.findall(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    assert [child.tag for child in fault] == ["faultcode", "faultstring"]  # SOAP 1.1: in no namespace, in this order
    prefix, _, code = fault.findtext("faultcode").partition(":")
    assert fault.nsmap[prefix] == SOAP, "the faultcode is a qualified name of SOAP's"
    text = fault.findtext("faultstring")
    assert text
    assert "Traceback" not in text
    assert "gateway/" not in text
    return SoapFault(answer, code, text)
