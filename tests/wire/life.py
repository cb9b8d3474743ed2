"""The life of a claim after liability was admitted, told like its beginning (story.py), and the short cuts to where a test begins.

STEPS repeats the process description by hand: for each row who does what, and where that leads. A test that is about a row tells it in full
(`goes`, `sends`); a test that only passes through says `walks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from client import ROOT
from phases import TIMED
from story import Story
from world import COMP1, COMP2, LONDON, Party

# what getClaim shows of the later stages
_CLAIMANT = "ApplicationData/ClaimantDetails"
CHILD_AT_REQUEST = f"{_CLAIMANT}/@isClaimantChildAtStage2Request"
CHILD_AT_AGREEMENT = f"{_CLAIMANT}/@isClaimantChildAtStage2Agreement"
CHILD_AT_DAMAGES = f"{_CLAIMANT}/@isClaimantChildAtStage2AgreementAD"
_DATES = "Timeouts/PreCalculatedTimeouts"
LOW = f"{_DATES}/InterimSettlementPack/LowPayment/@InterimPaymentTimeout"
HIGH = f"{_DATES}/InterimSettlementPack/HighPayment/@InterimPaymentTimeout"
SETTLEMENT = f"{_DATES}/Stage2SettlementPack/Stage2DecisionOrCounterOffer/@Stage2DecisionOrCounterOfferTimeout"
DAMAGES = f"{_DATES}/Stage2AdditionalDamagesPack/Stage2AdditionalDamagesDecision/@Stage2AdditionalDamagesDecisionTimeout"
COURT = f"{_DATES}/CourtProceedingsPack/CourtProceedings/@CourtProceedingsTimeout"

ADULTS = {
    "rta": {"R3": "r3-adult-driver.xml", "R5": "r5-adult-driver.xml", "R6": "r6-adult-driver.xml", "R7": "adult-driver.xml"},
    "elpl": {"R3": "r3-el-adult.xml", "R5": "r3-el-adult.xml", "R6": "el-adult.xml"},
}
CHILDREN = {"rta": "child-passenger.xml", "elpl": "el-child.xml"}  # both go to COMP2
PAYLOADS = {
    "addInterimSPFRequest": "ISPFRequestXML",
    "addInterimSPFResponse": "ISPFResponseXML",
    "addStage2SPFRequest": "S2SPFRequestXML",
    "addStage2SPFResponse": "S2SPFResponseXML",
    "addStage2SPFCounterOfferByCR": "S2SPFCounterOfferByCRXML",
    "addStage2SPFCounterOfferByCM": "S2SPFCounterOfferByCMXML",
    "addS2SPFAdditionalDamagesRequest": "additionalDamagesRequestXML",
    "addS2SPFAdditionalDamagesResponse": "additionalDamagesResponseXML",
    "addCPPFRequest": "CPPFRequestXML",
    "addCPPFResponse": "CPPFResponseXML",
}


@dataclass(frozen=True)
class Step:
    """What a row is: by the compensator or not, which call, where to. `limit` is the date that then runs when all is done on the first day."""

    by_compensator: bool
    operation: str
    to: str
    document: str | None = None
    limit: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


def _cr(operation: str, to: str, document: str | None = None, limit: str | None = None, **arguments: Any) -> Step:
    return Step(False, operation, to, document, limit, arguments)


def _comp(operation: str, to: str, document: str | None = None, limit: str | None = None, **arguments: Any) -> Step:
    return Step(True, operation, to, document, limit, arguments)


STEPS = {
    "T2": _comp("acknowledgeClaim", "ClaimAcknowledged"),
    "T3": _comp("acceptClaim", "Article75Decision"),
    "T5": _comp("acceptClaim", "LiabilityDecision"),
    "T7": _comp("rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1"),
    "T9": _cr("acknowledgeRejectedClaim", "ClaimRejectedToCR"),
    "T13": _comp("applyArticle75", "LiabilityDecision", isArticle75=False),
    "T15": _comp("sendLiabilityDecision", "LiabilityAdmitted", "admitted.xml"),
    "T16": _comp("sendLiabilityDecision", "LiabilityAdmittedForChild", "admitted.xml"),
    "T17": _comp("sendLiabilityDecision", "LiabilityAdmittedWithNeg", "admitted-with-negligence.xml"),
    "T18": _comp("sendLiabilityDecision", "DeniedLiability", "denied.xml"),
    "T21": _cr("acknowledgeLiabilityAdmitted", "StartOfStage21"),
    "T25": _cr("acknowledgeLiabilityAdmittedForChild", "StartOfStage21"),
    "T30": _cr("setInterimPaymentNeeded", "InterimSettlementPackForm", isInterimPaymentNeeded=True),
    "T32": _cr("setInterimPaymentNeeded", "Stage2SettlementPackForm", isInterimPaymentNeeded=False),
    "T33": _cr("addInterimSPFRequest", "InterimPaymentDecision", "plain.xml", "2026-12-15"),
    "T34": _comp("addInterimSPFResponse", "WaitingForInterimPayment", "full-to-plain.xml"),
    "T35": _comp("addInterimSPFResponse", "AcceptanceOfPartialInterimPayment", "partial-to-plain.xml"),
    "T36": _comp("rejectInterimSettlementPack", "InterimSettlementPackRejected", rejectionComment="No loss is proved."),
    "T37": _cr("acknowledgeRejectedInterimSettlementPack", "StartOfStage21"),
    "T40": _cr("acknowledgeInterimPaymentDecisionTimeout", "Stage2SettlementPackForm"),
    "T42": _cr("returnToStartOfStage21", "StartOfStage21"),
    "T43": _cr("acceptPartialInterimPayment", "PartialPaymentDecision", isPartialInterimPaymentAccepted=True),
    "T44": _cr("acceptPartialInterimPayment", "PartialPaymentDecision", isPartialInterimPaymentAccepted=False),
    "T45": _comp("acknowledgePartialPaymentDecision", "WaitingForInterimPayment"),
    "T46": _comp("acknowledgePartialPaymentDecision", "PartialPaymentNotAcceptedEnd"),
    "T47": _cr("setStage21Payment", "StartOfStage21", isStage21Paid=True),
    "T60": _cr("addStage2SPFRequest", "Stage2SettlementPackDecision", "plain.xml", "2026-12-15"),
    "T61": _comp("addStage2SPFResponse", "Stage2SettlementPackConfirmation", "confirm-to-plain.xml"),
    "T62": _comp("addStage2SPFResponse", "Stage2SettlementPackCounterOfferDecision", "counter-offer-to-plain.xml", "2027-01-15"),
    "T63": _comp("addStage2SPFResponse", "Stage2SettlementPackRepudiation", "repudiation-to-plain.xml"),
    "T67": _cr("acknowledgeStage2SPFConfirmation", "Stage2SettlementPackConfirmationEnd"),
    "T68": _cr("acknowledgeStage2SPFConfirmation", "StartOfStage2SettlementPackAdditionalDamages"),
    "T69": _cr("acknowledgeStage2SPFConfirmation", "CourtProceedingsPackForm"),
    "T70": _cr("acknowledgeStage2SPFRepudiation", "Stage2SettlementPackRepudiationEnd"),
    "T71": _cr("setStage2SPFCounterOfferNeeded", "Stage2SettlementPackCounterOffer", isStage2SPFCounterOfferNeeded=True),
    "T73": _cr("setStage2SPFCounterOfferNeeded", "Stage2SettlementPackAgreementDecision", isStage2SPFCounterOfferNeeded=False),
    "T74": _cr("addStage2SPFCounterOfferByCR", "Stage2SettlementPackCounterOfferByCM", "plain.xml"),
    "T75": _cr("addStage2SPFCounterOfferByCR", "Stage2SettlementPackAgreementDecision", "plain.xml", "2027-01-22"),
    "T76": _comp("addStage2SPFCounterOfferByCM", "Stage2SettlementPackAgreed", "acceptance-to-plain.xml"),
    "T77": _comp("addStage2SPFCounterOfferByCM", "Stage2SettlementPackCounterOfferDecision", "new-offer-to-plain.xml"),
    "T80": _cr("setStage2SPFAgreementDecision", "Stage2SettlementPackAgreed", isAgreed=True),
    "T81": _cr("setStage2SPFAgreementDecision", "StartOfStage2SettlementPackAdditionalDamages", isAgreed=False),
    "T82": _cr("setStage2SPFAgreementDecision", "CourtProceedingsPackForm", isAgreed=False),
    "T84": _comp("setStage2SPFAgreementDecision", "Stage2SettlementPackNotAgreed", isAgreed=False),
    "T85": _cr("acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd"),  # after T76
    "T100": _cr("setAdditionalDamagesExistence", "Stage2AdditionalDamagesForm", additionalDamagesExist=True),
    "T101": _cr("setAdditionalDamagesExistence", "CourtProceedingsPackForm", additionalDamagesExist=False),
    "T102": _cr("addS2SPFAdditionalDamagesRequest", "Stage2AdditionalDamagesDecision", "plain.xml", "2026-12-15"),
    "T103": _comp("addS2SPFAdditionalDamagesResponse", "Stage2SettlementPackAllDamagesAgreed", "agreed-to-plain.xml"),
    "T104": _comp("addS2SPFAdditionalDamagesResponse", "Stage2AdditionalDamagesAgreementDecision", "counter-offer-to-plain.xml"),
    "T108": _cr("acknowledgeAllDamagesAgreed", "Stage2SettlementPackAllDamagesAgreedEnd"),
    "T110": _cr("setS2SPFAdditionalDamagesDecision", "Stage2AdditionalDamagesAgreement", isAgreed=True),
    "T111": _cr("setS2SPFAdditionalDamagesDecision", "CourtProceedingsPackForm", isAgreed=False),
    "T120": _cr("addCPPFRequest", "CourtProceedingsPackResponse", "plain.xml", "2026-12-01"),
    "T121": _comp("addCPPFResponse", "EndOfStage2", "answer-to-plain.xml"),
    "T123": _cr("acknowledgeCPPFResponse", "EndOfStage2End"),
    "T124": _cr("exitProcess", "ExitProcess", exitReasonCode="5"),
    "T126": _comp("stateFraud", "FraudStated", reasonCode="0", reasonDescription="The collision was staged."),
}


class Life(Story):
    """One claim. What `walks` and its short cuts do is not looked at on the way; what comes after them is."""

    _unseen = False

    def sends(self, row: str, actor: Party, operation: str, name: str, to: str, **more: Any) -> Life:
        """A row with a document of the fixtures, in the claim's release; `more` as in `goes`."""
        text = self.document(operation, self.in_release(operation, name))
        self.goes(row, actor, operation, to, **{PAYLOADS[operation]: text}, **more)
        assert self.world.documents(self.number)[operation] == text.encode()
        return self

    def in_release(self, operation: str, name: str) -> str:
        """The name of a document as the claim's release has it: some were otherwise in release 3."""
        if self.release != "R3":
            return name
        folder = ROOT / "fixtures" / self.process / "valid" / operation
        older = (f"r3-{name}", name.replace("-to-", "-to-r3-"), name)
        return next(one for one in older if (folder / one).exists())

    def walks(self, *rows: str) -> Life:
        """These rows one after the other, as STEPS has them; a row of the clock when its limit is reached.

        `T60:minimal.xml` is a row with another document, and a date among the rows lets time pass.
        """
        self._unseen = True
        self.steps(*rows)
        self._unseen = False
        return self

    def steps(self, *rows: str) -> Life:
        """The same, and both sides read the claim after each."""
        for row, _, name in (one.partition(":") for one in rows):
            if not row.startswith("T"):
                self.world.set_clock(f"{row}T10:00:00")
            elif row in {clock for _, clock, _ in TIMED.values()}:
                self.expires(f"{self.limit}T00:00:00")
            else:
                self._takes(row, STEPS[row], name)
        return self

    def _takes(self, row: str, step: Step, name: str) -> None:
        arguments = dict(step.arguments)
        document = name or step.document
        if document:
            argument = PAYLOADS.get(step.operation, "insurerResponseXml")
            arguments[argument] = self.document(step.operation, self.in_release(step.operation, document))
        actor = self.holder if step.by_compensator else self.representative
        self.goes(row, actor, step.operation, step.to, limit=step.limit, **arguments)

    def sent(self, form: str | None = None, at: Party = COMP1) -> Life:
        """T1: the form of an adult, in the claim's release, unless another is named."""
        self._unseen = True
        limits = {"rta": "2026-12-15", "elpl": "2026-12-31"}
        self.opens(form or ADULTS[self.process][self.release], at=at, limit=limits[self.process], shows={})
        self._unseen = False
        return self

    def to_stage21(self, form: str | None = None, at: Party = COMP1) -> Life:
        """An adult's claim is sent, accepted and admitted in full: it waits in StartOfStage21."""
        return self.sent(form, at).walks(*self._accepted, "T15", "T21")

    def to_stage2(self) -> Life:
        """The same without an interim payment: it waits for the settlement pack."""
        return self.to_stage21().walks("T32")

    def childs_to_stage2(self) -> Life:
        """A child's claim waits for the settlement pack."""
        return self.sent(CHILDREN[self.process], COMP2).walks(*self._accepted, "T16", "T25", "T32")

    @property
    def _accepted(self) -> tuple[str, str]:
        return ("T3", "T13") if self.process == "rta" else ("T2", "T5")

    def read_by_both_sides(self) -> None:
        """Not while it only walks on."""
        if not self._unseen:
            super().read_by_both_sides()


def day(text: str) -> datetime:
    """The beginning of a day in London, as programs name a new limit."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)
