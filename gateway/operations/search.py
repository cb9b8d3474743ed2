"""Reading claims: one, its state, and the work list."""

from __future__ import annotations

from typing import Any

from gateway.contract.model import Contract
from gateway.operations.call import Call, operation
from gateway.operations.view import claim_view
from gateway.store import claims
from gateway.store.claims import Claim
from gateway.xml import get_claim as document
from gateway.xml import schemas

PROCESS_NAMES = {"rta": "RTA", "elpl": "ELPL"}
NOT_LOCKED, LOCKED = 0, 1
NOT_DELETED = 0


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


@operation("getClaimsStatus")
def get_claims_status(call: Call) -> dict[str, Any]:
    """Where one claim stands, with its current guid."""
    return {"claimInfo": claim_info(call.contract, call.held), "gdprClaimDeleted": NOT_DELETED}


@operation("getClaimsList")
def get_claims_list(call: Call) -> dict[str, Any]:
    """The work list: the claims in progress the user may see."""
    phases = call.contract.phases
    rows = claims.work_list(call.connection, call.caller.side, call.caller.organisation.id, call.process, call.moment.utc)
    return {
        "claimsList": [
            {
                "activityEngineGuid": row.guid,
                "applicationId": f"{row.id:016d}",
                "applicationReferences": row.cr_reference if call.caller.side == "claimant-representative" else row.cm_reference,
                "attachmentsCount": row.attachments_count,
                "creationTime": row.created_at,
                "currentUserID": row.current_user,
                "gdprClaimDeleted": NOT_DELETED,
                "lockStatus": LOCKED if row.lock_user else NOT_LOCKED,
                "lockUserId": row.lock_user,
                "phaseCacheId": row.phase,
                "phaseCacheName": phases[row.phase].name,
                "printableDocumentsCount": row.documents_count,
                "versionMajor": row.version_major,
                "versionMinor": row.version_minor,
            }
            for row in rows
        ]
    }


@operation("getSystemProcessVersion")
def get_system_process_version(call: Call) -> dict[str, Any]:
    """The process version a claim created now would have."""
    release = schemas.release_named(call.process, call.settings.release(call.process))
    stamp = release.versions(call.settings.numbering).stamp
    return {"systemProcessVersion": {"processName": PROCESS_NAMES[call.process], "versionMajor": stamp.major, "versionMinor": stamp.minor}}
