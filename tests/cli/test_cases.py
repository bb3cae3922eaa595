"""Published cases at the command line: brought in, and scored."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from avicena.cli.main import app
from avicena.core.errors import ContractViolation, Misconfigured
from tests import ranked


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    ranked.ranked_site(folder).close()
    return folder


def run(folder: Path, *words: str) -> Result:
    environment = {"AVICENA_APPLICATIONS": "tests.ranked", "AVICENA_ACTOR": "tester", "COLUMNS": "200"}
    return CliRunner().invoke(app, [*words, "--site", str(folder)], env={**os.environ, **environment})


def case(id: str, disease: str, *terms: str) -> dict[str, Any]:
    features = [{"type": {"id": term.lstrip("-")}, "excluded": term.startswith("-")} for term in terms]
    packet = {"id": id, "subject": {"sex": "FEMALE"}, "phenotypicFeatures": features}
    return {"id": id, "pmids": [f"PMID:{id}"], "gold": disease, "phenopacket": packet}


CASES = (
    case("c1", "OMIM:100001", "HP:0002197", "HP:0001263", "-HP:0000252"),
    case("c2", "OMIM:100004", "HP:0001631", "HP:0000365"),
    case("c3", "OMIM:999999", "HP:0000256", "HP:0001263"),
    case("c4", "OMIM:100005", "HP:0001629", "HP:7777777"),
)


def file(folder: Path, *more: str) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join([*(json.dumps(one) for one in CASES), *more]) + "\n")
    return path


def test_cases_are_imported_and_what_is_none_is_listed(folder: Path, tmp_path: Path) -> None:
    done = run(folder, "import", "diagnosis", "--cases", str(file(tmp_path, "{not a case")))
    assert done.exit_code == 0, done.output
    assert "refused:not-a-case" in done.output
    with pytest.raises(Misconfigured, match="alone"):
        raise run(
            folder, "import", "diagnosis", "--cases", str(file(tmp_path)), "--table", str(file(tmp_path))
        ).exception


def test_cases_are_scored_and_each_one_stands_in_the_file(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "ranks.csv"
    options = ("--cases", str(file(tmp_path, "{not a case")), "--out", str(out))
    done = run(folder, "score", "diagnosis", *options)
    assert done.exit_code == 0, done.output
    for words in (
        "top-1",
        "MRR",
        "referred",
        "INSUFFICIENT",
        "findings left out: 1",
        "counted as missed: 1",
        ": line 5",
    ):
        assert words in done.output, done.output
    assert "1 of 4 cases have a disease that this knowledge does not hold" in done.output
    with out.open(encoding="utf-8-sig") as lines:
        rows = {row["id"]: row for row in csv.DictReader(lines)}
    assert (rows["c1"]["rank"], rows["c3"]["rank"]) == ("1", "")
    assert rows["line 5"]["not scored"] == "not-a-case"
    told = run(folder, "score", "diagnosis", *options[:2], "--lang", "es", "--out", str(tmp_path / "ranks.json"))
    assert "hallazgos omitidos: 1" in told.output
    whole = json.loads((tmp_path / "ranks.json").read_bytes())
    top = next(one for one in whole["measures"] if one["name"] == "top-1" and not one["group"])
    assert top["value"] == sum(one["rank"] == 1 for one in whole["cases"]) / 5


@pytest.mark.parametrize(
    ("papers", "english", "spanish"),
    [
        (["PMID:1"], "cite the paper of 1 of these 1", "citan el artículo de 1 de estos 1"),
        (["PMID:77"], "cite none of the papers", "no citan ninguno de los artículos"),
        ([], "1 of these 1 name no paper", "1 de estos 1 no indican ningún artículo"),
        (["1"], "no figure here speaks of new patients", "ninguna cifra habla de pacientes nuevos"),
    ],
)
def test_it_is_said_whether_the_knowledge_was_written_from_the_cases(
    folder: Path, tmp_path: Path, papers: list[str], english: str, spanish: str
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(CASES[0] | {"pmids": papers}) + "\n")
    told = run(folder, "score", "diagnosis", "--cases", str(path))
    assert english in " ".join(told.output.split()), told.output
    assert ("paper cited by the annotations" in told.output) == (papers in (["PMID:1"], ["1"]))
    assert spanish in " ".join(run(folder, "score", "diagnosis", "--cases", str(path), "--lang", "es").output.split())


def test_cases_without_a_paper_are_named_beside_those_that_have_one(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    named, unnamed = CASES[0] | {"pmids": ["pmid: 77"]}, CASES[1] | {"pmids": []}
    path.write_text(json.dumps(named) + "\n" + json.dumps(unnamed) + "\n")
    told = " ".join(run(folder, "score", "diagnosis", "--cases", str(path)).output.split())
    assert "cite none of the papers that they name. 1 of these 2 name no paper" in told
    assert "paper not cited 1.000" in told


def test_a_score_never_overwrites_and_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "there.csv"
    out.write_text("mine")
    assert isinstance(
        run(folder, "score", "diagnosis", "--cases", str(file(tmp_path)), "--out", str(out)).exception, Misconfigured
    )
    assert out.read_text() == "mine"
    assert isinstance(run(folder, "score", "diagnosis").exception, Misconfigured)
    done = run(folder, "score", "diagnosis", "--common", str(file(tmp_path)), "--knowledge", "newest")
    assert "--knowledge goes with --cases" in str(done.exception)
    (tmp_path / "empty.jsonl").write_text("\n")
    problem = run(folder, "score", "diagnosis", "--cases", str(tmp_path / "empty.jsonl")).exception
    assert isinstance(problem, ContractViolation)
