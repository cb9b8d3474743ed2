"""The daily job: which claims it deletes, archives and acknowledges, on which day, and which it leaves alone (portal notes 11.1)."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from claim_rows import SENT
from handles import AddClaims, Do
from sqlalchemy import func, select

from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.jobs import retention as jobs
from gateway.jobs import run as runs
from gateway.jobs.retention import enforce, forecast, keep_claims
from gateway.jobs.work import Work
from gateway.store import archive, claims, due
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.store.tables import claims as claims_table

DELETED = "claims deleted, their time over"
ACKNOWLEDGED = "ends acknowledged by the gateway"
ENDED = {"running": None, "ended": True, "acts": None}
WAITING = {"running": None, "acts": "claimant-representative"}
DAY_BEFORE, DAY = "2026-12-22T23:59:59", "2026-12-23T00:00:00"  # thirty days after SENT, which is on 23 November


def there(store: Store, claim: Claim) -> Claim | None:
    with store.reading() as connection:
        return claims.load(connection, claim.id)


def work(store: Store, at: str, **more: bool) -> Work:
    return Work(store, contract(), Moment(datetime.fromisoformat(at).replace(tzinfo=UTC)), **more)


def event(store: Store, claim: Claim, at: datetime, row: str, number: int = 1) -> None:
    with store.writing() as connection:
        claims.add_event(
            connection, {"claim_id": claim.id, "number": number, "at": at, "row": row, "operation": "x", "to_phase": claim.phase, "guid": claim.guid}
        )


@pytest.mark.parametrize("phase", ["Stage2SettlementPackConfirmationEnd", "Stage2SettlementPackAllDamagesAgreedEnd", "FraudStated", "ExitProcessEnd"])
def test_thirty_days(seeded_store: Store, add_claims: AddClaims, do: Do, phase: str) -> None:
    (claim,) = add_claims(phase=phase, **ENDED)
    assert do(keep_claims, DAY_BEFORE) == {}
    assert do(keep_claims, DAY) == {DELETED: 1}
    assert there(seeded_store, claim) is None
    assert do(keep_claims, DAY) == {}


def test_days_are_those_of_london(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """Ended on 29 May 2026 at 23:30 by UTC, which is the 30th in London; thirty days later is 29 June."""
    add_claims(phase="ExitProcessEnd", updated_at=datetime(2026, 5, 29, 23, 30, tzinfo=UTC), **ENDED)
    assert do(keep_claims, "2026-06-28T22:59:59") == {}
    assert do(keep_claims, "2026-06-28T23:00:00") == {DELETED: 1}


def test_from_the_end_and_from_the_last_change(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """What is no step of the process (no row) does not make a settled claim younger, but it is a change of a claim with fraud."""
    later = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    settled, fraud = (add_claims(phase=phase, updated_at=later, **ENDED)[0] for phase in ("Stage2SettlementPackAgreedEnd", "FraudStatedEnd"))
    for claim in (settled, fraud):
        event(seeded_store, claim, SENT, "T85")
        event(seeded_store, claim, later, "", 2)
    assert do(keep_claims, DAY) == {DELETED: 1}
    assert there(seeded_store, settled) is None
    assert do(keep_claims, "2026-12-30T23:59:59") == {}
    assert do(keep_claims, "2026-12-31T00:00:00") == {DELETED: 1}


def test_a_child_is_exempt_until_eighteen(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    (claim,) = add_claims(phase="ExitProcessEnd", birth_date=date(2010, 6, 15), **ENDED)
    assert do(keep_claims, "2028-06-14T22:59:59") == {}
    assert do(keep_claims, "2028-06-14T23:00:00") == {DELETED: 1}
    assert there(seeded_store, claim) is None


def test_claims_in_progress_and_deleted_ones_are_left_alone(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """A claim deleted for good has a time of its own."""
    given = [
        *add_claims(phase="ClaimSubmitted", running=None),
        *add_claims(phase="StartOfStage21", **WAITING),
        *add_claims(phase="ExitProcessEnd", deleted_at=SENT, gone_at=datetime(2028, 1, 1, tzinfo=UTC), **ENDED),
        *add_claims(phase="ExitProcess", deleted_at=SENT, gone_at=datetime(2028, 1, 1, tzinfo=UTC), **WAITING),
    ]
    assert do(keep_claims, "2027-12-01T00:00:00") == {}
    assert [there(seeded_store, claim) for claim in given] == given


def test_switched_off(seeded_store: Store, add_claims: AddClaims) -> None:
    (claim,) = add_claims(phase="ExitProcessEnd", **ENDED)
    assert keep_claims(work(seeded_store, DAY, retention=False)) == ()
    assert there(seeded_store, claim) == claim


@pytest.mark.parametrize(
    ("phase", "acts", "to", "row"),
    [
        ("ExitProcess", "compensator", "ExitProcessEnd", "T125"),
        ("LiabilityDecisionTimeout", "claimant-representative", "LiabilityDecisionTimeoutEnd", "T20"),
        ("DeniedLiability", "claimant-representative", "DeniedLiabilityEnd", "T27"),
        ("Stage2SettlementPackAgreed", "compensator", "Stage2SettlementPackAgreedEnd", "T85"),
        ("EndOfStage2", "claimant-representative", "EndOfStage2End", "T123"),
        ("Stage2AdditionalDamagesDecisionTimeout", "claimant-representative", "Stage2AdditionalDamagesDecisionTimeoutEnd", "T107"),
    ],
)
def test_the_gateway_acknowledges(seeded_store: Store, add_claims: AddClaims, do: Do, phase: str, acts: str, to: str, row: str) -> None:
    (claim,) = add_claims(phase=phase, running=None, acts=acts)
    assert do(keep_claims, DAY_BEFORE) == {}
    assert do(keep_claims, DAY) == {ACKNOWLEDGED: 1}
    after = there(seeded_store, claim)
    assert after is not None
    assert (after.phase, after.ended, after.acts) == (to, True, None)
    assert after.guid != claim.guid
    with seeded_store.reading() as connection:
        (done,) = claims.history(connection, claim.id)
    assert (done.row, done.organisation_id, done.user_id, done.from_phase, done.to_phase) == (row, "", "gateway", phase, to)
    assert done.at == datetime(2026, 12, 23, tzinfo=UTC)
    # its own thirty days begin now
    assert do(keep_claims, "2027-01-21T00:00:00") == {}


def test_an_acknowledgement_that_would_not_end_the_process(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    """A child's settlement goes on to the court, and that nobody may decide for the claimant representative."""
    (claim,) = add_claims(phase="Stage2SettlementPackAgreed", state={"child-at-stage-2-agreement": True}, **WAITING)
    assert forecast(work(seeded_store, DAY)) == {}
    assert do(keep_claims, DAY) == {}
    assert there(seeded_store, claim) == claim


