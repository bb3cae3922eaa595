"""Whether a probability of 0.8 comes true eight times in ten, and how to make it so.

`logits` and `probabilities` are float (n, k), `labels` int (n,) from 0 to k - 1.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

_LOWEST, _HIGHEST = 0.05, 20.0  # temperatures looked at
_GOLDEN = (5**0.5 - 1) / 2
_ROUNDS, _STEPS = 15, 100  # of temperature and offsets in turn, and of offsets at one temperature, at most


class Bin(NamedTuple):
    """One bar of a reliability diagram: bounds, rows, their mean confidence and share right (NaN if empty)."""

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float


def softmax(logits: Floats, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities of logits (..., k) divided by `temperature`, of the same shape; safe for logits of any size."""
    return np.exp(_log_softmax(logits, temperature))


def temperature(logits: Floats, labels: Ints, weights: Floats | None = None) -> float:
    """The temperature between 0.05 and 20 that gives the least log loss (Guo et al., ICML 2017, section 4.2).

    `weights` (n,) counts rows unequally, for instance 1 / the rows of the same family. Golden-section search over the
    logarithm; the loss is convex in 1 / temperature, so it has one valley.
    Raises ValueError (no rows).
    """
    if not len(labels):
        raise ValueError("a temperature needs at least one row")
    share = np.ones(len(labels)) if weights is None else weights.astype(np.float64)
    low, high = float(np.log(_LOWEST)), float(np.log(_HIGHEST))
    while high - low > 1e-6:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _loss(logits, labels, share, left) <= _loss(logits, labels, share, right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


class Correction(NamedTuple):
    """How logits (..., k) become probabilities: softmax of them divided by `temperature`, plus `offsets` (k,)."""

    temperature: float
    offsets: NDArray[np.float64]

    def __call__(self, logits: Floats) -> NDArray[np.float64]:
        return softmax(logits.astype(np.float64) / self.temperature + self.offsets)


def corrected(logits: Floats, labels: Ints, weights: Floats | None = None) -> Correction:
    """The temperature and the offset of each class that give the least log loss, the offsets' mean being 0.

    Bias-corrected temperature scaling (Alexandari, Kundaje & Shrikumar, ICML 2020): a temperature alone cannot undo
    what training with class weights or made-up rows did to how frequent a class seems. At its minimum the mean
    probability of a class is its share of the rows, weighted by `weights` (n,); each class is counted half a row more
    than it has, so that one without any keeps a probability. Raises ValueError (no rows).
    """
    if not len(labels):
        raise ValueError("a calibration needs at least one row")
    share = np.ones(len(labels)) if weights is None else weights.astype(np.float64)
    classes = logits.shape[1]
    counts = np.bincount(labels, weights=share, minlength=classes) + 0.5 * share.mean()
    wanted = counts / counts.sum()
    values, offsets, scale = logits.astype(np.float64), np.zeros(classes), 1.0
    for _ in range(_ROUNDS):
        scale = temperature(values + scale * offsets, labels, share)
        before = offsets
        offsets = _balanced(values / scale, offsets, wanted, share / share.sum())
        if np.abs(offsets - before).max() < 1e-4:
            break
    return Correction(scale, offsets)


def _balanced(
    scaled: Floats, offsets: NDArray[np.float64], wanted: NDArray[np.float64], share: Floats
) -> NDArray[np.float64]:
    """The offsets (k,) under which the mean probabilities are as `wanted` (k,); their mean is 0."""
    for _ in range(_STEPS):
        step = np.log(wanted) - np.log(np.maximum(share @ softmax(scaled + offsets), 1e-300))
        offsets = offsets + step - step.mean()
        if np.abs(step - step.mean()).max() < 1e-7:
            break
    centred: NDArray[np.float64] = offsets - offsets.mean()
    return centred


def reliability(probabilities: Floats, labels: Ints, bins: int = 15) -> list[Bin]:
    """The reliability diagram of the top label over `bins` equal widths of confidence (DeGroot & Fienberg, 1983)."""
    edges = np.linspace(0, 1, bins + 1)
    confidence, right = _top(probabilities, labels)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    return [_bin(edges[b], edges[b + 1], confidence[place == b], right[place == b]) for b in range(bins)]


def adaptive_reliability(probabilities: Floats, labels: Ints, bins: int = 15) -> list[Bin]:
    """The same with bins of equally many rows (Nguyen & O'Connor, EMNLP 2015)."""
    confidence, right = _top(probabilities, labels)
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [_bin(confidence[p[0]], confidence[p[-1]], confidence[p], right[p]) for p in parts]


def ece(probabilities: Floats, labels: Ints, bins: int = 15) -> float:
    """Expected calibration error of the top label over equal widths (Guo et al., ICML 2017, eq. 3)."""
    return _error(reliability(probabilities, labels, bins))


def adaptive_ece(probabilities: Floats, labels: Ints, bins: int = 15) -> float:
    """Expected calibration error of the top label over bins of equally many rows."""
    return _error(adaptive_reliability(probabilities, labels, bins))


def _log_softmax(logits: Floats, temperature: float) -> NDArray[np.float64]:
    shifted = logits.astype(np.float64) / temperature
    shifted -= shifted.max(axis=-1, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def _loss(logits: Floats, labels: Ints, share: Floats, log_temperature: float) -> float:
    given = _log_softmax(logits, float(np.exp(log_temperature)))[np.arange(len(labels)), labels]
    return float(-(given * share).sum() / share.sum())


def _top(probabilities: Floats, labels: Ints) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    best = probabilities.argmax(axis=1)
    return probabilities[np.arange(len(best)), best].astype(np.float64), best == labels


def _bin(low: float, high: float, confidence: Floats, right: NDArray[np.bool_]) -> Bin:
    rows = len(right)
    means = (float(confidence.mean()), float(right.mean())) if rows else (float("nan"), float("nan"))
    return Bin(float(low), float(high), rows, *means)


def _error(table: list[Bin]) -> float:
    filled = [bar for bar in table if bar.rows]
    total = sum(bar.rows for bar in filled)
    return sum(bar.rows * abs(bar.accuracy - bar.confidence) for bar in filled) / total
