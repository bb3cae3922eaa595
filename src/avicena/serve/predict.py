"""Run the chain on one case."""

from collections.abc import Mapping, Sequence

import numpy as np

from avicena.core.answer import Confidence, Prediction, StagePrediction
from avicena.core.application import Application
from avicena.core.bundle import ConformalSpec, TreeStageSpec, given
from avicena.core.case import Case, Picture
from avicena.core.engine import FloatArray
from avicena.core.model import ModelVersion
from avicena.formats.plane import frame, plane
from avicena.measure.calibration import softmax
from avicena.serve.explain import contributions, heat_map
from avicena.serve.model import ImageModel, Model, TreeModel


def predict(
    app: Application, case: Case, pictures: Mapping[str, Picture], model: Model, version: ModelVersion
) -> Prediction:
    """The prediction of the whole chain, each stage seeing the probabilities of those before."""
    columns: dict[str, float] = dict(app.features(case))
    stages: list[StagePrediction] = []
    for stage in model.stages:
        found = _image(stage, pictures) if isinstance(stage, ImageModel) else _tree(stage, columns)
        stages.append(found)
        columns.update({given(found.stage, label): value for label, value in found.scores.items()})
    scope_reason = model.scope_reason if version.scope == "refer" else None
    return Prediction(tuple(stages), version.scope, scope_reason)


def row(spec: TreeStageSpec, columns: Mapping[str, float]) -> FloatArray:
    """The columns in the order of the trees, unknown ones at their training median: float32 (1, columns)."""
    values = [columns.get(name, np.nan) for name in spec.columns]
    filled = [spec.medians.get(name, value) if value != value else value for name, value in zip(spec.columns, values, strict=True)]
    return np.array([filled], dtype=np.float32)


def _image(stage: ImageModel, pictures: Mapping[str, Picture]) -> StagePrediction:
    spec = stage.spec
    pixels = pictures[spec.input].pixels
    logits, maps = stage.network.run(plane(pixels, spec.side)[None, None])
    scores = softmax(logits[0] / spec.temperature)
    best = int(np.argmax(scores))
    features = maps[0].mean(axis=(1, 2))
    outlier = limit = None
    if stage.outlier is not None and spec.outlier is not None:
        outlier, limit = float(stage.outlier.score(features)), spec.outlier.limit
    confidence = Confidence(_plausible(spec.classes, scores, spec.conformal), spec.conformal.alpha, outlier, limit)
    shown = heat_map(spec.classes[best], stage.weight[best], maps[0], frame(pixels), pixels.shape)
    return StagePrediction(spec.name, _named(spec.classes, scores), confidence, shown)


def _tree(stage: TreeModel, columns: Mapping[str, float]) -> StagePrediction:
    spec = stage.spec
    filled = row(spec, columns)
    margins, effects = stage.trees.run(filled)
    scores = softmax(margins[0] / spec.temperature)
    best = int(np.argmax(scores))
    confidence = Confidence(_plausible(spec.classes, scores, spec.conformal), spec.conformal.alpha)
    reasons = contributions(spec.classes[best], spec.columns, filled[0], effects[0, best])
    return StagePrediction(spec.name, _named(spec.classes, scores), confidence, contributions=reasons)


def _named(classes: Sequence[str], scores: FloatArray) -> dict[str, float]:
    return dict(zip(classes, scores.tolist(), strict=True))


def _plausible(classes: Sequence[str], scores: FloatArray, spec: ConformalSpec) -> tuple[str, ...]:
    pairs = zip(classes, scores.tolist(), strict=True)
    return tuple(label for label, score in pairs if 1 - score <= spec.thresholds[label])


