"""The default store: one SQLite file in WAL mode, each commit on disk before it counts."""

import sqlite3
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from avicena.backends.store import Seal
from avicena.backends.store.sql import Database, SqlStore
from avicena.backends.store.turn import Turn
from avicena.backends.store.writing import translated
from avicena.core.errors import Misconfigured, Unavailable

LOCK = "BEGIN IMMEDIATE"
CHECKPOINT = 4000
"""Pages of 4 KiB in the write-ahead log before they are moved into the file."""
WAL = b"\x02\x02"
"""The write and read version in the header of a file in WAL mode, at byte 18 (SQLite's file format, section 1.3)."""


def open_store(url: str, seal: Seal, timeout: float) -> SqlStore:
    """The store in the file of `sqlite:///path`; made, readable by its owner only, if it is not there."""
    name = url.removeprefix("sqlite:///")
    if not name or name == ":memory:" or name == url:
        raise Misconfigured("the store needs a file: sqlite:///folder/avicena.db")
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        turn = Turn(path)
        engine = _engine(path, timeout)
        if not _is_wal(path):
            _make_wal(engine, turn)
    except OSError as error:
        raise Unavailable(f"the store's file cannot be opened: {error.strerror}") from None
    except SQLAlchemyError as error:
        raise translated(error) from None
    return SqlStore(Database(engine, engine, LOCK, LOCK, turn), seal, timeout)


def _is_wal(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(20)[18:] == WAL


def _make_wal(engine: Engine, turn: Turn) -> None:
    """Connect while nobody else does: SQLite does not wait for others when a file changes its mode, it fails."""
    with turn, engine.connect():
        pass


def _engine(path: Path, timeout: float) -> Engine:
    """Connections that begin transactions only when told to: sqlite3's own way cannot say BEGIN IMMEDIATE."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": timeout, "isolation_level": None, "cached_statements": 256},
        pool_size=16,
        max_overflow=48,
        pool_timeout=timeout,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # altered text is read, and so found
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
