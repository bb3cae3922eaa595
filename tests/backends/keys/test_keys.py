"""The site's key: where it comes from, who may read it, and what follows from it."""

import base64
import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from avicena.backends.keys import Keys, open_keys
from avicena.core.errors import Misconfigured

SECRET = bytes(range(32))


@pytest.fixture(params=["file", "env"])
def keys(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    if request.param == "file":
        return open_keys(f"file://{tmp_path}/site/key")
    monkeypatch.setenv("SITE_KEY", base64.b64encode(SECRET).decode())
    return open_keys("env:SITE_KEY")


def test_a_signature_is_good_for_these_bytes_only(keys: Keys) -> None:
    public = Ed25519PublicKey.from_public_bytes(keys.public_key())
    signature = keys.sign(b"the bundle")
    public.verify(signature, b"the bundle")
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"another bundle")


def test_the_key_is_named_by_its_public_half(keys: Keys) -> None:
    assert len(keys.public_key()) == 32
    assert keys.key_id == hashlib.sha256(keys.public_key()).hexdigest()[:16]


def test_a_seal_is_the_same_each_time_and_another_for_other_bytes(keys: Keys) -> None:
    assert keys.seal(b"end") == keys.seal(b"end")
    assert keys.seal(b"end") != keys.seal(b"End")
    assert len(bytes.fromhex(keys.seal(b"end"))) == 32


def test_the_same_secret_gives_the_same_keys_and_another_one_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(secret: bytes) -> Keys:
        monkeypatch.setenv("SITE_KEY", base64.b64encode(secret).decode() + "\n")
        return open_keys("env:SITE_KEY")

    one, same, other = opened(SECRET), opened(SECRET), opened(SECRET[::-1])
    assert (one.key_id, one.seal(b"x"), one.sign(b"x")) == (same.key_id, same.seal(b"x"), same.sign(b"x"))
    assert one.key_id != other.key_id
    assert one.seal(b"x") != other.seal(b"x")


def test_what_is_shown_of_a_key_does_not_hold_its_secret(tmp_path: Path) -> None:
    path = tmp_path / "key"
    shown = repr(open_keys(f"file://{path}"))
    assert path.read_bytes().hex() not in shown
    assert repr(path.read_bytes()) not in shown


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "site" / "key"
    first = open_keys(f"file://{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_keys(f"file://{path}").key_id == first.key_id
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_two_sites_have_two_keys(tmp_path: Path) -> None:
    assert open_keys(f"file://{tmp_path}/a").key_id != open_keys(f"file://{tmp_path}/b").key_id


def test_processes_that_make_a_key_at_once_end_with_the_same(tmp_path: Path) -> None:
    program = """
import sys
from avicena.backends.keys import open_keys
sys.stdin.read()
print(open_keys(sys.argv[1]).key_id)
"""
    command = [sys.executable, "-c", program, f"file://{tmp_path}/key"]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {process.communicate("")[0] for process in processes}
    assert len(said) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    open_keys(f"file://{path}")
    path.chmod(mode)
    with pytest.raises(Misconfigured, match="chmod 600"):
        open_keys(f"file://{path}")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_bytes(os.urandom(length))
    monkeypatch.setenv("SITE_KEY", base64.b64encode(os.urandom(length)).decode())
    for url in (f"file://{path}", "env:SITE_KEY"):
        with pytest.raises(Misconfigured):
            open_keys(url)


def test_a_variable_that_is_missing_or_no_base64_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SITE_KEY", raising=False)
    with pytest.raises(Misconfigured, match="SITE_KEY"):
        open_keys("env:SITE_KEY")
    monkeypatch.setenv("SITE_KEY", "not base64!")
    with pytest.raises(Misconfigured) as error:
        open_keys("env:SITE_KEY")
    assert "not base64!" not in str(error.value)


def test_a_key_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured):
        open_keys(f"file://{tmp_path}/file/key")


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(Misconfigured):
        open_keys("vault://key")
