"""What the two sides are told, as their programs read and remove it: texts letter by letter, in both processes and both generations."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from client import Client, document
from life import Life, day
from story import Story
from world import COMP1, COMP2, CR1, CR2, Party, World, on_both_databases

from gateway.config import Settings

PROCESSES = ["rta", "elpl"]
GENERATIONS = ["token", "userauth"]
SERVICES = [f"{process}-{generation}" for process in PROCESSES for generation in GENERATIONS]
FORMS = {"rta": "adult-driver.xml", "elpl": "el-adult.xml"}
LIMITS = {"rta": "2026-12-15", "elpl": "2026-12-31"}
ANEW = {"rta": "2026-12-15", "elpl": "2027-01-07"}  # of the corrected form
CORRECTED = {"rta": "adult-driver-to-another-compensator.xml", "elpl": "el-adult-to-another-compensator.xml"}


def listed(client: Client, *, a2a: bool | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.call("getNotificationsList", A2ANotification=a2a).ok().payload["notificationsList"]
    return found


def told(claim: Story, party: Party, *, a2a: bool | None = None) -> list[str]:
    """What the party is told, oldest first, with {id} for the number of the claim."""
    texts = [row["notificationMessage"] for row in listed(claim.client(party), a2a=a2a)]
    return [text.replace(claim.number, "{id}") for text in reversed(texts)]


def sent(world: World, process: str) -> Life:
    return Life(world, process, "token", "userauth").sent()


ACCEPTED = {"rta": ("T3", "T13"), "elpl": ("T2", "T5")}
SEND = ["New Claim Notification Form for claim {id}"]
TAKE = {
    "rta": ["Claim {id} accepted by Compensator"],
    "elpl": ["Acknowledgement by Compensator for claim {id}", "Claim {id} accepted by Compensator"],
}
DECIDE = ["Liability decision sent for claim {id}"]
# rows walked after the acceptance, what the claimant representative is told of them, what the compensator is told
LIVES = {
    "admitted, an interim payment in part, then offers to and fro until they agree": (
        ("T15", "T21", "T30", "T33", "T35", "T43", "T45", "T47", "T32", "T60", "T62", "T71", "T74", "T77", "T73", "T80"),
        [
            *DECIDE,
            "Interim Settlement Pack response for claim {id}",
            "Stage 2 Settlement Pack counter offer for claim {id}",
            "Stage 2 Settlement Pack counter offer for claim {id}",
        ],
        [
            "Interim Settlement Pack for claim {id}",
            "Partial Interim Payment decision for claim {id}",
            "Stage 2 Settlement Pack for claim {id}",
            "Stage 2 Settlement Pack counter offer for claim {id}",
            "Stage 2 Settlement Pack agreed for claim {id}",
        ],
    ),
    "an interim pack is rejected, the next one paid in full; the settlement is confirmed": (
        ("T15", "T21", "T30", "T33", "T36", "T37", "T30", "T33", "T34", "T47", "T32", "T60", "T61"),
        [
            *DECIDE,
            "Interim Settlement Pack rejected for claim {id}",
            "Interim Settlement Pack response for claim {id}",
            "Stage 2 Settlement Pack confirmation for claim {id}",
        ],
        ["Interim Settlement Pack for claim {id}", "Interim Settlement Pack for claim {id}", "Stage 2 Settlement Pack for claim {id}"],
    ),
    "the compensator takes the claimant's offer": (
        ("T15", "T21", "T32", "T60", "T62", "T71", "T74", "T76"),
        [*DECIDE, "Stage 2 Settlement Pack counter offer for claim {id}", "Stage 2 Settlement Pack agreed for claim {id}"],
        ["Stage 2 Settlement Pack for claim {id}", "Stage 2 Settlement Pack counter offer for claim {id}"],
    ),
    "repudiated": (
        ("T15", "T21", "T32", "T60", "T63"),
        [*DECIDE, "Stage 2 Settlement Pack repudiation for claim {id}"],
        ["Stage 2 Settlement Pack for claim {id}"],
    ),
    "negligence": (("T17",), DECIDE, []),
    "denied": (("T18",), DECIDE, []),
    "the claimant withdraws": (("T15", "T21", "T124"), DECIDE, ["Exit process for claim {id}: Withdrawal of the claim"]),
    "fraud": (("T126",), ["Fraud stated for claim {id}"], []),
}
OF_ONE_PROCESS = {
    "rta: no agreement, further damages agreed": (
        ("T15", "T21", "T32", "T60", "T62", "T73", "T81", "T100", "T102", "T104", "T110"),
        [*DECIDE, "Stage 2 Settlement Pack counter offer for claim {id}", "Stage 2 Additional Damages counter offer for claim {id}"],
        [
            "Stage 2 Settlement Pack for claim {id}",
            "Stage 2 Settlement Pack not agreed for claim {id}",
            "Stage 2 Additional Damages for claim {id}",
            "Stage 2 Additional Damages agreed for claim {id}",
        ],
    ),
    "rta: all damages agreed": (
        ("T15", "T21", "T32", "T60", "T62", "T73", "T81", "T100", "T102", "T103"),
        [*DECIDE, "Stage 2 Settlement Pack counter offer for claim {id}", "Stage 2 all damages agreed for claim {id}"],
        ["Stage 2 Settlement Pack for claim {id}", "Stage 2 Settlement Pack not agreed for claim {id}", "Stage 2 Additional Damages for claim {id}"],
    ),
    "elpl: to the court": (
        ("T15", "T21", "T32", "T60", "T62", "T73", "T82", "T120", "T121"),
        [*DECIDE, "Stage 2 Settlement Pack counter offer for claim {id}", "Court Proceedings Pack response for claim {id}"],
        ["Stage 2 Settlement Pack for claim {id}", "Stage 2 Settlement Pack not agreed for claim {id}", "Court Proceedings Pack for claim {id}"],
    ),
}
WALKS = [
    *((process, name, *life) for process in PROCESSES for name, life in LIVES.items()),
    *((name.partition(":")[0], name, *life) for name, life in OF_ONE_PROCESS.items()),
]


@pytest.mark.parametrize(
    ("process", "name", "rows", "to_cr", "to_comp"), WALKS, ids=[f"{one[0]}: {one[1].removeprefix(f'{one[0]}: ')}" for one in WALKS]
)
def test_a_life_in_notices(world: World, process: str, name: str, rows: tuple[str, ...], to_cr: list[str], to_comp: list[str]) -> None:
    """Each side is told what the other one did; who did it is not."""
    claim = sent(world, process).walks(*ACCEPTED[process], *rows)
    assert told(claim, CR1) == [*TAKE[process], *to_cr]
    assert told(claim, COMP1) == [*SEND, *to_comp]
    assert told(claim, CR2) == told(claim, COMP2) == []
    assert told(claim, CR1, a2a=True) == [*TAKE[process], *to_cr]


@on_both_databases
@pytest.mark.parametrize("process", PROCESSES)
def test_rejected_resent_and_passed_on(world: World, process: str) -> None:
    """The compensator that has lost the claim sees no more of its notices; the one that has it sees those of its own time."""
    claim = sent(world, process).walks("T7", "T9")
    assert told(claim, CR1) == ["Claim {id} rejected by Compensator: Mandatory fields wrongly filled"]
    text = document(process, "resendRejectedClaim", CORRECTED[process])
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=text, holder=COMP2, limit=ANEW[process])
    assert told(claim, COMP1) == []
    assert told(claim, COMP2) == ["Corrected Claim Notification Form for claim {id}"]
    claim.goes(
        "T12", COMP2, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP003", holder=Party("COMP003", "comp3-a2a", "comp3-handler")
    )
    reassigned = "Claim {id} re-assigned to another Compensator"
    assert told(claim, CR1) == ["Claim {id} rejected by Compensator: Mandatory fields wrongly filled", reassigned]
    assert told(claim, claim.holder) == [reassigned]
    assert told(claim, COMP2) == []


@pytest.mark.parametrize("process", PROCESSES)
def test_a_rejected_claim_is_ended(world: World, process: str) -> None:
    claim = sent(world, process).walks("T7", "T9")
    claim.goes("T11", CR1, "exitRejectedClaim", "ExitRejectedClaim")
    assert told(claim, COMP1) == [*SEND, "Exit Rejected Claim for claim {id}"]


def test_article_75(world: World) -> None:
    claim = sent(world, "rta").walks("T3")
    claim.goes("T14", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=True, limit="2027-01-08")
    assert told(claim, CR1) == ["Claim {id} accepted by Compensator", "Article 75 applied for claim {id}"]


@pytest.mark.parametrize("process", PROCESSES)
def test_a_limit_that_is_extended_is_warned_of_anew(world: World, process: str) -> None:
    """The settlement pack's limit is Tuesday 15 December, then Tuesday 22: three business days are left on the 10th, and on the 17th.

    What was posted in November is no longer there.
    """
    claim = Life(world, process, "token", "userauth").to_stage2().walks("T60")
    world.set_clock("2026-12-10T09:00:00")
    warning = "Stage 2 Settlement Pack response needed for claim {id}: 3 days left"
    assert told(claim, COMP1) == [warning]
    limit = "2026-12-22"
    claim.goes("T64", COMP1, "extendStage2SPFDecisionTimeout", "Stage2SettlementPackDecision", newTimeOut=day(limit), limit=limit)
    assert told(claim, CR1)[-1] == "Stage 2 Settlement Pack response time limit extended for claim {id}"
    world.set_clock("2026-12-16T23:59:59")
    assert told(claim, COMP1) == [warning]
    world.set_clock("2026-12-17T00:00:00")
    assert told(claim, COMP1) == [warning, warning]
    world.set_clock("2026-12-22T00:00:00")
    reached = "Stage 2 Settlement Pack response needed for claim {id}: time limit reached"
    assert told(claim, COMP1)[-1] == told(claim, CR1)[-1] == reached


@on_both_databases
@pytest.mark.parametrize("service", SERVICES)
def test_the_insurer_is_silent(world: World, service: str) -> None:
    """No job runs: whoever reads the list finds what the clock has posted meanwhile, with the times at which it was due."""
    process, generation = service.split("-")
    claim = Story(world, process, generation).opens(FORMS[process], at=COMP1, limit=LIMITS[process], shows={})
    warned, reached = {"rta": ("2026-12-08", "2026-12-15"), "elpl": ("2026-12-22", "2026-12-31")}[process]
    what = "Liability decision for claim {id}"
    world.set_clock(f"{warned}T00:00:00")
    assert told(claim, COMP1)[-1] == f"{what}: 5 days left"
    assert told(claim, CR1) == []
    world.set_clock(f"{reached}T08:30:00")
    for party in (CR1, COMP1):
        (newest, *_) = listed(claim.client(party))
        assert newest["notificationMessage"] == f"Liability decision for claim {claim.number}: time limit reached"
        assert newest["applicationId"] == claim.number
        assert newest["formattedDate"] == f"{datetime.fromisoformat(reached):%d/%m/%Y} 00:00"
        assert newest["notificationDateTime"] == datetime.fromisoformat(f"{reached}T00:00:00+00:00")
    assert told(claim, CR1) == [f"{what}: time limit reached"]
    assert claim.status(CR1)["phaseCacheId"] == "LiabilityDecisionTimeout"


class TestRelease5:
    """Before release 6 there was a second warning, on the last day."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(sandbox=True, sqlite_synchronous="NORMAL", release_rta="R5", release_elpl="R5")

    @pytest.mark.parametrize("process", PROCESSES)
    def test_the_last_day(self, world: World, process: str) -> None:
        claim = Life(world, process, "token", release="R5").sent()
        eve = {"rta": "2026-12-14", "elpl": "2026-12-30"}[process]
        world.set_clock(f"{eve}T00:00:00")
        assert told(claim, COMP1)[-2:] == ["Liability decision for claim {id}: 5 days left", "Liability decision for claim {id}: 1 day left"]


