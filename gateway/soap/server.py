"""One endpoint over HTTP: Spyne's WSGI application with the transport's corners closed.

Every request gets a well-formed answer: a reply, a Fault, or for what is not a POST a line of plain text. Nothing leaves as a stack trace.
"""

from __future__ import annotations

import io
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spyne.server.http import HttpTransportContext
from spyne.server.wsgi import WsgiApplication, WsgiMethodContext

from gateway.contract.model import Contract, Service
from gateway.dispatch import Dispatcher
from gateway.errors import NotOurMessage
from gateway.log import logger
from gateway.soap.services import application
from gateway.xml.parser import Limits
from gateway.xml.reply import fault
from gateway.xml.wsdl import published

XML = "text/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_STATUS = {200: "200 OK", 400: "400 Bad Request", 405: "405 Method Not Allowed", 413: "413 Content Too Large", 415: "415 Unsupported Media Type"}
_BROKEN = "500 Internal Server Error"
_MULTIPART = "multipart/related"
_SOAP_TYPES = ("text/xml", "application/xml", "application/soap+xml", "")
_CHARSET = re.compile(r";\s*charset\s*=\s*(\"[^\"]*\"|'[^']*'|[^;\s]+)", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9._\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_CHUNK = 64 * 1024

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Observer = Callable[[Mapping[str, Any], float], None]
"""Is told of each exchange when its answer is ready: the line of the log, and seconds."""


@dataclass(slots=True)
class Exchange:
    """What one HTTP exchange knows of itself; Spyne's `udc`."""

    limits: Limits
    request_id: str
    log: dict[str, Any] = field(default_factory=dict)


class _Context(WsgiMethodContext):  # type: ignore[misc]
    """Spyne's context of a call, without what costs much here and serves nobody: a check of each attribute that is set, a copy of the HTTP
    headers, a copy of the context for each function bound to an operation (there is one), and events (nobody listens).
    """

    HttpTransportContext = HttpTransportContext
    __setattr__ = object.__setattr__

    def for_call(self, exchange: Exchange, data: bytes) -> _Context:
        """One for a call, made of this one, of which all calls share what hangs on it (transport, protocol and event contexts): nothing here uses it."""
        made: _Context = _Context.__new__(_Context)
        made.__dict__.update(self.__dict__, udc=exchange, in_string=data)
        return made

    def copy(self) -> _Context:
        return self

    def fire_event(self, event: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


class Endpoint(WsgiApplication):  # type: ignore[misc]
    """A WSGI application for one of the four services."""

    def __init__(self, service: Service, contract: Contract, dispatcher: Dispatcher, observers: Iterable[Observer] = ()) -> None:
        self.service = service
        self._observers = tuple(observers)
        self.wsdl = published(service.wsdl)
        self._dispatcher = dispatcher
        settings = dispatcher.settings
        self._limits = Limits(settings.max_request_bytes, settings.max_elements)
        self._details = {name: any(f.name == "details" for f in self.wsdl.types[message.only.type]) for name, message in self.wsdl.responses.items()}
        super().__init__(application(service, contract, self._answer), max_content_length=settings.max_request_bytes)
        self._blank = _Context(self, {}, XML)

    def __call__(self, environ: Environ, start_response: StartResponse, wsgi_url: str | None = None) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            return self._post(environ, start_response)
        if method in ("GET", "HEAD") and "wsdl" in environ.get("QUERY_STRING", "").lower().split("&"):
            text = self.wsdl.text(address(environ, self.service.path))
            return _respond(start_response, "200 OK", text if method == "GET" else b"", XML, length=len(text))
        hint = f"{self.service.path} takes SOAP 1.1 by POST; GET {self.service.path}?wsdl gives its contract.\n"
        return _respond(start_response, _STATUS[405], hint.encode() if method != "HEAD" else b"", TEXT, ("Allow", "GET, POST"))

    def _post(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        exchange = Exchange(self._limits, environ.get("gateway.request_id") or secrets.token_hex(16))
        status = "200 OK"
        try:
            answer = self._exchange(environ, exchange)
        except NotOurMessage as problem:
            status = _STATUS.get(problem.status, _BROKEN)
            answer = fault(problem)
            exchange.log.update(fault=problem.faultcode)
        except Exception:
            logger.exception("defect in the endpoint", request=exchange.request_id)
            status = _BROKEN
            answer = fault(NotOurMessage(f"The gateway could not do this; reference {exchange.request_id}.", "Server"))
            exchange.log.update(fault="Server")
        seconds = time.perf_counter() - started
        line = {
            "request": exchange.request_id,
            "client": environ.get("REMOTE_ADDR", ""),
            "service": self.service.name,
            "status": int(status[:3]),
            "ms": round(seconds * 1000, 2),
            **exchange.log,
        }
        logger.info("call", **line)
        for observe in self._observers:
            observe(line, seconds)
        return _respond(start_response, status, answer, XML, ("X-Request-Id", exchange.request_id))

    def _exchange(self, environ: Environ, exchange: Exchange) -> bytes:
        charset = _charset(environ.get("CONTENT_TYPE", ""))
        primary = self.generate_contexts(self._blank.for_call(exchange, _body(environ, self._limits.max_bytes)), charset)[0]
        exchange.log["operation"] = primary.descriptor.name
        self.get_in_object(primary)
        self.get_out_object(primary)
        if primary.out_error is not None:
            raise RuntimeError("the pipeline let an exception through") from primary.out_error
        self.get_out_string(primary)
        answer: bytes = primary.out_string[0]
        return answer  # and the context is not closed: it has opened nothing, and Spyne would look whether to collect garbage meanwhile

    def _answer(self, ctx: Any, read: Callable[[], Any]) -> Any:
        name = ctx.descriptor.name
        exchange: Exchange = ctx.udc
        answer = self._dispatcher.answer(self.service, name, read, details=self._details[name], reference=exchange.request_id)
        exchange.log.update(answer.log)
        return answer.values


def address(environ: Environ, path: str) -> str:
    """The address the caller used, for the WSDL. The Host header is the client's word: an odd one is replaced by the server's name."""
    host = environ.get("HTTP_HOST", "")
    if not _HOST.fullmatch(host):
        host = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}{environ.get('SCRIPT_NAME', '')}{path}"


def _charset(content_type: str) -> str | None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _SOAP_TYPES:
        hint = "; files go within the message, in base64, so MTOM and SwA must be turned off" if kind == _MULTIPART else ""
        raise NotOurMessage(f"The Content-Type {kind[:60]!r} is not SOAP 1.1; send text/xml{hint}.", status=415)
    found = _CHARSET.search(content_type)
    return found.group(1).strip("\"'") if found else None


def _body(environ: Environ, largest: int) -> bytes:
    text = environ.get("CONTENT_LENGTH", "")
    expected: int | None = None
    if text:
        if not (text.isascii() and text.isdigit()):
            raise NotOurMessage("The Content-Length is not a number.", status=400)
        expected = int(text)
        if expected > largest:
            raise _too_large(environ, largest, expected)
    elif not environ.get("wsgi.input_terminated"):
        expected = 0
    taken = io.BytesIO()  # gives away what it holds without a copy, unlike a join
    size = 0
    stream = environ["wsgi.input"]
    while expected is None or size < expected:
        part = stream.read(_CHUNK if expected is None else min(_CHUNK, expected - size))
        if not part:
            break
        size += len(part)
        if size > largest:
            raise _too_large(environ, largest, None)
        taken.write(part)
    if expected is not None and size < expected:
        raise NotOurMessage(f"The request ends after {size} of its {expected} bytes.", status=400)
    return taken.getvalue()


def _too_large(environ: Environ, largest: int, announced: int | None) -> NotOurMessage:
    """The error to raise. What still comes is read and forgotten, up to a bound: a caller that sends all before it listens would otherwise
    find the line closed and never see the answer.
    """
    left = min(announced or 4 * largest, 4 * largest)
    while left > 0 and (part := environ["wsgi.input"].read(min(_CHUNK, left))):
        left -= len(part)
    return NotOurMessage(f"The request is larger than the {largest} bytes allowed.", status=413)


def _respond(
    start_response: StartResponse, status: str, body: bytes, content_type: str, *more: tuple[str, str], length: int | None = None
) -> Iterable[bytes]:
    size = len(body) if length is None else length
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(size)), *more])
    return [body]
