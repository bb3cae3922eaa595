"""Our trees say what XGBoost says."""

import sys
from pathlib import Path
import numpy as np
import pytest
import xgboost as xgb
from avicena.core.errors import Untrusted

sys.path.insert(0, str(Path(__file__).parent))
import types, avicena.formats, importlib.util

spec = importlib.util.spec_from_file_location("avicena.formats.ubj", Path(__file__).parent / "ubj.py")
mod = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mod)
sys.modules["avicena.formats.ubj"] = mod
avicena.formats.ubj = mod
from trees import open_trees


def data(seed=0, n=600, f=9, k=3):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, f)).astype(np.float32)
    rows[:, :4] = rows[:, :4] > 0
    rows[rng.random(rows.shape) < 0.1] = np.nan
    labels = (np.nan_to_num(rows[:, 0]) + (np.nan_to_num(rows[:, 5]) > 0)).astype(int)
    labels[rng.random(n) < 0.3] = rng.integers(0, k)
    return rows, labels


FAMILIES = {
    "boosted": ({"max_depth": 4, "eta": 0.2}, 30),
    "deep": ({"max_depth": 9, "eta": 0.2}, 10),
    "stumps": ({"max_depth": 1, "eta": 0.3}, 40),
    "forest": ({"max_depth": 8, "eta": 1.0, "num_parallel_tree": 40, "subsample": 0.7, "colsample_bynode": 0.5}, 1),
    "nothing": ({"max_depth": 3, "gamma": 1e9}, 5),
    "weighted": ({"max_depth": 5, "base_score": 0.3, "reg_lambda": 0.0, "min_child_weight": 0.0}, 20),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_margins_and_contributions_are_those_of_xgboost(family):
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


def test_cut_or_changed_bytes_are_untrusted_and_never_crash():
    rows, labels = data()
    raw = bytes(
        xgb.train({"objective": "multi:softprob", "num_class": 3}, xgb.DMatrix(rows, labels), 3).save_raw("ubj")
    )
    for cut in range(0, len(raw), 211):
        with pytest.raises(Untrusted):
            open_trees(raw[:cut])
    with pytest.raises(Untrusted):
        open_trees(raw + b"x")
