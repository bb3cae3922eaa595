"""Run the chain on one case."""

import math
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avicena.core.answer import Confidence, Prediction, StagePrediction
from avicena.core.application import Application, TreeStage
from avicena.core.bundle import StageSpec, TreeStageSpec, fitted, given
from avicena.core.case import Case, Picture
from avicena.core.encoding import Impute
from avicena.core.engine import FloatArray, pooled
from avicena.core.ranking import KINDS, SHARE, Kinds
from avicena.formats.plane import framed
from avicena.measure.calibration import softmax
from avicena.measure.known import Known
from avicena.measure.outlier import look
from avicena.serve.explain import heat_map
from avicena.serve.listed import listed
from avicena.serve.model import ImageModel, Model, TreeModel
from avicena.serve.rank import RankModel
from avicena.serve.tree import named, plausible, silent, tree


def predict(
    app: Application,
    case: Case,
    pictures: Mapping[str, Picture],
    model: Model,
    scope: Literal["suggest", "refer"],
    alone: bool = False,
    known: Known | None = None,
    share: float = SHARE,
    kinds: Kinds | None = KINDS,
) -> Prediction:
    """The prediction of the whole chain, each stage seeing the probabilities of those before.

    `scope` is what the review of the model's version allows it to do. `alone` says that no other question is being
    answered, so that networks may use more threads. `known` is what a stage that ranks diseases knows of them, and
    `share` how likely a common disease is beforehand, where common ones join its list, and `kinds` how what was found
    tells both kinds apart; None as answers did that do not say how. Raises ContractViolation (a
    finding that the knowledge does not know), Misconfigured (no knowledge where one ranks).
    """
    features = app.features(case)
    notes = _notes(model, case)
    earlier: dict[str, float] = {}
    looks: dict[str, FloatArray] = {}
    stages: list[StagePrediction] = []
    for stage in model.stages:
        declared = app.stage(stage.spec.name)
        if isinstance(stage, RankModel) or stage.spec.name == _joins(app) or _silent(declared, case):
            continue
        if isinstance(stage, ImageModel):
            said, looks[stage.spec.name] = _image(stage, pictures, alone)
        else:
            encoded = stage.encodes.columns(case, features, notes, looks) if stage.encodes is not None else {}
            said = tree(stage, {**features, **encoded, **earlier})
        stages.append(said)
        earlier.update({given(said.stage, label): value for label, value in said.scores.items()})
    if app.lists is not None:
        stages.append(listed(app, app.lists, case, model, known, share, kinds))
    return Prediction(tuple(stages), scope, model.scope_reason if scope == "refer" else None)


def _joins(app: Application) -> str | None:
    """The name of the stage whose classes join the list of diseases."""
    return app.lists.common if app.lists is not None else None


def _silent(stage: object, case: Case) -> bool:
    return isinstance(stage, TreeStage) and silent(stage, case)


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


def _image(stage: ImageModel, pictures: Mapping[str, Picture], alone: bool) -> tuple[StagePrediction, FloatArray]:
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
