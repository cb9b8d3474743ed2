"""Claims to be searched for, put straight into the store, and what a search of them gives."""

from __future__ import annotations

from typing import Any

import pytest
from claim_rows import add_claim
from client import Client, Reply
from world import CR1, Party, World

SERVICES = ["rta-token", "rta-userauth", "elpl-token", "elpl-userauth"]
every_service = pytest.mark.parametrize("service", SERVICES)
KINDS = {
    "rta": {"process": "rta", "claim_type": "RTA", "release": "R7"},
    "elpl": {"process": "elpl", "claim_type": "EL", "release": "R6", "version_major": 6},
}


def put(world: World, process: str, **values: Any) -> str:
    """The number of a new claim of CR00001 at COMP001, which no clock concerns."""
    with world.store.writing() as connection:
        return add_claim(connection, **{"running": None, **KINDS[process], **values}).application_id


def search(client: Client, **criteria: Any) -> Reply:
    """A search; None leaves a criterion out."""
    return client.call("searchClaims", searchClaimCriteria={name: value for name, value in criteria.items() if value is not None})


def numbers(reply: Reply) -> list[str]:
    """Of the claims found, in the order of the reply."""
    return [row["applicationId"] for row in reply.ok().payload["claimsList"]]


def found(world: World, service: str, party: Party = CR1, **criteria: Any) -> list[str]:
    """The numbers of the claims a party finds."""
    return numbers(search(world.client(party, service), **criteria))
