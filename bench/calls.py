"""The requests that are measured: real ones, with a real token, for claims that are there. Token generation, RTA, release R7."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from gateway.contract.load import contract
from gateway.resources import folder
from gateway.xml.reply import escape
from gateway.xml.wsdl import published

SERVICE = contract().services["rta-token"]
NAMESPACE = published(SERVICE.wsdl).namespace
OPERATIONS = ("addClaim", "getClaimsStatus", "getClaimsList", "getClaim")
PASSWORD = "Sandbox-Key-2026!"  # of the demo directory
OK = b"<code>Ok</code>"

Post = Callable[[bytes], bytes]
"""Sends an envelope to the service and gives the reply's body."""


class NotOk(RuntimeError):
    """The gateway did not answer Ok while the claims for a measurement were put in."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it is sent again and again; a right answer to it is HTTP 200 and holds `marker`."""

    name: str
    path: str
    body: bytes
    marker: bytes

    def http(self, port: int) -> bytes:
        """The whole HTTP message. No charset in the Content-Type: with one, stock Spyne decodes and parses twice, and the echo would lose by it."""
        head = (
            f'POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\nSOAPAction: ""\r\n'
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def envelope(operation: str, arguments: Mapping[str, Any], namespace: str = NAMESPACE) -> bytes:
    """A SOAP 1.1 envelope as a toolkit writes it; arguments, texts or texts by name, are unqualified, as the published contract has them."""
    inner = _elements(arguments)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:w="{namespace}">'
        f"<soap:Body><w:{operation}>{inner}</w:{operation}></soap:Body></soap:Envelope>"
    ).encode()


def _elements(values: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{escape(value) if isinstance(value, str) else _elements(value)}</{name}>" for name, value in values.items())


def prepare(post: Post, work_list: int) -> dict[str, Request]:
    """Log in, send a claim to look at and `work_list` claims of another organisation for its work list; give the request of each operation."""
    form = (folder("fixtures") / "rta" / "valid" / "addClaim" / "adult-driver.xml").read_text(encoding="utf-8")
    one, other = token(post, "cr1"), token(post, "cr2")
    number = value(call(post, "addClaim", claimXML=form, accessToken=one), "applicationId")
    for _ in range(work_list):
        call(post, "addClaim", claimXML=form, accessToken=other)
    arguments = {
        "addClaim": {"claimXML": form, "accessToken": one},
        "getClaimsStatus": {"applicationId": number, "accessToken": one},
        "getClaimsList": {"accessToken": other},
        "getClaim": {"applicationId": number, "accessToken": one},
    }
    return {name: Request(name, SERVICE.path, envelope(name, arguments[name]), OK) for name in OPERATIONS}


def over_http(port: int, path: str) -> Post:
    """Posts to a server on this machine over one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def post(body: bytes) -> bytes:
        connection.request("POST", path, body, {"Content-Type": "text/xml"})
        return connection.getresponse().read()

    return post


def in_process(application: Callable[..., Any], path: str) -> Post:
    """Posts to a WSGI application in this process."""
    template = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "CONTENT_TYPE": "text/xml",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_SOAPACTION": '""',
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
    }

    def post(body: bytes) -> bytes:
        environ = {**template, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        return b"".join(application(environ, lambda _status, _headers, _error=None: None))

    return post


def token(post: Post, name: str) -> str:
    """An access token for the handler of an organisation of the demo directory."""
    return value(call(post, "getToken", userID=f"{name}-a2a", userAsID=f"{name}-handler", password=PASSWORD), "accessToken")


def call(post: Post, operation: str, **arguments: str) -> str:
    """The reply to an operation. Raises NotOk."""
    reply = post(envelope(operation, arguments))
    if OK not in reply:
        raise NotOk(f"{operation} was answered: {reply.decode(errors='replace')[:1000]}")
    return reply.decode()


def value(reply: str, name: str) -> str:
    """The text of an element of a reply. Raises NotOk if there is none."""
    found = re.search(f"<{name}>([^<]*)</{name}>", reply)
    if found is None:
        raise NotOk(f"No {name} in: {reply[:1000]}")
    return html.unescape(found.group(1))
