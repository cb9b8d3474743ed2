"""What is played in the soak: the lives of claims and how often each occurs, how the day goes, and how much the portal has of all that.

The figures are those of portal notes 11.4: 73,000 CNFs a month, 25 % leave at stage 1, 20 % by the exit function, 2 % at stage 2, 24 % settle and
4.4 % get a court pack. How the rest divides is U; most of it is left to its time limits here, since that is what the soak looks at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from types import MappingProxyType

from gateway.resources import folder

CNFS_A_MONTH, BUSINESS_DAYS, HOURS = 73_000, 21, 12
MEAN_HOUR = CNFS_A_MONTH / BUSINESS_DAYS / HOURS
PEAK = 4.0
POLL_SECONDS = 300
REFRESH_SECONDS = 3600
# the day, in half hours, each as a multiple of the mean: it rises to its peak hour at noon, and falls as it rose, so that its first third is like its last
_RISE = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.8, 0.9, 0.9, 1.0, 1.1, PEAK)
HALF_HOURS = (*_RISE, *reversed(_RISE))
ELPL_SHARE = 0.05  # of the CNFs; U
ATTACHING_SHARE = 0.15  # of the claims, with 3 to 5 files each
KB = 1024
FILE_BYTES = (50 * KB, 100 * KB, 150 * KB, 200 * KB, 300 * KB, 500 * KB, 1024 * KB, 4096 * KB)

CR, CM = "claimant-representative", "compensator"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the process as a program takes it: who calls what, with which document of the fixtures, and the phase to which that leads."""

    side: str
    operation: str
    to: str
    document: str = ""
    arguments: Mapping[str, str] = field(default_factory=lambda: _NONE)


