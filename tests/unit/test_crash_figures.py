"""What the crash harness works out before and after a run: whom to kill, how the clock goes, what a claim is owed, how long it took to recover."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from bench import crash
from bench.crash_clients import AFTER_LIMIT, FAILURE, OK, Attempt
from bench.crash_clock import START, Move, ProcessClock, moves
from bench.crash_compare import Verdict
from bench.crash_owed import GATEWAY, LIMITS, Owed, is_over, owed, printed, step_notices
from bench.crash_report import show
from bench.life import STEPS
from gateway.contract.load import contract

CR1, COMP1 = "CR00001", "COMP001"
SENT = datetime(2026, 11, 23, 10, tzinfo=UTC)  # a Monday
WARNED, REACHED = datetime(2026, 12, 8, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC)
WARNING = (COMP1, "liability-5-days-left", WARNED)


def step(number: int, operation: str, at: datetime, to: str, row: str = "", by: str = COMP1, user: str = "somebody") -> Any:
    return SimpleNamespace(number=number, operation=operation, at=at, to_phase=to, row=row, organisation_id=by, user_id=user, guid=f"g{number}")


OPENED = step(1, "addClaim", SENT, "ClaimSubmitted", by=CR1)
TIMED_OUT = step(2, "", REACHED, "LiabilityDecisionTimeout", "T19", "")


def by(at: datetime, *history: Any, attempts: dict[tuple[str, str], Attempt] | None = None) -> Owed:
    return owed(7, history, attempts or {}, (at, at))


def test_everybody_is_killed_equally_often() -> None:
    assert Counter(crash.order_of("sqlite", 8, 3)) == dict.fromkeys(("worker", "jobs", "master", "all"), 2)
    assert Counter(crash.order_of("postgresql", 12, 3)) == dict.fromkeys(("worker", "jobs", "master", "all", "backend", "postmaster"), 2)
    assert crash.order_of("sqlite", 8, 3) == crash.order_of("sqlite", 8, 3) != crash.order_of("sqlite", 8, 4)


def test_the_clock_goes_fifty_days() -> None:
    """Limits of 15 business days run out from the 22nd day on; what the gateway itself acknowledges 30 days later would be after the end."""
    assert [at - START for at in moves(4)] == [timedelta(days=12.5), timedelta(days=25), timedelta(days=37.5), timedelta(days=50)]
    assert (START.date(), START.hour) == (date(2026, 11, 23), 9)


def test_what_the_clock_showed_to_a_call() -> None:
    """Between the begin and the end of a move nobody knows which time a call was given."""
    clock = ProcessClock(None)  # type: ignore[arg-type]
    day = timedelta(days=1)
    clock._moves = [Move(0, 1, day), Move(10, 11, 3 * day), Move(20, 21, 7 * day)]

    def days(begun: float, ended: float) -> tuple[int, int]:
        first, last = clock.window(begun, ended)
        return round((first - clock.wall(begun)) / day), round((last - clock.wall(ended)) / day)

    assert days(5, 9) == (1, 1)
    assert days(5, 10.5) == (1, 3)
    assert days(10.5, 12) == (1, 3)
    assert days(11, 12) == (3, 3)
    assert days(5, 30) == (1, 7)
    assert clock.wall(3) - clock.wall(1) == timedelta(seconds=2)


def test_how_long_it_took() -> None:
    """Killed at 10 and at 20. What had begun before does not show that anything works again."""
    oks = [(8.0, 11.0), (10.5, 14.0), (12.0, 13.0), (13.5, 15.0), (20.5, 21.0)]
    assert crash.next_ok(oks, 10) == 13.0
    assert crash.silence(oks, 10, 20) == 5.0  # from 15 to 20
    assert crash.silence(oks, 10, 16) == 2.0  # from 11 to 13
    assert crash.silence([], 10, 20) == 10.0
    assert crash.next_ok([], 10) == 10 + crash.START_SECONDS


def test_what_must_not_be_in_a_log() -> None:
    """That no database answers is to be expected, and what SQLAlchemy says of a connection that was cut."""
    log = """{"request": "1", "event": "store unavailable", "exception": "Traceback: connection failed"}
{"claim": "7", "event": "printing failed", "level": "error"}
Traceback (most recent call last):
  File "x.py", line 1, in x
