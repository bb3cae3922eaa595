"""A raw table of many megabytes is kept in parts, and a small change writes few of them."""

from pathlib import Path
from typing import Any

import pytest

from avicena.backends.parts import KIND, has_file, keep_file, read_file
from avicena.core.audit import Entry, Record
from avicena.core.errors import NotFound
from avicena.formats import parts, record
from avicena.site import Site
from tests.tables import table_site

LINES = [f"p{one:07d};{one % 97};a story of patient {one * 7919 % 100_003}\n".encode() for one in range(150_000)]
DATA = b"".join(LINES)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return table_site(tmp_path)


def keep(site: Site, data: bytes) -> str:
    records: list[Record] = []

    def note(kind: str, id: str, noun: Any) -> None:
        records.append(Record(kind, id, "", site.now(), record.dump(noun)))

    name = keep_file(site.blobs, site.store, note, data)
    site.store.write(Entry(site.now(), "test", "import", "", "", "done"), records)
    return name


def test_a_large_file_is_read_back_and_keeping_it_again_changes_nothing(site: Site) -> None:
    assert len(DATA) > parts.SHORT
    name = keep(site, DATA)
    assert keep(site, DATA) == name
    assert read_file(site.blobs, site.store, name) == DATA
    assert len(site.store.find(KIND)) == 1
    assert has_file(site.blobs, site.store, name)


def test_a_small_file_is_one_blob(site: Site) -> None:
    name = keep(site, DATA[:1000])
    assert site.blobs.get(name) == read_file(site.blobs, site.store, name) == DATA[:1000]
    assert site.store.find(KIND) == []


@pytest.mark.parametrize("where", [0, 70_000, 149_999])
def test_a_changed_an_added_or_a_removed_line_leaves_nearly_all_parts_as_they_are(where: int) -> None:
    before = set(parts.parted(DATA))
    for lines in (
        [*LINES[:where], b"changed\n", *LINES[where + 1 :]],
        [*LINES[:where], b"added\n", *LINES[where:]],
        [*LINES[:where], *LINES[where + 1 :]],
    ):
        after = list(parts.parted(b"".join(lines)))
        assert b"".join(after) == b"".join(lines)
        assert sum(len(part) for part in after if part not in before) < 0.1 * len(DATA)


def test_a_file_without_lines_is_cut_by_size() -> None:
    data = bytes(range(1, 10)) * (1 << 19)
    assert b"".join(parts.parted(data)) == data
    assert max(map(len, parts.parted(data))) == parts.MOST


def test_a_file_that_was_never_kept_is_not_found(site: Site) -> None:
    assert not has_file(site.blobs, site.store, "sha256:" + "0" * 64)
    with pytest.raises(NotFound):
        read_file(site.blobs, site.store, "sha256:" + "0" * 64)
