"""Attachments: what one side adds the other reads at once, byte for byte, and nothing else of the claim changes."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from attached import SERVICES, attach, attached, given, read
from client import Client, envelope
from file_samples import DOCX, EXE, JPG, OF_EACH_TYPE, PDF, TXT, office
from life import Life
from lxml import etree
from story import Story
from test_stage1_visibility import _told
from world import COMP1, COMP2, CR1, CR2, MIB, Party, World, on_both_databases

NO_GUID = "00000000-0000-4000-8000-000000000000"


def story(world: World, service: str = "rta-token") -> Story:
    process, generation = service.split("-")
    return Story(world, process, generation).begins()


@on_both_databases
@pytest.mark.parametrize("service", SERVICES)
def test_both_sides_add_and_both_read(world: World, service: str) -> None:
    claim = story(world, service)
    sender, holder = claim.client(CR1), claim.client(COMP1)
    assert attached(sender, claim.number) == attached(holder, claim.number) == []

    one = attach(sender, claim.number, PDF, "scène 1.pdf", Title="The scene", Desc="Seen from the north.\nAt noon.").ok().payload["value"]
    world.advance(timedelta(hours=1))
    two = attach(holder, claim.number.lstrip("0"), JPG, "Door.JPG", Guid="mine").ok().payload["value"]
    assert len({one, two, "mine"}) == 3

    first = {
        "applicationId": claim.number,
        "dataAttachmentDate": "23/11/2026 10:00",
        "dataAttachmentDesc": "Seen from the north.\nAt noon.",
        "dataAttachmentFileName": "scène 1.pdf",
        "dataAttachmentFileZip": None,
        "dataAttachmentGuid": one,
        "dataAttachmentOwner": "Quillfeather Injury Law LLP",
        "dataAttachmentTitle": "The scene",
    }
    second = {
        "applicationId": claim.number,
        "dataAttachmentDate": "23/11/2026 11:00",
        "dataAttachmentDesc": None,
        "dataAttachmentFileName": "Door.JPG",
        "dataAttachmentFileZip": None,
        "dataAttachmentGuid": two,
        "dataAttachmentOwner": "Thistledown Insurance plc",
        "dataAttachmentTitle": "Door.JPG",
    }
    for client in (sender, holder):
        assert attached(client, claim.number) == [first, second]
        assert read(client, one) == {**first, "dataAttachmentFileZip": PDF}
        assert read(client, f" {two.upper()}\n") == {**second, "dataAttachmentFileZip": JPG}


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_else_of_the_claim_changes(world: World, service: str) -> None:
    """No step: no event, no new guid, the limits run on, and who read the claim before can go on with it."""
    claim = story(world, service)
    before, history, documents = world.snapshot(claim.number)
    attach(claim.client(CR1), claim.number).ok()
    attach(claim.client(COMP1), claim.number).ok()
    after = world.snapshot(claim.number)
    assert after[1:] == (history, documents)
    assert {name for name in before.__slots__ if getattr(before, name) != getattr(after[0], name)} == {"attachments_count"}
    for party in (CR1, COMP1):
        (row,) = claim.client(party).call("getClaimsList").ok().payload["claimsList"]
        assert (row["attachmentsCount"], row["activityEngineGuid"]) == (2, claim.guid)
    claim.read_by_both_sides()
    if claim.process == "rta":
        claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    else:
        claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")


def test_without_attachments_the_list_has_no_element(world: World) -> None:
    claim = story(world)
    reply = claim.client(CR1).call("getAttachmentsList", applicationId=claim.number).ok()
    assert b"attachemntsList" not in reply.answer.body


@pytest.mark.parametrize("service", ["rta-token", "elpl-userauth"])
def test_the_other_side_is_told(world: World, service: str) -> None:
    claim = story(world, service)

    def told(party: Party) -> list[str]:
        rows = claim.client(party).call("getNotificationsList").ok().payload["notificationsList"]
        return [row["notificationMessage"] for row in rows]

    text = f"Attachment added for claim {claim.number}"
    attach(claim.client(CR1), claim.number).ok()
    assert (told(CR1).count(text), told(COMP1).count(text)) == (0, 1)
    attach(claim.client(COMP1), claim.number).ok()
    assert (told(CR1).count(text), told(COMP1).count(text)) == (1, 1)


def test_oldest_first(world: World) -> None:
    claim = story(world)
    guids = [attach(claim.client(party), claim.number).ok().payload["value"] for party in (CR1, COMP1, COMP1, CR1) * 2]
    assert [one["dataAttachmentGuid"] for one in attached(claim.client(CR1), claim.number)] == guids


# bytes


@pytest.mark.parametrize("kind", OF_EACH_TYPE)
def test_each_type_comes_back_as_it_was(world: World, kind: str) -> None:
    claim = story(world)
    body = OF_EACH_TYPE[kind]
    guid = attach(claim.client(CR1), claim.number, body, f"file.{kind}").ok().payload["value"]
    assert read(claim.client(COMP1), guid)["dataAttachmentFileZip"] == body


@on_both_databases
@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000, 65_537])
def test_any_bytes_come_back_as_they_were(world: World, size: int) -> None:
    claim = story(world)
    body = b"%PDF-1.7\n" + random.Random(size).randbytes(size)
    guid = attach(claim.client(CR1), claim.number, body).ok().payload["value"]
    assert read(claim.client(COMP1), guid)["dataAttachmentFileZip"] == body


def _with_text(client: Client, number: str, text: str) -> Any:
    element = client.request("addAttachment", attachment=given(number, b"x"))
    element.find("attachment/dataAttachmentFileZip").text = text
    return element


@pytest.mark.parametrize("text", ["SGVs\r\nbG8g\r\nV29y\r\nbGQ=\r\n", "  SGVs bG8g\tV29y\nbGQ= ", "SGVsbG8gV29ybGQ="])
@pytest.mark.parametrize("service", ["rta-token", "rta-userauth"])
def test_base64_as_programs_write_it(world: World, service: str, text: str) -> None:
    """lxml writes a carriage return as &#13;, as Java programs do; a bare one is an end of line to XML."""
    claim = story(world, service)
    client = claim.client(CR1)
    element = _with_text(client, claim.number, text)
    element.find("attachment/dataAttachmentFileName").text = "a.txt"
    data = envelope(element)
    assert (b"&#13;" in data) == ("\r" in text)
    for sent in (data, data.replace(b"&#13;", b"\r")):
        guid = client.post(sent, "addAttachment").ok().payload["value"]
        assert read(client, guid)["dataAttachmentFileZip"] == b"Hello World"


