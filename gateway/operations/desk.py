"""What users of a profile of its own may do outside the interface, through those who run the gateway (portal notes 2.2, 11.1, 11.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.clock import Moment
from gateway.contract.model import Contract
from gateway.contract.profiles import holds
from gateway.contract.retention import retention
from gateway.domain.retention import shadow_ends
from gateway.errors import Refused
from gateway.operations import move
from gateway.store import Connection, archive, claims, directory, notices
from gateway.store.archive import Archived, Printed
from gateway.store.claims import Claim
from gateway.store.directory import User

DELETE, ARCHIVE = "delete", "archive"
_PURPOSES = {DELETE: "delete claims", ARCHIVE: "search archived claims"}
WHAT = "claim.delete"


class NotAllowed(Refused):
    """The user is none, could not log in (disabled, expired, idle), or has no profile for it."""


class NoSuchClaim(Refused):
    """There is no such claim, or it is none of the user's organisation."""


def user_with(connection: Connection, name: str, purpose: str) -> User:
    """The active user of that id, whose profiles give that purpose (DELETE, ARCHIVE). Raises NotAllowed."""
    user = directory.user(connection, name)
    organisation = directory.organisation(connection, user.organisation_id) if user else None
    if user is None or organisation is None or not (user.is_good and organisation.enabled):
        raise NotAllowed(f"{name[:50]} is no active user.")
    if not holds(user.profiles, purpose):
        raise NotAllowed(f"User {user.id} has no profile to {_PURPOSES[purpose]}.")
    return user


def deletable(connection: Connection, claim_id: int, user: User, moment: Moment, *, lock: bool = False) -> Claim:
    """The claim, if it is one of the user's organisation, there, and not deleted for good yet. Raises NoSuchClaim."""
    claim = claims.load(connection, claim_id, lock=lock)
    if claim is None or claim.is_gone(moment.utc) or user.organisation_id not in (claim.cr_organisation, claim.cm_organisation):
        raise NoSuchClaim(f"There is no claim {claim_id:016d} of {user.organisation_id}.")
    if claim.deleted_at is not None:
        raise NoSuchClaim(f"Claim {claim.application_id} has been deleted for good already.")
    return claim


def delete_for_good(connection: Connection, contract: Contract, claim_id: int, user: User, moment: Moment) -> Claim:
    """Delete a claim in whatever phase (GDPR): for two weeks its parties see that it was deleted, and then it is gone. Raises NoSuchClaim.

    Nothing runs out any more and nobody is notified; what was posted about it is removed at once, for it leads nowhere (U). A claim that would
    have been gone sooner is: a deletion keeps nothing longer.
    """
    claim = move.expire(connection, contract, deletable(connection, claim_id, user, moment, lock=True), moment)
    ends = shadow_ends(retention().shadow, moment.utc)
    changes = {
        "deleted_at": moment.utc,
        "gone_at": min(ends, claim.gone_at) if claim.gone_at else ends,
        "next_at": None,
        **move.UNLOCKED,
    }
    deleted = move.touch_by_hand(connection, claim, changes, moment.utc, WHAT, {}, (user.organisation_id, user.id))
    notices.remove_of_claim(connection, claim.id)
    return deleted


def archived_claims(connection: Connection, user: User, moment: Moment) -> Sequence[Any]:
    """The claims in the archive that the user's organisation was a party of when they ended, without their documents."""
    return archive.of_organisation(connection, user.organisation_id, moment.utc)


def archived_claim(connection: Connection, claim_id: int, user: User, moment: Moment) -> Archived:
    """One of them. Raises NoSuchClaim."""
    found = archive.find(connection, claim_id, moment.utc)
    if found is None or user.organisation_id not in (found.cr_organisation, found.cm_organisation):
        raise NoSuchClaim(f"There is no claim {claim_id:016d} of {user.organisation_id} in the archive.")
    return found


def document_for(claim: Archived, user: User) -> str:
    """The getClaim document of the user's side."""
    return claim.cr_document if user.organisation_id == claim.cr_organisation else claim.cm_document


def printed(connection: Connection, claim: Archived) -> list[Printed]:
    """Its printed documents, oldest first; both sides see all."""
    return archive.documents_of(connection, claim.id)
