"""Figures with intervals from predictions that their models made blind, for any stage."""

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
        by_rows("AUROC", lambda p, y: np.nanmean(discrimination.aurocs(p, y))),
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
    chances: Floats,
    labels: Ints,
    families: Names,
    folds: Ints,
    alpha: float,
    groups: Mapping[str, Names],
) -> list[Measure]:
    """How often sets hold the truth in folds that neither model nor thresholds saw: overall, by class, by group.

    The thresholds that judge a fold come from the other folds, by class and by the levels of every group.
    """
    inside = np.zeros(chances.shape, dtype=bool)
    strictest = joined(groups, len(labels))
    for fold in np.unique(folds):
        held = folds == fold
        limits = limits_of(chances[~held], labels[~held], alpha, [one[~held] for one in strictest], families[~held])
        inside[held] = conformal.sets(chances[held], limits)
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


def joined(groups: Mapping[str, Names], rows: int) -> list[Names]:
    """The levels of every group as text, one array (rows,) per group; one level for all where there is no group."""
    return [levels.astype(str) for levels in groups.values()] or [np.full(rows, "")]


def limits_of(
    chances: Floats, labels: Ints, alpha: float, groups: Sequence[Names], families: Names
) -> NDArray[np.float64]:
    """Conformal thresholds (k,) that hold for every class in every level of every group: the most cautious of them."""
    found: NDArray[np.float64] = np.max(
        [conformal.thresholds(chances, labels, alpha, levels, families) for levels in groups], axis=0
    )
    return found
