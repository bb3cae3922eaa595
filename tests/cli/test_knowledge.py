"""The commands about the knowledge, as a person types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from avicena.cli.main import app, main
from tests.knowledge_files import BABELON, HPOA, OBO


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("hp.obo", OBO), ("phenotype.hpoa", HPOA), ("hp-es.babelon.tsv", BABELON)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def typed(folder: Path, *words: str) -> str:
    """What a command prints; it must end well."""
    result = CliRunner().invoke(app, ["knowledge", *words, "--site", str(folder / "site")])
    assert result.exit_code == 0, result.output
    return result.stdout


def files(folder: Path) -> list[str]:
    return ["--obo", str(folder / "hp.obo"), "--hpoa", str(folder / "phenotype.hpoa")]


def test_knowledge_is_built_listed_and_shown(folder: Path) -> None:
    said = typed(folder, "build", *files(folder), "--babelon", str(folder / "hp-es.babelon.tsv"), "--lang", "en")
    name = said.split()[0]
    assert name.startswith("sha256:")
    assert "ids that nothing stands for: 2" in said
    assert "HP:0000489  1 rows; perhaps HP:0000252, HP:0001250" in said
    assert "human-phenotype-ontology.org" in said
    assert name[7:19] in typed(folder, "list")
    whole = typed(folder, "show", name[7:15], "--lang", "es")
    assert "HP:0001303  HP:0001250" in whole
    assert "enfermedades" in whole
    disease = typed(folder, "show", "--disease", "OMIM:2", "--lang", "es")
    assert "NO: Crisis epiléptica" in disease
    assert "PMID:1; PMID:7" in disease


def test_an_empty_site_says_how_to_begin(folder: Path) -> None:
    assert "avicena knowledge build" in typed(folder, "list")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["build", "--obo", "{}/phenotype.hpoa", "--hpoa", "{}/hp.obo"], "obo: not an OBO flat file"),
        (["build", "--obo", "{}/none.obo", "--hpoa", "{}/phenotype.hpoa"], "obo: cannot be read"),
        (["build", "--obo", "{}/hp.obo", "--hpoa", "{}/phenotype.hpoa", "--mondo", "{}"], "mondo: no mondo_exactmatch"),
        (["show"], "avicena knowledge build"),
        (["show", "--disease", "OMIM:1"], "avicena knowledge build"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_one(
    folder: Path,
    words: list[str],
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = [word.format(folder) for word in words]
    monkeypatch.setattr("sys.argv", ["avicena", "knowledge", *asked, "--site", str(folder / "site")])
    with pytest.raises(SystemExit) as error:
        main()
    assert error.value.code == 1
    assert problem in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", ["build", "list", "show"])
def test_every_command_shows_an_example(command: str) -> None:
    assert f"avicena knowledge {command}" in CliRunner().invoke(app, ["knowledge", command, "--help"]).stdout
