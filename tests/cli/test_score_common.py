"""`avicena score diagnosis --common` as a person uses it."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from avicena import queries
from avicena.cli.main import app
from tests import common


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose model knows common diseases alone, a table of fresh rows packed with gzip, and the one it learnt."""
    folder = tmp_path_factory.mktemp("scored")
    site = common.opened(folder / "site")
    common.deployed(site, queries.bundle(site, common.trained(site).bundle))
    site.close()
    (folder / "fresh.csv.gz").write_bytes(gzip.compress(common.table(90, seed=7) + b"\n40,M,measles,cough\n"))
    (folder / "learnt.csv").write_bytes(common.table())
    return folder


def run(folder: Path, *words: str) -> Result:
    environment = {
        "AVICENA_SITE": str(folder / "site"),
        "AVICENA_APPLICATIONS": "tests.common",
        "AVICENA_ACTOR": "me",
        "COLUMNS": "300",
    }
    return CliRunner().invoke(app, ["score", "diagnosis", *words], env=environment)


def test_the_figures_are_printed_in_both_languages_with_what_was_not_scored(folder: Path) -> None:
    for lang, words in (
        (
            "en",
            ("balanced accuracy", "recall", "common cold", "90 rows scored", "rows not scored: 1", "3 common diseases"),
        ),
        ("es", ("acierto equilibrado", "sensibilidad", "catarro", "90 filas evaluadas", "filas no evaluadas: 1")),
    ):
        done = run(folder, "--common", str(folder / "fresh.csv.gz"), "--lang", lang)
        assert done.exit_code == 0, done.output
        for said in words:
            assert said in done.output, said


def test_a_figure_of_few_rows_is_called_insufficient(folder: Path) -> None:
    few = folder / "few.csv"
    few.write_bytes(common.table(6, seed=3))
    assert "INSUFFICIENT" in run(folder, "--common", str(few), "--lang", "en").output


def test_rows_that_were_learnt_from_are_not_honest(folder: Path) -> None:
    done = run(folder, "--common", str(folder / "learnt.csv"), "--lang", "en")
    assert "THESE FIGURES ARE NOT HONEST: 60 of these 60 rows" in done.output


@pytest.mark.parametrize(
    ("row", "en", "es"),
    [
        (
            "40,M,cold,['cough']",
            "1 of 2 rows have fewer than 3 codes that the model knows",
            "1 de 2 filas tienen menos de 3 códigos que el modelo conoce",
        ),
        (
            "40,M,cold,\"['cough', 'fever', 'runny']\"",
            "2 of 3 diseases are in no row: nothing is known of their recall",
            "2 de 3 enfermedades no están en ninguna fila",
        ),
        (
            "40,M,cold,\"['cough', 'fever', 'runny', 'brand new']\"",
            "1 rows have a code that no training row had; it says nothing",
            "1 filas tienen un código que ninguna fila de entrenamiento tenía",
        ),
    ],
)
def test_what_the_figures_may_not_be_taken_for_is_said_only_where_it_is_so(
    folder: Path, tmp_path: Path, row: str, en: str, es: str
) -> None:
    table = tmp_path / "told.csv"
    table.write_text(f"AGE,SEX,PATHOLOGY,EVIDENCES\n41,F,cold,\"['cough', 'fever', 'runny']\"\n{row}\n")
    for lang, said in (("en", en), ("es", es)):
        assert said in run(folder, "--common", str(table), "--lang", lang).output
    whole = run(folder, "--common", str(folder / "fresh.csv.gz"), "--lang", "en").output
    assert en.split(" ", 1)[1] not in whole


def test_rows_that_were_not_learnt_from_are_told_by_the_marks_in_the_bundle(folder: Path) -> None:
    for lang, said in (("en", "the model learnt from no row"), ("es", "el modelo no aprendió de ninguna fila")):
        done = run(folder, "--common", str(folder / "fresh.csv.gz"), "--lang", lang)
        assert said in done.output
        assert "HONEST" not in done.output


def test_every_row_is_written_down(folder: Path, tmp_path: Path) -> None:
    for name in ("rows.csv", "all.json"):
        assert run(folder, "--common", str(folder / "fresh.csv.gz"), "--out", str(tmp_path / name)).exit_code == 0
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 91
    assert [row["not scored"] for row in rows if row["not scored"]] == ["unknown-label"]
    said = json.loads((tmp_path / "all.json").read_text())
    right = sum(row["disease"] == row["most probable"] for row in rows if not row["not scored"]) / 90
    assert next(one["value"] for one in said["measures"] if one["name"] == "accuracy") == pytest.approx(right)


def test_tables_and_cases_are_not_scored_in_one_go(folder: Path) -> None:
    fresh = str(folder / "fresh.csv.gz")
    done = run(folder, "--common", fresh, "--cases", fresh)
    assert "--common alone" in str(done.exception)
