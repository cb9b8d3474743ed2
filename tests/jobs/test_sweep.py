"""Time limits of claims that nobody looks at: each runs out once, with one event, one guid and one notice for each side, whoever does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from handles import AddClaims, Command, Do, told

from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs.clocks import sweep
from gateway.jobs.work import Work
from gateway.operations import move
from gateway.store import claims, due, notices
from gateway.store.claims import Claim
from gateway.store.engine import Store

LIMIT = datetime(2026, 12, 15, tzinfo=UTC)
AFTER = Moment(LIMIT.replace(hour=1))


def check_that_all_ran_out(store: Store, given: Iterable[Claim]) -> None:
    """Once each: the event, the state, and the notices of both sides."""
    with store.reading() as connection:
        for claim in given:
            now = claims.load(connection, claim.id)
            assert now is not None
            (event,) = claims.history(connection, claim.id)
            assert (event.row, event.number, event.at, event.operation) == ("T19", 2, LIMIT, "")
            assert (event.from_phase, event.to_phase, event.guid) == ("ClaimSubmitted", "LiabilityDecisionTimeout", now.guid)
            assert (now.phase, now.event_number, now.acts, now.running, now.due_at, now.next_at) == (
                *("LiabilityDecisionTimeout", 2, "claimant-representative"),
                *(None, None, None),
            )
            assert now.guid != claim.guid
            what = f"Liability decision for claim {claim.id:016d}"
            assert notices.of_claim(connection, claim.id) == [
                ("COMP001", "liability-5-days-left", f"{what}: 5 days left", datetime(2026, 12, 8, tzinfo=UTC)),
                ("COMP001", "liability-reached", f"{what}: time limit reached", LIMIT),
                ("CR00001", "liability-reached", f"{what}: time limit reached", LIMIT),
            ]


def test_a_run(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    given = add_claims(3)
    later, never = add_claims(due="2026-12-31"), add_claims(phase="LiabilityAdmitted", running=None)
    assert do(sweep, "2026-12-07T23:59:59") == {}
    assert do(sweep, "2026-12-15T00:00:00") == {"warnings posted": 3, "time limits run out": 3}
    check_that_all_ran_out(seeded_store, given)
    assert do(sweep, "2026-12-15T00:00:00") == {}
    with seeded_store.reading() as connection:
        for claim in (*later, *never):
            assert claims.load(connection, claim.id) == claim
            assert notices.of_claim(connection, claim.id) == []


def test_nothing_to_do(seeded_store: Store, do: Do) -> None:
    assert do(sweep, "2026-12-15T00:00:00") == {}


def test_workers_share_the_work(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """Each with connections of its own, as on different machines. What one of them has locked the others pass over."""
    given = add_claims(50)
    stores = [Store(seeded_store.engine.url.render_as_string(hide_password=False), sqlite_synchronous="NORMAL") for _ in range(4)]
    together(lambda store=store: do(sweep, "2026-12-15T01:00:00", store) for store in stores)  # type: ignore[misc]
    for store in stores:
        store.engine.dispose()
    check_that_all_ran_out(seeded_store, given)


def test_workers_and_callers(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """A call that looks at a claim does the same for it; here some call for each claim, from the other end."""
    given = add_claims(40)

    def call() -> None:
        for claim in reversed(given):
            with seeded_store.session() as session:
                session.write()
                seen = claims.load(session.connection, claim.id, lock=True)
                assert seen is not None
                move.expire(session.connection, contract(), seen, AFTER)
                session.commit()

    together([call, lambda: do(sweep, "2026-12-15T01:00:00")])
    check_that_all_ran_out(seeded_store, given)


def together(works: Iterable[Callable[[], object]]) -> None:
    """Do all at the same time; raises what one of them raised."""
    problems: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_processes_share_the_work(seeded_store: Store, add_claims: AddClaims, command: Command) -> None:
    given = add_claims(30)
    ended = [(process.communicate(timeout=60), process.returncode) for process in [command("run", at="2026-12-15T01:00:00") for _ in range(3)]]
    assert [code for _, code in ended] == [0, 0, 0], ended
    limits = [int(line.split()[0]) for (output, _), _ in ended for line in output.splitlines() if line.endswith("time limits run out")]
    assert (len(limits), sum(limits)) == (3, 30)
    check_that_all_ran_out(seeded_store, given)


# A worker that stops within the transaction of a claim, all but committed.
HANGING = """
import sys, time
from gateway.commands.jobs import app
from gateway.operations import notify

limit_reached = notify.limit_reached
left = int(sys.argv.pop())

def hang(*arguments):
    global left
    limit_reached(*arguments)
    left -= 1
    if not left:
        print("half way", flush=True)
        time.sleep(600)

