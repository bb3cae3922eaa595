"""An image stage learnt, measured on patients it never saw, and made into files of a bundle."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from avicena.core.application import ImageStage
from avicena.core.bundle import ConformalSpec, ImageStageSpec, OutlierSpec
from avicena.core.errors import Blocked
from avicena.core.model import Measure, Row
from avicena.core.progress import Progress, Shelf
from avicena.core.workings import Workings
from avicena.formats.arrays import write_arrays
from avicena.formats.plane import frame, plane
from avicena.learn import image_int8, judge
from avicena.learn.image import ImageFit, fit_image
from avicena.learn.nearest import Known
from avicena.measure import figures, lesion, outlier
from avicena.measure.intervals import paired_difference

Pixels = Callable[[str], NDArray[Any]]
"""From a picture's digest to its pixels (H, W)."""


@dataclass(frozen=True)
class ImageOutcome:
    """What an image stage leaves: its part of the bundle, its figures, and what it knows, for the stages after it.

    `workings` is what networks blind to each slice said of it.
    """

    spec: ImageStageSpec
    files: Mapping[str, bytes]
    measures: tuple[Measure, ...]
    known: Known
    params: Mapping[str, float | int | str]
    workings: Workings


def learn_images(
    stage: ImageStage, rows: Sequence[Row], pixels: Pixels, seed: int, shelf: Shelf, progress: Progress
) -> ImageOutcome:
    """Train the network on every row that has a picture and this stage's label.

    Raises Blocked (a class has no row, or the rows come in fewer than two folds).
    """
    used = [row for row in rows if stage.name in row.labels and row.values.get(stage.input)]
    labels = np.array([stage.classes.index(row.labels[stage.name]) for row in used], dtype=np.int64)
    folds = np.array([row.fold for row in used], dtype=np.int64)
    if set(labels.tolist()) != set(range(len(stage.classes))) or len(set(folds.tolist())) < 2:
        raise Blocked(f"stage {stage.name} needs rows of every class in at least two folds; import more data")
    families = np.array([row.family for row in used])
    if len({(row.family, row.labels[stage.name]) for row in used}) > len(set(families.tolist())):
        raise Blocked(
            f"a patient has two classes of stage {stage.name}; mend the labels or the families, and import again"
        )
    sources = np.array([row.source for row in used])
    slices = [pixels(str(row.values[stage.input])) for row in used]
    boxes = np.array([row.box or (np.nan,) * 4 for row in used])
    fit = fit_image(slices, labels, families, sources, folds, stage.recipe, seed, shelf, progress, boxes)
    chances = fit.oof_probabilities(folds)
    looks = np.stack([outlier.look(plane(one, stage.recipe.side)) for one in slices])
    gate = outlier.calibrated(fit.features, np.stack(fit.fold_features), looks, families, folds)
    measures = [
        judge.by_patient(stage.name, chances, labels, families),
        judge.at_coverage(stage.name, chances, labels, families),
        *judge.overall(stage.name, chances, labels, families),
        *judge.recalls(stage.name, stage.classes, chances, labels, families, sources),
        *judge.coverages(stage.name, stage.classes, chances, labels, families, folds, stage.alpha, {"source": sources}),
        _refused(stage.name, gate, families, folds),
        *_inside(stage.name, used, slices, fit, labels, families),
        *_erased(stage.name, fit, chances, labels, families, folds),
        *_networks(stage.name, fit, chances, labels, families, folds),
    ]
    return ImageOutcome(
        _spec(stage, fit, chances, labels, families, sources, gate.limit),
        _files(stage, fit, gate.model),
        tuple(measures),
        Known(
            [str(row.values[stage.input]) for row in used],
            fit.features,
            chances,
            fit.onnx,
            folds,
            dict(zip(fit.fold_names, fit.fold_features, strict=True)),
        ),
        {"slices": len(used), "families": len(np.unique(families)), "temperature": round(fit.temperature, 4)},
        _workings(stage, used, fit, chances),
    )


def _workings(stage: ImageStage, rows: Sequence[Row], fit: ImageFit, chances: NDArray[np.float32]) -> Workings:
    maps = fit.oof_cams - fit.oof_cams.mean(axis=1, keepdims=True)
    chosen = maps[np.arange(len(rows)), chances.argmax(axis=1)]
    groups = {"source": [row.source for row in rows]}
    return Workings.of(stage.name, stage.classes, rows, chances, picture=stage.input, groups=groups, maps=chosen)


