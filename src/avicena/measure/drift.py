"""How far one column moved between two tables: population stability index and Kolmogorov-Smirnov distance."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.difference import Shift

Floats = NDArray[np.floating[Any]]


def numbers(before: Floats, after: Floats, bins: int = 10) -> Shift:
    """The shift of a numeric column (n,) → (m,); NaN, a missing value, counts as a bin of its own in the PSI.

    The bins lie between quantiles of `before`. Raises ValueError (one side has no row).
    """
    old, new = before[~np.isnan(before)], after[~np.isnan(after)]
    edges = np.unique(np.quantile(old, np.linspace(0, 1, bins + 1)[1:-1])) if len(old) else np.array([])
    counted = [
        np.append(np.bincount(np.searchsorted(edges, side, "right"), minlength=len(edges) + 1), whole - len(side))
        for side, whole in ((old, len(before)), (new, len(after)))
    ]
    distance, p = ks(old, new) if len(old) and len(new) else (None, None)
    return Shift(psi(counted[0], counted[1]), distance, p)


def words(before: Sequence[str | None], after: Sequence[str | None]) -> Shift:
    """The shift of a column of words; None, a missing value, counts as a word. Raises ValueError (a side is empty)."""
    old, new = Counter(before), Counter(after)
    names = sorted(old.keys() | new.keys(), key=lambda word: (word is None, word or ""))
    return Shift(psi(np.array([old[one] for one in names]), np.array([new[one] for one in names])))


def psi(before: NDArray[Any], after: NDArray[Any]) -> float:
    """The population stability index of two histograms (k,) over the same bins: Σ (a - b) ln(a / b) of their shares.

    Half a row is added to each bin (Jeffreys), so that an empty one does not make it infinite; bins empty on both
    sides do not count. Raises ValueError (a histogram without any row).
    """
    if not before.sum() or not after.sum():
        raise ValueError("a histogram without rows has no shares to compare")
    seen = (before + after) > 0
    old, new = (side[seen] + 0.5 for side in (before, after))
    a, b = old / old.sum(), new / new.sum()
    return float(((b - a) * np.log(b / a)).sum())


def ks(before: Floats, after: Floats) -> tuple[float, float]:
    """The largest distance between the distribution functions of (n,) and (m,), and its asymptotic p.

    The p is Kolmogorov's series with Stephens' correction for small samples (Press et al., Numerical Recipes, 14.3);
    it takes rows for independent, which rows of one patient are not. Raises ValueError (one side is empty).
    """
    if not len(before) or not len(after):
        raise ValueError("a distribution needs at least one value")
    places = np.sort(np.concatenate([before, after]))
    shares = [np.searchsorted(np.sort(side), places, "right") / len(side) for side in (before, after)]
    distance = float(np.abs(shares[0] - shares[1]).max())
    size = np.sqrt(len(before) * len(after) / (len(before) + len(after)))
    scaled = (size + 0.12 + 0.11 / size) * distance
    if scaled < 0.2:  # the series does not converge there, and p is 1
        return distance, 1.0
    terms = np.arange(1, 101)
    p = 2 * float(((-1.0) ** (terms - 1) * np.exp(-2 * (scaled * terms) ** 2)).sum())
    return distance, min(max(p, 0.0), 1.0)
