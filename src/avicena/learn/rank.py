"""A ranking stage: ways to grow its trees compared by grouped cross-validation, the best grown on every case, and its
scores made probabilities.

Cases that share a disease or a paper are never on both sides of a fold: the ranker learns on some diseases and is
judged on others, as it will serve. It is judged and calibrated on cases of which nothing in the knowledge was written:
the annotations of a case's own paper fit it as no disease's annotations will fit a new patient.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avicena.core.errors import Blocked
from avicena.core.progress import Progress, Shelf, silent
from avicena.core.rank_recipe import RankLoss, RankRecipe
from avicena.learn.rank_blind import blind
from avicena.learn.rank_figures import Blind
from avicena.learn.rank_folds import components, dealt
from avicena.learn.rank_judge import loss, ranks
from avicena.learn.rank_made import made, to_learn
from avicena.learn.rank_scale import RankScale, scaled, temperature
from avicena.learn.rank_steps import Steps
from avicena.learn.rank_table import Example, RankTable, gathered, new
from avicena.learn.rank_taken import taken
from avicena.learn.rank_train import scores, train
from avicena.measure.rank_case import summaries
from avicena.measure.rank_columns import COLUMNS, Ready

FOLDS = 5
WAYS: Mapping[str, tuple[RankLoss, ...]] = {"xgboost": ("both",), "random-forest": ("forest",)}
FEWEST = 50
"""Components of disease and paper under which nothing is learnt: folds would say nothing."""


@dataclass(frozen=True)
class WayFigures:
    """What cross-validation said of one way, of new cases: −ln of the right disease's share, and its rank in each."""

    loss: float
    ranks: NDArray[np.float64]


@dataclass(frozen=True)
class RankFit:
    """The chosen way grown on every case (`model`, UBJ), how its scores become probabilities, and figures of all ways.

    `blind` is what the chosen way says of cases of folds that neither model nor scale saw. `columns` name what a row of
    the trees holds, `groups` int64 (n,) the component of each case, `new` bool (n,) whether nothing in the knowledge
    was written of it: `figures` and `scale` are of those.
    """

    way: RankLoss
    model: bytes
    columns: tuple[str, ...]
    scale: RankScale
    figures: Mapping[RankLoss, WayFigures]
    blind: Blind
    groups: NDArray[np.int64]
    new: NDArray[np.bool_]
    parity: tuple[NDArray[np.float32], NDArray[np.float32]]


def fit_ranker(
    examples: Sequence[Example],
    ready: Ready,
    recipe: RankRecipe,
    seed: int,
    alpha: float,
    progress: Progress = silent,
    shelf: Shelf | None = None,
    knowledge: str = "",
) -> RankFit:
    """Compare, choose, grow and calibrate; finished steps come from the shelf, where they lie under `knowledge`'s id.

    Raises Blocked (too few diseases and papers that are independent and not themselves in the knowledge).
    """
    joined = [(*one.papers, *((f"family {one.family}",) if one.family else ())) for one in examples]
    groups = components([one.disease for one in examples], joined)
    fresh = new(examples, ready.known.rows)
    held = fresh & np.array([one.disease in ready.known.number for one in examples], dtype=bool)
    if len(set(groups[held].tolist())) < FEWEST:
        raise Blocked(
            f"a ranker needs cases of at least {FEWEST} diseases that the knowledge holds and that share no paper, "
            "each of a paper that the annotations of its disease do not cite"
        )
    table = gathered(examples, ready, progress=progress, orphanet=True)
    fold = dealt(groups, FOLDS, seed)
    ways = [way for family in recipe.families for way in WAYS[family]]
    extra = made(examples, ready, recipe.simulated, seed, progress)
    steps = Steps(shelf, examples, knowledge, recipe, seed)
    said = {way: _unseen(table, extra, fold, way, recipe, seed, steps, progress) for way in ways}
    figures = {way: _judged(table, one, fresh) for way, (one, _) in said.items()}
    best = min(figures, key=lambda way: figures[way].loss)
    every = np.ones(len(examples), dtype=bool)
    model = steps.model(f"{best}-whole", partial(_grown, table, every, extra, best, recipe, seed))
    marks, models = said[best]
    gone = steps.taken(best, lambda: taken(examples, ready, fold, models, progress))
    about = _cases(examples, table)
    scale = scaled(table.of(fresh), marks[fresh[table.query]], about, groups, alpha, gone)
    seen = blind(table, marks, about, groups, fold, alpha, gone, fresh)
    rows = table.values[: table.begins[1] if len(table.begins) > 1 else None]
    return RankFit(best, model, COLUMNS, scale, figures, seen, groups, fresh, (rows, scores(model, rows)))


def _judged(table: RankTable, marks: NDArray[np.float64], fresh: NDArray[np.bool_]) -> WayFigures:
    """What a way is worth on the cases in `fresh`."""
    some, said = table.of(fresh), marks[fresh[table.query]]
    return WayFigures(loss(some, said, temperature(some, said)), ranks(table, marks, len(fresh))[fresh])


def _unseen(
    table: RankTable,
    extra: RankTable | None,
    fold: NDArray[np.int64],
    way: RankLoss,
    recipe: RankRecipe,
    seed: int,
    steps: Steps,
    progress: Progress,
) -> tuple[NDArray[np.float64], list[bytes]]:
    """What trees of the other folds say of every candidate, float64 (N,), and these trees by fold."""
    out, models = np.zeros(len(table.query)), []
    for one in range(FOLDS):
        grow = partial(_grown, table, fold != one, extra, way, recipe, seed)
        model = steps.model(f"{way}-{one}", grow)
        rows = np.flatnonzero(fold[table.query] == one)
        out[rows] = scores(model, table.values[rows])
        models.append(model)
        progress(f"ranker, {way}", one + 1, FOLDS)
    return out, models


def _grown(
    table: RankTable, keep: NDArray[np.bool_], extra: RankTable | None, way: RankLoss, recipe: RankRecipe, seed: int
) -> bytes:
    """Trees that learnt from the cases in `keep`."""
    return train(*to_learn(table, keep, extra), way, recipe, seed)


def _cases(examples: Sequence[Example], table: RankTable) -> dict[int, dict[str, float]]:
    """Summaries of each case beside the scores of its ranker, by number."""
    edges = np.append(table.begins, len(table.query)).tolist()
    found = {}
    for start, end in pairwise(edges):
        number = int(table.query[start])
        found[number] = summaries(examples[number].patient, table.values[start:end], table.first[start:end])
    return found
