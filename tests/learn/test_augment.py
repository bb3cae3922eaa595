"""Rows made up for rare classes: from parents of their class among the training rows, and from nothing else."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("xgboost", reason="training needs the extra `train`")

from avicena.core.tree_recipe import Augmentation
from avicena.learn.augment import augmented, lacking
from avicena.learn.trees_table import WIDE, Encoded

COLUMNS = ("signs=a", "signs=b", "signs=c", "age", "sex=female", "sex=male")
HOW = Augmentation(rows=30)


def table(seed: int = 0) -> tuple[Encoded, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """60 rows of three classes, 2 of the last: each class has ages of its own; and the training rows."""
    random = np.random.default_rng(seed)
    labels = np.array([0] * 40 + [1] * 18 + [2] * 2, dtype=np.int64)
    signs = (random.random((60, 3)) < 0.5).astype(np.float32)
    age = (labels * 20 + random.random(60) * 10).astype(np.float32)
    female = (random.random(60) < 0.5).astype(np.float32)
    rows = np.column_stack([signs, age, female, 1 - female]).astype(np.float32)
    inside = np.ones(60, dtype=bool)
    inside[:4] = False
    return Encoded(COLUMNS, rows, frozenset(COLUMNS[:3])), labels, inside


def test_every_class_comes_to_as_many_rows_and_real_rows_stand_first() -> None:
    encoded, labels, inside = table()
    rows, known = augmented(encoded, labels, inside, HOW, 0)
    assert np.bincount(known).tolist() == [36, 30, 30]
    np.testing.assert_array_equal(rows[:56, 3:], encoded.rows[inside][:, 3:])
    assert (rows[:56, :3] <= encoded.rows[inside][:, :3]).all()  # evidences may vanish, none is made up
    np.testing.assert_array_equal(known[:56], labels[inside])
    assert rows.dtype == np.float32


def test_classes_are_never_mixed_and_one_hots_stay_whole() -> None:
    encoded, labels, inside = table()
    rows, known = augmented(encoded, labels, inside, HOW, 0)
    assert ((rows[:, 3] >= known * 20) & (rows[:, 3] <= known * 20 + 10)).all()
    assert set(map(tuple, rows[:, 4:].tolist())) == {(0.0, 1.0), (1.0, 0.0)}
    assert set(np.unique(rows[:, :3]).tolist()) == {0.0, 1.0}
    parents = encoded.rows[labels == 2]
    made = rows[56:][known[56:] == 2]
    assert (made[:, :3] <= parents[:, :3].max(axis=0)).all()
    assert len(np.unique(made[:, 3])) > 10


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_what_is_held_out_changes_nothing(seed: int) -> None:
    encoded, labels, inside = table()
    other = Encoded(encoded.columns, encoded.rows.copy(), encoded.evidence)
    other.rows[~inside] = np.random.default_rng(seed).random((4, 6))
    moved = labels.copy()
    moved[~inside] = 2
    first, second = augmented(encoded, labels, inside, HOW, seed), augmented(other, moved, inside, HOW, seed)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


def test_the_seed_decides_and_evidence_vanishes_as_often_as_asked() -> None:
    encoded = Encoded(("signs=a", "age"), np.ones((1002, 2), np.float32), frozenset({"signs=a"}))
    labels = np.array([0] * 1000 + [1] * 2)
    inside = np.ones(1002, dtype=bool)
    how = Augmentation(rows=1000, drop=0.25)
    rows, _ = augmented(encoded, labels, inside, how, 1)
    assert 0.70 < rows[1002:, 0].mean() < 0.80
    assert (rows[1002:, 1] == 1).all()
    np.testing.assert_array_equal(rows, augmented(encoded, labels, inside, how, 1)[0])
    assert (rows != augmented(encoded, labels, inside, how, 2)[0]).any()
    assert (augmented(encoded, labels, inside, Augmentation(rows=1000, drop=0), 1)[0] == 1).all()


def wide(evidences: int, rare: int) -> tuple[Encoded, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """300 people of 20 to 80 with one evidence each, and `rare` infants with another disease and two evidences."""
    random = np.random.default_rng(0)
    labels = np.array([0] * 300 + [1] * rare)
    rows = np.zeros((len(labels), 1 + evidences), np.float32)
    rows[:300, 0] = random.integers(20, 80, 300)
    rows[np.arange(300), 1 + random.integers(2, evidences, 300)] = 1
    rows[300:, 1:3] = 1
    names = tuple(f"signs={one}" for one in range(evidences))
    return Encoded(("age", *names), rows, frozenset(names)), labels, np.ones(len(labels), dtype=bool)


def test_in_a_wide_table_two_infants_do_not_teach_that_only_infants_have_a_disease() -> None:
    how = Augmentation(rows=300)
    few, many, narrow = (augmented(*wide(*size), how, 0)[0] for size in ((WIDE, 2), (WIDE, 150), (WIDE - 1, 2)))
    adult = [(rows[made:, 0] >= 20).mean() for rows, made in ((few, 302), (many, 450), (narrow, 302))]
    assert 0.25 < adult[0] < 0.42  # two strangers in three, and every other one is an infant of the class itself
    assert adult[1] < 0.05
    assert adult[2] == 0
    assert (few[302:, 3:] == 0).all()  # evidence comes from parents alone
    assert few[302:, 1].mean() == pytest.approx(1 - how.drop, abs=0.08)


def test_a_gap_of_a_parent_is_no_number_between_the_two() -> None:
    rows = np.array([[1.0], [np.nan], [5.0], [5.0], [5.0]], dtype=np.float32)
    found, known = augmented(Encoded(("x",), rows), np.array([1, 1, 0, 0, 0]), np.ones(5, bool), HOW, 3)
    assert np.isnan(found[known == 1]).any() or (found[known == 1] == 1).all()
    assert set(found[known == 1][~np.isnan(found[known == 1])].tolist()) == {1.0}


def test_a_class_of_one_row_or_none_is_no_trouble() -> None:
    encoded, labels, _ = table()
    inside = np.ones(60, dtype=bool)
    inside[-1] = False
    assert np.bincount(augmented(encoded, labels, inside, HOW, 0)[1]).tolist() == [40, 30, 30]
    inside[-2] = False
    assert np.bincount(augmented(encoded, labels, inside, HOW, 0)[1]).tolist() == [40, 30]
    inside[:] = False
    assert augmented(encoded, labels, inside, HOW, 0)[0].shape == (0, 6)


def test_rows_are_lacking_only_where_some_would_be_made() -> None:
    assert lacking(np.array([0] * 40 + [1] * 29), HOW)
    assert not lacking(np.array([0] * 40 + [1] * 30), HOW)
    assert not lacking(np.array([0, 0, 1, 1, 3, 3]), HOW)


def test_an_augmentation_that_cannot_be_is_refused() -> None:
    for wrong in ({"rows": 0}, {"mix": -1}, {"drop": 1.0}):
        with pytest.raises(ValueError, match="rows must be at least 1"):
            Augmentation(**wrong)


def test_to_tell_little_does_not_speak_for_a_rare_class() -> None:
    random = np.random.default_rng(0)
    rows = (random.random((1030, 20)) < 0.5).astype(np.float32)
    labels = np.repeat([0, 1], [1000, 30])
    names = tuple(f"e=c{number}" for number in range(20))
    made, known = augmented(Encoded(names, rows, frozenset(names)), labels, np.ones(1030, bool), Augmentation(), 0)
    told = made.sum(axis=1)
    assert abs(told[known == 1].mean() - told[known == 0].mean()) < 0.3  # of 8
    assert abs(told[known == 0].mean() - 8) < 0.2  # 20 codes, each said by half and left out by a fifth
