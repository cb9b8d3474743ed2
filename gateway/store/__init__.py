"""What is kept: SQLAlchemy Core on SQLite or PostgreSQL, one module per noun. Nobody else imports sqlalchemy."""

from sqlalchemy import Connection as Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

StoreUnavailable = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised when the database does not answer or is locked for too long. A statement it refuses is a defect, and something else."""
