"""Which checks apply to which pack. One door for all of them: `check_pack`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from gateway.contract.model import release_number
from gateway.contract.reasons import extension_codes
from gateway.domain.rules import packs_answered as answered
from gateway.domain.rules import packs_claimed as claimed
from gateway.domain.rules import packs_common as common
from gateway.domain.rules import packs_tariff as tariff
from gateway.domain.rules.packs_common import Pack, PackFacts
from gateway.domain.rules.read import british
from gateway.errors import Finding
from gateway.xml.node import Node

PackRule = Callable[[Pack], Iterator[Finding]]

_ALL: tuple[PackRule, ...] = (common.loss_types_once, common.no_amount_below_zero, tariff.tariff_fields)
_CLAIMED: tuple[PackRule, ...] = (*_ALL, claimed.heads_have_a_type, tariff.uplift_claimed)
_ANSWERED: tuple[PackRule, ...] = (*_ALL, answered.same_heads, tariff.uplift_offered)
_DECIDED: tuple[PackRule, ...] = (*_ANSWERED, answered.gross_as_agreed, answered.confirmed_as_claimed)

PACKS: Mapping[str, tuple[PackRule, ...]] = {
    "addInterimSPFRequest": (
        *_CLAIMED,
        claimed.some_head,
        claimed.something_claimed,
        claimed.interim_minimum,
        claimed.medco_case,
        common.signed_copy_retained,
    ),
    "addInterimSPFResponse": (*_ANSWERED, answered.gross_as_agreed, answered.cru_reference),
    "addStage2SPFRequest": (
        *_CLAIMED,
        claimed.some_head,
        claimed.something_claimed,
        claimed.medical_report,
        claimed.medco_case,
        common.signed_copy_retained,
    ),
    "addStage2SPFResponse": (*_DECIDED, answered.cru_reference),
    "addStage2SPFCounterOfferByCR": _CLAIMED,
    "addStage2SPFCounterOfferByCM": (*_DECIDED, answered.accepted_as_offered),
    "addS2SPFAdditionalDamagesRequest": (*_CLAIMED, claimed.some_head, claimed.something_claimed),
    "addS2SPFAdditionalDamagesResponse": _DECIDED,
    "addCPPFRequest": (*_CLAIMED, claimed.disbursements_disputed, common.signed_copy_retained, common.legal_representative_named),
    "addCPPFResponse": (*_ANSWERED, answered.same_disbursements, common.legal_representative_named),
}

# rules that came with a release, or are of one process; all others hold always
SCOPE: Mapping[PackRule, tuple[tuple[str, ...], int]] = {
    claimed.medco_case: (("rta",), 5),
    answered.cru_reference: (("rta", "elpl"), 5),
    tariff.tariff_fields: (("rta",), 7),
    tariff.uplift_claimed: (("rta",), 7),
    tariff.uplift_offered: (("rta",), 7),
}

# the arguments that move a time limit: the new date, its reason, whether the reason must be given
EXTENSIONS: Mapping[str, tuple[str, str, bool]] = {
    "extendStage2SPFDecisionTimeout": ("newTimeOut", "reasonForExtension", False),
    "extendStage2SPFCounterOfferTimeout": ("newTimeOut", "reasonForExtension", False),
    "extendAdditionalDamagesDecisionTimeout": ("NewTimeOutDate", "ReasonForExtension", True),
}


def check_pack(operation: str, process: str, release: str, document: Node, facts: PackFacts = PackFacts()) -> list[Finding]:  # noqa: B008 - frozen
    """Everything wrong with a document of the packs that its schema cannot say, in the order of the document."""
    pack = Pack(process, operation, document, facts)
    found = (one for rule in PACKS[operation] if _holds(rule, process, release) for one in rule(pack))
    return sorted(found, key=lambda one: one.line or 0)


def check_extension(operation: str, process: str, release: str, *, new: date | None, reason: str | None, current: date) -> list[Finding]:
    """9.1 AfterCurrentTimeoutDate: a limit is moved to a later day (S), for a reason of the list (S); stage 2 need not give one (S/U).

    These are arguments of the call, so `at` names the argument.
    """
    date_argument, reason_argument, needed = EXTENSIONS[operation]
    allowed = extension_codes(process, release)
    found = []
    if new is None:
        found.append(Finding("MustBeProvided", date_argument, "must be given: the day to which the limit is moved"))
    elif new <= current:
        found.append(Finding("AfterCurrentTimeoutDate", date_argument, f"must lie after the present limit, {british(current)}"))
    if reason and reason not in allowed:
        found.append(Finding("WrongValue", reason_argument, f"must be one of {', '.join(allowed)}"))
    if needed and not reason:
        found.append(Finding("MustBeProvided", reason_argument, f"must be given, one of {', '.join(allowed)}"))
    return found


def _holds(rule: PackRule, process: str, release: str) -> bool:
    processes, since = SCOPE.get(rule, ((process,), 0))
    return process in processes and since <= release_number(release)
