"""The store of the soak: its organisations before, and what must be in it after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text

from bench.calls import PASSWORD
from bench.soak_claim import Claim
from bench.soak_clock import business_day, instants
from bench.soak_wire import Party
from gateway.clock import Moment, start_of_day
from gateway.commands.serve import prepare
from gateway.config import Settings
from gateway.contract.load import contract
from gateway.contract.retention import retention
from gateway.store import account_rules, claims, notices, passwords, tables, tokens
from gateway.store.credentials import Caller
from gateway.store.engine import Store
from gateway.store.organisations import all_of_them

COMPENSATORS_SHARE = 0.1
BRANCHES = ("001", "002", "003")
_USERAUTH_EVERY = 20  # every twentieth organisation still uses the older generation; U
# what ended is kept so long, and what only waits to be acknowledged is acknowledged by the gateway after so long (portal notes 11.1)
KEPT = UNACKNOWLEDGED = timedelta(days=30)
ACKNOWLEDGED = retention().acknowledgement.operations
_ADDRESS = {"addressType": "F", "street1": "Larch Row", "city": "Northbridge", "country": "England", "postCode": "ZZ99 1AA"}
_PROFILES = {"CR": ["CR RTA Claim Handler", "CR ELPL Claim Handler"], "COMP": ["COMP Claim Handler"]}


def seed(settings: Settings, organisations: int) -> list[Party]:
    """Make the tables, and so many organisations with branches, a user and an A2A account each; nine in ten are claimant representatives.

    Passwords are slow to check on purpose, and all organisations would log in at once: one hash serves all, and each begins with a token.
    """
    account_rules.configure(settings)
    prepare(settings, demo=False)
    store = Store.from_settings(settings)
    now, kept = Moment.now(), passwords.keep(PASSWORD)
    rows = list(_organisations(organisations))
    try:
        with store.writing() as connection:
            connection.execute(insert(tables.organisations), rows)
            connection.execute(insert(tables.branches), [branch for row in rows for branch in _branches(row)])
            connection.execute(insert(tables.users), [_user(row) | {"created_at": now.utc} for row in rows])
            accounts = [
                {"id": f"{row['id']}-a2a".lower(), "organisation_id": row["id"], "password_hash": kept, "created_at": now.utc} for row in rows
            ]
            connection.execute(insert(tables.identities), accounts)
            return [_party(connection, number, one) for number, one in enumerate(all_of_them(connection))]
    finally:
        store.engine.dispose()


def _organisations(number: int) -> Iterator[dict[str, Any]]:
    compensators = max(round(number * COMPENSATORS_SHARE), 1)
    for kind, shape, many in (("CR", "CR{:05d}", number - compensators), ("COMP", "COMP{:03d}", compensators)):
        for one in range(1, many + 1):
            id = shape.format(one)
            kept = {"id": id, "path": f"/{id}", "name": f"Organisation {id}", "kind": kind, "compensator_type": "I" if kind == "COMP" else None}
            yield {**kept, "rta": True, "elpl": True, "address": _ADDRESS}


def _branches(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for id in BRANCHES if row["kind"] == "COMP" else BRANCHES[:1]:
        kind = "central" if row["kind"] == "COMP" and id == BRANCHES[0] else "handling"
        named = {"name": f"Branch {id}", "kind": kind, "address": _ADDRESS}
        yield {"organisation_id": row["id"], "id": id, "path": f"{row['path']}/{id}", **named}


def _user(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {"id": f"{row['id']}-handler".lower(), "name": "Ada", "surname": "Thornbury"}
    return {**named, "organisation_id": row["id"], "branch_id": BRANCHES[0], "profiles": _PROFILES[row["kind"]]}


def _party(connection: Any, number: int, one: Any) -> Party:
    party = Party(one.id, f"{one.id}-a2a".lower(), f"{one.id}-handler".lower())
    if number % _USERAUTH_EVERY:
        pair = tokens.issue(connection, Caller(party.identity, party.user, BRANCHES[0], "", one, password_version=1))
        party.access, party.refresh = pair.access, pair.refresh
    return party


def expired_wrong(store: Store, claim: Claim) -> str:
    """What is wrong with how the claim's limit ran out: with its event, the warning before it, and the notices of it. "" if nothing is."""
    limit, (earliest, latest) = claim.life.limit, claim.due
    assert limit is not None
    with store.reading() as connection:
        history = claims.history(connection, claim.number)
        posted = notices.of_claim(connection, claim.number)
    event = next((one for one in history if not one.operation), None)
    if event is None or (event.row, event.to_phase) != (limit.row, limit.to):
        return f"no event {limit.row} in its history"
    if event.at not in instants(earliest, latest):
        return f"{limit.row} bears {event.at}, and the limit was the beginning of {latest} in London"
    if not limit.key:
        return ""
    runs_out = next(day for day in _days(earliest, latest) if start_of_day(day) == event.at)
    warned = start_of_day(business_day(runs_out, -limit.warned))
    told = {(organisation, key, at) for organisation, key, _, at in posted}
    wanted = {
        (claim.party(limit.is_warned).organisation, f"{limit.key}-{limit.warned}-days-left", warned),
        (claim.compensator.organisation, f"{limit.key}-reached", event.at),
        (claim.representative.organisation, f"{limit.key}-reached", event.at),
    }
    missing = sorted(f"{key} to {organisation} at {at}" for organisation, key, at in wanted - told)
    return f"not posted: {', '.join(missing)}" if missing else ""


def _days(earliest: date, latest: date) -> list[date]:
    return [earliest + timedelta(days=number) for number in range((latest - earliest).days + 1)]


def lost(store: Store, known: Mapping[int, Claim], today: date) -> list[str]:
    """Claims that are not in the store as they were answered, and claims in it that nobody sent. Those that retention has dealt with are right too."""
    with store.reading() as connection:
        columns = tables.claims.c
        rows = connection.execute(select(columns.id, columns.phase, columns.guid, columns.event_number)).all()
        archived = set(connection.scalars(select(tables.archived_claims.c.id)))
    there = {row.id: row for row in rows}
    problems = [f"claim {number} is in the store, and nobody was told of it" for number in sorted(there.keys() - known.keys())]
    for number, claim in known.items():
        row = there.get(number)
        if claim.broken or (row is not None and (row.phase, row.guid, row.event_number) == (claim.phase, claim.guid, claim.changes)):
            continue  # of one that is broken a problem was told already, and nobody knows what became of it
        ended, idle = contract().phases[claim.phase].end, today - claim.changed
        waits = ACKNOWLEDGED.get(claim.phase)
        if row is None:
            if number not in archived and idle < (KEPT if ended else UNACKNOWLEDGED + KEPT if waits else timedelta.max):
                problems.append(f"claim {number}, last in {claim.phase}, is gone")
        elif waits is None or idle < UNACKNOWLEDGED or not contract().phases[row.phase].end or row.event_number != claim.changes + 1:
            problems.append(
                f"claim {number} is in {row.phase} with {row.event_number} events; answered was {claim.phase}, after {claim.changes} changes"
            )
    return problems


def size(store: Store, settings: Settings) -> int:
    """Of the store in bytes, its log among them."""
    if not store.is_sqlite:
        with store.reading() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    file = Path(settings.store_url.removeprefix("sqlite:///"))
    return sum(one.stat().st_size for one in (file, file.with_name(f"{file.name}-wal")) if one.exists())
