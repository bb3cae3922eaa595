"""The command that reads a note into findings, as a person types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from avicena.cli.ask import _listed
from avicena.cli.main import app, main
from avicena.core.errors import ContractViolation, Misconfigured
from avicena.formats.findings_list import read_list
from tests.knowledge_files import BABELON, HPOA, OBO

NOTE = "Niña de 4 años con convulsiones desde los 8 meses. No microcefalia. Madre con epilepsia."


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("findings")
    for name, text in (("hp.obo", OBO), ("phenotype.hpoa", HPOA), ("es.tsv", BABELON)):
        (folder / name).write_text(text, encoding="utf-8")
    files = ("--obo", str(folder / "hp.obo"), "--hpoa", str(folder / "phenotype.hpoa"))
    words = ["knowledge", "build", *files, "--babelon", str(folder / "es.tsv"), "--site", str(folder / "site")]
    assert CliRunner().invoke(app, words).exit_code == 0
    return str(folder / "site")


def test_each_finding_is_shown_with_its_words_and_written_to_be_corrected(site: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    files = ("--note", str(tmp_path / "note.txt"), "--out", str(tmp_path / "found.txt"))
    result = CliRunner().invoke(app, ["findings", *files, "--lang", "es", "--site", site])
    assert result.exit_code == 0, result.output
    assert "HP:0001250  Crisis epiléptica  [observado]" in result.stdout
    assert "»convulsiones«" in result.stdout
    assert "HP:0000252  Microcefalia  [descartado]" in result.stdout
    assert "1 observado, 1 descartado, 1 familia, no el paciente" in result.stdout
    assert read_list((tmp_path / "found.txt").read_text("utf-8")) == ("HP:0001250", "-HP:0000252")


def test_findings_that_somebody_may_have_corrected_are_not_overwritten(site: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    (tmp_path / "found.txt").write_text("corrected")
    files = ("--note", str(tmp_path / "note.txt"), "--out", str(tmp_path / "found.txt"))
    done = CliRunner().invoke(app, ["findings", *files, "--site", site])
    assert (done.exit_code, type(done.exception)) == (1, Misconfigured)
    assert "name another with --out or remove it" in str(done.exception)
    assert (tmp_path / "found.txt").read_text() == "corrected"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("Der Patient ist ein Kind mit Fieber und Krampfanfällen seit drei Tagen".encode(), "neither in Spanish nor"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"fiebre " * 800_000, "longer than"),
        (b"fiebre " * 3_000, "longer than 20000"),
    ],
)
def test_what_is_no_note_is_refused_in_a_sentence(
    site: str,
    tmp_path: Path,
    content: bytes,
    problem: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "note.txt").write_bytes(content)
    words = ["avicena", "findings", "--note", str(tmp_path / "note.txt"), "--site", site]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    said = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 1
    assert problem in said
    assert "Krampf" not in said


def test_a_finding_that_the_knowledge_lacks_is_not_shown(site: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Niña con convulsiones y clinodactilia desde hace un año.", encoding="utf-8")
    result = CliRunner().invoke(app, ["findings", "--note", str(tmp_path / "note.txt"), "--site", site])
    assert result.exit_code == 0, result.output
    assert "1 observed" in result.stdout


def test_ask_takes_the_corrected_file_beside_plain_ids(tmp_path: Path) -> None:
    (tmp_path / "found.txt").write_text(
        'HP:0001250  observed  "convulsiones" 0-12\nHP:0000252 excluded\n', encoding="utf-8"
    )
    assert _listed("hpo", f"@{tmp_path / 'found.txt'}") == ["HP:0001250", "-HP:0000252"]
    assert _listed("not", "HP:0000252,HP:0001263") == ["-HP:0000252", "-HP:0001263"]
    with pytest.raises(ContractViolation, match="cannot be read"):
        _listed("hpo", f"@{tmp_path / 'none.txt'}")
