"""The life of a claim, told step by step. After each step both sides read the claim in every way there is, and the history is looked at.

What is expected comes from the process description (rows T1 …) and the published schemas.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from functools import cache
from itertools import cycle
from typing import Any

import pytest
from client import ROOT, Client, Reply, document
from lxml import etree
from phases import ENDED, PHASES, TIMED
from world import COMP1, CR1, LONDON, Party, World

USUAL_FORMS = {"rta": ("adult-driver.xml", "2026-12-15"), "elpl": ("el-adult.xml", "2026-12-31")}

ONE_DAY = timedelta(days=1)

IDS = "ApplicationData/ApplicationIDs"
SENT = "ApplicationData/ClaimDetails/@SentDate"
NOTIFIED = "ApplicationData/ClaimDetails/@NotificationDate"
REFERENCE = f"{IDS}/@InsurerClaimReferenceNumber"
ACCEPTED_AT = f"{IDS}/@InsurerAcceptingBranchID"
ENDED_ON = f"{IDS}/@EndDate"
ARTICLE_75 = "ApplicationData/ClaimDetails/@Article75"
REASON = "ApplicationData/Rejection/@RejectionReasonCode"
CHILD = "ApplicationData/ClaimantDetails/@isClaimantChildAtStage1Response"
DECISION = "InsurerResponse/LiabilityCausation/@LiabilityDecision"
RUNNING = "Timeouts/CurrentTimeout/@SelectedTimeOut"
KIND = "Timeouts/CurrentTimeout/@TimeOutType"
INSURER_LIMIT = "Timeouts/PreCalculatedTimeouts/ClaimNotificationForm/Insurer/@LiabilityDecisionTimeout"
MIB_LIMIT = "Timeouts/PreCalculatedTimeouts/ClaimNotificationForm/MIBorArt75/@LiabilityDecisionTimeout"

# what getClaim shows of a new claim
NOTHING_YET = {DECISION: None, CHILD: None, REFERENCE: None, ACCEPTED_AT: None}
NEW_RTA = {**NOTHING_YET, SENT: "2026-11-23", INSURER_LIMIT: "2026-12-15", MIB_LIMIT: "2027-01-08", ARTICLE_75: None}
NEW_EL = {**NOTHING_YET, NOTIFIED: "2026-11-16", INSURER_LIMIT: "2026-12-31", MIB_LIMIT: None}
NEW_PL = {**NEW_EL, INSURER_LIMIT: "2027-01-15"}

each_generation = pytest.mark.parametrize("generations", [("token",), ("userauth",), ("token", "userauth")], ids="-then-".join)


def _usually_shows(operation: str, arguments: dict[str, Any]) -> dict[str, str | None]:
    """What getClaim says after an operation, whatever the story."""
    if operation == "acceptClaim":
        return {ACCEPTED_AT: "001", REFERENCE: arguments.get("insurerClaimReferenceNumber")}
    if operation == "applyArticle75":
        return {ARTICLE_75: "1" if arguments["isArticle75"] else "0"}
    if operation == "rejectClaimToCR":
        return {REASON: arguments["rejectionReasonCode"]}
    if operation == "resendRejectedClaim":
        return {ACCEPTED_AT: None, REFERENCE: None, REASON: None}
    return {}


@cache
def _releases(process: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "schemas" / process / "releases.toml").read_text(encoding="utf-8"))


@cache
def _get_claim_schema(process: str, release: str) -> etree.XMLSchema:
    name = _releases(process)[release]["messages"]["getClaim"]
    return etree.XMLSchema(etree.parse(str(ROOT / "schemas" / process / f"{name}.xsd")))


class Story:
    """One claim. `holder` is the compensator that has it; `shows` what its getClaim must say from now on, by XPath (None: nothing)."""

    def __init__(self, world: World, process: str, *generations: str, release: str | None = None, representative: Party = CR1) -> None:
        self.world, self.process = world, process
        self.release = release or {"rta": "R7", "elpl": "R6"}[process]
        self._generation = cycle(generations or ("token",))
        self.representative = representative
        self.holder: Party = representative
        self.number = self.guid = self.phase = ""
        self.guids: list[str] = []
        self.rows: list[str] = []
        self.shows: dict[str, str | None] = {}
        self.limit: str | None = None

    def client(self, party: Party) -> Client:
        """The party's program; with two generations, each call is made by the other one."""
        return self.world.client(party, f"{self.process}-{next(self._generation)}")

    def document(self, operation: str, name: str) -> str:
        return document(self.process, operation, name)

    @property
    def data(self) -> dict[str, str]:
        """claimData as it is right now."""
        return {"activityEngineGuid": self.guid, "applicationId": self.number}

    def begins(self) -> Story:
        """T1 with the form that most stories begin with: an adult, an insurer, sent on Monday 23 November 2026."""
        name, limit = USUAL_FORMS[self.process]
        return self.opens(name, at=COMP1, limit=limit, shows={})

    def opens(self, name: str, at: Party, *, limit: str, shows: dict[str, str | None]) -> Story:
        """T1: the claimant representative sends a CNF of the fixtures, which arrives at that compensator; `limit` is the date that runs."""
        text = self.document("addClaim", name)
        reply = self.client(self.representative).call("addClaim", claimXML=text).ok()
        self.number = reply.claim["applicationId"]
        assert len(self.number) == 16
        assert self.number.isdigit()
        self.holder, self.limit = at, limit
        self._now(reply, "T1", self.representative, "addClaim", "", "ClaimSubmitted", shows)
        assert self.world.documents(self.number)["addClaim"] == text.encode()
        return self

    def goes(
        self,
        row: str,
        actor: Party,
        operation: str,
        to: str,
        *,
        holder: Party | None = None,
        limit: str | None = None,
        shows: dict[str, str | None] | None = None,
        **arguments: Any,
    ) -> Story:
        """One row of the process: who calls what, and where that leads. `holder` and `limit` say what it changes."""
        before = self.phase
        reply = self.client(actor).call(operation, claimData=self.data, **arguments).ok()
        assert reply.claim["applicationId"] == self.number
        self.holder = holder or self.holder
        self.limit = limit or self.limit
        self._now(reply, row, actor, operation, before, to, {**_usually_shows(operation, arguments), **(shows or {})})
        return self

    def refuses(self, actor: Party, operation: str, *words: str, data: dict[str, str] | None = None, **arguments: Any) -> Reply:
        """A call that is refused, with these words in the message, and changes nothing at all."""
        before = self.world.snapshot(self.number)
        reply = self.client(actor).call(operation, claimData=data or self.data, **arguments).refused(*words)
        assert self.world.snapshot(self.number) == before
        return reply

    def expires(self, at: str) -> Story:
        """The limit of the phase (T19 and later): a moment before that time in London nothing has happened; at it, it has run out."""
        before = self.phase
        _, row, to = TIMED[before]
        day = datetime.fromisoformat(at)
        assert (day.hour, day.minute, day.second) == (0, 0, 0)
        self.world.set_clock(f"{self._eve(at)}T23:59:59")
        assert self.status(self.holder)["phaseCacheId"] == before
        self.world.set_clock(at)
        claim = self.status(self.holder)
        assert claim["activityEngineGuid"] != self.guid
        self.guid, self.phase = claim["activityEngineGuid"], claim["phaseCacheId"]
        assert (self.phase, claim["phaseCacheName"]) == (to, PHASES[to])
        self.guids.append(self.guid)
        self.rows.append(row)
        event = self.world.history(self.number)[-1]
        assert (event.row, event.operation, event.organisation_id, event.user_id) == (row, "", "", "")
        assert (event.from_phase, event.to_phase, event.guid) == (before, self.phase, self.guid)
        assert event.at.astimezone(LONDON).isoformat() == day.replace(tzinfo=LONDON).isoformat()
        self.shows |= {RUNNING: None, KIND: None}
        self.read_by_both_sides()
        return self

    @staticmethod
    def _eve(at: str) -> str:
        return (datetime.fromisoformat(at).date() - ONE_DAY).isoformat()

    def status(self, party: Party) -> dict[str, str]:
        return self.client(party).call("getClaimsStatus", applicationId=self.number).ok().claim

    def seen_by(self, party: Party) -> Any:
        """The getClaim document, valid against the schema of the claim's release."""
        text = self.client(party).call("getClaim", applicationId=self.number).ok().payload["value"]
        root = etree.fromstring(text.encode())
        schema = _get_claim_schema(self.process, self.release)
        assert schema.validate(root), f"{self.phase}: {schema.error_log}"
        return root

    def _now(self, reply: Reply, row: str, actor: Party, operation: str, before: str, to: str, shows: dict[str, str | None]) -> None:
        assert (reply.claim["phaseCacheId"], reply.claim["phaseCacheName"]) == (to, PHASES[to])
        self.phase, self.guid = to, reply.claim["activityEngineGuid"]
        assert self.guid not in self.guids, "the guid is not new"
        self.guids.append(self.guid)
        self.rows.append(row)
        self.shows.update(shows)
        self.shows |= {RUNNING: self.limit, KIND: TIMED[to][0]} if to in TIMED else {RUNNING: None, KIND: None}
        self._check_history(row, actor, operation, before)
        self.read_by_both_sides()

    def _check_history(self, row: str, actor: Party, operation: str, before: str) -> None:
        history = self.world.history(self.number)
        assert [event.number for event in history] == list(range(1, len(history) + 1))
        assert [event.row for event in history] == self.rows
        event = history[-1]
        assert (event.row, event.operation, event.from_phase, event.to_phase, event.guid) == (row, operation, before, self.phase, self.guid)
        assert (event.organisation_id, event.user_id, event.identity_id) == (actor.organisation, actor.user, actor.identity)

    def read_by_both_sides(self) -> None:
        """Status, the whole document and the work list, as both sides see them."""
        for party in (self.representative, self.holder):
            claim = self.status(party)
            assert claim == {
                "activityEngineGuid": self.guid,
                "applicationId": self.number,
                "phaseCacheId": self.phase,
                "phaseCacheName": PHASES[self.phase],
            }
            self._check_document(self.seen_by(party))
            listed = {row["applicationId"]: row for row in self.client(party).call("getClaimsList").ok().payload["claimsList"]}
            assert (self.number in listed) == (self.phase not in ENDED)
            if self.phase not in ENDED:
                assert listed[self.number].items() >= claim.items()

    def _check_document(self, root: Any) -> None:
        expected = {
            f"{IDS}/@ClaimID": self.number,
            f"{IDS}/@RepresentativeID": self.representative.organisation,
            f"{IDS}/@InsurerID": self.holder.organisation,
            **self.shows,
        }
        found = {path: next(iter(root.xpath(path)), None) for path in expected}
        assert found == expected
