"""The users of the demo organisations beside the handlers, and what any user does with a claim."""

from __future__ import annotations

from typing import Any

from client import Reply
from story import Story
from world import Party

LEADER1 = Party("COMP001", "comp1-a2a", "comp1-leader")
BRANCH2 = Party("COMP001", "comp1-a2a", "comp1-branch2")
DISPATCHER = Party("COMP001", "comp1-a2a", "comp1-dispatcher")
ADMIN1 = Party("COMP001", "comp1-a2a", "comp1-admin")
CR_LEADER = Party("CR00001", "cr1-a2a", "cr1-leader")
CR_ADMIN = Party("CR00001", "cr1-a2a", "cr1-admin")


def step(claim: Story, party: Party, operation: str, **arguments: Any) -> Reply:
    """A step that keeps the phase and gives the claim a new guid."""
    before, phase = claim.guid, claim.phase
    reply = claim.client(party).call(operation, claimData=claim.data, **arguments).ok()
    assert (reply.claim["applicationId"], reply.claim["phaseCacheId"]) == (claim.number, phase)
    assert reply.claim["activityEngineGuid"] != before
    claim.guid = reply.claim["activityEngineGuid"]
    assert claim.status(party)["activityEngineGuid"] == claim.guid if listed(claim, party) else True
    event = claim.world.history(claim.number)[-1]
    assert (event.row, event.operation, event.from_phase, event.to_phase, event.guid) == ("", operation, phase, phase, claim.guid)
    assert (event.organisation_id, event.user_id) == (party.organisation, party.user)
    return reply


def listed(claim: Story, party: Party) -> dict[str, Any] | None:
    """The claim as the party's work list and search show it, which must be the same; None if they do not, and then nothing else shows it."""
    client = claim.client(party)
    rows = {row["applicationId"]: row for row in client.call("getClaimsList").ok().payload["claimsList"]}
    found = {row["applicationId"]: row for row in client.call("searchClaims", searchClaimCriteria={}).ok().payload["claimsList"]}
    row: dict[str, Any] | None = rows.get(claim.number)
    assert found.get(claim.number) == row
    read = client.call("getClaim", applicationId=claim.number)
    told = {notice["applicationId"] for notice in client.call("getNotificationsList").ok().payload["notificationsList"]}
    if row is None:
        read.refused("There is no claim", claim.number)
        client.call("getClaimsStatus", applicationId=claim.number).refused("There is no claim", claim.number)
        assert claim.number not in told
    else:
        read.ok()
        if party.is_compensator:
            assert claim.number in told  # that it was sent
    return row