def test_a_notice_in_summer(world: World) -> None:
    """Times are London's, in the text for people and in the one for programs."""
    world.set_clock("2027-06-01T09:05:00")
    claim = Life(world, "rta", "token")
    claim.opens(FORMS["rta"], at=COMP1, limit="2027-06-23", shows={})
    (row,) = listed(claim.client(COMP1))
    assert row["formattedDate"] == "01/06/2027 09:05"
    assert row["notificationDateTime"] == datetime(2027, 6, 1, 8, 5, tzinfo=UTC)
    assert row["notificationDateTime"].utcoffset().total_seconds() == 3600
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", row["notificationGuid"])


def test_newest_first_over_all_claims(world: World) -> None:
    first = sent(world, "rta")
    world.set_clock("2026-11-24T10:00:00")
    second = sent_on_tuesday(world)
    world.set_clock("2026-11-25T10:00:00")
    first.walks("T124")
    rows = [(row["applicationId"], row["notificationMessage"]) for row in listed(first.client(COMP1))]
    assert rows == [
        (first.number, f"Exit process for claim {first.number}: Withdrawal of the claim"),
        (second.number, f"New Claim Notification Form for claim {second.number}"),
        (first.number, f"New Claim Notification Form for claim {first.number}"),
    ]


def sent_on_tuesday(world: World) -> Life:
    claim = Life(world, "rta", "token", "userauth")
    claim.opens(FORMS["rta"], at=COMP1, limit="2026-12-16", shows={})
    return claim


