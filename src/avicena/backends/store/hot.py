"""The four statements of every write, compiled once and handed to the database's driver as they are."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from avicena.backends.store import tables


class Hot:
    """The statements for one kind of database; an error of its driver looks as if SQLAlchemy had raised it."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._read_head, self._add_records, self._add_lines, self._move_head = (
            _Compiled(one, dialect)
            for one in (tables.READ_HEAD, tables.ADD_RECORDS, tables.ADD_LINES, tables.MOVE_HEAD)
        )

    def read_head(self, connection: Connection) -> Any:
        """The head's row, or None."""
        return self._run(connection, self._read_head, [{}], fetch=True)

    def add_records(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert records. Raises IntegrityError (one is there already)."""
        self._run(connection, self._add_records, rows)

    def add_lines(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert audit lines. Raises IntegrityError (a number is taken)."""
        self._run(connection, self._add_lines, rows)

    def move_head(self, connection: Connection, row: Mapping[str, Any]) -> None:
        """Put the head in its new place."""
        self._run(connection, self._move_head, [row])

    def _run(
        self, connection: Connection, what: "_Compiled", rows: Sequence[Mapping[str, Any]], *, fetch: bool = False
    ) -> Any:
        driver = self._dialect.loaded_dbapi
        pooled = connection.connection
        try:
            with closing(pooled.cursor()) as cursor:
                for row in rows:
                    cursor.execute(what.text, what.values(row))
                return cursor.fetchone() if fetch else None
        except driver.Error as error:
            raise DBAPIError.instance(
                what.text,
                None,
                error,
                driver.Error,
                hide_parameters=True,
                connection_invalidated=self._dialect.is_disconnect(error, pooled, None),
                dialect=self._dialect,
            ) from None


class _Compiled:
    """A statement as text, and its values in the driver's own form."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._names = compiled.positiontup
        self._fixed = dict(compiled.params)

    def values(self, row: Mapping[str, Any]) -> Any:
        whole = {**self._fixed, **row}
        return whole if self._names is None else [whole[name] for name in self._names]
