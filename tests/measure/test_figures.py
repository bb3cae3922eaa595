"""Figures with intervals, of whatever predictions."""

import warnings

import numpy as np

from avicena.measure import figures

CLASSES = ("a", "b")
LABELS = np.array([0, 0, 1, 1, 1])
CHANCES = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7], [0.6, 0.4]])
FAMILIES = np.array(["p", "p", "q", "q", "r"])


def named(found: list, name: str, level: str = "") -> float:
    return next(one.value for one in found if (one.name, one.level) == (name, level))


def test_accuracy_counts_rows_and_by_patient_their_pooled_probabilities() -> None:
    assert named(figures.overall("s", CHANCES, LABELS, FAMILIES), "accuracy") == 3 / 5
    found = figures.by_patient("s", CHANCES, LABELS, FAMILIES)
    assert (found.value, found.units) == (2 / 3, 3)


def test_recall_is_told_by_class_and_by_source_within_it() -> None:
    sources = np.array(["x", "y", "x", "x", ""])
    found = figures.recalls("s", CLASSES, CHANCES, LABELS, FAMILIES, sources)
    assert named(found, "recall", "a") == 1 / 2
    assert named(found, "recall", "b, source x") == 1
    assert named(found, "recall", "b, source unknown") == 0


def test_a_family_with_many_refused_slices_weighs_as_much_as_one_with_few() -> None:
    assert figures.refused("s", np.array([True, True, False, False, False]), FAMILIES).value == 1 / 3


def test_coverage_of_sets_is_told_overall_by_class_and_by_group() -> None:
    inside = np.array([[1, 0], [1, 1], [0, 1], [1, 0], [0, 0]], dtype=bool)
    found = figures.coverages("s", CLASSES, inside, LABELS, FAMILIES, {"source": np.array(["x", "x", "x", "y", "y"])})
    assert named(found, "coverage of sets") == (1 + 1 / 2 + 0) / 3
    assert named(found, "coverage of sets", "a") == 1
    assert named(found, "coverage of sets", "y") == 0


def test_what_a_single_class_does_not_define_is_no_number_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = figures.overall("s", CHANCES[:2], LABELS[:2], FAMILIES[:2])
    assert np.isnan(named(found, "AUROC"))


def test_the_lesion_erased_stands_beside_the_same_slices_whole() -> None:
    erased = CHANCES[:, ::-1]
    found = figures.without_lesion("s", CHANCES, erased, LABELS, FAMILIES)
    assert (named(found, figures.WHOLE), named(found, figures.ERASED)) == (3 / 5, 2 / 5)
