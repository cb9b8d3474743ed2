"""A claim that one side has deleted for good (portal notes 11.2): two weeks in which programs see that and can do nothing, and then it is gone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attached import attach
from client import Client
from life import Life
from sqlalchemy import func, insert, select
from story import RUNNING
from test_transfers import arguments_for, each_service, told
from transferring import gateway, transferred
from world import COMP1, COMP2, COMP3, CR1, Party, World, on_both_databases

from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs.run import begin, run
from gateway.store import directory
from gateway.store.tables import claims, events, metadata, users

LISTS = {"getClaimsStatus", "getClaimsList", "searchClaims"}


def deleter(world: World, party: Party, profile: str | None = None, **more: Any) -> str:
    """A user of the party's organisation with the profile to delete claims."""
    name = f"{party.organisation.lower()}-advanced"
    side = "COMP" if party.is_compensator else "CR"
    with world.store.writing() as connection:
        values = {
            "id": name,
            "organisation_id": party.organisation,
            "branch_id": "001",
            "name": "Vera",
            "surname": "Lock",
            "created_at": Moment.now().utc,
        }
        connection.execute(insert(users).values({**values, "profiles": [profile or f"{side} Advanced user - delete claims"], **more}))
        assert directory.user(connection, name) is not None
    return name


def deletes(world: World, number: str, user: str, *more: str, **options: Any) -> Any:
    return gateway(world, "claim", "delete", number, "--user", user, "--by", "desk", *more, **options)


def line(client: Client, operation: str) -> dict[str, Any] | None:
    found = client.call(operation, **({"searchClaimCriteria": {}} if operation == "searchClaims" else {})).ok().payload["claimsList"]
    return found[0] if found else None


@on_both_databases
@each_service
@pytest.mark.parametrize("party", [CR1, COMP1], ids=["by the sender", "by the holder"])
def test_two_weeks_of_shadow(world: World, process: str, generation: str, party: Party) -> None:
    claim = Life(world, process, generation).to_stage2()
    files = [attach(claim.client(one), claim.number).ok().payload["value"] for one in (CR1, COMP1)]
    printed = claim.client(CR1).call("getPrintableDocumentsList", applicationId=claim.number).ok().payload["attachemntsList"]
    before = {one: claim.client(one).call("getClaimsStatus", applicationId=claim.number).ok() for one in (CR1, COMP1)}
    assert all(reply.payload["gdprClaimDeleted"] == 0 for reply in before.values())
    world.set_clock("2026-11-25T10:00:00")
    done = deletes(world, claim.number.lstrip("0"), deleter(world, party), "--yes")
    assert done.exit_code == 0, done.output
    assert done.output == f"Claim {claim.number} is deleted. It is gone on 09/12/2026 10:00 in London.\n"

    for one in (CR1, COMP1):
        client = claim.client(one)
        status = client.call("getClaimsStatus", applicationId=claim.number).ok()
        assert status.payload["gdprClaimDeleted"] == 1
        assert status.claim["phaseCacheId"] == before[one].claim["phaseCacheId"]
        for operation in ("getClaimsList", "searchClaims"):
            found = line(client, operation)
            assert found is not None
            assert (found["applicationId"], found["gdprClaimDeleted"], found["lockStatus"]) == (claim.number, 1, 0)
        assert told(client) == []
        _everything_else_is_refused(claim, one, status.claim["activityEngineGuid"], files, printed)
    assert gateway(world, "transfer", "COMP001", "COMP002", "--do").output.endswith("There is nothing to transfer.\n")

    world.set_clock("2026-12-09T09:59:59")
    assert claim.client(CR1).call("getClaimsStatus", applicationId=claim.number).ok().payload["gdprClaimDeleted"] == 1
    world.set_clock("2026-12-09T10:00:00")
    claim.client(CR1).call("getClaimsStatus", applicationId=claim.number).refused("There is no claim")
    for one in (CR1, COMP1):
        assert line(claim.client(one), "getClaimsList") is line(claim.client(one), "searchClaims") is None
    told_by_jobs = {one.what: one.count for one in run(begin(world.store, contract(), lambda: False)) if one.count}
    assert told_by_jobs == {"claims deleted for good removed": 1}
    with world.store.reading() as connection:
        for table in metadata.tables.values():
            for key in table.foreign_keys:
                if key.column.table is claims:
                    assert connection.scalar(select(func.count()).where(key.parent == int(claim.number))) == 0, table.name


def _everything_else_is_refused(claim: Life, party: Party, guid: str, files: list[str], printed: list[dict[str, Any]]) -> None:
    client = claim.client(party)
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
        "attachmentGuid": files[0],
    }
    asked = 0
    for operation in client.contract.operations:
        names = {part.name for part in client.contract.message(operation)}
        if names.isdisjoint(given) or operation in LISTS:
            continue
        reply = client.call(operation, **arguments_for(client, operation, given)).refused()
        assert any(words in reply.message for words in ("was deleted for good", " is for the ", "not permitted", "not yet available")), reply
        asked += 1
    assert asked > 40


@on_both_databases
def test_nothing_runs_out_any_more(world: World) -> None:
    claim = Life(world, "rta", "token").sent()
    world.set_clock("2026-12-07T10:00:00")
    limit = claim.seen_by(COMP1).xpath(RUNNING)
    assert limit == ["2026-12-15"]
    assert deletes(world, claim.number, deleter(world, CR1), "--yes").exit_code == 0
    world.set_clock("2026-12-16T10:00:00")
    assert claim.status(COMP1)["phaseCacheId"] == "ClaimSubmitted"
    assert told(claim.client(COMP1)) == []
    run(begin(world.store, contract(), lambda: False))
    assert [event.operation for event in world.history(claim.number)] == ["addClaim", "claim.delete"]