def test_each_service_lists_its_own_process(world: World) -> None:
    rta, elpl = sent(world, "rta"), sent(world, "elpl")
    for claim in (rta, elpl):
        for generation in GENERATIONS:
            (row,) = listed(world.client(COMP1, f"{claim.process}-{generation}"))
            assert row["applicationId"] == claim.number


@on_both_databases
@pytest.mark.parametrize("service", SERVICES)
def test_programs_have_a_set_of_their_own(world: World, service: str) -> None:
    """Without the flag the list is that of people; what is removed from one of the two stays in the other."""
    process, generation = service.split("-")
    claim = Life(world, process, generation).sent().walks(*ACCEPTED[process])
    client = world.client(COMP1, service)
    ((one,), (same,), (also,)) = (listed(client, a2a=flag) for flag in (None, False, True))
    assert one == same == also
    guid = one["notificationGuid"]
    client.call("removeNotification", notificationGuid=guid).ok()
    assert listed(client) == listed(client, a2a=False) == []
    assert listed(client, a2a=True) == [one]
    client.call("removeNotification", notificationGuid=guid).refused("There is no such notification.")
    client.call("removeNotification", notificationGuid=f" {guid.upper()} ", A2ANotification=True).ok()
    assert listed(client, a2a=True) == []
    client.call("removeNotification", notificationGuid=guid, A2ANotification=True).refused("There is no such notification.")
    assert len(told(claim, CR1)) == len(TAKE[process])  # the other side keeps its own


