"""How much may be attached: at, below and above each limit (portal notes 8.3), and what a large file costs.

4 MB are 4,194,304 bytes and 20 MB are 20,971,520. What a claim holds already is put into the store, without its bytes.
"""

from __future__ import annotations

import base64
import random
import tracemalloc

import pytest
from attached import SERVICES, attach, attached, fill, given, read
from client import Client, SoapFault, envelope
from file_samples import PDF
from story import Story
from world import COMP1, CR1, Party, World, at_once, on_both_databases

from gateway.config import Settings

MB = 1024 * 1024
FORMS = {"R5": ("r5-adult-driver.xml", "r3-el-adult.xml"), "R6": ("r6-adult-driver.xml", "el-adult.xml")}


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """Both processes in the release a test asks for."""
    release = request.getfixturevalue("release") if "release" in request.fixturenames else None
    chosen = {"release_rta": release, "release_elpl": release} if release else {}
    return Settings(sandbox=True, sqlite_synchronous="NORMAL", **chosen)


def story(world: World, service: str = "rta-token") -> Story:
    process, generation = service.split("-")
    return Story(world, process, generation).begins()


def pdf(size: int) -> bytes:
    """A file of so many bytes, all of them different from one's guess."""
    return b"%PDF-1.7\n" + random.Random(size).randbytes(size - 9)


def in_lines(client: Client, number: str, body: bytes, end: str = "\r\n") -> bytes:
    """A request whose base64 has lines of 76 characters, as MIME libraries write it."""
    element = client.request("addAttachment", attachment=given(number, b"x"))
    element.find("attachment/dataAttachmentFileZip").text = "@"
    text = base64.encodebytes(body).replace(b"\n", end.encode())
    return envelope(element).replace(b"@", text)


# one file


@on_both_databases
@pytest.mark.parametrize("service", SERVICES)
def test_the_largest_file_in_lines_of_base64(world: World, service: str) -> None:
    claim = story(world, service)
    client, body = claim.client(CR1), pdf(4 * MB)
    guid = client.post(in_lines(client, claim.number, body), "addAttachment").ok().payload["value"]
    assert read(claim.client(COMP1), guid)["dataAttachmentFileZip"] == body


def test_a_byte_less_and_a_byte_more(world: World) -> None:
    claim = story(world)
    attach(claim.client(CR1), claim.number, pdf(4 * MB - 1)).ok()
    before = world.snapshot(claim.number)
    attach(claim.client(CR1), claim.number, pdf(4 * MB + 1)).refused("The file has 4,194,305 bytes; at most 4,194,304 (4 MB) are allowed.")
    assert world.snapshot(claim.number) == before
    assert len(attached(claim.client(CR1), claim.number)) == 1


def test_what_is_far_too_large_gets_an_answer_too(world: World) -> None:
    """5 MB are a message that can be read, and refused; above the largest request there is a Fault that says so."""
    claim = story(world)
    attach(claim.client(CR1), claim.number, pdf(5 * MB)).refused("The file has 5,242,880 bytes")
    with pytest.raises(SoapFault, match="larger than the 8388608 bytes allowed") as fault:
        attach(claim.client(CR1), claim.number, pdf(7 * MB))
    assert fault.value.status == 413


def test_a_large_file_is_never_held_more_than_twice(world: World) -> None:
    """Its 5.4 MB of base64 are read, parsed, stripped of line breaks and decoded: two of these forms at a time, and some room."""
    claim = story(world)
    client = claim.client(CR1)
    client.post(in_lines(client, claim.number, PDF), "addAttachment").ok()
    request = in_lines(client, claim.number, pdf(4 * MB), "\n")
    tracemalloc.start()
    try:
        answer = world.door.send("POST", client.contract.path, request)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    client.read("addAttachment", answer).ok()
    assert peak < len(request) * 2.5


# all together


@pytest.mark.parametrize("taken", [(20_971_520 - len(PDF),), (20_971_520 - len(PDF) - 1,), (4_000_000,) * 5])
def test_up_to_twenty_megabytes(world: World, taken: tuple[int, ...]) -> None:
    claim = story(world)
    fill(world, claim, CR1, *taken)
    attach(claim.client(CR1), claim.number).ok()


@on_both_databases
@pytest.mark.parametrize("service", ["rta-token", "elpl-userauth"])
@pytest.mark.parametrize("party", [CR1, COMP1], ids=["sender", "holder"])
def test_a_byte_more_than_twenty_megabytes_of_both_sides(world: World, service: str, party: Party) -> None:
    claim = story(world, service)
    fill(world, claim, CR1, *[4_000_000] * 3)
    fill(world, claim, COMP1, 8_971_520 - len(PDF) + 1)
    before = world.snapshot(claim.number)
    words = f"have {20_971_521 - len(PDF):,} bytes already, and the file has {len(PDF)}; at most 20,971,520 (20 MB) are allowed for a claim"
    attach(claim.client(party), claim.number).refused(words)
    assert world.snapshot(claim.number) == before
    attach(claim.client(party), claim.number, PDF[:-1]).ok()