def test_base64_in_cdata(world: World) -> None:
    claim = story(world)
    client = claim.client(CR1)
    data = envelope(_with_text(client, claim.number, "JVBERi0xLjcK")).replace(b"JVBERi0xLjcK", b"<![CDATA[JVBERi0x\nLjcK]]>")
    assert read(client, client.post(data, "addAttachment").ok().payload["value"])["dataAttachmentFileZip"] == b"%PDF-1.7\n"


@pytest.mark.parametrize(
    "text", ["JVBERi0xLjcK=", "JVBERi0xLjcK====", "JVBERi0xLjc", "JVBERi0xLjc*", "JVBE=i0xLjcK", "====", "é", "JVBE\u00a0Ri0xLjcK", "%PDF-1.7"]
)
def test_base64_that_is_none(world: World, text: str) -> None:
    claim = story(world)
    client = claim.client(CR1)
    reply = client.send(_with_text(client, claim.number, text)).refused("dataAttachmentFileZip is not valid base64")
    assert "/addAttachment/attachment/dataAttachmentFileZip (line " in reply.details
    assert attached(client, claim.number) == []


def test_a_reference_to_the_bytes_in_their_place(world: World) -> None:
    """What a program leaves there that has MTOM turned on and takes the envelope out of its multipart."""
    claim = story(world)
    client = claim.client(CR1)
    element = _with_text(client, claim.number, "")
    etree.SubElement(element.find("attachment/dataAttachmentFileZip"), "{http://www.w3.org/2004/08/xop/include}Include", href="cid:1")
    client.send(element).refused("dataAttachmentFileZip holds the element Include; the bytes are expected, in base64")


