"""What the clients of the crash harness were answered, against what is in the store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bench.crash_clients import ERROR, FAILURE, OK, PDF, Attempt
from bench.crash_clock import Window
from bench.crash_jobs import Done, compare_jobs
from bench.crash_owed import GATEWAY, left_the_store
from gateway.contract.load import contract
from gateway.store import invariants, tables
from gateway.store.engine import Store


@dataclass(slots=True)
class Recoveries:
    """After kills of one kind, in seconds: to the next Ok of a call begun after it; the longest time without an Ok until the next kill; to the end
    of the next whole run of the jobs, where they lost one.
    """

    next_ok: list[float] = field(default_factory=list)
    silence: list[float] = field(default_factory=list)
    jobs: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Verdict:
    """What the comparison found. `torn`: rules of a store that do not hold; `overtaken`: calls refused since the clock had moved the claim.

    `recoveries`: by what was killed. `left`: for how many claims the jobs still had something to do when they were killed, and when the clock had been
    moved; `fell`: how often they ended without being killed.
    """

    kills: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    reads: int = 0
    oks: int = 0
    overtaken: int = 0
    jobs: Done = field(default_factory=Done)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)
    recoveries: dict[str, Recoveries] = field(default_factory=lambda: defaultdict(Recoveries))
    left: list[tuple[int, int]] = field(default_factory=list)
    fell: int = 0

    @property
    def problems(self) -> list[str]:
        """What is lost, doubled, late, torn, refused without a reason, or a defect by a log."""
        return [*self.lost, *self.doubled, *self.jobs.lost, *self.jobs.doubled, *self.jobs.late, *self.torn, *self.refused, *self.defects]


def compare(url: str, attempts: Sequence[Attempt], now: Window) -> Verdict:
    """What was answered, and what the clock has brought since, against what is there. `now`: when the last run of the jobs was."""
    verdict = Verdict(oks=sum(one.outcome == OK for one in attempts))
    for one in attempts:
        verdict.outcomes[one.operation, one.outcome] += 1
        if one.outcome == ERROR:
            verdict.errors[one.message] += 1
    store = Store(url)
    try:
        with store.reading() as connection:
            rest = _compare_deleted(connection, attempts, now, verdict)
            _compare_claims(connection, rest, verdict)
            _compare_events(connection, rest, verdict)
            _compare_attachments(connection, rest, verdict)
            done = compare_jobs(connection, rest, now)
            done.deleted, done.late = verdict.jobs.deleted, [*verdict.jobs.late, *done.late]
            verdict.jobs = done
            for says, problems in invariants.own_checks(connection):
                verdict.torn.extend(f"not so: {says}: {problem}" for problem in problems)
            for rule in invariants.rules(connection, contract()):
                found = invariants.ask(connection, rule)
                if found.count:
                    verdict.torn.append(f"not so: {found.rule}: {found.count}, {', '.join(found.first)}")
    finally:
        store.engine.dispose()
    return verdict


def _compare_deleted(connection: Any, attempts: Sequence[Attempt], now: Window, verdict: Verdict) -> list[Attempt]:
    """The attempts on claims that are still to be there. Those whose time is over must be gone, with all that belongs to them."""
    there = set(connection.scalars(select(tables.claims.c.id)))
    must, may = left_the_store(attempts, now)
    gone = (must | may) - there
    verdict.jobs.deleted = len(gone)
    verdict.jobs.late.extend(f"claim {number} has ended, its time is over, and it is still there" for number in sorted(must & there))
    for table in (tables.events, tables.documents, tables.notices, tables.printables, tables.attachments, tables.attachment_bodies):
        left = gone & set(connection.scalars(select(table.c.claim_id).distinct()))
        verdict.torn.extend(f"claim {number} was deleted, and is still in {table.name}" for number in sorted(left))
    return [one for one in attempts if one.claim not in gone]


def _compare_claims(connection: Any, attempts: Sequence[Attempt], verdict: Verdict) -> None:
    there: dict[str, list[int]] = defaultdict(list)
    for number, mark in connection.execute(select(tables.claims.c.id, tables.claims.c.cr_reference)):
        there[mark].append(number)
    for one in attempts:
        if one.operation != "addClaim":
            continue
        found = there.pop(one.mark, [])
        if one.outcome == OK and one.claim not in found:
            verdict.lost.append(f"claim {one.claim} ({one.mark})")
        if len(found) > 1 or (found and one.outcome == FAILURE):
            verdict.doubled.append(f"claims {found} of one addClaim ({one.mark}), answered {one.outcome}")
    verdict.doubled.extend(f"claims {numbers} that nobody sent ({mark})" for mark, numbers in there.items())


def _compare_events(connection: Any, attempts: Sequence[Attempt], verdict: Verdict) -> None:
    columns = tables.events.c
    asked = (columns.claim_id, columns.number, columns.at, columns.operation, columns.user_id, columns.to_phase, columns.guid)
    rows = connection.execute(select(*asked).order_by(columns.claim_id, columns.number)).all()
    by_guid = {row.guid: row for row in rows}
    tried = {(one.claim, one.operation, one.given) for one in attempts if one.given and one.outcome != FAILURE}
    for one in attempts:
        if one.outcome != OK or one.operation == "addAttachment":
            continue
        row = by_guid.get(one.guid)
        if row is None or (row.claim_id, row.operation, row.to_phase) != (one.claim, one.operation, one.phase):
            verdict.lost.append(f"{one.operation} on claim {one.claim}, guid {one.guid}")
        elif not one.window[0] <= row.at <= one.window[1]:
            verdict.torn.append(f"event {row.number} of claim {row.claim_id} is of {row.at}, and the call was not: {one.window}")
    before: dict[int, str] = {}
    overtaken: set[tuple[int, str]] = set()  # by the clock or the gateway; crash_owed says whether they were right to
    for row in rows:
        if row.number > 1 and (not row.operation or row.user_id == GATEWAY):
            overtaken.add((row.claim_id, before.get(row.claim_id, "")))
            if row.operation:
                overtaken.add((row.claim_id, ""))  # it has ended, and takes no files either
        elif row.number > 1 and (row.claim_id, row.operation, before.get(row.claim_id)) not in tried:
            verdict.doubled.append(f"event {row.number} of claim {row.claim_id}, {row.operation}, that nobody sent")
        before[row.claim_id] = row.guid
    for one in attempts:
        if one.outcome == FAILURE and (one.claim, one.given) in overtaken:
            verdict.overtaken += 1
        elif one.outcome == FAILURE:
            verdict.refused.append(f"{one.operation} on claim {one.claim}: {one.message}")


def _compare_attachments(connection: Any, attempts: Sequence[Attempt], verdict: Verdict) -> None:
    files, bodies = tables.attachments.c, tables.attachment_bodies.c
    of_it = (bodies.claim_id == files.claim_id) & (bodies.number == files.number)
    there: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(
        select(files.claim_id, files.guid, files.title, bodies.body).join_from(tables.attachments, tables.attachment_bodies, of_it)
    ):
        there[row.title].append(row)
    for one in attempts:
        if one.operation != "addAttachment":
            continue
        found = there.pop(one.mark, [])
        whole = [row for row in found if row.claim_id == one.claim and bytes(row.body) == PDF + one.mark.encode()]
        if one.outcome == OK and [row.guid for row in whole] != [one.guid]:
            verdict.lost.append(f"attachment {one.mark} of claim {one.claim}")
        if len(found) > 1 or len(whole) < len(found) or (found and one.outcome == FAILURE):
            verdict.doubled.append(f"attachment {one.mark} of claim {one.claim} is there {len(found)} times, whole {len(whole)} times")
    verdict.doubled.extend(f"attachment {mark} that nobody sent" for mark in there)
