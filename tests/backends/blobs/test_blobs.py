"""What every place for files promises, and what a folder does when things go wrong."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.backends.blobs import Blobs, open_blobs
from avicena.core.digest import of_bytes
from avicena.core.errors import Misconfigured, NotFound, Unavailable, Untrusted

UNKNOWN = of_bytes(b"never put")


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return open_blobs(f"file://{tmp_path}/site/blobs")
    pytest.importorskip("obstore", reason="no object stores: pip install 'avicena[cloud]'")
    return open_blobs("memory://")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the blobs of `file://` lie."""
    return tmp_path / "blobs"


@pytest.mark.parametrize("durable", [False, True])
@pytest.mark.parametrize("data", [b"", b"x", os.urandom(100_000)], ids=["empty", "one byte", "large"])
def test_bytes_come_back_under_their_digest(blobs: Blobs, data: bytes, durable: bool) -> None:
    digest = blobs.put(data, durable=durable)
    assert digest == of_bytes(data)
    assert blobs.has(digest)
    assert blobs.get(digest) == data


def test_the_same_bytes_may_be_put_again(blobs: Blobs) -> None:
    assert blobs.put(b"twice") == blobs.put(b"twice") == blobs.put(b"twice", durable=True)
    assert blobs.get(of_bytes(b"twice")) == b"twice"


def test_what_was_never_put_is_not_found(blobs: Blobs) -> None:
    assert not blobs.has(UNKNOWN)
    with pytest.raises(NotFound):
        blobs.get(UNKNOWN)


@pytest.mark.parametrize(
    "name", ["", "sha256:", UNKNOWN[7:], UNKNOWN.upper(), f"{UNKNOWN}0", "sha256:../../../etc/passwd", "/etc/passwd"]
)
def test_what_is_no_digest_is_not_found(blobs: Blobs, name: str) -> None:
    with pytest.raises(NotFound):
        blobs.get(name)
    with pytest.raises(NotFound):
        blobs.has(name)


@given(name=st.text(max_size=80))
def test_no_other_name_leads_to_a_file(name: str) -> None:
    with pytest.raises(NotFound):
        SHARED.get(name)


SHARED = open_blobs("memory://")


def test_many_threads_may_put_the_same_and_other_bytes(blobs: Blobs) -> None:
    contents = [b"%d" % (i % 20) * 1000 for i in range(200)]
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(blobs.put, contents))
    assert digests == [of_bytes(data) for data in contents]
    assert {blobs.get(digest) for digest in digests} == set(contents)


def test_an_altered_file_is_not_handed_out(folder: Path) -> None:
    blobs = open_blobs(f"file://{folder}")
    digest = blobs.put(b"as it was")
    place(folder, digest).write_bytes(b"otherwise")
    with pytest.raises(Untrusted):
        blobs.get(digest)


def test_a_file_that_a_power_cut_emptied_is_written_again(folder: Path) -> None:
    blobs = open_blobs(f"file://{folder}")
    digest = blobs.put(b"as it was")
    place(folder, digest).write_bytes(b"")
    with pytest.raises(Untrusted):
        blobs.get(digest)
    blobs.put(b"as it was")
    assert blobs.get(digest) == b"as it was"


def test_the_files_of_a_folder_are_for_their_owner_only(folder: Path) -> None:
    digest = open_blobs(f"file://{folder}").put(b"secret")
    assert place(folder, digest).stat().st_mode & 0o077 == 0


def test_another_process_sees_what_was_put(folder: Path) -> None:
    digest = open_blobs(f"file://{folder}").put(b"shared")
    assert open_blobs(f"file://{folder}").get(digest) == b"shared"


@pytest.mark.parametrize("name", ["my blobs", "50%20", "what?", "a#b"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    digest = open_blobs(f"file://{tmp_path}/{name}").put(b"x")
    assert place(tmp_path / name, digest).exists()


def test_old_unfinished_files_are_removed_at_the_start_and_young_ones_left(folder: Path) -> None:
    open_blobs(f"file://{folder}")
    old, young = folder / "unfinished" / "old", folder / "unfinished" / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    open_blobs(f"file://{folder}")
    assert not old.exists()
    assert young.exists()


def test_a_killed_process_leaves_no_half_file_under_a_digest(folder: Path) -> None:
    program = """
import os, sys
from avicena.backends.blobs import open_blobs
blobs = open_blobs(sys.argv[1])
while True:
    print(blobs.put(os.urandom(200_000)), flush=True)
"""
    command = [sys.executable, "-c", program, f"file://{folder}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(60)]
        process.send_signal(signal.SIGKILL)
    blobs = open_blobs(f"file://{folder}")
    kept = [f"sha256:{path.name}" for path in folder.glob("??/*")]
    assert set(said) <= set(kept)
    assert all(len(blobs.get(digest)) == 200_000 for digest in kept)


def test_a_full_disk_is_unavailable_and_leaves_nothing(folder: Path) -> None:
    program = """
import resource, sys
from avicena.backends.blobs import open_blobs
from avicena.core.errors import Unavailable
blobs = open_blobs(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
try:
    blobs.put(b"x" * 20_000)
except Unavailable as error:
    print(error)
"""
    command = [sys.executable, "-c", program, f"file://{folder}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "nothing was kept" in said.stdout
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        open_blobs(f"file://{tmp_path}/file/blobs")


@pytest.mark.parametrize("url", ["", "/folder", "ftp://host/folder", "file://", "file:///"])
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        open_blobs(url)


def test_an_object_store_without_its_library_names_the_extra() -> None:
    program = """
import sys
sys.modules["obstore"] = None
from avicena.backends.blobs import open_blobs
from avicena.core.errors import Misconfigured
try:
    open_blobs("s3://bucket")
except Misconfigured as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'avicena[cloud]'" in said.stdout


def test_an_object_store_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("obstore", reason="no object stores: pip install 'avicena[cloud]'")
    for name, value in {
        "AWS_ENDPOINT": "http://127.0.0.1:9",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(name, value)
    blobs = open_blobs("s3://bucket/folder")
    with pytest.raises(Unavailable):
        blobs.put(b"x")


def place(folder: Path, digest: str) -> Path:
    """Where a folder keeps a file."""
    name = digest.removeprefix("sha256:")
    return folder / name[:2] / name
