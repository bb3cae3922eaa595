"""What each encoding brings, by cross-validation on patients apart, with 95 % intervals.

    python benchmarks/features.py --breast FOLDER/breast [--notes FOLDER/brain_challenge] [--rows 1000]

On `breast` the trees are to tell who was given chemotherapy (1,565 patients): once from numbers alone, and then with
one kind of encoding more at a time. On `brain_challenge` they are to tell the tumour class, and the treatment, from the
note alone: read by the reference application's own words, or embedded. Its notes are made up and give the class away,
and its treatments are drawn at random, so that the second row must show nothing.
Parameters are fixed, folds are by patient (or by words of the note), and nothing is chosen by these figures.
"""

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena import Case, TreeRecipe
from avicena.backends.engine.sentences import open_sentences
from avicena.core.encoder import Told
from avicena.core.encoding import Encoding, Impute, NoteEmbedding, OneHot, Ordinal
from avicena.core.progress import MemoryShelf, silent
from avicena.learn.encode import Encodings
from avicena.learn.trees import TreeTable, fit_trees
from avicena.measure.calibration import softmax
from avicena.measure.intervals import bootstrap_mean, paired_difference
from avicena_applications.brain_tumour import features

RECIPE = TreeRecipe(families=("xgboost",), imbalance=("none",), trials=1, permutations=0)
NUMBERS = ("AGE_AT_DIAGNOSIS", "NPI", "LYMPH_NODES_EXAMINED_POSITIVE")
CHOICES = ("ER_IHC", "HER2_SNP6", "CLAUDIN_SUBTYPE", "HISTOLOGICAL_SUBTYPE", "INFERRED_MENOPAUSAL_STATE", "THREEGENE")
ORDER = Ordinal("CELLULARITY", ("Low", "Moderate", "High"))
FOLDS = 5

Losses = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Losses in nats and hits of each row, by trees that did not see its fold."""

    losses: Losses
    right: Losses


def judged(
    declared: Sequence[Encoding], told: Sequence[Told], plain: Sequence[dict[str, float]], labels: Any, families: Any
) -> Judged:
    """The trees over plain columns and encodings, on rows whose families stay together."""
    names = tuple(plain[0]) if plain else ()
    rows = np.array([[row[name] for name in names] for row in plain], np.float32).reshape(len(told), len(names))
    folds = np.array([int(sha256(str(one).encode()).hexdigest(), 16) % FOLDS for one in families])
    encoders = (Encodings(tuple(declared), told, families),) if declared else ()
    table = TreeTable(names, rows, labels, folds, families, int(labels.max()) + 1, encoders)
    fit = fit_trees(table, np.zeros_like(labels), RECIPE, 0, MemoryShelf(), silent)
    chances = softmax(fit.margins)
    losses = -np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-12))
    return Judged(losses, (chances.argmax(axis=1) == labels).astype(float))


def shown(name: str, one: Judged, before: Judged | None, families: Any) -> None:
    """One line: accuracy, and what is gained over the line before, in nats."""
    right = bootstrap_mean(one.right, families)
    said = f"{name:<34} {right.value:7.3f} ({right.low:.3f} to {right.high:.3f})   {one.losses.mean():6.3f}"
    if before is not None:
        gain = paired_difference(before.losses, one.losses, families)
        said += f"   {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
    print(said, flush=True)


def breast(folder: Path) -> None:
    """Who was given chemotherapy."""
    with (folder / "treatment.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["CHEMOTHERAPY"] in ("YES", "NO")]
    labels = np.array([int(row["CHEMOTHERAPY"] == "YES") for row in rows])
    families = np.array([row["patientId"] for row in rows])
    told = [
        Told({**{name: float(row[name]) if row[name] else None for name in NUMBERS}, **_choices(row)}) for row in rows
    ]
    plain = [{name: np.nan if told_.values[name] is None else told_.values[name] for name in NUMBERS} for told_ in told]
    steps: list[tuple[str, tuple[Encoding, ...]]] = [
        ("numbers, median in gaps", ()),
        ("+ missing indicators", tuple(Impute(name) for name in NUMBERS)),
        ("+ ordinal cellularity", (ORDER,)),
        *((f"+ one-hot {name}", (OneHot(name, least=1),)) for name in CHOICES),
    ]
    declared: tuple[Encoding, ...] = ()
    before: Judged | None = None
    for name, more in steps:
        declared += more
        found = judged(declared, told, [{}] * len(told) if declared else plain, labels, families)
        shown(name, found, before, families)
        before = found


def _choices(row: dict[str, str]) -> dict[str, str | None]:
    return {name: row[name] or None for name in (*CHOICES, ORDER.input)}


def notes(folder: Path, count: int) -> None:
    """The tumour class and the treatment from the note alone."""
    with (folder / "clinical.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["Clinical Note"].strip()]
    rows = sorted(rows, key=lambda row: sha256(repr(row).encode()).hexdigest())[:count]
    texts = [row["Clinical Note"].strip() for row in rows]
    families, model = np.array(texts), open_sentences()
    meant = {text: model.run(text) for text in set(texts)}
    told = [Told({"note": text}, {}, {"note": meant[text]}) for text in texts]
    read = [features(Case(None, {"note": text})) for text in texts]
    for target in ("Condition", "Treatment"):
        labels = np.unique([row[target] for row in rows], return_inverse=True)[1]
        print(f"\n{target}: {len(rows)} notes, {len(meant)} different, {labels.max() + 1} classes")
        first = judged((), told, read, labels, families)
        shown("words of the reference application", first, None, families)
        for dimensions in (8, 32):
            found = judged((NoteEmbedding("note", dimensions),), told, [{}] * len(told), labels, families)
            shown(f"note embedded, {dimensions} axes", found, first, families)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--breast", type=Path, help="folder of METABRIC's treatment.tsv")
    parser.add_argument("--notes", type=Path, help="folder of brain_challenge's clinical.csv")
    parser.add_argument("--rows", type=int, default=1000, help="notes that are read (default 1000)")
    given = parser.parse_args()
    print(f"{'':<34} accuracy (95 % interval)     loss   gain over the line before, in nats (95 %)")
    if given.breast:
        breast(given.breast)
    if given.notes:
        notes(given.notes, given.rows)


if __name__ == "__main__":
    main()
