"""What a table must be like, and whether one is, asked for on the command line."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.tables import patients

FAULTY = {"p3": "p3;h1;190;F;37;;measles;", "p4": "p4;h2;44;?;37;;measles;"}


def run(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, on a site with the small application of tables."""
    environment = {**os.environ, "AVICENA_SITE": str(site), "AVICENA_APPLICATIONS": "tests.tables", "COLUMNS": "250"}
    command = [sys.executable, "-c", "from avicena.cli import main; main()", *words]
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False, cwd=root)


def test_the_contract_is_told_to_people_in_two_languages_and_to_machines(tmp_path: Path) -> None:
    english = run(tmp_path, "contract", "small-fever", "--lang", "en").stdout
    assert "25 – 45; plausible 35 – 42; may be left out" in english
    assert "not measured, which is common in the well" in english
    spanish = run(tmp_path, "contract", "small-fever", "--lang", "es").stdout
    assert "no se midió, habitual en sanos" in spanish
    assert "puede faltar" in spanish
    said = json.loads(run(tmp_path, "contract", "small-fever", "--json").stdout)
    assert said["columns"][0]["name"] == "age"
    assert said["columns"][0]["unit"] == "a"


def test_a_check_counts_each_fault_writes_them_all_and_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(patients(range(50), **FAULTY))
    words = ("contract", "small-fever", "--lang", "en", "--check", str(tmp_path / "t.csv"))
    done = run(tmp_path, *words, "--faults", str(tmp_path / "faults.csv"))
    assert done.returncode == 1, done.stderr
    assert "50 rows, 2 of them would be refused" in done.stdout
    assert "190" not in done.stdout
    with (tmp_path / "faults.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["row", "column", "fault"],
            ["5", "age", "outside 0 to 120 a"],
            ["6", "sex", "not one of female, male"],
        ]
    said = json.loads(run(tmp_path, *words, "--json").stdout)
    assert (said["rows"], said["refused"], said["faults"][0]["rows"]) == (50, 2, [5])


def test_a_table_without_a_fault_ends_with_zero(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(patients(range(50)))
    assert run(tmp_path, "contract", "small-fever", "--check", str(tmp_path / "t.csv")).returncode == 0


def test_a_table_is_imported_without_a_folder_of_pictures(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(patients(range(50), **FAULTY)))
    done = run(tmp_path, "import", "small-fever", "--table", str(tmp_path / "t.csv.gz"))
    assert done.returncode == 0, done.stderr
    assert "fault:age: outside 0 to 120 a" in done.stdout
    version = done.stdout.split("sha256:")[1][:12]
    assert "outside-contract\ttable row 5" in run(tmp_path, "review-list", "small-fever", version).stdout


def test_a_table_of_pictures_without_its_folder_is_refused_with_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("file,family,tumour\na.jpg,f,glioma\n")
    words = ("import", "brain-tumour", "--table", str(tmp_path / "t.csv"))
    environment = {**os.environ, "AVICENA_SITE": str(tmp_path / "site")}
    command = [sys.executable, "-c", "from avicena.cli import main; main()", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert done.returncode == 1
    assert "give the folder that holds them" in done.stderr