notify.limit_reached = hang
app(["run"])
"""


def test_a_worker_is_killed_half_way(seeded_store: Store, add_claims: AddClaims, command: Command, do: Do) -> None:
    """What it has done stays done, what it was at is as before, and the next to come does the rest: nothing lost, nothing twice."""
    given = add_claims(50)
    worker = command("30", at="2026-12-15T01:00:00", script=HANGING)
    assert worker.stdout is not None
    lines = [worker.stdout.readline(), worker.stdout.readline()]
    assert lines[1] == "half way\n", (lines, worker.communicate())
    worker.kill()  # -9
    assert worker.wait() == -9
    with seeded_store.reading() as connection:
        done = [claim for claim in given if claims.load(connection, claim.id) != claim]
    assert done == given[:29]
    check_that_all_ran_out(seeded_store, done)

    rest: dict[str, int] = {}
    end = time.monotonic() + 30
    while rest.get("time limits run out", 0) < 21 and time.monotonic() < end:  # PostgreSQL may take a moment to see that it is dead
        for what, count in do(sweep, "2026-12-15T01:00:00").items():
            rest[what] = rest.get(what, 0) + count
    assert rest == {"warnings posted": 21, "time limits run out": 21}
    check_that_all_ran_out(seeded_store, given)


def test_what_another_worker_has_is_passed_over(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """PostgreSQL: it does not wait. SQLite has one writer at a time, so there is nothing to pass over."""
    if seeded_store.is_sqlite:
        return
    given = add_claims(3)
    with seeded_store.writing() as connection:
        assert claims.load(connection, given[1].id, lock=True) == given[1]
        assert do(sweep, "2026-12-15T01:00:00") == {"warnings posted": 2, "time limits run out": 2}
    assert do(sweep, "2026-12-15T01:00:00") == {"warnings posted": 1, "time limits run out": 1}
    check_that_all_ran_out(seeded_store, given)


def test_one_that_cannot_be_done_stops_nobody(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """A defect that one claim meets is in the log, and counted; nothing of it is kept."""
    first, odd, last = add_claims(), add_claims(phase="NoSuchPhase", running="K13"), add_claims()
    for _ in range(2):
        did = do(sweep, "2026-12-15T01:00:00")
        assert did.pop("claims left alone, see the log") == 1
    check_that_all_ran_out(seeded_store, [*first, *last])
    with seeded_store.reading() as connection:
        assert claims.load(connection, odd[0].id) == odd[0]


def test_it_can_be_stopped_between_two_claims(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    given = add_claims(5)
    asked = iter([False, False, True])
    work = Work(seeded_store, contract(), AFTER, lambda: next(asked))
    assert told(sweep(work)) == {"warnings posted": 2, "time limits run out": 2}
    check_that_all_ran_out(seeded_store, given[:2])
    assert do(sweep, "2026-12-15T01:00:00") == {"warnings posted": 3, "time limits run out": 3}


def test_oldest_limits_first(seeded_store: Store, add_claims: AddClaims) -> None:
    order = [add_claims(due=day)[0] for day in ("2026-12-12", "2026-12-09", "2026-12-09", "2026-12-11")]
    place, found = due.START, []
    with seeded_store.reading() as connection:
        while claim := due.take_due(connection, AFTER.utc, place):
            found.append(claim.id)
            assert claim.next_at is not None
            place = claim.next_at, claim.id
    assert found == [order[number].id for number in (1, 2, 3, 0)]


@pytest.mark.parametrize(
    ("phase", "clock", "to", "told_to"),
    [
        ("InterimPaymentDecision", "K6", "InterimPaymentDecisionTimeout", ["COMP001", "CR00001"]),
        ("InterimPaymentDecision", "K7", "InterimPaymentDecisionTimeout", ["COMP001", "CR00001"]),
        ("Stage2SettlementPackDecision", "K9", "Stage2SettlementPackDecisionTimeout", ["COMP001", "CR00001"]),
        ("Stage2SettlementPackCounterOfferDecision", "K10", "Stage2SettlementPackDecisionTimeout", ["COMP001", "CR00001"]),
        ("Stage2SettlementPackAgreementDecision", "K11", "Stage2SettlementPackDecisionTimeout", ["COMP001", "CR00001"]),
        ("Stage2AdditionalDamagesDecision", "K12", "Stage2AdditionalDamagesDecisionTimeout", ["COMP001", "CR00001"]),
        ("CourtProceedingsPackResponse", "K13", "EndOfStage2", []),
    ],
)
def test_every_clock(seeded_store: Store, add_claims: AddClaims, do: Do, phase: str, clock: str, to: str, told_to: list[str]) -> None:
    (claim,) = add_claims(phase=phase, running=clock)
    do(sweep, "2026-12-14T23:59:59")
    did = do(sweep, "2026-12-15T00:00:00")
    assert did == {"time limits run out": 1}
    with seeded_store.reading() as connection:
        now = claims.load(connection, claim.id)
        assert now is not None
        assert (now.phase, now.acts, now.running) == (to, "claimant-representative", None)
        posted = [(one[0], one[2]) for one in notices.of_claim(connection, claim.id) if one[3] == LIMIT]
    assert [organisation for organisation, _ in posted] == told_to
    assert all(text.endswith(f"claim {claim.id:016d}: time limit reached") for _, text in posted)
