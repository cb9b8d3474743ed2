"""The connection breaks after a request was sent: the client does not know what became of it, and can find out.

Over a real server. The client hangs up as soon as its request has gone out; so it does not know whether anything was done.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from client import PASSWORD, Client, document, envelope
from live import LiveWorld, serving
from story import Story
from world import COMP1, CR1


def hang_up_after(world: LiveWorld, client: Client, operation: str, **arguments: Any) -> None:
    """Send the request, and close the line without listening."""
    body = envelope(client.request(operation, **arguments))
    head = f"POST {client.contract.path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    host, _, port = world.door.netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode() + body)


def eventually(look: Callable[[], Any]) -> Any:
    """What a program sees that looks again for a while."""
    end = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.05)
    return found


def with_reference(reference: str) -> str:
    """A CNF with the sender's own reference."""
    form = document("rta", "addClaim", "adult-driver.xml")
    assert form.count('ReferenceNumber="QF/2026/04417"') == 1
    return form.replace('ReferenceNumber="QF/2026/04417"', f'ReferenceNumber="{reference}"')


def found(client: Client, reference: str) -> list[dict[str, Any]]:
    """searchClaims by the own reference."""
    return client.call("searchClaims", searchClaimCriteria={"CRReferenceNumber": reference}).ok().payload["claimsList"]


@pytest.fixture
def sender(live: LiveWorld) -> Client:
    return live.client(CR1, "rta-token")


def test_add_claim(live: LiveWorld, sender: Client) -> None:
    """searchClaims by the own reference: there it is, or it did not arrive."""
    assert found(sender, "BROKEN/1") == []
    hang_up_after(live, sender, "addClaim", claimXML=with_reference("BROKEN/1"))
    (claim,) = eventually(lambda: found(sender, "BROKEN/1"))
    told = sender.call("getClaimsStatus", applicationId=claim["applicationId"]).ok().claim
    assert told["phaseCacheName"] == "Claim submitted"
    assert claim.items() >= told.items()


def test_add_claim_that_was_refused(live: LiveWorld, sender: Client) -> None:
    """It never appears; a good one that is sent after it does, so that nothing is left under way."""
    hang_up_after(live, sender, "addClaim", claimXML=with_reference("BROKEN/2") + "<x/>")
    sender.call("addClaim", claimXML=with_reference("BROKEN/3")).ok()
    assert len(found(sender, "BROKEN/3")) == 1
    assert found(sender, "BROKEN/2") == []


def test_a_request_that_was_cut_off(live: LiveWorld, sender: Client) -> None:
    """Half of it: nothing is done."""
    body = envelope(sender.request("addClaim", claimXML=with_reference("BROKEN/4")))
    head = f"POST {sender.contract.path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    host, _, port = live.door.netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode() + body[:-1])
    sender.call("addClaim", claimXML=with_reference("BROKEN/5")).ok()
    assert found(sender, "BROKEN/4") == []


def test_a_step(live: LiveWorld) -> None:
    """getClaimsStatus: the guid is a new one, or it was not done. Sent again with the old guid it is refused, and done once."""
    claim = Story(live, "rta").begins()
    holder = live.client(COMP1, "rta-token")
    hang_up_after(live, holder, "acceptClaim", claimData=claim.data)
    now = eventually(lambda: (told := claim.status(COMP1))["activityEngineGuid"] != claim.guid and told)
    assert now["phaseCacheId"] == "Article75Decision"
    holder.call("acceptClaim", claimData=claim.data).refused("has changed since", "Article75Decision")
    assert [event.row for event in live.history(claim.number)] == ["T1", "T3"]


def test_a_step_that_was_refused(live: LiveWorld) -> None:
    """The guid is still the same, and the step can be taken with it."""
    claim = Story(live, "rta").begins()
    holder = live.client(COMP1, "rta-token")
    hang_up_after(live, holder, "acceptClaim", claimData={**claim.data, "activityEngineGuid": "0"})
    assert claim.status(COMP1)["activityEngineGuid"] == claim.guid
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")


def test_get_token(live: LiveWorld) -> None:
    """The pair that was lost harms nobody: getToken gives another, and tokens given before are good as they were."""
    nobody, who = live.nobody("rta-token"), {"userID": CR1.identity, "userAsID": CR1.user}
    before = nobody.call("getToken", password=PASSWORD, **who).ok().payload
    hang_up_after(live, nobody, "getToken", password=PASSWORD, **who)
    after = nobody.call("getToken", password=PASSWORD, **who).ok().payload
    for pair in (before, after):
        nobody.call("getClaimsList", accessToken=pair["accessToken"]).ok()


def test_refresh_token(live: LiveWorld) -> None:
    """Was it used up? Sent again it is refused, once it was; then getToken is the way, as it is after a refresh token has expired."""
    nobody, who = live.nobody("rta-token"), {"userID": CR1.identity, "userAsID": CR1.user}
    pair = nobody.call("getToken", password=PASSWORD, **who).ok().payload
    hang_up_after(live, nobody, "refreshToken", refreshToken=pair["refreshToken"], **who)
    replies = [nobody.call("refreshToken", refreshToken=pair["refreshToken"], **who) for _ in range(2)]
    assert replies[1].code == "Failure"
    nobody.call("getClaimsList", accessToken=pair["accessToken"]).ok()  # the access token lives on
    nobody.call("getToken", password=PASSWORD, **who).ok()


@pytest.fixture(scope="module")
def not_a_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWorld]:
    """With what is usual elsewhere: a repeated addClaim gets the first claim."""
    with serving(tmp_path_factory.mktemp("repeats"), GATEWAY_REPEAT_SECONDS="600") as world:
        yield world


def test_add_claim_again(not_a_sandbox: LiveWorld) -> None:
    """A program that does not look first, and simply sends it again: there is one claim, whether or not the first has arrived by then."""
    client = not_a_sandbox.client(CR1, "rta-token")
    for number in range(6):
        form = with_reference(f"AGAIN/{number}")
        hang_up_after(not_a_sandbox, client, "addClaim", claimXML=form)
        told = client.call("addClaim", claimXML=form).ok().claim
        (claim,) = found(client, f"AGAIN/{number}")
        assert claim["applicationId"] == told["applicationId"]
