"""Where the right disease stands in the list of each case."""

import numpy as np
from numpy.typing import NDArray

from avicena.learn.rank_table import RankTable

NEVER = np.inf


def ranks(table: RankTable, scores: NDArray[np.floating], cases: int) -> NDArray[np.float64]:
    """The rank of the right disease of each case, float64 (cases,); infinite where it is no candidate.

    Of candidates with equal scores the right one stands in the middle, so that a constant score gains nothing.
    """
    found = np.full(cases, NEVER)
    if not len(table.query):
        return found
    own = np.maximum.reduceat(np.where(table.hit, scores, -np.inf), table.begins)[table.line]
    above = np.add.reduceat((scores > own).astype(np.float64), table.begins)
    level = np.add.reduceat(((scores == own) & ~table.hit).astype(np.float64), table.begins)
    has = np.logical_or.reduceat(table.hit, table.begins)
    found[table.query[table.begins[has]]] = (1 + above + level / 2)[has]
    return found


def loss(table: RankTable, scores: NDArray[np.floating], temperature: float = 1.0) -> float:
    """Mean −ln of the right disease's share among the candidates of its case, cases without it left out."""
    scaled = np.asarray(scores, dtype=np.float64) / temperature
    top = np.maximum.reduceat(scaled, table.begins)
    total = np.log(np.add.reduceat(np.exp(scaled - top[table.line]), table.begins)) + top
    return float((total[table.line] - scaled)[table.hit].mean())