# refusals


@pytest.mark.parametrize(
    ("body", "values", "words"),
    [
        (b"", {}, "dataAttachmentFileZip is empty"),
        (None, {}, "dataAttachmentFileZip is empty"),
        (PDF, {"name": None}, "dataAttachmentFileName must be given"),
        (PDF, {"name": "..\\a.pdf"}, "holds a path"),
        (PDF, {"name": "x" * 252 + ".pdf"}, "dataAttachmentFileName has 256 characters; at most 255 are allowed"),
        (PDF, {"Title": "x" * 101}, "dataAttachmentTitle has 101 characters; at most 100 are allowed"),
        (PDF, {"Desc": "x" * 501}, "dataAttachmentDesc has 501 characters; at most 500 are allowed"),
        (EXE, {}, "of no type that is allowed: pdf"),
        (b"#!/bin/sh\n", {"name": "a.txt"}, "of no type that is allowed: pdf"),
        (office("application/vnd.ms-word.document.macroEnabled.main+xml"), {"name": "a.docx"}, "of no type that is allowed: pdf"),
        (TXT, {"name": "a.bat"}, "The content of the file is txt; dataAttachmentFileName must then end in one of .txt"),
        (DOCX, {"name": "a.pdf"}, "The content of the file is docx; dataAttachmentFileName must then end in one of .doc, .docx, .rtf"),
    ],
)
@pytest.mark.parametrize("service", ["rta-token", "elpl-userauth"])
def test_a_file_that_is_refused_is_not_there(world: World, service: str, body: bytes | None, values: dict[str, Any], words: str) -> None:
    claim = story(world, service)
    before = world.snapshot(claim.number)
    attach(claim.client(CR1), claim.number, body, **values).refused(words)
    assert world.snapshot(claim.number) == before
    assert attached(claim.client(COMP1), claim.number) == []


def test_without_an_attachment_at_all(world: World) -> None:
    for service in SERVICES:
        world.client(CR1, service).call("addAttachment").refused("applicationId must be given")


@pytest.mark.parametrize("party", [CR2, COMP2, MIB], ids=lambda party: party.organisation)
@pytest.mark.parametrize("service", SERVICES)
def test_to_others_there_is_no_such_claim_and_no_such_attachment(world: World, service: str, party: Party) -> None:
    claim = story(world, service)
    guid = attach(claim.client(CR1), claim.number).ok().payload["value"]
    _looks_like_nothing(claim, party, service, guid)


@pytest.mark.parametrize("party", [CR1, COMP1], ids=["sender", "holder"])
def test_at_the_service_of_the_other_process_either(world: World, party: Party) -> None:
    claim = story(world, "rta-token")
    guid = attach(claim.client(CR1), claim.number).ok().payload["value"]
    _looks_like_nothing(claim, party, "elpl-token", guid)


def _looks_like_nothing(claim: Story, party: Party, service: str, guid: str) -> None:
    client, none = claim.world.client(party, service), "0000000000999999"
    before = claim.world.snapshot(claim.number)
    for call in (lambda number: attach(client, number), lambda number: client.call("getAttachmentsList", applicationId=number)):
        unseen, unknown = call(claim.number).refused("There is no claim"), call(none).refused()
        assert _told(unseen, claim.number) == _told(unknown, none)
    unseen, unknown = (client.call("getAttachment", attachmentGuid=one).refused() for one in (guid, NO_GUID))
    assert unseen.message == unknown.message == "There is no attachment of that id that you can see."
    assert _told(unseen, guid) == _told(unknown, NO_GUID)
    assert claim.world.snapshot(claim.number) == before


