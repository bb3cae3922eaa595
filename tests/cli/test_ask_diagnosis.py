"""Asking for a differential at the command line."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from avicena import queries
from avicena.api.describe import PACKET
from avicena.cli.main import app
from avicena.core.errors import ContractViolation, Misconfigured
from avicena.settings import read
from avicena.site import open_site
from tests import ranked


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    ranked.ranked_site(folder).close()
    return folder


def ask(folder: Path, *words: str) -> Result:
    """Run the command here, in this process."""
    environment = {"AVICENA_APPLICATIONS": "tests.ranked", "AVICENA_ACTOR": "tester", "COLUMNS": "200"}
    return CliRunner().invoke(
        app, ["ask", "diagnosis", "--site", str(folder), *words], env={**os.environ, **environment}
    )


def test_terms_age_and_sex_are_asked_as_options(folder: Path) -> None:
    options = ("--hpo", "HP:0002197,HP:0001263", "--not", "HP:0000252", "--age", "P6Y", "--sex", "female")
    done = ask(folder, *options, "--lang", "es")
    assert done.exit_code == 0, done.output
    assert "Descartado: Microcefalia (HP:0000252)" in done.output
    assert "Diagnóstico diferencial – 1. Seizure disease A" in done.output


def test_a_phenopacket_goes_in_and_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "patient.json").write_text(json.dumps(PACKET))
    done = ask(folder, "--phenopacket", str(tmp_path / "patient.json"), "--form", "phenopacket")
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.output)["phenotypicFeatures"]) == 3


def test_a_note_is_read_from_its_file_and_said_to_be(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The girl has seizures and global developmental delay. No hypotonia.")
    done = ask(folder, "--note", str(tmp_path / "note.txt"), "--form", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)["stages"][0]["ranking"]["findings"]
    assert {(one["id"], one["source"]) for one in told} >= {("HP:0001250", "note"), ("HP:0001263", "note")}


@pytest.mark.parametrize("length", [200, 256, 600, 999])
def test_a_note_of_any_length_is_a_note(folder: Path, length: int) -> None:
    for letter in ("x", "ñ"):
        words = "seizures and global developmental delay; " + letter * length
        for note in (words, letter * length):
            done = ask(folder, "--hpo", "HP:0001263", "--note", note, "--form", "json")
            assert done.exit_code == 0, done.exception


def test_a_note_with_blanks_is_never_the_name_of_a_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "has seizures").write_text("Microcephaly.")
    for note, term in (("has seizures", "HP:0001250"), ("@has seizures", "HP:0000252")):
        done = ask(folder, "--note", note, "--form", "json")
        assert done.exit_code == 0, done.exception
        assert [one["id"] for one in json.loads(done.output)["stages"][0]["ranking"]["findings"]] == [term]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--hpo", "HP:1"), "not an HPO id"),
        (("--hpo", "HP:0001250", "--not", "HP:0001250"), "both observed and excluded"),
        (("--hpo", "HP:0001250", "--age", "P150Y"), "outside 0 to 130"),
        (("--hpo", "HP:7777777"), "not in this knowledge's ontology"),
        (("--phenopacket", "nowhere.json"), "cannot be read"),
        (("--note", "x" * 5_000_000), "longer than 20000 characters"),
    ],
)
def test_what_is_wrong_is_said_by_field(folder: Path, options: tuple[str, ...], words: str) -> None:
    problem = ask(folder, *options).exception
    assert isinstance(problem, ContractViolation)
    assert words in str(problem)


def test_a_phenopacket_of_what_is_no_list_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    words = ["ask", "brain-tumour", "--age", "54", "--form", "phenopacket", "--site", str(tmp_path)]
    done = CliRunner().invoke(app, words, env={**os.environ, "AVICENA_ACTOR": "tester"})
    assert isinstance(done.exception, Misconfigured)
    assert "--form words, json or fhir" in str(done.exception)
    site = open_site(read(site=str(tmp_path)))
    try:
        assert queries.audit(site, 1) == []
    finally:
        site.close()
