"""Two ways to the gateway: its WSGI application in this process, and HTTP. Both take bytes and give bytes."""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from wsgiref.validate import validator

SOAP_TYPE = "text/xml; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class InProcess:
    """The WSGI application, held to PEP 3333 by wsgiref's validator on every call. `bare` is the same without the validator."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.bare = app
        self.app = validator(app)

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str | None] | None = None, **environ: Any) -> Answer:
        path, _, query = path.partition("?")
        given: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "gateway.example",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "gateway.example:8000",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if method == "POST":
            given.update(CONTENT_TYPE=SOAP_TYPE, CONTENT_LENGTH=str(len(body)), HTTP_SOAPACTION='""')
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            given[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        given.update(environ)
        given = {name: value for name, value in given.items() if value is not None}
        started: list[Any] = []

        def start_response(status: str, fields: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
            started.extend((status, fields))
            return lambda _data: None

        parts = self.app(given, start_response)
        try:
            content = b"".join(parts)
        finally:
            parts.close()
        status, fields = started
        return Answer(int(status[:3]), {name.lower(): value for name, value in fields}, content)


class OverHttp:
    """A server, by its base address. Every request opens a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.netloc = urlsplit(url).netloc

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.netloc, timeout=30)

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str | None] | None = None) -> Answer:
        given: dict[str, str | None] = {"Content-Type": SOAP_TYPE, "SOAPAction": '""'} if method == "POST" else {}
        given.update(headers or {})
        connection = self.connect()
        try:
            connection.request(method, path, body or None, {name: value for name, value in given.items() if value is not None})
            response = connection.getresponse()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()


Door = InProcess | OverHttp
