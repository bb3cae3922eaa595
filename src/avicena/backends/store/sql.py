"""The store on any database that SQLAlchemy speaks to."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Executable, Row
from sqlalchemy.exc import SQLAlchemyError

from avicena.backends.store import Seal, tables
from avicena.backends.store.chain import filled
from avicena.backends.store.group import GroupWriter
from avicena.backends.store.writing import Appender, translated
from avicena.core.audit import AuditLine, Entry, Head, Record


@dataclass(frozen=True, slots=True)
class Database:
    """A database as each of ours opens it.

    `reading` commits each statement by itself; `writing` holds a transaction open from `lock` to the commit, and
    `turn` is held around that, and `founding` is the lock while the tables are made.
    """

    reading: Engine
    writing: Engine
    lock: str
    founding: str
    turn: AbstractContextManager[None]


class SqlStore:
    """A Store (see there) over a database that is open and has its tables."""

    def __init__(self, database: Database, seal: Seal, timeout: float) -> None:
        self._database = database
        self._prepare()
        self._appender = Appender(database.writing, database.lock, database.turn, seal)
        self._writer = GroupWriter(self._appender.commit, timeout)

    def write(self, entry: Entry, records: Sequence[Record] = ()) -> AuditLine:
        """See `Store.write`."""
        return self._writer.write(filled(entry, records), records)

    def get(self, kind: str, id: str) -> Record | None:
        """See `Store.get`."""
        rows = self._rows(tables.GET_RECORD, {"a_kind": kind, "an_id": id})
        return tables.record_of(rows[0])[1] if rows else None

    def find(self, kind: str, application: str | None = None, *, newest: int | None = None) -> list[Record]:
        """See `Store.find`."""
        rows = self._rows(tables.found(kind, application, newest))
        records = [tables.record_of(row)[1] for row in rows]
        return records if newest is None else records[::-1]

    def lines(self, after: int = 0) -> Iterator[AuditLine]:
        """See `Store.lines`."""
        behind = after or None
        while rows := self._rows(tables.lines_page(behind)):
            for row in rows:
                yield tables.line_of(row)
            behind = rows[-1].seq

    def records(self, after: int = 0) -> Iterator[tuple[int, Record]]:
        """See `Store.records`."""
        place = None
        while rows := self._rows(tables.records_page(after or None, place)):
            for row in rows:
                yield tables.record_of(row)
            last = rows[-1]
            place = (last.seq, last.kind, last.id)

    def head(self) -> Head | None:
        """See `Store.head`."""
        rows = self._rows(tables.READ_HEAD)
        return tables.head_of(rows[0]) if rows else None

    def ready(self) -> None:
        """See `Store.ready`."""
        self._rows(tables.READ_VERSION)

    def close(self) -> None:
        """See `Store.close`."""
        if self._writer.close():
            self._appender.close()
        self._database.reading.dispose()
        self._database.writing.dispose()

    def _rows(self, question: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        try:
            with self._database.reading.connect() as connection:
                return connection.execute(question, values).all()
        except SQLAlchemyError as error:
            raise translated(error) from None

    def _prepare(self) -> None:
        try:
            with self._database.writing.connect() as connection:
                connection.exec_driver_sql(self._database.founding)
                tables.prepare(connection)
                connection.commit()
        except SQLAlchemyError as error:
            raise translated(error) from None
