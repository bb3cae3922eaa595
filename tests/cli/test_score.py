"""`avicena score` as a person uses it, with the released model on a machine where nothing was set up."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from avicena import catalogue, queries
from avicena.cli.main import app
from avicena.cli.score import MEASURES
from avicena.core.model import Candidate
from avicena.formats import record
from avicena.formats.bundle import CANDIDATE, MANIFEST, SIGNATURE, pack
from avicena.settings import read
from avicena.site import open_site
from tests import small

TUMOURS = ("glioma", "meningioma", "pituitary")


def run(site: Path, *words: str) -> Result:
    return CliRunner().invoke(
        app, list(words), env={"AVICENA_SITE": str(site), "COLUMNS": "300", "AVICENA_ACTOR": "me"}
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of eight pictures, one of them damaged, and a manifest with a ninth row and a tumour of no class."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "images").mkdir()
    rows = []
    for i in range(8):
        name = f"images/{i}.png"
        (folder / name).write_bytes(small.picture(i, 128) if i != 5 else b"no picture")
        tumour = TUMOURS[i % 3] if i != 6 else "lymphoma"
        rows.append([tumour, "num", name, f"P{i // 2}", "0.5", "0.5", "0.2", "0.2"])
    (folder / "images" / "stray.png").write_bytes(small.picture(50, 128))
    header = ["tumour", "source", "file", "family", "box_x", "box_y", "box_w", "box_h"]
    with (folder / "manifest.csv").open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows, ["glioma", "num", "9.png", "P9", "", "", "", ""]])
    with (folder / "bare.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", "tumour"], *([row[2], row[0]] for row in rows)])
    return folder


def words(data: Path, *more: str, manifest: str = "manifest.csv") -> list[str]:
    given = ["score", "brain-tumour", "--images", str(data), "--manifest", str(data / manifest), "--lang", "en"]
    return [*given, *more]


def test_it_works_where_no_site_was_prepared_and_writes_nothing_but_one_audit_line(data: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "site", *words(data))
    assert done.exit_code == 0, done.output
    for said in ("the released bundle", "accuracy by patient", "box erased", "INSUFFICIENT", "6 pictures scored"):
        assert said in done.output
    site = open_site(read(site=str(tmp_path / "site")))
    try:
        lines = queries.audit(site, 10)
        kinds = ("candidate", "dataset", "bundle", "version", "evaluation")
        assert [site.find(dict, kind) for kind in kinds] == [[]] * 5
    finally:
        site.close()
    assert [(one.entry.act, one.entry.outcome, one.entry.actor) for one in lines] == [("score", "done", "me")]


def test_what_was_not_scored_is_counted_and_named(data: Path, tmp_path: Path) -> None:
    said = run(tmp_path, *words(data)).output
    assert "not scored: 1, the file is not a readable picture: images/5.png" in said
    assert "not scored: 1, the label is none of the application's: images/6.png" in said
    assert "not scored: 1, no image of that name: manifest row 10" in said
    assert "1 files of the folder have no row" in said


def test_the_files_hold_every_picture_and_every_refusal(data: Path, tmp_path: Path) -> None:
    assert run(tmp_path, *words(data, "--out", str(tmp_path / "out.csv"))).exit_code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 9
    for line in lines[:6]:
        chances = {label: float(line[f"p {label}"]) for label in TUMOURS}
        assert line["best"] == max(chances, key=chances.__getitem__)
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
        assert (line["refused"], line["not scored"]) == ("true", "")
    assert {line["not scored"] for line in lines[6:]} == {"unreadable-image", "unknown-label", "no-image"}
    assert run(tmp_path, *words(data, "--out", str(tmp_path / "out.json"))).exit_code == 0
    whole = json.loads((tmp_path / "out.json").read_text())
    assert [len(whole["images"]), len(whole["refused"]), whole["honest"]] == [6, 3, None]
    assert {one["verdict"] for one in whole["measures"]} == {"INSUFFICIENT"}
    assert "P0" not in (tmp_path / "out.json").read_text() + (tmp_path / "out.csv").read_text()


def test_file_and_tumour_are_columns_enough(data: Path, tmp_path: Path) -> None:
    done = run(tmp_path, *words(data, manifest="bare.csv"))
    assert done.exit_code == 0, done.output
    assert "name no family or patient" in done.output
    assert "box erased" not in done.output


def test_it_warns_loudly_of_pictures_that_the_model_learnt_from(data: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "site", "import", "brain-tumour", *words(data)[2:6])
    assert done.exit_code == 0, done.output
    site = open_site(read(site=str(tmp_path / "site")))
    try:
        folder = site.released("brain-tumour")
        files = {one.name: one.read_bytes() for one in folder.iterdir() if one.name not in (MANIFEST, SIGNATURE)}
        candidate = record.load(Candidate, files[CANDIDATE])
        learnt = {"tumour": catalogue.dataset(site, "brain-tumour").id}
        files[CANDIDATE] = record.dump(replace(candidate, datasets=learnt))
        (tmp_path / "bundle").mkdir()
        for name, content in pack(files, site.keys.sign, site.keys.key_id).items():
            (tmp_path / "bundle" / name).write_bytes(content)
    finally:
        site.close()
    said = run(tmp_path / "site", *words(data, "--model", str(tmp_path / "bundle"))).output
    assert "THESE FIGURES ARE NOT HONEST: the model learnt from 6 of these 6 pictures, and 4 families" in said
    assert "is not known here" in run(tmp_path / "site", *words(data)).output


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--out", "x.xlsx"), 2, ".csv or .json"),
        (("--model", "7f7f7f"), 1, "candidates begin with that"),
        (("--model", "deployed"), 1, "no model answers"),
    ],
)
def test_a_wrong_choice_is_said_clearly(
    data: Path, tmp_path: Path, more: tuple[str, ...], code: int, said: str
) -> None:
    done = run(tmp_path, *words(data, *more))
    assert done.exit_code == code
    assert said in done.output + str(done.exception)


def test_every_measure_has_a_spanish_name(data: Path, tmp_path: Path) -> None:
    assert run(tmp_path, *words(data, "--out", str(tmp_path / "out.json"))).exit_code == 0
    whole = json.loads((tmp_path / "out.json").read_text())
    assert {one["name"] for one in whole["measures"]} <= set(MEASURES)
    said = run(tmp_path, *words(data)[:-1], "es").output
    assert "acierto por paciente" in said
    assert "Aquí no se sabe" in said