def test_a_childs_claim_with_fraud_is_acknowledged_and_kept(seeded_store: Store, add_claims: AddClaims, do: Do) -> None:
    (claim,) = add_claims(phase="FraudStated", birth_date=date(2015, 1, 1), **WAITING)
    assert do(keep_claims, DAY) == {ACKNOWLEDGED: 1}
    after = there(seeded_store, claim)
    assert after is not None
    assert after.phase == "FraudStatedEnd"
    assert do(keep_claims, "2030-01-01T00:00:00") == {}


def test_a_dry_run_counts_by_rule_and_changes_nothing(seeded_store: Store, add_claims: AddClaims) -> None:
    gone = datetime(2026, 12, 1, tzinfo=UTC)
    add_claims(3, phase="ExitProcessEnd", **ENDED)
    add_claims(2, phase="Stage2SettlementPackAgreedEnd", **ENDED)
    add_claims(1, phase="EndOfStage2End", **ENDED)
    add_claims(4, phase="ExitProcess", **WAITING)
    add_claims(5, phase="ClaimRejectedToCR", gone_at=gone, **WAITING)
    add_claims(6, phase="ClaimSubmitted", running=None, deleted_at=SENT, gone_at=gone)
    add_claims(7)
    expected = {"ended-otherwise": 3, "settled": 2, "court-pack": 1, "not-acknowledged": 4, "rejected": 5, "deleted-for-good": 6}
    assert forecast(work(seeded_store, DAY)) == forecast(work(seeded_store, DAY)) == expected


