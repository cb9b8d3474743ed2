"""What was counted or noted for a while, and is needed no more. By the real time."""

from __future__ import annotations

from gateway.clock import Moment
from gateway.jobs.work import Done, Work, purge_all
from gateway.store import repeats, throttle


def forget_repeats(work: Work) -> tuple[Done, ...]:
    """Which addClaim made which claim, after a day."""
    return (Done("claims sent forgotten, for repeats", purge_all(work, lambda connection: repeats.purge(connection, Moment.now().utc))),)


def forget_polls(work: Work) -> tuple[Done, ...]:
    """When lists were asked for, after a day."""
    return (Done("lists asked for forgotten", purge_all(work, lambda connection: throttle.purge_polls(connection, Moment.now().utc))),)
