"""Our trees say what XGBoost says."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from avicena.backends.engine.trees import open_trees
from avicena.core.errors import Untrusted
from avicena.formats import ubj

xgb = pytest.importorskip("xgboost", reason="training needs the extra `train`")


def data(seed: int = 0, n: int = 600, f: int = 9, k: int = 3) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, f)).astype(np.float32)
    rows[:, :4] = rows[:, :4] > 0
    rows[rng.random(rows.shape) < 0.1] = np.nan
    labels = (np.nan_to_num(rows[:, 0]) + (np.nan_to_num(rows[:, 5]) > 0)).astype(int)
    labels[rng.random(n) < 0.3] = rng.integers(0, k)
    return rows, labels


FAMILIES: Mapping[str, tuple[dict[str, float], int]] = {
    "boosted": ({"max_depth": 4, "eta": 0.2}, 30),
    "deep": ({"max_depth": 9, "eta": 0.2}, 10),
    "stumps": ({"max_depth": 1, "eta": 0.3}, 40),
    "forest": ({"max_depth": 8, "eta": 1.0, "num_parallel_tree": 40, "subsample": 0.7, "colsample_bynode": 0.5}, 1),
    "nothing": ({"max_depth": 3, "gamma": 1e9}, 5),
    "weighted": ({"max_depth": 5, "base_score": 0.3, "reg_lambda": 0.0, "min_child_weight": 0.0}, 20),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_margins_and_contributions_are_those_of_xgboost(family: str) -> None:
    rows, labels = data()
    params, rounds = FAMILIES[family]
    booster = xgb.train(
        {"objective": "multi:softprob", "num_class": 3, "nthread": 1, **params}, xgb.DMatrix(rows, labels), rounds
    )
    margins, contributions = open_trees(bytes(booster.save_raw("ubj"))).run(rows[:200])
    matrix = xgb.DMatrix(rows[:200])
    np.testing.assert_allclose(margins, booster.predict(matrix, output_margin=True), atol=2e-5, rtol=1e-5)
    np.testing.assert_allclose(contributions, booster.predict(matrix, pred_contribs=True), atol=2e-5, rtol=1e-4)
    np.testing.assert_allclose(contributions.sum(2), margins, atol=2e-5)
    np.testing.assert_allclose(
        open_trees(bytes(booster.save_raw("ubj"))).margins(rows), _margins(booster, rows), atol=2e-5, rtol=1e-5
    )


@pytest.mark.parametrize("objective", ["rank:ndcg", "rank:pairwise", "reg:squarederror", "binary:logistic"])
@pytest.mark.parametrize("forest", [1, 8])
def test_a_ranker_has_one_score_and_its_contributions_are_exact(objective: str, forest: int) -> None:
    rows, labels = data()
    matrix = xgb.DMatrix(rows, labels > 0, qid=np.repeat(np.arange(60), 10))
    start = {} if objective.startswith("rank") else {"base_score": 0.3}
    params = {
        "objective": objective,
        "max_depth": 4,
        "nthread": 1,
        "num_parallel_tree": forest,
        "subsample": 0.8,
        **start,
    }
    booster = xgb.train(params, matrix, 12)
    trees = open_trees(bytes(booster.save_raw("ubj")))
    margins, contributions = trees.run(rows[:100])
    told = booster.predict(xgb.DMatrix(rows[:100]), pred_contribs=True)
    assert margins.shape == (100, 1)
    np.testing.assert_allclose(margins, _margins(booster, rows[:100]), atol=2e-5, rtol=1e-5)
    np.testing.assert_allclose(trees.margins(rows[:100]), margins, atol=1e-5)
    np.testing.assert_allclose(contributions[:, 0], told, atol=2e-5, rtol=1e-4)


def test_an_ensemble_of_another_kind_is_refused() -> None:
    rows, labels = data()
    booster = xgb.train({"objective": "reg:gamma"}, xgb.DMatrix(rows, labels + 1), 2)
    with pytest.raises(Untrusted, match="multi-class and ranking"):
        open_trees(bytes(booster.save_raw("ubj")))


def _margins(booster: xgb.Booster, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    found = booster.predict(xgb.DMatrix(rows), output_margin=True)
    return np.asarray(found, np.float32).reshape(len(rows), -1)


def test_cut_or_changed_bytes_are_untrusted_and_never_crash() -> None:
    rows, labels = data()
    raw = bytes(
        xgb.train({"objective": "multi:softprob", "num_class": 3}, xgb.DMatrix(rows, labels), 3).save_raw("ubj")
    )
    for cut in range(0, len(raw), 211):
        with pytest.raises(Untrusted):
            open_trees(raw[:cut])
    with pytest.raises(Untrusted):
        open_trees(raw + b"x")


def test_packed_trees_are_the_same_trees_and_damaged_ones_are_untrusted() -> None:
    rows, labels = data()
    booster = xgb.train({"objective": "multi:softprob", "num_class": 3}, xgb.DMatrix(rows, labels), 3)
    raw = bytes(booster.save_raw("ubj"))
    packed = ubj.packed(raw)
    assert len(packed) < len(raw) / 2
    assert np.array_equal(open_trees(packed).margins(rows), open_trees(raw).margins(rows))
    for cut in (2, 20, len(packed) // 2, len(packed) - 1):
        with pytest.raises(Untrusted):
            open_trees(packed[:cut])
    with pytest.raises(Untrusted, match="not whole"):
        open_trees(packed + b"x")


def test_trees_that_unpack_without_end_are_untrusted() -> None:
    with pytest.raises(Untrusted, match="too large"):
        ubj.load(ubj.packed(bytes(ubj.LARGEST + 1)))