def _erased(
    stage: str,
    fit: ImageFit,
    chances: NDArray[np.float32],
    labels: NDArray[np.int64],
    families: NDArray[Any],
    folds: NDArray[np.int64],
) -> list[Measure]:
    """Accuracy of slices with a box, and the same slices with what is in it erased, by models blind to the slice."""
    if not len(fit.boxed):
        return []
    rows = fit.boxed
    without = fit.calibrated(fit.oof_erased, folds[rows])
    return figures.without_lesion(stage, chances[rows], without, labels[rows], families[rows])


def _networks(
    stage: str,
    fit: ImageFit,
    chances: NDArray[np.float32],
    labels: NDArray[np.int64],
    families: NDArray[Any],
    folds: NDArray[np.int64],
) -> list[Measure]:
    """What each member of the network reaches alone, and what rounding its weights costs."""
    found = [
        replace(judge.by_patient(stage, fit.calibrated(alone, folds), labels, families), group="network", level=str(i))
        for i, alone in enumerate(fit.oof_members, 1)
        if len(fit.oof_members) > 1
    ]
    if (fit.oof_plain != fit.oof_logits).any():
        plain = (fit.oof_plain.argmax(axis=1) == labels).astype(np.float64)
        served = (chances.argmax(axis=1) == labels).astype(np.float64)
        found.append(judge.measure(stage, "accuracy lost by rounding", paired_difference(plain, served, families)))
    return found


def _spec(
    stage: ImageStage,
    fit: ImageFit,
    chances: NDArray[np.float32],
    labels: NDArray[np.int64],
    families: NDArray[Any],
    sources: NDArray[Any],
    limit: float,
) -> ImageStageSpec:
    limits = judge.limits_of(chances, labels, stage.alpha, [sources], families)
    spec = ImageStageSpec(
        name=stage.name,
        input=stage.input,
        file=f"{stage.name}.onnx",
        classes=stage.classes,
        side=stage.recipe.side,
        temperature=fit.temperature,
        head_file=f"{stage.name}-head.npz",
        conformal=ConformalSpec(stage.alpha, dict(zip(stage.classes, limits.tolist(), strict=True))),
        outlier=OutlierSpec("residual-and-look", f"{stage.name}-outlier.npz", limit),
        parity_file=f"{stage.name}-parity.npz",
    )
    return replace(spec, tolerance=image_int8.TOLERANCE) if stage.recipe.weights == "int8" else spec


def _refused(stage: str, gate: outlier.Gate, families: NDArray[Any], folds: NDArray[np.int64]) -> Measure:
    """The share of real slices that the gate refuses, families alike: model and limit are blind to the slice's fold."""
    over = np.zeros(len(folds), dtype=bool)
    for fold in np.unique(folds):
        held = folds == fold
        over[held] = gate.scores[held] > outlier.limit(gate.scores[~held], families[~held], outlier.REFUSED)
    return figures.refused(stage, over, families)


def _files(stage: ImageStage, fit: ImageFit, gate: outlier.OutlierModel) -> dict[str, bytes]:
    """The network, its head, its gate, and two made-up planes with the logits it must give for them everywhere."""
    side = stage.recipe.side
    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    inputs = np.stack([np.minimum.outer(ramp, ramp[::-1]), np.outer(ramp, ramp)])[:, None].astype(np.float32)
    return {
        f"{stage.name}.onnx": fit.onnx,
        f"{stage.name}-head.npz": write_arrays({"weight": fit.head_weight, "bias": fit.head_bias}),
        f"{stage.name}-outlier.npz": write_arrays(gate.to_arrays()),
        f"{stage.name}-parity.npz": write_arrays({"inputs": inputs, "outputs": runner(fit.onnx)(inputs)[0]}),
    }


Runner = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""From planes (n, 1, side, side) to logits (n, k) and pooled features (n, c)."""


def runner(network: bytes) -> Runner:
    """The released network itself, ready to run."""
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(planes: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits, maps = session.run(["logits", "feature_map"], {name: planes})
        return logits, maps.mean(axis=(2, 3))

    return run


def _inside(
    stage: str,
    rows: Sequence[Row],
    slices: Sequence[NDArray[Any]],
    fit: ImageFit,
    labels: NDArray[np.int64],
    families: NDArray[Any],
) -> list[Measure]:
    """How often the map of the true class, by a model blind to the slice, peaks in the lesion's box, or touches it."""
    where = [(i, row.box) for i, row in enumerate(rows) if row.box is not None]
    if not where:
        return []
    maps = fit.oof_cams - fit.oof_cams.mean(axis=1, keepdims=True)
    hits = [lesion.hit(maps[i, labels[i]], frame(slices[i]), slices[i].shape, box) for i, box in where]
    return figures.peaks(stage, np.array(hits), families[[i for i, _ in where]])
