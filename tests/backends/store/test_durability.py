"""What was acknowledged stays, and what was refused is not there, whatever happens to the process or the database."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from avicena.backends.store.verify import verify
from avicena.core.errors import Unavailable

from .making import entry, opened, record, seal, written
from .proxy import Proxy

ROOT = Path(__file__).resolve().parents[3]
THREADS = 8
EACH = 12


def writer(url: str, name: str, number: int) -> "subprocess.Popen[str]":
    """Another process that writes so many records in each of eight threads."""
    command = [sys.executable, "-m", "tests.backends.store.writer", url, name, str(THREADS), str(number)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def begin(*processes: "subprocess.Popen[str]") -> None:
    """Let all of them begin once each has opened its store."""
    for process in processes:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def test_a_killed_process_loses_nothing_it_has_acknowledged(url: str) -> None:
    process = writer(url, "killed", 100_000)
    begin(process)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(1000)]
    process.kill()
    rest, _ = process.communicate()
    acknowledged += rest.split("\n")[:-1]  # the last one may be cut short
    store = opened(url)
    assert len(acknowledged) >= 1000
    kept = {kept.id for kept in store.find("answer")}
    assert set(acknowledged) - kept == set()
    assert verify(store, seal) is None
    assert written(store, 1)[0].seq == len(kept) + 1
    store.close()


def test_two_processes_that_write_at_once_make_one_chain(url: str) -> None:
    processes = [writer(url, name, EACH) for name in ("one", "two")]
    begin(*processes)
    said = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    store = opened(url)
    order = [kept.id for kept in store.find("answer")]
    assert set(order) == {id for ids in said for id in ids}
    assert len(order) == 2 * EACH * THREADS
    assert verify(store, seal) is None
    turns = sum(first.split("-")[0] != second.split("-")[0] for first, second in pairwise(order))
    store.close()
    assert turns > 1, "one wrote only after the other had ended"


def test_many_may_open_an_empty_database_at_once(url: str) -> None:
    together = threading.Barrier(6)

    def open_and_write(i: int) -> None:
        together.wait()
        store = opened(url)
        store.write(entry(str(i)))
        store.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(open_and_write, range(6)))
    store = opened(url)
    assert len(list(store.lines())) == 6
    assert verify(store, seal) is None
    store.close()


def test_each_commit_waits_for_the_disk(sqlite: str) -> None:
    store = opened(sqlite)
    written(store, 1)
    with sqlite3.connect(sqlite.removeprefix("sqlite:///")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    engine = store._database.writing  # type: ignore[attr-defined]
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 5000
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    store.close()


def test_the_file_of_a_store_is_for_its_owner_only(sqlite: str) -> None:
    store = opened(sqlite)
    written(store, 1)
    files = list(Path(sqlite.removeprefix("sqlite:///")).parent.iterdir())
    assert len(files) >= 2
    assert {file.stat().st_mode & 0o077 for file in files} == {0}
    store.close()


def test_a_locked_database_is_unavailable_in_time_and_what_timed_out_is_never_written(sqlite: str) -> None:
    store = opened(sqlite, timeout=0.4)
    written(store, 2)
    other = sqlite3.connect(sqlite.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        errors = [f.exception() for f in [pool.submit(store.write, entry(), [record(f"late {i}")]) for i in range(4)]]
    assert {type(error) for error in errors} == {Unavailable}
    assert time.monotonic() - begun < 4
    assert len(store.find("answer")) == 2  # readers are not held up
    other.execute("ROLLBACK")
    other.close()
    assert written(store, 1, first=3)[0].seq == 3
    assert [kept.id for kept in store.find("answer")] == ["1", "2", "3"]
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files here")
def test_a_full_disk_is_unavailable_and_keeps_nothing_until_there_is_room(sqlite: str) -> None:
    log = sqlite.removeprefix("sqlite:///") + "-wal"
    command = [sys.executable, "-m", "tests.backends.store.full_disk", sqlite, log]
    said = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert said.stdout.split("\n")[:2] == ["unavailable", "None 4 None"]


def test_a_file_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        opened(f"sqlite:///{tmp_path}/file/avicena.db")


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "avicena.db").write_bytes(os.urandom(8192))
    with pytest.raises(Unavailable):
        opened(f"sqlite:///{tmp_path}/avicena.db")


def test_a_server_that_is_not_there_is_unavailable() -> None:
    pytest.importorskip("psycopg", reason="no PostgreSQL driver: pip install 'avicena[postgres]'")
    with pytest.raises(Unavailable):
        opened("postgresql://nobody@127.0.0.1:9/none")


def test_a_server_that_comes_back_is_written_to_again(postgres: str, postgres_server: str) -> None:
    store = opened(postgres)
    written(store, 2)
    name = make_url(postgres).database
    allow(postgres_server, name, False)
    with pytest.raises(Unavailable):
        store.write(entry(), [record("lost")])
    with pytest.raises(Unavailable):
        store.ready()
    with pytest.raises(Unavailable):
        store.get("answer", "1")
    allow(postgres_server, name, True)
    store.ready()
    assert written(store, 1, first=3)[0].seq == 3
    assert [kept.id for kept in store.find("answer")] == ["1", "2", "3"]
    store.close()


def test_a_connection_that_died_meanwhile_is_not_noticed(postgres: str, postgres_server: str) -> None:
    store = opened(postgres)
    written(store, 2)
    name = make_url(postgres).database
    allow(postgres_server, name, False)
    allow(postgres_server, name, True)
    assert written(store, 1, first=3)[0].seq == 3
    store.close()


@pytest.mark.parametrize("arrives", [True, False])
def test_a_commit_whose_reply_is_lost_is_looked_up(postgres: str, arrives: bool) -> None:
    with Proxy(postgres.split("host=")[1]) as proxy:
        name = make_url(postgres).database
        store = opened(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}")
        written(store, 2)
        proxy.cut_at(b"COMMIT", arrives)
        if arrives:
            assert written(store, 1, first=3)[0].seq == 3
        else:
            with pytest.raises(Unavailable):
                store.write(entry(), [record("lost")])
        assert proxy.cuts == 1
        assert len(written(store, 1, first=9)) == 1
        assert [kept.id for kept in store.find("answer")] == ["1", "2", *(["3"] if arrives else []), "9"]
        assert verify(store, seal) is None
        store.close()


def test_the_server_is_told_to_wait_for_its_disk(postgres: str) -> None:
    store = opened(postgres)
    engine = store._database.writing  # type: ignore[attr-defined]
    with engine.connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "5s"
    store.close()


def allow(server: str, name: str | None, allowed: bool) -> None:
    """Let a database take connections, or end those it has and take no more."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {allowed}"))
        end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(end), {"name": name})
    engine.dispose()
