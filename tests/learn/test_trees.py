"""Trees: the permutation null keeps families whole, and what a planted signal and none look like."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("optuna", reason="training needs the extra `train`")
pytest.importorskip("xgboost", reason="training needs the extra `train`")

from avicena import TreeRecipe
from avicena.core.progress import MemoryShelf, silent
from avicena.learn.baseline import by_class
from avicena.learn.trees import TreeTable, fit_trees, loss, shuffled

RECIPE = TreeRecipe(imbalance=("weights",), trials=1, permutations=9, max_rounds=10, forest=10)


def table(planted: bool, rows: int = 240) -> tuple[TreeTable, NDArray[np.int64]]:
    """A table of five columns, one of which decides the label or not, and the class that the baseline knows."""
    random = np.random.default_rng(5)
    values = random.random((rows, 5)).astype(np.float32)
    labels = (values[:, 0] > 0.5).astype(np.int64) if planted else random.integers(0, 2, rows)
    values[random.random(values.shape) < 0.05] = np.nan
    families = np.array([f"F{i // 2}" for i in range(rows)])
    folds = np.array([i // 2 % 4 for i in range(rows)])
    return TreeTable(tuple("abcde"), values, labels, folds, families, 2), random.integers(0, 2, rows)


def test_shuffled_labels_stay_with_their_family_and_within_the_class_of_the_baseline() -> None:
    families = np.repeat([f"F{i}" for i in range(40)], 3)
    given = np.repeat(np.arange(40) % 2, 3)
    labels = np.repeat(np.arange(40) % 4, 3)
    found = shuffled(labels, given, families, np.random.default_rng(0))
    assert (found != labels).any()
    assert all(len(set(found[families == family])) == 1 for family in set(families))
    for value in (0, 1):
        np.testing.assert_array_equal(np.sort(found[given == value]), np.sort(labels[given == value]))


def test_a_planted_signal_beats_every_permutation_and_no_signal_does_not() -> None:
    for planted in (True, False):
        data, given = table(planted)
        fit = fit_trees(data, given, RECIPE, 0, MemoryShelf(), silent)
        assert bool(fit.observed < fit.nulls.min()) == planted


def test_the_same_seed_gives_the_same_trees_and_finished_steps_are_not_done_again() -> None:
    data, given = table(planted=True)
    shelf = MemoryShelf()
    first = fit_trees(data, given, RECIPE, 0, shelf, silent)
    steps: list[int] = []
    again = fit_trees(data, given, RECIPE, 0, shelf, lambda stage, done, total: steps.append(done))
    fresh = fit_trees(data, given, RECIPE, 0, MemoryShelf(), silent)
    assert first.model == again.model == fresh.model
    np.testing.assert_array_equal(first.nulls, fresh.nulls)
    assert steps[-1] == len(steps) - 1 + RECIPE.permutations


def test_the_baseline_knows_the_shares_within_a_class_from_other_folds_only() -> None:
    known = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    folds = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    chances = by_class(known, labels, folds, 2, balanced=False)
    np.testing.assert_allclose(chances[0], [2 / 4, 2 / 4])  # fold 1 holds one of each, and one of each is added
    np.testing.assert_allclose(chances[4], [1 / 4, 3 / 4])
    np.testing.assert_allclose(chances.sum(axis=1), 1)


def test_the_balanced_loss_counts_each_class_the_same() -> None:
    margins = np.array([[2.0, 0.0], [2.0, 0.0], [2.0, 0.0], [2.0, 0.0]], dtype=np.float32)
    labels = np.array([0, 0, 0, 1])
    right, wrong = np.log1p(np.exp(-2)), np.log1p(np.exp(2))
    assert loss(margins, labels, balanced=True) == pytest.approx((right + wrong) / 2)
    assert loss(margins, labels, balanced=False) == pytest.approx((3 * right + wrong) / 4)
