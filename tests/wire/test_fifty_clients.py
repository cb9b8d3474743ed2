"""Fifty programs that race for one claim, over a gateway that is served by two workers, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from attached import attach, attached
from client import Client, Reply
from colleagues import LEADER1
from live import LiveWorld, serving
from story import Story
from world import COMP1, CR1, at_once, in_order

CLIENTS = 50
TOO_LATE = ("has changed since", "was changed by another caller")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWorld]:
    folder = tmp_path_factory.mktemp("fifty")
    with ExitStack() as stack:
        url = "" if request.param == "sqlite" else stack.enter_context(request.getfixturevalue("postgresql").new("bare", folder))
        yield stack.enter_context(serving(folder, GATEWAY_DATABASE_URL=url))


def _race(*calls: Callable[[], Reply]) -> Reply:
    """Let all go at once; the one that won. The others were told that they came too late."""
    replies = at_once(*calls)
    assert Counter(reply.code for reply in replies) == {"Ok": 1, "Failure": len(calls) - 1}
    for reply in replies:
        if reply.code == "Failure":
            assert any(words in reply.message for words in TOO_LATE), reply.message
            assert not any(reply.payload.values())
    return next(reply for reply in replies if reply.code == "Ok")


def test_of_fifty_that_saw_the_same_one_has_its_way(served: LiveWorld) -> None:
    claim = Story(served, "rta").begins()
    insurer, representative = served.client(COMP1, "rta-token"), served.client(CR1, "rta-token")
    answer = claim.document("sendLiabilityDecision", "admitted.xml")
    races: list[tuple[str, Client, Callable[[int], dict[str, Any]]]] = [
        ("acceptClaim", insurer, lambda number: {"insurerClaimReferenceNumber": f"TI/{number}"}),
        ("applyArticle75", insurer, lambda _: {"isArticle75": False}),
        ("sendLiabilityDecision", insurer, lambda _: {"insurerResponseXml": answer}),
        ("acknowledgeLiabilityAdmitted", representative, lambda _: {}),
    ]
    guids = [claim.guid]
    for operation, client, own in races:
        data = {"applicationId": claim.number, "activityEngineGuid": guids[-1]}
        calls = [
            lambda number=number, data=data, client=client, operation=operation, own=own: client.call(operation, claimData=data, **own(number))
            for number in range(CLIENTS)
        ]
        guids.append(_race(*calls).claim["activityEngineGuid"])
    history = served.history(claim.number)
    assert [event.number for event in history] == [1, 2, 3, 4, 5]
    assert [event.row for event in history] == ["T1", "T3", "T13", "T15", "T21"]
    assert [event.guid for event in history] == guids
    assert len(set(guids)) == 5
    in_order(served.store)


def test_fifty_do_different_things_to_one_claim(served: LiveWorld) -> None:
    """Reading, attaching, allocating, locking and a step of the process, all at once and each several times. Whatever is answered Ok is there."""
    claim = Story(served, "rta").begins()
    insurer, representative, leader = served.client(COMP1, "rta-token"), served.client(CR1, "rta-token"), served.client(LEADER1, "rta-token")

    def data() -> dict[str, str]:
        seen = representative.call("getClaimsStatus", applicationId=claim.number).ok().claim
        return {"applicationId": claim.number, "activityEngineGuid": seen["activityEngineGuid"]}

    def read() -> list[Reply]:
        return [insurer.call("getClaim", applicationId=claim.number).ok(), representative.call("getClaimsList").ok()]

    def attach_two() -> list[Reply]:
        return [attach(one, claim.number) for one in (representative, insurer)]

    def allocate() -> list[Reply]:
        return [
            leader.call("allocateUser", claimData=data(), targetUserID=COMP1.user),
            leader.call("deallocateUser", claimData=data()),
        ]

    def lock() -> list[Reply]:
        return [insurer.call("lockClaim", claimData=data()), insurer.call("unlockClaim", applicationId=claim.number)]

    def accept() -> list[Reply]:
        return [insurer.call("acceptClaim", claimData=data())]

    replies = [reply for some in at_once(*[read, attach_two, allocate, lock, accept] * (CLIENTS // 5)) for reply in some]
    done = Counter(reply.operation for reply in replies if reply.code == "Ok")
    assert {reply.code for reply in replies} <= {"Ok", "Failure"}, [reply for reply in replies if reply.code == "Error"]
    assert done["getClaim"] == done["getClaimsList"] == 10
    assert len(attached(representative, claim.number)) == done["addAttachment"]
    assert done["addAttachment"] > 0
    told = {reply.claim["activityEngineGuid"] for reply in replies if reply.code == "Ok" and "claimInfo" in reply.payload}
    history = served.history(claim.number)
    assert [event.number for event in history] == list(range(1, len(history) + 1))
    assert {event.guid for event in history} == told | {claim.guid}
    steps = Counter(event.operation for event in history)
    assert steps == {"addClaim": 1} | {name: done[name] for name in ("acceptClaim", "allocateUser", "deallocateUser") if done[name]}
    in_order(served.store)
