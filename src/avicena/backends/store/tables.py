"""The tables of the store, the statements on them, and how rows and nouns become each other."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.types import NullType

from avicena.backends.store import AlteredRow
from avicena.core import digest
from avicena.core.audit import AuditLine, Entry, Head, Kept, Record
from avicena.core.errors import Misconfigured

SCHEMA = 1
PAGE = 500
"""Rows read at once where all are streamed."""
LINE = "audit line"
HEAD = "head"

_Number = BigInteger().with_variant(Integer, "sqlite")
_tables = MetaData()

schema_version = Table("schema_version", _tables, Column("version", Integer, nullable=False))

record = Table(
    "record",
    _tables,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("application", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("seq", _Number, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("record_by_line", "seq"),
    Index("record_by_kind", "kind", "seq"),
    Index("record_by_application", "kind", "application", "seq"),
)

audit = Table(
    "audit",
    _tables,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    *(Column(name, Text, nullable=False) for name in ("at", "actor", "act", "application", "subject", "outcome")),
    Column("kept", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

head = Table(
    "head",
    _tables,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("seq", _Number, nullable=False),
    Column("hash", Text, nullable=False),
    Column("mac", Text, nullable=False),
)

ADD_LINES = insert(audit)
ADD_RECORDS = insert(record)
ADD_HEAD = insert(head)
MOVE_HEAD = (
    update(head).where(head.c.place == 1).values({name: bindparam(f"new_{name}") for name in ("seq", "hash", "mac")})
)
READ_HEAD = select(head.c.seq, head.c.hash, head.c.mac).where(head.c.place == 1)
READ_VERSION = select(schema_version.c.version)
ANY_LINE = select(audit.c.seq).limit(1)
LINE_HASH = select(audit.c.hash).where(audit.c.seq == bindparam("line"))

_body = type_coerce(record.c.body, NullType()).label("body")  # as it stands there, also if someone put a text there
_READ_RECORD = select(record.c.kind, record.c.id, record.c.application, record.c.at, _body, record.c.seq)
GET_RECORD = _READ_RECORD.where(record.c.kind == bindparam("a_kind"), record.c.id == bindparam("an_id"))


def prepare(connection: Connection) -> None:
    """Create what is missing, in the caller's transaction. Raises Misconfigured (a newer Avicena wrote this store)."""
    _tables.create_all(connection)
    version = connection.execute(READ_VERSION).scalar()
    if version is None:
        connection.execute(insert(schema_version), {"version": SCHEMA})
    elif version > SCHEMA:
        raise Misconfigured(f"the store has schema {version}, this Avicena knows {SCHEMA}: install the newer one")


def found(kind: str, application: str | None, newest: int | None) -> Select[Any]:
    """The question for the records of a kind, newest first if a number is wanted; an index answers it."""
    wanted = _READ_RECORD.where(record.c.kind == kind)
    if application is not None:
        wanted = wanted.where(record.c.application == application)
    if newest is None:
        return wanted.order_by(record.c.seq, record.c.id)
    return wanted.order_by(record.c.seq.desc(), record.c.id.desc()).limit(newest)


def lines_page(after: int | None) -> Select[Any]:
    """The next audit lines behind number `after`; None begins with the very first row, whatever its number."""
    page = select(audit).order_by(audit.c.seq).limit(PAGE)
    return page if after is None else page.where(audit.c.seq > after)


def records_page(after: int | None, place: tuple[int, str, str] | None) -> Select[Any]:
    """The next records behind `place` (line, kind, id), or of the lines behind number `after`."""
    page = _READ_RECORD.order_by(record.c.seq, record.c.kind, record.c.id).limit(PAGE)
    if place is not None:
        seq, kind, id = place
        behind = (record.c.kind > kind) | ((record.c.kind == kind) & (record.c.id > id))
        return page.where(record.c.seq >= seq, (record.c.seq > seq) | behind)
    return page if after is None else page.where(record.c.seq > after)


def line_row(line: AuditLine) -> dict[str, Any]:
    """The row of an audit line."""
    entry = line.entry
    return {
        "seq": line.seq,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "application": entry.application,
        "subject": entry.subject,
        "outcome": entry.outcome,
        "kept": digest.canonical(entry.kept).decode(),
        "previous": line.previous,
        "hash": line.hash,
    }


def record_row(kept: Record, seq: int) -> dict[str, Any]:
    """The row of a record that line `seq` writes."""
    return {
        "kind": kept.kind,
        "id": kept.id,
        "application": kept.application,
        "at": kept.at,
        "seq": seq,
        "body": kept.body,
    }


def line_of(row: Row[Any]) -> AuditLine:
    """The audit line in a row. Raises AlteredRow (the row is not of the form that we write)."""
    seq, *texts = row
    if not _all_texts(texts):
        raise AlteredRow(seq, LINE)
    at, actor, act, application, subject, outcome, kept, previous, its_hash = texts
    entry = Entry(at, actor, act, application, subject, outcome, _kept_of(kept, seq))
    return AuditLine(seq, entry, previous, its_hash)


def record_of(row: Row[Any]) -> tuple[int, Record]:
    """The record in a row, and the number of its line. Raises AlteredRow (not of the form that we write)."""
    kind, id, application, at, body, seq = row
    if not (isinstance(body, bytes) and isinstance(seq, int) and _all_texts([application, at])):
        raise AlteredRow(seq if isinstance(seq, int) else 0, f"record {kind}/{id}")
    return seq, Record(kind, id, application, at, body)


def head_of(row: Row[Any]) -> Head:
    """The head in a row. Raises AlteredRow (the row is not of the form that we write)."""
    seq, its_hash, mac = row
    if not (isinstance(seq, int) and _all_texts([its_hash, mac])):
        raise AlteredRow(0, HEAD)
    return Head(seq, its_hash, mac)


def _kept_of(text: str, seq: int) -> tuple[Kept, ...]:
    try:
        kept = tuple(Kept(item["kind"], item["id"], item["digest"]) for item in orjson.loads(text))
        as_written = digest.canonical(kept).decode() == text
    except (KeyError, TypeError, ValueError):
        as_written = False
    if not as_written:
        raise AlteredRow(seq, LINE)
    return kept


def _all_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