def test_one_that_fails_keeps_no_other(seeded_store: Store, add_claims: AddClaims, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = add_claims(2, phase="ExitProcessEnd", **ENDED)
    delete = due.delete_claim

    def failing(connection: object, claim_id: int) -> None:
        if claim_id == bad.id:
            raise ValueError("a defect")
        delete(connection, claim_id)  # type: ignore[arg-type]

    monkeypatch.setattr(due, "delete_claim", failing)
    found, failed = enforce(work(seeded_store, DAY))
    assert (dict(found), failed) == ({"ended-otherwise": 1}, 1)
    assert there(seeded_store, bad) == bad
    assert there(seeded_store, good) is None


def test_more_than_a_page_and_several_workers(seeded_store: Store, add_claims: AddClaims, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "PAGE", 7)
    add_claims(20, phase="ExitProcessEnd", **ENDED)
    add_claims(3, phase="ExitProcess", **WAITING)
    found: list[int] = []
    workers = [threading.Thread(target=lambda: found.append(sum(enforce(work(seeded_store, DAY))[0].values()))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(found) == 23
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(claims_table)) == 3


def test_it_can_be_stopped_between_two_claims(seeded_store: Store, add_claims: AddClaims) -> None:
    add_claims(5, phase="ExitProcessEnd", **ENDED)
    asked = iter([False, False, True])
    found, _ = enforce(Work(seeded_store, contract(), Moment(datetime(2026, 12, 23, tzinfo=UTC)), lambda: next(asked)))
    assert sum(found.values()) == 2


def test_a_service_does_it_once_a_day(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the date in London of the process clock."""
    times = iter(["2026-12-22T23:59:58", "2026-12-22T23:59:59", "2026-12-23T00:00:00", "2026-12-23T00:01:00"])
    asked: list[bool] = []
    stop = threading.Event()

    def job(one: Work) -> tuple[()]:
        asked.append(one.retention)
        if len(asked) == 4:
            stop.set()
        return ()

    monkeypatch.setattr(runs, "JOBS", (job,))
    monkeypatch.setattr(runs, "begin", lambda store, _contract, _stopping: work(store, next(times)))
    runs.serve(seeded_store, contract(), 0.001, stop)
    assert asked == [True, False, True, False]


def test_the_archive_is_over_after_twelve_months(seeded_store: Store, do: Do) -> None:
    kept = archive.Archived(
        7, "rta", "RTA", "EndOfStage2End", "CR00001", "COMP001", None, None, SENT, datetime(2027, 11, 23, tzinfo=UTC), "<a/>", "<b/>", []
    )
    with seeded_store.writing() as connection:
        archive.add(connection, kept, [archive.Printed(1, "a.pdf", "A", SENT, b"%PDF")])
    before, then = Moment(datetime(2027, 11, 22, 23, 59, 59, tzinfo=UTC)), Moment(datetime(2027, 11, 23, tzinfo=UTC))
    with seeded_store.reading() as connection:
        assert archive.find(connection, 7, before.utc) == kept
        assert archive.find(connection, 7, then.utc) is None
        assert list(archive.of_organisation(connection, "CR00001", then.utc)) == []
    assert forecast(Work(seeded_store, contract(), then)) == {jobs.EXPIRED: 1}
    assert do(keep_claims, "2027-11-22T23:59:59") == {}
    assert do(keep_claims, "2027-11-23T00:00:00") == {"claims removed from the archive": 1}
    with seeded_store.reading() as connection:
        assert archive.documents_of(connection, 7) == []
