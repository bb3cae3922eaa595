"""Which labels are probably wrong: confident learning on probabilities that were made blind to the rows they judge.

Northcutt, Jiang & Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70 (2021), sections 3.1
and 3.2; ranked by self-confidence, which found as many planted errors as the margin or more (docs/review-data.md).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Suspects:
    """What confident learning says of n labels of k classes.

    `own` (n,) is the probability of the given label: the lower, the more suspect. `rival` (n,) is the most probable
    other class. `flagged` (n,) are the labels off the diagonal of the confident joint. `wrong` (n,) is about how
    probable it is that the label is wrong. `thresholds` (k,) is the mean probability of a class among rows labelled so
    (infinite for a class without a row); `joint` (k, k) estimates how many rows have the label of the line and the
    truth of the column.
    """

    own: NDArray[np.float64]
    rival: NDArray[np.int64]
    flagged: NDArray[np.bool_]
    wrong: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    joint: NDArray[np.float64]

    @property
    def order(self) -> NDArray[np.int64]:
        """The rows (n,), most suspect first; equals in the order given."""
        return np.argsort(self.own, kind="stable").astype(np.int64)

    @property
    def expected(self) -> float:
        """At most about how many labels are wrong: what the joint holds off its diagonal, errors of the model too."""
        return float(self.joint.sum() - np.trace(self.joint))


def suspects(chances: Floats, labels: Ints) -> Suspects:
    """Which of `labels` (n,; 0 to k - 1) contradict the out-of-fold probabilities `chances` (n, k).

    Raises ValueError (the shapes do not fit, no row, or fewer than two classes).
    """
    told, given = np.asarray(chances, np.float64), np.asarray(labels, np.int64)
    if told.ndim != 2 or len(told) != len(given) or not len(given) or told.shape[1] < 2:
        raise ValueError("chances must be (n, k) for n labels, with k of at least 2")
    rows = np.arange(len(given))
    own = told[rows, given]
    others = told.copy()
    others[rows, given] = -np.inf
    thresholds = _thresholds(told, given)
    confident = np.where(told >= thresholds, told, -np.inf)  # the classes that a row surely could be
    sure, best = np.isfinite(confident.max(axis=1)), confident.argmax(axis=1)
    joint = _joint(given[sure], best[sure], np.bincount(given, minlength=told.shape[1]))
    noise = float(joint.sum() - np.trace(joint)) / len(given)
    return Suspects(
        own=own,
        rival=others.argmax(axis=1).astype(np.int64),
        flagged=sure & (best != given),
        wrong=_wrong(own, noise, told.shape[1]),
        thresholds=thresholds,
        joint=joint,
    )


def _wrong(own: NDArray[np.float64], noise: float, classes: int) -> NDArray[np.float64]:
    """The probability (n,) that a label is wrong, by Bayes' rule.

    The model's probability of the label is the prior, and a share `noise` of labels went to any other class alike.
    """
    spoilt = (1 - own) * noise / (classes - 1)
    whole = spoilt + own * (1 - noise)
    return np.divide(spoilt, whole, out=np.zeros_like(own), where=whole > 0)


def _thresholds(chances: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean self-confidence (k,) of each class (equation 2)."""
    counts = np.bincount(labels, minlength=chances.shape[1])
    own = np.bincount(labels, chances[np.arange(len(labels)), labels], minlength=chances.shape[1])
    return np.where(counts > 0, own / np.maximum(counts, 1), np.inf)


def _joint(given: NDArray[np.int64], best: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The confident joint (k, k), its lines scaled to the labels that there are (equation 3); n in all."""
    classes = len(counts)
    found = np.zeros((classes, classes))
    np.add.at(found, (given, best), 1.0)
    empty = found.sum(axis=1) == 0
    found[empty, empty] = 1.0  # nobody is sure of any row of that class: its labels stand
    scaled: NDArray[np.float64] = found / found.sum(axis=1, keepdims=True) * counts[:, None]
    return scaled
