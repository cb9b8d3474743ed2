"""The soak plays what the process allows, counts limits and volumes right, and notices what it is there to notice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import delete, select, update

from bench import soak, soak_lives, soak_report, soak_store
from bench.soak import Options, Verdict
from bench.soak_agenda import Agenda
from bench.soak_claim import Chooser, Claim, form
from bench.soak_clock import Clock, business_day, due, steps
from bench.soak_lives import LIVES, STEPS, Life, arrivals, lives_of
from bench.soak_play import Player
from bench.soak_wire import FAILURE, OK, Call, Party, Record, Reply
from gateway.clock import LONDON
from gateway.contract.load import contract
from gateway.store.engine import Store
from gateway.store.tables import claims, events, notices

CR, COMP = Party("CR00001", "cr00001-a2a", "cr00001-handler", "a", "r"), Party("COMP001", "comp001-a2a", "comp001-handler", "a", "r")
RELEASES = {"rta": "R7", "elpl": "R6"}


def test_every_hundred_claims_have_a_life() -> None:
    """Portal notes 11.4: 25 leave at stage 1, 20 by the exit function, 2 at stage 2, 24 settle, 4 get a court pack."""
    assert sum(life.of_a_hundred for life in LIVES) == 100
    assert len({life.name for life in LIVES}) == len(LIVES)
    ends = {life.name: life.rows[-1].split()[0] if life.rows and life.limit is None else "" for life in LIVES}

    def share(*rows: str) -> int:
        return sum(life.of_a_hundred for life in LIVES if ends[life.name] in rows)

    assert share("T27", "T26", "T11") + sum(life.of_a_hundred for life in LIVES if life.limit is soak_lives.LIABILITY) == 25
    assert share("T125") == 20
    assert share("T70") == 2
    assert share("T67", "T85", "T108") == 24
    assert share("T123") == 4


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_every_life_goes_as_the_contract_has_it(process: str) -> None:
    for life in lives_of(process):
        phase, days = "ClaimSubmitted", {"T1"}
        for row, step in life.steps(process):
            moves = contract().moves(process, RELEASES[process], phase, step.operation)
            assert (row.split()[0], step.to) in {(move.row, move.to) for move in moves}, (life.name, phase, row)
            assert contract().operations[step.operation].actor in (step.side, "either", "holder")
            phase = step.to
            days.add(row)
        if life.limit is None:
            continue
        clock = contract().clocks[contract().phases[phase].clock or ""]
        assert (clock.row, clock.expires_to) == (life.limit.row, life.limit.to)
        assert life.limit.since in days
        assert life.limit.business_days(process) in {one.days for one in clock.variants if process in one.processes}
        then = STEPS[life.then]
        moves = contract().moves(process, RELEASES[process], life.limit.to, then.operation)
        assert (life.then, then.to) in {(move.row, move.to) for move in moves}


def test_limits_are_counted_by_hand() -> None:
    """Process notes 4.1. 2026: Christmas is a Friday, and Monday the 28th stands for Boxing Day; 2027: New Year's Day is a Friday."""
    monday = date(2026, 11, 23)
    assert due(monday, 15) == date(2026, 12, 15)
    assert due(monday, 5) == date(2026, 12, 1)
    assert due(date(2026, 11, 16), 30) == date(2026, 12, 31)
    assert due(date(2026, 12, 18), 5) == date(2026, 12, 30)
    assert due(date(2026, 11, 28), 1) == date(2026, 12, 1), "sent on a Saturday, the first day is Monday"
    assert business_day(date(2026, 12, 15), -5) == date(2026, 12, 8)
    assert business_day(date(2026, 12, 30), -3) == date(2026, 12, 23)


def test_the_clock_goes_to_each_midnight() -> None:
    """Three days in 90 s: each begins on its time, and ends with a last minute that is shorter than one."""
    moves = steps(3, 90.0)
    assert [at for at, _ in moves] == pytest.approx([0, 12, 21, 30, 42, 51, 60, 72, 81])
    told = [f"{instant:%d %H:%M:%S}" for _, instant in moves]
    assert told[:4] == ["23 00:00:01", "23 14:00:00", "23 23:59:00", "24 00:00:01"]
    long = steps(2, 20_000.0)
    assert long[3][0] - long[2][0] == pytest.approx(20)


