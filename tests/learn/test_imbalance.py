"""What is done about rare classes is a matter of comparison; made-up data tell whether the right option comes out."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("optuna", reason="training needs the extra `train`")
pytest.importorskip("xgboost", reason="training needs the extra `train`")

from avicena import TreeRecipe
from avicena.core.progress import MemoryShelf, silent
from avicena.core.tree_recipe import Augmentation, Imbalance, Way
from avicena.learn.trees import TreeTable, compared, fit_trees
from avicena.learn.trees_judge import choose, differences
from avicena.learn.trees_select import nested, usual
from avicena.learn.trees_table import WIDE, Encoded, Mask
from avicena.learn.trees_train import ROOTS, Usual, class_weights, predict, space

RECIPE = TreeRecipe(
    families=("random-forest",), trials=1, permutations=0, forest=20, deepest=8, augmentation=Augmentation(rows=40)
)
CODES = 24


class Signs:
    """Evidence columns that need nothing to be fitted, and a record of what they were fitted on."""

    digest = "signs"

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self.rows = rows
        self.asked: list[Mask] = []

    def __call__(self, inside: Mask) -> Encoded:
        self.asked.append(inside)
        names = tuple(f"signs={one}" for one in range(self.rows.shape[1]))
        return Encoded(names, self.rows, frozenset(names))


def evidences(rare: int, seed: int = 0) -> TreeTable:
    """Two common classes and four rare ones, each of which shows its own four codes, now this one and now that."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(6), [120, 120, rare, rare, rare, rare])
    chance = np.full((6, CODES), 0.06)
    for label in range(6):
        chance[label, 4 * label : 4 * label + 4] = 0.6
    rows = (random.random((len(labels), CODES)) < chance[labels]).astype(np.float32)
    order = random.permutation(len(labels))
    folds = np.zeros(len(labels), dtype=np.int64)
    for label in range(6):
        folds[labels == label] = np.arange((labels == label).sum()) % 4
    families = np.array([f"F{one}" for one in range(len(labels))])
    none = np.zeros((len(labels), 0), np.float32)
    return TreeTable((), none, labels[order], folds[order], families, 6, (Signs(rows[order]),))


def balanced_accuracy(labels: NDArray[np.int64], margins: NDArray[np.float32]) -> float:
    """The mean recall of the classes."""
    guess = margins.argmax(axis=1)
    return float(np.mean([(guess[labels == label] == label).mean() for label in np.unique(labels)]))


@pytest.mark.parametrize("seed", [0, 1])
def test_where_classes_have_two_rows_an_option_comes_out_that_is_among_the_best_in_truth(seed: int) -> None:
    data = evidences(rare=2, seed=seed)
    fit = fit_trees(data, data.labels * 0, RECIPE, 0, MemoryShelf(), silent)
    fresh = evidences(rare=60, seed=seed + 50)
    table = replace(
        data,
        rows=np.zeros((len(data.labels) + len(fresh.labels), 0), np.float32),
        labels=np.concatenate([data.labels, fresh.labels]),
        encodings=(Signs(np.vstack([data.encodings[0].rows, fresh.encodings[0].rows])),),  # type: ignore[attr-defined]
    )
    inside = np.arange(len(table.labels)) < len(data.labels)
    found = {
        way: balanced_accuracy(fresh.labels, predict(table, inside, ~inside, table.labels, way, fit.params, RECIPE, 0))
        for way in fit.scores
    }
    assert found[fit.way] > found[Way("random-forest", "none")] + 0.3
    assert found[fit.way] > max(found.values()) - 0.08


def test_where_classes_are_even_the_simplest_option_is_chosen() -> None:
    data = evidences(rare=120)
    assert {way.imbalance for way in compared(RECIPE, data.labels)} == {"none", "weights"}
    assert fit_trees(data, data.labels * 0, RECIPE, 0, MemoryShelf(), silent).way.imbalance == "none"


def test_a_class_that_training_folds_lack_is_scored_as_what_the_model_never_saw() -> None:
    data = evidences(rare=8)
    data.folds[data.labels == 5] = 2
    options: tuple[Imbalance, ...] = ("none", "weights", "augment")
    for imbalance in options:
        found = nested(data, Way("random-forest", imbalance), RECIPE, 0, MemoryShelf(), lambda steps: None)
        assert np.isfinite(found.margins).all()
        assert (found.margins[data.labels == 5].argmax(axis=1) != 5).all()


