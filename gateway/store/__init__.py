"""What is kept: SQLAlchemy Core on SQLite or PostgreSQL, one module per noun. Nobody else imports sqlalchemy."""

from sqlalchemy import Connection as Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

StoreUnavailable = (DBAPIError, PoolTimeout)
"""What is raised when the database does not answer, is locked for too long, or refuses a statement."""
