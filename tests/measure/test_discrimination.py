import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avicena.measure import discrimination

P = np.array([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5]])
Y = np.array([0, 1, 1, 2])


def test_accuracy_and_recall_agree_with_counting_by_hand():
    assert discrimination.accuracy(P, Y) == 0.75
    assert discrimination.recalls(P, Y).tolist() == [1.0, 0.5, 1.0]
    assert discrimination.balanced_accuracy(P, Y) == pytest.approx(2.5 / 3)


def test_a_class_without_rows_has_no_recall_and_does_not_count():
    found = discrimination.recalls(P[:3], Y[:3])
    assert np.isnan(found[2])
    assert discrimination.balanced_accuracy(P[:3], Y[:3]) == 0.75


def test_log_loss_and_brier_agree_with_their_formulas():
    assert discrimination.log_loss(P, Y) == pytest.approx(-np.log([0.7, 0.3, 0.8, 0.5]).mean())
    by_hand = [0.3**2 + 0.2**2 + 0.1**2, 0.6**2 + 0.7**2 + 0.1**2, 0.1**2 + 0.2**2 + 0.1**2, 0.2**2 + 0.3**2 + 0.5**2]
    assert discrimination.brier(P, Y) == pytest.approx(np.mean(by_hand))


def test_a_certain_mistake_costs_much_but_not_infinity():
    assert 30 < discrimination.log_loss(np.array([[1.0, 0.0]]), np.array([1])) < 40


def test_auroc_counts_ties_half():
    assert discrimination.auroc(np.array([0.1, 0.5, 0.5, 0.9]), np.array([False, False, True, True])) == 0.875


def test_auroc_of_one_kind_alone_is_not_a_number():
    assert np.isnan(discrimination.auroc(np.array([0.1, 0.2]), np.array([True, True])))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_the_share_of_pairs_in_the_right_order(rows):
    scores, positive = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    pairs = [(a > b) + (a == b) / 2 for a in scores[positive] for b in scores[~positive]]
    if pairs:
        assert discrimination.auroc(scores, positive) == pytest.approx(np.mean(pairs))


def test_aurocs_set_each_class_against_the_rest():
    assert discrimination.aurocs(P, Y) == pytest.approx([1.0, discrimination.auroc(P[:, 1], Y == 1), 1.0])


def test_a_family_is_predicted_by_the_mean_of_its_slices():
    families = np.array(["b", "a", "a", "c"])
    pooled = discrimination.by_family(P, Y, families)
    assert pooled.families.tolist() == ["a", "b", "c"]
    assert pooled.sizes.tolist() == [2, 1, 1]
    assert pooled.labels.tolist() == [1, 0, 2]
    assert pooled.probabilities[0] == pytest.approx(P[1:3].mean(axis=0))


def test_a_family_of_two_labels_is_refused():
    with pytest.raises(ValueError, match="one label"):
        discrimination.by_family(P, Y, np.array(["a", "a", "b", "c"]))
