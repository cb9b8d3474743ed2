"""What the getClaim document says besides what the parties wrote: plain values, so that a store can fill them from its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gateway.xml.get_claim_pack_view import Packs
from gateway.xml.get_claim_sent import Sent, Side

Viewer = Side
CompensatorType = Literal["I", "S", "M"]


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation that holds a claim, with the branch that it is in. `address` has the keys of the WSDL's type address (houseName, …)."""

    organisation_id: str
    path: str
    name: str
    branch_id: str | None = None
    branch_name: str | None = None
    address: Mapping[str, str] = field(default_factory=dict)

    @property
    def branch_path(self) -> str | None:
        """The path of the branch, below that of the organisation."""
        return f"{self.path}/{self.branch_id}" if self.branch_id else None


@dataclass(frozen=True, slots=True)
class User:
    """A user whom a claim is allocated to. `name` is the given name."""

    user_id: str
    name: str
    surname: str


@dataclass(frozen=True, slots=True)
class Exit:
    """Why the claim left the process, and which side took it out."""

    by: Side
    code: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Fraud:
    """The compensator's statement of fraud."""

    code: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """The claim passed from one organisation to another of the same side; `source` and `target` are their ids."""

    source: str
    target: str
    on: date


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim as one side may see it.

    `documents` are all claim documents in the order in which they were sent. The notification form is that of the last
    resendRejectedClaim, where there is one, otherwise of addClaim; both should be given, for a few fields exist only in the first.
    `packs` says of those after the liability response which is which, with what the portal computes from them.
    `deadlines` are the stored dates by kind (see `get_claim_table.DEADLINES`), `running` the kind and date of the one that runs now.
    `rejection_reason_code` is that of a rejection not yet answered by resending. `transfers` are in the order in which they happened.
    What is not known, or has not happened yet, is None.
    """

    process: str
    release: str
    viewer: Viewer
    application_id: str
    claimant_representative: Party
    compensator: Party
    sent_on: date
    documents: tuple[Sent, ...]
    compensator_type: CompensatorType = "I"
    litigant_in_person: bool = False
    accepting_branch_id: str | None = None
    accepting_branch_name: str | None = None
    insurer_claim_reference_number: str | None = None
    claimant_representative_user: User | None = None
    compensator_user: User | None = None
    article75: bool | None = None
    rejection_reason_code: str | None = None
    child_at_stage1_response: bool | None = None
    child_at_stage2_request: bool | None = None
    child_at_stage2_agreement: bool | None = None
    child_at_additional_damages_agreement: bool | None = None
    responded_on: date | None = None
    ended_on: date | None = None
    deadlines: Mapping[str, date] = field(default_factory=dict)
    running: tuple[str, date] | None = None
    packs: Packs = Packs()
    exit: Exit | None = None
    fraud: Fraud | None = None
    transfers: tuple[Transfer, ...] = ()
