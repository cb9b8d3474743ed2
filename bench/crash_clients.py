"""The load of the crash harness: programs that change claims, and put down what they sent and what they were answered."""

from __future__ import annotations

import base64
import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any

from bench.calls import PASSWORD, SERVICE, envelope, value
from bench.crash_servers import NotRun
from bench.life import STEPS

OK, FAILURE, ERROR, BROKEN = "Ok", "Failure", "Error", "no answer"
REFERENCE = 'ReferenceNumber="QF/2026/04417"'  # in the form that is sent; each gets one of its own
PDF = b"%PDF-1.7\n%%EOF\n"
UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_STAGE_2 = next(number for number, (_, operation, _own) in enumerate(STEPS) if operation == "addStage2SPFRequest")
# where a limit leads, the call that acknowledges it, and the next of STEPS after that (process notes 3 and 4.2)
AFTER_LIMIT = {
    "LiabilityDecisionTimeout": ("acknowledgeLiabilityDecisionTimeout", len(STEPS)),
    "InterimPaymentDecisionTimeout": ("acknowledgeInterimPaymentDecisionTimeout", _STAGE_2),
    "Stage2SettlementPackDecisionTimeout": ("acknowledgeStage2SPFDecisionTimeout", len(STEPS)),
}
_CR, _CM, _LEADER = PARTIES = ("cr1-a2a", "cr1-handler"), ("comp1-a2a", "comp1-handler"), ("comp1-a2a", "comp1-leader")


@dataclass(slots=True)
class Attempt:
    """A changing call: what it was to change, by a mark of its own or by the guid it was given, and what came of it.

    `begun`, `ended`: by time.monotonic; `window`: what the process clock showed meanwhile.
    """

    operation: str
    claim: int
    given: str
    mark: str
    outcome: str = BROKEN
    guid: str = ""
    phase: str = ""
    message: str = ""
    begun: float = 0.0
    ended: float = 0.0
    window: tuple[datetime, datetime] = UNKNOWN


@dataclass(slots=True)
class Claim:
    """A claim as its client knows it; `step`: the next of STEPS, unless its limit has run out."""

    number: int
    guid: str
    phase: str = ""
    step: int = 1
    allocated: bool = False


