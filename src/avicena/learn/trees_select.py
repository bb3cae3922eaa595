"""Parameters looked for and ways compared by nested grouped cross-validation: no row is judged by what saw it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import optuna
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.progress import Shelf
from avicena.core.tree_recipe import TreeRecipe, Way
from avicena.learn.trees_judge import loss
from avicena.learn.trees_table import Mask, Matrix, TreeTable
from avicena.learn.trees_train import Params, Usual, predict, space

Done = Callable[[int], None]


@dataclass(frozen=True)
class WayScores:
    """One way by nested cross-validation: `margins` (n, k) float32, by models blind to the row's fold."""

    way: Way
    margins: Matrix
    params: tuple[Params, ...]


def nested(table: TreeTable, way: Way, recipe: TreeRecipe, seed: int, shelf: Shelf, done: Done) -> WayScores:
    """Each outer fold is predicted by a model tuned and trained on the other folds alone."""
    margins = np.zeros((len(table.labels), table.classes), dtype=np.float32)
    params = []
    for fold in np.unique(table.folds):
        inside = table.folds != fold
        best = tuned(table, inside, way, recipe, seed, shelf, done, str(fold))
        margins[~inside] = _held(table, inside, way, best, recipe, seed, shelf, str(fold))
        params.append(best)
    return WayScores(way, margins, tuple(params))


def tuned(
    table: TreeTable, inside: Mask, way: Way, recipe: TreeRecipe, seed: int, shelf: Shelf, done: Done, name: str
) -> Params:
    """The parameters with the least log loss in cross-validation among the rows `inside`; kept under `name`."""
    key = _key(table, way, recipe, seed, name)
    kept = shelf.get(key)
    if kept is None:
        kept = _search(table, inside, way, recipe, seed)
        shelf.put(key, kept)
    done(1)
    return {key: (int(v) if float(v).is_integer() else float(v)) for key, v in kept.items()}


def _held(
    table: TreeTable, inside: Mask, way: Way, params: Params, recipe: TreeRecipe, seed: int, shelf: Shelf, name: str
) -> Matrix:
    """Margins of the rows that are not `inside`."""
    key = _key(table, way, recipe, seed, f"{name} margins")
    kept = shelf.get(key)
    if kept is None:
        kept = {"margins": predict(table, inside, ~inside, table.labels, way, params, recipe, seed)}
        shelf.put(key, kept)
    return kept["margins"].astype(np.float32)


def _key(table: TreeTable, way: Way, recipe: TreeRecipe, seed: int, name: str) -> str:
    return "trees-" + digest.of([table.digest, list(way), recipe, seed, name])[7:39]


def _search(table: TreeTable, inside: Mask, way: Way, recipe: TreeRecipe, seed: int) -> dict[str, NDArray[np.generic]]:
    if recipe.trials == 1:
        return {name: np.asarray(value) for name, value in usual(table, inside, way, recipe).items()}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    wide = table.matrix(inside).wide

    def objective(trial: optuna.Trial) -> float:
        params = space(trial, way.family, recipe, table.classes, wide)
        losses = []
        for fold in np.unique(table.folds[inside]):
            held = inside & (table.folds == fold)
            margins = predict(table, inside & ~held, held, table.labels, way, params, recipe, seed)
            losses.append(loss(margins, table.labels[held], recipe.balanced) * held.sum())
        return float(sum(losses) / inside.sum())

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial(_taken(table, inside, way, recipe).taken)
    study.optimize(objective, n_trials=recipe.trials)
    best = space(study.best_trial, way.family, recipe, table.classes, wide)
    return {name: np.asarray(value) for name, value in best.items()}


def usual(table: TreeTable, inside: Mask, way: Way, recipe: TreeRecipe) -> Params:
    """The parameters that are tried first, or alone where the recipe has one trial."""
    return space(_taken(table, inside, way, recipe), way.family, recipe, table.classes, table.matrix(inside).wide)


def _taken(table: TreeTable, inside: Mask, way: Way, recipe: TreeRecipe) -> Usual:
    """The trial of the usual parameters, which remembers what it gave."""
    encoded = table.matrix(inside)
    trial = Usual(way.family, len(encoded.columns), encoded.wide)
    space(trial, way.family, recipe, table.classes, encoded.wide)
    return trial
