"""The part of OPERATIONS.md that says which profile may do what: the permission table for people who know claims."""

from __future__ import annotations

from gateway.contract.graph import PROCESS_NAMES, WHO
from gateway.contract.model import RIGHTS, Contract
from gateway.contract.profiles import BOTH, Profile, profiles
from gateway.contract.tabular import markdown_table

TITLE = "Profiles"
SEES = {
    "all": "every claim of the organisation",
    "shared": "claims that are not allocated to another user",
    "branch": "claims of the user's branch that are not allocated to another user",
    "received": "claims received and not yet taken on, in whatever branch",
    "received-in-branch": "claims received and not yet taken on, in the user's branch",
    "nothing": "no claim",
}
OTHER = {"administer": "users, branches, agreement", "delete": "deleting a claim for good", "archive": "the archive of court pack claims"}

_TEXT = (
    "A call is made for a user (asUser); the A2A account only opens the door. A user may have several profiles: they add up, and one of them is enough."
    " The rights are those of the second table. An operation of the other side is refused whatever the profile."
)


def section(contract: Contract) -> str:
    """Profiles with what they see and may do, then the rights with their operations."""
    rows = [
        (_names(one), WHO[one.side], SEES[one.sees], ", ".join(one.rights), OTHER.get(one.other or "", ""), one.basis) for one in profiles().values()
    ]
    table = markdown_table(("Profile", "Side", "Sees", "Rights", "Outside this interface", "Basis (of sight; of rights)"), rows)
    rights = markdown_table(("Right", "Operations"), [(right, _operations(contract, right)) for right in RIGHTS])
    return f"{_TEXT}\n\n{table}\n\n{rights}"


def _names(one: Profile) -> str:
    order = [*PROCESS_NAMES, BOTH]
    return ", ".join(one.names[process] for process in order if process in one.names)


def _operations(contract: Contract, right: str) -> str:
    names = [f"`{operation.name}`" for operation in contract.operations.values() if operation.right == right]
    return ", ".join(names)
