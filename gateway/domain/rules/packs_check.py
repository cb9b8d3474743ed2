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

_EITHER: tuple[PackRule, ...] = (common.loss_types_once, common.no_amount_below_zero)
_CLAIMED: tuple[PackRule, ...] = (*_EITHER, claimed.heads_have_a_type)
_ANSWERED: tuple[PackRule, ...] = (*_EITHER, answered.same_heads)
_DECIDED: tuple[PackRule, ...] = (answered.gross_as_agreed, answered.confirmed_as_claimed)
_TARIFF_CLAIMED: tuple[PackRule, ...] = (tariff.fields, tariff.uplift_claimed)
_TARIFF_OFFERED: tuple[PackRule, ...] = (tariff.fields, tariff.uplift_offered)

# interim packs may have a tariff head, but no fields to say more of it
PACKS: Mapping[str, tuple[PackRule, ...]] = {
    "addInterimSPFRequest": (*_CLAIMED, claimed.some_head, claimed.interim_minimum, claimed.medco_case, claimed.signed_copy_retained),
    "addInterimSPFResponse": (*_ANSWERED, answered.gross_as_agreed, answered.cru_reference),
    "addStage2SPFRequest": (*_CLAIMED, claimed.some_head, *_TARIFF_CLAIMED, claimed.medical_report, claimed.medco_case, claimed.signed_copy_retained),
    "addStage2SPFResponse": (*_ANSWERED, *_DECIDED, *_TARIFF_OFFERED, answered.cru_reference),
    "addStage2SPFCounterOfferByCR": (*_CLAIMED, claimed.some_head, *_TARIFF_CLAIMED),
    "addStage2SPFCounterOfferByCM": (*_ANSWERED, *_DECIDED, *_TARIFF_OFFERED, answered.accepted_as_offered),
    "addS2SPFAdditionalDamagesRequest": (*_CLAIMED, claimed.some_head, *_TARIFF_CLAIMED),
    "addS2SPFAdditionalDamagesResponse": (*_ANSWERED, *_DECIDED, *_TARIFF_OFFERED),
    "addCPPFRequest": (*_CLAIMED, *_TARIFF_CLAIMED, claimed.disbursements_disputed, claimed.signed_copy_retained, common.legal_representative_named),
    "addCPPFResponse": (*_ANSWERED, *_TARIFF_OFFERED, answered.same_disbursements, common.legal_representative_named),
}

# rules that came with a release, or are of one process; all others hold always
SCOPE: Mapping[PackRule, tuple[tuple[str, ...], int]] = {
    claimed.medco_case: (("rta",), 5),
    answered.cru_reference: (("rta", "elpl"), 5),
    tariff.fields: (("rta",), 7),
    tariff.uplift_claimed: (("rta",), 7),
    tariff.uplift_offered: (("rta",), 7),
}

# the arguments that move a time limit: the new date, its reason, whether the reason must be given
EXTENSIONS: Mapping[str, tuple[str, str, bool]] = {
    "extendStage2SPFDecisionTimeout": ("newTimeOut", "reasonForExtension", False),
    "extendStage2SPFCounterOfferTimeout": ("newTimeOut", "reasonForExtension", False),
    "extendAdditionalDamagesDecisionTimeout": ("NewTimeOutDate", "ReasonForExtension", True),
}


def check_pack(operation: str, process: str, release: str, document: Node, facts: PackFacts) -> list[Finding]:
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
