"""A tree stage: XGBoost and Random Forest compared by nested grouped cross-validation, tuned with Optuna.

Random Forest is XGBoost's own forest mode, so that both are served, and explained exactly, by one engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
import xgboost as xgb
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.progress import Progress, Shelf
from avicena.core.tree_recipe import Family, TreeRecipe
from avicena.measure.calibration import softmax

Matrix = NDArray[np.float32]
Labels = NDArray[np.int64]
Params = dict[str, float | int]


@dataclass(frozen=True)
class TreeTable:
    """What trees learn from: `rows` (n, columns) float32 with NaN for unknown; `labels`, `folds`, `families` (n,)."""

    columns: tuple[str, ...]
    rows: Matrix
    labels: Labels
    folds: NDArray[np.int64]
    families: NDArray[Any]
    classes: int

    @property
    def digest(self) -> str:
        """Names the content, so that finished work is found again."""
        parts = (self.rows.tobytes(), self.labels.tobytes(), self.folds.tobytes())
        names = [list(self.columns), self.families.astype(str).tolist()]
        return digest.of([*names, self.classes, *(digest.of_bytes(part) for part in parts)])


@dataclass(frozen=True)
class FamilyScores:
    """One model family by nested cross-validation: `margins` (n, k) float32, by models blind to the row's fold."""

    family: Family
    margins: Matrix
    params: tuple[Params, ...]


@dataclass(frozen=True)
class TreeFit:
    """The chosen family trained on every row, and what cross-validation said of both.

    `nulls` (m,) are the mean log losses of the better family on labels permuted within the class of the baseline.
    """

    family: Family
    params: Params
    model: bytes
    medians: Mapping[str, float]
    scores: Mapping[Family, FamilyScores]
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
    outer = np.unique(table.folds)
    steps = len(recipe.families) * (len(outer) + 1) + recipe.permutations
    done = _Counter(progress, "trees", steps)
    scores = {family: _nested(table, family, recipe, seed, shelf, done) for family in recipe.families}
    losses = {family: loss(found.margins, table.labels, recipe.balanced) for family, found in scores.items()}
    family = min(losses, key=lambda one: losses[one])
    params = {
        one: _tuned(table, np.ones(len(table.labels), bool), one, recipe, seed, shelf, done, "all") for one in scores
    }
    chosen = scores[family]
    nulls = _permuted(table, given, scores, recipe, seed, shelf, done)
    medians = median_by_column(table)
    booster = _train(
        _filled(table.rows, table.columns, medians), table.labels, table.classes, family, params[family], recipe, seed
    )
    return TreeFit(
        family,
        params[family],
        bytes(booster.save_raw("ubj")),
        medians,
        scores,
        chosen.margins,
        losses[family],
        nulls,
    )


def median_by_column(table: TreeTable, chosen: NDArray[np.bool_] | None = None) -> dict[str, float]:
    """The median of each column that has a gap or may have one; 0 for a column without any value."""
    rows = table.rows if chosen is None else table.rows[chosen]
    found = {}
    for name, column in zip(table.columns, rows.T, strict=True):
        known = column[~np.isnan(column)]
        found[name] = float(np.median(known)) if len(known) else 0.0
    return found


def _filled(rows: Matrix, columns: tuple[str, ...], medians: Mapping[str, float]) -> Matrix:
    values = np.array([medians[name] for name in columns], dtype=np.float32)
    return np.where(np.isnan(rows), values, rows).astype(np.float32)


def _nested(
    table: TreeTable, family: Family, recipe: TreeRecipe, seed: int, shelf: Shelf, done: "_Counter"
) -> FamilyScores:
    """Each outer fold is predicted by a model tuned and trained on the other folds alone."""
    margins = np.zeros((len(table.labels), table.classes), dtype=np.float32)
    params = []
    for fold in np.unique(table.folds):
        inside = table.folds != fold
        best = _tuned(table, inside, family, recipe, seed, shelf, done, str(fold))
        margins[~inside] = _predict(table, inside, ~inside, table.labels, family, best, recipe, seed)
        params.append(best)
    return FamilyScores(family, margins, tuple(params))


def _tuned(
    table: TreeTable,
    inside: NDArray[np.bool_],
    family: Family,
    recipe: TreeRecipe,
    seed: int,
    shelf: Shelf,
    done: "_Counter",
    name: str,
) -> Params:
    """The parameters with the least log loss in cross-validation among the rows `inside`."""
    key = "trees-" + digest.of([table.digest, family, recipe, seed, name])[7:39]
    kept = shelf.get(key)
    if kept is None:
        kept = _search(table, inside, family, recipe, seed)
        shelf.put(key, kept)
    done()
    return {key: (int(v) if float(v).is_integer() else float(v)) for key, v in kept.items()}


def _search(
    table: TreeTable, inside: NDArray[np.bool_], family: Family, recipe: TreeRecipe, seed: int
) -> dict[str, NDArray[np.generic]]:
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def objective(trial: optuna.Trial) -> float:
        params = _space(trial, family, recipe)
        losses = []
        for fold in np.unique(table.folds[inside]):
            held = inside & (table.folds == fold)
            margins = _predict(table, inside & ~held, held, table.labels, family, params, recipe, seed)
            losses.append(loss(margins, table.labels[held], recipe.balanced) * held.sum())
        return float(sum(losses) / inside.sum())

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=recipe.trials)
    return {name: np.asarray(value) for name, value in _space(study.best_trial, family, recipe).items()}