def test_a_third_of_the_day_comes_in_its_peak_hour() -> None:
    """Twelve hours, the peak one four times the mean: a third of all, in the middle; and as many before as after."""
    found = arrivals(2400)
    assert found == sorted(found)
    assert 0 < found[0] < found[-1] < 1
    assert sum(11 / 24 <= at < 13 / 24 for at in found) == 800
    assert sum(at < 1 / 3 for at in found) == sum(at >= 2 / 3 for at in found) == 500


def test_the_volume_of_the_portal() -> None:
    """73,000 a month are 289.7 an hour. Where ten times the changes of its peak hour are possible, 0.6 of that is six times the portal."""
    assert pytest.approx(289.683, abs=0.001) == soak_lives.MEAN_HOUR
    changes = 4 * 289.683 / 3600 * soak_lives.mean_steps()  # a second, in the peak hour
    assert soak.factor_of(10 * changes, 0.6) == pytest.approx(6, abs=0.001)
    assert soak.polls_a_step(1000) == pytest.approx(1000 / 300 / changes, rel=0.001)


def call(at: float, seconds: float, operation: str = "getClaimsList") -> Call:
    return Call(at, operation, seconds, OK)


def test_what_gets_slower_is_seen() -> None:
    """Thirty calls at the least in each third; the middle does not count, and calls that take longer by nature do not either if there are more of them."""
    even = [call(at, 0.010) for at in range(90)]
    assert soak_report.total_growth(even, 0, 90) == pytest.approx(1)
    slower = [*even[:60], *(call(at, 0.020) for at in range(60, 90))]
    assert soak_report.total_growth(slower, 0, 90) == pytest.approx(2)
    assert soak_report.total_growth([*even, *(call(at, 0.5, "getPrintableDocument") for at in range(60, 90))], 0, 90) == pytest.approx(1)
    assert soak_report.total_growth(even[:50], 0, 90) is None


def test_equivalents_of_the_national_volume() -> None:
    """A day of 120 s, of which 10 stand for an hour: 20 claims sent, 12 of them between 55 and 65 s."""
    sent = [*range(1, 5), *(55 + number / 2 for number in range(12)), *range(100, 104)]
    assert soak_report.busiest(sent, 0, 120) == (600, 4320)


def test_a_form_goes_to_its_compensator_with_its_own_reference() -> None:
    parties = [CR, *(Party(f"COMP00{number}", "", "", "a") for number in (1, 2))]
    claim = Chooser(parties, Random(5)).next()
    claim.process, claim.compensator = "elpl", parties[2]
    text = form(claim, 17, date(2026, 12, 3))
    assert 'ReferenceNumber="SK/0000017"' in text
    assert 'InsurerOrganizationPath="/COMP002"' in text
    assert 'InsurerOrganizationID="COMP002"' in text
    assert 'NotificationDate="2026-12-03"' in text
    assert "COMP001" not in text


class FakeLine:
    """Answers every call with one phase."""

    def __init__(self, phase: str, guid: str) -> None:
        self._reply = Reply(f"<phaseCacheId>{phase}</phaseCacheId><activityEngineGuid>{guid}</activityEngineGuid>")

    def call(self, *_: Any, **__: Any) -> Reply:
        return self._reply


def left(life: str = "never looked at") -> Claim:
    """A claim that waits for the end of its limit, sent on Monday 23 November."""
    day = date(2026, 11, 23)
    found = Claim(
        next(one for one in LIVES if one.name == life), "rta", CR, COMP, number=7, guid="g1", phase="ClaimSubmitted", changes=1, changed=day
    )
    found.due = (date(2026, 12, 15), date(2026, 12, 15))
    return found


@pytest.fixture
def player(store: Store) -> Player:
    made = Player([CR, COMP], Clock(store), store, Record(), 1.0, 1)
    made.agenda = Agenda([], Record())  # nobody does what is put on it
    return made


def test_a_limit_that_is_late_or_early_is_seen(player: Player) -> None:
    claim = left()
    player._look_before(FakeLine("ClaimSubmitted", "g1"), claim)  # type: ignore[arg-type]
    assert (player.deadlines.before, player.deadlines.good) == (1, True)
    player._look_before(FakeLine("LiabilityDecisionTimeout", "g2"), claim)  # type: ignore[arg-type]
    assert len(player.deadlines.early) == 1
    player._look(FakeLine("ClaimSubmitted", "g1"), claim)  # type: ignore[arg-type]
    assert (player.deadlines.checked, len(player.deadlines.late), player.deadlines.good) == (1, 1, False)


