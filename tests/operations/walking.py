"""A walk through the process: one claim, and at each step everything that can be done with it, with documents that fit those sent before.

What can be done comes from the contract table; what is given with it is written here by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from inprocess import CM, CR, START, Answer, Portal, check_claim, data, days, document, get_claim_schema, index, named, organisation_of
from lxml import etree
from wayfinding import FAR, apart, distances, sides, states, ways

from gateway.contract.load import contract
from gateway.contract.model import SELF, Move
from gateway.store.claims import Claim

T = TypeVar("T")
Draw = Callable[[Sequence[T]], T]
COMPENSATORS = ("/COMP001", "/COMP002", "/COMP003", "/COMP900")
LEAVING = ("exitProcess", "stateFraud")


@dataclass(frozen=True)
class Choice:
    """One thing to do. `name` is the document it sends; `may_say`: words of the refusal it may meet although it is open."""

    operation: str
    side: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    may_say: str | None = None

    def __str__(self) -> str:
        told = {key: value for key, value in self.arguments.items() if not str(value).startswith("<")}
        return f"{self.operation} by {self.side} {self.name or ''} {told or ''}"


Given = tuple[Mapping[str, Any], str | None]  # arguments, words of a possible refusal


def _flags(name: str, refused: Mapping[bool, str] | None = None) -> Callable[[Walk], Iterator[Given]]:
    return lambda _walk: iter([({name: flag}, (refused or {}).get(flag)) for flag in (True, False)])


def _extensions(date: str, reason: str, reasons: Iterable[str | None]) -> Callable[[Walk], Iterator[Given]]:
    """To a day after the present limit, and to the limit itself, which is refused."""

    def given(walk: Walk) -> Iterator[Given]:
        due = walk.claim.due_at
        assert due is not None
        for later, said in ((1, None), (40, None), (0, "must lie after")):
            words = "further consideration period cannot" if walk.claim.running == "K11" else said
            yield from (({date: due + days(later) + timedelta(hours=9), reason: code}, words) for code in reasons)

    return given


def _exits(side: str) -> Iterator[Mapping[str, Any]]:
    yield from ({"exitReasonCode": code} for code in {CR: ("2", "5", "8"), CM: ("3", "9")}[side])
    yield {"exitReasonCode": "10", "exitComment": "Settled between the parties."}


def _rejections(walk: Walk) -> Iterator[Given]:
    codes = {"rta": ("0", "1", "2"), "elpl": ("0", "1")}[walk.process] if walk.release != "R3" else (None,)
    yield from (({"rejectionReasonCode": code}, None) for code in codes)


def _others(walk: Walk) -> Iterator[Given]:
    yield from (({"organisationPath": path}, None) for path in COMPENSATORS if path != f"/{walk.claim.cm_organisation}")


GIVEN: dict[str, Callable[[Walk], Iterator[Given]]] = {
    "acceptClaim": lambda _: iter([({"insurerClaimReferenceNumber": "TI/26/1"}, None), ({}, None)]),
    "rejectClaimToCR": _rejections,
    "reassignToAnotherCM": _others,
    "applyArticle75": _flags("isArticle75"),
    "setInterimPaymentNeeded": _flags("isInterimPaymentNeeded", {True: "under 18"}),
    "rejectInterimSettlementPack": lambda _: iter([({"rejectionComment": "No loss is proved."}, None)]),
    "extendInterimPaymentDecisionTimeout": lambda _: iter([({}, "extended")]),
    "acceptPartialInterimPayment": _flags("isPartialInterimPaymentAccepted"),
    "setStage21Payment": _flags("isStage21Paid", {False: "cannot be false yet"}),
    "extendStage2SPFDecisionTimeout": _extensions("newTimeOut", "reasonForExtension", (None, "1")),
    "setStage2SPFCounterOfferNeeded": lambda walk: _flags(
        "isStage2SPFCounterOfferNeeded", {True: "No more offers"} if walk.claim.running == "K11" else {}
    )(walk),
    "extendStage2SPFCounterOfferTimeout": _extensions("newTimeOut", "reasonForExtension", (None, "2")),
    "setStage2SPFAgreementDecision": _flags("isAgreed"),
    "setAdditionalDamagesExistence": _flags("additionalDamagesExist"),
    "extendAdditionalDamagesDecisionTimeout": _extensions("NewTimeOutDate", "ReasonForExtension", ("1",)),
    "setS2SPFAdditionalDamagesDecision": _flags("isAgreed"),
    "stateFraud": lambda _: iter([({"reasonCode": "0", "reasonDescription": "The collision was staged."}, None)]),
}
ANSWERED = {
    "addInterimSPFResponse": "addInterimSPFRequest",
    "addStage2SPFResponse": "addStage2SPFRequest",
    "addStage2SPFCounterOfferByCM": "addStage2SPFCounterOfferByCR",
    "addS2SPFAdditionalDamagesResponse": "addS2SPFAdditionalDamagesRequest",
    "addCPPFResponse": "addCPPFRequest",
}
# what comes of a document, by its decision in the index of the fixtures, or of a yes or no; what is not told here is left to the gateway
OUTCOMES: dict[tuple[str, str | bool], set[str | None]] = {
    ("sendLiabilityDecision", "A"): {"admitted", "admitted-child"},
    ("sendLiabilityDecision", "AN"): {"admitted-with-negligence"},
    ("sendLiabilityDecision", "N"): {"denied"},
    ("applyArticle75", True): {"applied"},
    ("applyArticle75", False): {"not-applied"},
    ("setInterimPaymentNeeded", True): {"needed"},
    ("setInterimPaymentNeeded", False): {"not-needed"},
    ("acceptPartialInterimPayment", True): {"accepted"},
    ("acceptPartialInterimPayment", False): {"not-accepted"},
    ("setStage21Payment", True): {"paid"},
    ("setStage21Payment", False): {"not-paid"},
    ("addStage2SPFResponse", "C"): {"confirmed"},
    ("addStage2SPFResponse", "CO"): {"counter-offer"},
    ("addStage2SPFResponse", "R"): {"repudiated"},
    ("setStage2SPFCounterOfferNeeded", True): {"needed"},
    ("setStage2SPFCounterOfferNeeded", False): {"not-needed"},
    ("addStage2SPFCounterOfferByCM", "ACO"): {"accepted", "agreed"},
    ("addStage2SPFCounterOfferByCM", "NEWCO"): {"new-offer", "new-offer-in-the-last-days", "not-agreed"},
    ("setStage2SPFAgreementDecision", True): {"agreed"},
    ("setStage2SPFAgreementDecision", False): {"not-agreed"},
    ("setAdditionalDamagesExistence", True): {"exist"},
    ("setAdditionalDamagesExistence", False): {"none"},
    ("addS2SPFAdditionalDamagesResponse", "A"): {"agreed"},
    ("addS2SPFAdditionalDamagesResponse", "CO"): {"counter-offer"},
    ("setS2SPFAdditionalDamagesDecision", True): {"agreed"},
    ("setS2SPFAdditionalDamagesDecision", False): {"not-agreed"},
}


class Walk:
    """One claim on its way. `log` tells what was done; `rows` which rows were walked."""

    def __init__(self, portal: Portal, process: str, release: str, in_force: str) -> None:
        self.portal, self.process, self.release, self.in_force = portal, process, release, in_force
        self.sent: dict[str, str] = {}
        self.log: list[str] = [f"{process} {release}, under {in_force}"]
        self.guids: set[str] = set()
        portal.set_clock(START)

    @property
    def rows(self) -> list[str]:
        return [event.row for event in self.portal.history(self.claim.id)]

    def opens(self, form: str, birth: str | None) -> None:
        """T1; with `birth` the form of a claimant born on that day."""
        text = document(self.process, "addClaim", form)
        if birth:
            text = born(text, birth)
        answer = self.portal.call(self.process, self.release, "CR00001", "addClaim", claimXML=text)
        self.log.append(f"addClaim {form} born {birth or 'as it says'}")
        assert answer.code == "Ok", answer.message
        self.claim = self.portal.claim(int(answer.claim["applicationId"]))
        self.look()

    # what can be done

    def choices(self) -> list[Choice]:
        """Everything that is open here, to the side to which it is open, with all that can be given with it."""
        claim = self.claim
        found: list[Choice] = []
        for actor, name in contract().open_in(claim.process, claim.release, claim.phase):
            for side in sides(actor, claim.acts):
                if contract().moves(claim.process, claim.release, claim.phase, name, claim.acts):
                    found += self._choices(name, side)
        return found

    def _choices(self, name: str, side: str) -> Iterator[Choice]:
        payload = contract().operations[name].payload
        if payload:
            for one, text in self._documents(name):
                yield Choice(name, side, {payload: text}, one)
        elif name == "exitProcess":
            yield from (Choice(name, side, arguments) for arguments in _exits(side))
        else:
            for arguments, may_say in GIVEN.get(name, lambda _: iter([({}, None)]))(self):
                yield Choice(name, side, arguments, may_say=may_say)

    def _documents(self, name: str) -> Iterator[tuple[str, str]]:
        if name in ANSWERED:
            names = named(self.process, self.release, name, answers=self.sent[ANSWERED[name]])
        elif name == "sendLiabilityDecision":
            told = index(self.process)["valid"][name]
            fits = {None, *(["2"] if self.claim.state.get("article75") else []), *(["3"] if self.claim.compensator_type == "M" else [])}
            names = [one for one in named(self.process, self.release, name) if told[one].get("capacity") in fits]
        else:
            names = named(self.process, self.release, name)
        for one in names:
            text = document(self.process, name, one)
            if name == "resendRejectedClaim" and self.process == "elpl":
                if self.claim.claim_type == "ELD":
                    continue  # it would need a period instead of the accident's date
                text = text.replace('ClaimType="EL"', f'ClaimType="{self.claim.claim_type}"')
            yield one, text

    # doing it

    def does(self, choice: Choice) -> Answer:
        """It is done, or refused with the words that are foreseen; then nothing has changed."""
        before = self.claim
        self.log.append(f"{before.phase}: {choice}")
        organisation = organisation_of(before, choice.side)
        answer = self._call(organisation, choice.operation, claimData=data(before), **choice.arguments)
        self.claim = self.portal.claim(before.id)
        if answer.code == "Failure":
            assert choice.may_say is not None, answer.message
            assert choice.may_say in answer.message
            assert self.claim == before
            return answer
        assert answer.code == "Ok", answer.message
        rows = [move.row for move in self._moves(choice, before)]
        (event,) = self.portal.history(before.id)[before.event_number :]
        assert event.row in rows
        assert answer.claim["phaseCacheId"] == self.claim.phase
        if choice.name:
            self.sent[choice.operation] = choice.name
        self.look()
        if self.claim.due_at is not None and self.claim.due_at <= self.portal.now:
            self.waits(self.portal.now, choice.side)  # it was notified so long ago that its limit has passed already
        return answer

    def _moves(self, choice: Choice, claim: Claim) -> list[Move]:
        """The rows that a choice may be."""
        moves = contract().moves(claim.process, claim.release, claim.phase, choice.operation, claim.acts)
        told = index(self.process)["valid"][choice.operation][choice.name] if choice.name else {}
        said = told.get("decision") or next(iter(choice.arguments.values()), None)
        outcomes = OUTCOMES.get((choice.operation, said)) if isinstance(said, str | bool) else None
        if choice.operation == "addInterimSPFResponse":  # C13: what is paid against the gross amount that was asked
            asked = index(self.process)["valid"]["addInterimSPFRequest"][told["answers"]]["gross"]
            outcomes = {"in-full"} if float(told["net"]) >= float(asked) else {"in-part"}
        return [move for move in moves if outcomes is None or move.outcome in outcomes]

    def is_refused(self, operation: str, side: str) -> None:
        """A call that is not open here."""
        before = self.claim
        self.log.append(f"{before.phase}: {operation} by {side}, which is not open")
        answer = self._call(organisation_of(before, side), operation, claimData=data(before))
        assert answer.code == "Failure", answer.message
        assert self.portal.claim(before.id) == before

    def closed(self) -> list[tuple[str, str]]:
        """Operation and side of everything that moves claims, but not this one now."""
        claim = self.claim
        found = []
        for operation in contract().of_process(claim.process):
            if not operation.moves or operation.name == "addClaim":
                continue
            rows = contract().moves(claim.process, claim.release, claim.phase, operation.name, claim.acts)
            able = sides(operation.actor, claim.acts) if rows else ()
            found += [(operation.name, side) for side in (CR, CM) if side not in able]
        return found

    def waits(self, until: datetime, side: str) -> None:
        """The clock goes to that moment, and somebody looks."""
        before = self.claim
        self.log.append(f"{before.phase}: {until:%d %b %Y %H:%M:%S}, {side} looks")
        self.portal.set_clock(until)
        expired = before.due_at is not None and before.due_at <= until
        answer = self._call(organisation_of(before, side), "getClaimsStatus", applicationId=before.application_id)
        self.claim = self.portal.claim(before.id)
        if before.gone_at is not None and before.gone_at <= until:
            assert (answer.code, "There is no claim" in answer.message) == ("Failure", True)
            return
        assert answer.code == "Ok", answer.message
        if expired:
            events = self.portal.history(before.id)[before.event_number :]
            clock = contract().clocks[str(contract().phases[before.phase].clock)]
            assert before.due_at is not None
            told = [(event.row, event.to_phase, event.at) for event in events]
            assert told == [(clock.row, clock.expires_to, max(before.due_at, before.updated_at))]
        else:
            assert (self.claim.phase, self.claim.guid) == (before.phase, before.guid)
        self.look()

    def look(self) -> None:
        """What must hold of the claim after each step."""
        claim = self.claim
        history = self.portal.history(claim.id)
        check_claim(claim, history)
        assert claim.release == self.release
        self.guids |= {event.guid for event in history}
        assert len(self.guids) == len(history), "a guid was used again"
        for before, event in zip([None, *history[:-1]], history, strict=True):
            assert (event.from_phase, event.to_phase) in ways(self.process, self.release)
            assert before is None or before.at <= event.at, "the history goes back in time"
        for side in (CR, CM):
            answer = self._call(organisation_of(claim, side), "getClaim", applicationId=claim.application_id)
            assert answer.code == "Ok", answer.message
            root = etree.fromstring(answer.values["value"].encode())
            schema = get_claim_schema(self.process, self.release)
            assert schema.validate(root), f"{claim.phase}, {side}: {schema.error_log}"
            assert root.xpath("string(ApplicationData/ApplicationIDs/@ClaimID)") == claim.application_id

    def _call(self, organisation: str, operation: str, **arguments: Any) -> Answer:
        answer = self.portal.call(self.process, self.in_force, organisation, operation, **arguments)
        assert answer.code in ("Ok", "Failure"), f"{operation}: {answer.values}"
        return answer

    def towards(self, choices: Sequence[Choice], goal: Move) -> list[Choice]:
        """Those of the choices that may bring the claim nearer to a row; once it is there, those that may be that row."""
        claim = self.claim
        near = {phase: min((apart(self.process, self.release, phase, source) for source in goal.sources), default=FAR) for phase in self._phases()}
        if claim.phase in goal.sources:
            return [choice for choice in choices if goal in self._moves(choice, claim)]
        return [choice for choice in choices if self._nearest(choice, near) < near[claim.phase]]

    def _phases(self) -> set[str]:
        return {phase for phase, _ in states(self.process, self.release)}

    # coming to an end

    @property
    def over(self) -> bool:
        """Ended, or gone."""
        return self.claim.ended or (self.claim.gone_at is not None and self.claim.gone_at <= self.portal.now)

    def ends(self, draw: Draw[Choice]) -> None:
        """By the shortest way that is open: an exit, an acknowledgement, the clock."""
        for _ in range(12):
            if self.over:
                return
            near = distances(self.process, self.release)
            here = near[self.claim.phase]
            forward = [choice for choice in self.choices() if self._nearest(choice, near) < here]
            certain = [choice for choice in forward if choice.may_say is None]
            if forward:
                if self.does(draw(certain or forward)).code == "Failure":
                    self.waits(self.portal.now + days(40), CR)  # what may not be said yet can be said then
            else:
                assert self.claim.due_at or self.claim.gone_at, f"{self.claim.phase} cannot be left"
                self.waits(max(self.portal.now, self.claim.due_at or self.claim.gone_at or START), CR)
        raise AssertionError("the walk does not end")

    def _nearest(self, choice: Choice, near: Mapping[str, int]) -> int:
        claim = self.claim
        return min(near[claim.phase if move.to == SELF else move.to] for move in self._moves(choice, claim))

    def stays_ended(self, chance: Random) -> None:
        """Whatever is tried and however long one waits, nothing changes any more."""
        before, history = self.claim, self.portal.history(self.claim.id)
        for operation, side in chance.sample(self.closed(), 6):
            self.is_refused(operation, side)
        self.portal.set_clock(self.portal.now + days(500))
        for side in (CR, CM):
            for name in ("getClaimsStatus", "getClaim"):
                answer = self._call(organisation_of(before, side), name, applicationId=before.application_id)
                assert (answer.code == "Ok") == before.ended, answer.message
        assert (self.portal.claim(before.id), self.portal.history(before.id)) == (before, history)


def born(text: str, birth: str) -> str:
    """A form with another date of birth of the claimant, a child's."""
    claimant = text.index("<ClaimantDetails")
    head, rest = text[:claimant], text[claimant:]
    rest = re.sub(r'DateOfBirth="[^"]*"', f'DateOfBirth="{birth}"', rest, count=1)
    return head + re.sub(r'ChildClaim="0"', 'ChildClaim="1"', rest, count=1)
