"""`gateway db check`: whether the store is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer
from rich.console import Console
from rich.progress import track

from gateway.commands.opening import opened, refuse
from gateway.commands.opening import settings as read_settings
from gateway.commands.output import Json, as_json, as_table, fields_of
from gateway.contract.load import contract
from gateway.store import StoreDamaged, StoreUnavailable, invariants
from gateway.store.engine import Store
from gateway.store.invariants import Finding
from gateway.store.migrations import NEWEST
from gateway.store.upgrade import revision
from gateway.store.whereabouts import exists, place, version


def check(*, json: Json = False) -> None:
    """Look at the whole store: its tables, the database's own checks, and whether claims, events, documents and counts agree.

    Reads every claim once, while calls go on; nothing is changed. Exit code 0: all is well, 1: something is wrong, or the store does not answer.
    """
    settings = read_settings()
    if not exists(settings.store_url):
        refuse(f"There is no store at {place(settings.store_url)}. Start the server once, or run: gateway db upgrade")
    with opened(settings) as store:
        found = list(_findings(store))
        with store.reading() as connection:
            database = version(connection)
    wrong = any(one.count for one in found)
    if json:
        as_json({"store": place(settings.store_url), "database": database, "ok": not wrong, "checks": [fields_of(one) for one in found]})
    else:
        typer.echo(f"Store: {place(settings.store_url)}, {database}")
        as_table(("", "rule", "found"), [_row(one) for one in found], none="Nothing was asked.")
        typer.echo("Something is wrong." if wrong else "All is well.")
    if wrong:
        raise typer.Exit(1)


def _row(one: Finding) -> tuple[str, str, str]:
    more = ", …" if one.count > len(one.first) else ""
    return ("wrong" if one.count else "ok", one.rule, f"{one.count:,}: {', '.join(one.first)}{more}" if one.count else "")


def _findings(store: Store) -> Iterator[Finding]:
    at = revision(store)
    if at != NEWEST:
        yield Finding(f"the tables are those of this program, revision {NEWEST}", 1, (f"revision {at or 'none'}; run gateway db upgrade",))
        return
    yield Finding(f"the tables are those of this program, revision {NEWEST}", 0)
    with store.reading() as connection:
        try:
            for rule, problems in invariants.own_checks(connection):
                yield Finding(rule, len(problems), tuple(problems[: invariants.SHOWN]))
            rules = invariants.rules(connection, contract())
            yield from (invariants.ask(connection, rule) for rule in _watched(rules))
        except StoreUnavailable:
            raise
        except StoreDamaged as damage:
            yield Finding("everything can be read", 1, (str(damage).splitlines()[0],))


def _watched(rules: Sequence[invariants.Rule]) -> Iterator[invariants.Rule]:
    errors = Console(stderr=True)
    if not errors.is_terminal:
        yield from rules
        return
    yield from track(rules, "Looking", console=errors, transient=True)
