"""Published cases as knowledge, without the shortcut that they open.

Cases to learn from are of the same collection as those that are told, so their diseases have told cases far more often
than wrong candidates do. A ranker would learn to prefer diseases of which cases were published, and rank a patient of
any other disease worse than no ranker would. So every case whose disease has told cases is learnt from twice, as it is
and with all of them hidden, with weights by which the right candidates have told cases as often as the wrong ones.
"""

import numpy as np
from numpy.typing import NDArray

from avicena.learn.rank_table import RankTable


def balanced(
    table: RankTable, hidden: RankTable, told: NDArray[np.bool_], right: NDArray[np.bool_]
) -> tuple[RankTable, NDArray[np.float32]]:
    """What is learnt from, and the weight float32 (q,) of each of its cases; those of `hidden` follow those of `table`.

    `hidden` holds cases of `table`, by the same numbers, with everything told of their disease hidden. `told` bool
    (diseases,): which diseases have told cases; `right` bool (n,): which cases' own disease has any beside the case.
    """
    shown = right[table.query[table.begins]]
    share = min(1.0, float(told[table.diseases[~table.hit]].mean()) / max(float(shown.mean()), 1e-9))
    weight = np.r_[np.where(shown, share, 1.0), np.full(len(hidden.begins), 1.0 - share)]
    return table.beside(hidden, len(right)), weight.astype(np.float32)
