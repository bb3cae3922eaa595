"""Sets of classes that hold the true one as often as promised.

Split or cross-conformal classification with the score 1 - p (LAC; Sadinle, Lei & Wasserman, 2019) and one threshold
per class (Mondrian, label-conditional; Vovk, 2012), so that the promise holds for each class and not only on average.

The slices of one family resemble each other, so n slices are not n independent cases. The promise here is for *one
slice of a new family*: each family weighs 1 and shares its weight among its slices, and a further family of infinite
score stands for the new one (hierarchical conformal prediction; Lee, Barber & Willett, 2023, section 3). With one row
per family this is the usual quantile of rank ceil((n + 1)(1 - alpha)).

Scores must come from models that did not see the family (cross-conformal; Vovk, 2015).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avicena.measure.intervals import wilson

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Names = NDArray[Any]

_SLACK = 1e-9  # of rounding, when weights and probabilities are compared


LIKELIER = 0.5
"""The least pooled threshold: a class that is likelier than all others together is never left out."""


class Coverage(NamedTuple):
    """How often the sets held the true class: mean over families, Wilson interval on families, mean size of sets.

    `label` is the true class and None for all; `group` is the level and None for all.
    """

    label: int | None
    group: str | None
    value: float
    low: float
    high: float
    families: int
    size: float


def thresholds(
    probabilities: Floats,
    labels: Ints,
    alpha: float,
    groups: Names | None = None,
    families: Names | None = None,
    smallest_group: int = 20,
    pooled: bool = False,
) -> NDArray[np.float64]:
    """For each class the largest 1 - p that still belongs to the set, float64 (k,), for coverage 1 - alpha.

    `probabilities` (n, k) and `labels` (n,) of rows that their model did not see; `families` (n,) as in the module's
    text (each row its own where None). With `groups` (n,), such as sex, a class gets the largest threshold among all
    rows and each level that has at least `smallest_group` families of it, so that no such level is served worse.
    A class with fewer than (1 - alpha) / alpha families gets 1: too few to leave it out of any set. If `pooled`, all
    such classes get one threshold from their rows together, and the promise holds on average over them (the null
    cluster of Ding et al., NeurIPS 2023); and none is under LIKELIER, for where a class is known by a row or two the
    models that calibrate are less sure, or surer, than the one that serves. Raises ValueError (alpha not between 0 and
    1).
    """
    if not 0 < alpha < 1:
        raise ValueError("alpha must lie between 0 and 1")
    owners = np.arange(len(labels)) if families is None else families
    levels = [np.ones(len(labels), dtype=bool)]
    if groups is not None:
        levels += [groups == level for level in np.unique(groups)]
    limits = np.empty(probabilities.shape[1])
    for label in range(len(limits)):
        scores = 1 - probabilities[:, label].astype(np.float64)
        found = []
        for number, level in enumerate(levels):
            rows = level & (labels == label)
            if number == 0 or len(np.unique(owners[rows])) >= smallest_group:
                found.append(quantile(scores[rows], owners[rows], alpha))
        limits[label] = min(max(found), 1.0)
    if pooled:
        few = [label for label in range(len(limits)) if len(np.unique(owners[labels == label])) < (1 - alpha) / alpha]
        rows = np.flatnonzero(np.isin(labels, few))
        limits[few] = min(quantile(1 - probabilities[rows, labels[rows]].astype(np.float64), owners[rows], alpha), 1.0)
        limits = np.maximum(limits, LIKELIER)
    return limits


def quantile(scores: Floats, families: Names, alpha: float) -> float:
    """The least score that holds a 1 - alpha share of weight, with one family of infinite score added.

    `scores` (n,), `families` (n,); infinity when the families do not reach that share.
    """
    if not len(scores):
        return float("inf")
    _, place = np.unique(families, return_inverse=True)
    sizes = np.bincount(place)
    order = np.argsort(scores, kind="stable")
    held = np.cumsum(1 / sizes[place[order]])
    first = int(np.searchsorted(held, (1 - alpha) * (len(sizes) + 1) - _SLACK))
    return float(scores[order[first]]) if first < len(scores) else float("inf")


def sets(probabilities: Floats, thresholds: Floats) -> NDArray[np.bool_]:
    """Which classes remain plausible, bool (n, k), for `probabilities` (n, k) and `thresholds` (k,).

    A row may be empty: no class conforms, which the promise counts among its alpha. It is no statement that every
    class is excluded, and the caller must refer such a case as one that nothing explains.
    """
    inside: NDArray[np.bool_] = 1 - probabilities.astype(np.float64) <= thresholds + _SLACK
    return inside


def coverage(
    sets: NDArray[np.bool_], labels: Ints, groups: Names | None = None, families: Names | None = None
) -> list[Coverage]:
    """Coverage of `sets` (n, k) over all rows, each class, each group, and each class within each group that occur."""
    owners = np.arange(len(labels)) if families is None else families
    everyone = np.ones(len(labels), dtype=bool)
    levels: list[tuple[str | None, NDArray[np.bool_]]] = [(None, everyone)]
    if groups is not None:
        levels += [(str(level), groups == level) for level in np.unique(groups)]
    kinds: list[tuple[int | None, NDArray[np.bool_]]] = [(None, everyone)]
    kinds += [(label, labels == label) for label in range(sets.shape[1])]
    held = sets[np.arange(len(labels)), labels]
    table = []
    for group, level in levels:
        for label, kind in kinds:
            rows = level & kind
            if rows.any():
                table.append(_covered(label, group, held[rows], sets[rows].sum(axis=1), owners[rows]))
    return table


def _covered(label: int | None, group: str | None, held: NDArray[np.bool_], size: Ints, owners: Names) -> Coverage:
    _, place = np.unique(owners, return_inverse=True)
    rows = np.bincount(place)
    shares = np.bincount(place, weights=held) / rows
    sizes = np.bincount(place, weights=size) / rows
    low, high = wilson(float(shares.sum()), len(rows))
    return Coverage(label, group, float(shares.mean()), low, high, len(rows), float(sizes.mean()))
