"""The calls of the soak: one connection for each thread, every call timed and put down with what came of it."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from bench.calls import PASSWORD, envelope
from gateway.contract.load import contract
from gateway.xml.wsdl import published

OK, FAILURE, ERROR, BROKEN = "Ok", "Failure", "Error", "no answer"
OUTCOMES = (OK, FAILURE, ERROR, BROKEN)
_CODE = re.compile(r"<code>([A-Za-z]+)</code>")
_IDLE_SECONDS = 2.0  # less than the gateway keeps a connection: to be closed in the middle of a call would be no fault of it
_TIMEOUT = 60
_SHOWN = 20


class Wrong(Exception):
    """A call was not answered as it should have been; it has been put down already."""


@dataclass(slots=True)
class Party:
    """A program of an organisation. With `access` it uses the token services, else userAuth in each call."""

    organisation: str
    identity: str
    user: str
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)

    @property
    def generation(self) -> str:
        """Of its services."""
        return "token" if self.access else "userauth"

    def credentials(self) -> dict[str, Any]:
        """What goes with each call."""
        if self.access:
            return {"accessToken": self.access}
        return {"userAuth": {"asUser": self.user, "password": PASSWORD, "username": self.identity}}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was made. `at`: when it was answered, by time.monotonic."""

    at: float
    operation: str
    seconds: float
    outcome: str


class Record:
    """All calls, and what was wrong. Threads may share it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.kinds: Counter[str] = Counter()
        self._lock = threading.Lock()

    def problem(self, kind: str, text: str) -> None:
        """Something that must not be. The first of them are kept word for word, all are counted by kind."""
        with self._lock:
            self.kinds[kind] += 1
            if len(self.problems) < _SHOWN:
                self.problems.append(f"{kind}: {text}")

    def since(self, begin: float) -> Sequence[Call]:
        """The calls answered from that time on."""
        first = len(self.calls)
        while first and self.calls[first - 1].at >= begin:
            first -= 1
        return self.calls[first:]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was Ok."""

    text: str

    def value(self, name: str) -> str:
        """The first element of that name; "" if there is none. For ids, which hold nothing that is escaped."""
        found = re.search(f"<{name}>([^<]*)</{name}>", self.text)
        return found.group(1) if found else ""

    def values(self, name: str) -> list[str]:
        """All of them."""
        return re.findall(f"<{name}>([^<]*)</{name}>", self.text)


class Line:
    """A thread's connection to the gateway."""

    def __init__(self, port: int, record: Record) -> None:
        self._port, self.record = port, record
        self._connection: HTTPConnection | None = None
        self._used = 0.0

    def call(self, party: Party, process: str, operation: str, *, may_fail: bool = False, **arguments: Any) -> Reply | None:
        """The reply to a call that must be answered Ok. `may_fail`: a Failure, which then gives None, is no mistake. Raises Wrong."""
        credentials = {} if operation in ("getToken", "refreshToken") else party.credentials()
        service = contract().services[f"{process}-{party.generation}"]
        body = envelope(operation, {**arguments, **credentials}, published(service.wsdl).namespace)
        began = time.monotonic()
        outcome, text = self._post(service.path, body)
        ended = time.monotonic()
        fine = outcome == OK or (may_fail and outcome == FAILURE)
        self.record.calls.append(Call(ended, operation, ended - began, OK if fine else outcome))
        if not fine:
            told = " ".join(re.findall(r"<(?:message|details)>([^<]*)<", text)) or text
            self.record.problem(outcome, f"{operation} by {party.organisation}: {told[:300]}")
            raise Wrong(operation)
        return Reply(text) if outcome == OK else None

    def _post(self, path: str, body: bytes) -> tuple[str, str]:
        if self._connection is not None and time.monotonic() - self._used > _IDLE_SECONDS:
            self.close()
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
            self._connection.request("POST", path, body, {"Content-Type": "text/xml; charset=utf-8"})
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as problem:
            self.close()
            return BROKEN, f"{type(problem).__name__}: {problem}"
        self._used = time.monotonic()
        code = _CODE.search(text[:4000])
        return (code.group(1), text) if answer.status == 200 and code else (BROKEN, f"HTTP {answer.status}: {text[:300]}")

    def close(self) -> None:
        """End the connection; the next call begins a new one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
