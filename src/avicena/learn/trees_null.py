"""What the same search would have found had the labels carried nothing beyond the class that the baseline knows."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core import digest
from avicena.core.progress import Shelf
from avicena.core.tree_recipe import TreeRecipe, Way
from avicena.learn.trees_judge import loss
from avicena.learn.trees_table import Labels, TreeTable
from avicena.learn.trees_train import Params, predict


def permuted(
    table: TreeTable,
    given: Labels,
    params: Mapping[Way, tuple[Params, ...]],
    recipe: TreeRecipe,
    seed: int,
    shelf: Shelf,
    done: Callable[[int], None],
) -> NDArray[np.float64]:
    """Log losses (m,) of the best way on labels shuffled within each class of `given`; parameters are held fixed.

    `params` are those of each way by outer fold.
    """
    said = [[*way, *found] for way, found in params.items()]
    key = "nulls-" + digest.of([table.digest, digest.of_bytes(given.tobytes()), said, recipe, seed])[7:39]
    kept = shelf.get(key)
    found = [] if kept is None else kept["losses"].tolist()
    done(len(found))
    for number in range(len(found), recipe.permutations):
        labels = shuffled(table.labels, given, table.families, np.random.default_rng([seed, number]))
        found.append(min(_null(table, labels, way, best, recipe, seed) for way, best in params.items()))
        shelf.put(key, {"losses": np.array(found)})
        done(1)
    return np.array(found)


def _null(
    table: TreeTable, labels: Labels, way: Way, params: tuple[Params, ...], recipe: TreeRecipe, seed: int
) -> float:
    margins = np.zeros((len(labels), table.classes), dtype=np.float32)
    for fold, best in zip(np.unique(table.folds), params, strict=True):
        held = table.folds == fold
        margins[held] = predict(table, ~held, held, labels, way, best, recipe, seed)
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
