"""The rows of a large table are kept so that versions share what they have in common."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avicena.backends.blobs import Blobs, open_blobs
from avicena.backends.rows import KIND, keep_rows, read_rows
from avicena.core.audit import Entry, Record
from avicena.core.digest import of_bytes
from avicena.core.errors import Untrusted
from avicena.core.model import Row
from avicena.formats import chunks, record
from avicena.site import Site
from tests.tables import table_site


def row(number: int, age: float | None = None) -> Row:
    values = {"age": age if age is not None else float(number % 90), "sex": "female", "note": None}
    box = (0.5, 0.25, 0.1, 0.1) if number % 3 == 0 else None
    labels = {"disease": "measles"} if number % 5 else {}
    return Row(f"p{number:05d}", values, labels, f"h{number // 2}", True, "clinic", number % 4, box)


ROWS = [row(number) for number in range(20_000)]


class Counting:
    """Blobs that remember how many bytes were new to them."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.written: list[int] = []

    def put(self, data: bytes, *, durable: bool = False) -> str:
        if not self._blobs.has(of_bytes(data)):
            self.written.append(len(data))
        return self._blobs.put(data, durable=durable)

    def get(self, digest: str) -> bytes:
        return self._blobs.get(digest)

    def has(self, digest: str) -> bool:
        return self._blobs.has(digest)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return table_site(tmp_path)


def keep(site: Site, blobs: Any, rows: list[Row], short: int = 0) -> str:
    """Keep rows as one act would."""
    records: list[Record] = []

    def note(kind: str, id: str, noun: Any) -> None:
        records.append(Record(kind, id, "small-fever", site.now(), record.dump(noun)))

    name = keep_rows(blobs, site.store, note, rows, short)
    site.store.write(Entry(site.now(), "test", "import", "small-fever", "", "done"), records)
    return name


def test_what_was_kept_is_read_back_and_equal_rows_have_one_name(site: Site) -> None:
    name = keep(site, site.blobs, ROWS)
    assert read_rows(site.blobs, site.store, name) == ROWS
    assert keep(site, site.blobs, ROWS) == name
    assert len(site.store.find(KIND)) > 2


def test_few_rows_are_one_blob_of_lines(site: Site) -> None:
    name = keep(site, site.blobs, ROWS[:9], short=9)
    assert site.blobs.get(name) == chunks.lines(ROWS[:9])
    assert read_rows(site.blobs, site.store, name) == ROWS[:9]
    assert site.store.find(KIND) == []


@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_a_change_of_one_row_writes_its_chunk_and_no_other(site: Site, change: str) -> None:
    keep(site, site.blobs, ROWS)
    before = len(site.store.find(KIND))
    changed = list(ROWS)
    if change == "changed":
        changed[7000] = row(7000, 99.5)
    elif change == "added":
        changed.insert(7001, replace(ROWS[7000], id="p07000b"))
    else:
        del changed[7000]
    blobs = Counting(site.blobs)
    name = keep(site, blobs, changed)
    assert len(site.store.find(KIND)) <= before + 2
    assert len(blobs.written) <= 3
    assert read_rows(site.blobs, site.store, name) == changed


def test_the_name_is_the_same_whether_or_not_parquet_is_installed(site: Site, tmp_path: Path) -> None:
    name = keep(site, site.blobs, ROWS)
    assert {record.load(chunks.Chunk, one.body).form for one in site.store.find(KIND)} == {"parquet"}
    contents = [chunks.lines(chunk) for chunk in chunks.chunked(ROWS)]
    plain = open_blobs(f"file://{tmp_path}/other")
    assert plain.put(chunks.index([plain.put(one) for one in contents], len(ROWS))) == name


def test_columns_of_two_types_are_kept_as_lines(site: Site) -> None:
    mixed = [replace(one, values={"age": "old" if place % 2 else 4.0}) for place, one in enumerate(ROWS[:600])]
    name = keep(site, site.blobs, mixed)
    assert {record.load(chunks.Chunk, one.body).form for one in site.store.find(KIND)} == {"lines"}
    assert read_rows(site.blobs, site.store, name) == mixed


def test_rows_whose_record_is_lost_or_file_is_altered_are_not_trusted(site: Site, tmp_path: Path) -> None:
    name = keep(site, site.blobs, ROWS)
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(Untrusted, match="record of a chunk"):
        read_rows(site.blobs, table_site(tmp_path / "elsewhere").store, name)
    where = record.load(chunks.Chunk, site.store.find(KIND)[0].body)
    for path in tmp_path.rglob(where.blob.removeprefix("sha256:")):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(Untrusted, match="altered"):
        read_rows(site.blobs, site.store, name)


def test_where_chunks_end_is_told_by_the_names_alone() -> None:
    ends = {chunk[-1].id for chunk in chunks.chunked(ROWS)}
    changed = [replace(one, values={"age": random.Random(one.id).random()}) for one in ROWS]
    assert {chunk[-1].id for chunk in chunks.chunked(changed)} == ends
    sizes = [len(chunk) for chunk in chunks.chunked(ROWS)][:-1]
    assert all(chunks.LEAST <= size <= chunks.MOST for size in sizes)
    assert sum(len(chunk) for chunk in chunks.chunked(ROWS)) == len(ROWS)
