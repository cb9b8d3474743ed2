"""What a claim document must satisfy beyond its schema: rules as pure functions, and the tables that say which apply where.

A rule takes the parsed document and gives what it finds; all rules of a document run, so that a caller learns of every mistake at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from gateway.domain.rules import cnf_common, cnf_elpl, cnf_rta, liability
from gateway.errors import Finding
from gateway.xml.node import Node

CnfRule = Callable[[Node, date], Iterator[Finding]]
LiabilityRule = Callable[[Node, liability.Answered], Iterator[Finding]]

_COMMON: tuple[CnfRule, ...] = (
    cnf_common.signed_copy_retained,
    cnf_common.defendant_named,
    cnf_common.compensator_chosen,
    cnf_common.ni_number_prefix,
    cnf_common.ni_number_or_comment,
    cnf_common.child_claim,
    cnf_common.other_title,
    cnf_common.nothing_in_the_future,
    cnf_common.dates_in_order,
)

CNF: dict[str, tuple[CnfRule, ...]] = {
    "rta": (*_COMMON, cnf_rta.claims_company, cnf_rta.injury_ticked, cnf_rta.other_texts, cnf_rta.hire_after_accident),
    "elpl": (*_COMMON, cnf_elpl.accident_date, cnf_elpl.periods, cnf_elpl.notification, cnf_elpl.injury_ticked),
}

# rules that came with a release; all others hold since the first
SINCE: dict[CnfRule, int] = {cnf_rta.claims_company: 6}

LIABILITY: dict[str, tuple[LiabilityRule, ...]] = {
    "rta": (liability.admissions, liability.capacity, liability.defendant_birth),
    "elpl": (liability.admissions,),
}


def check_cnf(process: str, release: str, document: Node, today: date) -> list[Finding]:
    """Everything wrong with a claim notification form (addClaim, resendRejectedClaim) that its schema cannot say."""
    number = int(release.removeprefix("R"))
    return _sorted(found for rule in CNF[process] if SINCE.get(rule, 0) <= number for found in rule(document, today))


def check_liability_response(
    process: str,
    release: str,
    document: Node,
    *,
    today: date,
    article75: bool | None = None,
    compensator_type: str | None = None,
    accident: date | None = None,
) -> list[Finding]:
    """Everything wrong with an answer on liability that its schema cannot say.

    `article75`: what applyArticle75 said of the claim; `compensator_type`: I, S or M; `accident`: its date. What depends on a fact that is
    None is not checked. No rule depends on `release` yet; it is asked for so that callers need not change when one does.
    """
    claim = liability.Answered(today, article75, compensator_type, accident)
    return _sorted(found for rule in LIABILITY[process] for found in rule(document, claim))


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    """In the order of the document, as far as lines tell it."""
    return sorted(findings, key=lambda found: found.line or 0)
