"""What the clock and the jobs owed the claims of a crash run, against what is in the store: once each, and nothing besides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bench.crash_clients import Attempt
from bench.crash_clock import Window
from bench.crash_owed import Notice, Owed, attachment_notices, is_over, owed, printed
from gateway.store import tables

AHEAD = timedelta(days=1)  # how far back a run of the jobs looks for steps whose documents are to be printed
_PDF, _PDF_END = b"%PDF-", b"%%EOF"


@dataclass(slots=True)
class Done:
    """What was compared, and what was found. `late`: what should have been done by the last run of the jobs, and was not."""

    limits: int = 0
    warnings: int = 0
    notices: int = 0
    documents: int = 0
    deleted: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


def compare_jobs(connection: Any, attempts: Sequence[Attempt], now: Window) -> Done:
    """All that the claims in the store are owed. `now`: when the last run of the jobs was."""
    done = Done()
    histories = _histories(connection)
    mine: dict[int, dict[tuple[str, str], Attempt]] = defaultdict(dict)
    for one in attempts:
        mine[one.claim][one.operation, one.given] = one
    brought: dict[int, Owed] = {}
    for number, history in histories.items():
        brought[number] = owed(number, history, mine[number], now)
        done.limits += brought[number].limits
        done.doubled += brought[number].doubled
        done.late += brought[number].late
    for row in connection.execute(select(tables.attachments.c.claim_id, tables.attachments.c.organisation_id, tables.attachments.c.at)):
        brought[row.claim_id].must.update(attachment_notices(row))
    _compare_notices(connection, brought, now, done)
    _compare_documents(connection, histories, now, done)
    return done


def _histories(connection: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(tables.events).order_by(tables.events.c.claim_id, tables.events.c.number)):
        found[row.claim_id].append(row)
    return found


def _compare_notices(connection: Any, brought: dict[int, Owed], now: Window, done: Done) -> None:
    columns = tables.notices.c
    there: dict[int, Counter[Notice]] = defaultdict(Counter)
    for row in connection.execute(select(columns.claim_id, columns.organisation_id, columns.key, columns.at)):
        there[row.claim_id][row.organisation_id, row.key, row.at] += 1
    for number in sorted(there.keys() | brought.keys()):
        posted, due = there[number], brought.get(number, Owed())
        for notice in posted.keys() | due.must.keys():
            wanted, found = due.must[notice], posted[notice]
            told = f"{notice[1]} to {notice[0]} about claim {number} at {notice[2]}"
            if is_over(notice, now[0]):
                if found:
                    done.late.append(f"{told} is still there")
            elif found < wanted and not is_over(notice, now[1]):
                done.lost.append(f"{told} was not posted")
            elif found > wanted + (notice in due.may):
                done.doubled.append(f"{told} is there {found} times, brought {wanted} times")
            else:
                done.notices += found
                done.warnings += found if notice[1].endswith("-left") else 0


def _compare_documents(connection: Any, histories: dict[int, list[Any]], now: Window, done: Done) -> None:
    counts = connection.execute(select(tables.claims.c.id, tables.claims.c.documents_count)).all()
    for number, count in counts:
        wanted = sum(len(printed(row.row)) for row in histories[number])
        if count != wanted:
            done.doubled.append(f"claim {number} has {count} printable documents, and its steps made {wanted}")
    columns = tables.printables.c
    there: dict[tuple[int, int], list[str]] = defaultdict(list)
    begins, ends = func.substr(columns.body, 1, len(_PDF)), func.substr(columns.body, func.length(columns.body) - len(_PDF_END))
    for row in connection.execute(select(columns.claim_id, columns.number, columns.kind, begins.label("begins"), ends.label("ends"))):
        there[row.claim_id, row.number].append(row.kind)
        if bytes(row.begins) != _PDF or not bytes(row.ends).rstrip().endswith(_PDF_END):
            done.lost.append(f"{row.kind} of event {row.number} of claim {row.claim_id} is no whole PDF")
    for number, history in histories.items():
        for row in history:
            wanted, found = sorted(printed(row.row)), sorted(there.pop((number, row.number), []))
            done.documents += len(found)
            if found == wanted or (not found and row.at < now[1] - AHEAD):
                continue  # what is older than a day is printed when somebody asks for it
            where = done.late if set(found) < set(wanted) else done.doubled
            where.append(f"event {row.number} of claim {number} made {wanted}, printed are {found}")
    done.doubled.extend(f"{kinds} of event {number} of claim {claim}, which is not there" for (claim, number), kinds in there.items())
