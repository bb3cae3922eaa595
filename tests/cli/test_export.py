"""`avicena export` hands a bundle on and loses nobody's files."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from avicena.cli.main import app
from avicena.core.errors import Misconfigured
from tests.small import application, small_site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("site")
    small_site(found).close()
    return found


def export(site: Path, to: Path) -> Result:
    words = ["export", application.name, "newest", "--to", str(to), "--site", str(site)]
    return CliRunner().invoke(app, words, env={"AVICENA_APPLICATIONS": "tests.small", "COLUMNS": "200"})


def test_a_bundle_is_written_and_an_older_one_replaced(folder: Path, tmp_path: Path) -> None:
    first = export(folder, tmp_path / "out" / "bundle")
    assert first.exit_code == 0, first.output
    names = {one.name for one in (tmp_path / "out" / "bundle").iterdir()}
    assert {"manifest.json", "signature.json", "bundle.json"} <= names
    assert export(folder, tmp_path / "out" / "bundle").exit_code == 0
    assert {one.name for one in (tmp_path / "out" / "bundle").iterdir()} == names


@pytest.mark.parametrize("older", [True, False], ids=["beside an older bundle", "alone"])
def test_a_file_that_is_no_part_of_a_bundle_is_never_lost(folder: Path, tmp_path: Path, older: bool) -> None:
    if older:
        assert export(folder, tmp_path).exit_code == 0
    (tmp_path / "thesis.txt").write_text("mine")
    before = {one.name for one in tmp_path.iterdir()}
    error = export(folder, tmp_path).exception
    assert isinstance(error, Misconfigured)
    assert "thesis.txt" in str(error)
    assert {one.name for one in tmp_path.iterdir()} == before


def test_a_damaged_manifest_makes_nothing_a_bundle(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    assert isinstance(export(folder, tmp_path).exception, Misconfigured)
    assert (tmp_path / "manifest.json").read_text() == "{"
