"""Lists as they would have been served to cases of a fold that neither the ranker nor its scale saw."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avicena.learn.rank_figures import Blind
from avicena.learn.rank_judge import ranks
from avicena.learn.rank_scale import RankScale, scaled
from avicena.learn.rank_table import RankTable
from avicena.learn.rank_taken import Taken
from avicena.measure.rank_list import probabilities

Doubles = NDArray[np.float64]


def blind(
    table: RankTable,
    scores: Doubles,
    cases: Mapping[int, Mapping[str, float]],
    groups: NDArray[np.int64],
    fold: NDArray[np.int64],
    alpha: float,
    gone: Taken,
    fresh: NDArray[np.bool_],
) -> Blind:
    """The served list of every case, by the scale of the other folds; `scores` (N,) by the trees of the other folds.

    `cases`, `groups` (n,) and `gone` as in `learn.rank_scale.scaled`; `fold` int64 (n,); `fresh` bool (n,) says which
    cases a scale may learn from. Every case needs candidates.
    """
    count = len(fold)
    out = {name: np.full(count, np.nan) for name in ("sure", "truth", "none", "size", "gone", "gone_sure")}
    right, held = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    edges = dict(zip(table.query[table.begins].tolist(), pairwise([*table.begins.tolist(), len(scores)]), strict=True))
    for part in np.unique(fold).tolist():
        others = np.flatnonzero(((fold != part) & fresh)[table.query])
        scale = scaled(table.at(others), scores[others], cases, groups, alpha, gone)
        for number in np.flatnonzero(fold == part).tolist():
            start, end = edges[number]
            hit = table.hit[start:end]
            shares, none = probabilities(scores[start:end], scale.temperature, scale.none, cases[number])
            truth = float(shares[hit].sum()) if hit.any() else none
            every = np.append(shares, none)
            out["truth"][number], out["none"][number] = truth, none
            out["sure"][number] = every.max()
            out["size"][number] = int((1 - every <= scale.threshold).sum())
            right[number] = truth >= every.max()
            held[number] = 1 - truth <= scale.threshold
            if number in gone:
                out["gone"][number], out["gone_sure"][number] = _without(gone[number], scale)
    return Blind(
        ranks=ranks(table, scores, count),
        first=ranks(table, table.first, count),
        sure=out["sure"],
        right=right,
        truth=out["truth"],
        none=out["none"],
        size=out["size"],
        held=held,
        gone=out["gone"],
        gone_sure=out["gone_sure"],
    )


def _without(said: tuple[Doubles, Mapping[str, float]], scale: RankScale) -> tuple[float, float]:
    """The probability of none of these, and the largest one of a disease, where the right one was taken out."""
    scores, about = said
    shares, none = probabilities(scores, scale.temperature, scale.none, about)
    return none, float(shares.max())