def test_encodings_are_fitted_on_training_folds_and_on_all_rows_for_the_last_model_alone() -> None:
    data = evidences(rare=2)
    fit_trees(data, data.labels * 0, RECIPE, 0, MemoryShelf(), silent)
    asked = data.encodings[0].asked  # type: ignore[attr-defined]
    folds = [{int(fold) for fold in data.folds[~inside]} for inside in asked]
    assert all(len(held) <= 1 for held in folds)
    assert all((data.folds[~inside] == fold).all() for inside, held in zip(asked, folds, strict=True) for fold in held)
    assert sum(not held for held in folds) == 1


def test_a_way_that_cannot_be_told_from_a_simpler_one_is_not_taken() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 200)
    folds, families = np.arange(200) % 4, np.arange(200).astype(str)
    right = np.eye(2, dtype=np.float32)[labels]
    noise = random.normal(0, 1, (200, 2)).astype(np.float32)
    simple, help_ = Way("xgboost", "none"), Way("xgboost", "augment")
    alike = {help_: right + noise, simple: right + np.roll(noise, 1, axis=0)}
    assert choose(alike, labels, folds, families, True) == simple
    better = {simple: right + noise, help_: 4 * right + noise}
    assert choose(better, labels, folds, families, True) == help_
    apart = differences(better, help_, labels, folds, families, True)
    assert apart[simple].low > 0
    assert apart[help_].value == 0


def test_the_scale_of_margins_decides_nothing() -> None:
    labels = np.arange(300) % 3
    random = np.random.default_rng(1)
    margins = (np.eye(3)[labels] * 2 + random.normal(0, 1, (300, 3))).astype(np.float32)
    folds, families = np.arange(300) // 3 % 4, np.arange(300).astype(str)
    timid, bold = Way("random-forest", "none"), Way("xgboost", "none")
    apart = differences({timid: margins / np.float32(3), bold: margins}, bold, labels, folds, families, True)
    assert abs(apart[timid].value) < 1e-4


def test_class_weights_give_each_class_that_is_there_the_same_sum() -> None:
    labels = np.array([0] * 6 + [3] * 2)
    weights = class_weights(labels)
    assert weights[labels == 0].sum() == pytest.approx(weights[labels == 3].sum())
    assert weights.mean() == pytest.approx(1)


def test_the_usual_parameters_lie_in_the_space_and_what_is_in_rows_follows_the_classes() -> None:
    few, many = (space(Usual("random-forest", 400), "random-forest", RECIPE, classes) for classes in (3, 49))
    assert few["max_depth"] == many["max_depth"] == RECIPE.deepest
    assert few["colsample_bynode"] == pytest.approx(0.2)
    assert many["colsample_bynode"] == pytest.approx(400**-0.5)
    assert few["min_child_weight"] == pytest.approx(1)
    assert many["min_child_weight"] == pytest.approx(48 / 49**2 * 4.5)
    assert space(Usual("xgboost", 400), "xgboost", TreeRecipe(max_rounds=5), 3)["rounds"] == 5


def test_only_in_a_wide_table_are_other_columns_drawn_at_a_node() -> None:
    signs = tuple(f"signs={one}" for one in range(WIDE))
    rows = np.zeros((20, WIDE), np.float32)
    forests, boosted = [], []
    for names in (signs, signs[1:]):
        encoded = Signs(rows[:, : len(names)])
        data = TreeTable((), rows[:, :0], np.arange(20), np.arange(20) % 4, np.arange(20), 20, (encoded,))
        inside = np.ones(20, dtype=bool)
        forests.append(usual(data, inside, Way("random-forest", "none"), RECIPE)["colsample_bynode"])
        boosted.append(usual(data, inside, Way("xgboost", "none"), RECIPE))
    assert forests == [pytest.approx(ROOTS * WIDE**-0.5), pytest.approx((WIDE - 1) ** -0.5)]
    assert boosted[0]["colsample_bynode"] == 0.15
    assert "colsample_bytree" not in boosted[0]
    assert boosted[1]["colsample_bytree"] == 0.7
    assert "colsample_bynode" not in boosted[1]


def test_a_recipe_that_compares_nothing_or_something_unknown_is_refused() -> None:
    for wrong in ({"families": ()}, {"imbalance": ()}, {"imbalance": ("magic",)}, {"trials": 0}, {"permutations": -1}):
        with pytest.raises(ValueError, match=r"recipe|imbalance|permutations"):
            TreeRecipe(**wrong)
    assert TreeRecipe(imbalance=("augment", "none")).ways == (
        Way("xgboost", "none"),
        Way("random-forest", "none"),
        Way("xgboost", "augment"),
        Way("random-forest", "augment"),
    )
