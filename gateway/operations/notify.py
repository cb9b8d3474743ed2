"""Posts notices, in the transaction of what they tell of. What is posted to whom is in notifications.toml; what moves a claim knows none of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from gateway.clock import start_of_day
from gateway.contract.model import SIDES
from gateway.contract.notifications import Notification, notifications
from gateway.contract.reasons import reason_text
from gateway.store import Connection, calendars, notices
from gateway.store.claims import Claim

_NOTHING: Mapping[str, Any] = {}


def step(connection: Connection, claim: Claim, row: str, at: datetime, by: str, detail: Mapping[str, Any] = _NOTHING) -> None:
    """A step of the process was taken by that side; `claim` is as it is now, `detail` what the history keeps of the step."""
    _post(connection, notifications().of_row(claim.process, claim.release, row), claim, at, by, detail)


def event(connection: Connection, claim: Claim, name: str, at: datetime, by: str | None = None, detail: Mapping[str, Any] = _NOTHING) -> None:
    """Something happened that is no step of the process; a transfer has the organisations `from` and `to` in `detail`."""
    _post(connection, notifications().of_event(claim.process, claim.release, name), claim, at, by, detail)


def limit_reached(connection: Connection, claim: Claim, clock_row: str, at: datetime) -> None:
    """A limit ran out at that time."""
    _post(connection, notifications().of_limit(claim.process, claim.release, clock_row), claim, at)


def next_at(connection: Connection, claim: Claim, after: datetime) -> datetime | None:
    """When the clock next does something for the claim after that time: the time of a warning, or of the limit itself. None where none runs.

    A warning whose day had come when the limit was set is not made up for: it would say more days than are left.
    """
    return next((instant for instant, _ in _warnings(connection, claim) if instant > after), claim.due_at)


def warn(connection: Connection, claim: Claim) -> None:
    """Post the warning whose time is the claim's `next_at`."""
    at = claim.next_at
    assert at is not None, "no warning is due"
    _post(connection, tuple(one for instant, one in _warnings(connection, claim) if instant == at), claim, at)


def _warnings(connection: Connection, claim: Claim) -> list[tuple[datetime, Notification]]:
    """The warnings of the limit that runs and their times, soonest first: so many business days before it by the claim's own calendar."""
    if claim.running is None:
        return []
    warnings = notifications().warnings(claim.process, claim.release, claim.running)
    if not warnings:
        return []
    calendar = calendars.load(connection, claim.calendar)
    due = date.fromisoformat(claim.deadlines[claim.running])
    return [(start_of_day(calendar.add_business_days(due, -(one.days_left or 0))), one) for one in warnings]


def _post(
    connection: Connection,
    wanted: tuple[Notification, ...],
    claim: Claim,
    at: datetime,
    by: str | None = None,
    detail: Mapping[str, Any] = _NOTHING,
) -> None:
    for one in wanted:
        text = one.text.format_map({name: _field(name, claim, detail) for name in one.fields})
        for recipient in one.to:
            notices.add(
                connection,
                claim_id=claim.id,
                process=claim.process,
                organisation=_organisation(recipient, claim, by, detail),
                key=one.key,
                text=text,
                at=at,
                farewell=recipient == "former",
            )


def _organisation(recipient: str, claim: Claim, by: str | None, detail: Mapping[str, Any]) -> str:
    if recipient == "former":
        return str(detail["from"])
    side = recipient
    if recipient == "holder":
        assert claim.acts is not None, f"{claim.phase} is nobody's turn"
        side = claim.acts
    elif recipient == "other-side":
        assert by in SIDES, "whose other side?"
        side = next(one for one in SIDES if one != by)
    return claim.organisation_of(side)


def _field(name: str, claim: Claim, detail: Mapping[str, Any]) -> str:
    if name == "id":
        return claim.application_id
    if name in ("rejection_reason", "exit_reason"):
        return reason_text(name.removesuffix("_reason"), claim.process, claim.release, detail["code"])
    return str(detail[name])
