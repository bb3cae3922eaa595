"""Figures from predictions that their models made blind, for any stage; those of any predictions are in `measure`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.model import Measure
from avicena.measure import conformal, figures
from avicena.measure.figures import accuracies, at_coverage, by_patient, measure, overall, recalls

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
Names = NDArray[Any]

__all__ = [
    "accuracies",
    "at_coverage",
    "by_patient",
    "coverages",
    "joined",
    "limits_of",
    "measure",
    "overall",
    "recalls",
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
    pooled: bool = False,
) -> list[Measure]:
    """How often sets hold the truth in folds that neither model nor thresholds saw: overall, by class, by group.

    The thresholds that judge a fold come from the other folds, by class and by the levels of every group; `pooled` as
    for `conformal.thresholds`.
    """
    inside = np.zeros(chances.shape, dtype=bool)
    strictest = joined(groups, len(labels))
    for fold in np.unique(folds):
        held = folds == fold
        levels = [one[~held] for one in strictest]
        limits = limits_of(chances[~held], labels[~held], alpha, levels, families[~held], pooled)
        inside[held] = conformal.sets(chances[held], limits)
    return figures.coverages(stage, classes, inside, labels, families, groups)


def joined(groups: Mapping[str, Names], rows: int) -> list[Names]:
    """The levels of every group as text, one array (rows,) per group; one level for all where there is no group."""
    return [levels.astype(str) for levels in groups.values()] or [np.full(rows, "")]


def limits_of(
    chances: Floats, labels: Ints, alpha: float, groups: Sequence[Names], families: Names, pooled: bool = False
) -> NDArray[np.float64]:
    """Conformal thresholds (k,) that hold for every class in every level of every group: the most cautious of them."""
    found: NDArray[np.float64] = np.max(
        [conformal.thresholds(chances, labels, alpha, levels, families, pooled=pooled) for levels in groups], axis=0
    )
    return found
