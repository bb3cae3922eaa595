"""How well predicted probabilities tell classes apart.

Everywhere `probabilities` is float (n, k) with rows that sum to 1, and `labels` is int (n,) from 0 to k - 1.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

_TINY = 1e-15  # smallest probability whose logarithm is taken


class Pooled(NamedTuple):
    """One row per family: mean probabilities (f, k), labels (f,), sorted names (f,) and rows behind each (f,)."""

    probabilities: NDArray[np.float64]
    labels: NDArray[np.int64]
    families: NDArray[Any]
    sizes: NDArray[np.int64]


def accuracy(probabilities: Floats, labels: Ints) -> float:
    """The share of rows whose most probable class is the true one."""
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def recalls(probabilities: Floats, labels: Ints) -> NDArray[np.float64]:
    """The share of each class that is recognised, (k,); NaN for a class without rows."""
    k = probabilities.shape[1]
    total = np.bincount(labels, minlength=k).astype(np.float64)
    right = np.bincount(labels[probabilities.argmax(axis=1) == labels], minlength=k)
    found: NDArray[np.float64] = np.divide(right, total, out=np.full(k, np.nan), where=total > 0)
    return found


def balanced_accuracy(probabilities: Floats, labels: Ints) -> float:
    """The mean recall of the classes that occur in `labels`."""
    return float(np.nanmean(recalls(probabilities, labels)))


def log_loss(probabilities: Floats, labels: Ints) -> float:
    """The mean negative natural logarithm of the probability given to the true class (Good, 1952)."""
    given = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(given, _TINY)).mean())


def brier(probabilities: Floats, labels: Ints) -> float:
    """The mean squared distance from the true class's unit vector, summed over classes: 0 to 2 (Brier, 1950)."""
    distance = probabilities.astype(np.float64)
    distance[np.arange(len(labels)), labels] -= 1
    return float(np.square(distance).sum(axis=1).mean())


def auroc(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """The chance that a positive row scores above a negative one, ties counting half; NaN without both kinds.

    `scores` (n,), `positive` (n,); the Mann-Whitney statistic by mean ranks (Hanley & McNeil, 1982).
    """
    ones = int(positive.sum())
    zeros = len(positive) - ones
    if not ones or not zeros:
        return float("nan")
    excess = midranks(scores)[positive].sum() - ones * (ones + 1) / 2
    return float(excess / (ones * zeros))


def aurocs(probabilities: Floats, labels: Ints) -> NDArray[np.float64]:
    """AUROC of each class against the rest, (k,); NaN for a class that no row or every row has."""
    classes = range(probabilities.shape[1])
    return np.array([auroc(probabilities[:, c], labels == c) for c in classes])


def midranks(values: Floats) -> NDArray[np.float64]:
    """The rank of each value from 1, equal values sharing the mean of their ranks, (n,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: NDArray[np.float64] = last - (counts - 1) / 2
    return mean[place]


def by_family(probabilities: Floats, labels: Ints, families: NDArray[Any]) -> Pooled:
    """One prediction for each family: the mean of its rows' probabilities.

    `families` (n,) names the family (one person's studies) of each row.
    Raises ValueError (the rows of one family carry different labels).
    """
    names, first, place = np.unique(families, return_index=True, return_inverse=True)
    label = labels[first].astype(np.int64)
    if np.any(label[place] != labels):
        raise ValueError("the rows of a family must have one label")
    sizes = np.bincount(place).astype(np.int64)
    sums = np.zeros((len(names), probabilities.shape[1]))
    np.add.at(sums, place, probabilities)
    return Pooled(sums / sizes[:, None], label, names, sizes)