@on_both_databases
def test_a_limit_that_had_passed_counts_first(world: World) -> None:
    claim = Life(world, "rta", "token").sent()
    world.set_clock("2026-12-15T10:00:00")
    assert deletes(world, claim.number, deleter(world, CR1), "--yes").exit_code == 0
    assert [event.row for event in world.history(claim.number)] == ["T1", "T19", ""]


@on_both_databases
def test_a_lock_ends(world: World) -> None:
    claim = Life(world, "rta", "token").sent()
    claim.client(COMP1).call("lockClaim", claimData=claim.data).ok()
    assert deletes(world, claim.number, deleter(world, CR1), "--yes").exit_code == 0
    found = world.snapshot(claim.number)[0]
    assert (found.lock_user, found.lock_side, found.lock_until) == (None, None, None)


@on_both_databases
def test_a_rejected_claim_is_not_kept_longer_by_a_deletion(world: World) -> None:
    """Rejected on 23 November it would be gone on 22 January (K14); deleted on 15 January it is gone then, and not on the 29th."""
    claim = Life(world, "rta", "token").sent().walks("T7", "T9")
    world.set_clock("2027-01-15T10:00:00")
    done = deletes(world, claim.number, deleter(world, CR1), "--yes")
    assert done.output.endswith("It is gone on 22/01/2027 00:00 in London.\n")


@on_both_databases
def test_an_ended_claim_is_seen_in_searches_alone(world: World) -> None:
    claim = Life(world, "rta", "token").sent().walks("T7", "T9").goes("T11", CR1, "exitRejectedClaim", "ExitRejectedClaim")
    assert deletes(world, claim.number, deleter(world, COMP1), "--yes").exit_code == 0
    client = claim.client(CR1)
    assert line(client, "getClaimsList") is None
    found = line(client, "searchClaims")
    assert found is not None
    assert found["gdprClaimDeleted"] == 1


@on_both_databases
def test_who_may(world: World) -> None:
    claim = Life(world, "rta", "token").sent()
    before = world.snapshot(claim.number)
    for user, why in (
        ("cr1-handler", "User cr1-handler has no profile to delete claims."),
        ("cr1-admin", "User cr1-admin has no profile to delete claims."),
        ("nobody", "nobody is no active user."),
        (deleter(world, COMP2), f"There is no claim {claim.number} of COMP002."),
        (deleter(world, COMP1, enabled=False), "comp001-advanced is no active user."),
        (deleter(world, COMP3, expires_on=date(2026, 11, 22)), "comp003-advanced is no active user."),
    ):
        refused = deletes(world, claim.number, user, "--yes")
        assert (refused.exit_code, refused.stderr) == (1, f"{why}\n")
    good = deleter(world, CR1)
    assert deletes(world, "999999", good, "--yes").stderr == "There is no claim 0000000000999999 of CR00001.\n"
    assert deletes(world, "abc", good, "--yes").exit_code == 2
    declined = deletes(world, claim.number, good, input="n\n")
    assert declined.exit_code == 1
    assert "for good? It is gone 14 days from now" in declined.output
    assert declined.stderr == "Nothing was deleted.\n"
    assert world.snapshot(claim.number) == before
    assert deletes(world, claim.number, good, input="y\n").exit_code == 0
    again = deletes(world, claim.number, good, "--yes")
    assert (again.exit_code, again.stderr) == (1, f"Claim {claim.number} has been deleted for good already.\n")
    listed = gateway(world, "claim", "history", claim.number).stdout.splitlines()
    assert "CR00001 cr00001-advanced" in listed[-1]
    with world.store.reading() as connection:
        audit = metadata.tables["audit"]
        (row,) = connection.execute(select(audit).where(audit.c.what == "claim.delete")).all()
        assert (row.who, row.subject, row.organisation_id, row.detail) == ("desk", claim.number, "CR00001", {"user": "cr00001-advanced"})


def test_the_source_of_a_transfer_can_delete_it_no_more(world: World) -> None:
    claim = Life(world, "rta", "token").sent()
    user = deleter(world, COMP1)
    transferred(world, "COMP001", "COMP002")
    assert deletes(world, claim.number, user, "--yes").stderr == f"There is no claim {claim.number} of COMP001.\n"


def test_the_rejected_claim_of_a_child_stays_until_eighteen(world: World) -> None:
    """The children of the fixtures are born in 2014 or later, so that sixty days are not enough."""
    claim = Life(world, "rta", "token").sent("child-passenger.xml", COMP2).walks("T7", "T9")
    with world.store.reading() as connection:
        born: date = connection.scalar(select(claims.c.birth_date).where(claims.c.id == int(claim.number)))
        assert (
            connection.scalar(select(events.c.to_phase).where(events.c.claim_id == int(claim.number)).order_by(events.c.number.desc()))
            == "ClaimRejectedToCR"
        )
    of_age = born.replace(year=born.year + 18)
    assert of_age > date(2027, 3, 1)
    world.set_clock("2027-03-01T10:00:00")
    assert claim.status(CR1)["phaseCacheId"] == "ClaimRejectedToCR"
    world.set_clock(f"{of_age.isoformat()}T00:00:00")
    claim.client(CR1).call("getClaimsStatus", applicationId=claim.number).refused("There is no claim")
