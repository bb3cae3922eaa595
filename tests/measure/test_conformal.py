import numpy as np
import pytest

from avicena.measure import calibration, conformal


def families_of_slices(count, random, slices=15, classes=3):
    """Probabilities, labels and families where slices of one family resemble each other."""
    label = random.integers(classes, size=count)
    sizes = random.integers(1, 2 * slices, size=count)
    shift = random.normal(0, 1.5, (count, classes)) + 2.0 * np.eye(classes)[label]
    owner = np.repeat(np.arange(count), sizes)
    logits = shift[owner] + random.normal(0, 0.5, (len(owner), classes))
    return calibration.softmax(logits), label[owner], owner


def covered(inside, labels, owner):
    """The share of families' slices whose set holds the truth, each family weighing the same."""
    held = inside[np.arange(len(labels)), labels]
    return np.mean([held[owner == one].mean() for one in np.unique(owner)])


def test_with_one_row_per_family_the_threshold_is_the_usual_order_statistic():
    scores = np.random.default_rng(0).permutation(np.arange(1, 21) / 100)
    assert conformal.quantile(scores, np.arange(20), 0.1) == 0.19  # rank ceil(21 * 0.9) = 19
    assert conformal.quantile(scores[:19], np.arange(19), 0.1) == sorted(scores[:19])[17]


def test_copies_of_a_slice_change_nothing():
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    copied = np.concatenate([scores, np.repeat(0.9, 20)])
    families = np.concatenate([np.arange(9), np.repeat(8, 20)])
    assert conformal.quantile(copied, families, 0.2) == conformal.quantile(scores, np.arange(9), 0.2) == 0.8


def test_too_few_families_never_leave_the_class_out():
    probabilities = np.full((8, 2), 0.5)
    limits = conformal.thresholds(probabilities, np.zeros(8, dtype=int), 0.1)
    assert limits.tolist() == [1.0, 1.0]
    assert conformal.sets(np.array([[0.0, 1.0]]), limits).all()


@pytest.mark.parametrize("alpha", [0.1, 0.2])
def test_new_families_are_covered_as_promised_in_each_class(alpha):
    random = np.random.default_rng(11)
    overall, by_class = [], []
    for _ in range(120):
        p, y, owner = families_of_slices(160, random)
        known = owner < 100
        limits = conformal.thresholds(p[known], y[known], alpha, families=owner[known])
        inside = conformal.sets(p[~known], limits)
        overall.append(covered(inside, y[~known], owner[~known]))
        by_class.append(
            [covered(inside[c], y[~known][c], owner[~known][c]) for c in (y[~known] == k for k in range(3))]
        )
    assert np.mean(overall) >= 1 - alpha - 0.005
    assert np.mean(by_class, axis=0).min() >= 1 - alpha - 0.015
    assert np.mean(overall) <= 1 - alpha + 0.06


def test_slices_counted_as_if_independent_break_the_promise_for_a_class():
    random = np.random.default_rng(5)
    found = []
    for _ in range(150):
        p, y, owner = families_of_slices(60, random, slices=30)
        known = owner < 30
        limits = conformal.thresholds(p[known], y[known], 0.1)
        found.append(covered(conformal.sets(p[~known], limits), y[~known], owner[~known]))
    assert np.mean(found) < 0.9


def test_a_group_that_is_harder_gets_its_own_threshold():
    random = np.random.default_rng(2)
    p, y, owner = families_of_slices(400, random, slices=1)
    sex = np.where(owner % 2 == 0, "female", "male")
    p[sex == "female"] = calibration.softmax(np.log(p[sex == "female"]) * 0.2)
    limits = conformal.thresholds(p, y, 0.1, sex, owner)
    assert np.all(limits >= conformal.thresholds(p, y, 0.1, None, owner))
    table = conformal.coverage(conformal.sets(p, limits), y, sex, owner)
    assert all(one.value >= 0.88 for one in table)


def test_a_group_too_small_to_judge_does_not_open_every_set():
    random = np.random.default_rng(2)
    p, y, owner = families_of_slices(300, random, slices=1)
    sex = np.where(owner == 0, "other", "male")
    assert conformal.thresholds(p, y, 0.1, sex, owner).max() < 1


def test_an_empty_set_stays_empty_for_the_caller_to_refer():
    assert not conformal.sets(np.array([[0.5, 0.5]]), np.array([0.3, 0.3])).any()


def test_a_calibration_row_conforms_to_its_own_threshold():
    p = np.array([[0.3, 0.7]] * 20, dtype=np.float32)
    limits = conformal.thresholds(p, np.zeros(20, dtype=int), 0.1)
    assert conformal.sets(p, limits)[:, 0].all()


def test_the_table_says_for_whom_sets_hold():
    inside = np.array([[True, False], [True, True], [False, True], [True, False]])
    table = conformal.coverage(inside, np.array([0, 0, 1, 1]), np.array(["f", "m", "f", "m"]), np.array([1, 1, 2, 3]))
    found = {(one.label, one.group): one for one in table}
    assert len(found) == len(table) == 9
    assert found[None, None].value == pytest.approx(2 / 3)
    assert found[None, None].families == 3
    assert found[0, None].value == 1
    assert found[1, "m"].value == 0
    assert found[0, None].size == 1.5
    assert found[1, None].low < 0.5 < found[1, None].high


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1])
def test_an_impossible_level_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        conformal.thresholds(np.full((2, 2), 0.5), np.array([0, 1]), alpha)


def test_small_classes_share_a_threshold_that_holds_on_average_over_them() -> None:
    random = np.random.default_rng(0)
    classes, seen, asked = 40, np.repeat(np.arange(40), 2), np.repeat(np.arange(40), 50)

    def said(labels):
        margins = random.normal(0, 1, (len(labels), classes))
        margins[np.arange(len(labels)), labels] += 4
        shares = np.exp(margins)
        return shares / shares.sum(axis=1, keepdims=True)

    known, held = said(seen), []
    assert (conformal.thresholds(known, seen, 0.1) == 1).all()
    for _ in range(20):
        limits = conformal.thresholds(said(seen), seen, 0.1, pooled=True)
        inside = conformal.sets(said(asked), limits)
        held.append(inside[np.arange(len(asked)), asked].mean())
        assert inside.sum(axis=1).mean() < 5
    assert 0.87 < np.mean(held) < 0.95


def test_a_class_with_rows_enough_keeps_its_own_threshold_beside_pooled_ones() -> None:
    random = np.random.default_rng(1)
    labels = np.concatenate([np.zeros(100, dtype=int), np.repeat([1, 2, 3, 4, 5], 2)])
    p = random.dirichlet(np.ones(6), len(labels))
    alone, together = conformal.thresholds(p, labels, 0.1), conformal.thresholds(p, labels, 0.1, pooled=True)
    assert alone[0] == together[0] > conformal.LIKELIER
    assert (alone[1:] == 1).all()
    assert len(set(together[1:])) == 1
    assert together[1] < 1


def test_pooled_sets_never_leave_out_what_is_likelier_than_all_else() -> None:
    labels = np.repeat([0, 1], [200, 2])
    p = np.tile([0.99, 0.01], (202, 1))
    assert conformal.thresholds(p, labels, 0.1)[0] < 0.02
    limits = conformal.thresholds(p, labels, 0.1, pooled=True)
    assert conformal.sets(np.array([[0.6, 0.4]]), limits)[0, 0]
