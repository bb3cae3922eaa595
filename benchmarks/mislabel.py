"""How many planted label errors stand in the first tenth of the review queue, on the slices of `brain`.

    python benchmarks/mislabel.py --slices FOLDER/brain [--share 0.05] [--draws 5] [--shelf FOLDER]

Errors are planted in 5 % of the slices, and then in all slices of 5 % of the patients, which is harder. The folds are
those of the manifest, by patient family; the models see the planted labels as if they were true. The first tenth is
that of the dataset's rows: as many questions, strongest first, as a tenth of the rows. With `--shelf` the pictures are
seen once only. Nothing is downloaded, and nothing else is written.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena import ingest
from avicena.backends.shelf import FolderShelf
from avicena.core.application import Application
from avicena.core.case import Picture
from avicena.core.errors import Unreadable
from avicena.core.model import Row
from avicena.core.progress import MemoryShelf, Shelf, silent
from avicena.core.question import Scores
from avicena.formats import image
from avicena.ingest.questions import questions_from
from avicena.learn.probe import probe
from avicena.measure.mislabel import suspects
from avicena_applications.brain_tumour import application

STAGE = "tumour"
TOP = 0.1  # of the rows


def frozen(folder: Path) -> tuple[Any, list[Row], dict[str, Path]]:
    """The dataset version of the slices, its rows, and the file of each picture."""
    files = sorted((folder / "images").iterdir())
    manifest = (folder / "manifest.csv").read_bytes()
    plan = ingest.plan(application.layouts, [f"images/{one.name}" for one in files], None, manifest)
    paths: dict[str, Path] = {}

    def pictures() -> Iterator[tuple[str, Picture | Unreadable]]:
        for path in plan.paths:
            found = image.read((folder / path).read_bytes())
            paths[found.digest] = folder / path
            yield path, found

    made = ingest.freeze(application, plan, pictures())
    return made.version, ingest.rows_from(made.rows), paths


def spoilt(rows: Sequence[Row], share: float, by_patient: bool, seed: int) -> tuple[list[Row], NDArray[np.bool_]]:
    """The rows with planted errors: slices or whole patients get one of the other classes; and which rows those are."""
    random = np.random.default_rng(seed)
    classes = application.stage(STAGE).classes
    units = np.array([row.family if by_patient else row.id for row in rows])
    names = np.unique(units)
    chosen = random.choice(names, round(share * len(names)), replace=False)
    turn = dict(zip(chosen.tolist(), random.integers(1, len(classes), len(chosen)).tolist(), strict=True))
    wrong = np.isin(units, chosen)
    made = [
        replace(
            row, labels={**row.labels, STAGE: classes[(classes.index(row.labels[STAGE]) + turn[unit]) % len(classes)]}
        )
        if unit in turn
        else row
        for row, unit in zip(rows, units.tolist(), strict=True)
    ]
    return made, wrong


def first_of_queue(app: Application, version: Any, rows: Sequence[Row], scores: Sequence[Scores]) -> list[str]:
    """The rows that the queue asks about in its first questions, as many as a tenth of the rows."""
    made = ingest.ask(app, version, rows, scores)
    asked = [one for one in questions_from(made.questions) if one.field == STAGE]
    return [id for one in asked[: round(TOP * len(rows))] for id in one.rows]


def first_of_models(rows: Sequence[Row], scores: Sequence[Scores], by_margin: bool = False) -> list[str]:
    """The same by the models alone, slice by slice: by the label's own probability, or by the rival's lead over it."""
    (one,) = scores
    classes = application.stage(STAGE).classes
    labels = np.array([classes.index(row.labels[STAGE]) for row in rows])
    found = suspects(one.chances, labels)
    lead = one.chances[np.arange(len(labels)), found.rival] - found.own
    order = np.argsort(-lead, kind="stable") if by_margin else found.order
    return [one.rows[place] for place in order[: round(TOP * len(rows))]]


def main() -> None:
    """Plant, score, ask, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slices", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--shelf", type=Path)
    options = parser.parse_args()
    shelf: Shelf = FolderShelf(options.shelf) if options.shelf else MemoryShelf()
    version, rows, paths = frozen(options.slices)
    print(f"{len(rows)} slices of {len({row.family for row in rows})} families")
    for by_patient in (False, True):
        told: dict[str, list[float]] = {
            "models alone": [],
            "by margin": [],
            "queue": [],
            "asked": [],
            "right of asked": [],
        }
        for seed in range(options.draws):
            made, wrong = spoilt(rows, options.share, by_patient, seed)
            scores = probe(application, made, lambda name: image.read(paths[name].read_bytes()).pixels, shelf, silent)
            planted = {row.id for row, bad in zip(made, wrong, strict=True) if bad}
            first = first_of_queue(application, version, made, scores)
            told["models alone"].append(len(planted & set(first_of_models(made, scores))) / len(planted))
            told["by margin"].append(len(planted & set(first_of_models(made, scores, True))) / len(planted))
            told["queue"].append(len(planted & set(first)) / len(planted))
            told["asked"].append(len(first))
            told["right of asked"].append(len(planted & set(first)) / len(first))
        print(f"\nerrors in {options.share:.0%} of the {'patients' if by_patient else 'slices'}, {options.draws} draws")
        for name, values in told.items():
            print(f"  {name:16s} mean {np.mean(values):.3f}   {min(values):.3f} to {max(values):.3f}")


if __name__ == "__main__":
    main()
