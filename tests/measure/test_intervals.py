import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.measure import intervals


def test_wilson_agrees_with_the_worked_example_of_newcombe_1998():
    assert intervals.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert intervals.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert intervals.wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_holds_the_share_and_stays_between_0_and_1(successes, total):
    successes = min(successes, total)
    low, high = intervals.wilson(successes, total)
    assert 0 <= low <= successes / total + 1e-12
    assert successes / total - 1e-12 <= high <= 1


def test_nothing_counted_says_nothing():
    assert intervals.wilson(0, 0) == (0.0, 1.0)


def test_the_interval_of_a_mean_widens_when_rows_belong_together():
    random = np.random.default_rng(0)
    values = np.repeat(random.random(40) < 0.7, 15).astype(float)
    families = np.repeat(np.arange(40), 15)
    together = intervals.bootstrap_mean(values, families)
    apart = intervals.bootstrap_mean(values, np.arange(600))
    assert together.value == apart.value == values.mean()
    assert (together.units, apart.units) == (40, 600)
    assert together.high - together.low > 3 * (apart.high - apart.low)


def test_19_of_20_intervals_hold_the_truth_of_clustered_rows():
    random = np.random.default_rng(3)
    families = np.repeat(np.arange(60), 6)
    held = 0
    for seed in range(200):
        chance = np.repeat(random.beta(7, 3, 60), 6)
        one = intervals.bootstrap_mean((random.random(360) < chance).astype(float), families, 400, seed)
        held += one.low <= 0.7 <= one.high
    assert 0.90 <= held / 200 <= 0.985


def test_a_statistic_given_as_a_function_has_the_interval_of_the_same_mean():
    random = np.random.default_rng(5)
    values, families = random.random(120), np.repeat(np.arange(30), 4)
    fast = intervals.bootstrap_mean(values, families, 4000)
    slow = intervals.bootstrap(lambda rows: float(values[rows].mean()), families, 4000)
    assert slow.value == pytest.approx(fast.value)
    assert (slow.low, slow.high) == pytest.approx((fast.low, fast.high), abs=0.01)


def test_units_are_drawn_whole():
    families = np.array(["a", "b", "b", "c", "c", "c"])
    seen = []
    intervals.bootstrap(lambda rows: seen.append(np.bincount(rows, minlength=6)) or 0.0, families, 50)
    assert all(times[1] == times[2] and times[3] == times[4] == times[5] for times in seen)


def test_draws_without_a_figure_are_left_out():
    only = intervals.bootstrap(lambda rows: float("nan") if 0 not in rows else 1.0, np.array(["a", "b", "c"]), 200)
    assert (only.value, only.low, only.high) == (1.0, 1.0, 1.0)


def test_the_same_seed_gives_the_same_interval():
    values, families = np.arange(20.0), np.arange(20) // 2
    assert intervals.bootstrap_mean(values, families, seed=4) == intervals.bootstrap_mean(values, families, seed=4)
    assert intervals.bootstrap_mean(values, families, seed=4) != intervals.bootstrap_mean(values, families, seed=5)


def test_a_steady_difference_is_seen_though_both_figures_vary_more():
    random = np.random.default_rng(2)
    first = np.repeat(random.random(50), 3)
    gain = intervals.paired_difference(first + 0.02, first, np.repeat(np.arange(50), 3))
    assert gain.low == pytest.approx(0.02)
    assert gain.high == pytest.approx(0.02)


def test_a_p_value_is_never_zero_and_ties_count_against():
    assert intervals.p_value(9.0, np.arange(9.0)) == 0.1
    assert intervals.p_value(8.0, np.arange(9.0)) == 0.2
    assert intervals.p_value(-1.0, np.arange(9.0)) == 1.0


@pytest.mark.parametrize("call", [intervals.bootstrap_mean, lambda v, u: intervals.bootstrap(lambda _: 0.0, u)])
def test_no_rows_have_no_interval(call):
    with pytest.raises(ValueError, match="at least one row"):
        call(np.zeros(0), np.zeros(0))
