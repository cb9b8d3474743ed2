"""What the clients of the crash harness were answered, against what is in the store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bench.crash_clients import ERROR, FAILURE, OK, PDF, Attempt
from gateway.contract.load import contract
from gateway.store import invariants, tables
from gateway.store.engine import Store


@dataclass(slots=True)
class Verdict:
    """What the comparison found. `torn`: rules of a store that do not hold."""

    kills: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    reads: int = 0
    oks: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """What is lost, doubled, torn, refused without a reason, or a defect by the server's log."""
        return [*self.lost, *self.doubled, *self.torn, *self.refused, *self.defects]


def compare(url: str, attempts: Sequence[Attempt]) -> Verdict:
    """What was answered against what is there."""
    verdict = Verdict(oks=sum(one.outcome == OK for one in attempts))
    for one in attempts:
        verdict.outcomes[one.operation, one.outcome] += 1
        if one.outcome == ERROR:
            verdict.errors[one.message] += 1
        if one.outcome == FAILURE:
            verdict.refused.append(f"{one.operation} on claim {one.claim}: {one.message}")
    store = Store(url)
    try:
        with store.reading() as connection:
            _compare_claims(connection, attempts, verdict)
            _compare_events(connection, attempts, verdict)
            _compare_attachments(connection, attempts, verdict)
            for says, problems in invariants.own_checks(connection):
                verdict.torn.extend(f"not so: {says}: {problem}" for problem in problems)
            for rule in invariants.rules(connection, contract()):
                found = invariants.ask(connection, rule)
                if found.count:
                    verdict.torn.append(f"not so: {found.rule}: {found.count}, {', '.join(found.first)}")
    finally:
        store.engine.dispose()
    return verdict


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
    rows = connection.execute(
        select(columns.claim_id, columns.number, columns.operation, columns.to_phase, columns.guid).order_by(columns.claim_id, columns.number)
    ).all()
    by_guid = {row.guid: row for row in rows}
    tried = {(one.claim, one.operation, one.given) for one in attempts if one.given and one.outcome != FAILURE}
    for one in attempts:
        if one.outcome != OK or one.operation == "addAttachment":
            continue
        row = by_guid.get(one.guid)
        if row is None or (row.claim_id, row.operation, row.to_phase) != (one.claim, one.operation, one.phase):
            verdict.lost.append(f"{one.operation} on claim {one.claim}, guid {one.guid}")
    before: dict[int, str] = {}
    for row in rows:
        if row.number > 1 and (row.claim_id, row.operation, before.get(row.claim_id)) not in tried:
            verdict.doubled.append(f"event {row.number} of claim {row.claim_id}, {row.operation or 'by the clock'}, that nobody sent")
        before[row.claim_id] = row.guid


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