@on_both_databases
def test_what_is_not_ones_own_looks_like_what_is_not_there(world: World) -> None:
    claim = sent(world, "rta").walks("T3")
    ((theirs,),) = (listed(world.client(CR1, "rta-token")),)
    for party, service in ((COMP1, "rta-token"), (CR2, "rta-userauth"), (CR1, "elpl-token"), (CR1, "elpl-userauth")):
        client = world.client(party, service)
        refusals = {
            client.call("removeNotification", notificationGuid=guid, A2ANotification=flag).refused().message
            for guid in (theirs["notificationGuid"], "5a0c3a5e-0000-4000-8000-000000000000", "nonsense", "' OR 1=1 --", "é" * 200)
            for flag in (False, True)
        }
        assert refusals == {"There is no such notification."}
    assert told(claim, CR1) == ["Claim {id} accepted by Compensator"]
    for guid in (None, "", "  "):
        world.client(CR1, "rta-token").call("removeNotification", notificationGuid=guid).refused("notificationGuid must be given")


def test_after_fifteen_days(world: World) -> None:
    claim = sent(world, "rta").walks("T3")
    (row,) = listed(world.client(CR1, "rta-token"))
    world.set_clock("2026-12-08T09:59:59")
    assert told(claim, CR1) == told(claim, CR1, a2a=True) == ["Claim {id} accepted by Compensator"]
    world.set_clock("2026-12-08T10:00:00")
    assert told(claim, CR1) == told(claim, CR1, a2a=True) == []
    world.client(CR1, "rta-token").call("removeNotification", notificationGuid=row["notificationGuid"]).refused("There is no such notification.")


def test_a_refused_call_tells_nobody(world: World) -> None:
    claim = sent(world, "rta")
    claim.refuses(COMP1, "rejectClaimToCR", "rejectionReasonCode", rejectionReasonCode="7")
    claim.refuses(COMP1, "applyArticle75", "ClaimSubmitted", isArticle75=True)
    assert told(claim, CR1) == []
    assert told(claim, COMP1) == SEND


def test_every_text_can_be_read_by_a_known_program(world: World) -> None:
    """One finds the claim in a text by a run of digits, up to sixteen, and fills it up with zeros."""
    claim = sent(world, "rta").walks("T3")
    (row,) = listed(claim.client(CR1))
    (number,) = re.findall(r"\b\d{1,16}\b", row["notificationMessage"])
    assert number.zfill(16) == claim.number == row["applicationId"]
