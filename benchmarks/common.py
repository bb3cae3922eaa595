"""Rare classes: 49 conditions of DDXPlus, most of them with two rows, learnt in every way that a recipe compares.

    python benchmarks/common.py [--data FOLDER/common] [--evidence all|first] [--draws 1] [--test] [--shelf FOLDER]

The training rows are those of dro_all_7276 and nlp_train. They are imported as any table is, and a candidate is trained
from them: nested cross-validation compares every way, and one is chosen by itself.

No public row is left of the conditions that have two. So a proxy asks how well a way would do on balanced data: half of
the ten commonest conditions are cut down to two training rows, drawn by chance, and all their rows in dro_valid are
asked about, all 49 conditions being possible answers; then the other half. The mean recall over these ten is printed,
of every way and of the one that is chosen by itself from the cut rows alone. With `--evidence first` a model sees age,
sex and the first complaint only. `--test` scores the candidate on dro_test, which nothing here was tuned on.
"""

import argparse
import csv
import gzip
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from avicena import (
    Application,
    Case,
    Choice,
    Codes,
    Decision,
    Gate,
    Number,
    Prediction,
    TableLayout,
    Text,
    TreeRecipe,
    TreeStage,
    curation,
    lifecycle,
    queries,
    refer,
)
from avicena.backends.shelf import FolderShelf
from avicena.core.actor import ROLES, Actor
from avicena.core.encoding import EvidenceList
from avicena.core.model import Row
from avicena.core.progress import MemoryShelf, Progress, Shelf
from avicena.core.tree_recipe import Augmentation, Way
from avicena.kept import rows_of
from avicena.learn.tree_stage import table_of
from avicena.learn.trees_judge import choose, row_weights
from avicena.learn.trees_select import nested, usual
from avicena.learn.trees_table import TreeTable
from avicena.learn.trees_train import predict
from avicena.measure.calibration import Correction, corrected
from avicena.measure.intervals import Interval, bootstrap_mean
from avicena.serve.model import TreeModel
from avicena.serve.predict import predict as answer
from avicena.serve.tree import rows as served_row
from avicena.settings import Settings
from avicena.site import Site, open_site

STAGE = "condition"
PERSON = Actor("benchmark", ROLES)
COLUMNS = ("AGE", "SEX", "PATHOLOGY", "EVIDENCES", "INITIAL_EVIDENCE")
COMMONEST, LEFT = 10, 2
"""Conditions that the proxy cuts, half of them at a time, and the rows that it leaves of each."""

CODES = Codes(pattern=r"[\w@.'/ -]{1,60}", sample=("fievre", "toux"), longest=100)
"""A pattern allows `least=1`: of two rows of a condition, a code of either counts."""

RECIPE = TreeRecipe(
    trials=1,
    permutations=0,
    prevalence="equal",
    max_rounds=40,
    forest=50,
    deepest=10,
    augmentation=Augmentation(rows=200, drop=0.2),
)


def features(case: Case) -> dict[str, float]:
    """Age in years, and whether the patient is a woman."""
    return {"age": case.number("age"), "female": float(case.values["sex"] == "female")}


def decide(prediction: Prediction) -> Decision:
    """Nothing is suggested."""
    return refer("a benchmark suggests nothing", "una prueba no sugiere nada")


def application(classes: tuple[str, ...], first: bool) -> Application:
    """What is asked: age, sex, and all that was found or the first complaint alone."""
    field = "complaint" if first else "evidences"
    column = "INITIAL_EVIDENCE" if first else "EVIDENCES"
    layout = TableLayout(
        "ddxplus",
        key="",
        needs=("PATHOLOGY", column),
        inputs={"age": "AGE", "sex": "SEX", field: column},
        labels={STAGE: "PATHOLOGY"},
        words={"sex": {"F": "female", "M": "male"}},
    )
    return Application(
        name="common-conditions",
        purpose=Text("Measure what helps rare classes.", "Medir qué ayuda a las clases raras."),
        inputs={"age": Number(0, 120, "a"), "sex": Choice("female", "male"), field: CODES},
        chain=(TreeStage(STAGE, classes, RECIPE, encodings=(EvidenceList(field, least=1, indicator=False),)),),
        features=features,
        decide=decide,
        gate=Gate(()),
        layouts=(layout,),
    )


def read(folder: Path, *names: str) -> list[dict[str, str]]:
    """The rows of these files, with the columns that all of them have."""
    rows: list[dict[str, str]] = []
    for name in names:
        with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            rows += [{column: row[column] for column in COLUMNS} for row in csv.DictReader(file)]
    return rows