def _space(trial: Any, family: Family, recipe: TreeRecipe) -> Params:
    """The search space: the parameters that move the balance of bias and variance of each family."""
    if family == "random-forest":
        return {
            "max_depth": trial.suggest_int("max_depth", 2, 6),
            "colsample_bynode": trial.suggest_float("colsample_bynode", 0.2, 0.8),
            "subsample": trial.suggest_float("subsample", 0.5, 0.9),
            "min_child_weight": trial.suggest_float("min_child_weight", 1, 30, log=True),
        }
    return {
        "max_depth": trial.suggest_int("max_depth", 1, 5),
        "eta": trial.suggest_float("eta", 0.02, 0.3, log=True),
        "rounds": trial.suggest_int("rounds", 10, recipe.max_rounds),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.3, 1.0),
        "min_child_weight": trial.suggest_float("min_child_weight", 1, 30, log=True),
        "lambda": trial.suggest_float("lambda", 0.1, 30, log=True),
    }


def _train(
    rows: Matrix, labels: Labels, classes: int, family: Family, params: Params, recipe: TreeRecipe, seed: int
) -> xgb.Booster:
    weights = _weights(labels, classes) if recipe.balanced else np.ones(len(labels))
    settings: dict[str, Any] = {
        "objective": "multi:softprob",
        "num_class": classes,
        "seed": seed,
        "tree_method": "hist",
        "max_bin": 64,
        "verbosity": 0,
    }
    settings |= {name: value for name, value in params.items() if name != "rounds"}
    if family == "random-forest":
        settings |= {"eta": 1.0, "num_parallel_tree": recipe.forest}
    return xgb.train(settings, xgb.DMatrix(rows, labels, weight=weights), int(params.get("rounds", 1)))


def _weights(labels: Labels, classes: int) -> NDArray[np.float64]:
    """Class weights that give each class the same sum; their mean over rows is 1 (King & Zeng 2001)."""
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    weights: NDArray[np.float64] = (len(labels) / (np.count_nonzero(counts) * counts))[labels]
    found: NDArray[np.float64] = weights / weights.mean()
    return found


def _predict(
    table: TreeTable,
    inside: NDArray[np.bool_],
    held: NDArray[np.bool_],
    labels: Labels,
    family: Family,
    params: Params,
    recipe: TreeRecipe,
    seed: int,
) -> Matrix:
    """Margins of the `held` rows by a model of the rows `inside`; gaps are filled with medians of those inside."""
    medians = median_by_column(table, inside)
    rows = _filled(table.rows, table.columns, medians)
    booster = _train(rows[inside], labels[inside], table.classes, family, params, recipe, seed)
    return np.asarray(booster.predict(xgb.DMatrix(rows[held]), output_margin=True), dtype=np.float32)


def _permuted(
    table: TreeTable,
    given: Labels,
    scores: Mapping[Family, FamilyScores],
    recipe: TreeRecipe,
    seed: int,
    shelf: Shelf,
    done: "_Counter",
) -> NDArray[np.float64]:
    """Log losses of the better family on labels shuffled within each class of `given`; parameters are held fixed."""
    params = {family: found.params for family, found in scores.items()}
    key = "nulls-" + digest.of([table.digest, digest.of_bytes(given.tobytes()), params, recipe, seed])[7:39]
    kept = shelf.get(key)
    found = [] if kept is None else kept["losses"].tolist()
    done(len(found))
    for number in range(len(found), recipe.permutations):
        labels = shuffled(table.labels, given, table.families, np.random.default_rng([seed, number]))
        found.append(min(_null(table, labels, family, best, recipe, seed) for family, best in params.items()))
        shelf.put(key, {"losses": np.array(found)})
        done()
    return np.array(found)


def _null(
    table: TreeTable, labels: Labels, family: Family, params: tuple[Params, ...], recipe: TreeRecipe, seed: int
) -> float:
    margins = np.zeros((len(labels), table.classes), dtype=np.float32)
    for fold, best in zip(np.unique(table.folds), params, strict=True):
        held = table.folds == fold
        margins[held] = _predict(table, ~held, held, labels, family, best, recipe, seed)
    return loss(margins, labels, recipe.balanced)


def shuffled(labels: Labels, given: Labels, families: NDArray[Any], random: np.random.Generator) -> Labels:
    """The labels (n,) of whole families exchanged among families with as many rows of the same class of `given` (n,).

    Rows of one patient resemble each other, and must go on doing so for the null hypothesis to be a fair one.
    """
    found = labels.copy()
    _, family = np.unique(families, return_inverse=True)
    for value in np.unique(given):
        rows = np.flatnonzero(given == value)
        rows = rows[np.argsort(family[rows], kind="stable")]
        _, starts, sizes = np.unique(family[rows], return_index=True, return_counts=True)
        for size in np.unique(sizes):
            blocks = rows[starts[sizes == size][:, None] + np.arange(size)]
            found[blocks] = labels[blocks[random.permutation(len(blocks))]]
    return found


def loss(margins: Matrix, labels: Labels, balanced: bool) -> float:
    """Mean log loss in nats; with `balanced` each class present counts the same, as in training with class weights."""
    chances = softmax(margins)[np.arange(len(labels)), labels]
    losses = -np.log(np.maximum(chances, 1e-12))
    if not balanced:
        return float(losses.mean())
    return float(np.mean([losses[labels == value].mean() for value in np.unique(labels)]))


class _Counter:
    """Counts finished steps of one stage for a Progress."""

    def __init__(self, progress: Progress, stage: str, total: int) -> None:
        self._progress, self._stage, self._total, self._done = progress, stage, total, 0

    def __call__(self, steps: int = 1) -> None:
        self._done += steps
        self._progress(self._stage, self._done, self._total)
