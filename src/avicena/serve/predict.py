"""Run the chain on one case."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avicena.core.answer import Confidence, Prediction, StagePrediction
from avicena.core.application import Application
from avicena.core.bundle import ConformalSpec, StageSpec, TreeStageSpec, fitted, given
from avicena.core.case import Case, Picture
from avicena.core.encoding import Impute
from avicena.core.engine import FloatArray, pooled
from avicena.formats.plane import framed
from avicena.measure.calibration import softmax
from avicena.measure.outlier import look
from avicena.serve.explain import contributions, heat_map
from avicena.serve.model import ImageModel, Model, TreeModel


def predict(
    app: Application,
    case: Case,
    pictures: Mapping[str, Picture],
    model: Model,
    scope: Literal["suggest", "refer"],
    alone: bool = False,
) -> Prediction:
    """The prediction of the whole chain, each stage seeing the probabilities of those before.

    `scope` is what the review of the model's version allows it to do. `alone` says that no other question is being
    answered, so that networks may use more threads.
    """
    features = app.features(case)
    notes = _notes(model, case)
    earlier: dict[str, float] = {}
    looks: dict[str, FloatArray] = {}
    stages: list[StagePrediction] = []
    for stage in model.stages:
        if isinstance(stage, ImageModel):
            found, looks[stage.spec.name] = _image(stage, pictures, alone)
        else:
            encoded = stage.encodes.columns(case, features, notes, looks) if stage.encodes is not None else {}
            found = _tree(stage, {**features, **encoded, **earlier})
        stages.append(found)
        earlier.update({given(found.stage, label): value for label, value in found.scores.items()})
    return Prediction(tuple(stages), scope, model.scope_reason if scope == "refer" else None)


def _notes(model: Model, case: Case) -> dict[str, FloatArray]:
    """What each embedded note of a case means, by input."""
    read = [stage.encodes for stage in model.stages if isinstance(stage, TreeModel) and stage.encodes is not None]
    return {name: vector for one in read for name, vector in one.notes(case).items()}


def difference(first: Prediction, second: Prediction) -> float:
    """The largest difference between two predictions' probabilities of the same label.

    Infinite when stages, labels or plausible sets differ, or a figure is not a number.
    """
    if len(first.stages) != len(second.stages):
        return math.inf
    worst = 0.0
    for one, other in zip(first.stages, second.stages, strict=True):
        named = (one.stage, one.scores.keys(), one.confidence.plausible)
        if named != (other.stage, other.scores.keys(), other.confidence.plausible):
            return math.inf
        for label in one.scores:
            gap = abs(one.scores[label] - other.scores[label])
            worst = max(worst, gap) if math.isfinite(gap) else math.inf
    return worst


def lost(app: Application, case: Case, model: Model) -> list[str]:
    """The columns that a model reads, and that neither `features` nor its own encodings and stages give of a case."""
    have = {*app.features(case), *(given(one.spec.name, label) for one in model.stages for label in one.spec.classes)}
    return sorted({name for one in model.stages for name in _needed(one.spec, case)} - have)


def _needed(spec: StageSpec, case: Case) -> set[str]:
    """The columns of a stage that its encodings do not make from inputs alone."""
    if not isinstance(spec, TreeStageSpec):
        return set()
    made = {name for one in fitted(spec) for name in one.columns}
    imputed = {one.declared.input for one in fitted(spec) if isinstance(one.declared, Impute)}
    return (set(spec.columns) - made) | (imputed - set(case.values))


def picture_inputs(model: Model) -> tuple[str, ...]:
    """The names of the image inputs that a model reads."""
    return tuple(stage.spec.input for stage in model.stages if isinstance(stage, ImageModel))


def rows(spec: TreeStageSpec, columns: Mapping[str, float]) -> tuple[FloatArray, FloatArray]:
    """The columns in the order of the trees, as they are known, and with gaps at their training median: (columns,)."""
    known = [columns.get(name, math.nan) for name in spec.columns]
    pairs = zip(spec.columns, known, strict=True)
    filled = [spec.medians.get(name, value) if value != value else value for name, value in pairs]
    return np.array(known, dtype=np.float32), np.array(filled, dtype=np.float32)


def _image(
    stage: ImageModel, pictures: Mapping[str, Picture], alone: bool
) -> tuple[StagePrediction, FloatArray]:
    """What the network says of its picture, and the features (c,) by which a later stage may know it."""
    spec = stage.spec
    pixels = pictures[spec.input].pixels
    found = see(stage, pixels, alone)
    best = int(np.argmax(found.scores))
    limit = spec.outlier.limit if spec.outlier is not None and found.outlier is not None else None
    confidence = Confidence(
        plausible(spec.classes, found.scores, spec.conformal), spec.conformal.alpha, found.outlier, limit
    )
    seen = heat_map(spec.classes[best], stage.weight[best], found.maps, found.square, pixels.shape)
    return StagePrediction(spec.name, named(spec.classes, found.scores), confidence, seen), found.features


class Seen(NamedTuple):
    """What an image stage sees in one picture: probabilities (k,), feature map (c, h, w), its mean (c,), outlier score.

    `square` (left, top, side) is the part of the picture that the network saw, in pixels.
    """

    scores: NDArray[np.float64]
    maps: FloatArray
    features: FloatArray
    square: tuple[int, int, int]
    outlier: float | None


def see(stage: ImageModel, pixels: NDArray[Any], alone: bool = False) -> Seen:
    """Run an image stage on the pixels (H, W) of one picture."""
    shown, square = framed(pixels, stage.spec.side)
    logits, maps = stage.network.run(shown[None, None], alone)
    scores = softmax(logits[0], stage.spec.temperature)
    features = pooled(maps[0])
    outlier = None
    if stage.outlier is not None:
        outlier = stage.outlier.score(features, look(shown))
    return Seen(scores, maps[0], features, square, outlier)


def _tree(stage: TreeModel, columns: Mapping[str, float]) -> StagePrediction:
    spec = stage.spec
    known, filled = rows(spec, columns)
    margins, effects = stage.trees.run(filled[None])
    offsets = np.asarray(spec.offsets or np.zeros(len(spec.classes)))
    scores = softmax(margins[0] / spec.temperature + offsets)
    best = int(np.argmax(scores))
    confidence = Confidence(plausible(spec.classes, scores, spec.conformal), spec.conformal.alpha)
    moved = effects[0, best].copy()
    moved[-1] += offsets[best] * spec.temperature  # where the score starts, before any feature is known
    reasons = contributions(spec.classes[best], spec.columns, known, moved)
    return StagePrediction(spec.name, named(spec.classes, scores), confidence, contributions=reasons)


def named(classes: Sequence[str], scores: NDArray[np.float64]) -> dict[str, float]:
    """By label in alphabetical order, as a kept answer is read again."""
    return dict(sorted(zip(classes, scores.tolist(), strict=True)))


def plausible(classes: Sequence[str], scores: NDArray[np.float64], spec: ConformalSpec) -> tuple[str, ...]:
    """The classes that remain plausible at the promised coverage, in the order of `classes`."""
    pairs = zip(classes, scores.tolist(), strict=True)
    return tuple(label for label, score in pairs if 1 - score <= spec.thresholds[label])
