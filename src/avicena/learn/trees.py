"""A tree stage: XGBoost and Random Forest, with and without help for rare classes, compared by nested grouped
cross-validation.

Random Forest is XGBoost's own forest mode, so that both are served, and explained exactly, by one engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avicena.core.progress import Progress, Shelf
from avicena.core.tree_recipe import TreeRecipe, Way
from avicena.learn.augment import lacking
from avicena.learn.trees_judge import choose, loss
from avicena.learn.trees_null import permuted, shuffled
from avicena.learn.trees_select import WayScores, nested, tuned
from avicena.learn.trees_table import Labels, Matrix, TreeTable, median_by_column
from avicena.learn.trees_train import Params, train

__all__ = ["TreeFit", "TreeTable", "WayScores", "fit_trees", "loss", "shuffled"]


@dataclass(frozen=True)
class TreeFit:
    """The chosen way trained on every row, and what cross-validation said of all.

    `margins` (n, k) are the chosen way's. `observed` is the least mean log loss of any way, `nulls` (m,) the same on
    labels permuted within the class of the baseline.
    """

    way: Way
    params: Params
    model: bytes
    medians: Mapping[str, float]
    scores: Mapping[Way, WayScores]
    margins: Matrix
    observed: float
    nulls: NDArray[np.float64]


def fit_trees(
    table: TreeTable, given: Labels, recipe: TreeRecipe, seed: int, shelf: Shelf, progress: Progress
) -> TreeFit:
    """Tune, compare, permute and train one tree stage.

    `given` (n,) is the class that the baseline knows: labels are permuted within it, so that what is left of the
    model's advantage is signal beyond that class. Finished steps are taken from the shelf.
    """
    ways = compared(recipe, table.labels)
    done = _Counter(progress, "trees", len(ways) * len(np.unique(table.folds)) + 1 + recipe.permutations)
    scores = {way: nested(table, way, recipe, seed, shelf, done) for way in ways}
    margins = {way: found.margins for way, found in scores.items()}
    way = choose(margins, table.labels, table.folds, table.families, recipe.balanced)
    everywhere = np.ones(len(table.labels), dtype=bool)
    params = tuned(table, everywhere, way, recipe, seed, shelf, done, "all")
    nulls = permuted(table, given, {one: found.params for one, found in scores.items()}, recipe, seed, shelf, done)
    booster = train(table, table.labels, everywhere, way, params, recipe, seed)
    return TreeFit(
        way,
        params,
        bytes(booster.save_raw("ubj")),
        median_by_column(table),
        scores,
        margins[way],
        min(loss(one, table.labels, recipe.balanced) for one in margins.values()),
        nulls,
    )


def compared(recipe: TreeRecipe, labels: Labels) -> tuple[Way, ...]:
    """The ways of a recipe without those that are the same as a simpler one on these labels (n,).

    Where no class lacks rows, augmentation would make none and be the same as none.
    """
    same = "none" in recipe.imbalance and not lacking(labels, recipe.augmentation)
    return tuple(way for way in recipe.ways if not (way.imbalance == "augment" and same))


class _Counter:
    """Counts finished steps of one stage for a Progress."""

    def __init__(self, progress: Progress, stage: str, total: int) -> None:
        self._progress, self._stage, self._total, self._done = progress, stage, total, 0

    def __call__(self, steps: int = 1) -> None:
        self._done += steps
        self._progress(self._stage, self._done, self._total)
