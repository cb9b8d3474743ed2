"""A transfer as programs meet it: what the old holder, the new one and the other side see, read and are told (portal notes 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attached import attach
from client import Client
from life import Life
from story import RUNNING
from transferring import passes, transferred
from world import COMP1, COMP2, COMP3, CR1, CR2, LONDON, MIB, Party, World, at_once, on_both_databases

SERVICES = [("rta", "token"), ("rta", "userauth"), ("elpl", "token"), ("elpl", "userauth")]
each_service = pytest.mark.parametrize(("process", "generation"), SERVICES)
LIST = "ApplicationData/TransfersList"
BY_ID = ("claimData", "applicationId", "attachment", "attachmentGuid", "printableDocumentId")
LEADERS = {CR1: Party("CR00001", "cr1-a2a", "cr1-leader"), COMP1: Party("COMP001", "comp1-a2a", "comp1-leader")}


def told(client: Client) -> list[str]:
    """Newest first."""
    return [row["notificationMessage"] for row in client.call("getNotificationsList").ok().payload["notificationsList"]]


def transfers(claim: Life, party: Party) -> tuple[str | None, list[tuple[str, str]]]:
    """What getClaim says of transfers: the flag, and number and sentence of each."""
    root = claim.seen_by(party)
    flag = next(iter(root.xpath(f"{LIST}/@Transferred")), None)
    return flag, [(one.get("TransferID"), one.get("TransferDesc")) for one in root.iterfind(f"{LIST}/Transfer")]


def passed(claim: Life, party: Party, *, representative: bool = False) -> None:
    """The test goes on with the new holder."""
    if representative:
        claim.representative = party
    else:
        claim.holder = party
    claim.guid = claim.status(party)["activityEngineGuid"]
    claim.rows.append("")


@on_both_databases
@each_service
def test_before_and_after(world: World, process: str, generation: str) -> None:
    claim = Life(world, process, generation).to_stage21().walks("T30", "T33")
    before, limit = claim.status(COMP1), claim.seen_by(COMP1).xpath(RUNNING)
    assert transfers(claim, CR1) == transfers(claim, COMP1) == ("0", [])
    work_lists = [client.call("getClaimsList").ok().payload["claimsList"] for client in (claim.client(COMP1), claim.client(COMP2))]
    assert [[row["applicationId"] for row in rows] for rows in work_lists] == [[claim.number], []]

    transferred(world, "COMP001", "COMP002")
    after = claim.status(COMP2)
    assert after["activityEngineGuid"] != before["activityEngineGuid"]
    assert {**after, "activityEngineGuid": ""} == {**before, "activityEngineGuid": ""}
    assert claim.seen_by(COMP2).xpath(RUNNING) == limit == ["2026-12-15"]
    sentence = "This claim has been transferred from COMP001 to COMP002 on 23/11/2026"
    assert transfers(claim, CR1) == transfers(claim, COMP2) == ("1", [("1", sentence)])
    notice = f"The claim {claim.number} was transferred from COMP001 to COMP002"
    assert told(claim.client(COMP1)) == [notice]
    assert told(claim.client(COMP2)) == [notice]
    assert told(claim.client(CR1))[0] == notice
    assert claim.client(COMP1).call("getClaimsList").ok().payload["claimsList"] == []
    assert claim.client(COMP1).call("searchClaims", searchClaimCriteria={}).ok().payload["claimsList"] == []
    (row,) = claim.client(COMP2).call("getClaimsList").ok().payload["claimsList"]
    assert (row["applicationId"], row["activityEngineGuid"]) == (claim.number, after["activityEngineGuid"])
    assert world.history(claim.number)[0].organisation_id == "CR00001"

    passed(claim, COMP2)
    claim.walks("T34")
    assert world.history(claim.number)[-1].organisation_id == "COMP002"


@on_both_databases
def test_there_and_back_and_on_both_sides(world: World) -> None:
    claim = Life(world, "rta", "token", "userauth").sent()
    steps = [("COMP001", "COMP002"), ("CR00001", "CR00002"), ("COMP002", "COMP001"), ("COMP001", "COMP900")]
    for number, (source, target) in enumerate(steps):
        world.set_clock(f"2026-11-{24 + number}T23:30:00")
        transferred(world, source, target)
    expected = [
        (str(number), f"This claim has been transferred from {source} to {target} on {23 + number}/11/2026")
        for number, (source, target) in enumerate(steps, 1)
    ]
    assert transfers(claim, CR2) == transfers(claim, MIB) == ("1", expected)
    root = claim.seen_by(MIB)
    assert root.xpath("ApplicationData/ApplicationIDs/@RepresentativeID") == ["CR00002"]
    assert root.xpath("ApplicationData/ApplicationIDs/@InsurerID") == ["COMP900"]
    assert root.xpath("ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/@InsurerType") == ["M"]
    assert root.xpath(RUNNING) == ["2026-12-15"]
    texts = [f"The claim {claim.number} was transferred from {source} to {target}" for source, target in steps]
    assert told(claim.client(COMP1)) == [texts[3], texts[0]]  # of what it has lost it sees nothing but farewells
    assert told(claim.client(COMP2)) == [texts[2]]
    assert told(claim.client(CR1)) == [texts[1]]
    assert told(claim.client(MIB)) == [texts[3]]
    assert told(claim.client(CR2)) == [texts[3], texts[2], texts[1]]


def arguments_for(client: Client, operation: str, values: dict[str, Any]) -> dict[str, Any]:
    """Something of the right type for everything that the operation takes."""
    plain = {"boolean": True, "int": 1, "dateTime": datetime(2026, 12, 24, tzinfo=UTC), "base64Binary": b"x"}
    found = {}
    for part in client.contract.message(operation):
        if part.name not in client.credentials:
            found[part.name] = values.get(part.name, plain.get(part.type, "x"))
    return {name: value for name, value in found.items() if name in values or not client.contract.is_complex(part_type(client, operation, name))}


def part_type(client: Client, operation: str, name: str) -> str:
    return next(part.type for part in client.contract.message(operation) if part.name == name)


@on_both_databases
@each_service
@pytest.mark.parametrize("side", ["compensator", "claimant-representative"])
def test_the_source_sees_nothing_by_any_operation(world: World, process: str, generation: str, side: str) -> None:
    claim = Life(world, process, generation).to_stage21()
    source, other = (COMP1, CR1) if side == "compensator" else (CR1, COMP1)
    mine = attach(claim.client(source), claim.number).ok().payload["value"]
    theirs = attach(claim.client(other), claim.number).ok().payload["value"]
    printed = claim.client(source).call("getPrintableDocumentsList", applicationId=claim.number).ok().payload["attachemntsList"]
    notice = claim.client(source).call("getNotificationsList").ok().payload["notificationsList"][0]["notificationGuid"]
    claim.guid = claim.status(source)["activityEngineGuid"]
    transferred(world, source.organisation, {"COMP001": "COMP002", "CR00001": "CR00002"}[source.organisation])
    before = world.snapshot(claim.number)
    asked = 0
    for user in (source, LEADERS[source]):
        client = claim.client(user)
        for guid in (claim.guid, before[0].guid):
            given = {
                "claimData": {"applicationId": claim.number, "activityEngineGuid": guid},
                "applicationId": claim.number,
                "attachment": {
                    "applicationId": claim.number,
                    "dataAttachmentFileName": "a.pdf",
                    "dataAttachmentTitle": "a",
                    "dataAttachmentFileZip": b"%PDF-1.4",
                },
                "printableDocumentId": printed[0]["dataAttachmentGuid"],
            }
            for attachment in (mine, theirs):
                for operation in client.contract.operations:
                    names = {part.name for part in client.contract.message(operation)}
                    if names.isdisjoint(BY_ID):
                        continue
                    reply = client.call(operation, **arguments_for(client, operation, {**given, "attachmentGuid": attachment})).refused()
                    assert any(words in reply.message for words in ("There is no ", " is for the ", "not permitted", "not yet available")), reply
                    asked += 1
    assert asked > 4 * 40
    claim.client(source).call("removeNotification", notificationGuid=notice).refused()
    assert world.snapshot(claim.number) == before
    # whoever took over has it all
    target = COMP2 if source is COMP1 else CR2
    client = claim.client(target)
    assert client.call("getAttachment", attachmentGuid=mine).ok().payload["attachment"]["dataAttachmentGuid"] == mine
    assert client.call("getPrintableDocumentsList", applicationId=claim.number).ok().payload["attachemntsList"] == printed


@on_both_databases
def test_a_document_made_before_is_the_same_after(world: World) -> None:
    claim = Life(world, "rta", "token").to_stage21()
    (first, *_) = claim.client(COMP1).call("getPrintableDocumentsList", applicationId=claim.number).ok().payload["attachemntsList"]
    asked = {"printableDocumentId": first["dataAttachmentGuid"]}
    transferred(world, "COMP001", "COMP002")
    after = claim.client(COMP2).call("getPrintableDocument", **asked).ok().payload["attachment"]  # printed only now
    transferred(world, "COMP002", "COMP003")
    assert claim.client(COMP3).call("getPrintableDocument", **asked).ok().payload["attachment"] == after
    assert after["dataAttachmentOwner"] == first["dataAttachmentOwner"]


@on_both_databases
@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_a_caller_with_the_old_guid_is_told(world: World, process: str) -> None:
    claim = Life(world, process, "token", "userauth").to_stage21()
    old = claim.guid
    transferred(world, "COMP001", "COMP002")
    for party in (CR1, COMP2):
        claim.refuses(party, "exitProcess", "activityEngineGuid is not the current one", exitReasonCode="6", exitComment="x")
    passed(claim, COMP2)
    assert claim.guid != old
    claim.goes("T124", CR1, "exitProcess", "ExitProcess", exitReasonCode="6", exitComment="x", shows={})


@on_both_databases
@pytest.mark.parametrize("side", ["compensator", "claimant-representative"])
def test_a_transfer_races_with_a_step(world: World, side: str) -> None:
    """One after the other, whichever comes first: the step is in the history before the transfer, or it was refused."""
    source, target = (("COMP001", "COMP002"), ("CR00001", "CR00002"))[side == "claimant-representative"]
    seen = set()
    for _ in range(4):
        claim = Life(world, "rta", "token").sent()
        actor = COMP1 if side == "compensator" else CR1
        step = {"exitReasonCode": "6"}
        call = claim.client(actor).call
        reply, done = at_once(
            lambda call=call, claim=claim, step=step: call("exitProcess", claimData=claim.data, **step),
            lambda claim=claim: passes(world, source, target, claim.number),
        )
        assert done == "transferred"
        events = [(event.operation, event.to_phase) for event in world.history(claim.number)][1:]
        if reply.code == "Ok":
            assert events == [("exitProcess", "ExitProcess"), ("transfer", "ExitProcess")]
        else:
            reply.refused("There is no claim")
            assert events == [("transfer", "ClaimSubmitted")]
        numbers = [event.number for event in world.history(claim.number)]
        assert numbers == list(range(1, len(numbers) + 1))
        seen.add(reply.code)
    assert seen <= {"Ok", "Failure"}


@on_both_databases
def test_a_limit_passes_before_the_transfer(world: World) -> None:
    """Nobody has looked since: first the limit, as of the time it ran out, and then the transfer."""
    claim = Life(world, "rta", "token").to_stage2().walks("T60")
    world.set_clock("2026-12-15T09:00:00")
    transferred(world, "COMP001", "COMP002")
    assert claim.status(COMP2)["phaseCacheId"] == "Stage2SettlementPackDecisionTimeout"
    *_, expired, moved = world.history(claim.number)
    assert (expired.row, expired.at.astimezone(LONDON).isoformat()) == ("T65", "2026-12-15T00:00:00+00:00")
    assert (moved.operation, moved.at.astimezone(LONDON).isoformat()) == ("transfer", "2026-12-15T09:00:00+00:00")
    assert transfers(claim, COMP2)[1] == [("1", "This claim has been transferred from COMP001 to COMP002 on 15/12/2026")]
    assert told(claim.client(COMP1)) == [f"The claim {claim.number} was transferred from COMP001 to COMP002"]


@on_both_databases
def test_a_limit_passes_after_the_transfer(world: World) -> None:
    """It runs on, and the new holder is told what the old one would have been."""
    claim = Life(world, "rta", "token").sent()
    transferred(world, "COMP001", "COMP002")
    world.advance(timedelta(days=15))  # 8 December: five business days are left
    assert told(claim.client(COMP2))[0] == f"Liability decision for claim {claim.number}: 5 days left"
    world.set_clock("2026-12-15T00:00:00")
    assert claim.status(COMP2)["phaseCacheId"] == "LiabilityDecisionTimeout"
    reached = f"Liability decision for claim {claim.number}: time limit reached"
    assert told(claim.client(COMP2))[0] == told(claim.client(CR1))[0] == reached
    assert told(claim.client(COMP1)) == []  # the farewell is fifteen days old, and there is nothing else


@on_both_databases
def test_what_was_of_the_source_alone(world: World) -> None:
    """Branch, user and lock go; references and the acceptance stay."""
    claim = Life(world, "rta", "token").sent().goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="TI/26/1", shows={})
    leader = claim.client(LEADERS[COMP1])
    leader.call("allocateUser", claimData=claim.data, targetUserID="comp1-handler").ok()
    claim.client(COMP1).call("lockClaim", claimData=claim.data | {"activityEngineGuid": claim.status(COMP1)["activityEngineGuid"]}).ok()
    transferred(world, "COMP001", "COMP002", "--branch", "002", "--user", "comp2-handler")
    now = world.snapshot(claim.number)[0]
    assert (now.cm_organisation, now.cm_branch, now.cm_user, now.lock_user) == ("COMP002", "002", "comp2-handler", None)
    root = claim.seen_by(COMP2)
    ids = root.find("ApplicationData/ApplicationIDs")
    assert (ids.get("InsurerBranchID"), ids.get("InsurerAcceptingBranchID"), ids.get("InsurerClaimReferenceNumber")) == ("002", "002", "TI/26/1")
    assert root.xpath("ApplicationData/AllocatedUser/AllocatedCM/@AllocatedUserId") == ["comp2-handler"]


@on_both_databases
def test_a_lock_of_the_other_side_stays(world: World) -> None:
    claim = Life(world, "rta", "token").sent()
    claim.client(CR1).call("lockClaim", claimData=claim.data).ok()
    transferred(world, "COMP001", "COMP002")
    assert world.snapshot(claim.number)[0].lock_user == "cr1-handler"
