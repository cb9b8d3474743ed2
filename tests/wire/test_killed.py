"""Workers, the master and PostgreSQL are killed under load (bench/crash.py, in its short form), and the harness itself is looked at: it must see
what is lost, doubled or half done.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from client import document
from sqlalchemy import text
from world import COMP1, CR1, World

from bench import crash
from bench.crash_clients import BROKEN, ERROR, FAILURE, OK, REFERENCE, Attempt
from bench.crash_compare import Verdict, compare

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: a PostgreSQL server must be able to come by, see the conftest."""
    made = Path(tempfile.mkdtemp(prefix="gateway-killed-"))
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize(
    ("kind", "order"), [("sqlite", ["worker", "all", "worker"]), ("postgresql", ["worker", "postmaster", "backend"])], ids=["sqlite", "postgresql"]
)
def test_every_ok_is_kept(folder: Path, kind: str, order: list[str]) -> None:
    verdict = crash.run(kind, folder / kind, order, clients=8, seed=1, told=print)
    assert verdict.problems == []
    assert verdict.oks > 30
    assert verdict.kills.total() == 3


@pytest.fixture
def told(world: World) -> list[Attempt]:
    """A claim, accepted, with an attachment, as its clients put it down."""
    representative, insurer = world.client(CR1, "rta-token"), world.client(COMP1, "rta-token")
    form = document("rta", "addClaim", "adult-driver.xml").replace(REFERENCE, 'ReferenceNumber="C0-1"')
    opened = representative.call("addClaim", claimXML=form).ok().claim
    file = {"applicationId": "1", "dataAttachmentFileName": "C0-2.pdf", "dataAttachmentFileZip": PDF + b"C0-2", "dataAttachmentTitle": "C0-2"}
    attached = representative.call("addAttachment", attachment=file).ok().payload["value"]
    data = {"applicationId": opened["applicationId"], "activityEngineGuid": opened["activityEngineGuid"]}
    accepted = insurer.call("acceptClaim", claimData=data).ok().claim
    first, second = opened["activityEngineGuid"], accepted["activityEngineGuid"]
    return [
        Attempt("addClaim", 1, "", "C0-1", OK, first, "ClaimSubmitted"),
        Attempt("addAttachment", 1, "", "C0-2", OK, attached),
        Attempt("acceptClaim", 1, first, "", OK, second, accepted["phaseCacheId"]),
    ]


def _verdict(world: World, attempts: list[Attempt]) -> Verdict:
    return compare(world.store.engine.url.render_as_string(hide_password=False), attempts)


def test_what_is_as_it_was_told_is_no_problem(world: World, told: list[Attempt]) -> None:
    assert _verdict(world, told).problems == []
    for one in told:
        one.outcome, one.guid = BROKEN, ""
    assert _verdict(world, told).problems == []
    never_came = [Attempt("addClaim", 0, "", "C0-9", ERROR), Attempt("addAttachment", 1, "", "C0-8", BROKEN)]
    assert _verdict(world, [*told, *never_came]).problems == []


@pytest.mark.parametrize("which", [0, 1, 2], ids=["claim", "attachment", "step"])
def test_what_nobody_sent_is_seen(world: World, told: list[Attempt], which: int) -> None:
    del told[which]
    verdict = _verdict(world, told)
    assert len(verdict.doubled) == len(verdict.problems) == 1


@pytest.mark.parametrize("which", [0, 1, 2], ids=["claim", "attachment", "step"])
def test_what_was_refused_and_is_there_is_seen(world: World, told: list[Attempt], which: int) -> None:
    told[which].outcome = FAILURE
    assert len(_verdict(world, told).doubled) == 1


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
    with world.store.writing() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text(statement))
    verdict = _verdict(world, told)
    assert (len(verdict.lost), len(verdict.doubled)) == (lost, doubled), verdict.problems
    assert verdict.problems


def test_a_claim_sent_once_and_there_twice_is_seen(world: World, told: list[Attempt]) -> None:
    world.client(CR1, "rta-token").call("addClaim", claimXML=document("rta", "addClaim", "adult-driver.xml").replace("QF/2026/04417", "C0-1")).ok()
    assert len(_verdict(world, told).doubled) == 1