ValueError: y
{"event": "jobs started"}
{"source": "sqlalchemy.pool.impl", "event": "Exception during reset or similar", "exception": "Traceback: the connection is lost"}
[2026-11-22 13:00:00 +0000] [7] [INFO] Booting worker
{"operation": "addClaim", "event": "defect in the endpoint"}
"""
    found = crash.defects(log)
    assert [one.splitlines()[-1] for one in found] == [
        '{"claim": "7", "event": "printing failed", "level": "error"}',
        "ValueError: y",
        '{"operation": "addClaim", "event": "defect in the endpoint"}',
    ]


def test_a_limit_runs_out_once() -> None:
    """Sent on 23 November: warned of as 8 December begins, over as the 15th does."""
    assert by(WARNED - timedelta(seconds=1), OPENED) == Owed(must=Counter(step_notices(OPENED)))
    assert by(WARNED, OPENED).must[WARNING] == 1
    (late,) = by(REACHED, OPENED).late
    assert late == "claim 7 is in ClaimSubmitted, and its limit ran out on 2026-12-15"
    found = by(REACHED, OPENED, TIMED_OUT)
    assert (found.limits, found.late, found.doubled) == (1, [], [])
    assert found.must == Counter([WARNING, (COMP1, "liability-reached", REACHED), (CR1, "liability-reached", REACHED)])
    again = step(3, "", REACHED, "LiabilityDecisionTimeout", "T19", "")
    assert by(REACHED, OPENED, TIMED_OUT, again).doubled == ["event 3 of claim 7, T19 by the clock at 2026-12-15 00:00:00+00:00: no limit ran"]


@pytest.mark.parametrize(
    ("days", "row", "to"), [(-1, "T19", "LiabilityDecisionTimeout"), (0, "T39", "LiabilityDecisionTimeout"), (0, "T19", "EndOfStage2")]
)
def test_a_limit_that_runs_out_otherwise_is_wrong(days: int, row: str, to: str) -> None:
    found = by(REACHED, OPENED, step(2, "", REACHED + timedelta(days=days), to, row, ""))
    assert (found.limits, len(found.doubled)) == (0, 1)


def test_an_answer_ends_the_limit() -> None:
    """On 7 December before the warning, on the 10th after it, and on the 15th it is too late."""
    early, answered, late = (step(2, "sendLiabilityDecision", datetime(2026, 12, day, tzinfo=UTC), "LiabilityAdmitted") for day in (7, 10, 15))
    assert by(REACHED, OPENED, early) == Owed(must=Counter(step_notices(OPENED)))
    assert by(REACHED, OPENED, answered).must[WARNING] == 1
    assert len(by(REACHED, OPENED, late).late) == 1


def test_a_call_that_waited_while_the_clock_went_on_may_have_been_warned() -> None:
    """It has the time at which it began; the jobs had the new one before they let it have the claim."""
    answered = step(2, "sendLiabilityDecision", datetime(2026, 12, 7, tzinfo=UTC), "LiabilityAdmitted")
    attempt = Attempt("sendLiabilityDecision", 7, "g1", "", OK, window=(answered.at, WARNED))
    found = by(REACHED, OPENED, answered, attempts={("sendLiabilityDecision", "g1"): attempt})
    assert (found.may, found.must[WARNING]) == ({WARNING}, 0)
    attempt.window = (answered.at, WARNED - timedelta(seconds=1))
    assert by(REACHED, OPENED, answered, attempts={("sendLiabilityDecision", "g1"): attempt}).may == set()


def test_later_limits() -> None:
    """An interim pack sent on 23 November, not answered: over as 15 December begins (15 business days, K7), warned of on the 10th (three before)."""
    pack = step(2, "addInterimSPFRequest", SENT, "InterimPaymentDecision", by=CR1)
    found = by(REACHED, step(1, "sendLiabilityDecision", SENT, "x"), pack, step(3, "", REACHED, "InterimPaymentDecisionTimeout", "T39", ""))
    assert (found.doubled, found.late, found.limits) == ([], [], 1)
    assert found.must[COMP1, "interim-3-days-left", datetime(2026, 12, 10, tzinfo=UTC)] == 1


def test_what_the_gateway_acknowledges() -> None:
    """Thirty days after the compensator's yes, and not before; and then it has to."""
    waits = step(1, "addStage2SPFResponse", SENT, "Stage2SettlementPackConfirmation")
    day = datetime(2026, 12, 23, 3, tzinfo=UTC)
    ended = step(2, "acknowledgeStage2SPFConfirmation", day, "Stage2SettlementPackConfirmationEnd", by="", user=GATEWAY)
    assert by(day, waits, ended).doubled == []
    assert by(day - timedelta(days=1), waits).late == []
    assert by(day, waits).late == ["claim 7 is in Stage2SettlementPackConfirmation since 2026-11-23, and its time is over"]
    ended.at = day - timedelta(days=1)
    assert len(by(day, waits, ended).doubled) == 1
    assert len(by(day, step(1, "x", SENT, "StartOfStage21"), ended).doubled) == 1


