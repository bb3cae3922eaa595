"""A dataset's rows as one blob, or, where they are many, as chunks that two versions share as far as they are alike.

Where one chunk ends and the next begins is told by the rows' names alone, so that a changed row changes its own chunk
and an added or removed row that chunk or the two around it; all others keep their digest and are not written again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

from avicena.core import digest
from avicena.core.errors import Misconfigured
from avicena.core.model import Row
from avicena.formats import record

SHORT = 20_000
"""Rows that are still kept as one blob."""

LEAST, MOST, ONE_IN = 512, 16_384, 4_096
"""Rows of a chunk at least and at most, and how many row names there are to one that ends a chunk."""

Form = Literal["lines", "parquet"]
"""How the rows of a chunk are kept."""

_MARK = b'{"chunks":'


@dataclass(frozen=True, slots=True)
class Chunks:
    """The blob of rows that are kept in chunks: the digest of each chunk's lines, in order, and the number of rows."""

    chunks: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where the lines of one chunk are kept and how: as they are, or as a Parquet file."""

    blob: str
    form: Form
    rows: int


def lines(rows: Iterable[Row]) -> bytes:
    """The rows, one canonical JSON object a line."""
    return b"".join(record.dump(row) + b"\n" for row in rows)


def from_lines(data: bytes) -> list[Row]:
    """The rows that `lines` wrote. Raises Untrusted (not as they were written)."""
    return [record.load(Row, line) for line in data.splitlines()]


def chunked(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, which must come in the order of their names, in chunks."""
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == MOST or (len(chunk) >= LEAST and _ends(row.id)):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def pack(rows: list[Row], said: bytes) -> tuple[bytes, Form]:
    """The file to keep of a chunk whose lines are `said`: Parquet where the extra `tables` is installed, else these."""
    try:
        from avicena.formats.parquet import rows_to_parquet
    except Misconfigured:
        return said, "lines"
    file = rows_to_parquet(rows)
    return (said, "lines") if file is None else (file, "parquet")


def unpack(file: bytes, form: Form) -> list[Row]:
    """The rows of a chunk. Raises Misconfigured (Parquet without its extra), Untrusted (not as it was written)."""
    if form == "lines":
        return from_lines(file)
    from avicena.formats.parquet import rows_from_parquet

    return rows_from_parquet(file)


def index(contents: Iterable[str], rows: int) -> bytes:
    """The blob that names the chunks."""
    return digest.canonical(Chunks(tuple(contents), rows))


def read_index(data: bytes) -> Chunks | None:
    """The chunks that a blob names, or None when it holds the rows themselves. Raises Untrusted."""
    return record.load(Chunks, data) if data.startswith(_MARK) else None


def _ends(name: str) -> bool:
    """Whether a row of that name ends its chunk."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest()) % ONE_IN == 0
