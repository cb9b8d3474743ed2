"""Claim documents that come with a call: valid against the schema of the claim's release first, then against the portal's own rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from gateway.domain.packs_layout import ANSWERS
from gateway.domain.rules import check_cnf, check_liability_response
from gateway.domain.rules.packs_check import PACKS, check_pack
from gateway.domain.rules.packs_common import PackFacts
from gateway.errors import Finding, Refused
from gateway.operations.call import Call
from gateway.store import claims
from gateway.xml.parser import CLAIM_DOCUMENT
from gateway.xml.payload import parse_stored, read_document
from gateway.xml.schemas import schema_for

Rules = Callable[[Call, str], list[Finding]]


class RuleBroken(Refused):
    """The document is well-formed and valid, and says something the process does not allow."""


def read_payload(call: Call) -> None:
    """Fill `document` and `body` of the call from the argument the table names. All findings at once."""
    argument = call.operation.payload
    if argument is None:
        return
    release = call.claim.release if call.claim is not None else call.settings.release(call.process)
    text = call.arguments.get(argument) or ""
    call.document = read_document(text, schema_for(call.process, release, call.operation.name), CLAIM_DOCUMENT, argument)
    call.body = text.encode()
    rules = _RULES.get(call.operation.name)
    findings = rules(call, release) if rules else []
    if findings:
        refuse(call, findings)


def refuse(call: Call, findings: list[Finding]) -> NoReturn:
    """Refuse the payload of the call for breaking rules."""
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    first = findings[0]
    raise RuleBroken(f"{call.operation.payload} breaks the rules of the process: {count}, first {first.code} at {first.at}.", findings)


def _cnf(call: Call, release: str) -> list[Finding]:
    return check_cnf(call.process, release, call.payload, call.moment.today)


def _liability(call: Call, release: str) -> list[Finding]:
    claim = call.held
    return check_liability_response(
        call.process,
        release,
        call.payload,
        today=call.moment.today,
        article75=bool(claim.state.get("article75")),
        compensator_type=claim.compensator_type,
        accident=claim.accident_date,
    )


def _pack(call: Call, release: str) -> list[Finding]:
    answered = ANSWERS.get(call.operation.name)
    request = claims.latest_document(call.connection, call.held.id, answered) if answered else None
    return check_pack(call.operation.name, call.process, release, call.payload, PackFacts(parse_stored(request) if request else None))


_RULES: dict[str, Rules] = {
    "addClaim": _cnf,
    "resendRejectedClaim": _cnf,
    "sendLiabilityDecision": _liability,
    **dict.fromkeys(PACKS, _pack),
}
