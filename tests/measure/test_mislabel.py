import numpy as np
import pytest

from avicena.measure.mislabel import suspects


def planted(n=900, classes=3, noise=0.05, seed=0):
    """Probabilities of a good but not perfect model, labels with planted errors, and which they are."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, n)
    logits = random.normal(0, 1, (n, classes))
    logits[np.arange(n), truth] += 3.5
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong = np.zeros(n, bool)
    wrong[random.choice(n, round(noise * n), replace=False)] = True
    labels = np.where(wrong, (truth + random.integers(1, classes, n)) % classes, truth)
    return chances, labels, wrong


def test_most_planted_errors_stand_among_the_first_tenth():
    chances, labels, wrong = planted()
    found = suspects(chances, labels)
    assert wrong[found.order[:90]].sum() >= 0.9 * wrong.sum()
    assert wrong[found.flagged].mean() > 0.4


def test_the_thresholds_and_the_joint_are_those_of_the_paper_on_rows_counted_by_hand():
    chances = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9], [0.4, 0.6]])
    labels = np.array([0, 0, 0, 1, 1])
    found = suspects(chances, labels)
    assert found.thresholds == pytest.approx([0.6, 0.75])  # (0.9 + 0.7 + 0.2) / 3 and (0.9 + 0.6) / 2
    # Sure: rows 0 and 1 of class 0, rows 2 and 3 of class 1; row 4 of none. Lines are scaled to 3 and 2 labels.
    assert found.joint == pytest.approx(np.array([[2.0, 1.0], [0.0, 2.0]]))
    assert found.flagged.tolist() == [False, False, True, False, False]
    assert found.order.tolist()[0] == 2
    assert found.rival[2] == 1
    assert found.expected == pytest.approx(1.0)


def test_a_rare_class_is_judged_by_its_own_threshold_and_not_flagged_whole():
    random = np.random.default_rng(1)
    labels = np.r_[np.zeros(950, int), np.ones(50, int)]
    rare = np.r_[random.beta(1, 20, 950), random.beta(4, 8, 50)]  # even its true rows rarely reach one half
    chances = np.stack([1 - rare, rare], axis=1)
    assert suspects(chances, labels).flagged[950:].mean() < 0.5


def test_labels_that_the_model_agrees_with_are_not_suspect():
    chances = np.array([[0.9, 0.1]] * 5 + [[0.1, 0.9]] * 5)
    found = suspects(chances, np.repeat([0, 1], 5))
    assert not found.flagged.any()
    assert found.expected == 0
    assert found.wrong.max() == 0


def test_the_chance_of_being_wrong_rises_as_the_models_belief_falls_and_is_never_past_one():
    chances, labels, _ = planted()
    found = suspects(chances, labels)
    assert (np.diff(found.wrong[found.order]) <= 1e-12).all()
    assert found.wrong.min() >= 0
    assert found.wrong.max() <= 1


def test_the_joint_counts_every_row_once_and_keeps_the_number_of_each_label():
    chances, labels, _ = planted(classes=4)
    joint = suspects(chances, labels).joint
    assert joint.sum(axis=1) == pytest.approx(np.bincount(labels, minlength=4))


def test_a_class_without_a_row_is_nobodys_rival():
    chances = np.array([[0.5, 0.3, 0.2], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]])
    found = suspects(chances, np.array([0, 1, 1]))
    assert np.isinf(found.thresholds[2])
    assert found.joint[:, 2].sum() == 0


@pytest.mark.parametrize(
    ("chances", "labels"),
    [(np.zeros((2, 3)), [0]), (np.zeros((0, 3)), []), (np.zeros((2, 1)), [0, 0]), (np.zeros(2), [0, 0])],
)
def test_shapes_that_do_not_fit_are_refused(chances, labels):
    with pytest.raises(ValueError, match="chances"):
        suspects(chances, np.array(labels, int))