STEPS = {
    "T2": Step(CM, "acknowledgeClaim", "ClaimAcknowledged"),
    "T3": Step(CM, "acceptClaim", "Article75Decision", arguments={"insurerClaimReferenceNumber": "TI/26/1"}),
    "T5": Step(CM, "acceptClaim", "LiabilityDecision"),
    "T7": Step(CM, "rejectClaimToCR", "AcknowledgeRejectedClaim", arguments={"rejectionReasonCode": "1"}),
    "T9": Step(CR, "acknowledgeRejectedClaim", "ClaimRejectedToCR"),
    "T11": Step(CR, "exitRejectedClaim", "ExitRejectedClaim"),
    "T13": Step(CM, "applyArticle75", "LiabilityDecision", arguments={"isArticle75": "false"}),
    "T15": Step(CM, "sendLiabilityDecision", "LiabilityAdmitted", "admitted"),
    "T17": Step(CM, "sendLiabilityDecision", "LiabilityAdmittedWithNeg", "admitted-with-negligence"),
    "T18": Step(CM, "sendLiabilityDecision", "DeniedLiability", "denied"),
    "T20": Step(CR, "acknowledgeLiabilityDecisionTimeout", "LiabilityDecisionTimeoutEnd"),
    "T21": Step(CR, "acknowledgeLiabilityAdmitted", "StartOfStage21"),
    "T26": Step(CR, "acknowledgeLiabilityAdmittedWithNeg", "LiabilityAdmittedWithNegEnd"),
    "T27": Step(CR, "acknowledgeDeniedLiability", "DeniedLiabilityEnd"),
    "T30": Step(CR, "setInterimPaymentNeeded", "InterimSettlementPackForm", arguments={"isInterimPaymentNeeded": "true"}),
    "T32": Step(CR, "setInterimPaymentNeeded", "Stage2SettlementPackForm", arguments={"isInterimPaymentNeeded": "false"}),
    "T33": Step(CR, "addInterimSPFRequest", "InterimPaymentDecision", "plain"),
    "T34": Step(CM, "addInterimSPFResponse", "WaitingForInterimPayment", "full-to-plain"),
    "T40": Step(CR, "acknowledgeInterimPaymentDecisionTimeout", "Stage2SettlementPackForm"),
    "T47": Step(CR, "setStage21Payment", "StartOfStage21", arguments={"isStage21Paid": "true"}),
    "T60": Step(CR, "addStage2SPFRequest", "Stage2SettlementPackDecision", "plain"),
    "T61": Step(CM, "addStage2SPFResponse", "Stage2SettlementPackConfirmation", "confirm-to-plain"),
    "T62": Step(CM, "addStage2SPFResponse", "Stage2SettlementPackCounterOfferDecision", "counter-offer-to-plain"),
    "T63": Step(CM, "addStage2SPFResponse", "Stage2SettlementPackRepudiation", "repudiation-to-plain"),
    "T66": Step(CR, "acknowledgeStage2SPFDecisionTimeout", "Stage2SettlementPackDecisionTimeoutEnd"),
    "T67": Step(CR, "acknowledgeStage2SPFConfirmation", "Stage2SettlementPackConfirmationEnd"),
    "T70": Step(CR, "acknowledgeStage2SPFRepudiation", "Stage2SettlementPackRepudiationEnd"),
    "T71": Step(CR, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackCounterOffer", arguments={"isStage2SPFCounterOfferNeeded": "true"}),
    "T73": Step(CR, "setStage2SPFCounterOfferNeeded", "Stage2SettlementPackAgreementDecision", arguments={"isStage2SPFCounterOfferNeeded": "false"}),
    "T74": Step(CR, "addStage2SPFCounterOfferByCR", "Stage2SettlementPackCounterOfferByCM", "plain"),
    "T76": Step(CM, "addStage2SPFCounterOfferByCM", "Stage2SettlementPackAgreed", "acceptance-to-plain"),
    "T80": Step(CR, "setStage2SPFAgreementDecision", "Stage2SettlementPackAgreed", arguments={"isAgreed": "true"}),
    "T81": Step(CR, "setStage2SPFAgreementDecision", "StartOfStage2SettlementPackAdditionalDamages", arguments={"isAgreed": "false"}),
    "T82": Step(CR, "setStage2SPFAgreementDecision", "CourtProceedingsPackForm", arguments={"isAgreed": "false"}),
    "T85": Step(CR, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd"),  # after T76
    "T85 by the compensator": Step(CM, "acknowledgeStage2SPFAgreed", "Stage2SettlementPackAgreedEnd"),  # after T80
    "T100": Step(CR, "setAdditionalDamagesExistence", "Stage2AdditionalDamagesForm", arguments={"additionalDamagesExist": "true"}),
    "T101": Step(CR, "setAdditionalDamagesExistence", "CourtProceedingsPackForm", arguments={"additionalDamagesExist": "false"}),
    "T102": Step(CR, "addS2SPFAdditionalDamagesRequest", "Stage2AdditionalDamagesDecision", "plain"),
    "T103": Step(CM, "addS2SPFAdditionalDamagesResponse", "Stage2SettlementPackAllDamagesAgreed", "agreed-to-plain"),
    "T107": Step(CR, "acknowledgeAdditionalDamagesDecisionTimeout", "Stage2AdditionalDamagesDecisionTimeoutEnd"),
    "T108": Step(CR, "acknowledgeAllDamagesAgreed", "Stage2SettlementPackAllDamagesAgreedEnd"),
    "T120": Step(CR, "addCPPFRequest", "CourtProceedingsPackResponse", "plain"),
    "T121": Step(CM, "addCPPFResponse", "EndOfStage2", "answer-to-plain"),
    "T123": Step(CR, "acknowledgeCPPFResponse", "EndOfStage2End"),
    "T124": Step(CR, "exitProcess", "ExitProcess", arguments={"exitReasonCode": "5"}),
    "T124 by the compensator": Step(CM, "exitProcess", "ExitProcess", arguments={"exitReasonCode": "9"}),
    "T125": Step(CM, "acknowledgeExitProcess", "ExitProcessEnd"),
    "T125 by the representative": Step(CR, "acknowledgeExitProcess", "ExitProcessEnd"),
}
# steps of EL/PL that differ (process notes 3)
_INSTEAD = {"T3": "T2", "T13": "T5", "T81": "T82", "T101": None}


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit that a claim is left to: `days` business days after the step `since`, in EL/PL `elpl_days`; the row of the clock and where it leads.

    `key` of its notices (notifications.toml), none: there are none; the side that `is_warned` so many business days before: `warned`.
    """

    since: str
    days: int
    row: str
    to: str
    key: str = ""
    warned: int = 0
    is_warned: str = CM
    elpl_days: int | None = None

    def business_days(self, process: str) -> int:
        """How long it is for a claim of "rta" or "elpl"."""
        return self.days if process == "rta" or self.elpl_days is None else self.elpl_days


# process notes 4.2 (K1, K3, K7, K9, K10, K12, K13) and 5, by hand; both sides are told of the end
LIABILITY = Limit("T1", 15, "T19", "LiabilityDecisionTimeout", "liability", 5, elpl_days=30)
INTERIM = Limit("T33", 15, "T39", "InterimPaymentDecisionTimeout", "interim", 3)
SETTLEMENT = Limit("T60", 15, "T65", "Stage2SettlementPackDecisionTimeout", "settlement", 3)
NEGOTIATION = Limit("T60", 35, "T65", "Stage2SettlementPackDecisionTimeout", "negotiation", 3, CR)  # it is the representative's turn after T62
DAMAGES = Limit("T102", 15, "T106", "Stage2AdditionalDamagesDecisionTimeout", "damages", 3)
COURT = Limit("T120", 5, "T122", "EndOfStage2")


@dataclass(frozen=True, slots=True)
class Life:
    """One way a claim may go after it was sent. `of_a_hundred`: so many claims go it; `limit`: what it is then left to; `then`: what may follow that."""

    name: str
    of_a_hundred: int
    rows: tuple[str, ...]
    limit: Limit | None = None
    then: str = ""
    only: str = ""

    def steps(self, process: str) -> tuple[tuple[str, Step], ...]:
        """Its rows in "rta" or "elpl"."""
        names = self.rows if process == "rta" else tuple(_INSTEAD.get(row, row) for row in self.rows)
        return tuple((name, STEPS[name]) for name in names if name)


_ACCEPTED = ("T3", "T13")
_ADMITTED = (*_ACCEPTED, "T15", "T21")
_PACK = (*_ADMITTED, "T32", "T60")
_OFFERED = (*_PACK, "T62")
_REFUSED = (*_OFFERED, "T73", "T81")
LIVES = (
    # leave at stage 1: 25
    Life("denied", 8, (*_ACCEPTED, "T18", "T27")),
    Life("admitted with negligence", 4, (*_ACCEPTED, "T17", "T26")),
    Life("rejected", 5, ("T7", "T9", "T11")),
    Life("never looked at", 4, (), LIABILITY, "T20"),
    Life("never decided", 4, _ACCEPTED, LIABILITY, "T20"),
    # by the exit function: 20
    Life("withdrawn", 12, (*_ADMITTED, "T124", "T125")),
    Life("taken out by the compensator", 8, (*_PACK, "T124 by the compensator", "T125 by the representative")),
    # leave at stage 2: 2
    Life("repudiated", 2, (*_PACK, "T63", "T70")),
    # settled: 24
    Life("confirmed", 8, (*_PACK, "T61", "T67")),
    Life("agreed", 6, (*_OFFERED, "T73", "T80", "T85 by the compensator")),
    Life("agreed after offers", 3, (*_OFFERED, "T71", "T74", "T76", "T85")),
    Life("settled with an interim payment", 5, (*_ADMITTED, "T30", "T33", "T34", "T47", "T32", "T60", "T61", "T67")),
    Life("settled with additional damages", 2, (*_REFUSED, "T100", "T102", "T103", "T108"), only="rta"),
    # court pack: 4
    Life("court pack", 4, (*_REFUSED, "T101", "T120", "T121", "T123")),
    # the rest
    Life("interim pack left", 6, (*_ADMITTED, "T30", "T33"), INTERIM, "T40"),
    Life("settlement pack left", 8, _PACK, SETTLEMENT, "T66"),
    Life("offer left", 3, _OFFERED, NEGOTIATION, "T66"),
    Life("additional damages left", 2, (*_REFUSED, "T100", "T102"), DAMAGES, "T107", only="rta"),
    Life("court pack left", 2, (*_REFUSED, "T101", "T120"), COURT, "T123"),
    Life("waits in stage 2", 4, (*_ADMITTED, "T30")),
)


def lives_of(process: str) -> tuple[Life, ...]:
    """The lives that claims of "rta" or "elpl" may have."""
    return tuple(life for life in LIVES if life.only in ("", process))


def mean_steps() -> float:
    """Changes of an RTA claim on the average, addClaim among them; of EL/PL there are too few to matter."""
    lives = lives_of("rta")
    return 1 + sum(life.of_a_hundred * len(life.steps("rta")) for life in lives) / sum(life.of_a_hundred for life in lives)


def arrivals(number: int) -> list[float]:
    """When so many claims are sent, as shares of the day, ascending."""
    ends = list(accumulate(HALF_HOURS))
    found = []
    for one in range(number):
        sought = (one + 0.5) / number * ends[-1]
        slot = bisect_left(ends, sought)
        before = ends[slot] - HALF_HOURS[slot]
        found.append((slot + (sought - before) / HALF_HOURS[slot]) / len(HALF_HOURS))
    return found


@cache
def document(process: str, operation: str, name: str) -> str:
    """A valid document of the fixtures."""
    return (folder("fixtures") / process / "valid" / operation / f"{name}.xml").read_text(encoding="utf-8")
