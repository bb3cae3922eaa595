"""What the workings of a stage show a reviewer: folds, groups, calibration, confusions, and the surest mistakes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avicena.core.model import Measure
from avicena.core.technical import Appraisal, Confidence, Mistake
from avicena.core.workings import Workings
from avicena.measure import calibration
from avicena.measure.figures import measure
from avicena.measure.intervals import bootstrap, bootstrap_mean

BINS = 10
"""Bars of the calibration plot, each of about equally many rows."""

MISTAKES = 24
"""Rows shown of those that are wrong."""

DRAWS = 400
"""Bootstrap draws of figures that are no means."""


def appraise(workings: Workings, mistakes: int = MISTAKES) -> Appraisal:
    """What the workings of one stage show, with 95 % intervals by bootstrap of whole families.

    At most `mistakes` rows are named, the surest first, one of each family. Raises ValueError (no rows).
    """
    right = workings.guesses == workings.labels
    shape = (len(workings.classes),) * 2
    cells = np.ravel_multi_index((workings.labels, workings.guesses), shape)
    confusion = np.bincount(cells, minlength=shape[0] ** 2).reshape(shape)
    return Appraisal(
        workings.stage,
        workings.classes,
        len(right),
        len(np.unique(workings.families)),
        tuple(_levels(workings, "fold", workings.folds, right)),
        tuple(_groups(workings, right)),
        _ece(workings),
        tuple(_reliability(workings, right)),
        tuple(tuple(line) for line in confusion.tolist()),
        int((~right).sum()),
        tuple(_mistakes(workings, right, mistakes)),
    )


def _groups(workings: Workings, right: NDArray[np.bool_]) -> Iterator[Measure]:
    """Accuracy by source and by each group, and the recall of each class."""
    yield from _levels(workings, "source", workings.sources, right)
    for group, levels in workings.groups.items():
        if group != "source":
            yield from _levels(workings, group, np.array(levels, dtype=str), right)
    yield from _levels(workings, "class", np.array(workings.classes, dtype=str)[workings.labels], right)


def _levels(workings: Workings, group: str, levels: NDArray[Any], right: NDArray[np.bool_]) -> Iterator[Measure]:
    name = "recall" if group == "class" else "accuracy"
    for level in np.unique(levels):
        held = levels == level
        found = bootstrap_mean(right[held].astype(np.float64), workings.families[held])
        yield measure(workings.stage, name, found, group, str(level))


def _ece(workings: Workings) -> Measure:
    def of(rows: NDArray[np.intp]) -> float:
        return calibration.ece(workings.chances[rows], workings.labels[rows])

    return measure(workings.stage, "ECE", bootstrap(of, workings.families, draws=DRAWS))


def _reliability(workings: Workings, right: NDArray[np.bool_]) -> Iterator[Confidence]:
    """The reliability diagram of the top label over bins of equally many rows (Nguyen & O'Connor, EMNLP 2015)."""
    confidence = workings.chances.max(axis=1).astype(np.float64)
    for rows in np.array_split(np.argsort(confidence, kind="stable"), min(BINS, len(right))):
        found = bootstrap_mean(right[rows].astype(np.float64), workings.families[rows])
        yield Confidence(float(confidence[rows].mean()), *found[:3], len(rows), found.units)


def _mistakes(workings: Workings, right: NDArray[np.bool_], most: int) -> Iterator[Mistake]:
    sure = workings.chances.max(axis=1)
    wrong = np.flatnonzero(~right)
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
    _, first = np.unique(workings.families[wrong], return_index=True)
    for row in wrong[np.sort(first)][:most]:
        yield Mistake(
            str(workings.ids[row]),
            str(workings.families[row]),
            int(workings.folds[row]),
            str(workings.sources[row]),
            workings.classes[workings.labels[row]],
            workings.classes[workings.guesses[row]],
            float(sure[row]),
            float(workings.chances[row, workings.labels[row]]),
            str(workings.pictures[row]),
            () if workings.maps is None else _unit(workings.maps[row]),
        )


def _unit(grid: NDArray[np.float32]) -> tuple[tuple[float, ...], ...]:
    """The positive part of a map from 0 to 1, to two decimals."""
    positive = np.maximum(grid.astype(np.float64), 0)
    return tuple(tuple(line) for line in np.round(positive / max(float(positive.max()), 1e-9), 2).tolist())
