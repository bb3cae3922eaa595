"""Which way to learn is the best of several, by what each says of rows it never saw, and how sure that is."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.tree_recipe import IMBALANCE, Way
from avicena.learn.trees_table import Labels, Matrix
from avicena.learn.trees_train import class_weights
from avicena.measure.calibration import Correction, corrected, softmax, temperature
from avicena.measure.intervals import Interval, paired_difference

ONE_ERROR = 0.6827
"""The level of an interval that reaches one standard error either way."""


def loss(margins: Matrix, labels: Labels, balanced: bool) -> float:
    """Mean log loss in nats; with `balanced` each class present counts the same, as in training with class weights."""
    losses = log_losses(softmax(margins), labels)
    if not balanced:
        return float(losses.mean())
    return float(np.mean([losses[labels == value].mean() for value in np.unique(labels)]))


def log_losses(chances: NDArray[np.floating[Any]], labels: Labels) -> NDArray[np.float64]:
    """What is lost on each row (n,), in nats."""
    found: NDArray[np.float64] = -np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-12))
    return found


def row_weights(labels: Labels, balanced: bool) -> NDArray[np.float64]:
    """What each row counts in a comparison (n,), 1 on average: the same, or the same for each class."""
    return class_weights(labels) if balanced else np.ones(len(labels))


def calibrated(margins: Matrix, labels: Labels, folds: NDArray[np.int64], balanced: bool) -> NDArray[np.float64]:
    """Probabilities (n, k) at the temperature that the other folds tell.

    A forest's margins are timid and boosting's bold; neither is held against it, for what is released is calibrated.
    """
    weights, chances = row_weights(labels, balanced), np.zeros(margins.shape)
    for fold in np.unique(folds):
        held = folds == fold
        scale = temperature(margins[~held], labels[~held], weights[~held])
        chances[held] = softmax(margins[held], scale)
    return chances


def prevalent(
    margins: Matrix, labels: Labels, folds: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[Matrix, Correction]:
    """Probabilities (n, k), each fold's corrected by what the other folds tell, and the correction that all tell.

    They are true of a population in which the rows count by `weights` (n,): what class weights and made-up rows did to
    how frequent a class seems is undone.
    """
    chances = np.zeros(margins.shape, dtype=np.float32)
    for fold in np.unique(folds):
        held = folds == fold
        chances[held] = corrected(margins[~held], labels[~held], weights[~held])(margins[held])
    return chances, corrected(margins, labels, weights)


def differences(
    margins: Mapping[Way, Matrix],
    to: Way,
    labels: Labels,
    folds: NDArray[np.int64],
    families: NDArray[Any],
    balanced: bool,
    level: float = 0.95,
) -> dict[Way, Interval]:
    """How much more each way loses than `to` (nats, on the same rows, after calibration), with its interval."""
    weights = row_weights(labels, balanced)
    losses = {way: log_losses(calibrated(one, labels, folds, balanced), labels) for way, one in margins.items()}
    apart = partial(paired_difference, units=families, level=level, weights=weights)
    return {way: apart(one, losses[to]) for way, one in losses.items()}


def choose(
    margins: Mapping[Way, Matrix], labels: Labels, folds: NDArray[np.int64], families: NDArray[Any], balanced: bool
) -> Way:
    """The way that loses least, or a simpler one that loses no more than it by one standard error of the difference.

    That is the rule of one standard error (Breiman et al., Classification and Regression Trees, 1984, section 3.4.3),
    of paired differences. Log loss, for it is proper and uses all that a row says, where accuracy throws away how sure
    a model was; simpler is what does less about imbalance, and of equally simple ways the one that loses least.
    """
    first = next(iter(margins))
    mean = {way: one.value for way, one in differences(margins, first, labels, folds, families, balanced).items()}
    best = min(mean, key=lambda way: mean[way])
    apart = differences(margins, best, labels, folds, families, balanced, ONE_ERROR)
    tied = [way for way in margins if way == best or apart[way].low <= 0]
    return min(tied, key=lambda way: (IMBALANCE.index(way.imbalance), mean[way]))
