"""Made-up patients of diseases of which no case was published, as further lists to learn from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avicena.core.progress import Progress
from avicena.learn.rank_table import Example, RankTable, gathered, taught
from avicena.learn.simulate import Habits, simulated
from avicena.measure.rank_columns import Ready

WEIGHT = 0.25
"""What a made-up patient weighs beside a real one: it is drawn from the very profile that ranks it."""


def made(examples: Sequence[Example], ready: Ready, many: int, seed: int, progress: Progress) -> RankTable | None:
    """Lists of `many` patients of each disease that may be named and has findings but no example; None for no patients.

    As no example has their disease, they belong to no fold and may be learnt from in all.
    """
    known, random = ready.wide, np.random.default_rng(seed)
    real = {one.disease for one in examples}
    wanted = [
        place
        for place, id in enumerate(known.diseases)
        if many and ready.kin.listed[place] and id not in real and len(known.direct.row(place))
    ]
    drawn = [
        Example(simulated(known, place, Habits(), random), known.diseases[place])
        for place in wanted
        for _ in range(many)
    ]
    if not drawn:
        return None
    lists = gathered(drawn, ready, progress=progress, orphanet=True)
    return taught(lists, np.ones(len(drawn), dtype=bool))


def to_learn(
    table: RankTable, keep: NDArray[np.bool_], extra: RankTable | None
) -> tuple[RankTable, NDArray[np.float32]]:
    """What is learnt from with the cases in `keep`, and the weight of each case, float32 (q,)."""
    real = taught(table, keep)
    weight = np.ones(len(real.begins), dtype=np.float32)
    if extra is None or not len(extra.query):
        return real, weight
    both = real.beside(extra, len(keep))
    return both, np.append(weight, np.full(len(extra.begins), WEIGHT, dtype=np.float32))
