"""A file of a person is never lost to a command."""

from pathlib import Path

import pytest

from avicena.cli.new_file import must_be_new, write_new
from avicena.core.errors import Misconfigured


def test_a_new_file_holds_what_was_to_be_written(tmp_path: Path) -> None:
    write_new(tmp_path / "new.csv", "edad;años\r\n".encode(), "--out")
    assert (tmp_path / "new.csv").read_bytes() == "edad;años\r\n".encode()


@pytest.mark.parametrize(
    ("name", "said"),
    [("mine.csv", "not overwritten; name another with --to or remove it"), ("nowhere/x.csv", "the folder of --to")],
)
def test_what_cannot_be_written_is_said_before_and_after_the_work(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "mine.csv").write_bytes(b"mine")
    with pytest.raises(Misconfigured, match=said):
        must_be_new(tmp_path / name, "--to")
    with pytest.raises(Misconfigured, match=said):
        write_new(tmp_path / name, b"ours", "--to")
    assert (tmp_path / "mine.csv").read_bytes() == b"mine"


def test_a_name_that_is_too_long_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"cannot be written .*; name another with --out"):
        must_be_new(tmp_path / ("x" * 300), "--out")


def test_a_name_that_the_file_system_refuses_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "gone" / "x.csv")
    with pytest.raises(Misconfigured, match=r"cannot be written .*; name another with --out"):
        write_new(tmp_path / "dangling.csv", b"ours", "--out")
