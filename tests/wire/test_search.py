"""searchClaims: each criterion, whose claims are found, in which order, and what is refused (portal notes 12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
from searching import every_service, found, numbers, put, search
from world import COMP1, COMP2, CR1, CR2, LONDON, World, on_both_databases

DAY = timedelta(days=1)
RANGES = {"created_at": "startDate", "sent_at": "sentDate", "dispatched_at": "dispatchDate"}
each_range = pytest.mark.parametrize(("column", "criterion"), RANGES.items(), ids=RANGES.values())
JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)


@on_both_databases
@every_service
def test_each_criterion_alone_and_all_together(world: World, service: str) -> None:
    process, _ = service.split("-")
    wanted = {
        "cr_reference": "QF/1",
        "cm_reference": "TI/1",
        "phase": "LiabilityDecision",
        "cm_branch": "002",
        "created_at": JUNE,
        "sent_at": JUNE + DAY,
        "dispatched_at": JUNE + 2 * DAY,
    }
    one = put(world, process, **wanted)
    for _ in range(2):
        put(world, process, cr_reference="QF/2", cm_reference="TI/2", dispatched_at=datetime(2026, 11, 20, tzinfo=UTC))
    criteria: dict[str, Any] = {
        "applicationId": one,
        "branchPath": "/COMP001/002",
        "CMReferenceNumber": "TI/1",
        "CRReferenceNumber": "QF/1",
        "phaseCacheId": "LiabilityDecision",
        "startDateTo": JUNE,
        "sentDateTo": JUNE + DAY,
        "dispatchDateTo": JUNE + 2 * DAY,
    }
    for party in (CR1, COMP1):
        assert len(found(world, service, party)) == 3
        for name, value in criteria.items():
            assert found(world, service, party, **{name: value}) == [one], name
        assert found(world, service, party, **criteria) == [one]
        for name, other in (
            ("CRReferenceNumber", "QF/2"),
            ("phaseCacheId", "ClaimSubmitted"),
            ("branchPath", "/COMP001/001"),
            ("startDateFrom", JUNE + DAY),
        ):
            assert found(world, service, party, **{**criteria, "startDateTo": None, name: other}) == []


@every_service
def test_a_line_is_that_of_the_work_list(world: World, service: str) -> None:
    process, _ = service.split("-")
    put(world, process, cr_reference="QF/1", cm_reference="TI/1", current_user="comp1-handler", documents_count=2, attachments_count=3)
    for party, reference in ((CR1, "QF/1"), (COMP1, "TI/1")):
        client = world.client(party, service)
        (line,) = search(client).ok().payload["claimsList"]
        assert [line] == client.call("getClaimsList").ok().payload["claimsList"]
        assert (line["applicationReferences"], line["attachmentsCount"], line["printableDocumentsCount"]) == (reference, 3, 2)
        assert line.get("claimType") == {"rta": None, "elpl": "EL"}[process]


@every_service
def test_nothing_found_is_no_element(world: World, service: str) -> None:
    reply = search(world.client(CR1, service), CRReferenceNumber="none").ok()
    assert b"<claimInfosListResponse><code>Ok</code></claimInfosListResponse>" in reply.answer.body


@every_service
def test_without_criteria(world: World, service: str) -> None:
    process, _ = service.split("-")
    number = put(world, process)
    assert numbers(world.client(CR1, service).call("searchClaims")) == [number]
    assert found(world, service, applicationId=" ", CRReferenceNumber="", phaseCacheId="") == [number]


@on_both_databases
def test_claims_of_others_and_what_is_gone_are_not_found(world: World) -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    mine = put(world, "rta", phase="ClaimRejectedToCR", gone_at=now + timedelta(microseconds=1))
    over = put(world, "rta", phase="ExitRejectedClaim", ended=True, acts=None)
    put(world, "rta", phase="ClaimRejectedToCR", gone_at=now)
    others = put(world, "rta", cr_organisation="CR00002", cm_organisation="COMP002")
    passed_on = put(world, "rta", cm_organisation="COMP002")
    el = put(world, "elpl")
    expected = {CR1: [mine, over, passed_on], COMP1: [mine, over], CR2: [others], COMP2: [others, passed_on]}
    for party, seen in expected.items():
        assert found(world, "rta-token", party) == seen
        for number in (mine, over, others, passed_on, el):
            assert found(world, "rta-token", party, applicationId=number) == [number] * (number in seen)
        assert [row["applicationId"] for row in world.client(party, "rta-token").call("getClaimsList").ok().payload["claimsList"]] == [
            number for number in seen if number != over
        ]
    assert found(world, "elpl-token", CR1) == [el]


def test_an_id_with_and_without_zeros(world: World) -> None:
    number = put(world, "rta")
    for text in (number, str(int(number)), f" {number} ", f"00{int(number)}"):
        assert found(world, "rta-token", applicationId=text) == [number]
    assert found(world, "rta-token", applicationId="9999999999999999") == []
    for text in ("A12", "-1", "1.0", "12345678901234567", "١"):
        search(world.client(CR1, "rta-token"), applicationId=text).refused("applicationId must be a number of up to 16 digits.")


@on_both_databases
@pytest.mark.parametrize("criterion", ["CRReferenceNumber", "CMReferenceNumber"])
def test_references_are_compared_whole(world: World, criterion: str) -> None:
    """Whatever the case of A to Z, and without outer blanks. Beyond ASCII databases do not agree about case."""
    column = {"CRReferenceNumber": "cr_reference", "CMReferenceNumber": "cm_reference"}[criterion]
    plain, blank, accented = (put(world, "rta", **{column: text}) for text in ("Qf/26.a", "Qf/26.b ", "Éa"))
    put(world, "rta")
    for text in ("Qf/26.a", "QF/26.A", "qf/26.a", "  Qf/26.a "):
        assert found(world, "rta-token", **{criterion: text}) == [plain]
    assert found(world, "rta-token", **{criterion: "QF/26.B"}) == [blank]
    assert found(world, "rta-token", **{criterion: "ÉA"}) == [accented]
    for text in ("Qf/26", "f/26.a", "Qf/26._", "%", "éa", "Qf / 26.a", "x" * 10_000):
        assert found(world, "rta-token", **{criterion: text}) == []


@every_service
def test_a_phase_that_is_none(world: World, service: str) -> None:
    client = world.client(CR1, service)
    search(client, phaseCacheId="LiabilityDecison").refused(
        "phaseCacheId 'LiabilityDecison' is no phase of this process; did you mean LiabilityDecision?"
    )
    search(client, phaseCacheId="claimsubmitted").refused("did you mean ClaimSubmitted?")
    search(client, phaseCacheId="?" * 5000).refused("is no phase of this process; OPERATIONS.md lists them.")
    elsewhere = {"rta": "ClaimAcknowledged", "elpl": "Article75Decision"}[service.split("-")[0]]
    search(client, phaseCacheId=elsewhere).refused(elsewhere, "is no phase of this process")


@every_service
def test_branches(world: World, service: str) -> None:
    process, _ = service.split("-")
    first, second = put(world, process), put(world, process, cm_branch="002")
    elsewhere = put(world, process, cm_branch="002", cm_organisation="COMP002")
    assert found(world, service, COMP1, branchPath="/COMP001/001") == [first]
    assert found(world, service, COMP1, branchPath="/COMP001/002") == [second]
    assert found(world, service, COMP1, branchPath="/COMP002/002") == []
    assert found(world, service, CR1, branchPath=" /COMP001/002 ") == [second]
    assert found(world, service, CR1, branchPath="/COMP002/002") == [elsewhere]
    for party in (CR1, COMP1):
        search(world.client(party, service), branchPath="/CR00001/001").refused("branchPath", "claimant representative")
        for path in ("/COMP001", "/COMP001/009", "COMP001/001", "/", "001"):
            search(world.client(party, service), branchPath=path).refused("branchPath names no branch", "such as /COMP001/001")


@pytest.mark.parametrize("generation", ["token", "userauth"])
def test_claim_types(world: World, generation: str) -> None:
    of_type = {kind: put(world, "elpl", claim_type=kind) for kind in ("EL", "PL", "ELD")}
    for kind, number in of_type.items():
        (line,) = search(world.client(CR1, f"elpl-{generation}"), claimType=kind).ok().payload["claimsList"]
        assert (line["applicationId"], line["claimType"]) == (number, kind)


@on_both_databases
@each_range
def test_a_date_at_midnight_is_a_day_in_london(world: World, column: str, criterion: str) -> None:
    """15 June 2026 in London is from 23:00 UTC of the 14th up to 23:00 UTC of the 15th."""
    begin, end, moment = datetime(2026, 6, 14, 23, tzinfo=UTC), datetime(2026, 6, 15, 23, tzinfo=UTC), timedelta(microseconds=1)
    before, first, last, after = (put(world, "rta", **{column: at}) for at in (begin - moment, begin, end - moment, end))
    for midnight in (
        datetime(2026, 6, 15, tzinfo=LONDON),
        datetime(2026, 6, 15, tzinfo=UTC),
        datetime(2026, 6, 15, tzinfo=timezone(timedelta(hours=5))),
    ):
        range_of = {f"{criterion}From": midnight, f"{criterion}To": midnight}
        assert found(world, "rta-token", **range_of) == [first, last]
        assert found(world, "rta-token", **{f"{criterion}From": midnight}) == [first, last, after]
        assert found(world, "rta-token", **{f"{criterion}To": midnight}) == [before, first, last]


@each_range
def test_any_other_date_is_an_instant(world: World, column: str, criterion: str) -> None:
    """To the millisecond, which is as much as a reply shows of creationTime."""
    at = datetime(2026, 6, 15, 10, 0, 0, 123_000, tzinfo=UTC)
    step = timedelta(milliseconds=1)
    number = put(world, "rta", **{column: at + timedelta(microseconds=999)})
    for start, end, seen in ((at, at, True), (at, None, True), (None, at, True), (at + step, None, False), (None, at - step, False)):
        given = {f"{criterion}From": start, f"{criterion}To": end}
        assert found(world, "rta-token", **given) == [number] * seen
    mixed = {f"{criterion}From": datetime(2026, 6, 15, tzinfo=LONDON), f"{criterion}To": at}
    assert found(world, "rta-token", **mixed) == [number]


@each_range
def test_dates_that_mean_any(world: World, column: str, criterion: str) -> None:
    """DateTime.MinValue and MaxValue of .NET are no defect."""
    number = put(world, "rta", **{column: JUNE})
    for zone in (UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))):
        least, most = datetime.min.replace(tzinfo=zone), datetime.max.replace(microsecond=999_000, tzinfo=zone)
        assert found(world, "rta-token", **{f"{criterion}From": least, f"{criterion}To": most}) == [number]
        assert found(world, "rta-token", **{f"{criterion}To": least}) == []
        assert found(world, "rta-token", **{f"{criterion}From": most}) == []
        assert found(world, "rta-token", **{f"{criterion}To": datetime(9999, 12, 31, tzinfo=zone)}) == [number]


@every_service
@each_range
def test_a_range_the_wrong_way_round(world: World, service: str, column: str, criterion: str) -> None:
    client = world.client(CR1, service)
    for start, end in ((JUNE, JUNE - timedelta(milliseconds=1)), (datetime(2026, 6, 16, tzinfo=UTC), datetime(2026, 6, 15, tzinfo=UTC))):
        search(client, **{f"{criterion}From": start, f"{criterion}To": end}).refused(f"{criterion}From is after {criterion}To.")


SORTED = {"StartDate": "created_at", "UpdateDate": "updated_at", "DispatchDate": "dispatched_at"}


@on_both_databases
@pytest.mark.parametrize("field", [*SORTED, "Priority"])
def test_sorting(world: World, field: str) -> None:
    """The same dates by id in both directions; without a date last in both. What has priority is what is due first."""

    def at(day: int) -> dict[str, Any]:
        return {"running": "K1", "due": f"2027-01-{day}"} if field == "Priority" else {SORTED[field]: datetime(2026, 6, day, 12, tzinfo=UTC)}

    third, first, second = (put(world, "rta", **at(day)) for day in (16, 15, 15))
    without = [put(world, "rta") for _ in range(2)] if field in ("DispatchDate", "Priority") else []
    assert found(world, "rta-token", sortField=field) == [first, second, third, *without]
    assert found(world, "rta-token", sortField=field, sortOrder="Asc") == [first, second, third, *without]
    assert found(world, "rta-token", sortField=field, sortOrder="Desc") == [third, first, second, *without]


@every_service
def test_sorting_by_id_which_is_usual(world: World, service: str) -> None:
    process, _ = service.split("-")
    made = [put(world, process, created_at=JUNE - number * DAY) for number in range(3)]
    assert found(world, service) == found(world, service, sortField="ApplicationId") == found(world, service, sortOrder="Asc") == made
    assert found(world, service, sortField="ApplicationId", sortOrder="Desc") == found(world, service, sortOrder="Desc") == made[::-1]


def test_every_order_of_three_dates(world: World) -> None:
    for dates in permutations(range(3)):
        made = {put(world, "rta", cr_reference=str(dates), updated_at=JUNE + number * DAY): number for number in dates}
        assert [made[number] for number in found(world, "rta-token", CRReferenceNumber=str(dates), sortField="UpdateDate")] == [0, 1, 2]


def test_a_limit_that_has_passed_is_seen(world: World) -> None:
    """T19: on 15 December 2026 the liability limit of a claim sent on 23 November runs out, whether anybody looked or not."""
    number = put(world, "rta", running="K1", due="2026-12-15")
    world.set_clock("2026-12-14T23:59:59")
    assert found(world, "rta-token", phaseCacheId="ClaimSubmitted") == [number]
    world.set_clock("2026-12-15T00:00:00")
    assert found(world, "rta-token", phaseCacheId="ClaimSubmitted") == []
    assert found(world, "rta-token", phaseCacheId="LiabilityDecisionTimeout") == [number]


@on_both_databases
def test_a_work_list_is_in_the_order_of_ids(world: World) -> None:
    """Whatever the order in which limits run out, which is that of the index."""
    made = [put(world, "rta", running="K1", due=f"2027-01-{day}") for day in range(29, 10, -1)]
    for party in (CR1, COMP1):
        listed = world.client(party, "rta-token").call("getClaimsList").ok().payload["claimsList"]
        assert [row["applicationId"] for row in listed] == made