class Client(threading.Thread):
    """A program that does this and that with claims of its own, and writes it down. A call without an answer is followed by a look.

    `pause`: seconds between two calls.
    """

    def __init__(
        self, number: int, port: int, tokens: dict[tuple[str, str], str], chance: random.Random, stop: threading.Event, pause: float
    ) -> None:
        super().__init__(name=f"client {number}")
        self.attempts: list[Attempt] = []
        self.reads = 0
        self.problem: BaseException | None = None
        self._number, self._port, self._tokens, self._chance, self._stopping = number, port, tokens, chance, stop
        self._pause = pause
        self._connection: HTTPConnection | None = None
        self._claims: list[Claim] = []
        self._marks = 0

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._one()
                self._stopping.wait(self._pause)
        except BaseException as problem:
            self.problem = problem
        finally:
            self._hang_up()

    @property
    def oks(self) -> int:
        """How many changes were answered Ok."""
        return sum(one.outcome == OK for one in self.attempts)

    def _one(self) -> None:
        dice = self._chance.random()
        going = [one for one in self._claims if one.step < len(STEPS)]
        if not going or dice < 0.2:
            self._open()
        elif dice < 0.4:
            self._attach(self._chance.choice(going))
        elif dice < 0.5:
            self._allocate(self._chance.choice(going))
        elif dice < 0.6:
            self._read(self._chance.choice(self._claims))
        else:
            self._step(self._chance.choice(going))

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _mark(self) -> str:
        self._marks += 1
        return f"C{self._number}-{self._marks}"

    def _open(self) -> None:
        who, operation, own = STEPS[0]
        mark = self._mark()
        form = own["claimXML"].replace(REFERENCE, f'ReferenceNumber="{mark}"')
        attempt = self._changes(Attempt(operation, 0, "", mark), who, claimXML=form)
        if attempt.outcome == OK:
            self._claims.append(Claim(attempt.claim, attempt.guid, attempt.phase))

    def _attach(self, claim: Claim) -> None:
        mark = self._mark()
        body = PDF + mark.encode()
        file = {
            "applicationId": f"{claim.number:016d}",
            "dataAttachmentDesc": mark,
            "dataAttachmentFileName": f"{mark}.pdf",
            "dataAttachmentFileZip": base64.b64encode(body).decode(),
            "dataAttachmentTitle": mark,
        }
        self._changes(Attempt("addAttachment", claim.number, "", mark), self._chance.choice((_CR, _CM)), attachment=file)

    def _allocate(self, claim: Claim) -> None:
        arguments = {} if claim.allocated else {"targetUserID": _CM[1]}
        before = claim.guid, claim.phase
        self._changes_claim(claim, _LEADER, "deallocateUser" if claim.allocated else "allocateUser", arguments)
        if claim.phase == before[1]:
            claim.allocated ^= claim.guid != before[0]
        elif claim.phase not in AFTER_LIMIT:
            claim.step = len(STEPS)  # the gateway has acknowledged the end meanwhile

    def _step(self, claim: Claim) -> None:
        before = claim.phase
        after = AFTER_LIMIT.get(before)
        who, operation, own = STEPS[claim.step] if after is None else (_CR, after[0], {})
        self._changes_claim(claim, who, operation, own)
        if claim.phase != before and claim.phase not in AFTER_LIMIT:
            claim.step = claim.step + 1 if after is None else after[1]

    def _changes_claim(self, claim: Claim, who: tuple[str, str], operation: str, own: dict[str, str]) -> None:
        """Call, and know afterwards what the claim is like, by its clock or by the call."""
        data = {"activityEngineGuid": claim.guid, "applicationId": f"{claim.number:016d}"}
        attempt = self._changes(Attempt(operation, claim.number, claim.guid, ""), who, claimData=data, **own)
        claim.guid, claim.phase = (attempt.guid, attempt.phase) if attempt.outcome == OK else self._look(claim)

    def _look(self, claim: Claim) -> tuple[str, str]:
        """The guid and the phase of a claim, asked until they are told."""
        while True:
            code, reply = self._post(_CR, "getClaimsStatus", applicationId=f"{claim.number:016d}")
            if code == OK:
                return value(reply, "activityEngineGuid"), value(reply, "phaseCacheId")
            if code == FAILURE:
                raise NotRun(f"a claim that was answered Ok cannot be seen: {reply}")
            time.sleep(0.05)
            if self._stopping.is_set():
                return claim.guid, claim.phase

    def _read(self, claim: Claim) -> None:
        operation, arguments = self._chance.choice((("getClaim", {"applicationId": f"{claim.number:016d}"}), ("getNotificationsList", {})))
        self._post(_CR, operation, **arguments)
        self.reads += 1

    def _changes(self, attempt: Attempt, who: tuple[str, str], **arguments: Any) -> Attempt:
        attempt.begun = time.monotonic()
        self.attempts.append(attempt)  # before it is sent
        attempt.outcome, reply = self._post(who, attempt.operation, **arguments)
        attempt.ended = time.monotonic()
        if attempt.outcome == OK:
            if attempt.operation == "addAttachment":
                attempt.guid = value(reply, "value")
            else:
                attempt.claim, attempt.guid = int(value(reply, "applicationId")), value(reply, "activityEngineGuid")
                attempt.phase = value(reply, "phaseCacheId")
        elif attempt.outcome in (FAILURE, ERROR):
            attempt.message = value(reply, "message")
        return attempt

    def _post(self, who: tuple[str, str], operation: str, **arguments: Any) -> tuple[str, str]:
        body = envelope(operation, {**arguments, "accessToken": self._tokens[who]})
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._connection.request("POST", SERVICE.path, body, {"Content-Type": "text/xml; charset=utf-8"})
            answer = self._connection.getresponse()
            reply = answer.read().decode()
        except (OSError, HTTPException):
            self._hang_up()
            time.sleep(0.02)
            return BROKEN, ""
        if answer.status != 200:
            raise NotRun(f"{operation}: HTTP {answer.status}: {reply[:1000]}")
        return value(reply, "code"), reply


def token(port: int, identity: str, user: str) -> str:
    return value(_once(port, "getToken", {"userID": identity, "userAsID": user, "password": PASSWORD}), "accessToken")


def call(port: int, operation: str, access: str) -> str:
    """What comes of a call that needs no more than a token, on a connection of its own."""
    try:
        return value(_once(port, operation, {"accessToken": access}), "code")
    except (OSError, HTTPException):
        return BROKEN


def _once(port: int, operation: str, arguments: dict[str, str]) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", SERVICE.path, envelope(operation, arguments), {"Content-Type": "text/xml"})
        return connection.getresponse().read().decode()
    finally:
        connection.close()
