"""What a ranker says of a patient whose disease the knowledge does not hold: the right disease is taken out of it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from avicena.core.progress import Progress, silent
from avicena.learn.rank_table import Example
from avicena.learn.rank_train import scores
from avicena.measure.rank_case import summaries
from avicena.measure.rank_columns import Ready, table

Taken = Mapping[int, tuple[NDArray[np.float64], Mapping[str, float]]]
"""By the number of a case: the scores (k,) of its candidates without the right disease, and summaries of the case."""

AT_ONCE = 200
"""Cases whose candidates are held in memory at once."""


def taken(
    examples: Sequence[Example],
    ready: Ready,
    fold: NDArray[np.int64],
    models: Sequence[bytes],
    progress: Progress = silent,
) -> Taken:
    """What the model of each case's fold, which saw nothing of that fold, says when its disease is taken out.

    Cases whose disease the knowledge does not hold anyway are left out.
    """
    found: dict[int, tuple[NDArray[np.float64], Mapping[str, float]]] = {}
    held = [number for number, one in enumerate(examples) if one.disease in ready.known.number]
    for part, model in enumerate(models):
        mine = [number for number in held if fold[number] == part]
        for start in range(0, len(mine), AT_ONCE):
            some = mine[start : start + AT_ONCE]
            lists = [table(examples[one].patient, ready, without=examples[one].disease, orphanet=True) for one in some]
            said = scores(model, np.vstack([one.values for one in lists])).astype(np.float64)
            edges = np.cumsum([len(one.diseases) for one in lists])[:-1]
            for number, one, mark in zip(some, lists, np.split(said, edges), strict=True):
                found[number] = mark, summaries(examples[number].patient, one.values, one.first)
            progress("cases without their disease", len(found), len(held))
    return found
