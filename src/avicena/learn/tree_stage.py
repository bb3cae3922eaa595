"""A tree stage learnt over features and the stages before it, measured, and made into files of a bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from avicena.core.application import Application, TreeStage
from avicena.core.bundle import ConformalSpec, Histogram, TreeStageSpec, given
from avicena.core.case import Case
from avicena.core.errors import Blocked
from avicena.core.model import Measure, Row
from avicena.core.progress import Progress, Shelf
from avicena.formats.arrays import write_arrays
from avicena.learn import judge
from avicena.learn.baseline import by_class
from avicena.learn.trees import TreeFit, TreeTable, fit_trees
from avicena.measure.calibration import softmax, temperature
from avicena.measure.intervals import Interval, bootstrap_mean, p_value, paired_difference

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Earlier:
    """What an earlier stage says of the rows: `chances` (n, k) by models blind to them."""

    stage: str
    classes: tuple[str, ...]
    chances: NDArray[np.float32]


@dataclass(frozen=True)
class TreeOutcome:
    """What a tree stage leaves: its part of the bundle and its figures."""

    spec: TreeStageSpec
    files: Mapping[str, bytes]
    measures: tuple[Measure, ...]
    params: Mapping[str, float | int | str]


def learn_trees(
    app: Application,
    stage: TreeStage,
    rows: Sequence[Row],
    earlier: Sequence[Earlier],
    seed: int,
    shelf: Shelf,
    progress: Progress,
) -> TreeOutcome:
    """Train the trees on `rows`, which all carry this stage's label.

    Raises Blocked (a class has no row, or the rows come in fewer than three folds, which tuning needs).
    """
    labels = np.array([stage.classes.index(row.labels[stage.name]) for row in rows], dtype=np.int64)
    families, folds = np.array([row.family for row in rows]), np.array([row.fold for row in rows], dtype=np.int64)
    if set(labels.tolist()) != set(range(len(stage.classes))) or len(np.unique(folds)) < 3:
        raise Blocked(f"stage {stage.name} needs rows of every class in at least three folds; import more data")
    cases = [Case(None, row.values) for row in rows]
    table = _table(app, stage, cases, earlier, labels, folds, families)
    known = _known(stage, rows, earlier)
    fit = fit_trees(table, known, stage.recipe, seed, shelf, progress)
    chances, scale = _calibrated(fit.margins, labels, folds)
    groups = {name: np.array([of(case) for case in cases]) for name, of in app.groups.items()}
    measures = [
        *judge.overall(stage.name, chances, labels, families),
        _patients(stage, rows, families),
        *_signal(stage, fit, known, labels, families, folds),
        *_compared(stage, fit, known, labels, families, folds),
        *judge.accuracies(stage.name, chances, labels, families, groups),
        *judge.coverages(stage.name, stage.classes, chances, labels, families, folds, stage.alpha, groups),
    ]
    limits = judge.limits_of(chances, labels, stage.alpha, judge.joined(groups, len(rows)), families)
    spec = TreeStageSpec(
        name=stage.name,
        file=f"{stage.name}.ubj",
        classes=stage.classes,
        columns=table.columns,
        medians=fit.medians,
        temperature=scale,
        conformal=ConformalSpec(stage.alpha, dict(zip(stage.classes, limits.tolist(), strict=True))),
        family=fit.family,
        parity_file=f"{stage.name}-parity.npz",
        reference={name: _histogram(column) for name, column in zip(table.columns, table.rows.T, strict=True)},
    )
    params = {"family": fit.family, "rows": len(rows), "temperature": round(scale, 4), **fit.params}
    return TreeOutcome(spec, _files(spec, fit, len(table.columns)), tuple(measures), params)


def _table(
    app: Application,
    stage: TreeStage,
    cases: Sequence[Case],
    earlier: Sequence[Earlier],
    labels: Labels,
    folds: Labels,
    families: NDArray[Any],
) -> TreeTable:
    told: list[dict[str, float]] = [dict(app.features(case)) for case in cases]
    for one in earlier:
        for row, chances in zip(told, one.chances.tolist(), strict=True):
            row.update({given(one.stage, label): value for label, value in zip(one.classes, chances, strict=True)})
    columns = tuple(dict.fromkeys(name for row in told for name in row))
    rows = np.array([[row.get(name, np.nan) for name in columns] for row in told], dtype=np.float32)
    return TreeTable(columns, rows, labels, folds, families, len(stage.classes))


def _known(stage: TreeStage, rows: Sequence[Row], earlier: Sequence[Earlier]) -> Labels:
    """The class that the baseline knows of each row: the truth where it is labelled, else the most probable one."""
    for one in earlier:
        if one.stage == stage.given:
            guess = one.chances.argmax(axis=1)
            told = [one.classes.index(row.labels[one.stage]) if one.stage in row.labels else -1 for row in rows]
            return np.where(np.array(told) >= 0, told, guess).astype(np.int64)
    return np.zeros(len(rows), dtype=np.int64)


def _calibrated(margins: NDArray[np.float32], labels: Labels, folds: Labels) -> tuple[NDArray[np.float32], float]:
    """Probabilities (n, k), each fold's with the temperature of the other folds, and the temperature of all."""
    chances = np.zeros_like(margins)
    for fold in np.unique(folds):
        held = folds == fold
        chances[held] = softmax(margins[held], temperature(margins[~held], labels[~held]))
    return chances, temperature(margins, labels)


