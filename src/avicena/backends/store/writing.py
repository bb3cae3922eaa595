"""The transaction that writes audit lines and records, for SQLite and PostgreSQL alike."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from avicena.backends.store import Seal, tables
from avicena.backends.store.chain import continued, head_at, mac_of
from avicena.backends.store.group import Take, Write
from avicena.backends.store.hot import Hot
from avicena.core.audit import AuditLine, Head
from avicena.core.errors import Blocked, Unavailable, Untrusted

ALTERED = "the end of the audit chain was altered in the database: run 'avicena audit verify'"


class Appender:
    """Appends to the chain on one connection of its own; used by one thread.

    `lock` is the statement that keeps other processes from writing until the transaction ends; `turn` is held
    meanwhile, where the database by itself would not let them write in turn.
    """

    def __init__(self, engine: Engine, lock: str, turn: AbstractContextManager[None], seal: Seal) -> None:
        self._engine = engine
        self._turn = turn
        self._lock = lock
        self._seal = seal
        self._hot = Hot(engine.dialect)
        self._connection: Connection | None = None
        self._head: Head | None = None

    def commit(self, take: Take) -> None:
        """Commit what waits in one transaction and finish each write.

        If one of them cannot be kept, the others are written one by one and only that one hears Blocked.
        Raises Unavailable (the database does not answer), Untrusted (the chain's end was altered): all hear that.
        """
        with self._turn:
            self._commit(take)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _commit(self, take: Take) -> None:
        writes: list[Write] = []
        try:
            connection = self._begin()
            head = self._end(connection)
            writes = take()
            if not writes:
                return self._rollback()
            lines = continued(head, (write.entry for write in writes))
            self._insert(connection, head, writes, lines)
        except (DataError, _DuplicateError):
            self._rollback()
            return self._one_by_one(writes)
        except (SQLAlchemyError, Untrusted) as error:
            self._rollback()
            raise translated(error) from None
        self._finish(connection, lines)
        for write, line in zip(writes, lines, strict=True):
            write.finish(line)
        return None

    def _begin(self) -> Connection:
        """A connection inside a transaction that alone may write; connects anew if the old connection has died."""
        if self._connection is not None:
            try:
                self._connection.exec_driver_sql(self._lock)
                return self._connection
            except DBAPIError as error:
                self._rollback()
                if not error.connection_invalidated:
                    raise
        self._connection = self._engine.connect()
        self._connection.exec_driver_sql(self._lock)
        return self._connection

    def _end(self, connection: Connection) -> Head | None:
        """The head to go on from. Raises Untrusted (it is not sealed by this site, or older than we know it)."""
        row = self._hot.read_head(connection)
        if row is None:
            if self._head is not None or connection.execute(tables.ANY_LINE).one_or_none() is not None:
                raise Untrusted(ALTERED)
            return None
        head = tables.head_of(row)
        if head != self._head:
            grown = self._head is None or head.seq > self._head.seq
            if not grown or head.mac != mac_of(self._seal, head.seq, head.hash):
                raise Untrusted(ALTERED)
        return head

    def _insert(
        self, connection: Connection, head: Head | None, writes: Sequence[Write], lines: Sequence[AuditLine]
    ) -> None:
        records = [
            tables.record_row(record, line.seq)
            for write, line in zip(writes, lines, strict=True)
            for record in write.records
        ]
        if records:
            try:
                self._hot.add_records(connection, records)
            except IntegrityError:
                raise _DuplicateError from None
        try:
            self._hot.add_lines(connection, [tables.line_row(line) for line in lines])
        except IntegrityError:
            raise Untrusted(ALTERED) from None
        new = head_at(self._seal, lines[-1])
        if head is None:
            connection.execute(tables.ADD_HEAD, {"place": 1, "seq": new.seq, "hash": new.hash, "mac": new.mac})
        else:
            self._hot.move_head(connection, {"new_seq": new.seq, "new_hash": new.hash, "new_mac": new.mac})

    def _finish(self, connection: Connection, lines: Sequence[AuditLine]) -> None:
        """Commit. Raises Unavailable (it did not reach the disk, or nobody can say whether it did)."""
        try:
            connection.commit()
        except SQLAlchemyError as error:
            self._rollback()
            if not self._landed(lines[-1]):
                raise translated(error) from None
        self._head = head_at(self._seal, lines[-1])

    def _landed(self, line: AuditLine) -> bool:
        """Whether a commit whose reply was lost was made after all; the lock waits for it to end."""
        try:
            found = self._begin().execute(tables.LINE_HASH, {"line": line.seq}).scalar()
        except SQLAlchemyError:
            raise Unavailable("the database went away during the commit; whether it was kept is not known") from None
        finally:
            self._rollback()
        return bool(found == line.hash)

    def _one_by_one(self, writes: Sequence[Write]) -> None:
        if len(writes) == 1:
            writes[0].finish(Blocked("a record of that kind and id is already kept, or the database cannot hold it"))
            return
        for write in writes:
            try:
                self._commit(lambda write=write: [write])  # type: ignore[misc]
            except (Unavailable, Untrusted) as error:
                write.finish(type(error)(*error.args))

    def _rollback(self) -> None:
        """Undo what was begun; a connection that cannot even do that is given up."""
        connection = self._connection
        if connection is None:
            return
        try:
            connection.rollback()
            if not connection.invalidated:
                return
        except SQLAlchemyError:
            connection.invalidate()
        self._connection = None
        connection.close()


class _DuplicateError(Exception):
    """A record of that kind and id is already there."""


def translated(error: Exception) -> Exception:
    """What a caller hears of a database's error: its class and code, never its words, which may repeat values."""
    if not isinstance(error, SQLAlchemyError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or type(cause).__name__
    return Unavailable(f"the database does not answer as it should ({code}); nothing was kept")
