"""Starting, moving and asking the limits of a claim, by its own frozen calendar."""

from __future__ import annotations

from datetime import date, datetime

from gateway.clock import LONDON
from gateway.domain.calendar import BusinessCalendar
from gateway.domain.rules.packs_check import EXTENSIONS, check_extension
from gateway.errors import Finding, Refused
from gateway.operations.call import Call
from gateway.store import calendars
from gateway.xml import get_claim

LAST_DAYS = 5  # with so many business days left or fewer an offer opens the further period (K11)
FURTHER = "K11"


class BadExtension(Refused):
    """The new date or its reason is not acceptable."""


def calendar(call: Call) -> BusinessCalendar:
    """The calendar of the claim."""
    return calendars.load(call.connection, call.held.calendar)


def local_day(moment: datetime) -> date:
    """The date in London of an instant."""
    return moment.astimezone(LONDON).date()


def start(call: Call, row: str, from_day: date) -> date:
    """Let the clock row run from `from_day`; gives the stored date."""
    due = calendar(call).deadline(from_day, call.contract.variants[row].days)
    set_deadline(call, row, due)
    return due


def set_deadline(call: Call, row: str, due: date, *, instead_of: str | None = None) -> None:
    """Store a date and let it run, in the place of another row where the portal overwrites it."""
    kept = {name: day for name, day in call.deadlines.items() if name != instead_of}
    call.changes.update(deadlines={**kept, row: due.isoformat()}, running=row)


def current(call: Call) -> date:
    """The date on which the limit that runs now runs out."""
    running = call.held.running
    assert running is not None, f"no limit runs in {call.held.phase}"
    return date.fromisoformat(call.held.deadlines[running])


def in_the_last_days(call: Call) -> bool:
    """Five business days or fewer are left, today among them."""
    return calendar(call).business_days_between(call.moment.today, current(call)) <= LAST_DAYS


def further(call: Call) -> None:
    """Begin the further consideration period: five business days after the end of the one that runs (K11)."""
    running = call.held.running
    due = calendar(call).extended(current(call), call.contract.variants[FURTHER].days)
    set_deadline(call, FURTHER, due, instead_of=running)


def in_further_period(call: Call) -> bool:
    """Only yes or no is left."""
    return call.held.running == FURTHER


def extend(call: Call) -> None:
    """Move the limit that runs to the date the caller gives (4.4), and remember it for getClaim."""
    date_argument, reason_argument, _ = EXTENSIONS[call.operation.name]
    if in_further_period(call):
        raise BadExtension("The further consideration period cannot be extended.")
    new = _asked_day(call, date_argument)
    reason = call.text(reason_argument)
    claim = call.held
    found = check_extension(call.operation.name, claim.process, claim.release, new=new, reason=reason or None, current=current(call))
    if found or new is None:
        first = found[0]
        raise BadExtension(f"{first.at} {first.message}.", [Finding(one.code, f"/{call.operation.name}/{one.at}", one.message) for one in found])
    assert claim.running is not None
    set_deadline(call, claim.running, new)
    extension = {
        "clock": call.contract.variants[claim.running].clock,
        "to": new.isoformat(),
        "reason": reason or None,
        "on": call.moment.today.isoformat(),
    }
    call.remember("extensions", [*(call.recall("extensions") or []), extension])


def _asked_day(call: Call, argument: str) -> date | None:
    """The day in London of a time that the caller names; refused when it is the first or last of all, and in London another."""
    given: datetime | None = call.arguments.get(argument)
    try:
        return local_day(given) if given else None
    except OverflowError:
        problem = Finding("FormatNotValid", f"/{call.operation.name}/{argument}", "is beyond the years 1 to 9999")
        raise BadExtension(f"{argument} is beyond the years 1 to 9999.", [problem]) from None


def check_shown(call: Call, place: str, value: str, argument: str) -> None:
    """Refuse a text that getClaim could not show in full, because nothing may be lost."""
    if value and not get_claim.can_hold(call.process, call.held.release, place, value):
        at = f"/{call.operation.name}/{argument}"
        raise Refused(
            f"{argument} is too long or not of the form allowed.", [Finding("FormatNotValid", at, "could not be shown in full by getClaim")]
        )
