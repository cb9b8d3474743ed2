"""A whole life over HTTP, from addClaim to a settled claim with one interim payment: lives a second, both sides calling."""

from __future__ import annotations

import re
import threading
import time
from http.client import HTTPConnection

from bench.calls import OK, PASSWORD, SERVICE, NotOk, envelope
from gateway.resources import folder

_CR = ("cr1-a2a", "cr1-handler")
_CM = ("comp1-a2a", "comp1-handler")
_SETTLED = b"Stage2SettlementPackConfirmationEnd"


def _document(operation: str, name: str) -> str:
    return (folder("fixtures") / "rta" / "valid" / operation / f"{name}.xml").read_text(encoding="utf-8")


# who calls, the operation, its own arguments; the claim and the token are added
STEPS: tuple[tuple[tuple[str, str], str, dict[str, str]], ...] = (
    (_CR, "addClaim", {"claimXML": _document("addClaim", "adult-driver")}),
    (_CM, "acceptClaim", {}),
    (_CM, "applyArticle75", {"isArticle75": "false"}),
    (_CM, "sendLiabilityDecision", {"insurerResponseXml": _document("sendLiabilityDecision", "admitted")}),
    (_CR, "acknowledgeLiabilityAdmitted", {}),
    (_CR, "setInterimPaymentNeeded", {"isInterimPaymentNeeded": "true"}),
    (_CR, "addInterimSPFRequest", {"ISPFRequestXML": _document("addInterimSPFRequest", "plain")}),
    (_CM, "addInterimSPFResponse", {"ISPFResponseXML": _document("addInterimSPFResponse", "full-to-plain")}),
    (_CR, "setStage21Payment", {"isStage21Paid": "true"}),
    (_CR, "setInterimPaymentNeeded", {"isInterimPaymentNeeded": "false"}),
    (_CR, "addStage2SPFRequest", {"S2SPFRequestXML": _document("addStage2SPFRequest", "plain")}),
    (_CM, "addStage2SPFResponse", {"S2SPFResponseXML": _document("addStage2SPFResponse", "confirm-to-plain")}),
    (_CR, "acknowledgeStage2SPFConfirmation", {}),
)


def lives(port: int, seconds: float, connections: int) -> float:
    """Settled claims a second, over so many connections at once. Raises NotOk if any step is not answered Ok."""
    settled: list[int] = []
    problems: list[BaseException] = []
    login = HTTPConnection("127.0.0.1", port, timeout=60)
    tokens = {who: _login(login, *who) for who in (_CR, _CM)}  # before the time begins: a password is slow to check on purpose
    login.close()
    started = time.monotonic()

    def run() -> None:
        try:
            settled.append(_run(port, tokens, started + seconds))
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return sum(settled) / (time.monotonic() - started)


def _run(port: int, tokens: dict[tuple[str, str], str], until: float) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    number = 0
    while time.monotonic() < until:
        _live(connection, tokens)
        number += 1
    connection.close()
    return number


def _live(connection: HTTPConnection, tokens: dict[tuple[str, str], str]) -> None:
    claim: tuple[str, str] | None = None
    reply = b""
    for who, operation, own in STEPS:
        body = envelope(operation, {**own, "accessToken": tokens[who]})
        if claim is not None:
            data = f"<claimData><activityEngineGuid>{claim[0]}</activityEngineGuid><applicationId>{claim[1]}</applicationId></claimData>"
            body = body.replace(f"<w:{operation}>".encode(), f"<w:{operation}>{data}".encode())
        reply = _post(connection, body)
        claim = (_value(reply, "activityEngineGuid"), _value(reply, "applicationId"))
    if _SETTLED not in reply:
        raise NotOk(f"the life did not end settled: {reply[-300:]!r}")


def _login(connection: HTTPConnection, identity: str, user: str) -> str:
    return _value(_post(connection, envelope("getToken", {"userID": identity, "userAsID": user, "password": PASSWORD})), "accessToken")


def _post(connection: HTTPConnection, body: bytes) -> bytes:
    connection.request("POST", SERVICE.path, body, {"Content-Type": "text/xml; charset=utf-8"})
    reply = connection.getresponse().read()
    if OK not in reply:
        raise NotOk(f"not answered Ok: {reply[-400:]!r}")
    return reply


def _value(reply: bytes, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>".encode(), reply)
    if found is None:
        raise NotOk(f"no {name} in {reply[-300:]!r}")
    return found.group(1).decode()
