"""What the programs of the organisations do: send claims and take them on, poll, read, attach, log in; and look when a limit has run out."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from random import Random
from typing import Any

from bench.calls import PASSWORD
from bench.soak_agenda import Agenda
from bench.soak_claim import Chooser, Claim, attachment, file_size, form
from bench.soak_clock import ONE_DAY, Clock, due
from bench.soak_lives import CM, CR, ELPL_SHARE, STEPS, Step, document
from bench.soak_store import expired_wrong
from bench.soak_wire import Line, Party, Record, Reply, Wrong
from gateway.contract.load import contract
from gateway.store.engine import Store

READS, PRINTS, ANSWERED_FILES, GOES_ON, LOOKS_BEFORE = 0.5, 0.15, 0.5, 0.5, 0.3
_REMOVED_AT_ONCE = 20
_FILES_AT_ONCE = 2


@dataclass(slots=True)
class Deadlines:
    """What was seen of limits. `late`: the first look after a limit did not show it; `early`: one before it did; `wrong`: its event or notices."""

    checked: int = 0
    before: int = 0
    late: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether each was on time."""
        return not (self.late or self.early or self.wrong)


class Player:
    """All programs of all organisations. `think`: the mean time in seconds between two steps of a claim."""

    def __init__(self, parties: Sequence[Party], clock: Clock, store: Store, record: Record, think: float, seed: int) -> None:
        self.claims: dict[int, Claim] = {}
        self.deadlines = Deadlines()
        self.think = think
        self.sent: list[float] = []
        self.steps_taken = 0
        self.agenda: Agenda
        self.parties, self._clock, self._store, self._record = list(parties), clock, store, record
        self._chance = Random(seed)
        self._chooser = Chooser(self.parties, Random(seed + 1))
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._tokened = itertools.cycle([one for one in self.parties if one.access])

    # claims

    def send(self, line: Line) -> Claim:
        """T1; what follows is put on the agenda."""
        claim = self._open(line)
        self._next(claim)
        return claim

    def go(self, line: Line, claim: Claim) -> None:
        """The next step of the claim, and what goes with it."""
        self._go(line, claim)
        self._next(claim)

    def saturate(self, line: Line, until: float, polls: float) -> None:
        """One claim after the other without a pause, with so many polls to each step, as long as there is time; the last one goes on later."""
        owed = 0.0
        while time.monotonic() < until:
            claim = self._open(line)
            while claim.step < len(claim.steps) and time.monotonic() < until:
                self._go(line, claim)
                owed += polls
                while owed >= 1 and time.monotonic() < until:
                    self.poll(line, self._chance.choice(self.parties))
                    owed -= 1
            owed += polls
            self._next(claim)

    def _open(self, line: Line) -> Claim:
        with self._lock:
            claim, number = self._chooser.next(), next(self._numbers)
        today = self._clock.day
        reply = line.call(claim.representative, claim.process, "addClaim", claimXML=form(claim, number, today))
        assert reply is not None
        claim.number = int(reply.value("applicationId"))
        # EL/PL: the form says when it was notified
        claim.days["T1"] = (today, today) if claim.process == "elpl" else (today, self._clock.coming)
        self.claims[claim.number] = claim
        self.sent.append(time.monotonic())
        self._changed(claim, reply, "ClaimSubmitted", today)
        return claim

    def _next(self, claim: Claim) -> None:
        if claim.step < len(claim.steps):
            self.agenda.at(time.monotonic() + self.think * self._chance.uniform(0.5, 1.5), lambda line: self.go(line, claim))
        elif claim.waits:
            self._leave(claim)

    def _go(self, line: Line, claim: Claim) -> None:
        row, step = claim.steps[claim.step]
        party, other = claim.party(step.side), claim.party(CM if step.side == CR else CR)
        with _breaking(claim):
            if self._chance.random() < READS:
                line.call(party, claim.process, "getClaim", applicationId=claim.id)
            for _ in range(min(claim.files, _FILES_AT_ONCE)):
                self._attach(line, claim, party, other)
            self._take(line, claim, row, step)
            claim.step += 1
            if self._chance.random() < PRINTS:
                self._print(line, claim, party)

    def _take(self, line: Line, claim: Claim, row: str, step: Step) -> None:
        own: dict[str, Any] = dict(step.arguments)
        if step.document:
            payload = contract().operations[step.operation].payload
            assert payload is not None
            own[payload] = document(claim.process, step.operation, step.document)
        before = self._clock.day
        data = {"activityEngineGuid": claim.guid, "applicationId": claim.id}
        reply = line.call(claim.party(step.side), claim.process, step.operation, claimData=data, **own)
        assert reply is not None
        claim.days[row] = (before, self._clock.coming)
        self._changed(claim, reply, step.to, before)

    def _changed(self, claim: Claim, reply: Reply, to: str, day: date) -> None:
        claim.phase, claim.guid = reply.value("phaseCacheId"), reply.value("activityEngineGuid")
        claim.changes, claim.changed = claim.changes + 1, day
        self.steps_taken += 1
        if claim.phase != to:
            self._record.problem("wrong phase", f"claim {claim.number} ({claim.life.name}) is in {claim.phase} instead of {to}")
            claim.broken = True
            raise Wrong(to)

    def _attach(self, line: Line, claim: Claim, party: Party, other: Party) -> None:
        claim.files -= 1
        name = f"file-{claim.files + 1}.pdf"
        body = attachment(file_size(self._chance))
        file = {"applicationId": claim.id, "dataAttachmentDesc": "", "dataAttachmentFileName": name, "dataAttachmentFileZip": body}
        reply = line.call(party, claim.process, "addAttachment", attachment=file | {"dataAttachmentTitle": name})
        assert reply is not None
        if self._chance.random() < ANSWERED_FILES:
            line.call(other, claim.process, "getAttachmentsList", applicationId=claim.id)
            line.call(other, claim.process, "getAttachment", attachmentGuid=reply.value("value"))

    def _print(self, line: Line, claim: Claim, party: Party) -> None:
        reply = line.call(party, claim.process, "getPrintableDocumentsList", applicationId=claim.id)
        assert reply is not None
        ids = reply.values("dataAttachmentGuid")
        if ids:
            line.call(party, claim.process, "getPrintableDocument", printableDocumentId=ids[-1])

    # limits

    def _leave(self, claim: Claim) -> None:
        limit = claim.life.limit
        assert limit is not None
        earliest, latest = (due(day, limit.business_days(claim.process)) for day in claim.days[limit.since])
        claim.due = (earliest, latest)
        if self._clock.day >= latest:
            self.agenda.soon(lambda line: self._look(line, claim))

    def waiting(self) -> list[Claim]:
        """The claims that are left to their limits."""
        return [claim for claim in list(self.claims.values()) if claim.waits and claim.due[1] < date.max]

    def before_midnight(self) -> None:
        """The last minute of a day has begun: some look at what runs out with it."""
        for claim in self.waiting():
            if claim.due[0] == self._clock.day + ONE_DAY and self._chance.random() < LOOKS_BEFORE:
                self.agenda.soon(partial(self._look_before, claim=claim))

    def after_midnight(self) -> None:
        """A day has begun: everything that has run out is looked at."""
        for claim in self.waiting():
            if claim.due[1] <= self._clock.day:
                self.agenda.soon(partial(self._look, claim=claim))

    def _look_before(self, line: Line, claim: Claim) -> None:
        reply = line.call(claim.compensator, claim.process, "getClaimsStatus", applicationId=claim.id)
        assert reply is not None
        if self._clock.coming >= claim.due[0]:
            return  # it may be midnight already
        self.deadlines.before += 1
        if (reply.value("phaseCacheId"), reply.value("activityEngineGuid")) != (claim.phase, claim.guid):
            self.deadlines.early.append(f"claim {claim.number}: {reply.value('phaseCacheId')} before {claim.due[0]}")

    def _look(self, line: Line, claim: Claim) -> None:
        limit = claim.life.limit
        assert limit is not None
        with self._lock:
            if claim.looked:
                return
            claim.looked = True
        with _breaking(claim):
            reply = line.call(claim.party(CR if claim.number % 2 else CM), claim.process, "getClaimsStatus", applicationId=claim.id)
        assert reply is not None
        self.deadlines.checked += 1
        if reply.value("phaseCacheId") != limit.to:
            self.deadlines.late.append(
                f"claim {claim.number} ({claim.life.name}): still {reply.value('phaseCacheId')} on {self._clock.day}, due {claim.due[1]}"
            )
            claim.broken = True
            return
        claim.phase, claim.guid, claim.changed = limit.to, reply.value("activityEngineGuid"), claim.due[0]
        claim.changes += 1
        if wrong := expired_wrong(self._store, claim):
            self.deadlines.wrong.append(f"claim {claim.number} ({claim.life.name}): {wrong}")
        if claim.life.then and self._chance.random() < GOES_ON:
            then = claim.life.then
            self.agenda.at(time.monotonic() + self.think, lambda line: self._after(line, claim, then))

    def _after(self, line: Line, claim: Claim, row: str) -> None:
        with _breaking(claim):
            self._take(line, claim, row, STEPS[row])

    # everybody's routine

    def poll(self, line: Line, party: Party) -> None:
        """The work list and the notifications, of which those read are removed."""
        process = "elpl" if self._chance.random() < ELPL_SHARE else "rta"
        line.call(party, process, "getClaimsList")
        reply = line.call(party, process, "getNotificationsList", A2ANotification="true")
        assert reply is not None
        listed = zip(reply.values("notificationGuid"), reply.values("notificationDateTime"), strict=True)
        for guid, posted in list(listed)[:_REMOVED_AT_ONCE]:
            if line.call(party, process, "removeNotification", may_fail=True, notificationGuid=guid, A2ANotification="true"):
                continue
            # it has expired meanwhile, or another poll of the same organisation was quicker; then it is listed no more
            again = line.call(party, process, "getNotificationsList", A2ANotification="true")
            assert again is not None
            if guid in again.values("notificationGuid"):
                self._record.problem(
                    "Failure", f"removeNotification by {party.organisation}: a notification of {posted} is listed and cannot be removed"
                )

    def keep_polling(self, party: Party, first: float, every: float, until: float) -> None:
        """Have it poll from then on."""
        self._every(first, every, until, lambda line: self.poll(line, party))

    def keep_refreshing(self, every: float, until: float) -> None:
        """Have one organisation after the other renew its tokens."""
        self._every(time.monotonic() + every, every, until, self._refresh)

    def keep_logging_in(self, every: float, until: float) -> None:
        """Have one organisation after the other log in with its password."""
        self._every(time.monotonic() + every, every, until, self._log_in)

    def _every(self, when: float, every: float, until: float, what: Callable[[Line], object]) -> None:
        if when >= until:
            return

        def task(line: Line) -> None:
            self._every(when + every, every, until, what)
            what(line)

        self.agenda.at(when, task)

    def _refresh(self, line: Line) -> None:
        party = self._whose_turn()
        self._admit(
            party, line.call(party, "rta", "refreshToken", userID=party.identity, userAsID=party.user, clientID="", refreshToken=party.refresh)
        )

    def _log_in(self, line: Line) -> None:
        party = self._whose_turn()
        self._admit(party, line.call(party, "rta", "getToken", userID=party.identity, userAsID=party.user, password=PASSWORD))

    def _whose_turn(self) -> Party:
        with self._lock:
            return next(self._tokened)

    def _admit(self, party: Party, reply: Reply | None) -> None:
        assert reply is not None
        party.access, party.refresh = reply.value("accessToken"), reply.value("refreshToken")


@contextmanager
def _breaking(claim: Claim) -> Iterator[None]:
    """If what is tried with the claim goes wrong, nothing is known of it any more."""
    try:
        yield
    except BaseException:
        claim.broken = True
        raise
