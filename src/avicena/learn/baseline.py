"""The model that every other one must beat: what is known once the class of the stage before is known."""

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


def by_class(known: Labels, labels: Labels, folds: Labels, classes: int, *, balanced: bool) -> NDArray[np.float64]:
    """The share of each label among rows of the same `known` class in the other folds: (n, classes).

    One row of each label is added everywhere (Laplace's rule of succession). With `balanced` each label has the same
    weight, as in training with class weights, so that the two can be compared.
    """
    chances = np.zeros((len(labels), classes))
    for fold in np.unique(folds):
        held = folds == fold
        weights = (
            classes / np.maximum(np.bincount(labels[~held], minlength=classes), 1) if balanced else np.ones(classes)
        )
        for value in np.unique(known[held]):
            counts = np.bincount(labels[~held & (known == value)], minlength=classes) + 1.0
            share = counts * weights
            chances[held & (known == value)] = share / share.sum()
    return chances
