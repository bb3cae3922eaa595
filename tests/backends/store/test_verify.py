"""Verification finds each kind of tampering, by raw SQL, and names the first."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avicena.backends.store import Store
from avicena.backends.store.diagnosis import Fault
from avicena.backends.store.verify import verify
from avicena.core import digest
from avicena.core.audit import AuditLine
from avicena.core.errors import Untrusted

from .making import change, entry, many, opened, record, rows, seal, written

LINES = 7
INSERT_RECORD = """INSERT INTO record (kind, id, application, at, seq, body)
SELECT kind, :id, application, at, :seq, body FROM record WHERE id = '1'"""


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store with seven lines, each with one record of its own number."""
    store = opened(url)
    written(store, LINES)
    yield store
    store.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of such a store."""
    file = tmp_path_factory.mktemp("whole") / "avicena.db"
    store = opened(f"sqlite:///{file}")
    written(store, LINES)
    store.close()
    return file


@pytest.fixture
def filed(whole: Path, sqlite: str) -> Iterator[Store]:
    """A store on a copy of that file, where a test does not depend on the kind of database."""
    copy = Path(sqlite.removeprefix("sqlite:///"))
    copy.parent.mkdir()
    shutil.copy(whole, copy)
    store = opened(sqlite)
    yield store
    store.close()


def test_what_was_only_written_has_no_fault(store: Store) -> None:
    store.write(entry("refused", outcome="NotAllowed"))
    assert verify(store, seal) is None


def test_an_empty_store_has_no_fault(url: str) -> None:
    store = opened(url)
    assert verify(store, seal) is None
    store.close()


@pytest.mark.parametrize("column", ["at", "actor", "act", "application", "subject", "outcome", "previous", "hash"])
@pytest.mark.parametrize("seq", [1, 4, LINES])
def test_an_edited_line_is_named(filed: Store, sqlite: str, column: str, seq: int) -> None:
    change(sqlite, f"UPDATE audit SET {column} = 'forged' WHERE seq = :seq", seq=seq)
    assert verify(filed, seal) == Fault(seq, "edited", "audit line")


def test_an_edited_field_is_found_on_each_kind_of_database(store: Store, url: str) -> None:
    change(url, "UPDATE audit SET actor = 'someone else' WHERE seq = 3")
    assert verify(store, seal) == Fault(3, "edited", "audit line")


@pytest.mark.parametrize("kept", ["[]", "", "[1]", "nonsense", '[{"digest":"x","id":"3","kind":"answer"}]', "{}"])
def test_an_edited_list_of_records_is_named(filed: Store, sqlite: str, kept: str) -> None:
    change(sqlite, "UPDATE audit SET kept = :kept WHERE seq = 3", kept=kept)
    assert verify(filed, seal) == Fault(3, "edited", "audit line")


def test_a_list_of_records_that_only_looks_different_is_named(store: Store, url: str) -> None:
    change(url, "UPDATE audit SET kept = kept || ' ' WHERE seq = 3")
    assert verify(store, seal) == Fault(3, "edited", "audit line")


def test_a_line_that_was_forged_with_a_fitting_hash_is_named(store: Store, url: str) -> None:
    line = list(store.lines())[3]
    forged = replace(line, entry=replace(line.entry, actor="someone else")).sealed()
    change(url, "UPDATE audit SET actor = 'someone else', hash = :hash WHERE seq = 4", hash=forged.hash)
    assert verify(store, seal) == Fault(4, "edited", "audit line")


def test_the_last_line_forged_with_a_fitting_hash_is_named(store: Store, url: str) -> None:
    forged = list(store.lines())[-1]
    forged = replace(forged, entry=replace(forged.entry, actor="someone else")).sealed()
    change(url, "UPDATE audit SET actor = 'someone else', hash = :hash WHERE seq = 7", hash=forged.hash)
    assert verify(store, seal) == Fault(LINES, "edited", "audit line, or one before it")


@pytest.mark.parametrize("seq", [1, 4])
def test_a_deleted_line_is_named(filed: Store, sqlite: str, seq: int) -> None:
    change(sqlite, "DELETE FROM audit WHERE seq = :seq", seq=seq)
    assert verify(filed, seal) == Fault(seq, "deleted", "audit line")


def test_a_deleted_line_is_named_though_the_rest_closed_the_gap(store: Store, url: str) -> None:
    change(url, "DELETE FROM audit WHERE seq = 4", "DELETE FROM record WHERE seq = 4")
    move(url, range(5, LINES + 1), -1)
    assert verify(store, seal) == Fault(4, "deleted", "audit line")


@pytest.mark.parametrize("left", [0, 1, LINES - 1])
def test_a_deleted_tail_is_named(filed: Store, sqlite: str, left: int) -> None:
    change(sqlite, "DELETE FROM audit WHERE seq > :left", "DELETE FROM record WHERE seq > :left", left=left)
    assert verify(filed, seal) == Fault(left + 1, "deleted", "audit line")


def test_a_deleted_tail_is_found_though_the_head_was_moved_too(store: Store, url: str) -> None:
    last = list(store.lines())[4]
    change(url, "DELETE FROM audit WHERE seq > 5", "DELETE FROM record WHERE seq > 5")
    change(url, "UPDATE head SET seq = 5, hash = :hash", hash=last.hash)
    assert verify(store, seal) == Fault(5, "edited", "head")


def test_a_store_put_back_to_an_earlier_day_is_found_by_a_head_noted_elsewhere(store: Store, url: str) -> None:
    early = rows(url, "SELECT seq, hash, mac FROM head")[0]
    last = written(store, 3, first=LINES + 1)[-1]
    change(url, "DELETE FROM audit WHERE seq > 7", "DELETE FROM record WHERE seq > 7")
    change(url, "UPDATE head SET seq = 7, hash = :hash, mac = :mac", hash=early.hash, mac=early.mac)
    assert verify(store, seal) is None
    assert verify(store, seal, (last.seq, last.hash)) == Fault(LINES + 1, "deleted", "audit line")
    assert verify(store, seal, (3, "sha256:another")) == Fault(3, "edited", "audit line")
    assert verify(store, seal, (early.seq, early.hash)) is None


@pytest.mark.parametrize("column", ["hash", "mac"])
def test_an_edited_head_is_named(filed: Store, sqlite: str, column: str) -> None:
    change(sqlite, f"UPDATE head SET {column} = 'forged'")
    assert verify(filed, seal) == Fault(LINES, "edited", "head")


def test_a_head_that_was_moved_back_is_named(store: Store, url: str) -> None:
    change(url, "UPDATE head SET seq = 4")
    assert verify(store, seal) == Fault(4, "edited", "head")


def test_a_deleted_head_is_named(store: Store, url: str) -> None:
    change(url, "DELETE FROM head")
    assert verify(store, seal) == Fault(LINES, "deleted", "head")


def test_reordered_lines_are_named(store: Store, url: str) -> None:
    for old, new in ((3, 100), (5, 3), (100, 5)):
        change(url, "UPDATE audit SET seq = :new WHERE seq = :old", old=old, new=new)
    assert verify(store, seal) == Fault(3, "reordered", "audit line")


def test_reordered_neighbours_are_named_though_their_records_moved_with_them(store: Store, url: str) -> None:
    for old, new in ((6, 100), (7, 6), (100, 7)):
        change(url, "UPDATE audit SET seq = :new WHERE seq = :old", old=old, new=new)
        change(url, "UPDATE record SET seq = :new WHERE seq = :old", old=old, new=new)
    assert verify(store, seal) == Fault(6, "reordered", "audit line")


@pytest.mark.parametrize("fitting", [True, False], ids=["fitting", "not fitting"])
@pytest.mark.parametrize("seq", [1, 4])
def test_an_inserted_line_is_named_though_the_rest_made_room(
    filed: Store, sqlite: str, seq: int, fitting: bool
) -> None:
    forged = insertable(filed, seq)
    move(sqlite, range(LINES, seq - 1, -1), 1)
    insert(sqlite, forged if fitting else replace(forged, hash="sha256:forged", previous="sha256:forged"))
    assert verify(filed, seal) == Fault(seq, "inserted", "audit line")


@pytest.mark.parametrize("seq", [LINES + 1, LINES + 5, 0, -3])
def test_a_line_put_behind_the_head_or_before_the_first_is_named(filed: Store, sqlite: str, seq: int) -> None:
    insert(sqlite, replace(insertable(filed, LINES + 1), seq=seq).sealed())
    assert verify(filed, seal) == Fault(seq, "inserted", "audit line")


@pytest.mark.parametrize("edit", ["body = x'7b'", "body = 'text'", "at = 'never'", "application = 'other'"])
def test_an_edited_record_is_named(filed: Store, sqlite: str, edit: str) -> None:
    change(sqlite, f"UPDATE record SET {edit} WHERE id = '4'")
    assert verify(filed, seal) == Fault(4, "edited", "record answer/4")


def test_a_record_with_another_body_is_named_on_each_kind_of_database(store: Store, url: str) -> None:
    change(url, "UPDATE record SET body = (SELECT body FROM record WHERE id = '5') WHERE id = '4'")
    assert verify(store, seal) == Fault(4, "edited", "record answer/4")


@pytest.mark.parametrize("column", ["at", "body"])
def test_a_record_that_is_no_longer_one_is_not_handed_out(filed: Store, sqlite: str, column: str) -> None:
    assert filed.get("answer", "4") is not None
    change(sqlite, f"UPDATE record SET {column} = CASE '{column}' WHEN 'at' THEN x'7b' ELSE 'text' END WHERE id = '4'")
    with pytest.raises(Untrusted):
        filed.get("answer", "4")


def test_a_record_that_was_moved_to_another_line_is_named(store: Store, url: str) -> None:
    change(url, "UPDATE record SET seq = 6 WHERE id = '4'")
    assert verify(store, seal) == Fault(4, "edited", "record answer/4")


@pytest.mark.parametrize("id", ["1", "4", "7"])
def test_a_deleted_record_is_named(filed: Store, sqlite: str, id: str) -> None:
    change(sqlite, "DELETE FROM record WHERE id = :id", id=id)
    assert verify(filed, seal) == Fault(int(id), "deleted", f"record answer/{id}")


@pytest.mark.parametrize("seq", [-1, 0, 1, 4, 7, 8])
def test_an_inserted_record_is_named(filed: Store, sqlite: str, seq: int) -> None:
    change(sqlite, INSERT_RECORD, id="forged", seq=seq)
    assert verify(filed, seal) == Fault(seq, "inserted", "record answer/forged")


def test_a_record_in_an_otherwise_empty_store_is_named(url: str) -> None:
    store = opened(url)
    empty = "CAST('' AS BLOB)" if "sqlite" in url else "''::bytea"
    change(url, f"INSERT INTO record (kind, id, application, at, seq, body) VALUES ('a', 'b', 'c', 'd', 1, {empty})")
    assert verify(store, seal) == Fault(1, "inserted", "record a/b")
    store.close()


def test_the_first_of_several_faults_is_named(store: Store, url: str) -> None:
    change(url, "UPDATE audit SET actor = 'x' WHERE seq = 6", "DELETE FROM record WHERE id = '3'")
    change(url, "UPDATE audit SET kept = 'x' WHERE seq = 5", "UPDATE head SET mac = 'x'")
    assert verify(store, seal) == Fault(3, "deleted", "record answer/3")


def test_what_is_written_during_the_verification_is_no_fault(store: Store) -> None:
    def write_more(stage: str, done: int, total: int) -> None:
        store.write(entry(), [record(f"during {done} {total}")])

    many(store, 1000)
    assert verify(store, seal, progress=write_more) is None
    assert verify(store, seal) is None


def test_progress_is_told_up_to_the_end(store: Store) -> None:
    heard: list[tuple[str, int, int]] = []
    many(store, 1000)
    assert verify(store, seal, progress=lambda *said: heard.append(said)) is None
    assert heard == [("verify", 1000, 1007), ("verify", 1007, 1007)]


COLUMNS = {
    "audit": ["seq", "at", "actor", "act", "application", "subject", "outcome", "kept", "previous", "hash"],
    "record": ["kind", "id", "application", "at", "seq", "body"],
    "head": ["place", "seq", "hash", "mac"],
}
VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.integers(-1, 10), st.text(max_size=8), st.binary(max_size=8), st.just("[]")
)


@settings(max_examples=150)
@given(
    place=st.sampled_from([(table, column) for table, columns in COLUMNS.items() for column in columns]),
    row=st.integers(0, LINES - 1),
    value=VALUES,
)
def test_any_single_edit_is_found(whole: Path, place: tuple[str, str], row: int, value: Any) -> None:
    table, column = place
    edited = whole.with_name("edited.db")
    shutil.copy(whole, edited)
    changed = edit(edited, table, column, row, value)
    store = opened(f"sqlite:///{edited}")
    try:
        assert (verify(store, seal) is not None) == changed
    finally:
        store.close()
        for file in whole.parent.glob("edited.db*"):
            file.unlink()


def edit(file: Path, table: str, column: str, row: int, value: Any) -> bool:
    """Put any value into one cell, and say whether the cell is another now; SQLite takes a value of any type."""
    database = sqlite3.connect(file)
    (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    (place,) = database.execute(f"SELECT rowid FROM {table} LIMIT 1 OFFSET {row % count}").fetchone()
    cell = f"SELECT typeof({column}), {column} FROM {table} WHERE rowid = {place}"
    old = database.execute(cell).fetchone()
    with suppress(sqlite3.IntegrityError), database:  # a number taken already, or a text for a whole number
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = {place}", (value,))
    changed = bool(database.execute(cell).fetchone() != old)
    database.close()
    return changed


def insertable(store: Store, seq: int) -> AuditLine:
    """A forged line that follows from line `seq` - 1."""
    lines = list(store.lines())
    forged = entry("nothing to see", act="review")
    previous = lines[seq - 2].hash if seq > 1 else lines[0].previous
    return AuditLine(seq, replace(forged, actor="forger"), previous).sealed()


def insert(url: str, line: AuditLine) -> None:
    """Put a forged line into the table."""
    values = line.entry
    change(
        url,
        "INSERT INTO audit (seq, at, actor, act, application, subject, outcome, kept, previous, hash) VALUES "
        "(:seq, :at, :actor, :act, :application, :subject, :outcome, :kept, :previous, :hash)",
        **{name: getattr(values, name) for name in ("at", "actor", "act", "application", "subject", "outcome")},
        seq=line.seq,
        kept=digest.canonical(values.kept).decode(),
        previous=line.previous,
        hash=line.hash,
    )


def move(url: str, numbers: range, by: int) -> None:
    """Give lines and their records other numbers, one after the other."""
    for seq in numbers:
        change(url, "UPDATE audit SET seq = :new WHERE seq = :old", old=seq, new=seq + by)
        change(url, "UPDATE record SET seq = :new WHERE seq = :old", old=seq, new=seq + by)
