"""How well one thing tells another, measured on families that were not looked at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.measure import association as a


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200))
def test_a_family_lies_in_one_fold(units: list[int]) -> None:
    folds = a.grouped_folds(np.array(units))
    for unit in set(units):
        assert len(set(folds[np.array(units) == unit])) == 1
    assert folds.min() >= 0
    assert folds.max() < a.FOLDS


def test_a_level_seen_once_gives_the_prior_and_a_common_one_its_share() -> None:
    labels = np.array([0, 1] * 50)
    folds = a.grouped_folds(np.arange(100))
    own = a.out_of_fold(np.arange(100), labels, folds)
    assert np.abs(own - 0.5).max() < 0.1
    shares = a.out_of_fold(labels.copy(), labels, folds)
    assert shares[np.arange(100), labels].min() > 0.95
    assert np.allclose(shares.sum(axis=1), 1)


def test_what_tells_a_class_has_an_interval_that_narrows_with_families() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    scores = np.stack([-labels, labels], axis=1) + random.normal(0, 1, (400, 2))
    many = a.separation(scores, labels, np.arange(400))
    few = a.separation(scores, labels, np.arange(400) // 10)
    assert many.low < many.value < many.high
    assert few.units == 40
    assert few.high - few.low > 0
    assert 0.7 < many.value < 0.9


def test_a_perfect_score_of_few_families_is_not_certain() -> None:
    labels = np.repeat([0, 1], 10)
    sure = a.separation(np.eye(2)[labels], labels, np.arange(20))
    assert sure.value == 1
    assert sure.low == pytest.approx(0.85)
    assert sure.skill == 1
    assert sure.skill_low == pytest.approx(0.7)


def test_a_class_with_fewer_than_five_rows_is_not_judged() -> None:
    labels = np.array([0] * 20 + [1] * 4)
    assert a.one_against_rest(np.eye(2)[labels], labels).tolist() == [0.5, 0.5]


@given(st.lists(st.one_of(st.none(), st.floats(-100, 100)), min_size=1, max_size=100))
def test_bins_keep_equals_together_and_what_is_missing_apart(values: list[float | None]) -> None:
    numbers = np.array([np.nan if v is None else v for v in values])
    codes = a.binned(numbers)
    assert (codes[np.isnan(numbers)] == 0).all()
    for value in numbers[np.isfinite(numbers)]:
        assert len(set(codes[numbers == value])) == 1
    known = np.isfinite(numbers)
    assert (codes[known] >= 1).all()
    order = np.argsort(numbers[known])
    assert (np.diff(codes[known][order]) >= 0).all()


def test_nearest_rows_of_other_folds_tell_a_class_that_lies_apart() -> None:
    random = np.random.default_rng(1)
    labels = np.repeat([0, 1], 60)
    points = random.normal(0, 1, (120, 2)) + 6 * labels[:, None]
    shares = a.nearest_shares(points, labels, a.grouped_folds(np.arange(120)))
    assert (shares.argmax(axis=1) == labels).mean() > 0.95


def test_signal_is_found_where_it_is_and_not_where_labels_were_drawn() -> None:
    random = np.random.default_rng(2)
    rows = random.normal(size=(300, 5))
    told = (rows[:, 0] + random.normal(0, 1, 300) > 0).astype(np.int64)
    drawn = random.integers(0, 2, 300)
    units = np.arange(300)
    assert a.signal(rows, told, units).p == 0.01
    assert a.signal(rows, drawn, units).p > 0.05


def test_what_the_strata_tell_is_no_signal_of_its_own() -> None:
    random = np.random.default_rng(3)
    strata = random.integers(0, 2, 400)
    labels = (random.random(400) < np.where(strata == 1, 0.8, 0.2)).astype(np.int64)
    rows = np.stack([strata + random.normal(0, 0.1, 400), random.normal(size=400)], axis=1)
    assert a.signal(rows, labels, np.arange(400)).p == 0.01
    assert a.signal(rows, labels, np.arange(400), strata).p > 0.05


def test_whole_families_are_permuted_where_each_has_one_label() -> None:
    random = np.random.default_rng(4)
    units = np.repeat(np.arange(30), 10)
    labels = random.integers(0, 2, 30)[units]
    rows = random.normal(size=(30, 3))[units] + random.normal(0, 0.01, (300, 3))
    assert a.signal(rows, labels, units).p > 0.02
