"""Reading claims: one, its state, the work list, and searches."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from gateway.contract.model import Contract
from gateway.operations import access, criteria
from gateway.operations.call import Call, operation
from gateway.operations.view import claim_view
from gateway.store import listing
from gateway.store.claims import Claim
from gateway.xml import get_claim as document
from gateway.xml import schemas

PROCESS_NAMES = {"rta": "RTA", "elpl": "ELPL"}
NOT_LOCKED, LOCKED = 0, 1
NOT_DELETED, DELETED = 0, 1
DEFAULT_SORT = "ApplicationId"
# Priority is that of the limit that runs: what is due first comes first (U).
SORT_COLUMNS = {
    "ApplicationId": "id",
    "StartDate": "created_at",
    "UpdateDate": "updated_at",
    "DispatchDate": "dispatched_at",
    "Priority": "due_at",
}


def claim_info(contract: Contract, claim: Claim) -> dict[str, Any]:
    """The WSDL's claimInfo: what every changing operation answers."""
    return {
        "activityEngineGuid": claim.guid,
        "applicationId": claim.application_id,
        "phaseCacheId": claim.phase,
        "phaseCacheName": contract.phases[claim.phase].name,
    }


@operation("getClaim")
def get_claim(call: Call) -> dict[str, Any]:
    """The whole claim as an XML string, valid against the getClaim schema of its release."""
    return {"value": document.build(claim_view(call))}


@operation("getClaimsStatus", brief=True)
def get_claims_status(call: Call) -> dict[str, Any]:
    """Where one claim stands, with its current guid."""
    return {"claimInfo": claim_info(call.contract, call.held), "gdprClaimDeleted": NOT_DELETED if call.held.deleted_at is None else DELETED}


@operation("getClaimsList")
def get_claims_list(call: Call) -> dict[str, Any]:
    """The work list: the claims in progress the user may see, oldest first. All of them: programs take what is not in it for finished (U)."""
    return {"claimsList": _lines(call, listing.work_list(call.connection, access.scope(call), call.moment.utc))}


@operation("searchClaims")
def search_claims(call: Call) -> dict[str, Any]:
    """The claims that meet all criteria given, in progress or ended, in the order asked for; a Failure if there are too many for one answer."""
    wanted = criteria.read(call)
    most = call.settings.search_rows
    found = listing.search(call.connection, access.scope(call), wanted, call.moment.utc, most + 1)
    if len(found) > most:
        raise criteria.too_many(wanted, most, call.process)
    order = call.arguments.get("searchClaimCriteria") or {}
    return {"claimsList": _lines(call, _sorted(found, order.get("sortField") or DEFAULT_SORT, order.get("sortOrder") == "Desc"))}


def _sorted(rows: Iterable[Any], field: str, descending: bool) -> list[Any]:
    """By a sortField of the WSDL. What has no such date comes last in both directions; the same dates, in the order of ids (U)."""
    key = attrgetter(SORT_COLUMNS[field])
    by_id = sorted(rows, key=attrgetter("id"))
    dated = [row for row in by_id if key(row) is not None]
    return sorted(dated, key=key, reverse=descending) + [row for row in by_id if key(row) is None]


def _lines(call: Call, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The WSDL's type claim, for rows of `listing`."""
    names = {phase.id: phase.name for phase in call.contract.phases.values()}
    now = call.moment.utc
    lines = []
    for row in rows:
        locked = row.lock_until is not None and row.lock_until > now
        line = {
            "activityEngineGuid": row.guid,
            "applicationId": f"{row.id:016d}",
            "applicationReferences": row.reference,
            "attachmentsCount": row.attachments_count,
            "creationTime": row.created_at,
            "currentUserID": row.current_user,
            "gdprClaimDeleted": NOT_DELETED if row.deleted_at is None else DELETED,
            "lockStatus": LOCKED if locked else NOT_LOCKED,
            "lockUserId": row.lock_user if locked and row.lock_side == call.caller.side else None,
            "phaseCacheId": row.phase,
            "phaseCacheName": names[row.phase],
            "printableDocumentsCount": row.documents_count,
            "versionMajor": row.version_major,
            "versionMinor": row.version_minor,
        }
        if call.process == "elpl":
            line["claimType"] = row.claim_type
        lines.append(line)
    return lines


@operation("getSystemProcessVersion")
def get_system_process_version(call: Call) -> dict[str, Any]:
    """The process version a claim created now would have."""
    release = schemas.release_named(call.process, call.settings.release(call.process))
    stamp = release.versions(call.settings.numbering).stamp
    return {"systemProcessVersion": {"processName": PROCESS_NAMES[call.process], "versionMajor": stamp.major, "versionMinor": stamp.minor}}
