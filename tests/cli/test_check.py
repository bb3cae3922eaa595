"""`avicena check` as a person uses it."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from avicena.cli.main import app
from tests.leaks.planted import PLANTS, Made, clean


def write(made: Made, path: Path) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(made.records[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(made.records)
    return path


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check", *words], env={"COLUMNS": "400"})
    return done.exit_code, done.output


def test_an_honest_table_passes(tmp_path: Path) -> None:
    code, said = run("--table", str(write(clean(), tmp_path / "t.tsv")), "--label", "ill", "--group", "patient")
    assert (code, "no leak found" in said) == (0, True)


def test_a_leak_is_named_with_what_to_do_and_ends_with_exit_code_one(tmp_path: Path) -> None:
    table = write(PLANTS["the label under another name"][1](0), tmp_path / "t.tsv")
    code, said = run("--table", str(table), "--label", "ill", "--lang", "en")
    assert code == 1
    assert "one column, group code, tells ill = " in " ".join(said.split())
    code, said = run("--table", str(table), "--label", "ill", "--lang", "es")
    assert "una sola columna, group code, revela" in " ".join(said.split())


def test_pictures_of_a_table_are_looked_up_by_the_column_named(tmp_path: Path) -> None:
    made = PLANTS["the software in EXIF"][1](0)
    made.records = made.records[:60]
    (tmp_path / "images").mkdir()
    for one in made.records:
        (tmp_path / "images" / f"{one['picture']}.jpg").write_bytes(made.pictures[one["picture"]])
    table = str(write(made, tmp_path / "t.tsv"))
    code, said = run("--table", table, "--label", "ill", "--images", str(tmp_path / "images"), "--key", "picture")
    assert code == 1
    assert "EXIF Software" in said


@pytest.mark.parametrize("words", [(), ("brain-tumour", "--table", __file__), ("--table", __file__)])
def test_it_asks_for_an_application_or_a_table_with_its_label(words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2
