"""What is done about accounts once a day or so. By the real time, as all that concerns them."""

from __future__ import annotations

from gateway.clock import Moment
from gateway.jobs.work import Done, Work, purge_all
from gateway.log import logger
from gateway.store import logins, users


def warn_of_expiry(work: Work) -> tuple[Done, ...]:
    """A line in the log for each user who expires within 14 days, once a day; `gateway user list` shows the same."""
    with work.store.writing() as connection:
        found = users.warn(connection, Moment.now().today)
    for user in found:
        logger.warning("user expires soon", user=user.id, organisation=user.organisation_id, last_day=str(user.expires_on))
    return (Done("users who expire soon told to the log", len(found)),)


def forget_wrong_passwords(work: Work) -> tuple[Done, ...]:
    """Series of wrong passwords that nobody went on with."""
    removed = purge_all(work, lambda connection: logins.purge(connection, Moment.now().utc))
    return (Done("series of wrong passwords forgotten", removed),)