def test_five_files_of_four_megabytes_fill_a_claim(world: World) -> None:
    claim = story(world)
    bodies = [pdf(4 * MB) for _ in range(5)]
    guids = [attach(claim.client(party), claim.number, body).ok().payload["value"] for party, body in zip([CR1, COMP1] * 3, bodies, strict=False)]
    attach(claim.client(CR1), claim.number, b"%PDF-").refused("20,971,520 bytes already, and the file has 5")
    assert [read(claim.client(CR1), guid)["dataAttachmentFileZip"] == body for guid, body in zip(guids, bodies, strict=True)] == [True] * 5
    attach(story(world).client(CR1), story(world).number).ok()  # of another claim


# how many


@on_both_databases
@pytest.mark.parametrize("service", ["rta-token", "elpl-userauth"])
@pytest.mark.parametrize(("party", "most"), [(CR1, 40), (COMP1, 10)], ids=["sender", "holder"])
def test_the_number_of_each_side(world: World, service: str, party: Party, most: int) -> None:
    claim = story(world, service)
    other = COMP1 if party is CR1 else CR1
    fill(world, claim, other, *[10] * (9 if other is COMP1 else 39))
    fill(world, claim, party, *[10] * (most - 2))
    for _ in range(2):
        attach(claim.client(party), claim.number).ok()
    before = world.snapshot(claim.number)
    attach(claim.client(party), claim.number).refused(f"Your side has added {most} attachments to the claim; more than {most} are not allowed.")
    assert world.snapshot(claim.number) == before
    attach(claim.client(other), claim.number).ok()
    attach(claim.client(other), claim.number).refused("more than")
    assert len(attached(claim.client(party), claim.number)) == 50


@pytest.mark.parametrize("release", ["R5", "R6"])
@pytest.mark.parametrize("process", ["rta", "elpl"])
@pytest.mark.parametrize(("party", "most"), [(CR1, 40), (COMP1, 10)], ids=["sender", "holder"])
def test_the_number_is_free_before_release_6(world: World, release: str, process: str, party: Party, most: int) -> None:
    claim = Story(world, process, release=release)
    claim.opens(FORMS[release][process == "elpl"], at=COMP1, limit={"rta": "2026-12-15", "elpl": "2026-12-31"}[process], shows={})
    fill(world, claim, party, *[10] * most)
    reply = attach(claim.client(party), claim.number)
    if release == "R5":
        reply.ok()
        assert len(attached(claim.client(party), claim.number)) == most + 1
    else:
        reply.refused(f"more than {most} are not allowed")


def test_the_sizes_hold_in_every_release_and_the_release_is_the_claims(world: World) -> None:
    """A claim of release 7 keeps the limit, whatever is in force now."""
    claim = story(world)
    fill(world, claim, COMP1, *[10] * 10)
    attach(claim.client(COMP1), claim.number).refused("more than 10 are not allowed")


@pytest.mark.parametrize("release", ["R5"])
def test_twenty_megabytes_in_release_5(world: World, release: str) -> None:
    claim = Story(world, "rta", release=release)
    claim.opens(FORMS[release][0], at=COMP1, limit="2026-12-15", shows={})
    fill(world, claim, CR1, 20_971_520)
    attach(claim.client(CR1), claim.number).refused("(20 MB)")


# races


@on_both_databases
def test_two_race_for_the_last_place(world: World) -> None:
    for _ in range(4):
        claim = story(world)
        fill(world, claim, COMP1, *[10] * 9)
        token, userauth = world.client(COMP1, "rta-token"), world.client(COMP1, "rta-userauth")
        replies = at_once(*[lambda client=client, number=claim.number: attach(client, number) for client in (token, userauth) * 2])
        assert sorted(reply.code for reply in replies) == ["Failure"] * 3 + ["Ok"]
        for reply in replies:
            assert reply.code == "Ok" or "more than 10 are not allowed" in reply.message
        assert len(attached(token, claim.number)) == 10


@on_both_databases
def test_two_race_for_the_last_bytes(world: World) -> None:
    for _ in range(4):
        claim = story(world)
        fill(world, claim, CR1, 20_971_520 - len(PDF))
        sender, holder = claim.client(CR1), claim.client(COMP1)
        replies = at_once(*[lambda client=client, number=claim.number: attach(client, number) for client in (sender, holder)])
        assert sorted(reply.code for reply in replies) == ["Failure", "Ok"]
        assert len(attached(sender, claim.number)) == 2


@on_both_databases
def test_all_who_have_room_get_it_at_once(world: World) -> None:
    claim = story(world)
    clients = [claim.client(CR1), claim.client(COMP1)] * 3
    guids = {reply.ok().payload["value"] for reply in at_once(*[lambda client=client: attach(client, claim.number) for client in clients])}
    assert {one["dataAttachmentGuid"] for one in attached(clients[0], claim.number)} == guids
    assert len(guids) == 6
    (row,) = clients[0].call("getClaimsList").ok().payload["claimsList"]
    assert row["attachmentsCount"] == 6
