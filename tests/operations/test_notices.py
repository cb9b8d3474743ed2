"""Notices in the store: two sets of each, whose they are, and how long they last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from claim_rows import SENT, add_claim
from sqlalchemy import func, select

from gateway.operations import notify
from gateway.store import notices
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.store.notices import Notice
from gateway.store.sight import Scope
from gateway.store.tables import notices as table

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOBODYS = ["", "no-guid", "0" * 36, "é" * 100, "'; DROP TABLE notices; --"]

Post = Callable[..., str]


@pytest.fixture
def claim(seeded_store: Store) -> Claim:
    with seeded_store.writing() as connection:
        return add_claim(connection)


@pytest.fixture
def post(seeded_store: Store, claim: Claim) -> Post:
    """Posts a notice about the claim to COMP001."""

    def post(text: str = "hello", at: datetime = SENT, **values: Any) -> str:
        given = {"claim_id": claim.id, "process": "rta", "organisation": "COMP001", "key": "claim-sent", **values}
        with seeded_store.writing() as connection:
            return notices.add(connection, text=text, at=at, **given)

    return post


def scope(organisation: str, process: str) -> Scope:
    return Scope("compensator" if organisation.startswith("COMP") else "claimant-representative", organisation, process)


def listed(store: Store, organisation: str = "COMP001", process: str = "rta", at: datetime = SENT, *, a2a: bool = False) -> list[Notice]:
    with store.reading() as connection:
        return notices.list_for(connection, scope(organisation, process), at, a2a=a2a)


def texts(store: Store, *which: Any, **more: Any) -> list[str]:
    return [notice.text for notice in listed(store, *which, **more)]


def remove(store: Store, guid: str, organisation: str = "COMP001", process: str = "rta", at: datetime = SENT, *, a2a: bool = False) -> bool:
    with store.writing() as connection:
        return notices.remove(connection, guid, scope(organisation, process), at, a2a=a2a)


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_as_it_was_posted(seeded_store: Store, claim: Claim, post: Post) -> None:
    guid = post("a text with £ and <b>", SENT)
    assert listed(seeded_store) == [Notice(guid, claim.id, SENT, "a text with £ and <b>")]
    assert listed(seeded_store, a2a=True) == listed(seeded_store)
    assert len(guid) == 36


def test_newest_first_by_what_they_tell_of(seeded_store: Store, post: Post) -> None:
    post("second", SENT)
    post("third", SENT)
    post("first", SENT - DAY)
    assert texts(seeded_store) == ["third", "second", "first"]


def test_only_the_organisations_own_of_the_process(seeded_store: Store, post: Post) -> None:
    post()
    assert texts(seeded_store, "CR00001") == texts(seeded_store, "COMP002") == texts(seeded_store, "COMP001", "elpl") == []
    assert texts(seeded_store) == ["hello"]


def test_removed_from_one_set_it_stays_in_the_other(seeded_store: Store, post: Post) -> None:
    one, other = post("one"), post("other")
    assert remove(seeded_store, one)
    assert remove(seeded_store, other, a2a=True)
    assert texts(seeded_store) == ["other"]
    assert texts(seeded_store, a2a=True) == ["one"]
    assert remove(seeded_store, one, a2a=True)
    assert texts(seeded_store, a2a=True) == []


@pytest.mark.parametrize("a2a", [False, True])
def test_what_cannot_be_removed(seeded_store: Store, post: Post, a2a: bool) -> None:
    guid = post()
    assert not any(remove(seeded_store, other, a2a=a2a) for other in NOBODYS)
    assert not remove(seeded_store, guid, "CR00001", a2a=a2a)
    assert not remove(seeded_store, guid, process="elpl", a2a=a2a)
    assert not remove(seeded_store, guid, at=SENT + 15 * DAY, a2a=a2a)
    assert texts(seeded_store, a2a=a2a) == ["hello"]
    assert remove(seeded_store, guid, a2a=a2a)
    assert not remove(seeded_store, guid, a2a=a2a)


@pytest.mark.parametrize(
    ("at", "gone"),
    [
        (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), datetime(2026, 12, 8, 10, 0, tzinfo=UTC)),
        (datetime(2027, 3, 20, 10, 0, tzinfo=UTC), datetime(2027, 4, 4, 9, 0, tzinfo=UTC)),  # summer time began: the same hour in London
        (datetime(2026, 10, 20, 9, 0, tzinfo=UTC), datetime(2026, 11, 4, 10, 0, tzinfo=UTC)),
    ],
)
def test_fifteen_calendar_days(seeded_store: Store, post: Post, at: datetime, gone: datetime) -> None:
    post(at=at)
    for a2a in (False, True):
        assert texts(seeded_store, at=gone - SECOND, a2a=a2a) == ["hello"]
        assert texts(seeded_store, at=gone, a2a=a2a) == []
    with seeded_store.writing() as connection:
        assert notices.purge(connection, gone - SECOND) == 0
        assert notices.purge(connection, gone) == 1
        assert notices.purge(connection, gone) == 0
    assert count(seeded_store) == 0


def test_several_purge_at_once(seeded_store: Store, post: Post) -> None:
    for _ in range(30):
        post()
    removed: list[int] = []

    def purge() -> None:
        with seeded_store.writing() as connection:
            removed.append(notices.purge(connection, SENT + 15 * DAY))

    threads = [threading.Thread(target=purge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(removed), count(seeded_store)) == (30, 0)


def test_a_claim_that_is_gone_takes_them_along(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection, "ClaimRejectedToCR", None, gone_at=SENT + DAY)
        notify.step(connection, claim, "T1", SENT, "claimant-representative")
    (notice,) = listed(seeded_store, at=SENT + DAY - SECOND)
    assert listed(seeded_store, at=SENT + DAY) == []
    assert not remove(seeded_store, notice.guid, at=SENT + DAY)


def test_who_loses_the_claim_loses_its_notices(seeded_store: Store) -> None:
    """But for the one that tells of it: a transfer tells the old organisation, the new one and the other side."""
    with seeded_store.writing() as connection:
        claim = add_claim(connection, cm_organisation="COMP002")
        notices.add(connection, claim_id=claim.id, process="rta", organisation="COMP001", key="claim-sent", text="before", at=SENT)
        notify.event(connection, claim, "claim-transferred", SENT, detail={"from": "COMP001", "to": "COMP002"})
    text = f"The claim {claim.id:016d} was transferred from COMP001 to COMP002"
    for organisation in ("COMP001", "COMP002", "CR00001"):
        assert texts(seeded_store, organisation) == [text]
    (notice,) = listed(seeded_store, a2a=True)
    assert remove(seeded_store, notice.guid, a2a=True)
    assert texts(seeded_store, a2a=True) == []


SIDES = {"claimant-representative": "CR00001", "compensator": "COMP001"}


@pytest.mark.parametrize("by", SIDES)
@pytest.mark.parametrize(
    ("process", "release", "code", "reason"),
    [
        ("rta", "R7", "2", "Value of the claim below the lower limit"),
        ("rta", "R7", "14", "Belongs to the small claims protocol (OIC)"),
        ("elpl", "R6", "14", "Insurer not identified"),
    ],
)
def test_the_other_side_hears_of_an_exit_and_why(seeded_store: Store, by: str, process: str, release: str, code: str, reason: str) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection, process=process, release=release)
        notify.step(connection, claim, "T124", SENT, by, {"code": code})
        posted = notices.of_claim(connection, claim.id)
    other = next(organisation for side, organisation in SIDES.items() if side != by)
    assert posted == [(other, "process-exited", f"Exit process for claim {claim.id:016d}: {reason}", SENT)]


@pytest.mark.parametrize(("acts", "warned"), SIDES.items())
@pytest.mark.parametrize("clock", ["K10", "K11"])
def test_in_a_negotiation_whose_turn_it_is_is_warned(seeded_store: Store, acts: str, warned: str, clock: str) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection, "Stage2SettlementPackCounterOfferDecision", clock, "2027-01-15", acts=acts)
        assert claim.next_at == datetime(2027, 1, 12, tzinfo=UTC)  # Tuesday, Wednesday and Thursday are left
        notify.warn(connection, claim)
        posted = notices.of_claim(connection, claim.id)
    text = f"Stage 2 Settlement Pack counter offer needed for claim {claim.id:016d}: 3 days left"
    assert posted == [(warned, "negotiation-3-days-left", text, claim.next_at)]


def test_nothing_is_posted_for_what_tells_nobody(seeded_store: Store, claim: Claim) -> None:
    with seeded_store.writing() as connection:
        notify.step(connection, claim, "T21", SENT, "claimant-representative")
        notify.limit_reached(connection, claim, "K13", SENT)
    assert count(seeded_store) == 0


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (SENT, datetime(2026, 12, 8, tzinfo=UTC)),
        (datetime(2026, 12, 7, 23, 59, 59, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC)),
        (datetime(2026, 12, 8, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC)),  # never again, and not late
        (datetime(2026, 12, 10, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC)),
    ],
)
def test_when_the_clock_next_does_something(seeded_store: Store, claim: Claim, after: datetime, expected: datetime) -> None:
    """The limit is Tuesday 15 December: with Tuesday the 8th five business days are left, the last of them Monday."""
    with seeded_store.reading() as connection:
        assert notify.next_at(connection, claim, after) == expected


def test_before_release_6_there_is_a_second_warning(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        claim = add_claim(connection, release="R5")
        assert claim.next_at == datetime(2026, 12, 8, tzinfo=UTC)
        assert notify.next_at(connection, claim, claim.next_at) == datetime(2026, 12, 14, tzinfo=UTC)


def test_the_claims_own_calendar_counts(seeded_store: Store) -> None:
    """Friday 25 and Monday 28 December do not count under calendar 1."""
    with seeded_store.writing() as connection:
        assert add_claim(connection, due="2026-12-31").next_at == datetime(2026, 12, 22, tzinfo=UTC)


def test_a_clock_without_warning_and_no_clock(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        court = add_claim(connection, "CourtProceedingsPackResponse", "K13", "2026-12-01")
        assert court.next_at == court.due_at == datetime(2026, 12, 1, tzinfo=UTC)
        assert add_claim(connection, "LiabilityAdmitted", None).next_at is None
