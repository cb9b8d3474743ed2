"""What the process needs to know of a Claim Notification Form; everything else in it is only kept and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.xml.node import Node

_INSURER = "ClaimAndClaimantDetails/DefendantDetails/InsurerInformation"
INSURER_ID = f"{_INSURER}/@InsurerOrganizationID"
INSURER_PATH = f"{_INSURER}/@InsurerOrganizationPath"
INSURER_TYPE = f"{_INSURER}/@InsurerType"
REFERENCE = "ClaimAndClaimantDetails/ClaimantRepresentative/CompanyDetails/@ReferenceNumber"
BIRTH_DATE = "ClaimAndClaimantDetails/ClaimantDetails/PersonalDetails/@DateOfBirth"
CLAIM_TYPE = "ApplicationData/ClaimDetails/@ClaimType"
ACCIDENT_DATE = "AccidentData/AccidentDetails/@AccidentDate"
NOTIFICATION_DATE = "ApplicationData/ClaimDetails/@NotificationDate"


@dataclass(frozen=True, slots=True)
class Cnf:
    """A valid CNF, read. `insurer_id` and `insurer_path` may be empty (a claim for the MIB); `notification_date` is None in RTA, `accident_date`
    in a disease claim.
    """

    claim_type: str
    birth_date: date
    reference: str | None
    insurer_id: str
    insurer_path: str
    insurer_type: str | None
    notification_date: date | None
    accident_date: date | None


def read(process: str, document: Node) -> Cnf:
    """Read a CNF that its schema has already found valid."""
    notified = document.get(NOTIFICATION_DATE) if process == "elpl" else None
    accident = document.get(ACCIDENT_DATE)
    return Cnf(
        claim_type="RTA" if process == "rta" else document.get(CLAIM_TYPE) or "",
        birth_date=plain_date(document.get(BIRTH_DATE) or ""),
        reference=document.get(REFERENCE),
        insurer_id=document.get(INSURER_ID) or "",
        insurer_path=document.get(INSURER_PATH) or "",
        insurer_type=document.get(INSURER_TYPE),
        notification_date=plain_date(notified) if notified else None,
        accident_date=plain_date(accident) if accident else None,
    )


def plain_date(text: str) -> date:
    """An xs:date as a date; a time zone (2026-03-14Z, 2026-03-14+01:00), which the type allows, says nothing about the day meant."""
    return date.fromisoformat(text.strip()[:10])
