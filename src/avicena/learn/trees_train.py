"""One model of trees: where its parameters are looked for, how it is trained, and what it says of rows it never saw."""

from typing import Any, Protocol

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from avicena.core.tree_recipe import Family, TreeRecipe, Way
from avicena.learn.augment import augmented
from avicena.learn.trees_table import Labels, Mask, Matrix, TreeTable

Params = dict[str, float | int]

FEW = 1_000_000
"""Cells of a table under which trees grow on one core."""

USUAL: dict[Family, dict[str, float]] = {
    "random-forest": {"max_depth": 99, "colsample_bynode": 0, "subsample": 0.63, "min_child_weight": 1},
    "xgboost": {
        "max_depth": 4,
        "eta": 0.2,
        "rounds": 40,
        "subsample": 0.8,
        "colsample_bytree": 0.7,
        "colsample_bynode": 0.15,
        "min_child_weight": 1,
        "lambda": 1,
    },
}
"""Parameters that are tried first, drawn into the bounds of the space."""

ROOTS = 3
"""How many times the root of its columns a forest looks at in a wide table, most of whose columns are nearly empty."""


class Trial(Protocol):
    """Who suggests a parameter's next value (Optuna's trial)."""

    def suggest_int(self, name: str, low: int, high: int) -> int: ...

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float: ...


def space(trial: Trial, family: Family, recipe: TreeRecipe, classes: int, wide: bool = False) -> Params:
    """The next parameters to try: those that move the balance of bias and variance of each family.

    What is measured in rows follows the number of classes, by `_row`. In a `wide` table boosting, too, draws columns
    anew at each node, or else it leans on the few codes that tell best and is lost where a case does not show these.
    """
    row = _row(classes)
    if family == "random-forest":
        return {
            "max_depth": trial.suggest_int("max_depth", 2, recipe.deepest),
            "colsample_bynode": trial.suggest_float("colsample_bynode", 0.02 if classes > 10 else 0.2, 0.8, log=True),
            "subsample": trial.suggest_float("subsample", 0.5, 0.9),
            "min_child_weight": trial.suggest_float("min_child_weight", 1, 30, log=True) * row,
            "lambda": row,
        }
    return {
        "max_depth": trial.suggest_int("max_depth", 1, recipe.deepest - 1),
        "eta": trial.suggest_float("eta", 0.02, 0.3, log=True),
        "rounds": trial.suggest_int("rounds", min(10, recipe.max_rounds), recipe.max_rounds),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        **_columns(trial, wide),
        "min_child_weight": trial.suggest_float("min_child_weight", 1, 30, log=True) * row,
        "lambda": trial.suggest_float("lambda", 0.1, 30, log=True) * row,
    }


def _columns(trial: Trial, wide: bool) -> Params:
    """The share of columns that boosting sees, at each node of a wide table and in each tree of another."""
    if wide:
        return {"colsample_bynode": trial.suggest_float("colsample_bynode", 0.02, 0.8, log=True)}
    return {"colsample_bytree": trial.suggest_float("colsample_bytree", 0.3, 1.0)}


class Usual:
    """A trial of the usual parameters, drawn into the bounds.

    Trees of a forest look at the root of the number of `columns`, in a `wide` table at ROOTS times as many.
    """

    def __init__(self, family: Family, columns: int, wide: bool = False) -> None:
        self._values = dict(USUAL[family])
        if family == "random-forest":  # Breiman, Random Forests, 2001
            self._values["colsample_bynode"] = min(1.0, (ROOTS if wide else 1) * columns**-0.5)
        self.taken: dict[str, float] = {}

    def suggest_int(self, name: str, low: int, high: int) -> int:
        self.taken[name] = value = int(min(max(self._values[name], low), high))
        return value

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        self.taken[name] = value = float(min(max(self._values[name], low), high))
        return value


def _row(classes: int) -> float:
    """What a row weighs at the start of boosting, by the loss's curvature p (1 - p) at p = 1 / classes; 1 for three.

    XGBoost measures the size of a leaf, and its penalty, in this weight.
    """
    return (1 / classes) * (1 - 1 / classes) * 9 / 2


def train(
    table: TreeTable, labels: Labels, inside: Mask, way: Way, params: Params, recipe: TreeRecipe, seed: int
) -> xgb.Booster:
    """Trees that learn from the rows `inside` alone, with the `labels` (n,) given here.

    A class without a row inside is learnt to be nowhere.
    """
    encoded = table.matrix(inside)
    if way.imbalance == "augment":
        rows, known = augmented(encoded, labels, inside, recipe.augmentation, seed)
    else:
        rows, known = encoded.rows[inside], labels[inside]
    weights = class_weights(known) if way.imbalance == "weights" else np.ones(len(known))
    settings: dict[str, Any] = {
        "objective": "multi:softprob",
        "num_class": table.classes,
        "seed": seed,
        "tree_method": "hist",
        "max_bin": 64,
        "verbosity": 0,
    }
    if rows.size < FEW:
        settings |= {"nthread": 1}  # cores would wait for each other longer than they work
    settings |= {name: value for name, value in params.items() if name != "rounds"}
    if way.family == "random-forest":
        settings |= {"eta": 1.0, "num_parallel_tree": recipe.forest}
    return xgb.train(settings, xgb.DMatrix(rows, known, weight=weights), int(params.get("rounds", 1)))


def predict(
    table: TreeTable,
    inside: Mask,
    held: Mask,
    labels: Labels,
    way: Way,
    params: Params,
    recipe: TreeRecipe,
    seed: int,
) -> Matrix:
    """Margins (held rows, k) of the rows `held` by a model of the rows `inside`, which alone it was fitted on."""
    booster = train(table, labels, inside, way, params, recipe, seed)
    rows = xgb.DMatrix(table.matrix(inside).rows[held])
    return np.asarray(booster.predict(rows, output_margin=True), dtype=np.float32)


def class_weights(labels: Labels) -> NDArray[np.float64]:
    """Weights of mean 1 (n,) under which each class that is there has the same sum (King & Zeng 2001)."""
    counts = np.bincount(labels)
    found: NDArray[np.float64] = len(labels) / (np.count_nonzero(counts) * counts[labels])
    return found
