"""One ranker: how its trees are grown from the candidates of cases, and what it says of others.

Several members, each grown from its own seed, are kept as one sequence of trees whose sum is the score. A forest asks
of each candidate alone whether it is the right one.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from avicena.core.rank_recipe import RankLoss, RankRecipe
from avicena.learn.rank_slope import Slope, Vector, listwise, ndcg
from avicena.learn.rank_table import RankTable

BINS = 64
_COMMON: dict[str, Any] = {
    "tree_method": "hist", "max_bin": BINS, "subsample": 0.7, "colsample_bytree": 0.2, "lambda": 5,
    "min_child_weight": 0.5, "base_score": 0.0, "nthread": 1, "disable_default_eval_metric": 1,
}  # fmt: skip
_FOREST: dict[str, Any] = {
    "objective": "binary:logistic", "max_depth": 10, "eta": 1.0, "lambda": 1, "min_child_weight": 2, "base_score": 0.5,
    "colsample_bytree": 1, "colsample_bynode": 0.2, "subsample": 0.63, "num_parallel_tree": 200,
}  # fmt: skip
SLOPES: Mapping[RankLoss, tuple[Any, ...]] = {"listwise": (listwise,), "ndcg": (ndcg,), "both": (listwise, ndcg)}
"""The losses of a way, which its members take in turn."""


def train(table: RankTable, weight: Vector, way: RankLoss, recipe: RankRecipe, seed: int) -> bytes:
    """The trees (UBJ, one output) grown on every case of a table; `weight` float32 (q,) of each case in it."""
    matrix = xgb.QuantileDMatrix(table.values, table.hit.astype(np.float32), max_bin=BINS, nthread=1)
    params = {**_COMMON, "max_depth": recipe.depth, "eta": recipe.rate, "seed": seed}
    if way == "forest":
        matrix.set_info(weight=weight[table.line])
        return bytes(xgb.train({**params, **_FOREST}, matrix, 1).save_raw("ubj"))
    booster: xgb.Booster | None = None
    for member in range(recipe.members):
        before = booster.predict(matrix, output_margin=True) if booster else np.zeros(len(table.hit), np.float32)
        slope = SLOPES[way][member % len(SLOPES[way])](table, weight)
        params["seed"] = seed + 1000 * member
        booster = xgb.train(params, matrix, recipe.rounds, obj=_beside(slope, before), xgb_model=booster)
    if booster is None:
        raise ValueError("a ranker has at least one member")
    return bytes(booster.save_raw("ubj"))


def _beside(slope: Slope, before: NDArray[np.float32]) -> Any:
    """The objective of a member that is grown as if the trees before it were not there."""
    return lambda scores, _: slope((scores.ravel() - before).astype(np.float32))


def scores(model: bytes, values: NDArray[np.float32]) -> Vector:
    """What the trees say of candidates (N, C): margins, float32 (N,)."""
    booster = xgb.Booster({"nthread": 1}, model_file=bytearray(model))
    out: Vector = booster.predict(xgb.DMatrix(values, nthread=1), output_margin=True)
    return out
