"""Whether this server can do its work. What is wrong is said in words that tell an outsider nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway import clock
from gateway.log import logger
from gateway.store import StoreUnavailable, figures
from gateway.store.engine import Store
from gateway.store.migrations import NEWEST
from gateway.store.trouble import obstacle, trouble
from gateway.store.upgrade import revision

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before the first release of this program is wrong
APART = timedelta(seconds=30)  # more than that between two clocks is no delay


def problems(store: Store) -> list[str]:
    """What keeps the server from working, a line each; nothing if it is ready."""
    now = clock.wall()
    wrong = []
    try:
        found = revision(store)
        if found != NEWEST:
            wrong.append(f"store: its tables are at revision {found or 'none'}, this program needs {NEWEST}; run gateway db upgrade")
        else:
            with store.reading() as connection:
                wrong.extend(_clock(now, figures.server_time(connection), figures.last_run(connection)))
                if found := obstacle(connection):
                    wrong.append(f"store: {found}")
    except StoreUnavailable as problem:
        wrong.append(f"store: {trouble(problem)}")
    except Exception:
        logger.exception("readiness cannot be told")
        wrong.append("store: does not answer as it should; see the log")
    if now < EARLIEST:
        wrong.append(f"clock: {now:%Y-%m-%d %H:%M} UTC cannot be right")
    if wrong:
        logger.warning("not ready", problems=wrong)
    return wrong


def _clock(now: datetime, server: datetime | None, last: figures.Run | None) -> list[str]:
    wrong = []
    if server is not None and abs(server - now) > APART:
        wrong.append(f"clock: {abs((server - now).total_seconds()):.0f} seconds away from that of the database server")
    if last is not None and last.ended_at - now > APART:
        wrong.append("clock: it is behind what jobs have already written")
    return wrong
