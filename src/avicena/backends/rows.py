"""Where a dataset's rows are kept: few as one blob, many as chunks that versions share."""

from collections.abc import Callable, Iterable
from itertools import chain, islice

from avicena.backends.blobs import Blobs
from avicena.backends.store import Store
from avicena.core import digest
from avicena.core.errors import Untrusted
from avicena.core.model import Row
from avicena.formats import chunks, record

KIND = "chunk"
"""The kind of record that says where a chunk's rows are kept, under the digest of their lines."""


def keep_rows(
    blobs: Blobs,
    store: Store,
    keep: Callable[[str, str, chunks.Chunk], None],
    rows: Iterable[Row],
    short: int = chunks.SHORT,
) -> str:
    """Keep rows, which must come in the order of their names, and give the digest for `DatasetVersion.rows`.

    Up to `short` rows are one blob. `keep` takes kind, id and noun of each new record. A chunk that any earlier
    version has is not written again. The digest is the same on every machine, however the chunks are kept. Raises
    Unavailable (nothing can be written).
    """
    left = iter(rows)
    few = list(islice(left, short + 1))
    if len(few) <= short:
        return blobs.put(chunks.lines(few), durable=True)
    contents: list[str] = []
    number = 0
    for chunk in chunks.chunked(chain(few, left)):
        said = chunks.lines(chunk)
        content = digest.of_bytes(said)
        if store.get(KIND, content) is None and content not in contents:
            file, form = chunks.pack(chunk, said)
            keep(KIND, content, chunks.Chunk(blobs.put(file, durable=True), form, len(chunk)))
        contents.append(content)
        number += len(chunk)
    return blobs.put(chunks.index(contents, number), durable=True)


def read_rows(blobs: Blobs, store: Store, name: str) -> list[Row]:
    """The rows kept under that digest. Raises NotFound, Untrusted, Misconfigured (Parquet's extra)."""
    data = blobs.get(name)
    index = chunks.read_index(data)
    if index is None:
        return chunks.from_lines(data)
    rows: list[Row] = []
    for content in index.chunks:
        found = store.get(KIND, content)
        if found is None:
            raise Untrusted("the record of a chunk of rows is missing; restore the records from a backup")
        where = record.load(chunks.Chunk, found.body)
        rows += chunks.unpack(blobs.get(where.blob), where.form)
    if len(rows) != index.rows:
        raise Untrusted("the rows of a dataset are incomplete; restore its files from a backup")
    return rows
