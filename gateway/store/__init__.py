"""What is kept: SQLAlchemy Core on SQLite or PostgreSQL, one module per noun. Nobody else imports sqlalchemy."""

import sqlite3

from sqlalchemy import Connection as Connection
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

StoreUnavailable = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised when the database does not answer or is locked for too long. A statement it refuses is a defect, and something else."""

StoreDamaged = DatabaseError
"""What is raised when the database finds that it cannot read what it has; StoreUnavailable, of which one is a kind of this, is asked before."""

_COLLISIONS = ("40P01", "40001")  # PostgreSQL: deadlock detected, serialization failure


def collided(problem: BaseException) -> bool:
    """Whether a transaction was undone only because of another, so that it may be tried again."""
    return isinstance(problem, DBAPIError) and (isinstance(problem.orig, Undone) or getattr(problem.orig, "sqlstate", None) in _COLLISIONS)


class Undone(sqlite3.OperationalError):
    """The trouble of another call undid the transaction that calls of this process shared (gateway/store/together.py)."""