def test_a_limit_without_its_event_is_seen(player: Player) -> None:
    player._look(FakeLine("LiabilityDecisionTimeout", "g2"), left())  # type: ignore[arg-type]
    assert player.deadlines.wrong == ["claim 7 (never looked at): no event T19 in its history"]


def test_what_was_seen_at_midnight_itself_is_no_proof(player: Player, store: Store) -> None:
    claim = left()
    player._clock.move(datetime(2026, 12, 15, 0, 0, 1, tzinfo=LONDON))
    player._look_before(FakeLine("LiabilityDecisionTimeout", "g2"), claim)  # type: ignore[arg-type]
    assert (player.deadlines.before, player.deadlines.early) == (0, [])


@pytest.fixture
def played(bare_store: Store, tmp_path: Path) -> Verdict:
    """A day of 4.5 s with some fifteen claims among twenty organisations, against a served gateway."""
    url = bare_store.engine.url.render_as_string(hide_password=False)
    console = Console(file=StringIO(), width=150)
    return soak.run(Options(minutes=5 / 60, organisations=20, factor=41.0, clients=4, seed=3), tmp_path / "soak", url, console)


def test_a_small_day(played: Verdict, bare_store: Store) -> None:
    """289.7 claims an hour, 41 times, for 4.5 s: fifteen. Everything is well; and what is then done to the store by hand is found."""
    console = Console(file=StringIO(), width=150)
    soak_report.show(played, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert played.good, text
    assert len(played.claims) == 15
    assert played.deadlines.checked == sum(claim.life.limit is not None for claim in played.claims.values()) > 0
    assert {one.outcome for one in played.calls} == {OK}
    assert sum(one.operation == "getClaimsList" for one in played.calls) >= 10
    assert "41.0 times" in text
    assert "Good: " in text
    _finds_what_is_lost(played, bare_store)
    _finds_what_is_wrong_with_a_limit(played, bare_store)


def _finds_what_is_lost(played: Verdict, store: Store) -> None:
    today = date(2026, 11, 24)
    with store.reading() as connection:
        first, second, *_, last = connection.scalars(select(claims.c.id).order_by(claims.c.id))
    assert soak_store.lost(store, played.claims, date(2027, 6, 1)) == []
    assert soak_store.lost(store, {number: claim for number, claim in played.claims.items() if number != first}, date(2027, 6, 1)) == [
        f"claim {first} is in the store, and nobody was told of it"
    ]
    missing = last + 1
    ghost = Claim(played.claims[first].life, "rta", CR, COMP, number=missing, phase="ClaimSubmitted", guid="g", changes=1, changed=today)
    assert soak_store.lost(store, {**played.claims, missing: ghost}, date(2027, 6, 1)) == [f"claim {missing}, last in ClaimSubmitted, is gone"]
    with store.writing() as connection:
        connection.execute(update(claims).where(claims.c.id == second).values(guid="another"))
    (told,) = soak_store.lost(store, played.claims, today)
    assert told.startswith(f"claim {second} is in ")


def _finds_what_is_wrong_with_a_limit(played: Verdict, store: Store) -> None:
    looked = [claim for claim in played.claims.values() if claim.looked and claim.life.limit and claim.life.limit.key]
    claim = max(looked, key=lambda one: one.due)  # the notices of the last are still kept
    assert soak_store.expired_wrong(store, claim) == ""
    with store.writing() as connection:
        connection.execute(delete(notices).where(notices.c.claim_id == claim.number, notices.c.key.like("%days-left")))
    assert soak_store.expired_wrong(store, claim).startswith("not posted: ")
    by_the_clock = (events.c.claim_id == claim.number, events.c.operation == "")
    with store.writing() as connection:
        at = connection.scalar(select(events.c.at).where(*by_the_clock))
        assert at is not None
        connection.execute(update(events).where(*by_the_clock).values(at=at + timedelta(seconds=1)))
    assert "and the limit was the beginning of" in soak_store.expired_wrong(store, claim)


def test_one_refusal_is_not_good() -> None:
    record = Record()
    assert Verdict(Options(), whole=True).good
    record.problem(FAILURE, "addClaim by CR00001: no")
    assert not Verdict(Options(), whole=True, problem_count=record.kinds.total()).good
    assert not Verdict(Options(), whole=True, lost=["claim 1"]).good
    assert not Verdict(Options(), whole=False).good


def test_lives_of_one_process_alone() -> None:
    assert {life.name for life in lives_of("rta")} - {life.name for life in lives_of("elpl")} == {
        "settled with additional damages",
        "additional damages left",
    }
    assert isinstance(LIVES[0], Life)
