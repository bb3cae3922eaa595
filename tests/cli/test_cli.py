"""The command line as a person uses it, on the released bundle."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.story import hospital

SAMPLES = Path(__file__).parents[2] / "src" / "avicena_applications" / "brain_tumour" / "samples"
NOTE = "Headaches for three weeks, severe. No seizures."


def run(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    environment = {
        **os.environ,
        "AVICENA_SITE": str(site),
        "LANG": "C.UTF-8",
        "COLUMNS": "200",
        "AVICENA_ACTOR": "tester",
    }
    command = [sys.executable, "-c", "from avicena.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site where the demonstration ran."""
    folder = tmp_path_factory.mktemp("demo") / "site"
    done = run(folder, "demo", "--no-serve", "--site", str(folder), "--lang", "en")
    assert done.returncode == 0, done.stderr
    (folder / "demo.txt").write_text(done.stdout)
    return folder


def ask(site: Path, *more: str, picture: str = "mri.png") -> subprocess.CompletedProcess[str]:
    """Ask about a sample picture."""
    given = ("--mri", str(SAMPLES / picture), "--age", "54", "--sex", "female", "--note", NOTE)
    return run(site, "ask", "brain-tumour", *given, *more)


def test_the_demonstration_answers_the_slice_and_refers_the_photograph_as_unfamiliar(site: Path) -> None:
    slice_, photograph = (site / "demo.txt").read_text().split("Photograph:")
    unfamiliar = "does not look like the ones this model learnt from"
    assert "No recommendation" in slice_
    assert unfamiliar not in slice_
    assert "no signal beyond tumour class" in slice_
    assert unfamiliar in photograph
    assert "Audit " in slice_


def test_an_answer_is_given_as_json_replayed_and_audited(site: Path) -> None:
    done = ask(site, "--form", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    replayed = run(site, "replay", answer["id"])
    assert replayed.returncode == 0, replayed.stderr
    assert "the same answer" in replayed.stdout
    verified = run(site, "audit", "verify")
    assert verified.returncode == 0, verified.stderr
    assert "replay" in run(site, "audit", "list").stdout


def test_spanish_words_are_spoken_to_who_wants_them(site: Path) -> None:
    assert "Sin recomendación – escalar a especialista" in ask(site, "--lang", "es").stdout


def test_every_wrong_input_is_named_and_the_exit_code_is_one(site: Path) -> None:
    done = run(site, "ask", "brain-tumour", "--mri", __file__, "--age", "190", "--sex", "x", "--note", NOTE)
    assert done.returncode == 1
    assert all(name in done.stderr for name in ("mri:", "age:", "sex:"))
    assert "190" not in done.stderr


def test_history_names_who_and_why(site: Path) -> None:
    told = run(site, "models", "brain-tumour").stdout
    assert "tester" in told
    assert "referral only" in told


def test_data_are_imported_with_counts_and_a_review_list(tmp_path: Path) -> None:
    hospital.write(tmp_path / "raw", planted=False, families=6)
    (tmp_path / "raw" / "images" / "stray.png").write_bytes(b"not a picture")
    words = ("--images", str(tmp_path / "raw" / "images"), "--table", str(tmp_path / "raw" / "table.csv"))
    done = run(tmp_path / "site", "import", "brain-tumour", *words)
    assert done.returncode == 0, done.stderr
    version = done.stdout.split("sha256:")[1][:12]
    assert "no-table-row" in run(tmp_path / "site", "review-list", "brain-tumour", version).stdout
    again = run(tmp_path / "other", "import", "brain-tumour", *words)
    assert version in again.stdout


def test_a_wrong_setting_a_missing_table_and_an_unknown_application_are_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    assert "--table" in run(tmp_path, "import", "brain-tumour", "--images", str(tmp_path / "images")).stderr
    unknown = run(tmp_path, "models", "heart")
    assert unknown.returncode == 1
    assert "installed here: brain-tumour" in unknown.stderr


@pytest.mark.parametrize(
    "command", ["demo", "import", "train", "review", "deploy", "ask", "serve", "replay", "install"]
)
def test_every_command_has_help_with_an_example(tmp_path: Path, command: str) -> None:
    assert "Example" in run(tmp_path, command, "--help").stdout
