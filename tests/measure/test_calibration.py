import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.measure import calibration
from avicena.measure.calibration import corrected, softmax, temperature

RANDOM = np.random.default_rng(1)
LOGITS = RANDOM.normal(0, 2, (4000, 3))
TRUE = calibration.softmax(LOGITS)
LABELS = (TRUE.cumsum(axis=1) > RANDOM.random((4000, 1))).argmax(axis=1)


@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=6), st.floats(0.05, 20))
def test_softmax_sums_to_one_for_logits_of_any_size(logits, temperature):
    assert calibration.softmax(np.array(logits), temperature).sum() == pytest.approx(1)


def test_softmax_of_one_row_is_that_row_of_many():
    assert calibration.softmax(LOGITS)[7] == pytest.approx(calibration.softmax(LOGITS[7]))


@pytest.mark.parametrize("factor", [0.2, 1.0, 3.0])
def test_the_temperature_that_spoilt_the_logits_is_found(factor):
    assert calibration.temperature(LOGITS * factor, LABELS) == pytest.approx(factor, rel=0.06)


def test_no_other_temperature_has_a_smaller_loss():
    best = calibration.temperature(LOGITS * 2, LABELS)

    def loss(temperature):
        return -np.log(calibration.softmax(LOGITS * 2, temperature)[np.arange(4000), LABELS]).mean()

    assert all(loss(best) <= loss(other) + 1e-9 for other in (best * 0.97, best * 1.03, 0.3, 9.0))


def test_a_row_of_double_weight_counts_as_two_rows():
    weights = np.where(np.arange(4000) < 500, 2.0, 1.0)
    twice = np.concatenate([np.arange(4000), np.arange(500)])
    weighted = calibration.temperature(LOGITS * 2, LABELS, weights)
    assert weighted == pytest.approx(calibration.temperature(LOGITS[twice] * 2, LABELS[twice]), rel=1e-5)


def test_separable_rows_get_the_lowest_temperature_and_hopeless_ones_the_highest():
    logits = np.eye(3)[[0, 1, 2]]
    assert calibration.temperature(logits, np.array([0, 1, 2])) == pytest.approx(0.05, rel=1e-3)
    assert calibration.temperature(logits, np.array([1, 2, 0])) == pytest.approx(20, rel=1e-3)


def test_no_rows_give_no_temperature():
    with pytest.raises(ValueError, match="at least one row"):
        calibration.temperature(np.zeros((0, 3)), np.zeros(0, dtype=int))


def test_true_probabilities_have_a_small_error_and_sharpened_ones_a_large_one():
    assert calibration.ece(TRUE, LABELS) < 0.03
    assert calibration.adaptive_ece(TRUE, LABELS) < 0.03
    sharp = calibration.softmax(LOGITS, 0.3)
    assert calibration.ece(sharp, LABELS) > 0.08
    assert calibration.adaptive_ece(sharp, LABELS) > 0.08


def test_the_error_is_the_gap_between_confidence_and_accuracy():
    probabilities = np.tile([0.8, 0.2], (10, 1))
    labels = np.array([0] * 5 + [1] * 5)
    assert calibration.ece(probabilities, labels) == pytest.approx(0.3)


def test_every_row_stands_in_one_bar_and_the_edges_of_confidence_are_inside():
    probabilities = np.array([[1.0, 0.0], [0.5, 0.5], [0.9, 0.1]])
    for table in (
        calibration.reliability(probabilities, np.array([0, 0, 0])),
        calibration.adaptive_reliability(probabilities, np.array([0, 0, 0])),
    ):
        assert sum(bar.rows for bar in table) == 3
        assert all(bar.low <= bar.confidence <= bar.high for bar in table if bar.rows)


def test_adaptive_bars_hold_equally_many_rows():
    sizes = [bar.rows for bar in calibration.adaptive_reliability(TRUE, LABELS, 7)]
    assert max(sizes) - min(sizes) <= 1


def rare(rows: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits of a model that was trained as if both classes were equally frequent and is twice too sure; labels."""
    random = np.random.default_rng(0)
    labels = (random.random(rows) < 0.06).astype(np.int64)
    seen = random.normal(1.5 * labels, 1)
    return np.stack([np.zeros(rows), 2 * (1.5 * seen - 1.125)], axis=1), labels


def test_offsets_undo_what_class_weights_did_to_how_frequent_a_class_seems():
    logits, labels = rare()
    found = corrected(logits, labels)
    assert found.temperature == pytest.approx(2, abs=0.2)
    assert found.offsets[0] - found.offsets[1] == pytest.approx(np.log(0.94 / 0.06), abs=0.3)
    assert found(logits)[:, 1].mean() == pytest.approx(labels.mean(), abs=0.002)
    assert softmax(logits, temperature(logits, labels))[:, 1].mean() > 2 * labels.mean()


def test_with_class_weights_the_population_is_one_of_equally_frequent_classes():
    logits, labels = rare()
    weights = np.where(labels == 1, 1 / labels.mean(), 1 / (1 - labels.mean()))
    found = corrected(logits, labels, weights)
    assert np.abs(found.offsets).max() < 0.15
    assert np.average(found(logits)[:, 1], weights=weights) == pytest.approx(0.5, abs=0.01)


def test_a_class_without_rows_keeps_a_probability():
    logits, labels = rare(400)
    three = np.concatenate([logits, np.full((400, 1), -3.0)], axis=1)
    chances = corrected(three, labels)(three)
    assert 0 < chances[:, 2].mean() < 0.005
    assert np.isfinite(chances).all()


def test_a_calibration_needs_a_row():
    with pytest.raises(ValueError, match="at least one row"):
        corrected(np.zeros((0, 2)), np.zeros(0, np.int64))