def test_notices_and_documents_of_steps() -> None:
    """notifications.toml and documents.toml: T1 tells the compensator and makes two documents, T15 tells the representative and makes one."""
    assert step_notices(step(1, "addClaim", SENT, "x", "T1", CR1)) == [(COMP1, "claim-sent", SENT)]
    assert step_notices(step(4, "sendLiabilityDecision", SENT, "x", "T15")) == [(CR1, "liability-decision-sent", SENT)]
    assert step_notices(step(3, "applyArticle75", SENT, "x", "T13")) == []
    assert (printed("T1"), printed("T15"), printed("T13")) == (["cnf", "defendant-only-cnf"], ["cnf-with-response"], [])


def test_a_notice_is_over_after_fifteen_days_at_the_same_time_in_london() -> None:
    """Summer time ends on 25 October 2026: 10:00 UTC is 11:00 before, and 11:00 is 11:00 UTC after."""
    assert is_over((CR1, "x", SENT), datetime(2026, 12, 8, 10, tzinfo=UTC))
    assert not is_over((CR1, "x", SENT), datetime(2026, 12, 8, 9, 59, tzinfo=UTC))
    summer = (CR1, "x", datetime(2026, 10, 20, 10, tzinfo=UTC))
    assert not is_over(summer, datetime(2026, 11, 4, 10, 59, tzinfo=UTC))
    assert is_over(summer, datetime(2026, 11, 4, 11, tzinfo=UTC))


def test_the_clients_do_what_the_process_allows() -> None:
    """Every limit of the claims they play has its acknowledgement, and after it the step that is said."""
    assert set(AFTER_LIMIT) == {limit.to for limit in LIMITS.values()}
    operations = [operation for _, operation, _ in STEPS]
    assert set(LIMITS) <= set(operations)
    for phase, (operation, following) in AFTER_LIMIT.items():
        (move,) = contract().moves("rta", "R7", phase, operation)
        if following < len(STEPS):
            assert contract().moves("rta", "R7", move.to, operations[following])
        else:
            assert contract().phases[move.to].end


def test_what_is_told_in_the_end() -> None:
    verdict = Verdict(oks=1234, kills=Counter(worker=2, jobs=1), left=[(3, 20)], overtaken=5)
    verdict.outcomes["addClaim", FAILURE] = 2
    for victim, seconds in (("worker", 0.5), ("worker", 1.5), ("jobs", 0.25)):
        verdict.recoveries[victim].next_ok.append(seconds)
    verdict.recoveries["jobs"].jobs.append(4.0)
    verdict.jobs.limits, verdict.jobs.doubled = 40, ["the limit twice"]
    verdict.lost.append("claim 9")
    console = Console(file=io.StringIO(), width=200)
    show("sqlite", verdict, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for line in (
        "3 kills",
        "1.00, at most 1.50",
        "0.50, at most 1.50",
        "4.00, at most 4.00",
        "1,234 Oks compared, 0 reads: 1 lost, 0 doubled or unsent",
        "40 limits run out",
        "0 lost, 1 doubled or without a reason, 0 late",
        "5 calls refused since the clock was faster",
        "when they were killed: 3 of 20",
        "claim 9",
        "the limit twice",
    ):
        assert line in text
