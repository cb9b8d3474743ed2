"""What is true of every store that this program has written, and can be asked of it: for `gateway db check`.

Each is one statement, so that it sees one state of the store while calls go on, and reads every claim once: for an operator, not for a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, func, literal, not_, or_, select, text, union_all
from sqlalchemy import cast as sql_cast

from gateway.contract.model import Contract
from gateway.store.tables import (
    archived_claims,
    attachment_bodies,
    attachments,
    claims,
    documents,
    events,
    metadata,
    printables,
)

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What was asked, in words; how often it does not hold, and the first of what it does not hold for."""

    rule: str
    count: int
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that holds, in words, and the ids of the claims for which it does not."""

    says: str
    broken: Select[Any]


def rules(connection: Connection, contract: Contract) -> Sequence[Rule]:
    """What holds for the claims of a store."""
    return (*_history(), *_counts(connection), *_state(contract))


def ask(connection: Connection, rule: Rule) -> Finding:
    """Whether a rule holds."""
    broken = rule.broken.subquery()
    count = connection.scalar(select(func.count()).select_from(broken)) or 0
    first = connection.scalars(select(broken.c[0]).order_by(broken.c[0]).limit(SHOWN)).all() if count else ()
    return Finding(rule.says, count, tuple(f"{number:016d}" for number in first))


def own_checks(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    """What the database finds out about itself: the question in words, and what is wrong. PostgreSQL keeps its references and pages itself; one
    look at every row shows whether they can be read.
    """
    if connection.dialect.name == "sqlite":
        found = [str(line) for line in connection.scalars(text("PRAGMA integrity_check"))]
        yield "the file is whole", [] if found == ["ok"] else found
        rows = connection.execute(text("PRAGMA foreign_key_check")).all()
        yield "whatever is referred to is there", [f"{row[0]}, row {row[1]}: no such row of {row[2]}" for row in rows]
        return
    for table in metadata.sorted_tables:
        if unknown := _unvalidated(connection, table.name):
            yield f"references of {table.name} are enforced", unknown
    yield "whatever is referred to is there", _loose(connection)


def _unvalidated(connection: Connection, table: str) -> list[str]:
    found = connection.scalars(text("SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(:table) AND NOT convalidated"), {"table": table})
    return [str(name) for name in found]


def _loose(connection: Connection) -> list[str]:
    """Rows whose reference leads nowhere: not possible while the constraints hold, and found where somebody had switched them off."""
    found = []
    for table in metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            parent = constraint.referred_table.alias()
            pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
            there = select(literal(1)).where(*(theirs == mine for mine, theirs in pairs)).exists()
            given = and_(*(mine.is_not(None) for mine, _ in pairs))
            if count := connection.scalar(select(func.count()).select_from(table).where(given, ~there)):
                found.append(f"{table.name}: {count:,} rows refer to {constraint.referred_table.name} in vain")
    return found


def _history() -> Iterator[Rule]:
    by_claim = (
        select(events.c.claim_id, func.count().label("count"), func.min(events.c.number).label("least"), func.max(events.c.number).label("most"))
        .group_by(events.c.claim_id)
        .subquery()
    )
    complete = and_(by_claim.c.least == 1, by_claim.c.count == by_claim.c.most, by_claim.c.most == claims.c.event_number)
    yield Rule(
        "every claim has its whole history, from its first event to the number in its row",
        select(claims.c.id).outerjoin(by_claim, by_claim.c.claim_id == claims.c.id).where(or_(by_claim.c.count.is_(None), not_(complete))),
    )
    last = and_(events.c.claim_id == claims.c.id, events.c.number == claims.c.event_number)
    yield Rule(
        "every claim has the guid and the phase of its last event",
        select(claims.c.id).join(events, last).where(or_(events.c.guid != claims.c.guid, events.c.to_phase != claims.c.phase)),
    )
    before = events.alias()
    follows = and_(before.c.claim_id == events.c.claim_id, before.c.number == events.c.number - 1)
    yield Rule(
        "every event begins in the phase to which the one before it led",
        select(events.c.claim_id).join(before, follows).where(before.c.to_phase != events.c.from_phase).distinct(),
    )
    twice = select(events.c.guid).group_by(events.c.guid).having(func.count() > 1)
    yield Rule("no guid was given twice", select(events.c.claim_id).where(events.c.guid.in_(twice)).distinct())


def _counts(connection: Connection) -> Iterator[Rule]:
    files = (
        select(attachments.c.claim_id, func.count().label("count"), func.max(attachments.c.number).label("most"))
        .group_by(attachments.c.claim_id)
        .subquery()
    )
    counted = or_(func.coalesce(files.c.count, 0) != claims.c.attachments_count, func.coalesce(files.c.most, 0) != claims.c.attachments_count)
    yield Rule(
        "every claim has as many attachments as its row says",
        select(claims.c.id).outerjoin(files, files.c.claim_id == claims.c.id).where(counted),
    )
    its_bytes = and_(attachment_bodies.c.claim_id == attachments.c.claim_id, attachment_bodies.c.number == attachments.c.number)
    size = func.length(attachment_bodies.c.body)
    without = or_(attachment_bodies.c.number.is_(None), size != attachments.c.size)
    yield Rule("every attachment has its bytes", select(attachments.c.claim_id).outerjoin(attachment_bodies, its_bytes).where(without).distinct())
    if connection.dialect.name == "sqlite":
        kinds: Any = func.json_array_length(events.c.frozen, "$.kinds")
    else:
        kinds = func.jsonb_array_length(events.c.frozen["kinds"])
    printed = (
        select(events.c.claim_id, func.sum(sql_cast(kinds, Integer)).label("count"))
        .where(events.c.frozen.is_not(None))
        .group_by(events.c.claim_id)
        .subquery()
    )
    yield Rule(
        "every claim has as many printable documents as its row says",
        select(claims.c.id)
        .outerjoin(printed, printed.c.claim_id == claims.c.id)
        .where(func.coalesce(printed.c.count, 0) != claims.c.documents_count),
    )
    its_step = and_(events.c.claim_id == printables.c.claim_id, events.c.number == printables.c.number, events.c.frozen.is_not(None))
    stray = select(printables.c.claim_id).outerjoin(events, its_step).where(events.c.number.is_(None))
    its_event = and_(events.c.claim_id == documents.c.claim_id, events.c.number == documents.c.number, events.c.operation == documents.c.operation)
    loose = select(documents.c.claim_id).outerjoin(events, its_event).where(events.c.number.is_(None))
    both = union_all(stray, loose).subquery()
    yield Rule("every document belongs to a step of its claim", select(both.c.claim_id).distinct())


def _state(contract: Contract) -> Iterator[Rule]:
    ends = [phase.id for phase in contract.phases.values() if phase.end]
    others = [phase.id for phase in contract.phases.values() if not phase.end]
    as_told = or_(and_(claims.c.phase.in_(ends), claims.c.ended), and_(claims.c.phase.in_(others), not_(claims.c.ended)))
    yield Rule("every claim is in a phase this program knows, and has ended if that is an end", select(claims.c.id).where(not_(as_told)))
    runs = and_(claims.c.running.is_not(None), claims.c.due_at.is_not(None))
    rests = and_(claims.c.running.is_(None), claims.c.due_at.is_(None), claims.c.next_at.is_(None))
    yield Rule("a time limit runs with a date, or not at all", select(claims.c.id).where(not_(or_(runs, rests))))
    yield Rule(
        "no claim is in the archive and still among the claims", select(claims.c.id).join(archived_claims, archived_claims.c.id == claims.c.id)
    )
