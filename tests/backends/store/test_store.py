"""What every store promises, on each kind of database."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from avicena.backends.store import Store, open_store, tables
from avicena.backends.store.verify import verify
from avicena.core.audit import GENESIS, Kept, Record
from avicena.core.errors import Blocked, Misconfigured, Unavailable, Untrusted

from .making import AT, change, entry, opened, record, rows, seal, written


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = opened(url)
    yield store
    store.close()


def test_a_record_comes_back_as_it_was_written(store: Store) -> None:
    kept = Record("answer", "a1", "brain-tumour", AT, '{"text":"niña, 63 años"}'.encode())
    store.write(entry(), [kept])
    assert store.get("answer", "a1") == kept
    assert store.get("answer", "a2") is None
    assert store.get("review", "a1") is None


def test_a_line_names_the_records_it_keeps_and_the_line_before(store: Store) -> None:
    first = store.write(entry("one"), [record("1"), record("1", kind="truth")])
    second = store.write(entry("two", outcome="ContractViolation"))
    assert (first.seq, first.previous) == (1, GENESIS)
    assert first.entry.kept == tuple(Kept(r.kind, r.id, r.digest) for r in (record("1"), record("1", kind="truth")))
    assert (second.seq, second.previous, second.entry.kept) == (2, first.hash, ())
    assert second.hash == second.expected()
    assert list(store.lines()) == [first, second]


def test_the_head_is_the_last_line_and_is_sealed(store: Store) -> None:
    assert store.head() is None
    last = written(store, 3)[-1]
    head = store.head()
    assert head is not None
    assert (head.seq, head.hash) == (last.seq, last.hash)
    assert verify(store, seal) is None
    assert verify(store, lambda data: "another key") is not None


def test_a_store_that_is_opened_again_goes_on_with_the_same_chain(url: str) -> None:
    first = opened(url)
    written(first, 3)
    first.close()
    again = opened(url)
    assert written(again, 1, first=4)[0].seq == 4
    assert verify(again, seal) is None
    again.close()


def test_records_are_found_in_the_order_they_were_written(store: Store) -> None:
    for i in (3, 1, 2, 5, 4):
        store.write(entry(), [record(str(i), application="brain" if i % 2 else "breast"), record(str(i), kind="truth")])
    assert [r.id for r in store.find("answer")] == ["3", "1", "2", "5", "4"]
    assert [r.id for r in store.find("answer", "brain")] == ["3", "1", "5"]
    assert [r.id for r in store.find("answer", newest=2)] == ["5", "4"]
    assert [r.id for r in store.find("answer", "brain", newest=2)] == ["1", "5"]
    assert store.find("answer", "rare") == []


@pytest.mark.parametrize("application", ["brain-tumour", None])
def test_the_newest_records_are_found_by_an_index(url: str, application: str | None) -> None:
    opened(url).close()
    address = make_url(url)
    is_sqlite = address.drivername == "sqlite"
    engine = create_engine(address if is_sqlite else address.set(drivername="postgresql+psycopg"))
    question = tables.found("answer", application, 1).compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        if not is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        plan = " ".join(str(row) for row in connection.execute(text(f"{explain} {question}")))
    engine.dispose()
    assert ("record_by_application" if application else "record_by_kind") in plan
    assert "SCAN record" not in plan
    assert "Seq Scan" not in plan


def test_all_lines_and_records_are_streamed_across_pages(store: Store) -> None:
    number = 2 * tables.PAGE + 10
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: store.write(entry(), [record(f"{i}"), record(f"{i}", "truth")]), range(number)))
    assert [line.seq for line in store.lines()] == list(range(1, number + 1))
    assert [line.seq for line in store.lines(after=number - 3)] == [number - 2, number - 1, number]
    records = list(store.records())
    assert [seq for seq, _ in records] == [seq for seq in range(1, number + 1) for _ in "12"]
    assert len({(r.kind, r.id) for _, r in records}) == 2 * number
    assert [seq for seq, _ in store.records(after=number - 1)] == [number, number]


def test_a_second_record_of_the_same_name_is_refused_and_leaves_nothing(store: Store) -> None:
    written(store, 2)
    with pytest.raises(Blocked):
        store.write(entry("again"), [record("new"), record("1", body=b"other")])
    assert store.get("answer", "new") is None
    assert store.get("answer", "1") == record("1", body=b'{"n":1}')
    assert len(list(store.lines())) == 2
    assert written(store, 1, first=3)[0].seq == 3
    assert verify(store, seal) is None


def test_only_the_guilty_one_of_a_group_is_refused(store: Store) -> None:
    written(store, 1)
    start = threading.Barrier(12)

    def write(i: int) -> bool:
        start.wait()
        try:
            store.write(entry(f"case {i}"), [record("1" if i % 4 == 0 else f"new {i}")])
        except Blocked:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(write, range(12))) == [i % 4 != 0 for i in range(12)]
    assert len(list(store.lines())) == 10
    assert verify(store, seal) is None


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 501])
def test_a_name_no_database_can_keep_is_refused_and_the_store_lives_on(store: Store, name: str) -> None:
    with pytest.raises(Blocked):
        store.write(entry(), [record(name)])
    assert written(store, 1)[0].seq == 1


def test_text_no_database_can_keep_is_refused_in_the_audit_entry_too(store: Store) -> None:
    with pytest.raises(Blocked):
        store.write(entry("a\0b"))
    assert list(store.lines()) == []


def test_a_closed_store_writes_what_waited_and_nothing_more(url: str) -> None:
    store = opened(url)
    with ThreadPoolExecutor(8) as pool:
        writes = [pool.submit(store.write, entry(str(i))) for i in range(40)]
        writes[0].result()
        store.close()
        outcomes = [type(write.exception()) for write in writes]
    assert set(outcomes) <= {type(None), Unavailable}
    again = opened(url)
    assert len(list(again.lines())) == outcomes.count(type(None))
    again.close()
    with pytest.raises(Unavailable):
        store.write(entry())


def test_a_store_of_a_newer_avicena_is_refused(url: str) -> None:
    opened(url).close()
    change(url, "UPDATE schema_version SET version = 99")
    with pytest.raises(Misconfigured, match="schema 99"):
        opened(url)


def test_a_chain_whose_end_was_shortened_is_not_written_on(url: str) -> None:
    store = opened(url)
    written(store, 3)
    old = rows(url, "SELECT seq, hash, mac FROM head")[0]
    written(store, 2, first=4)
    change(url, "DELETE FROM audit WHERE seq > 3", "DELETE FROM record WHERE seq > 3")
    change(url, "UPDATE head SET seq = :seq, hash = :hash, mac = :mac", seq=old.seq, hash=old.hash, mac=old.mac)
    with pytest.raises(Untrusted):
        store.write(entry())
    store.close()


@pytest.mark.parametrize("tampering", ["DELETE FROM head", "UPDATE head SET seq = 2", "UPDATE head SET mac = 'x'"])
def test_a_chain_whose_head_was_altered_is_not_written_on(url: str, tampering: str) -> None:
    store = opened(url)
    written(store, 3)
    store.close()
    change(url, tampering)
    again = opened(url)
    with pytest.raises(Untrusted):
        again.write(entry())
    again.close()
    assert len(rows(url, "SELECT seq FROM audit")) == 3


def test_a_ready_store_says_nothing(store: Store) -> None:
    store.ready()


@pytest.mark.parametrize("name", ["my site", "50%20", "what?", "a#b"])
def test_the_file_of_a_store_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    opened(f"sqlite:///{tmp_path}/{name}/avicena.db").close()
    assert (tmp_path / name / "avicena.db").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_store_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        opened(url)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(Misconfigured, match="sqlite://"):
        open_store("mysql://host/db", seal)


def test_a_missing_driver_names_the_extra_to_install() -> None:
    program = """
import sys
sys.modules["psycopg"] = None
from avicena.backends.store import open_store
from avicena.core.errors import Misconfigured
try:
    open_store("postgresql://host/db", str)
except Misconfigured as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'avicena[postgres]'" in said.stdout


def test_the_store_is_opened_without_loading_the_library_before() -> None:
    program = "import sys, avicena.backends.store; print('sqlalchemy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
