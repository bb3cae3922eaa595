import numpy as np
import pytest

from avicena.measure import drift


def test_equal_columns_have_not_moved():
    column = np.r_[np.random.default_rng(0).normal(size=500), np.nan]
    found = drift.numbers(column, column)
    assert found.psi == pytest.approx(0)
    assert found.ks == 0
    assert found.p == 1
    assert found.size == "small"


def test_a_shift_of_one_standard_deviation_is_large_and_significant():
    random = np.random.default_rng(1)
    found = drift.numbers(random.normal(size=2000), random.normal(1, 1, 2000))
    assert found.size == "large"
    assert found.ks == pytest.approx(0.383, abs=0.04)  # 2 Φ(1/2) - 1
    assert found.p < 1e-6


def test_the_p_of_two_samples_of_one_distribution_is_spread_evenly():
    random = np.random.default_rng(2)
    p = [drift.ks(random.normal(size=80), random.normal(size=120))[1] for _ in range(400)]
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.1, abs=0.05)


def test_values_that_go_missing_move_the_psi_and_not_the_distance():
    column = np.arange(1000.0)
    gone = np.where(column % 2 == 0, np.nan, column)
    found = drift.numbers(column, gone)
    assert found.psi > 0.25
    assert found.ks < 0.01


def test_the_psi_is_the_sum_counted_by_hand():
    old, new = np.array([29.5, 69.5]), np.array([59.5, 39.5])  # with half a row each: 30 and 70, 60 and 40 of 100
    assert drift.psi(old, new) == pytest.approx(0.3 * np.log(2) - 0.3 * np.log(4 / 7))


def test_words_and_missing_words_count_as_bins():
    assert drift.words(["a", "b", None], ["a", "b", None]).psi == pytest.approx(0)
    assert drift.words(["a"] * 90 + ["b"] * 10, ["a"] * 50 + [None] * 50).size == "large"


def test_a_column_without_any_value_is_compared_by_what_is_missing():
    found = drift.numbers(np.full(20, np.nan), np.ones(20))
    assert found.psi > 0.25
    assert found.ks is None


def test_a_side_without_rows_is_refused():
    with pytest.raises(ValueError, match="rows"):
        drift.numbers(np.array([]), np.ones(3))
    with pytest.raises(ValueError, match="value"):
        drift.ks(np.array([]), np.ones(3))
