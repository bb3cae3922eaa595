"""What trees of a ranker descend: losses of lists in which one candidate is right, and their slopes.

`listwise` is −ln of the right disease's share in the softmax over the candidates of its case (ListNet's top-one loss,
Cao et al., ICML 2007; with one right answer the conditional logit of McFadden, 1974), so that scores are logits. `ndcg`
is LambdaMART (Burges, 2010): each wrong candidate repels the right one by what their exchange would change in NDCG. As
one candidate is right, its pairs are as many as the candidates, and all of a table are made in one go.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.learn.rank_table import RankTable

LEAST = np.float32(1e-4)
"""The least curvature of a row's loss: a candidate that is out of the question still keeps a leaf in bounds."""

Vector = NDArray[np.float32]
Slope = Callable[[Vector], tuple[Vector, Vector]]


def listwise(table: RankTable, weight: Vector) -> Slope:
    """Gradient and curvature (float32 [N] each) of the listwise loss; `weight` (q,) of each case. One hit a case."""
    begins, line, hit = table.begins, table.line, table.hit.astype(np.float32)
    row = weight[line]

    def slope(scores: Vector) -> tuple[Vector, Vector]:
        power = np.exp(scores - np.maximum.reduceat(scores, begins)[line])
        p = power / np.add.reduceat(power, begins)[line]
        return _both((p - hit) * row, np.maximum(p * (1 - p), LEAST) * row)

    return slope


def ndcg(table: RankTable, weight: Vector) -> Slope:
    """Gradient and curvature (float32 [N] each) of LambdaMART, normalised by case as XGBoost does. One hit a case."""
    begins, line = table.begins, table.line
    right = np.flatnonzero(table.hit)[np.searchsorted(np.flatnonzero(table.hit), begins)]
    wrong = ~table.hit

    def slope(scores: Vector) -> tuple[Vector, Vector]:
        gain = 1 / np.log2(2 + _places(scores, begins, line))
        share = 1 / (1 + np.exp(np.clip(scores[right][line] - scores, -30, 30)))
        pull = np.where(wrong, np.abs(gain - gain[right][line]) * share, 0.0)
        total = np.add.reduceat(pull, begins)
        scale = (np.log2(1 + total) / np.maximum(total, 1e-9) * weight)[line]
        pull, bend = pull * scale, pull * (1 - share) * scale
        pull[right] = -np.add.reduceat(pull, begins)
        bend[right] = np.add.reduceat(bend, begins)
        return _both(pull, np.maximum(bend, LEAST))

    return slope


def _places(scores: Vector, begins: NDArray[np.intp], line: NDArray[np.intp]) -> NDArray[np.intp]:
    """The place of each candidate in the list of its case, 0 the best."""
    order = np.lexsort((-scores, line))
    place = np.empty(len(scores), dtype=np.intp)
    place[order] = np.arange(len(scores)) - begins[line]
    return place


def _both(fall: NDArray[Any], bend: NDArray[Any]) -> tuple[Vector, Vector]:
    return fall.astype(np.float32), bend.astype(np.float32)
