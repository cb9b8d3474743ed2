"""What the commands have in common that change organisations, users and accounts: one transaction, with its entry in the audit log."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from gateway.commands.opening import current_store, refuse
from gateway.commands.opening import settings as read_settings
from gateway.config import Settings
from gateway.contract.model import PROCESSES
from gateway.domain.clockspec import FIRST_YEAR, LAST_YEAR
from gateway.errors import Refused
from gateway.store import Connection, account_rules, audit
from gateway.store.dialect import take_turns

By = Annotated[
    str,
    typer.Option("--by", metavar="NAME", help="Who makes the change, for the audit log. Default: GATEWAY_ADMIN, or your user name on this system."),
]
Addressed = Annotated[
    list[str] | None,
    typer.Option(
        "--address",
        metavar="FIELD=TEXT",
        help="A field of the address, several times: houseName, houseNumber, street1, street2, district, city, county, country, postCode, addressType.",
    ),
]
NOTHING = "Nothing was changed."
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_NONE = "none"
_NO_TEXT = f"Something in the command is no text in UTF-8. {NOTHING}"


class Claims(StrEnum):
    """Claims of which kinds."""

    rta = "rta"
    elpl = "elpl"
    both = "both"

    @property
    def processes(self) -> tuple[str, ...]:
        """Rta, elpl or both, as the store takes them."""
        return PROCESSES if self is Claims.both else (self.value,)


@dataclass(frozen=True, slots=True)
class Change:
    """A transaction that writes, and who makes it."""

    connection: Connection
    who: str

    def note(self, what: str, subject: str, organisation_id: str | None = None, **detail: Any) -> None:
        """Put it into the audit log."""
        audit.write(self.connection, self.who, what, subject, organisation_id, detail)

    def make(self, what: str, subject: str, organisation_id: str | None, read: Callable[[], Any], change: Callable[[], object]) -> dict[str, Any]:
        """Make a change to the record that `read` gives; what it changed, field to from and to, which goes into the audit log.

        Where nothing is changed, nothing goes there.
        """
        before = read()
        change()
        changed = audit.difference(before, read())
        if changed:
            self.note(what, subject, organisation_id, **changed)
        return changed


@contextmanager
def changing(by: str) -> Iterator[Change]:
    """One change of the store, all of it or nothing; ends the command if it is refused."""
    settings = read_settings()
    account_rules.configure(settings)
    who = who_gives(by, settings)
    try:
        with current_store(settings) as store, store.writing() as connection:
            take_turns(connection)  # of two who change one record at the same time the second sees what the first did
            yield Change(connection, who)
    except Refused as refused:
        refuse(refused.message, 2)
    except UnicodeEncodeError:  # bytes of the command line that are no text cannot be kept or looked for
        refuse(_NO_TEXT, 2)


@contextmanager
def looking() -> Iterator[Connection]:
    """The store, to read from; ends the command if what is looked for is not there."""
    try:
        with current_store(read_settings()) as store, store.reading() as connection:
            yield connection
    except Refused as refused:
        refuse(refused.message, 2)
    except UnicodeEncodeError:  # bytes of the command line that are no text cannot be kept or looked for
        refuse(_NO_TEXT, 2)


def told(changed: dict[str, Any], sentence: str) -> None:
    """Say what was done, or that there was nothing to do."""
    typer.echo(sentence if changed else f"It is so already. {NOTHING}")


def address_fields(given: list[str] | None) -> dict[str, str]:
    """FIELD=TEXT as a mapping; ends the command if something is neither."""
    fields = {}
    for one in given or []:
        name, sign, text = one.partition("=")
        if not sign:
            refuse(f"{one!r} is no part of an address. Write FIELD=TEXT, for example city=Northbridge.", 2)
        fields[name.strip()] = text.strip()
    return fields


def parse_day(text: str | None) -> date | None:
    """The day of an option, None if it was not given; ends the command if it is no day."""
    return None if text is None else a_day(text)


def a_day(text: str) -> date:
    """The day that a text says; ends the command if it is none."""
    try:
        day = date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        refuse(f"{text!r} is no date. Write 2027-06-14.", 2)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse(f"{text} is out of reach: the years {FIRST_YEAR} to {LAST_YEAR} are allowed.", 2)
    return day


def parse_bound(text: str | None, present: date | None) -> date | None:
    """The day of an option that may also say none; `present` if it was not given."""
    return present if text is None else None if text.lower() == _NONE else parse_day(text)


def who_gives(by: str, settings: Settings) -> str:
    """Whoever gives the command; ends it if that cannot be told."""
    who = by.strip() or settings.admin.strip()
    if not who:
        try:
            who = getpass.getuser()
        except (KeyError, OSError):
            refuse("This system does not know your name. Say who makes the change: --by NAME.", 2)
    if len(who) > audit.LONGEST_WHO or not who.isprintable():
        refuse(f"Who makes the change must be named with 1 to {audit.LONGEST_WHO} printable characters.", 2)
    return who
