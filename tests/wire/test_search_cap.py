"""searchClaims: more claims than one answer may hold."""

from __future__ import annotations

import pytest
from searching import every_service, found, put, search
from world import CR1, World

from gateway.config import Settings

MOST = 3


@pytest.fixture
def settings() -> Settings:
    return Settings(sandbox=True, sqlite_synchronous="NORMAL", search_rows=MOST)


@every_service
def test_up_to_the_cap_and_above(world: World, service: str) -> None:
    process, _ = service.split("-")
    made = [put(world, process, cr_reference="QF/1") for _ in range(MOST)]
    assert found(world, service) == made
    put(world, process, cr_reference="QF/2")
    assert found(world, service, CRReferenceNumber="QF/1") == made
    refusal = search(world.client(CR1, service)).refused("More than 3 claims match; narrow the search by applicationId,")
    for free in ("CRReferenceNumber", "phaseCacheId", "sentDateFrom", "startDateTo", "dispatchDateFrom", "branchPath"):
        assert free in (refusal.message or "")
    assert ("claimType" in (refusal.message or "")) == (process == "elpl")


def test_what_is_given_already_is_not_proposed(world: World) -> None:
    for _ in range(MOST + 1):
        put(world, "rta")
    refusal = search(world.client(CR1, "rta-token"), phaseCacheId="ClaimSubmitted", branchPath="/COMP001/001").refused("More than 3 claims match")
    assert "phaseCacheId" not in (refusal.message or "")
    assert "branchPath" not in (refusal.message or "")


def test_the_other_end_of_a_range_is_proposed(world: World) -> None:
    for _ in range(MOST + 1):
        put(world, "rta")
    refusal = search(world.client(CR1, "rta-token"), startDateFrom="2026-01-01T00:00:00").refused("More than 3 claims match")
    assert "startDateTo" in (refusal.message or "")
    assert "startDateFrom" not in (refusal.message or "")


def test_the_work_list_has_no_cap(world: World) -> None:
    made = [put(world, "rta") for _ in range(MOST + 2)]
    listed = world.client(CR1, "rta-token").call("getClaimsList").ok().payload["claimsList"]
    assert [row["applicationId"] for row in listed] == made
