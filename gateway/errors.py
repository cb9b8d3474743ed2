"""What can go wrong, and how the wire says it.

Three ways, and only three: a call is *refused* (the caller can mend it), the gateway is *broken* (the caller can retry), or what came is
*no message of ours* (a SOAP Fault). A concrete error is a small subclass beside the rule it states.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a claim document.

    `code` is the portal's field error code (process notes 9.1) or "Schema"; `at` the XPath of the attribute or element; `line` counts from 1 in
    the document as sent, None where the parser does not know it.
    """

    code: str
    at: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.at} (line {self.line})" if self.line else self.at
        return f"{self.code}: {where}: {self.message}"


class GatewayError(Exception):
    """Root of everything the gateway raises on purpose. `code` is the wire's response code."""

    code: ClassVar[str] = "Error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(GatewayError):
    """Understood, and not done: bad credentials, wrong phase, stale guid, invalid document. Nothing was changed."""

    code = "Failure"

    def __init__(self, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class Broken(GatewayError):
    """The gateway could not do its work (store down, defect). Nothing was changed; trying again later is right."""


class NotOurMessage(GatewayError):
    """No SOAP 1.1 message of this service, answered by a Fault.

    `faultcode` is a SOAP 1.1 code without prefix (Client, VersionMismatch, MustUnderstand, Server); `status` the HTTP status.
    """

    def __init__(self, message: str, faultcode: str = "Client", status: int = 500) -> None:
        super().__init__(message)
        self.faultcode = faultcode
        self.status = status
