"""Run a tree stage on one case."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from avicena.core.answer import Confidence, StagePrediction
from avicena.core.application import TreeStage
from avicena.core.bundle import ConformalSpec, TreeStageSpec
from avicena.core.case import Case
from avicena.core.engine import FloatArray
from avicena.measure.calibration import softmax
from avicena.serve.explain import contributions
from avicena.serve.model import TreeModel

Doubles = NDArray[np.float64]


class TreeSaid(NamedTuple):
    """What trees say of one case: its columns as known (c,), probabilities (k,), and effects (k, c + 1) on margins.

    The last effect is where the margin of a class starts, before any column is known.
    """

    known: FloatArray
    scores: Doubles
    effects: Doubles


def silent(stage: TreeStage, case: Case) -> bool:
    """Whether an input that the stage needs was not given, or is an empty list."""
    return any(case.values.get(name) in (None, ()) for name in stage.needs)


def rows(spec: TreeStageSpec, columns: Mapping[str, float]) -> tuple[FloatArray, FloatArray]:
    """The columns in the order of the trees, as they are known, and with gaps at their training median: (columns,)."""
    known = [columns.get(name, math.nan) for name in spec.columns]
    pairs = zip(spec.columns, known, strict=True)
    filled = [spec.medians.get(name, value) if value != value else value for name, value in pairs]
    return np.array(known, dtype=np.float32), np.array(filled, dtype=np.float32)


def scores(spec: TreeStageSpec, margins: FloatArray) -> Doubles:
    """The probabilities of margins (…, k), of the same shape."""
    return softmax(margins / spec.temperature + np.asarray(spec.offsets or np.zeros(len(spec.classes))))


def run(stage: TreeModel, columns: Mapping[str, float]) -> TreeSaid:
    """What the trees say of these columns, for every class."""
    known, filled = rows(stage.spec, columns)
    margins, effects = stage.trees.run(filled[None])
    moved = effects[0].astype(np.float64)
    moved[:, -1] += np.asarray(stage.spec.offsets or np.zeros(len(moved))) * stage.spec.temperature
    return TreeSaid(known, scores(stage.spec, margins[0]), moved)


def tree(stage: TreeModel, columns: Mapping[str, float]) -> StagePrediction:
    """The prediction of a tree stage, with the reasons for its most probable class."""
    spec, said = stage.spec, run(stage, columns)
    best = int(np.argmax(said.scores))
    confidence = Confidence(plausible(spec.classes, said.scores, spec.conformal), spec.conformal.alpha)
    reasons = contributions(spec.classes[best], spec.columns, said.known, said.effects[best].astype(np.float32))
    return StagePrediction(spec.name, named(spec.classes, said.scores), confidence, contributions=reasons)


def named(classes: Sequence[str], scores: Doubles) -> dict[str, float]:
    """By label in alphabetical order, as a kept answer is read again."""
    return dict(sorted(zip(classes, scores.tolist(), strict=True)))


def plausible(classes: Sequence[str], scores: Doubles, spec: ConformalSpec) -> tuple[str, ...]:
    """The classes that remain plausible at the promised coverage, in the order of `classes`."""
    pairs = zip(classes, scores.tolist(), strict=True)
    return tuple(label for label, score in pairs if 1 - score <= spec.thresholds[label])
