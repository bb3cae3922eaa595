"""How sure a figure is when the rows of one family resemble each other, and whether two figures differ."""

from collections.abc import Callable
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Rows = NDArray[np.intp]

_BLOCK = 256  # draws made at a time


class Interval(NamedTuple):
    """A figure with the bounds of its interval, and the number of independent units (families) behind it."""

    value: float
    low: float
    high: float
    units: int


def wilson(successes: float, total: float, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a share (Wilson, 1927); (0, 1) when nothing was counted.

    `successes` may be broken: with the mean of each family in place of 0 or 1 the interval is, if anything, too wide,
    because a mean between 0 and 1 varies less than a coin of the same mean.
    """
    if total <= 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / total
    middle = share + z * z / (2 * total)
    spread = z * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5
    scale = 1 + z * z / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def bootstrap_mean(
    values: Floats,
    units: NDArray[Any],
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    weights: Floats | None = None,
) -> Interval:
    """The mean of `values` (n,) with its percentile interval when whole units are drawn again with replacement.

    `units` (n,) names the family of each row; `weights` (n,) counts rows unequally, also within each draw. Cluster
    bootstrap (Field & Welsh, 2007); all draws at once. Raises ValueError (no rows).
    """
    sums, sizes = _by_unit(values, units, weights)
    means: list[NDArray[np.float64]] = []
    random = np.random.default_rng(seed)
    for start in range(0, draws, _BLOCK):
        times = random.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=min(_BLOCK, draws - start))
        means.append((times @ sums) / (times @ sizes))
    low, high = _percentiles(np.concatenate(means), level)
    return Interval(float(sums.sum() / sizes.sum()), low, high, len(sums))


def bootstrap(
    statistic: Callable[[Rows], float],
    units: NDArray[Any],
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Any statistic of rows with its percentile interval when whole units are drawn again with replacement.

    `statistic` gets row numbers, int (m,), where a row stands as often as its unit was drawn; draws in which it is NaN
    (a class was not drawn) are left out, and the interval is NaN when all are. `units` (n,) names each row's family.
    Raises ValueError (no rows).
    """
    if not len(units):
        raise ValueError("a bootstrap needs at least one row")
    _, place = np.unique(units, return_inverse=True)
    order = np.argsort(place, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(place))[:-1])
    random = np.random.default_rng(seed)
    found = np.array([statistic(_redrawn(members, random)) for _ in range(draws)])
    low, high = _percentiles(found[~np.isnan(found)], level)
    return Interval(float(statistic(np.arange(len(units)))), low, high, len(members))


def paired_difference(
    first: Floats,
    second: Floats,
    units: NDArray[Any],
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    weights: Floats | None = None,
) -> Interval:
    """The mean of `first` - `second`, both (n,) and measured on the same rows, with its cluster bootstrap interval.

    `weights` (n,) counts rows unequally.
    """
    return bootstrap_mean(first.astype(np.float64) - second, units, draws, seed, level, weights)


def p_value(observed: float, permuted: Floats) -> float:
    """The chance of a statistic at least as large as `observed` under permutation, never 0.

    `permuted` (m,) holds the statistic of m random permutations; (b + 1) / (m + 1) of Phipson & Smyth (2010).
    """
    return float((np.count_nonzero(permuted >= observed) + 1) / (len(permuted) + 1))


def _by_unit(
    values: Floats, units: NDArray[Any], weights: Floats | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not len(values):
        raise ValueError("a bootstrap needs at least one row")
    _, place = np.unique(units, return_inverse=True)
    shares = np.ones(len(values)) if weights is None else weights
    sums = np.bincount(place, weights=values * shares).astype(np.float64)
    return sums, np.bincount(place, weights=shares).astype(np.float64)


def _redrawn(members: list[Rows], random: np.random.Generator) -> Rows:
    return np.concatenate([members[i] for i in random.integers(len(members), size=len(members))])


def _percentiles(found: NDArray[np.float64], level: float) -> tuple[float, float]:
    if not len(found):
        return float("nan"), float("nan")
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
