"""How well one thing tells another, on families that were not looked at before: arrays in, numbers out.

Everywhere `labels` is int (n,) from 0 to k - 1, `codes` int (n,) the level of each row from 0, and `folds` int (n,)
the fold of each row, all rows of one family in one fold.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avicena.measure.discrimination import auroc, midranks
from avicena.measure.intervals import p_value

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
_SMOOTH = 2.0  # rows of the prior that each level is given
_RIDGE = 0.01  # of the mean variance, per row


class Separation(NamedTuple):
    """How well scores tell one class from the rest: AUROC with its interval, the class, and families behind it."""

    value: float
    low: float
    high: float
    target: int
    units: int

    @property
    def skill(self) -> float:
        """The value from 0 (chance) to 1 (always right)."""
        return max(0.0, 2 * self.value - 1)

    @property
    def skill_low(self) -> float:
        """The lower bound on the same scale."""
        return max(0.0, 2 * self.low - 1)


class Signal(NamedTuple):
    """Whether labels can be told at all: mean AUROC over classes, its interval, and the p of permuted labels."""

    value: float
    low: float
    high: float
    p: float
    units: int


def grouped_folds(units: NDArray[Any], seed: int = 0) -> Ints:
    """A fold from 0 to FOLDS - 1 for each row, the same for all rows of a unit; units shuffled by `seed`."""
    names, place = np.unique(units, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return (order % FOLDS)[place.ravel()].astype(np.int64)


def out_of_fold(codes: Ints, labels: Ints, folds: Ints) -> Floats:
    """The share of each class among the rows with the same level in the other folds, (n, k), smoothed to the prior."""
    levels, classes = int(codes.max(initial=0)) + 1, int(labels.max(initial=0)) + 1
    flat = (folds * levels + codes) * classes + labels
    counts = np.bincount(flat, minlength=(int(folds.max(initial=0)) + 1) * levels * classes).astype(np.float64)
    by_fold = counts.reshape(-1, levels, classes)
    others = by_fold.sum(axis=0) - by_fold
    prior = others.sum(axis=1, keepdims=True)
    prior = prior / np.maximum(prior.sum(axis=2, keepdims=True), 1)
    shares = (others + _SMOOTH * prior) / (others.sum(axis=2, keepdims=True) + _SMOOTH)
    found: Floats = shares[folds, codes]
    return found


def one_against_rest(scores: Floats, labels: Ints) -> Floats:
    """The AUROC of each class by its column of `scores` (n, k); 0.5 for a class with fewer than 5 rows, or all."""
    counts = np.bincount(labels, minlength=scores.shape[1])
    enough = (counts >= 5) & (len(labels) - counts >= 5)
    return np.array([auroc(scores[:, c], labels == c) if enough[c] else 0.5 for c in range(scores.shape[1])])


def separation(scores: Floats, labels: Ints, units: NDArray[Any], draws: int = 200, seed: int = 0) -> Separation:
    """How well `scores` (n, k) tell the class that they tell best, with a cluster bootstrap interval over `units`."""
    found = one_against_rest(scores, labels)
    target = int(found.argmax())
    low, high, families = _bootstrapped(scores[:, target], labels == target, units, draws, seed)
    return Separation(float(found[target]), min(low, float(found[target])), high, target, families)


def binned(values: Floats, most: int = 16) -> Ints:
    """The bin of each value, (n,): at most `most` of about as many rows each, equal values together, NaN in one."""
    known = np.isfinite(values)
    codes = np.zeros(len(values), np.int64)
    if known.any():
        different = np.unique(values[known])
        cuts = different[1:]
        if len(different) > most:
            cuts = np.unique(np.quantile(values[known], np.linspace(0, 1, most + 1)[1:-1]))
        codes[known] = 1 + np.searchsorted(cuts, values[known], side="right")
    return codes


def coded(values: list[Any]) -> Ints:
    """The level of each value, (n,), in the order in which levels are first met."""
    known: dict[Any, int] = {}
    return np.array([known.setdefault(value, len(known)) for value in values], np.int64)


def nearest_shares(points: Floats, labels: Ints, folds: Ints, near: int = 15) -> Floats:
    """The share of each class among the `near` nearest rows of the other folds, (n, k); columns (n, d) by rank."""
    ranked = np.stack([midranks(column) for column in points.T], axis=1).astype(np.float32) / len(points)
    classes = int(labels.max(initial=0)) + 1
    marks = np.eye(classes)[labels]
    shares = np.zeros((len(points), classes))
    for fold in np.unique(folds):
        known, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        count = min(near, len(known))
        for start in range(0, len(asked), 256):
            here = asked[start : start + 256]
            apart = np.square(ranked[here, None] - ranked[known]).sum(axis=2)
            nearest = np.argpartition(apart, count - 1, axis=1)[:, :count]
            shares[here] = marks[known[nearest]].mean(axis=1)
    return shares


def signal(
    rows: Floats,
    labels: Ints,
    units: NDArray[Any],
    strata: Ints | None = None,
    permutations: int = 99,
    seed: int = 0,
) -> Signal:
    """Whether a ridge regression on `rows` (n, d) tells labels on other units better than it tells permuted ones.

    Labels are permuted within `strata` (n,), so that what these tell does not count; whole units are permuted where
    every unit has one label and one stratum. The p-value is that of Phipson & Smyth (2010).
    """
    random = np.random.default_rng(seed)
    folds = grouped_folds(units, seed)
    classes = int(labels.max(initial=0)) + 1
    layers = np.zeros(len(labels), np.int64) if strata is None else strata
    shuffled = [labels, *(_permuted(labels, units, layers, random) for _ in range(permutations))]
    targets = np.eye(classes)[np.stack(shuffled, axis=1)].reshape(len(labels), -1)
    scores = _ridge(rows, targets, folds).reshape(len(labels), permutations + 1, classes)
    found = np.array([_within(scores[:, i], one, layers) for i, one in enumerate(shuffled)])
    bounds = [_bootstrapped(scores[:, 0, c], labels == c, units, 100, seed) for c in range(classes)]
    half = max((high - low) / 2 for low, high, _ in bounds) / classes**0.5
    value = float(found[0])
    return Signal(value, max(0.0, value - half), min(1.0, value + half), p_value(value, found[1:]), bounds[0][2])


def _within(scores: Floats, labels: Ints, strata: Ints) -> float:
    """The mean one-against-rest AUROC over classes and strata, larger strata counting more."""
    total = weight = 0.0
    for stratum in np.unique(strata):
        here = strata == stratum
        known = one_against_rest(scores[here], labels[here])
        total += float(known.mean()) * int(here.sum())
        weight += int(here.sum())
    return total / max(weight, 1)


def _ridge(rows: Floats, targets: Floats, folds: Ints) -> Floats:
    """Targets (n, m) as a ridge regression on the other folds' rows predicts them."""
    spread = rows.std(axis=0)
    scaled = (rows - rows.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    scores = np.zeros_like(targets)
    for fold in np.unique(folds):
        known, asked = folds != fold, folds == fold
        weight = _RIDGE * int(known.sum()) + scaled.shape[1]
        middle = targets[known].mean(axis=0)
        normal = scaled[known].T @ scaled[known] + weight * np.eye(scaled.shape[1])
        scores[asked] = middle + scaled[asked] @ np.linalg.solve(normal, scaled[known].T @ (targets[known] - middle))
    return scores


def _permuted(labels: Ints, units: NDArray[Any], strata: Ints, random: np.random.Generator) -> Ints:
    _, first, place = np.unique(units, return_index=True, return_inverse=True)
    place = place.ravel()
    whole = bool(np.all(labels[first][place] == labels) and np.all(strata[first][place] == strata))
    known, layer = (labels[first].copy(), strata[first]) if whole else (labels.copy(), strata)
    for stratum in np.unique(layer):
        here = np.flatnonzero(layer == stratum)
        known[here] = known[random.permutation(here)]
    return known[place] if whole else known


def _bootstrapped(
    scores: Floats, positive: NDArray[np.bool_], units: NDArray[Any], draws: int, seed: int
) -> tuple[float, float, int]:
    """The 95 % interval of an AUROC when whole units are drawn again, by weights, and the number of units."""
    names, place = np.unique(units, return_inverse=True)
    levels, rank = np.unique(scores, return_inverse=True)
    random = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        times = np.bincount(random.integers(len(names), size=len(names)), minlength=len(names))[place.ravel()]
        ones = np.bincount(rank[positive], weights=times[positive], minlength=len(levels))
        zeros = np.bincount(rank[~positive], weights=times[~positive], minlength=len(levels))
        total = ones.sum() * zeros.sum()
        if total:
            found.append(float((ones * (zeros.cumsum() - zeros / 2)).sum() / total))
    if not found:
        return 0.0, 1.0, len(names)
    low, high = np.quantile(found, [0.025, 0.975])
    return _rounded_in(float(low), len(names)), float(high), len(names)


def _rounded_in(low: float, units: int) -> float:
    """A lower bound that n units without one error cannot carry above 1 - 3 / n (the rule of three; Hanley 1983)."""
    return min(low, 1 - 3 / max(units, 3))