def table(rows: Iterable[dict[str, str]]) -> str:
    """The rows as one CSV table."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def imported(site: Site, app: Application, rows: Iterable[dict[str, str]]) -> list[Row]:
    """The rows as the platform keeps them, split into folds."""
    version = curation.freeze(site, app.name, [], lambda path: b"", {"table": table(rows).encode()}, PERSON)
    print(f"imported {version.counts['rows']} rows, refused {version.counts['refused']}, folds {version.folds}")
    return rows_of(site, version)


def cut(rows: Sequence[dict[str, str]], conditions: Sequence[str], seed: int) -> list[dict[str, str]]:
    """The rows with all but two of each of these conditions left out."""
    random = np.random.default_rng(seed)
    out: set[int] = set()
    for name in conditions:
        own = [place for place, row in enumerate(rows) if row["PATHOLOGY"] == name]
        out |= set(own) - set(random.choice(own, LEFT, replace=False).tolist())
    return [row for place, row in enumerate(rows) if place not in out]


def proxy(
    app: Application,
    rows: Sequence[Row],
    asked: Sequence[Row],
    shelf: Shelf,
    progress: Progress,
) -> tuple[Way, dict[Way, dict[str, float]]]:
    """The way chosen by itself from `rows`, and the recall of each condition of `asked` by every way."""
    stage = app.chain[0]
    assert isinstance(stage, TreeStage)
    alone, _ = table_of(app, stage, rows, [])
    margins: dict[Way, NDArray[np.float32]] = {}
    for number, way in enumerate(RECIPE.ways):
        margins[way] = nested(alone, way, RECIPE, 0, shelf, lambda steps: None).margins
        progress("ways compared", number + 1, len(RECIPE.ways))
    chosen = choose(margins, alone.labels, alone.folds, alone.families, RECIPE.balanced)
    both, _ = table_of(app, stage, [*rows, *asked], [])
    inside = np.arange(len(both.labels)) < len(rows)
    found = {}
    for number, way in enumerate(RECIPE.ways):
        correction = corrected(margins[way], alone.labels, row_weights(alone.labels, RECIPE.prevalence == "equal"))
        found[way] = recalls(stage.classes, both, inside, way, correction)
        progress("ways asked", number + 1, len(RECIPE.ways))
    return chosen, found


def recalls(
    classes: Sequence[str], both: TreeTable, inside: NDArray[np.bool_], way: Way, correction: Correction
) -> dict[str, float]:
    """The share of the rows outside that the way gets right as it would be served, by condition."""
    params = usual(both, inside, way, RECIPE)
    guess = correction(predict(both, inside, ~inside, both.labels, way, params, RECIPE, 0)).argmax(axis=1)
    truth = both.labels[~inside]
    return {classes[label]: float((guess[truth == label] == label).mean()) for label in np.unique(truth)}


def proxies(site: Site, app: Application, folder: Path, draws: int, shelf: Shelf, progress: Progress) -> None:
    """Print the mean recall over the ten cut conditions, of every way and of what was chosen by itself."""
    rows, valid = read(folder, "dro_all_7276", "nlp_train"), read(folder, "dro_valid")
    commonest = [name for name, _ in Counter(row["PATHOLOGY"] for row in rows).most_common(COMMONEST)]
    held: dict[Way | None, list[dict[str, float]]] = {}
    for seed in range(draws):
        for half in (commonest[0::2], commonest[1::2]):
            training = imported(site, app, cut(rows, half, seed))
            asked = imported(site, app, [row for row in valid if row["PATHOLOGY"] in half])
            chosen, found = proxy(app, training, asked, shelf, progress)
            print(f"draw {seed + 1}, cut: {', '.join(half)}\n  chosen by itself: {chosen.name}")
            for way, one in found.items():
                held.setdefault(way, []).append(one)
            held.setdefault(None, []).append(found[chosen])
    print(f"\nproxy: mean recall of {COMMONEST} conditions cut to {LEFT} rows, {draws} draw(s)")
    for name, ones in held.items():
        values = [value for one in ones for value in one.values()]
        label = "chosen by itself" if name is None else name.name
        print(f"  {label:26} {100 * np.mean(values):5.1f} %   worst condition {100 * min(values):5.1f} %")


def candidate(site: Site, app: Application, folder: Path, test: bool, progress: Progress) -> None:
    """Train a candidate as the platform does and print what its evaluation says of every way."""
    imported(site, app, read(folder, "dro_all_7276", "nlp_train"))
    begun = time.perf_counter()
    made = lifecycle.train(site, app.name, {}, 0, PERSON, progress)
    print(f"\ntrained in {time.perf_counter() - begun:.0f} s; chosen: {made.params[f'{STAGE}: family']}, "
          f"{made.params[f'{STAGE}: imbalance']}")  # fmt: skip
    found = queries.evaluation(site, made.id)
    for one in [one for one in found.by_group if one.group == "model family" and not one.name.startswith("gain")]:
        print(f"  {one.level:26} {one.name:28} {one.value:6.3f} ({one.low:.3f} – {one.high:.3f})")
    if test:
        score(site, app, made.bundle, imported(site, app, read(folder, "dro_test")))


def score(site: Site, app: Application, bundle: str, rows: Sequence[Row]) -> None:
    """Print accuracy on rows that were never looked at, and how far the served answers are from these."""
    model = site.load(bundle)
    stage = model.stages[0]
    assert isinstance(stage, TreeModel)
    cases = [Case(None, row.values) for row in rows]
    told = [dict(app.features(case)) for case in cases]
    if stage.encodes is not None:
        told = [one | stage.encodes.columns(case, one, {}, {}) for one, case in zip(told, cases, strict=True)]
    matrix = np.stack([served_row(stage.spec, one)[1] for one in told])
    booster = xgb.Booster(model_file=bytearray(queries.bundle(site, bundle)[stage.spec.file]))
    correction = Correction(stage.spec.temperature, np.asarray(stage.spec.offsets or np.zeros(len(stage.spec.classes))))
    guess = correction(np.asarray(booster.predict(xgb.DMatrix(matrix), output_margin=True))).argmax(axis=1)
    labels = np.array([stage.spec.classes.index(row.labels[STAGE]) for row in rows])
    right = (guess == labels).astype(np.float64)
    families = np.array([row.family for row in rows])
    weights = 1 / np.bincount(labels)[labels]
    for name, one in (
        ("accuracy", bootstrap_mean(right, families)),
        ("balanced accuracy", bootstrap_mean(right, families, weights=weights)),
    ):
        print(f"  test: {name:20} {_said(one)}")
    begun = time.perf_counter()
    served = [answer(app, case, {}, model, "refer").best for case in cases[:20]]
    seconds = (time.perf_counter() - begun) / 20
    same = sum(said == stage.spec.classes[one] for said, one in zip(served, guess[:20], strict=True))
    print(f"  served without XGBoost: {same} of 20 the same, {1000 * seconds:.0f} ms each")


def _said(one: Interval) -> str:
    return f"{100 * one.value:.1f} % ({100 * one.low:.1f} – {100 * one.high:.1f}), {one.units} rows"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/common"), help="the folder of the tables")
    parser.add_argument("--evidence", choices=("all", "first"), default="all", help="what a model sees of a case")
    parser.add_argument("--draws", type=int, default=1, help="draws of the proxy; 0 leaves it out")
    parser.add_argument("--candidate", action=argparse.BooleanOptionalAction, default=True, help="train a candidate")
    parser.add_argument("--test", action="store_true", help="score the candidate on dro_test, once")
    parser.add_argument("--shelf", type=Path, help="a folder that keeps finished steps, so that a stop costs nothing")
    parser.add_argument("--write", type=Path, help="only write the training rows as one table, for avicena import")
    asked = parser.parse_args()
    if asked.write is not None:
        asked.write.write_text(table(read(asked.data, "dro_all_7276", "nlp_train")), encoding="utf-8")
        return
    classes = tuple(sorted({row["PATHOLOGY"] for row in read(asked.data, "dro_all_7276", "nlp_train")}))
    app = application(classes, asked.evidence == "first")
    shelf: Shelf = MemoryShelf() if asked.shelf is None else FolderShelf(asked.shelf)
    with tempfile.TemporaryDirectory() as folder:
        site = open_site(Settings(site=folder, applications="common"), {app.name: app})
        print(f"{len(classes)} conditions; a model sees {asked.evidence} evidence")
        if asked.draws:
            proxies(site, app, asked.data, asked.draws, shelf, said)
        if asked.candidate:
            candidate(site, app, asked.data, asked.test, said)


def said(stage: str, done: int, total: int) -> None:
    """Progress as a line that is written over."""
    print(f"\r{stage}: {done}/{total}", end="\n" if done == total else "", flush=True)


if __name__ == "__main__":
    main()
