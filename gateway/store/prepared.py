"""Core statements that are made into SQL once.

What SQLAlchemy does for each execution of a statement costs several times what SQLite does for it. A `Prepared` is compiled when a kind of
database first needs it, and then goes straight to the driver, within the transaction of the Connection it is given. The statement, the types
of its columns and the errors stay SQLAlchemy's. For statements of the calls that matter; whatever runs rarely is better off without.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Column, Connection, Table
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.sql.base import Executable

_READ_ONLY = "25006"  # PostgreSQL after a failover: psycopg calls it an internal error, but it is one that passes
_NOTHING: Mapping[str, Any] = {}
_named: Any = namedtuple  # noqa: PYI024  the fields are known only when a statement is


class Prepared:
    """A statement without expanding parameters. Rows are tuples whose items also go by the names of their columns.

    `into` is the table of an INSERT: the statement then takes all its columns but `made` (those the database fills in), and a column that is
    not given has its default: a constant, an empty dict or list, or NULL.
    """

    __slots__ = ("_columns", "_plans", "_statement")

    def __init__(self, statement: Any, into: Table | None = None, made: Iterable[str] = ()) -> None:
        self._statement: Executable = statement
        self._columns = [] if into is None else [column for column in into.columns if column.key not in made]
        self._plans: dict[str, _Plan] = {}

    def first(self, connection: Connection, values: Mapping[str, Any] = _NOTHING) -> Any | None:
        """The first row, None if there is none."""
        plan, cursor = self._execute(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else plan.row(row)

    def all(self, connection: Connection, values: Mapping[str, Any] = _NOTHING) -> list[Any]:
        """Every row."""
        plan, cursor = self._execute(connection, values)
        rows = cursor.fetchall()
        cursor.close()
        return [plan.row(row) for row in rows]

    def scalar(self, connection: Connection, values: Mapping[str, Any] = _NOTHING) -> Any:
        """The first column of the first row, None if there is none."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def run(self, connection: Connection, values: Mapping[str, Any] = _NOTHING) -> int:
        """The number of rows changed."""
        _, cursor = self._execute(connection, values)
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def unasked(self, connection: Connection, values: Mapping[str, Any] = _NOTHING) -> None:
        """Run it without asking what came of it: on PostgreSQL it goes with the transaction's next statement, which then raises what this one
        met with.
        """
        if not may_put_off(connection):
            self.run(connection, values)
            return
        plan = self._plan(connection)
        put_off(connection, plan.sql, plan.parameters(values))

    def _plan(self, connection: Connection) -> _Plan:
        dialect = connection.dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _Plan(self._statement, self._columns, dialect)
        return plan

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> tuple[_Plan, Any]:
        plan = self._plan(connection)
        if not connection.in_transaction():
            connection.begin()
        return plan, send(connection, plan.sql, plan.parameters(values))


PUT_OFF = "gateway_put_off"
"""The option of a Connection that may put off statements: a list of those that wait. Each way to the database and back costs, all the more if it
is another machine; psycopg's pipeline sends several statements in one.
"""


def send(connection: Connection, sql: str, parameters: Any = ()) -> Any:
    """Give the driver SQL as it takes it, after what was put off; a cursor. Raises what SQLAlchemy would."""
    driver: Any = connection.connection.dbapi_connection
    waiting = connection.get_execution_options().get(PUT_OFF)
    try:
        if not waiting:
            return driver.execute(sql, parameters)
        before = waiting.copy()
        waiting.clear()
        with driver.pipeline():
            for statement in before:
                driver.execute(*statement)
            return driver.execute(sql, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(error, sql, connection) from error


def may_put_off(connection: Connection) -> bool:
    """Whether statements may be put off there."""
    return PUT_OFF in connection.get_execution_options()


def put_off(connection: Connection, sql: str, parameters: Any = ()) -> None:
    """Have it sent with the next statement."""
    connection.get_execution_options()[PUT_OFF].append((sql, parameters))


def send_put_off(connection: Connection) -> None:
    """Send what waits now, for a statement that does not come by `send`."""
    waiting = connection.get_execution_options().get(PUT_OFF)
    if waiting:
        send(connection, *waiting.pop()).close()


def forget_put_off(connection: Connection, sql: str) -> bool:
    """Forget the statement if it is all that waits; whether it was."""
    waiting = connection.get_execution_options().get(PUT_OFF)
    if not waiting or len(waiting) > 1 or waiting[0][0] != sql:
        return False
    waiting.clear()
    return True


def roll_back(connection: Connection) -> None:
    """End the driver's transaction, if there is one. Raises what SQLAlchemy would."""
    if connection.invalidated:
        return  # SQLAlchemy found its line cut and has given it up, and with it whatever was not committed
    waiting = connection.get_execution_options().get(PUT_OFF)
    if waiting:
        waiting.clear()
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.rollback()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(error, "ROLLBACK", connection) from error


def _translated(error: Exception, sql: str, connection: Connection) -> DBAPIError:
    if getattr(error, "sqlstate", None) == _READ_ONLY:
        return OperationalError(sql, None, error, hide_parameters=True)
    kind = connection.dialect.loaded_dbapi.Error
    made = DBAPIError.instance(sql, None, error, kind, hide_parameters=True, dialect=connection.dialect)
    return cast("DBAPIError", made)


class _Plan:
    """A statement as one kind of database takes it."""

    __slots__ = ("_by_position", "_fixed", "_parameters", "_processors", "_row", "sql")

    def __init__(self, statement: Any, inserted: list[Column[Any]], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=[column.key for column in inserted] or None)
        self.sql: str = compiled.string
        self._fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self._fixed.update({column.key: _default(column) for column in inserted})
        self._by_position = compiled.positiontup is not None
        binders = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        self._parameters = [(name, binders[name]) for name in compiled.positiontup or binders]
        columns = list(statement.exported_columns) if hasattr(statement, "exported_columns") else []
        processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._processors = [(number, processor) for number, processor in enumerate(processors) if processor is not None]
        self._row = _named("Row", [column.key for column in columns], rename=True)._make

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        if self._fixed:
            values = {**self._fixed, **values}
        if self._by_position:
            return [values[name] if binder is None else binder(values[name]) for name, binder in self._parameters]
        return {name: values[name] if binder is None else binder(values[name]) for name, binder in self._parameters}

    def row(self, raw: Any) -> Any:
        """A row of the driver's with the types of the columns."""
        if self._processors:
            raw = list(raw)
            for number, processor in self._processors:
                if raw[number] is not None:
                    raw[number] = processor(raw[number])
        return self._row(raw)


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)  # an empty dict or list, which will only be read
