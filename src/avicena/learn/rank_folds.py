"""Folds of published cases that share neither a disease nor a paper."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from avicena.measure.components import components as joined

Ints = NDArray[np.int64]


def components(diseases: Sequence[str], papers: Sequence[Iterable[str]]) -> Ints:
    """The number of each case's connected component (`measure.components`), by first appearance: int64 (n,)."""
    number: dict[str, int] = {}
    return np.array([number.setdefault(one, len(number)) for one in joined(diseases, papers)], dtype=np.int64)


def dealt(groups: Ints, folds: int, seed: int) -> Ints:
    """The fold of each case, int64 (n,): whole groups dealt out, largest first, to the emptiest fold (ties by seed)."""
    size = np.bincount(groups)
    order = np.lexsort((np.random.default_rng(seed).random(len(size)), -size))
    load, fold = np.zeros(folds), np.zeros(len(size), dtype=np.int64)
    for group in order.tolist():
        fold[group] = int(load.argmin())
        load[fold[group]] += size[group]
    return fold[groups]
