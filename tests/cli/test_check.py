"""`avicena check` as a person uses it."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from avicena import catalogue, curation, queries
from avicena.cli.main import app
from avicena.core.leak_words import KINDS
from avicena.formats.reasons import read_reasons
from avicena.kept import leak_report
from avicena_applications import brain_tumour
from tests.leaks.planted import PLANTS, Made, clean
from tests.tables import PERSON, patients, table_site


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


def test_a_leak_is_named_with_what_to_do_and_its_exit_code_is_not_that_of_an_error(tmp_path: Path) -> None:
    table = write(PLANTS["the label under another name"][1](0), tmp_path / "t.tsv")
    code, said = run("--table", str(table), "--label", "ill", "--lang", "en")
    assert code == 3
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
    assert code == 3
    assert "EXIF Software" in said


def test_reasons_written_down_override_what_is_found_of_their_kinds_and_nothing_else(tmp_path: Path) -> None:
    site = table_site(tmp_path)
    environment = {"AVICENA_SITE": str(tmp_path), "AVICENA_APPLICATIONS": "tests.tables", "COLUMNS": "400"}

    def audited(*kinds: str) -> tuple[int, str]:
        """The exit code of an audit with a reason for each of these kinds, and what it said."""
        lines = ["[disease]", *(f'"{kind}" = "told by the card"' for kind in kinds), "[other]", 'order = "not here"']
        (tmp_path / "reasons.toml").write_text("\n".join(lines))
        words = ["check", "small-fever", "--stage", "disease", "--reasons", str(tmp_path / "reasons.toml")]
        done = CliRunner().invoke(app, words, env=environment)
        return done.exit_code, done.output

    table = patients(range(60))  # every third patient has the same disease
    dataset = curation.freeze(site, "small-fever", (), lambda _: b"", {"table": table}, PERSON).id
    assert audited()[0] == 3
    report = leak_report(site, "small-fever", dataset)
    assert report is not None
    first, *others = sorted({one.kind for one in report.serious})
    assert others
    code, said = audited(first, "weather")
    assert (code, "told by the card" in said) == (3, True)
    assert {one.kind for one in catalogue.overrides(site, "small-fever", dataset)} == {first}
    assert audited(first, *others)[0] == 0
    acts = [line.entry.act for line in queries.audit(site, 99)]
    assert audited(first, *others)[0] == 0
    assert [line.entry.act for line in queries.audit(site, 99)] == acts
    assert acts.count("check") == 1


def test_the_released_model_has_a_reason_for_each_override_under_a_stage_of_its_own() -> None:
    file = Path(brain_tumour.__file__).with_name("overrides.toml")
    found = read_reasons(file.read_bytes())
    assert found.keys() <= {stage.name for stage in brain_tumour.application.chain}
    assert {kind for reasons in found.values() for kind in reasons} <= set(KINDS)


@pytest.mark.parametrize("words", [(), ("brain-tumour", "--table", __file__), ("--table", __file__)])
def test_it_asks_for_an_application_or_a_table_with_its_label(words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2