@on_both_databases
@pytest.mark.parametrize("guid", ["x", "%", "' OR 1=1 --", "é" * 50, "x" * 5000])
def test_a_guid_that_is_none(world: World, guid: str) -> None:
    claim = story(world)
    attach(claim.client(CR1), claim.number).ok()
    claim.client(CR1).call("getAttachment", attachmentGuid=guid).refused("There is no attachment of that id that you can see.")


@pytest.mark.parametrize("guid", [None, "", "  "])
def test_without_a_guid(world: World, guid: str | None) -> None:
    world.client(CR1, "rta-token").call("getAttachment", attachmentGuid=guid).refused("attachmentGuid must be given; getAttachmentsList tells it.")


def test_a_bad_file_says_nothing_of_a_claim_one_does_not_see(world: World) -> None:
    claim = story(world)
    attach(world.client(CR2, "rta-token"), claim.number, EXE).refused("There is no claim")


# when


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_in_any_phase_until_the_claim_has_ended(world: World, process: str) -> None:
    claim, parties = Life(world, process).sent(), (CR1, COMP1)
    for row in ({"rta": "T3", "elpl": "T2"}[process], "T124"):
        for party in parties:
            attach(claim.client(party), claim.number).ok()
        claim.walks(row)
    for party in parties:
        attach(claim.client(party), claim.number).ok()
    ended = Life(world, process).sent().walks("T7", "T9")
    ended.goes("T11", CR1, "exitRejectedClaim", "ExitRejectedClaim")
    for party in parties:
        reply = attach(ended.client(party), ended.number)
        reply.refused(f"addAttachment is not possible: claim {ended.number} has ended, in phase ExitRejectedClaim")
        assert attached(ended.client(party), ended.number) == []


def test_what_was_attached_is_read_after_the_end(world: World) -> None:
    claim = Life(world, "rta").sent()
    guid = attach(claim.client(COMP1), claim.number).ok().payload["value"]
    claim.walks("T7", "T9").goes("T11", CR1, "exitRejectedClaim", "ExitRejectedClaim")
    for party in (CR1, COMP1):
        assert [one["dataAttachmentGuid"] for one in attached(claim.client(party), claim.number)] == [guid]
        assert read(claim.client(party), guid)["dataAttachmentFileZip"] == PDF


def test_the_compensator_that_comes_after_sees_them_and_the_one_before_does_not(world: World) -> None:
    claim = story(world)
    guid = attach(claim.client(COMP1), claim.number).ok().payload["value"]
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP002", holder=COMP2)
    assert read(claim.client(COMP2), guid)["dataAttachmentOwner"] == "Thistledown Insurance plc"
    _looks_like_nothing(claim, COMP1, "rta-token", guid)


@on_both_databases
def test_a_limit_that_has_passed_is_applied_first(world: World) -> None:
    claim = story(world)
    world.set_clock("2026-12-15T00:00:00")
    guid = attach(claim.client(CR1), claim.number).ok().payload["value"]
    assert [event.row for event in world.history(claim.number)] == ["T1", "T19"]
    assert claim.status(COMP1)["phaseCacheId"] == "LiabilityDecisionTimeout"
    assert read(claim.client(COMP1), guid)["dataAttachmentFileZip"] == PDF


def test_a_rejected_claim_that_is_gone_has_none(world: World) -> None:
    claim = Life(world, "rta").sent()
    guid = attach(claim.client(CR1), claim.number).ok().payload["value"]
    claim.walks("T7", "T9")
    world.set_clock("2027-02-01T10:00:00")
    claim.client(CR1).call("getAttachment", attachmentGuid=guid).refused("There is no attachment of that id that you can see.")
    attach(claim.client(CR1), claim.number).refused("There is no claim")
