"""The crash harness must see what is lost, doubled, late or half done: here it is given stores in which something is.

The claim was sent on Monday 23 November 2026 at 10:00. Its limit of 15 business days runs out as 15 December begins, and five business days before
that, on the 8th, the compensator is warned. Its first notices are removed on 8 December at 10:00, after fifteen days (process notes 4, portal notes 8).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from client import document
from sqlalchemy import insert, select, text
from world import COMP1, CR1, START, World, on_both_databases

from bench.crash_clients import BROKEN, ERROR, FAILURE, OK, REFERENCE, Attempt
from bench.crash_compare import Verdict, compare
from gateway.contract.load import contract
from gateway.jobs import run as jobs
from gateway.store import due
from gateway.store.tables import events, notices

PDF = b"%PDF-1.7\n%%EOF\n"
AFTER = datetime(2026, 12, 15, 1, tzinfo=UTC)
Change = Callable[[Any], object]


@pytest.fixture
def told(world: World) -> list[Attempt]:
    """A claim, accepted, with an attachment, as its clients put it down; its documents are printed."""
    representative, insurer = world.client(CR1, "rta-token"), world.client(COMP1, "rta-token")
    form = document("rta", "addClaim", "adult-driver.xml").replace(REFERENCE, 'ReferenceNumber="C0-1"')
    opened = representative.call("addClaim", claimXML=form).ok().claim
    file = {"applicationId": "1", "dataAttachmentFileName": "C0-2.pdf", "dataAttachmentFileZip": PDF + b"C0-2", "dataAttachmentTitle": "C0-2"}
    attached = representative.call("addAttachment", attachment=file).ok().payload["value"]
    data = {"applicationId": opened["applicationId"], "activityEngineGuid": opened["activityEngineGuid"]}
    accepted = insurer.call("acceptClaim", claimData=data).ok().claim
    first, second = opened["activityEngineGuid"], accepted["activityEngineGuid"]
    run_jobs(world, START)
    at = (START, START)
    return [
        Attempt("addClaim", 1, "", "C0-1", OK, first, "ClaimSubmitted", window=at),
        Attempt("addAttachment", 1, "", "C0-2", OK, attached, window=at),
        Attempt("acceptClaim", 1, first, "", OK, second, accepted["phaseCacheId"], window=at),
    ]


@pytest.fixture
def timed_out(world: World, told: list[Attempt]) -> list[Attempt]:
    """The same, after its limit."""
    run_jobs(world, AFTER)
    return told


def run_jobs(world: World, at: datetime) -> None:
    world.advance(at - START)
    jobs.run(jobs.begin(world.store, contract(), lambda: False))


def verdict(world: World, attempts: list[Attempt], at: datetime = START) -> Verdict:
    return compare(world.store.engine.url.render_as_string(hide_password=False), attempts, (at, at))


def spoil(world: World, *changes: str | Change) -> None:
    """Do to the store what no program of ours does."""
    with world.store.writing() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for change in changes:
            if isinstance(change, str):
                connection.execute(text(change))
            else:
                change(connection)


def again(table: Any, where: str, **values: Any) -> Change:
    """A row once more, with other values."""

    def copy(connection: Any) -> None:
        row = connection.execute(select(table).where(text(where)).limit(1)).mappings().one()
        kept = {name: value for name, value in row.items() if table is not notices or name != "id"}
        connection.execute(insert(table).values({**kept, "guid": "another", **values}))

    return copy


# what the clients were answered


@on_both_databases
def test_what_is_as_it_was_told_is_no_problem(world: World, told: list[Attempt]) -> None:
    found = verdict(world, told)
    assert found.problems == []
    assert (found.oks, found.jobs.documents, found.jobs.notices, found.jobs.limits) == (3, 2, 3, 0)
    for one in told:
        one.outcome, one.guid = BROKEN, ""
    assert verdict(world, told).problems == []
    never_came = [Attempt("addClaim", 0, "", "C0-9", ERROR), Attempt("addAttachment", 1, "", "C0-8", BROKEN)]
    assert verdict(world, [*told, *never_came]).problems == []


@pytest.mark.parametrize("which", [0, 1, 2], ids=["claim", "attachment", "step"])
def test_what_nobody_sent_is_seen(world: World, told: list[Attempt], which: int) -> None:
    del told[which]
    found = verdict(world, told)
    assert len(found.doubled) == len(found.problems) == 1


@pytest.mark.parametrize("which", [0, 1, 2], ids=["claim", "attachment", "step"])
def test_what_was_refused_and_is_there_is_seen(world: World, told: list[Attempt], which: int) -> None:
    told[which].outcome = FAILURE
    found = verdict(world, told)
    assert (len(found.doubled), len(found.refused)) == (1, 1)


LOST = {
    "a step": ("DELETE FROM events WHERE number = 2", 1, 0),
    "a step with its claim's row as it was": ("UPDATE claims SET guid = 'x'", 0, 0),
    "another phase": ("UPDATE events SET to_phase = 'x' WHERE number = 2", 1, 0),
    "an attachment": ("DELETE FROM attachment_bodies", 1, 0),
    "half an attachment": ("UPDATE attachment_bodies SET body = x'00'", 1, 1),
    "a claim": ("UPDATE claims SET cr_reference = 'x'", 1, 1),
}


@pytest.mark.parametrize("what", LOST)
def test_what_is_lost_is_seen(world: World, told: list[Attempt], what: str) -> None:
    statement, lost, doubled = LOST[what]
    spoil(world, statement)
    found = verdict(world, told)
    assert (len(found.lost), len(found.doubled)) == (lost, doubled), found.problems
    assert found.problems


def test_a_claim_sent_once_and_there_twice_is_seen(world: World, told: list[Attempt]) -> None:
    world.client(CR1, "rta-token").call("addClaim", claimXML=document("rta", "addClaim", "adult-driver.xml").replace("QF/2026/04417", "C0-1")).ok()
    assert len(verdict(world, told).doubled) == 1


def test_an_event_of_another_time_than_its_call_is_seen(world: World, told: list[Attempt]) -> None:
    told[2].window = (START + timedelta(days=1), START + timedelta(days=2))
    (problem,) = verdict(world, told).problems
    assert problem.startswith("event 2 of claim 1 is of 2026-11-23 10:00")


# what the clock owes


@on_both_databases
def test_a_limit_that_ran_out_is_no_problem(world: World, timed_out: list[Attempt]) -> None:
    """T19, the warning, and a notice of the end to each side; all others are over."""
    found = verdict(world, timed_out, AFTER)
    assert found.problems == []
    assert (found.jobs.limits, found.jobs.warnings, found.jobs.notices, found.jobs.documents) == (1, 1, 3, 2)


@on_both_databases
def test_a_claim_left_behind_is_seen(world: World, told: list[Attempt]) -> None:
    """Nobody ran the jobs: the claim stands, the warning and the two notices of the end are not there, and four old ones still are."""
    late = verdict(world, told, AFTER).jobs.late
    assert "claim 1 is in Article75Decision, and its limit ran out on 2026-12-15" in late
    assert len([problem for problem in late if problem.endswith("is still there")]) == 3


def test_a_warning_that_was_not_posted_is_seen(world: World, told: list[Attempt]) -> None:
    """At 9:00 on the 8th the other notices are not over yet."""
    at = datetime(2026, 12, 8, 9, tzinfo=UTC)
    assert verdict(world, told, at).problems == ["liability-5-days-left to COMP001 about claim 1 at 2026-12-08 00:00:00+00:00 was not posted"]
    run_jobs(world, at)
    assert verdict(world, told, at).problems == []


BY_THE_CLOCK = "operation = ''"
# What is done to the store, and how much of it must be found: lost, doubled, late. A limit that ran out wrongly is no reason for three notices.
WRONG: dict[str, tuple[tuple[str | Change, ...], tuple[int, int, int]]] = {
    "the limit twice": ((again(events, BY_THE_CLOCK, number=4),), (0, 1, 0)),
    "the limit a day early": (("UPDATE events SET at = '2026-12-14 00:00:00.000000' WHERE operation = ''",), (0, 4, 0)),
    "the limit leads elsewhere": (("UPDATE events SET to_phase = 'x' WHERE operation = ''",), (0, 4, 0)),
    "a notice twice": ((again(notices, "key = 'liability-reached'"),), (0, 1, 0)),
    "a warning twice": ((again(notices, "key LIKE '%-left'"),), (0, 1, 0)),
    "a warning of another limit": ((again(notices, "key LIKE '%-left'", key="interim-3-days-left"),), (0, 1, 0)),
    "a notice to somebody else": ((again(notices, "key LIKE '%-left'", organisation_id="CR00001"),), (0, 1, 0)),
    "a notice is missing": (("DELETE FROM notices WHERE key = 'liability-reached' AND organisation_id = 'CR00001'",), (1, 0, 0)),
    "a warning is missing": (("DELETE FROM notices WHERE key LIKE '%-left'",), (1, 0, 0)),
    "a notice after its time": ((again(notices, "key LIKE '%-left'", at=START),), (0, 0, 1)),
    "half a document": (("UPDATE printables SET body = substr(body, 1, 1000) WHERE kind = 'cnf'",), (1, 0, 0)),
    "a document too many": (("UPDATE printables SET kind = 'court-pack' WHERE kind = 'cnf'",), (0, 1, 0)),
    "a document of no step": (("UPDATE printables SET number = 7 WHERE kind = 'cnf'",), (0, 1, 1)),
    "a count of documents": (("UPDATE claims SET documents_count = 3",), (0, 1, 0)),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_the_jobs_did_wrong_is_seen(world: World, timed_out: list[Attempt], what: str) -> None:
    changes, wanted = WRONG[what]
    spoil(world, *changes)
    found = verdict(world, timed_out, AFTER)
    assert (len(found.jobs.lost), len(found.jobs.doubled), len(found.jobs.late)) == wanted, found.problems


def test_a_document_of_the_last_day_that_is_not_printed_is_seen(world: World, told: list[Attempt]) -> None:
    spoil(world, "DELETE FROM printables WHERE kind = 'cnf'")
    assert verdict(world, told).problems == ["event 1 of claim 1 made ['cnf', 'defendant-only-cnf'], printed are ['defendant-only-cnf']"]
    spoil(world, "DELETE FROM printables")
    assert len(verdict(world, told).jobs.late) == 1
    assert verdict(world, told, START + timedelta(days=1, seconds=1)).problems == [], "what is older is printed when somebody asks"


def test_a_call_that_the_clock_overtook_is_refused_with_reason(world: World, timed_out: list[Attempt]) -> None:
    refused = Attempt("applyArticle75", 1, timed_out[2].guid, "", FAILURE)
    found = verdict(world, [*timed_out, refused], AFTER)
    assert (found.overtaken, found.problems) == (1, [])
    refused.given = timed_out[0].guid
    assert len(verdict(world, [*timed_out, refused], AFTER).refused) == 1
    refused.operation, refused.given = "addAttachment", ""
    assert len(verdict(world, [*timed_out, refused], AFTER).refused) == 1


# what has gone


@pytest.fixture
def ended(world: World, timed_out: list[Attempt]) -> list[Attempt]:
    """Acknowledged on 15 December: 30 days later, on 14 January, it is deleted."""
    guid = world.history("1")[-1].guid
    data = {"applicationId": "1", "activityEngineGuid": guid}
    claim = world.client(CR1, "rta-token").call("acknowledgeLiabilityDecisionTimeout", claimData=data).ok().claim
    last = Attempt("acknowledgeLiabilityDecisionTimeout", 1, guid, "", OK, claim["activityEngineGuid"], claim["phaseCacheId"], window=(AFTER, AFTER))
    return [*timed_out, last]


@on_both_databases
def test_a_claim_whose_time_is_over_is_gone(world: World, ended: list[Attempt]) -> None:
    day = datetime(2027, 1, 14, 12, tzinfo=UTC)
    found = verdict(world, ended, day)
    assert [problem for problem in found.jobs.late if "its time is over" in problem] == [
        "claim 1 has ended, its time is over, and it is still there",
        "claim 1 is in LiabilityDecisionTimeoutEnd since 2026-12-15, and its time is over",
    ]
    run_jobs(world, day)
    found = verdict(world, ended, day)
    assert (found.problems, found.jobs.deleted) == ([], 1)
    ended[-1].outcome = BROKEN
    assert verdict(world, ended, day).problems == []
    assert len(verdict(world, ended[:-1], day).lost) == 4, "nobody has ended it"


def test_a_claim_deleted_too_early_is_lost(world: World, ended: list[Attempt]) -> None:
    """The claim, its three steps and its file."""
    with world.store.writing() as connection:
        due.delete_claim(connection, 1)
    assert len(verdict(world, ended, datetime(2027, 1, 13, 12, tzinfo=UTC)).lost) == 5


def test_half_a_claim_deleted_is_seen(world: World, ended: list[Attempt]) -> None:
    """No transaction of ours could leave that; a file whose references nobody watches can."""
    world.store.engine.dispose()
    file = sqlite3.connect(world.store.engine.url.database, isolation_level=None)
    for table in ("claims", "documents", "attachment_bodies", "attachments", "printables", "events"):
        file.execute(f"DELETE FROM {table}")
    file.close()
    assert "claim 1 was deleted, and is still in notices" in verdict(world, ended, datetime(2027, 1, 14, 12, tzinfo=UTC)).torn
