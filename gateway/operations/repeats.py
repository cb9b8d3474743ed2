"""A repeated addClaim: a program that lost the answer sends the same again, and is told of the first claim instead of being given a second.

The same is: the same document, to the character, from the same user through the same A2A account, for the same process, within the time that is
set. A claim that has ended, was deleted or is gone is no answer: who sends its document again wants a new one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.clock import Moment
from gateway.errors import Broken
from gateway.operations.call import Call
from gateway.store import claims, repeats
from gateway.store.claims import Claim

OPERATION = "addClaim"


class CameTwice(Broken):
    """The same addClaim arrived twice at one moment, and what the other made of it is not there any more."""


def recall(call: Call) -> None:
    """Find the claim that the same addClaim made a moment ago. Before the document is looked at: it may not be right any more at midnight."""
    if call.operation.name != OPERATION or not call.settings.repeat_seconds:
        return
    call.sent = repeats.digest(call.caller.identity_id, call.caller.user_id, call.process, call.arguments.get("claimXML") or "")
    found = repeats.claim_of(call.connection, call.sent, _since(call))
    if found is None:
        return
    claim = claims.load(call.connection, found)
    if claim is not None and _counts(claim, call):
        call.first = claim
    else:
        call.instead_of = found


def note(call: Call) -> None:
    """Note which claim addClaim has just made. If another call made one of the same at the same moment, that one stays and is the call's."""
    if call.sent is None:
        return
    since = _since(call)
    if repeats.keep(call.connection, call.sent, call.held.id, Moment.now().utc, since, call.instead_of):
        return
    call.session.rollback()
    found = repeats.claim_of(call.connection, call.sent, since)
    call.claim = call.first = None if found is None else claims.load(call.connection, found)
    if call.claim is None:
        raise CameTwice("The same addClaim arrived twice at the same moment; try again later.")


def _since(call: Call) -> datetime:
    return Moment.now().utc - timedelta(seconds=call.settings.repeat_seconds)


def _counts(claim: Claim, call: Call) -> bool:
    return not (claim.is_gone(call.moment.utc) or claim.ended or claim.deleted_at is not None)
