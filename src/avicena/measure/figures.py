"""Figures with 95 % intervals from probabilities and true labels; whoever measures a model calls these."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.model import Measure
from avicena.measure import calibration, conformal, discrimination
from avicena.measure.intervals import Interval, bootstrap, bootstrap_mean

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
Names = NDArray[Any]
Flags = NDArray[np.bool_]

INSIDE, TOUCHES = "map peaks inside the lesion's box", "map's peak cell touches the lesion's box"
WHOLE, ERASED = "accuracy of slices with a box", "accuracy with the lesion's box erased"


def measure(stage: str, name: str, found: Interval, group: str = "", level: str = "") -> Measure:
    """An interval under the name by which gates and cards know it."""
    return Measure(stage, name, found.value, found.low, found.high, found.units, group, level)


def overall(stage: str, chances: Floats, labels: Ints, families: Names) -> list[Measure]:
    """How good the probabilities `chances` (n, k) are: accuracy, plain and balanced, log loss, Brier, ECE, AUROC."""
    right = (chances.argmax(axis=1) == labels).astype(np.float64)
    lost = -np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-12))

    def by_rows(name: str, statistic: Any) -> Measure:
        found = bootstrap(lambda rows: float(statistic(chances[rows], labels[rows])), families, draws=400)
        return measure(stage, name, found)

    return [
        measure(stage, "accuracy", bootstrap_mean(right, families)),
        measure(stage, "log loss", bootstrap_mean(lost, families)),
        by_rows("balanced accuracy", discrimination.balanced_accuracy),
        by_rows("Brier score", discrimination.brier),
        by_rows("ECE", calibration.ece),
        by_rows("AUROC", _mean_auroc),
    ]


def by_patient(stage: str, chances: Floats, labels: Ints, families: Names) -> Measure:
    """Accuracy when a family's rows are pooled: the mean of their probabilities decides."""
    pooled = discrimination.by_family(chances, labels, families)
    right = (pooled.probabilities.argmax(axis=1) == pooled.labels).astype(np.float64)
    return measure(stage, "accuracy by patient", bootstrap_mean(right, pooled.families))


def at_coverage(stage: str, chances: Floats, labels: Ints, families: Names, share: float = 0.8) -> Measure:
    """Accuracy of the surest `share` of patients (selective prediction; Geifman & El-Yaniv 2017)."""
    pooled = discrimination.by_family(chances, labels, families)
    sure = np.argsort(-pooled.probabilities.max(axis=1), kind="stable")[: max(1, round(share * len(pooled.labels)))]
    right = (pooled.probabilities[sure].argmax(axis=1) == pooled.labels[sure]).astype(np.float64)
    return measure(
        stage, f"accuracy of the surest {share:.0%} of patients", bootstrap_mean(right, pooled.families[sure])
    )


def recalls(
    stage: str, classes: Sequence[str], chances: Floats, labels: Ints, families: Names, sources: Names
) -> list[Measure]:
    """The recall of each class, and of each class within each source."""
    right = (chances.argmax(axis=1) == labels).astype(np.float64)
    found = []
    for number, name in enumerate(classes):
        rows = labels == number
        if rows.any():
            found.append(measure(stage, "recall", bootstrap_mean(right[rows], families[rows]), "class", name))
        for source in np.unique(sources[rows]):
            here = rows & (sources == source)
            level = f"{name}, source {source or 'unknown'}"
            found.append(
                measure(stage, "recall", bootstrap_mean(right[here], families[here]), "class and source", level)
            )
    return found


def accuracies(
    stage: str, chances: Floats, labels: Ints, families: Names, groups: Mapping[str, Names]
) -> list[Measure]:
    """Accuracy in each level of each group."""
    right = (chances.argmax(axis=1) == labels).astype(np.float64)
    return [
        measure(stage, "accuracy", bootstrap_mean(right[levels == level], families[levels == level]), group, str(level))
        for group, levels in groups.items()
        for level in np.unique(levels)
    ]


def coverages(
    stage: str,
    classes: Sequence[str],
    inside: Flags,
    labels: Ints,
    families: Names,
    groups: Mapping[str, Names],
) -> list[Measure]:
    """How often the sets `inside` (n, k) hold the truth: overall, by class, by group; and first how large they are."""
    found: dict[tuple[str, str], Measure] = {}
    for group, levels in {"": None, **groups}.items():
        for one in conformal.coverage(inside, labels, levels, families):
            name = "" if one.label is None else classes[one.label]
            where = (
                ("class", name)
                if one.group is None
                else (group, one.group)
                if not name
                else (f"class and {group}", f"{name}, {one.group}")
            )
            key = ("", "") if not name and one.group is None else where
            found[key] = Measure(stage, "coverage of sets", one.value, one.low, one.high, one.families, *key)
            if key == ("", ""):
                size = Measure(stage, "size of sets", one.size, one.size, one.size, one.families)
    return [size, *found.values()]


def refused(stage: str, over: Flags, families: Names) -> Measure:
    """The share of slices that the gate refuses (`over`, (n,)), every family weighing the same."""
    names, place = np.unique(families, return_inverse=True)
    shares = np.bincount(place, weights=over) / np.bincount(place)
    return measure(stage, "refused as unfamiliar", bootstrap_mean(shares, names))


def peaks(stage: str, hits: NDArray[Any], families: Names) -> list[Measure]:
    """How often the map peaks inside the lesion's box, or touches it: `hits` (n, 2), as `lesion.hit` gives each."""
    pairs = zip((INSIDE, TOUCHES), hits.astype(np.float64).T, strict=True)
    return [measure(stage, name, bootstrap_mean(column, families)) for name, column in pairs]


def without_lesion(stage: str, whole: Floats, erased: Floats, labels: Ints, families: Names) -> list[Measure]:
    """Accuracy of slices as they are and with the lesion erased, from both their probabilities (n, k)."""
    named = ((WHOLE, whole), (ERASED, erased))
    return [
        measure(stage, name, bootstrap_mean((chances.argmax(axis=1) == labels).astype(np.float64), families))
        for name, chances in named
    ]


def _mean_auroc(chances: Floats, labels: Ints) -> float:
    """The mean AUROC of the classes for which it is defined; NaN where it is for none."""
    found = discrimination.aurocs(chances, labels)
    return float("nan") if np.isnan(found).all() else float(np.nanmean(found))
