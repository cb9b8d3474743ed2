"""Warnings before a limit runs out: on their day at 00:00 in London, once, by the claim's own calendar."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from handles import AddClaims, Do

from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs.clocks import sweep
from gateway.operations import move, notify
from gateway.store import calendars, claims, notices
from gateway.store.claims import Claim
from gateway.store.engine import Store

# clock, phase, limit, the last second before the warning and the first of it (UTC), text before the number of the claim and after it
WARNINGS = [
    ("K1", "ClaimSubmitted", "2026-12-15", "2026-12-07T23:59:59", "2026-12-08T00:00:00", "Liability decision for claim ", ": 5 days left"),
    ("K2", "LiabilityDecision", "2027-01-08", "2026-12-30T23:59:59", "2026-12-31T00:00:00", "Liability decision for claim ", ": 5 days left"),
    # Saturday 26 June in summer: from Monday the 21st, 23:00 UTC on the day before, five business days are left
    ("K1", "Article75Decision", "2027-06-26", "2027-06-20T22:59:59", "2027-06-20T23:00:00", "Liability decision for claim ", ": 5 days left"),
    (
        "K6",
        "InterimPaymentDecision",
        "2026-12-15",
        "2026-12-09T23:59:59",
        "2026-12-10T00:00:00",
        "Stage 2.1 Interim Payment needed for claim ",
        ": 3 days left",
    ),
    (
        "K7",
        "InterimPaymentDecision",
        "2026-12-15",
        "2026-12-09T23:59:59",
        "2026-12-10T00:00:00",
        "Stage 2.1 Interim Payment needed for claim ",
        ": 3 days left",
    ),
    (
        *("K9", "Stage2SettlementPackDecision", "2026-12-29", "2026-12-21T23:59:59", "2026-12-22T00:00:00"),  # then two holidays and a weekend
        *("Stage 2 Settlement Pack response needed for claim ", ": 3 days left"),
    ),
    (
        *("K10", "Stage2SettlementPackCounterOfferByCM", "2026-12-15", "2026-12-09T23:59:59", "2026-12-10T00:00:00"),
        *("Stage 2 Settlement Pack counter offer needed for claim ", ": 3 days left"),
    ),
    (
        *("K11", "Stage2SettlementPackAgreementDecision", "2026-12-15", "2026-12-09T23:59:59", "2026-12-10T00:00:00"),
        *("Stage 2 Settlement Pack counter offer needed for claim ", ": 3 days left"),
    ),
    (
        *("K12", "Stage2AdditionalDamagesDecision", "2026-12-15", "2026-12-09T23:59:59", "2026-12-10T00:00:00"),
        *("Stage 2 Additional Damages decision needed for claim ", ": 3 days left"),
    ),
]


def posted(store: Store, claim: Claim) -> list[tuple[str, str, datetime]]:
    """To whom, what, when."""
    with store.reading() as connection:
        return [(organisation, text, at) for organisation, _, text, at in notices.of_claim(connection, claim.id)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("clock", "phase", "limit", "before", "at", "head", "tail"), WARNINGS, ids=[f"{one[0]}-{one[2]}" for one in WARNINGS])
def test_on_its_day(
    seeded_store: Store, add_claims: AddClaims, do: Do, clock: str, phase: str, limit: str, before: str, at: str, head: str, tail: str
) -> None:
    """Not a second earlier, whenever somebody looks, and never again; the claim itself stays as it is."""
    (claim,) = add_claims(phase=phase, running=clock, due=limit)
    assert do(sweep, before) == {}
    late = at.replace("00:00:00", "17:00:00").replace("23:00:00", "23:30:00")
    assert do(sweep, late) == {"warnings posted": 1}
    assert posted(seeded_store, claim) == [("COMP001", f"{head}{claim.id:016d}{tail}", utc(at))]
    assert do(sweep, late) == {}
    with seeded_store.reading() as connection:
        assert claims.load(connection, claim.id) == replace(claim, next_at=claim.due_at)
        assert claims.history(connection, claim.id) == []


def test_the_second_one_ended_with_release_6(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """By the release of the claim; the last business day before Tuesday 15 December is the Monday."""
    (old,), (new,) = add_claims(release="R5"), add_claims(release="R6")
    do(sweep, "2026-12-13T23:59:59")
    assert len(posted(seeded_store, old)) == len(posted(seeded_store, new)) == 1
    assert do(sweep, "2026-12-14T00:00:00") == {"warnings posted": 1}
    assert posted(seeded_store, old)[1:] == [("COMP001", f"Liability decision for claim {old.id:016d}: 1 day left", utc("2026-12-14"))]
    assert do(sweep, "2026-12-14T23:59:59") == {}


def test_what_nobody_looked_at_is_made_up_for_in_order(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    (claim,) = add_claims(release="R5")
    assert do(sweep, "2026-12-20T12:00:00") == {"warnings posted": 2, "time limits run out": 1}
    what = f"Liability decision for claim {claim.id:016d}"
    assert posted(seeded_store, claim) == [
        ("COMP001", f"{what}: 5 days left", utc("2026-12-08")),
        ("COMP001", f"{what}: 1 day left", utc("2026-12-14")),
        ("COMP001", f"{what}: time limit reached", utc("2026-12-15")),
        ("CR00001", f"{what}: time limit reached", utc("2026-12-15")),
    ]


def test_once_with_several_workers_and_callers(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    given = add_claims(25)
    problems: list[BaseException] = []

    def call() -> None:
        for claim in reversed(given):
            with seeded_store.session() as session:
                session.write()
                seen = claims.load(session.connection, claim.id, lock=True)
                assert seen is not None
                move.expire(session.connection, contract(), seen, Moment(utc("2026-12-08T12:00:00")))
                session.commit()

    def guarded(work: object) -> None:
        try:
            call() if work is call else do(sweep, "2026-12-08T12:00:00")
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (None, None, call)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    for claim in given:
        assert posted(seeded_store, claim) == [("COMP001", f"Liability decision for claim {claim.id:016d}: 5 days left", utc("2026-12-08"))]


def test_a_clock_set_back_does_not_repeat_it(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    (claim,) = add_claims()
    do(sweep, "2026-12-08T12:00:00")
    assert do(sweep, "2026-11-23T12:00:00") == do(sweep, "2026-12-08T12:00:00") == {}
    assert len(posted(seeded_store, claim)) == 1


def test_a_later_limit_is_warned_of_again(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """What an extension does: another date, and so another day for the warning."""
    (claim,) = add_claims(phase="Stage2SettlementPackDecision", running="K9")
    do(sweep, "2026-12-10T12:00:00")
    with seeded_store.writing() as connection:
        later = replace(claim, deadlines={"K9": "2026-12-22"}, due_at=utc("2026-12-22"))
        values = {"deadlines": later.deadlines, "due_at": later.due_at, "next_at": notify.next_at(connection, later, utc("2026-12-10T12:00:00"))}
        assert claims.change(connection, claim, values)
    assert do(sweep, "2026-12-16T23:59:59") == {}
    assert do(sweep, "2026-12-17T00:00:00") == {"warnings posted": 1}
    assert [at for _, _, at in posted(seeded_store, claim)] == [utc("2026-12-10"), utc("2026-12-17")]


def test_a_limit_that_begins_within_the_last_days_is_not_warned_of(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """Nor is one that begins on that very day: "3 days left" was so at 00:00."""
    (claim,) = add_claims(phase="Stage2SettlementPackDecision", running="K9", due="2026-11-26")
    assert claim.next_at == claim.due_at == utc("2026-11-26")
    assert do(sweep, "2026-11-25T23:59:59") == {}


def test_the_calendar_of_the_claim_counts(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """Under a calendar in which Thursday 10 December is a holiday, five business days are left a day earlier; the older claim keeps its own."""
    with seeded_store.writing() as connection:
        assert calendars.add(connection, [date(2026, 12, 10)]).version == 2
    (old,), (new,) = add_claims(), add_claims(calendar=2)
    assert do(sweep, "2026-12-07T12:00:00") == {"warnings posted": 1}
    assert (len(posted(seeded_store, old)), len(posted(seeded_store, new))) == (0, 1)


def test_none_for_the_court_pack(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    (claim,) = add_claims(phase="CourtProceedingsPackResponse", running="K13", due="2026-12-01")
    assert do(sweep, "2026-11-30T23:59:59") == {}
    assert do(sweep, "2026-12-01T00:00:00") == {"time limits run out": 1}
    assert posted(seeded_store, claim) == []