def _signal(
    stage: TreeStage, fit: TreeFit, known: Labels, labels: Labels, families: NDArray[Any], folds: Labels
) -> list[Measure]:
    """Whether the trees know more than the class of the earlier stage: paired gain, and p against permuted labels."""
    name = stage.given or "nothing"
    plain = by_class(known, labels, folds, len(stage.classes), balanced=False)
    right = bootstrap_mean((plain.argmax(axis=1) == labels).astype(float), families)
    gain = _gain(stage, softmax(fit.margins), known, labels, families, folds)
    p = p_value(-fit.observed, -fit.nulls)
    null = Interval(float(fit.nulls.mean()), float(fit.nulls.min()), float(fit.nulls.max()), len(fit.nulls))
    observed = Interval(fit.observed, fit.observed, fit.observed, len(np.unique(families)))
    return [
        judge.measure(stage.name, f"accuracy of {name} alone", right),
        judge.measure(stage.name, f"gain over {name} alone", gain),
        judge.measure(stage.name, "log loss by class", observed),
        judge.measure(stage.name, "log loss by class on permuted labels", null),
        Measure(stage.name, f"p of signal beyond {name}", p, p, p, len(fit.nulls)),
    ]


def _gain(
    stage: TreeStage, chances: NDArray[Any], known: Labels, labels: Labels, families: NDArray[Any], folds: Labels
) -> Interval:
    """How much less is lost (nats) than by the class of the earlier stage alone, on the same rows."""
    baseline = by_class(known, labels, folds, len(stage.classes), balanced=stage.recipe.balanced)
    weights = _weights(labels) if stage.recipe.balanced else np.ones(len(labels))
    return paired_difference(weights * _losses(baseline, labels), weights * _losses(chances, labels), families)


def _patients(stage: TreeStage, rows: Sequence[Row], families: NDArray[Any]) -> Measure:
    """The share of rows whose patient is known; where it is not, copies of one patient may stand on both sides."""
    share = float(np.mean([row.family_known for row in rows]))
    return Measure(stage.name, "rows with known patient", share, share, share, len(np.unique(families)))


def _compared(
    stage: TreeStage, fit: TreeFit, known: Labels, labels: Labels, families: NDArray[Any], folds: Labels
) -> list[Measure]:
    """Each model family side by side on the same rows, and against the class of the earlier stage alone."""
    found = []
    for family, scores in fit.scores.items():
        chances = softmax(scores.margins)
        right = bootstrap_mean((chances.argmax(axis=1) == labels).astype(float), families)
        gain = _gain(stage, chances, known, labels, families, folds)
        for name, figure in (("accuracy", right), (f"gain over {stage.given or 'nothing'} alone", gain)):
            found.append(judge.measure(stage.name, name, figure, "model family", family))
    return found


def _losses(chances: NDArray[Any], labels: Labels) -> NDArray[np.float64]:
    given_truth: NDArray[np.float64] = -np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-12))
    return given_truth


def _weights(labels: Labels) -> NDArray[np.float64]:
    """Weights of mean 1 under which each class counts the same."""
    counts = np.bincount(labels)
    found: NDArray[np.float64] = len(labels) / (np.count_nonzero(counts) * counts[labels])
    return found


def _histogram(column: NDArray[np.float32]) -> Histogram:
    """Ten bins at the deciles of training; equal deciles fall together."""
    known = column[~np.isnan(column)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, 11))) if len(known) else np.array([0.0])
    counts = np.histogram(known, np.append(edges, np.inf))[0] if len(known) else np.array([0])
    inner = tuple(float(edge) for edge in edges)
    return Histogram(
        (*inner, float(np.nextafter(inner[-1], np.inf))), tuple(counts.tolist()), int(np.isnan(column).sum())
    )


def _files(spec: TreeStageSpec, fit: TreeFit, columns: int) -> dict[str, bytes]:
    """The trees, and three made-up rows with the margins they must give for them everywhere."""
    booster = xgb.Booster(model_file=bytearray(fit.model))
    ramp = np.linspace(0, 1, columns, dtype=np.float32)
    inputs = np.stack([np.zeros(columns, np.float32), ramp, np.ones(columns, np.float32)])
    outputs = np.asarray(booster.predict(xgb.DMatrix(inputs), output_margin=True), dtype=np.float32)
    return {spec.file: fit.model, spec.parity_file: write_arrays({"inputs": inputs, "outputs": outputs})}
